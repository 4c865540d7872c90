"""mingbai close, close-year: the checklist of a month, and income and spending carried over."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.checklist.items import Item
    from ledger.checklist.numbers import Totals
    from ledger.yearend.carrying import YearEnd


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    close = commands.add_parser("close", help="月末结账 close a month")
    _common(close)
    close.add_argument("month", metavar="2026-03", type=acting.month, help="月份 month")
    close.add_argument(
        "--check", "--dry-run", action="store_true", dest="check",
        help="只列出检查清单，不结账 show the checklist, close nothing",
    )  # fmt: skip
    close.set_defaults(run=run_close)

    year = commands.add_parser("close-year", help="年末结转收支 carry the year over")
    _common(year)
    year.add_argument("year", metavar="2026", type=acting.year, help="年度 year")
    year.add_argument(
        "--as", dest="kinds", action="append", default=[], metavar="F=KIND",
        help="资金性质：fiscal、restricted、free what a fund is, where it cannot be told",
    )  # fmt: skip
    year.add_argument(
        "--check", "--dry-run", action="store_true", dest="check",
        help="只列出待结转的分录 show what would be carried over, draft nothing",
    )  # fmt: skip
    year.set_defaults(run=run_year)


def _common(parser: argparse.ArgumentParser) -> None:
    acting.add_folder(parser)
    acting.add_unit(parser)
    acting.add_user(parser)
    acting.add_json(parser)


def run_close(options: argparse.Namespace) -> int:
    from ledger import closing, workflow
    from ledger.checklist import checks
    from ledger.checklist.numbers import totals

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        if options.check:
            workflow.demand(user, "browse", unit)
            items = checks.checklist(registry, unit, options.month, now.date(), whole=True)
            has_file = all(one.state != "open" for one in items if one.key == "file")
            sums = totals(registry, unit, options.month) if has_file else None
            return _told_check(options, items, sums)
        result = closing.close_month(registry, unit, options.month, user, now)
        known = totals(registry, unit, options.month)
    if options.json:
        print(
            json.dumps(
                {
                    "closed": str(options.month), "digest": result.digest,
                    "checked": result.checked, "totals": known.as_json(),
                    "warnings": [warning.as_json() for warning in result.warnings],
                },
                ensure_ascii=False,
            )
        )  # fmt: skip
        return 0
    for warning in result.warnings:
        print(warning)
    print(
        f"已结账 closed: {options.month}\n  摘要 digest: {result.digest}\n  {result.checked}\n"
        f"  {known.text}\n"
        f"  下一步封存 next: mingbai seal {options.folder} --unit {unit} {options.month}"
    )
    return 0


def _told_check(options: argparse.Namespace, items: Sequence[Item], sums: Totals | None) -> int:
    """The checklist as a list with ticks; status 0 if nothing speaks against closing."""
    closable = all(one.state not in ("open", "not-asked") for one in items)
    if options.json:
        said = {
            "month": str(options.month),
            "closable": closable,
            "items": [one.as_json() for one in items],
            "totals": None if sums is None else sums.as_json(),
        }
        print(json.dumps(said, ensure_ascii=False))
        return 0 if closable else 1
    for one in items:
        print(f"{one.tick} {one.words.zh} {one.words.en}")
        for found in one.findings or ():
            print("\n".join(f"    {line}" for line in str(found).splitlines()))
    if sums is not None:
        print(f"  {sums.text}")
    print("可以结账 may be closed" if closable else "尚不能结账 may not be closed yet")
    return 0 if closable else 1


def run_year(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.yearend import carrying

    said = dict(word.partition("=")[::2] for word in options.kinds)
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse" if options.check else "record", unit)
        found = carrying.look(registry, unit, options.year, said)
        ids = (
            []
            if options.check
            else carrying.carry_over(registry, unit, options.year, user, now, said)
        )
    if options.json:
        print(json.dumps(_year_fields(found, ids), ensure_ascii=False))
        return 0
    print(_year_text(found, ids, is_check=options.check))
    return 0


def _year_fields(found: YearEnd, ids: list[str]) -> dict[str, object]:
    from ledger.money import Money

    return {
        "year": found.year, "rule": found.rule.id, "source": found.rule.source,
        "confidence": found.rule.confidence, "waiting": found.waiting, "drafts": ids,
        "carried": [
            {
                "fund": one.fund, "step": one.step.id,
                "lines": [
                    {"account": account, "currency": currency, "amount": Money(fen, currency).text}
                    for account, currency, fen in one.lines
                ],
            }
            for one in found.carried
        ],
    }  # fmt: skip


def _year_text(found: YearEnd, ids: list[str], *, is_check: bool) -> str:
    from ledger.account import account_code
    from ledger.money import Money

    rule = found.rule
    lines = [f"{found.year} 年末结转 the year's end：{rule.source}（{rule.confidence}）"]
    if found.waiting:
        lines.append(f"  {found.waiting} 笔结转草稿已在待审 drafts of it wait already")
    for place, one in enumerate(found.carried):
        name = "" if is_check else f"  {ids[place]}" if place < len(ids) else ""
        lines.append(f"  {one.fund} {one.step.words.zh} {one.step.words.en}{name}")
        for account, currency, fen in one.lines:
            side = "借 Dr" if fen > 0 else "贷 Cr"
            code = account_code(account) if ":" in account else account
            lines.append(f"    {side} {code} {Money(abs(fen), currency).grouped}")
    if not found.carried:
        lines.append("  没有待结转的余额 nothing is left to carry over")
    elif rule.after.zh:
        lines.append(f"  审核后由人办理 then, by hand：{rule.after.zh} {rule.after.en}")
    return "\n".join(lines)
