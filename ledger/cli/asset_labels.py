"""mingbai asset labels: sheets of labels with square codes, to be stuck on things."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import CannotRun, Finding, finding, refuse_if

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.assets.standing import AssetStanding


def add_labels(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    one = parts.add_parser("labels", help="打印资产的二维码标签 print labels with square codes")
    acting.add_folder(one)
    one.add_argument("words", metavar="FA", nargs="*", help="资产编号；都不写为全部 none: all")
    acting.add_unit(one)
    one.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="PDF")
    one.add_argument("--class", dest="class_id", default="", metavar="C", help="类别 class")
    one.add_argument("--place", default="", metavar="P", help="存放地 place")
    one.add_argument(
        "--skip", type=acting.number, default=0, metavar="N",
        help="首张已用去 N 个标签位 so many places of the first sheet are used already",
    )  # fmt: skip
    acting.add_user(one)
    acting.add_json(one)
    one.set_defaults(run=run_labels, rest="words")


def run_labels(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.assets.called import OWNERSHIPS
    from ledger.assets.labels import typed_code
    from ledger.assets.standing import register_now
    from ledger.cli.reporting import refuse_place, write_whole
    from ledger.registry import units
    from ledger.registry.assets import UNIT
    from reports.pdf.asset_labels import PER_SHEET, AssetLabel, draw_labels

    refuse_place(options.output, options.folder)
    if options.skip >= PER_SHEET:
        raise CannotRun(
            finding(
                "usage", f"一张有 {PER_SHEET} 个标签位，--skip 须小于它",
                f"a sheet has {PER_SHEET} places; --skip is less than that",
                "整张已用完的，不必跳过", "a sheet that is used up need not be skipped",
            )
        )  # fmt: skip
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        codes = [typed_code(word) or word for word in options.words]
        there = register_now(registry, unit, now.date(), codes or None)
        with registry.read() as conn:
            name = units.find(conn, unit).name
    found = chosen(there, codes, options.class_id, options.place)
    labels = [
        AssetLabel(
            one.row.code, one.row.name, one.place,
            "" if one.row.ownership == UNIT else f"权属：{OWNERSHIPS[one.row.ownership].zh}",
        )
        for one in found
    ]  # fmt: skip
    day = max(one.row.acquired for one in found)
    write_whole(options.output, draw_labels(unit, name, labels, day, skip=options.skip))
    sheets = -(-(options.skip + len(labels)) // PER_SHEET)
    fields = {"labels": [one.code for one in labels], "sheets": sheets}
    said = f"{len(labels)} 个标签 labels，{sheets} 张 sheets：{options.output}"
    acting.told(options, fields, [said])
    return 0


def chosen(
    there: Sequence[AssetStanding], codes: Sequence[str], class_id: str, place: str
) -> list[AssetStanding]:
    """What is to be labelled: as asked for by code, else by place; nothing that is gone.

    Refused for what is not there, and where nothing is left.
    """
    from ledger.registry.assets import GONE

    known = {one.row.code: one for one in there}
    refuse_if(fault for code in codes for fault in _faults(known.get(code), code))
    found = [known[code] for code in dict.fromkeys(codes)] or sorted(
        there, key=lambda one: (one.place, len(one.row.code), one.row.code)
    )
    fitting = [
        one
        for one in found
        if one.state != GONE
        and class_id in ("", one.row.class_id, one.class_words.zh)
        and place in ("", one.place)
    ]
    refuse_if(_none() if not fitting else ())
    return fitting


def _faults(one: AssetStanding | None, code: str) -> Iterator[Finding]:
    from ledger.registry.assets import GONE
    from ledger.words import typed

    if one is None:
        yield finding(
            "no-asset", f"没有资产 {typed(code)}", f"there is no asset {typed(code)}",
            "用 mingbai asset list 核对编号", "look its code up with mingbai asset list",
        )  # fmt: skip
    elif one.state == GONE:
        yield finding(
            "asset-gone", f"{code} 已处置，不再贴标签", f"{code} is gone; it gets no label",
            "去掉这个编号", "leave its code out",
        )  # fmt: skip


def _none() -> Iterator[Finding]:
    yield finding(
        "nothing-to-label", "没有符合条件的资产", "no asset fits what was asked for",
        "用 mingbai asset list 核对类别与存放地",
        "look classes and places up with mingbai asset list",
    )  # fmt: skip
