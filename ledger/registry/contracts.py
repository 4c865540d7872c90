"""Service contracts, their versions and milestones, and how each milestone stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.errors import Words
from ledger.reference import make_code
from ledger.registry.codes import greatest_number
from ledger.registry.schema import (
    contract,
    contract_event,
    contract_milestone,
    contract_standing,
    contract_version,
)
from ledger.registry.sets import among

#: How the codes of contracts and of milestones begin.
PREFIX: Final = "HT"
MILESTONE_PREFIX: Final = "JD"
SUPPLIER, BUYER = "supplier", "buyer"
ROLES: Final = (SUPPLIER, BUYER)
#: A contract: its first version waits, one is in force, it never was, it is over.
SIGNED, OPEN, WITHDRAWN, CLOSED = "signed", "open", "withdrawn", "closed"
ROLE_WORDS: Final = {SUPPLIER: Words("提供", "as supplier"), BUYER: Words("购买", "as buyer")}
STATE_WORDS: Final = {
    SIGNED: Words("待确认", "to be confirmed"),
    OPEN: Words("履行中", "open"),
    WITHDRAWN: Words("已撤回", "withdrawn"),
    CLOSED: Words("已办结", "closed"),
}
#: A version.
DRAFT, APPROVED = "draft", "approved"
#: What happens to a contract or one of its milestones.
CONFIRMED, DELIVERED, ACCEPTED, REFUSED = "confirmed", "delivered", "accepted", "refused"


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract of ``unit``, which is supplier or buyer; ``party`` is the other side's id.

    ``number`` is the paper's own; ``version`` the one in force, 0 before any is.
    """

    unit: str
    code: str
    number: str
    role: str
    party: str
    state: str
    version: int

    @property
    def sign(self) -> int:
        """What turns a debit-positive sum into what was received or paid."""
        return -1 if self.role == SUPPLIER else 1


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What a version of a contract says. ``advance_fen`` may move before acceptance."""

    unit: str
    code: str
    version: int
    state: str
    purpose: str
    account: str
    fund: str
    fen: int
    advance_fen: int
    signed: date
    starts: date
    ends: date
    decision: str
    reason: str
    paper: str
    maker: str
    made_at: str
    checker: str | None = None
    checked_at: str | None = None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """What is to be delivered by ``due``; ``milestone`` is the code that postings name."""

    unit: str
    code: str
    version: int
    number: int
    milestone: str
    due: date
    fen: int
    deliverable: str


@dataclass(frozen=True, slots=True)
class StandingRow:
    """How a milestone stands; ``fen`` is what vouchers moved on it, None where nobody knows."""

    unit: str
    milestone: str
    code: str
    delivered: date | None
    reporter: str | None
    accepted: date | None
    fen: int | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened to a contract, or to one of its milestones, on a day."""

    number: int
    kind: str
    milestone: str
    day: date
    note: str
    paper: str
    user: str
    at: str


_CONTRACT = tuple(contract.c[name] for name in ContractRow.__slots__)
_VERSION = tuple(contract_version.c[name] for name in VersionRow.__slots__)
_MILESTONE = tuple(contract_milestone.c[name] for name in MilestoneRow.__slots__)
_STANDING = tuple(contract_standing.c[name] for name in StandingRow.__slots__)
_EVENT = tuple(contract_event.c[name] for name in EventRow.__slots__)


def next_code(conn: Connection, unit: str, year: int) -> str:
    """The code of the unit's next contract signed in ``year``."""
    last = greatest_number(conn, contract.c.code, f"{PREFIX}{year}-", contract.c.unit == unit)
    return make_code(PREFIX, year, last + 1)


def next_milestone(conn: Connection, unit: str, year: int) -> int:
    """The number of the unit's next milestone of a contract signed in ``year``."""
    where = contract_milestone.c
    begins = f"{MILESTONE_PREFIX}{year}-"
    return greatest_number(conn, where.milestone, begins, where.unit == unit) + 1


def add(conn: Connection, row: ContractRow) -> None:
    conn.execute(insert(contract).values({name: getattr(row, name) for name in row.__slots__}))


def add_version(conn: Connection, row: VersionRow, stones: Sequence[MilestoneRow]) -> None:
    """Enter a version with its milestones."""
    values = {name: getattr(row, name) for name in row.__slots__}
    conn.execute(insert(contract_version).values(values))
    conn.execute(
        insert(contract_milestone),
        [{name: getattr(one, name) for name in one.__slots__} for one in stones],
    )


def find(conn: Connection, unit: str, code: str) -> ContractRow | None:
    row = conn.execute(
        select(*_CONTRACT).where(contract.c.unit == unit, contract.c.code == code)
    ).first()
    return None if row is None else ContractRow(*row)


def exactly(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, ContractRow]:
    """The unit's contracts of these codes, by code."""
    rows = conn.execute(
        select(*_CONTRACT).where(contract.c.unit == unit, among(conn, contract.c.code, codes))
    )
    return {row.code: ContractRow(*row) for row in rows}


