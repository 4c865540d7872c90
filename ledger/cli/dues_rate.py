"""mingbai dues rate, dues rules: what a rule says for a base, and which rules there are."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.cli import acting, rule_files

if TYPE_CHECKING:
    from ledger.rules.levy import LevyShare
    from ledger.rules.rating import Rated
    from ledger.rules.rulebook import Rulebook
    from ledger.rules.table import Head, Place

RULES: Final = (
    "party", "league", "union-member", "union-levy", "union-preparation", "association",
)  # fmt: skip


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rate = commands.add_parser("rate", help="按规则计算应缴 what a rule says for a base")
    rate.add_argument("rule", metavar="RULE", choices=RULES, help=f"规则 {', '.join(RULES)}")
    rate.add_argument("--base", type=acting.fen, metavar="M", help="基数，元 base in yuan")
    rate.add_argument(
        "--status", default="", metavar="S", help="身份，代号或名称 status, by id or Chinese name"
    )
    rate.add_argument(
        "--chosen",
        type=acting.fen,
        metavar="M",
        help="在规定范围内核定的数额 chosen within a range",
    )
    _add_where(rate)
    rate.set_defaults(run=run_rate)

    rules = commands.add_parser("rules", help="列出规则表 list the tables of rules, with sources")
    _add_where(rules)
    rules.set_defaults(run=run_rules)


def _add_where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=acting.day, metavar="DAY", help="日期 day; today by default")
    rule_files.add_where(parser)
    acting.add_json(parser)


def run_rate(options: argparse.Namespace) -> int:
    from ledger.rules.levy import shares_of
    from ledger.rules.rate_tables import RateTable, SplitTable
    from ledger.rules.rating import rate
    from ledger.rules.rulebook import NoRuleLoaded

    book, day, place = _rulebook(options)
    table = book.in_force(RateTable, options.rule, day, place)
    rated = rate(table, options.status, options.base, options.chosen)
    shares: tuple[LevyShare, ...] = ()
    split: Head | None = None
    if table.payer == "employer":
        try:
            by = book.in_force(SplitTable, options.rule, day, place)
        except NoRuleLoaded:
            pass
        else:
            shares, split = shares_of(rated.amount, by), by.head
    if options.json:
        print(json.dumps(_told(rated, shares, split), ensure_ascii=False))
    else:
        _print(rated, shares, split)
    return 0


def _rulebook(options: argparse.Namespace) -> tuple[Rulebook, date, Place]:
    """All rules at hand, the day asked for, and who asks."""
    from ledger import clock

    book, place = rule_files.rulebook(options)
    return book, options.on or clock.now().date(), place


def _told(rated: Rated, shares: tuple[LevyShare, ...], split: Head | None) -> dict[str, Any]:
    head = rated.table.head
    told: dict[str, Any] = {
        "amount": rated.amount.text,
        "rule": head.key,
        "source": rated.source,
        "confidence": rated.row.confidence,
        "row": rated.row.id,
        "arithmetic": rated.arithmetic.zh,
        "arithmetic_en": rated.arithmetic.en,
        "status": rated.status.id,
        "scope": head.scope.words.en,
        "file": head.file,
        "effective_from": head.effective_from.isoformat(),
        "effective_to": head.effective_to.isoformat() if head.effective_to else None,
        "period": rated.table.period,
    }
    if split is not None:
        told["split"] = {
            "rule": split.key,
            "source": split.source,
            "confidence": split.confidence,
            "shares": [{"to": one.part.to, "amount": one.amount.text} for one in shares],
        }
    return told


def _print(rated: Rated, shares: tuple[LevyShare, ...], split: Head | None) -> None:
    from ledger.rules.table import ORIGINS, percent

    head, row, steps = rated.table.head, rated.row, rated.arithmetic
    period = "每月 a month" if rated.table.period == "month" else "每年 a year"
    print(f"{rated.amount.grouped} 元 CNY，{period}")
    print(f"  计算 arithmetic: {steps.zh}")
    if steps.en != steps.zh:
        print(f"      {steps.en}")
    print(f"  档次 row: {row.id} {row.name.zh} {row.name.en}")
    print(f"  依据 source: {rated.source}（{row.confidence}）")
    origin = ORIGINS[head.origin]
    print(f"  规则 rule: {head.key}，{origin.zh} {origin.en} {head.file}")
    if head.note:
        print(f"  注 note: {head.note}")
    if split is not None:
        print(f"  分成 split: {split.key} {split.source}（{split.confidence}）")
        for one in shares:
            part = one.part
            print(
                f"    {one.amount.grouped:>14}  {percent(part.share)} {part.name.zh} {part.name.en}"
            )


def run_rules(options: argparse.Namespace) -> int:
    from ledger.rules.listing import listing
    from ledger.rules.tables import kind_of

    book, day, place = _rulebook(options)
    tables = [
        table
        for table in book.tables
        if options.on is None or (table.head.holds_on(day) and table.head.scope.covers(place))
    ]
    if not options.json:
        print(listing(tables), end="")
        return 0
    told = [
        {
            "rule": table.head.key,
            "kind": kind_of(table),
            "about": table.head.rule,
            "name": table.head.name.zh,
            "source": table.head.source,
            "confidence": table.head.confidence,
            "scope": table.head.scope.words.en,
            "effective_from": table.head.effective_from.isoformat(),
            "effective_to": table.head.effective_to.isoformat()
            if table.head.effective_to
            else None,
            "file": table.head.file,
            "digest": table.head.digest,
        }
        for table in tables
    ]
    print(json.dumps({"rules": told}, ensure_ascii=False))
    return 0
