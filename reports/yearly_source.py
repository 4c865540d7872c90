"""Gathering what the yearly report on gifts is built from: the book's postings, and whose they are.

No name is read: whoever gave is a kind, a consent and a code.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.gifts.accounts import accounts_of
from ledger.gifts.disclosed import disclosed
from ledger.gifts.marks import GIFT
from ledger.period import Month
from ledger.rules.disclosure_tables import OF_INCOME, OF_NET_ASSETS
from ledger.rules.ratios import BROKEN, EXEMPT, KEPT, MANAGEMENT, OF_SPENDING, SPENDING, UNKNOWN
from ledger.rules.table import percent
from reports.sources import book_source
from reports.statements.gift_rows import GiftRows, in_yuan, is_receipt, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.model import PostedLine
    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow
    from ledger.rules.disclosure_tables import ShareTable
    from reports.statements.source import Source

_NO_RULE: Final = Words("没有装入规则。", "No rule loaded.")
_LIMITS: Final = {
    (SPENDING, OF_INCOME): Words("公益支出不低于上年总收入的", "of the income before at least"),
    (SPENDING, OF_NET_ASSETS): Words(
        "公益支出不低于上年末净资产的", "of the net assets before at least"
    ),
    (MANAGEMENT, OF_SPENDING): Words(
        "管理费用不高于本年总支出的", "of the year's spending at most for management"
    ),
}
_STATES: Final = {
    KEPT: Words("，达到", ", kept"),
    BROKEN: Words("，没有达到", ", not kept"),
    EXEMPT: Words("，低于豁免额", ", below the sum that is exempt"),
    UNKNOWN: Words("，账簿说不出", ", which the book does not tell"),
}
#: Roles of :mod:`ledger.gifts.accounts` on which the unit's own gifts come, and those of others.
_OWN: Final = ("income", "restricted", "service-income", "goods-credit", "asset-credit")
_HELD: Final = ("pending", "agency")


def yearly_source(registry: Registry, unit: str, name: str, period: Period) -> Source:
    """The book with its gifts, from the year before the period's to its end.

    Refused for a chart that keeps no gifts.
    """
    from ledger.registry import campaigns, donors, gifts, units
    from ledger.registry.gifts import CONDITIONAL

    book = book_source(registry.folder, unit, period)
    kept = accounts_of(book.chart.id)
    told = disclosed(book.chart.id)
    own = _lines(book, period, [kept.roles[role].whole for role in _OWN if kept.has(role)])
    held = _lines(book, period, [kept.roles[role].whole for role in _HELD if kept.has(role)])
    capital = {name for name, facts in book.model.accounts().items() if facts.capital}
    named = [line for line in own if GIFT in dict(line.meta)]
    receipts = [line for line in named if is_receipt(line)]
    beside = [line for line in held if GIFT in dict(line.meta)]
    with registry.read() as conn:
        row = units.find(conn, unit)
        known = gifts.with_codes(
            conn, unit, {dict(line.meta)[GIFT] for line in [*named, *beside]}
        )  # fmt: skip
        givers = donors.of_unit(conn, unit, {one.donor for one in known.values()})
        funds = {one.fund: one for one in campaigns.of_unit(conn, unit)}
    # What depended on a condition that was met is the unit's own by then.
    others = [
        line
        for line in beside
        if is_receipt(line) or known[dict(line.meta)[GIFT]].nature == CONDITIONAL
    ]
    return replace(
        book,
        gift_rows=GiftRows(
            told, known, {one.id: one for one in givers}, funds, receipts, others,
            handed=[line for line in named if line.account in capital and not is_receipt(line)],
            plain=[
                line
                for line in _lines(book, period, told.donations)
                if GIFT not in dict(line.meta)
            ],
            large=_share(registry, row, "large-gifts", period.last),
            major=_share(registry, row, "major-projects", period.last),
            services=kept.has("service"),
            ratios=spending_rule(registry, unit, period) if name == "public-benefit" else (),
        ),
    )  # fmt: skip


def _lines(book: Source, period: Period, codes: Iterable[str]) -> list[PostedLine]:
    """The postings on accounts of these codes and below, from the year before on."""
    wanted = {*codes}
    names = [
        name
        for name in book.model.accounts()
        if wanted & {account.code for account in book.chart.path(name)}
    ]
    if not names:
        return []
    last = Month.of(period.last)
    first = Month(last.year - 1, 1)
    return in_yuan(book.model.lines(since=first, through=last, accounts=names))


def _share(registry: Registry, row: UnitRow, rule: str, day: date) -> ShareTable | None:
    from ledger.rules.disclosure_tables import ShareTable
    from ledger.rules.rulebook import NoRuleLoaded, load
    from ledger.rules.table import Place

    book, _ = load(registry.folder, row.id)
    try:
        return book.in_force(ShareTable, rule, day, Place.of(row))
    except NoRuleLoaded:
        return None


def spending_rule(registry: Registry, unit: str, period: Period) -> tuple[Words, ...]:
    """The limits of the shares by the rule in force, or that none is; and what the book lacks.

    Of a whole year with whether they were kept.
    """
    from ledger.gifts.ratios import ratios_of

    found = ratios_of(registry, unit, period.last.year)
    lacking = tuple(sentence(one.what) for one in found.missing)
    if found.table is None or found.tier is None:
        return lacking or (_NO_RULE,)
    head = found.table.head
    whole = period.start.month == 1 and period.last.month == 12
    zh, en = [], []
    for one in found.checks:
        state = _STATES[one.state] if whole else Words("", "")
        part = _LIMITS[one.what, one.of]
        zh.append(f"{part.zh} {percent(one.limit)}{state.zh}")
        en.append(f"{percent(one.limit)} {part.en}{state.en}")
    said = Words(
        f"{head.cite(found.tier.article)}（{head.key}，{found.tier.confidence}）：{'；'.join(zh)}",
        f"{head.key} ({found.tier.confidence}): {'; '.join(en)}",
    )
    return (sentence(said), *lacking)
