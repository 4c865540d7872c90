"""mingbai donors: who gives to a unit, and what may be published of them.

Names are sealed and come from a list in a file; commands hold ids.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import acting
from ledger.errors import CannotRun, finding

if TYPE_CHECKING:
    from ledger.registry.donors import DonorRow

_FLAGS: Final = (("related", "关联方 related"), ("abroad", "境外 abroad"))


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("donors", help="捐赠人 donors of a unit")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")

    add = acting.add_part(parts, "import", "按名册登记捐赠人 enter the donors of a list")
    add.add_argument(
        "file", metavar="FILE", type=Path, help="名册：模板 donors 的 CSV 或 XLSX the filled sheet"
    )
    acting.add_json(add)
    add.set_defaults(run=run_import)

    listed = acting.add_part(parts, "list", "列出捐赠人 list donors")
    listed.add_argument(
        "--names", action="store_true", help="连同姓名，记入操作日志 with names; the log keeps it"
    )
    acting.add_json(listed)
    listed.set_defaults(run=run_list)

    consent = acting.add_part(
        parts, "consent", "登记公开方式的改变 what a donor consents to from now on"
    )
    consent.add_argument("donor", metavar="DONOR", help="捐赠人 d-…")
    consent.add_argument(
        "--to", required=True, choices=["named", "masked", "anonymous"],
        help="公开姓名、隐去一部分或匿名 what is published",
    )  # fmt: skip
    consent.add_argument("--related", choices=["yes", "no"], help="是否关联方 a related party")
    consent.add_argument("--paper", type=Path, metavar="FILE", help="同意书 the consent on paper")
    acting.add_json(consent)
    consent.set_defaults(run=run_consent)

    statement = acting.add_part(
        parts, "statement", "捐赠人年度对账单 a donor's statement of a year"
    )
    statement.add_argument(
        "donors", metavar="DONOR", nargs="*", help="捐赠人 d-…；或用 --all or --all of them"
    )
    statement.add_argument("--all", action="store_true", help="每位捐赠人一份 one for each donor")
    statement.add_argument("--year", required=True, type=acting.year, metavar="Y", help="年度 year")
    statement.add_argument(
        "-o", "--output", required=True, type=Path, metavar="F",
        help="PDF，--all 时为文件夹 or a folder for all",
    )  # fmt: skip
    acting.add_json(statement)
    statement.set_defaults(run=run_statement, rest="donors")

    erase = acting.add_part(parts, "erase", "删除捐赠人的个人信息 erase who a donor is, for good")
    erase.add_argument("donor", metavar="DONOR", help="捐赠人 d-…")
    erase.add_argument("--reason", required=True, metavar="TEXT", help="依据 why")
    erase.set_defaults(run=run_erase)


def run_import(options: argparse.Namespace) -> int:
    from importers.donors import enter_donor_list
    from importers.read import file_bytes

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        data = file_bytes(options.file)
        done = enter_donor_list(registry, unit, data, options.file.name, user, now)
    fresh = [f"第 {line} 行 row  {id}" for line, id in done.fresh]
    whole = f"已登记 entered：新捐赠人 new {len(done.fresh)}，已登记过 known {done.known}"
    acting.told(options, done.as_json(), [*fresh, whole])
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.gifts.donors import names_of
    from ledger.registry import donors

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = donors.of_unit(conn, unit)
        names = names_of(registry, unit, rows, user, now) if options.names else {}
    told = [_fields(row, names if options.names else None) for row in rows]
    lines = [*map(_line, told), f"{len(told)} 位捐赠人 donors"]
    acting.told(options, {"donors": told}, lines)
    return 0


def _fields(row: DonorRow, names: Mapping[str, str] | None) -> dict[str, object]:
    """What is told of a donor; the name where names are given."""
    told: dict[str, object] = {
        "id": row.id, "kind": row.kind, "consent": row.consent, "version": row.version,
        "related": row.related, "abroad": row.abroad,
    }  # fmt: skip
    if names is not None:
        nobody = "匿名 unknown" if row.person is None else "已删除 erased"
        told["name"] = names.get(row.id, nobody)
    return told


def _line(told: Mapping[str, object]) -> str:
    parts = [told["id"], told["kind"], f"{told['consent']}（第 {told['version']} 版 version）"]
    parts += [word for key, word in _FLAGS if told[key]]
    parts += [told["name"]] if "name" in told else []
    return "  ".join(map(str, parts))


def run_consent(options: argparse.Namespace) -> int:
    from ledger.gifts.donors import change_consent

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        name, paper = acting.paper(options.paper) if options.paper else ("", b"")
        row = change_consent(
            registry, unit, options.donor, options.to, paper, name, user, now,
            related=None if options.related is None else options.related == "yes",
        )  # fmt: skip
    acting.told(
        options, _fields(row, None), [f"{row.id}：{row.consent}，第 {row.version} 版 version"]
    )
    return 0


def run_statement(options: argparse.Namespace) -> int:
    from ledger.cli.files import make_folder, write
    from ledger.gifts.donors import demand_names
    from ledger.period import Period
    from reports.donor_source import donor_files
    from reports.pdf import render_pdf
    from reports.sources import book_source
    from reports.statements.donor import build

    donor = acting.one_word(options.donors)
    period = Period.parse(str(options.year))
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        demand_names(user, unit)
        if bool(donor) == options.all:
            raise CannotRun(
                finding(
                    "usage", "须写明一位捐赠人，或 --all", "name one donor, or say --all",
                    "用 --help 查看写法", "see --help",
                )
            )  # fmt: skip
        if options.all:
            make_folder(options.output)
        files = donor_files(registry, unit, period, user, now, donor or "")
        source = book_source(registry.folder, unit, period)
        for file in files:
            name = options.output / f"{file.donor}-{period}.pdf" if options.all else options.output
            write(name, render_pdf(build(source, file, period)))
    told = {"year": options.year, "statements": [file.donor for file in files]}
    acting.told(options, told, [f"{period}：{len(files)} 份对账单 statements"])
    return 0


def run_erase(options: argparse.Namespace) -> int:
    from ledger.gifts.donors import erase

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        erased = erase(registry, unit, options.donor, options.reason, user, now)
    print(
        f"已删除个人信息 erased: {erased}\n"
        "  账簿不变；旧备份中的密钥须一并销毁\n"
        "  the books stay as they are; destroy the key in old backups as well"
    )
    return 0
