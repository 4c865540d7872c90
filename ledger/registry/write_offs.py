"""Dues that are given up: each with its reason, its decision, and who had a hand in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.registry.schema import write_off as table
from ledger.registry.schema import write_off_act as acts

PROPOSED: Final = "proposed"
OFF: Final = "off"
REFUSED: Final = "refused"
REOPENED: Final = "reopened"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did: propose, approve, refuse, reopen."""

    deed: str
    user: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class WriteOff:
    """``code`` is its number, ``claim`` what is given up from ``off_on`` on."""

    unit: str
    code: str
    claim: str
    state: str
    reason: str
    decision: str
    off_on: date | None
    acts: tuple[Act, ...] = ()

    def who(self, deed: str) -> list[str]:
        return [act.user for act in self.acts if act.deed == deed]


_COLUMNS = tuple(
    table.c[name] for name in ("unit", "code", "claim", "state", "reason", "decision", "off_on")
)


def add(conn: Connection, row: WriteOff) -> None:
    conn.execute(
        insert(table).values(
            unit=row.unit, code=row.code, claim=row.claim, state=row.state, reason=row.reason,
            decision=row.decision, off_on=row.off_on,
        )
    )  # fmt: skip


def act(
    conn: Connection, unit: str, code: str, deed: str, user: str, note: str, now: datetime
) -> None:
    at = now.isoformat(timespec="seconds")
    conn.execute(insert(acts).values(unit=unit, code=code, deed=deed, user=user, note=note, at=at))


def set_state(conn: Connection, unit: str, code: str, state: str, day: date | None) -> None:
    conn.execute(
        update(table)
        .where(table.c.unit == unit, table.c.code == code)
        .values(state=state, off_on=day)
    )


def next_number(conn: Connection, unit: str, year: int) -> int:
    begins = f"WO{year}-"
    count = conn.execute(
        select(func.count()).where(table.c.unit == unit, table.c.code.startswith(begins))
    ).scalar_one()
    return int(count) + 1


def find(conn: Connection, unit: str, code: str) -> WriteOff | None:
    found = _rows(conn, unit, (table.c.code == code,))
    return found[0] if found else None


def of_unit(conn: Connection, unit: str) -> list[WriteOff]:
    """Every write-off of the unit, whatever became of it, by number."""
    return _rows(conn, unit, ())


def waiting_for(conn: Connection, unit: str, claim: str) -> WriteOff | None:
    """The proposal that waits for a claim."""
    found = _rows(conn, unit, (table.c.claim == claim, table.c.state == PROPOSED))
    return found[0] if found else None


def _rows(conn: Connection, unit: str, which: tuple[object, ...]) -> list[WriteOff]:
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, *which).order_by(table.c.code)  # type: ignore[arg-type]
    ).all()
    done: dict[str, list[Act]] = {}
    for code, *deed in conn.execute(
        select(acts.c.code, acts.c.deed, acts.c.user, acts.c.note, acts.c.at)
        .where(acts.c.unit == unit)
        .order_by(acts.c.id)
    ):
        done.setdefault(code, []).append(Act(*deed))
    return [
        WriteOff(of, code, claim, state, reason, decision, off_on, tuple(done.get(code, ())))
        for of, code, claim, state, reason, decision, off_on in rows
    ]
