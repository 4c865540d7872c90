"""Gathering donors' own statements of a year: names are unsealed for the print, which is logged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.errors import Finding, Refused, Words, finding
from ledger.gifts.arriving import arrivals
from ledger.gifts.donors import demand_names, known_donor
from ledger.gifts.standing import gift_standings
from ledger.money import Money
from ledger.registry import campaigns, donors, entries, gift_receipts, gifts, oplog
from ledger.registry.donors import ANONYMOUS
from reports.gift_receipts import KINDS
from reports.statements.donor import DonorFile, GiftOfYear

if TYPE_CHECKING:
    from datetime import date, datetime

    from ledger.gifts.arriving import Arrival
    from ledger.gifts.standing import GiftStanding
    from ledger.period import Period
    from ledger.registry import Registry, User


def donor_files(
    registry: Registry, unit: str, period: Period, user: User, now: datetime, donor: str = ""
) -> list[DonorFile]:
    """The donors of whom something came in a year, or the one of that id, by id.

    An anonymous donor has no statement, nor has one who was erased: of several they are left out.
    Raises: NotAllowed for who neither records nor checks; Refused for one who has none.
    """
    demand_names(user, unit)
    if donor:
        with registry.read() as conn:
            if known_donor(conn, unit, donor).kind == ANONYMOUS:
                raise Refused(_anonymous(donor))
    on = min(now.date(), period.last)
    found = _Gathered(registry, unit, period, on)
    with registry.write() as conn:
        ids = {id for id in found.givers if donor in ("", id)}
        rows = [row for row in donors.of_unit(conn, unit, ids) if row.kind != ANONYMOUS]
        names = donors.names(conn, registry.vault, rows)
        acts = [("donor.statement", id, str(period)) for id in sorted(names)]
        oplog.record_many(conn, at=now, user=user.id, unit=unit, acts=acts)
    if donor and donor not in names:
        raise Refused(_nothing(donor, period))
    return [DonorFile(id, names[id], tuple(found.of(id)), on) for id in sorted(names)]


class _Gathered:
    """The gifts of which something came in a period, with how they stand on a day."""

    def __init__(self, registry: Registry, unit: str, period: Period, on: date) -> None:
        with registry.read() as conn:
            funds = gifts.funds_of(conn, unit)
        came = [one for one in arrivals(registry, unit, funds, period) if one.day <= on]
        with registry.read() as conn:
            gone = entries.reversals_of(conn, unit, {one.voucher for one in came})
            codes = {one.gift for one in came}
            self._receipts = gift_receipts.codes_of(conn, unit, codes)
            self._called = {row.code: row.name for row in campaigns.of_unit(conn, unit)}
            self._funds = entries.funds(conn, unit)
        self._came: dict[str, list[Arrival]] = defaultdict(list)
        for one in came:
            if one.voucher not in gone:
                self._came[one.gift].append(one)
        standings = gift_standings(registry, unit, on) if self._came else []
        self._standings = [one for one in standings if one.row.code in self._came]
        self.givers = {one.row.donor for one in self._standings}

    def of(self, donor: str) -> Iterator[GiftOfYear]:
        """What became of a donor's gifts."""
        for one in self._standings:
            if one.row.donor == donor:
                yield self._gift(one)

    def _gift(self, one: GiftStanding) -> GiftOfYear:
        row, came = one.row, self._came[one.row.code]
        codes = (self._receipts.get((row.code, arrival.voucher)) for arrival in came)
        receipts = tuple(code for code in codes if code)
        fund = self._funds.get(row.fund)
        called = self._called.get(row.campaign or "") or (fund.name if fund else row.fund)
        what = KINDS[row.kind]
        if row.quantity:
            what = Words(f"{what.zh} {row.quantity} {row.measure}", what.en)
        return GiftOfYear(
            row.code, came[0].day, what, receipts, "；".join(filter(None, (called, row.purpose))),
            Money(sum(arrival.fen for arrival in came)), Money(one.received_fen),
            Money(one.used_fen), Money(one.held_fen), Money(one.returned_fen), _uses(one),
        )  # fmt: skip


def _uses(one: GiftStanding) -> tuple[tuple[str, Money], ...]:
    """What was used by purpose, in the order in which each began."""
    by_purpose: dict[str, int] = defaultdict(int)
    for part in one.parts:
        for use in part.uses:
            by_purpose[use.purpose] += use.fen
    return tuple((purpose, Money(fen)) for purpose, fen in by_purpose.items() if fen)


def _anonymous(donor: str) -> Finding:
    return finding(
        "anonymous-donor", f"{donor} 是匿名捐赠人，没有对账单",
        f"{donor} is anonymous: there is nobody to give a statement to",
        "凭收据核验：mingbai gift receipt --verify",
        "their receipts are verified with mingbai gift receipt --verify",
    )  # fmt: skip


def _nothing(donor: str, period: Period) -> Finding:
    return finding(
        "no-donor-statement", f"{donor} 在 {period} 没有收到的捐赠，或其个人信息已删除",
        f"nothing came of {donor} in {period}, or they were erased",
        "核对年份；用 mingbai gift list 查看", "check the year; see mingbai gift list",
    )  # fmt: skip
