"""Claims: what somebody owes the unit or is owed by it, each under a code with a check digit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from ledger.registry.codes import greatest_number
from ledger.registry.schema import claim as table
from ledger.registry.schema import claim_order, claim_past
from ledger.registry.sets import among, insert_many

OPEN: Final = "open"
DRAFTED: Final = "drafted"
PAID: Final = "paid"
VOID: Final = "void"  # replaced by others, which say so
WRITTEN_OFF: Final = "off"
CREDIT: Final = "credit"  # what a member paid beyond what they owe, and may still use
REFUNDING: Final = "refunding"  # a credit that is being paid back: the draft waits
USED: Final = "used"  # a credit that settled dues or was paid back

#: Kinds of claims: dues; what was paid for a month that turned out to owe less; what was paid
#: beyond all that was owed, which no month has a part in.
DUES: Final = "dues"
REDUCED: Final = "credit"
PREPAID: Final = "prepaid"
CREDITS: Final = (REDUCED, PREPAID)


class ClaimRow(NamedTuple):
    """``fen`` is what is to be paid; ``account`` is credited when it is. A fee that is kept back
    from a list's payment is a claim below zero.

    ``list_code`` is the code of the list that the claim stands in, if any; ``rule`` the
    kind of dues, or the allocation that is to come; ``due`` the last day on which it is paid in
    time, ``settled_on`` the day on which it was; ``parent`` the claim that it is a part of, or
    replaces; ``gift`` and ``donor`` what it is of, where it is a gift.
    """

    unit: str
    code: str
    kind: str
    member: str | None
    account: str
    fund: str
    month: str
    fen: int
    currency: str
    state: str
    list_code: str | None
    rule: str = ""
    due: date | None = None
    settled_on: date | None = None
    parent: str | None = None
    settled_by: str | None = None
    gift: str | None = None
    donor: str | None = None


_COLUMNS = tuple(table.c[name] for name in ClaimRow._fields)


def add_many(conn: Connection, rows: Collection[ClaimRow]) -> None:
    """Enter claims; the database refuses a code that is taken."""
    insert_many(conn, table, ClaimRow._fields, list(rows))


def find(conn: Connection, unit: str, code: str) -> ClaimRow | None:
    row = conn.execute(select(*_COLUMNS).where(table.c.unit == unit, table.c.code == code)).first()
    return None if row is None else ClaimRow(*row)


def with_codes(conn: Connection, unit: str, codes: Collection[str]) -> list[ClaimRow]:
    """The claims that have one of these codes, or stand in a list that has, by code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, among(conn, table.c.code, codes))
        .union(select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.list_code, codes)))
    )
    return sorted((ClaimRow(*row) for row in rows), key=lambda row: row.code)


def of_members(conn: Connection, unit: str, ids: Collection[str]) -> list[ClaimRow]:
    """What these members owe or have paid, by month and code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.member, ids))
    )
    return sorted((ClaimRow(*row) for row in rows), key=lambda row: (row.month, row.code))


def last_number(conn: Connection, unit: str, prefix: str) -> int:
    """The greatest number of claims whose code begins so, as ``HY2026-``; 0 if there are none."""
    return greatest_number(conn, table.c.code, prefix, table.c.unit == unit)


def in_state(conn: Connection, unit: str, state: str) -> list[ClaimRow]:
    """The unit's claims in a state, by code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.state == state).order_by(table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def open_in(conn: Connection, unit: str, first: str, last: str) -> list[ClaimRow]:
    """The open claims of the months from ``first`` to ``last``, by month and code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.state == OPEN)
        .where(table.c.month >= first, table.c.month <= last)
        .order_by(table.c.month, table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def of_month(conn: Connection, unit: str, month: str) -> list[ClaimRow]:
    """The unit's claims for a month, whatever became of them, by code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, table.c.month == month).order_by(table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def dues_of(
    conn: Connection, units: Collection[str], first: str, last: str, *, open_on: date | None = None
) -> list[ClaimRow]:
    """Members' dues of these units for the months from ``first`` to ``last``, by unit, month, code.

    With ``open_on`` only those that were still to be paid at the end of that day.
    """
    query = (
        select(*_COLUMNS)
        .where(among(conn, table.c.unit, units), table.c.month >= first, table.c.month <= last)
        .where(table.c.kind.in_(("dues", "credit")), table.c.member.is_not(None))
        .order_by(table.c.unit, table.c.month, table.c.code)
    )
    if open_on is not None:
        query = query.where(
            table.c.state.in_((OPEN, DRAFTED))
            | (table.c.state.in_((PAID, WRITTEN_OFF)) & (table.c.settled_on > open_on))
        )
    return [ClaimRow(*row) for row in conn.execute(query)]