def of_unit(conn: Connection, unit: str) -> list[ContractRow]:
    """The unit's contracts, by code."""
    rows = conn.execute(select(*_CONTRACT).where(contract.c.unit == unit).order_by(contract.c.code))
    return [ContractRow(*row) for row in rows]


def set_state(conn: Connection, row: ContractRow, state: str, version: int) -> None:
    conn.execute(
        update(contract)
        .where(contract.c.unit == row.unit, contract.c.code == row.code)
        .values(state=state, version=version)
    )


def versions(conn: Connection, unit: str, code: str) -> list[VersionRow]:
    """The versions of a contract, in order."""
    where = contract_version.c
    rows = conn.execute(
        select(*_VERSION).where(where.unit == unit, where.code == code).order_by(where.version)
    )
    return [VersionRow(*row) for row in rows]


def version_of(conn: Connection, unit: str, code: str, version: int) -> VersionRow | None:
    where = contract_version.c
    row = conn.execute(
        select(*_VERSION).where(where.unit == unit, where.code == code, where.version == version)
    ).first()
    return None if row is None else VersionRow(*row)


def set_version(conn: Connection, row: VersionRow, state: str, checker: str, now: datetime) -> None:
    where = contract_version.c
    conn.execute(
        update(contract_version)
        .where(where.unit == row.unit, where.code == row.code, where.version == row.version)
        .values(state=state, checker=checker, checked_at=now.isoformat(timespec="seconds"))
    )


def milestones(conn: Connection, unit: str, code: str, version: int) -> list[MilestoneRow]:
    """The milestones of a version, in order."""
    where = contract_milestone.c
    rows = conn.execute(
        select(*_MILESTONE)
        .where(where.unit == unit, where.code == code, where.version == version)
        .order_by(where.number)
    )
    return [MilestoneRow(*row) for row in rows]


# ---- how milestones stand ----------------------------------------------------------------------


def begin(conn: Connection, unit: str, code: str, codes: Collection[str]) -> None:
    """Keep how these milestones stand from now on: nothing happened and nothing moved."""
    known = {one.milestone for one in standings(conn, unit, code)}
    for milestone in codes:
        if milestone not in known:
            values = {"unit": unit, "milestone": milestone, "code": code, "fen": 0}
            conn.execute(insert(contract_standing).values(values))


def standings(conn: Connection, unit: str, code: str) -> list[StandingRow]:
    """How the milestones of a contract stand, those of earlier versions too."""
    where = contract_standing.c
    rows = conn.execute(
        select(*_STANDING).where(where.unit == unit, where.code == code).order_by(where.milestone)
    )
    return [StandingRow(*row) for row in rows]


def contracts_of(conn: Connection, unit: str, codes: Collection[str]) -> dict[str, str]:
    """By the code of a milestone: its contract's code."""
    where = contract_standing.c
    rows = conn.execute(
        select(where.milestone, where.code).where(
            where.unit == unit, among(conn, where.milestone, codes)
        )
    )
    return {row.milestone: row.code for row in rows}


def set_delivered(
    conn: Connection, unit: str, milestone: str, day: date | None, reporter: str | None
) -> None:
    """Say that a milestone was delivered and who said so; with None that it was not after all."""
    _set(conn, unit, milestone, delivered=day, reporter=reporter)


def set_accepted(conn: Connection, unit: str, milestone: str, day: date | None) -> None:
    _set(conn, unit, milestone, accepted=day)


def set_moved(conn: Connection, unit: str, milestone: str, fen: int) -> None:
    """Keep what vouchers moved on a milestone."""
    _set(conn, unit, milestone, fen=fen)


def forget_moved(conn: Connection, unit: str) -> None:
    """The book was taken over anew: what was moved is summed again."""
    conn.execute(update(contract_standing).where(contract_standing.c.unit == unit).values(fen=None))


def _set(conn: Connection, unit: str, milestone: str, **values: object) -> None:
    where = contract_standing.c
    conn.execute(
        update(contract_standing)
        .where(where.unit == unit, where.milestone == milestone)
        .values(**values)
    )


# ---- events ------------------------------------------------------------------------------------


def add_event(
    conn: Connection,
    row: ContractRow,
    kind: str,
    day: date,
    user: str,
    now: datetime,
    *,
    milestone: str = "",
    note: str = "",
    paper: str = "",
) -> None:
    """Keep what happened to a contract or a milestone."""
    where = contract_event.c
    last = conn.execute(
        select(func.max(where.number)).where(where.unit == row.unit, where.code == row.code)
    ).scalar()
    values = {
        "unit": row.unit, "code": row.code, "number": int(last or 0) + 1, "kind": kind,
        "milestone": milestone, "day": day, "note": note, "paper": paper, "user": user,
        "at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    conn.execute(insert(contract_event).values(values))


def events(conn: Connection, unit: str, code: str) -> list[EventRow]:
    """What happened to a contract, in order."""
    where = contract_event.c
    rows = conn.execute(
        select(*_EVENT).where(where.unit == unit, where.code == code).order_by(where.number)
    )
    return [EventRow(*row) for row in rows]
