"""mingbai ratios: a year's charitable spending and management beside the rule's limits."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from ledger.gifts.ratios import Ratios


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "ratios", help="公益支出与管理费用比例 shares of spending and management in a year"
    )
    acting.add_folder(parser)
    acting.add_unit(parser)
    parser.add_argument("--year", required=True, type=acting.year, metavar="YEAR", help="年度 year")
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_ratios)


def run_ratios(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.gifts.ratios import ratios_of

    with acting.signed_in(options) as (registry, user, _):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = ratios_of(registry, unit, options.year)
    acting.told(options, found.as_json(), list(_lines(found)))
    return 0


_STATES = {
    "kept": "符合 kept", "broken": "不符合 not kept", "exempt": "不受限制 exempt",
    "unknown": "无法判断 cannot be told",
}  # fmt: skip
_OF = {
    "income": "上年总收入（调整后） of prior income",
    "net-assets": "上年末净资产 of prior net assets",
    "total-spending": "本年总支出 of total spending",
}


def _lines(found: Ratios) -> Iterator[str]:
    from ledger.money import Money
    from ledger.rules.table import percent

    def shown(fen: int | None) -> str:
        return "不知 unknown" if fen is None else Money(fen).grouped

    figures = found.figures
    yield f"{found.unit}  {found.year}"
    for label, fen in (
        ("上年总收入 prior income", found.raw_income),
        ("上年总收入，调整后 adjusted", figures.income),
        ("上年末净资产 prior net assets", figures.net_assets),
        ("本年总支出 total spending", figures.total),
        ("公益支出 charitable spending", figures.spending),
        ("管理费用 management", figures.management),
        ("  工资福利 pay and benefits", found.wages),
        ("  行政办公 office", found.office),
    ):
        yield f"  {label}  {shown(fen)}"
    yield (
        f"  公益支出占上年总收入 spending of prior income {found.spending_share or '-'}，"
        f"占上年末净资产 of prior net assets {found.net_assets_share or '-'}；"
        f"管理费用占总支出 management of total spending {found.management_share or '-'}"
    )
    yield f"  {found.accounts.note.zh} {found.accounts.note.en}"
    if found.table is not None and found.tier is not None:
        head, tier = found.table.head, found.tier
        yield (
            f"  规则 rule {head.key} {head.cite(tier.article)}（{tier.confidence}）："
            f"{tier.name.zh} {tier.name.en}"
        )
    for one in found.checks:
        bound = "≥" if one.what == "spending" else "≤"
        mean = "，按前三年平均 by the mean of three years" if one.mean else ""
        yield (
            f"    {_STATES[one.state]}  {one.share or '-'} {bound} {percent(one.limit)} "
            f"{_OF[one.of]}{mean}"
        )
    for fault in found.missing:
        yield f"  {fault.what.zh} {fault.what.en}\n    → {fault.remedy.zh} {fault.remedy.en}"