def months_of_dues(conn: Connection, unit: str) -> list[str]:
    """The months for which the unit has claimed members' dues, in order."""
    query = (
        select(table.c.month)
        .where(table.c.unit == unit, table.c.kind == "dues", table.c.member.is_not(None))
        .distinct()
        .order_by(table.c.month)
    )
    return list(conn.execute(query).scalars())


def of_rule(conn: Connection, unit: str, prefix: str, rule: str) -> list[ClaimRow]:
    """The claims whose codes begin so and that belong to one rule or promise, by code."""
    rows = conn.execute(
        select(*_COLUMNS)
        # A range of codes: members' claims, of which there are very many, are not looked at.
        .where(table.c.unit == unit, table.c.code >= prefix, table.c.code < f"{prefix}~")
        .where(table.c.rule == rule)
        .order_by(table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def list_codes(conn: Connection, unit: str) -> set[str]:
    """The codes of the unit's lists that claims stand in."""
    query = select(table.c.list_code).where(table.c.unit == unit, table.c.list_code.is_not(None))
    return {str(code) for code in conn.execute(query.distinct()).scalars()}


def of_list(conn: Connection, unit: str, list_code: str) -> list[ClaimRow]:
    """The claims that stand in a payroll list, by code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.list_code == list_code)
        .order_by(table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def settled_of_gifts(conn: Connection, unit: str, gifts: Collection[str]) -> dict[str, int]:
    """What came of these gifts by settled claims, in fen by the gift's code."""
    rows = conn.execute(
        select(table.c.gift, func.sum(table.c.fen))
        .where(table.c.unit == unit, table.c.state == PAID, among(conn, table.c.gift, gifts))
        .group_by(table.c.gift)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def of_member(conn: Connection, unit: str, member: str) -> list[ClaimRow]:
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, table.c.member == member)
        .order_by(table.c.month, table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def set_state(
    conn: Connection,
    unit: str,
    codes: Collection[str],
    state: str,
    day: date | None = None,
    by: str | None = None,
) -> None:
    """Put claims into a state; ``day`` is the one on which they were settled, if they are, and
    ``by`` the credit or the write-off that did it."""
    if codes:
        conn.execute(
            update(table)
            .where(table.c.unit == unit, among(conn, table.c.code, codes))
            .values(state=state, settled_on=day, settled_by=by)
        )


def void(conn: Connection, unit: str, codes: Collection[str], day: date | None) -> None:
    """Others take the place of these claims, and their place in lists."""
    if codes:
        conn.execute(
            update(table)
            .where(table.c.unit == unit, among(conn, table.c.code, codes))
            .values(state=VOID, settled_on=day, settled_by=None, list_code=None)
        )


def expect(conn: Connection, unit: str, code: str, fen: int) -> None:
    """A claim that nobody is paying waits for another amount; void where nothing is left."""
    state = OPEN if fen > 0 else VOID
    values: dict[str, object] = {"state": state, "settled_on": None}
    if fen > 0:
        values["fen"] = fen
    conn.execute(
        update(table)
        .where(table.c.unit == unit, table.c.code == code, table.c.state.in_((OPEN, VOID)))
        .values(**values)
    )


def revive(conn: Connection, row: ClaimRow, part: ClaimRow) -> None:
    """A void claim stands again, as its parts stood."""
    conn.execute(
        update(table)
        .where(table.c.unit == row.unit, table.c.code == row.code)
        .values(state=part.state, settled_on=None, settled_by=None, list_code=part.list_code)
    )


def begin_credits(conn: Connection, unit: str, codes: Collection[str], day: date) -> None:
    """What was paid beyond what is owed is there from ``day`` on."""
    if codes:
        conn.execute(
            update(table)
            .where(table.c.unit == unit, among(conn, table.c.code, codes))
            .values(state=CREDIT, settled_on=None, settled_by=None, due=day)
        )


def exactly(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, ClaimRow]:
    """The claims of these codes, by code."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.code, codes))
    )
    return {row.code: ClaimRow(*row) for row in rows}


def parts_of(conn: Connection, unit: str, codes: Collection[str]) -> list[ClaimRow]:
    """The claims that are parts of these, or in their place, by code."""
    rows = conn.execute(
        select(*_COLUMNS)
        .where(table.c.unit == unit, among(conn, table.c.parent, codes))
        .order_by(table.c.code)
    )
    return [ClaimRow(*row) for row in rows]


def leaves_of(conn: Connection, unit: str, code: str) -> list[ClaimRow]:
    """What a claim has been divided into by now: the parts that stand; itself if it has none."""
    found: list[ClaimRow] = []
    ahead = list(exactly(conn, unit, [code]).values())
    while ahead:
        parts = parts_of(conn, unit, [row.code for row in ahead if row.state == VOID])
        found += [row for row in ahead if row.state != VOID]
        ahead = parts
    return sorted(found, key=lambda row: row.code)


def keep_past(conn: Connection, rows: Collection[ClaimRow], until: date) -> None:
    """Keep how these claims were settled, because that is taken back on the day ``until``."""
    insert_many(
        conn, claim_past, ("unit", "claim", "state", "settled_on", "until", "settled_by"),
        [
            (row.unit, row.code, row.state, row.settled_on, until, row.settled_by)
            for row in rows
            if row.settled_on is not None
        ],
    )  # fmt: skip


def set_list(conn: Connection, unit: str, codes: Collection[str], list_code: str) -> None:
    """Put these claims under a payroll list's code, and no others."""
    conn.execute(
        update(table)
        .where(table.c.unit == unit, table.c.list_code == list_code)
        .values(list_code=None)
    )
    if codes:
        conn.execute(
            update(table)
            .where(table.c.unit == unit, among(conn, table.c.code, codes))
            .values(list_code=list_code)
        )


def void_list(conn: Connection, unit: str, list_code: str) -> None:
    """Another version of a list takes its place: what stood in it is claimed no more."""
    conn.execute(
        update(table)
        .where(table.c.unit == unit, table.c.list_code == list_code)
        .values(state=VOID, list_code=None)
    )


# ---- order numbers -----------------------------------------------------------------------------


def add_orders(conn: Connection, unit: str, codes: Mapping[str, str]) -> None:
    """Enter the order numbers by which claims or lists are paid: a code for each number."""
    if codes:
        rows = [{"unit": unit, "number": number, "code": code} for number, code in codes.items()]
        conn.execute(insert(claim_order), rows)


def has_orders(conn: Connection, unit: str) -> bool:
    """Whether the unit registered any order number at all."""
    found = select(claim_order.c.number).where(claim_order.c.unit == unit).limit(1)
    return conn.execute(found).first() is not None


def with_orders(conn: Connection, unit: str, numbers: Collection[str]) -> dict[str, str]:
    """The codes that are paid by these order numbers, by number."""
    rows = conn.execute(
        select(claim_order.c.number, claim_order.c.code).where(
            claim_order.c.unit == unit, among(conn, claim_order.c.number, numbers)
        )
    )
    return {row.number: row.code for row in rows}
