"""mingbai audit run: audit procedures over the books of one unit, or of all."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from ledger.audit.procedures.procedure import Procedure
    from ledger.audit.running import Result, Run

#: So many hits of a procedure are told as text; JSON has all of them.
_SHOWN = 20


def add_parts(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = acting.add_part(
        parts, "run", "审计程序 run audit procedures over whole books", of_one_unit=False,
        run=run_procedures,
    )  # fmt: skip
    parser.add_argument(
        "--test", action="append", default=[], metavar="NAME",
        help="只做此项，可重复 this procedure only; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--list", action="store_true", help="列出审计程序及参数 list them with their figures"
    )
    parser.add_argument(
        "--keep", action="store_true", help="留作审计底稿 keep it as a working paper"
    )


def run_procedures(options: argparse.Namespace) -> int:
    from ledger.audit import running, working_papers
    from ledger.audit.catalogue import procedures
    from ledger.cli.progress import told

    with acting.looking(options, options.unit) as (registry, user, now):
        if options.list:
            return _list(options, procedures(registry.folder))
        if options.keep:
            user = acting.acting_user(registry, options, now)
        units = [options.unit] if options.unit else acting.units_seen(registry, user)
        with told("审计程序 procedures") as progress:
            found = running.run(
                registry, units, now.date(), only=options.test, progress=progress
            )  # fmt: skip
        papers = []
        if user is not None and options.keep:
            papers = [row.code for row in working_papers.keep_run(registry, found, user, now)]
        elif user is not None:
            running.log(registry, options.unit or "", options.test, user, now)
    fields = found.as_json() | ({"papers": papers} if papers else {})
    acting.told(options, fields, [*_lines(found), *(f"底稿 kept: {code}" for code in papers)])
    return 1 if found.broken else 0


def _list(options: argparse.Namespace, every: tuple[Procedure, ...]) -> int:
    fields = [
        {
            "name": one.name, "title": one.title.zh, "title_en": one.title.en, "of": one.of,
            "source": one.source, "caveat": one.caveat.zh, "caveat_en": one.caveat.en,
            "parameters": dict(one.parameters),
        }
        for one in every
    ]  # fmt: skip
    text = []
    for one in every:
        figures = "，".join(
            f"{key}={value}" for key, value in one.parameters.items() if isinstance(value, int)
        )
        behind = f"（{figures}）" if figures else ""
        text.append(f"{one.name}：{one.title.zh} {one.title.en}{behind}")
    acting.told(options, {"tests": fields}, text)
    return 0


def _lines(found: Run) -> Iterator[str]:
    for result in found.results:
        yield from _of_result(result)
    for unit, faults in found.broken:
        yield f"未计 not counted: {unit}，账簿或登记册不完整 its book or registry is not whole"
        yield from (f"  {fault}" for fault in faults)
    hits = sum(len(result.hits) for result in found.results)
    left = f"，其中 {len(found.broken)} 个未计 not counted" if found.broken else ""
    yield (
        f"{len(found.units)} 个单位 units{left}，{len(found.results)} 项程序 procedures，"
        f"{hits} 处提示 hits：提示是线索，不是结论 a hit is where to look, and no verdict"
    )


def _of_result(result: Result) -> Iterator[str]:
    one = result.procedure
    yield (
        f"{one.name}：{one.title.zh} {one.title.en}；总体 population {result.population:,}，"
        f"摘要 digest {result.digest[:16]}，提示 hits {len(result.hits)}"
    )
    for hit in result.hits[:_SHOWN]:
        amount = f" {hit.amount.grouped}" if hit.amount is not None else ""
        yield f"  {hit.ref or hit.unit}{amount}  {hit.why.zh}\n    {hit.why.en}"
    if len(result.hits) > _SHOWN:
        yield f"  … 另有 {len(result.hits) - _SHOWN} 处，见 --json; the rest is in --json"
    if result.hits:
        yield f"  说明 note: {one.caveat.zh}\n    {one.caveat.en}"
