"""A till for tests: members of a roll pay and are paid back; what registry and book say of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from ledger import workflow
from ledger.canonical_reader import parse_voucher
from ledger.dues import cash
from ledger.dues.cash import Taken
from ledger.dues.receiving import Payment
from ledger.entry import Voucher
from ledger.money import Money, yuan
from ledger.registry import assessments, claims, entries, members
from ledger.registry.claims import CREDITS, DUES, PREPAID, ClaimRow
from tests.dues.roll import Roll
from tests.house import CASH, UNIT
from tests.house import DUES as INCOME

MARCH_9 = date(2026, 3, 9)


@dataclass
class Till:
    """Payments of the members of a roll, taken by the maker and approved by the checker."""

    roll: Roll
    taken: list[Taken] = field(default_factory=list)

    def take(
        self, member: str, amount: str, *codes: str, day: date = MARCH_9, **more: object
    ) -> Taken:
        """Cash that waits for a checker."""
        house = self.roll.house
        money = Money(yuan(amount).fen)
        payment = Payment(member, money, day, codes, **more)  # type: ignore[arg-type]
        return cash.take(house.registry, UNIT, payment, CASH, house.maker, house.now)

    def pay(
        self, member: str, amount: str, *codes: str, day: date = MARCH_9, **more: object
    ) -> Voucher:
        """Cash that is in the book."""
        taken = self.take(member, amount, *codes, day=day, **more)
        self.taken.append(taken)
        return self.approve(taken.draft)

    def refund(self, member: str, amount: str | None = None, *, day: date = MARCH_9) -> str:
        """A refund that waits for a checker."""
        house = self.roll.house
        with house.registry.read() as conn:
            row = members.find(conn, member)
        assert row is not None
        fen = None if amount is None else yuan(amount).fen
        return cash.refund(
            house.registry, UNIT, row.number, fen, CASH, house.maker, house.now, day=day
        )

    def approve(self, draft: str) -> Voucher:
        return self.roll.house.approve(draft)

    def reverse(self, voucher: Voucher, *, day: date = date(2026, 3, 20)) -> Voucher:
        return self.roll.house.reverse(voucher, day, "退票")

    def withdraw(self, draft: str) -> None:
        house = self.roll.house
        workflow.withdraw(house.registry, draft, house.maker, house.now)

    def states(self, member: str) -> list[tuple[str, str, int]]:
        """What stands of a member's claims and credits: kind, state and fen, in order."""
        rows = [row for row in self.roll.claims(member) if row.state != claims.VOID]
        return [(row.kind, row.state, row.fen) for row in rows]

    def prove(self) -> None:
        """The law of collection, for every member, rule and month, and against the book."""
        with self.roll.house.registry.read() as conn:
            prove(conn, self.roll.rule)


def prove(conn: object, rule: str, unit: str = UNIT, account: str = INCOME) -> dict[str, int]:
    """Assessed, less collected, written off and settled by credits, is what is in arrears.

    What was collected, with the credits that are left, is what the book has. The sums, in fen.
    """
    from sqlalchemy import Connection

    assert isinstance(conn, Connection)
    book = in_book(conn, unit, account)
    sums: dict[str, int] = defaultdict(int)
    by_member: dict[str, list[ClaimRow]] = defaultdict(list)
    for row in every_claim(conn, unit):
        if row.member is not None and row.rule == rule and row.state != claims.VOID:
            by_member[row.member].append(row)
    assessed = all_assessed(conn, unit, rule)
    for member in by_member.keys() | {one for one, _ in assessed} | book.keys():
        rows = by_member.get(member, [])
        months = {row.month for row in rows if row.kind != PREPAID}
        collected_in_all = 0
        for month in months | {m for one, m in assessed if one == member}:
            mine = [row for row in rows if row.month == month and row.kind != PREPAID]
            dues = [row for row in mine if row.kind == DUES]
            moved = sum(row.fen for row in mine if row.kind in CREDITS)
            paid = [row for row in dues if row.state == claims.PAID]
            collected = sum(row.fen for row in paid if row.settled_by is None) - moved
            used = sum(row.fen for row in paid if row.settled_by is not None)
            off = sum(row.fen for row in dues if row.state == claims.WRITTEN_OFF)
            owed = sum(row.fen for row in dues if row.state in (claims.OPEN, claims.DRAFTED))
            due = assessed.get((member, month), 0)
            if not any(row.state == claims.DRAFTED for row in dues):
                assert due - collected - off - used == owed, (member, month, mine)
            assert owed >= 0
            collected_in_all += collected
            for name, fen in (
                ("assessed", due), ("collected", collected), ("off", off), ("used", used),
                ("owed", owed),
            ):  # fmt: skip
                sums[name] += fen
            sums["used-in-all"] += used
            collected_in_all += used
        held = sum(
            row.fen
            for row in rows
            if row.kind in CREDITS and row.state in (claims.CREDIT, claims.REFUNDING)
        )
        sums["held"] += held
        assert collected_in_all + held == book.get(member, 0), (member, rows)
        sums["book"] += book.get(member, 0)
    return dict(sums)


def every_claim(conn: object, unit: str) -> list[ClaimRow]:
    states = (
        claims.OPEN, claims.DRAFTED, claims.PAID, claims.WRITTEN_OFF, claims.CREDIT,
        claims.REFUNDING, claims.USED,
    )  # fmt: skip
    return [row for state in states for row in claims.in_state(conn, unit, state)]  # type: ignore[arg-type]


def all_assessed(conn: object, unit: str, rule: str) -> dict[tuple[str, str], int]:
    found = {}
    for month in assessments.by_month(conn, unit, rule):  # type: ignore[arg-type]
        for member, (_, fen) in assessments.totals(conn, unit, rule, month).items():  # type: ignore[arg-type]
            found[member, month] = fen
    return found


def in_book(conn: object, unit: str, account: str) -> dict[str, int]:
    """What the book has of each member's claims on an account, read from its vouchers."""
    held: dict[str, int] = defaultdict(int)
    for row in entries.all_entries(conn, unit):  # type: ignore[arg-type]
        if row.number is None:
            continue
        for line in parse_voucher(row.text.decode()).draft.postings:
            meta = dict(line.meta)
            if line.account == account and "claim" in meta:
                held[meta["member"]] -= line.amount.fen
    return dict(held)
