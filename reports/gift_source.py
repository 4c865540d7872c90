"""Gathering what statements of gifts are built from: the book's postings and the registry's words.

What is told of donors is what they consent to on the day it is drawn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.errors import Words
from ledger.fundcheck import is_restricted
from ledger.gifts.consented import shown
from ledger.gifts.following import Terms, read_fund
from ledger.gifts.published import all_published
from ledger.gifts.standing import USUAL
from reports.sources import book_source
from reports.statements.gift_moves import GiftFund, GiftMoves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.asking import Ledger
    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.campaigns import CampaignRow
    from ledger.registry.gifts import GiftRow
    from reports.statements.source import Source


def gift_source(registry: Registry, unit: str, name: str, period: Period) -> Source:
    """The book, and the unit's gifts before the period and at its end, or what is published."""
    book = book_source(registry.folder, unit, period)
    if name == "campaign":
        told = all_published(registry, unit, period.last)
        return replace(book, gifts=GiftMoves(campaigns=[one for one in told if one.is_public]))
    return replace(book, gifts=_rows(registry, unit, period, book.model))


def _rows(registry: Registry, unit: str, period: Period, model: Ledger) -> GiftMoves:
    from ledger.registry import campaigns, donors, gift_receipts, gifts

    with registry.read() as conn:
        rows = gifts.of_unit(conn, unit)
        receipts = gift_receipts.codes_of(conn, unit, [row.code for row in rows])
        known = {row.fund: row for row in campaigns.of_unit(conn, unit)}
        people = donors.of_unit(conn, unit, {row.donor for row in rows})
        names = shown(conn, registry.vault, people)
        at = _funds(conn, unit, rows)
    funds = list(_followed(model, period, at, known))
    return GiftMoves(funds, {row.code: row for row in rows}, names, receipts)


def _funds(conn: Connection, unit: str, rows: Sequence[GiftRow]) -> dict[str, list[GiftRow]]:
    """The funds in which gifts stand or stood, each with its gifts."""
    from ledger.registry import gifts

    events = gifts.events(conn, unit, [row.code for row in rows])
    found: dict[str, list[GiftRow]] = {}
    for row in rows:
        for fund in gifts.stands_in(row, events.get(row.code, ())):
            found.setdefault(fund, []).append(row)
    return found


def _followed(
    model: Ledger, period: Period, at: Mapping[str, Sequence[GiftRow]],
    known: Mapping[str, CampaignRow],
) -> Iterator[GiftFund]:  # fmt: skip
    """Campaigns by code, then the other funds by theirs."""
    declared = model.funds()
    there = [fund for fund in at if fund in declared]
    for fund in sorted(there, key=lambda one: (one not in known, _code(one, known))):
        row, facts = known.get(fund), declared[fund]
        rule, terms = row.rule if row else USUAL, Terms.of(at[fund])
        read = read_fund(model, fund, period.last)
        name = Words(row.name, row.name_en) if row else Words(facts.name, facts.name_en)
        yield GiftFund(
            _code(fund, known), fund, Words(name.zh, name.en or _code(fund, known)),
            read.follow(rule, period.start - timedelta(days=1), terms),
            read.follow(rule, period.last, terms), free=not is_restricted(facts.restriction),
        )  # fmt: skip


def _code(fund: str, known: Mapping[str, CampaignRow]) -> str:
    return known[fund].code if fund in known else fund
