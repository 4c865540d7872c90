"""The members of a unit that is merged go along: asked for with the merger, moved when it closes.

Each of them gets an id of the unit that takes over, as by any transfer, and the transfer says who
they were. What they still owe goes along under new codes, or stays, by the decision that closes the
unit. Nobody moves members alone: whoever proposed the merger does not close the unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.dues import transferring
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.period import Month
from ledger.registry import claims, dues_schemes, member_transfers, members, oplog
from ledger.registry.claim_parts import Codes
from ledger.registry.member_transfers import ASKED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.claims import ClaimRow
    from ledger.registry.members import MemberRow

#: What becomes of claims that are open: they go along, or stay as they are.
ALONG, STAY = "along", "stay"
CLAIMS: Final = (ALONG, STAY)
_GOING: Final = (claims.OPEN, claims.CREDIT)


@dataclass(frozen=True, slots=True)
class Moved:
    """How many members and claims went along."""

    members: int = 0
    claims: int = 0


def ask_all(
    conn: Connection, registry: Registry, unit: str, into: str, day: date, decision: str,
    user: User, now: datetime,
) -> int:  # fmt: skip
    """Ask the unit that takes over to take every member; how many there are.

    The old unit collects up to the month before ``day``, or that of it if it begins later. Refused
    while a transfer of one of them waits for another answer.
    """
    rows = _going(conn, unit)
    waiting = [one for one in member_transfers.waiting(conn, unit) if one.from_unit == unit]
    if waiting:
        raise Refused(_waiting(unit, len(waiting)))
    there = members.of_persons(conn, into, {row.person for row in rows})
    twice = [
        row.number
        for row in rows
        if (other := there.get(row.person)) is not None and other.state == members.ACTIVE
    ]
    if twice:
        raise Refused(_twice(into, twice))
    paid = Month.of(day).previous() if day.day == 1 else Month.of(day)
    for row in rows:
        transferring.ask_in(conn, registry, row, into, day, paid, decision, user, now)
    return len(rows)


def _going(conn: Connection, unit: str) -> list[MemberRow]:
    return [
        row
        for row in members.all_members(conn, unit)
        if row.state == members.ACTIVE and row.left is None
    ]


def move_all(
    conn: Connection, registry: Registry, unit: str, into: str, what: str, day: date, user: User,
    now: datetime,
) -> Moved:  # fmt: skip
    """Take over every member who was asked for, and what they owe if it goes along."""
    asked = [
        row
        for row in member_transfers.waiting(conn, unit)
        if (row.from_unit, row.to_unit, row.state) == (unit, into, ASKED)
    ]
    taken = set(members.numbers(conn, into).values())
    new_of: dict[str, str] = {}
    for row in asked:
        old = members.find(conn, row.member)
        number = _number(old.number if old else "", unit, taken)
        taken.add(number)
        new_of[row.member] = transferring.accept_in(conn, registry, row, number, user, now).id
    gone = _take_claims(conn, unit, into, new_of, day) if what == ALONG else 0
    if asked:
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="unit.members", object=into,
            detail=f"{len(asked)} members, {gone} claims {what}",
        )  # fmt: skip
    return Moved(len(asked), gone)


def _number(number: str, unit: str, taken: set[str]) -> str:
    """The member's own number; where the new unit has it already, with the old unit before it."""
    return number if number not in taken else f"{unit}-{number}"[:40]


def _take_claims(
    conn: Connection, unit: str, into: str, new_of: Mapping[str, str], day: date
) -> int:
    """Enter what is open under new codes in the unit that takes over; the old claims are void."""
    open_ = [row for row in claims.of_members(conn, unit, set(new_of)) if row.state in _GOING]
    schemes = {row.rule: row for row in dues_schemes.of_unit(conn, into)}
    refuse_if(_no_scheme(into, rule) for rule in sorted({r.rule for r in open_} - schemes.keys()))
    codes = Codes(conn, into)
    fresh: list[ClaimRow] = []
    for row in open_:
        scheme = schemes[row.rule]
        code = codes.next(scheme.prefix, int(row.month[:4]))
        fresh.append(
            row._replace(
                unit=into, code=code, member=new_of[row.member or ""], account=scheme.account,
                fund=scheme.fund, list_code=None, parent=None,
            )
        )  # fmt: skip
    claims.add_many(conn, fresh)
    claims.void(conn, unit, [row.code for row in open_], day)
    return len(open_)


def _waiting(unit: str, count: int) -> Finding:
    return finding(
        "transfers-wait", f"{unit} 有 {count} 项会员转接待答复",
        f"{count} transfers of members of {unit} wait for an answer",
        "先由接收单位答复，或撤回", "have them answered, or withdraw them",
    )  # fmt: skip


def _twice(into: str, numbers: list[str]) -> Finding:
    shown = "、".join(numbers)[:120]
    return finding(
        "member-twice", f"这些会员在 {into} 已是会员：{shown}",
        f"these members are members of {into} already: {shown}",
        "先登记他们离开本单位", "say first that they left this unit",
    )  # fmt: skip


def _no_scheme(into: str, rule: str) -> Finding:
    return finding(
        "no-scheme", f"{into} 没有设定 {rule or '会费'} 的入账科目，未收的会费无处可记",
        f"{into} does not collect {rule or 'dues'}: what is open cannot go along",
        "先用 mingbai dues scheme 设定，或用 --claims stay 留在原单位",
        "set it with mingbai dues scheme, or leave the claims with --claims stay",
    )  # fmt: skip
