"""mingbai asset schedule: what a thing of a class is charged in each month of its life.

It needs no folder: a unit looks before it buys. Local rule files count where a folder is given.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ledger.cli import acting, rule_files
from ledger.errors import Refused, finding
from ledger.money import Money, fen_text

if TYPE_CHECKING:
    from datetime import date

    from ledger.period import Month
    from ledger.rules.assets import AssetTable
    from ledger.rules.rulebook import Rulebook
    from ledger.rules.table import Place
    from ledger.rules.wearing import Choice, Wear

_METHODS = "straight-line, units, double-declining, sum-of-years"


def add_schedule(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = parts.add_parser("schedule", help="逐月折旧表 what is charged in each month of a life")
    parser.add_argument(
        "--class", dest="kind_of_asset", required=True, metavar="C",
        help="资产类别，代号或名称 class, by id or Chinese name",
    )  # fmt: skip
    parser.add_argument(
        "--cost", required=True, type=acting.above_zero, metavar="YUAN", help="原值 cost"
    )
    parser.add_argument(
        "--acquired", required=True, type=acting.day, metavar="DAY", help="取得日期 day it came"
    )
    parser.add_argument(
        "--regime", required=True, metavar="R",
        help="适用制度 regime: union-2021, government-2019, npo-2004, npo-2024",
    )  # fmt: skip
    parser.add_argument(
        "--method", default="", metavar="M",
        help=f"折旧方法，缺省年限平均法 method, straight-line by default: {_METHODS}",
    )  # fmt: skip
    parser.add_argument(
        "--residual", type=acting.fen, default=0, metavar="YUAN", help="净残值 residual value"
    )
    parser.add_argument(
        "--life", type=acting.number, metavar="MONTHS",
        help="年限，以月计；缺省按规定 life in months, the rule's by default",
    )  # fmt: skip
    parser.add_argument(
        "--worn", action="store_true",
        help="旧资产：年限是尚可使用的年限 it came used: the life is what is left of it",
    )  # fmt: skip
    parser.add_argument(
        "--units-total", type=acting.number, default=0, metavar="N",
        help="工作量法的预计总工作量 units of use in all",
    )  # fmt: skip
    parser.add_argument(
        "--units-month", type=acting.number, default=0, metavar="N",
        help="每月预计工作量 units of use expected in a month",
    )  # fmt: skip
    rule_files.add_where(parser)
    acting.add_json(parser)
    parser.set_defaults(run=run_schedule)


def run_schedule(options: argparse.Namespace) -> int:
    from ledger.rules.assets import UNITS
    from ledger.rules.depreciation import charges
    from ledger.rules.wearing import Choice, class_of, wear

    book, place = rule_files.rulebook(options)
    table = _regime(book, options.regime, options.acquired, place)
    choice = Choice(
        options.cost.fen, options.acquired, options.method, options.residual, options.life,
        options.units_total, options.worn,
    )  # fmt: skip
    found = wear(table, class_of(table, options.kind_of_asset), choice)
    if options.units_month and not (found.terms and found.terms.method == UNITS):
        raise Refused(
            finding(
                "not-by-units",
                "只有工作量法才有每月用量",
                "only what is depreciated by units has units a month",
                "去掉 --units-month，或写 --method units",
                "leave --units-month out, or say --method units",
            )
        )
    listed = charges(found.terms, units_month=options.units_month) if found.terms else []
    tax = _tax_least(book, found.kind.id, options.acquired, place)
    acting.told(options, _as_json(found, choice, listed, tax), _as_text(found, choice, listed, tax))
    return 0


def _regime(book: Rulebook, name: str, day: date, place: Place) -> AssetTable:
    from ledger.rules.assets import AssetTable

    known = sorted(
        {table.head.rule for table in book.tables if isinstance(table, AssetTable) and table.charts}
    )
    if name not in known:
        raise Refused(
            finding(
                "no-regime",
                f"没有资产制度 {name[:40]}",
                f"there is no regime of assets {name[:40]}",
                f"可用：{'、'.join(known)}",
                f"there are {', '.join(known)}",
            )
        )
    return book.in_force(AssetTable, name, day, place)


def _tax_least(book: Rulebook, kind: str, day: date, place: Place) -> int | None:
    """The tax law's least life of such a thing, to stand beside; None where it says nothing."""
    from ledger.rules.assets import AssetTable
    from ledger.rules.rulebook import NoRuleLoaded

    try:
        found = book.in_force(AssetTable, "tax-minimum", day, place).by_id.get(kind)
    except NoRuleLoaded:
        return None
    return found.least if found else None


def _as_json(
    found: Wear, choice: Choice, listed: list[tuple[Month, int]], tax: int | None
) -> dict[str, object]:
    terms, head, kind = found.terms, found.table.head, found.kind
    return {
        "class": kind.id,
        "class_name": kind.name.zh,
        "class_name_en": kind.name.en,
        "regime": head.rule,
        "cost": fen_text(choice.cost_fen),
        "residual": fen_text(choice.residual_fen),
        "method": terms.method if terms else None,
        "life_months": terms.life_months if terms else None,
        "depreciated": terms is not None,
        "why": found.why.zh,
        "why_en": found.why.en,
        "charges": [{"month": str(month), "amount": fen_text(fen)} for month, fen in listed],
        "total": fen_text(sum(fen for _, fen in listed)),
        "tax_least_months": tax,
        "rule": head.key,
        "source": found.table.source_of(kind),
        "confidence": kind.confidence,
        **acting.as_json(found.told),
    }


def _as_text(
    found: Wear, choice: Choice, listed: list[tuple[Month, int]], tax: int | None
) -> list[str]:
    from ledger.rules.assets import METHODS
    from ledger.rules.table import ORIGINS

    terms, head, kind = found.terms, found.table.head, found.kind
    lines = [f"{kind.name.zh} {kind.name.en}，{Money(choice.cost_fen).grouped} 元 CNY"]
    if terms is None:
        lines.append(f"  {found.why.zh} {found.why.en}")
    else:
        method = METHODS[terms.method]
        lines += [
            f"  折旧方法 method: {method.zh} {method.en}",
            f"  年限 life: {terms.life_months} 个月 months，自 from {terms.first}",
            f"  净残值 residual value: {Money(terms.residual_fen).grouped}",
            *_years(choice.cost_fen, listed),
        ]
    if not listed and terms is not None:
        lines.append("  每月用量未写，不排计划：加 --units-month no plan without --units-month")
    if tax is not None and terms is not None:
        lines.append(f"  税法最低年限，供对照 least life of the tax law: {tax} 个月 months")
    origin = ORIGINS[head.origin]
    lines += [
        f"  依据 source: {found.table.source_of(kind)}（{kind.confidence}）",
        f"  规则 rule: {head.key}，{origin.zh} {origin.en} {head.file}",
    ]
    return acting.with_warnings("\n".join(lines), found.told).split("\n")


def _years(cost: int, listed: list[tuple[Month, int]]) -> list[str]:
    """One line a calendar year: a building has six hundred months."""
    by_year: dict[int, list[int]] = {}
    for month, fen in listed:
        by_year.setdefault(month.year, []).append(fen)
    lines, net = [], cost
    for year, amounts in by_year.items():
        net -= sum(amounts)
        each = dict.fromkeys(Money(fen).grouped for fen in (min(amounts), max(amounts)))
        lines.append(
            f"  {year}  {len(amounts):>2} 个月 months，每月 each {'–'.join(each):>21}，"
            f"全年 year {Money(sum(amounts)).grouped:>16}，净值 net {Money(net).grouped:>16}"
        )
    return lines
