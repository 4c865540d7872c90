"""A list of members, entered whole or not at all: our template, or any table of numbers and names.

Names, telephones and accounts are sealed under each person's own key. Wage bases and departments
are checked and not kept: nothing reckons with them yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from importers.lists import read_list
from importers.templates import MEMBERS
from ledger import workflow
from ledger.errors import Finding, finding, refuse_if
from ledger.registry import members, oplog, persons
from ledger.registry.persons import PersonData

if TYPE_CHECKING:
    from importers.list_values import ListRow
    from ledger.registry import Registry, User

#: Only number and name have to be there; who has no day of joining joined today.
ROSTER: Final = MEMBERS.asking("number", "name")
_LONGEST: Final = 20
_STATES: Final = {
    "在籍": "active", "试用": "active", "困难减免": "active", "退休": "retired", "转出": "left",
    "退会": "left",
}  # fmt: skip


@dataclass(frozen=True)
class RosterEntered:
    """The members that a list brought in: their ids, with their numbers."""

    members: tuple[tuple[str, str], ...]


def enter_roster(
    registry: Registry, unit: str, data: bytes, name: str, user: User, now: datetime
) -> RosterEntered:
    """Enter the members of a list; Refused with every row that is wrong, or known already."""
    workflow.demand(user, "record", unit)
    read = read_list(data, name, ROSTER)
    refuse_if(fault for row in read.rows for fault in _faults(row, name))
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        taken = members.by_numbers(conn, unit, {row.text("number") for row in read.rows})
        refuse_if(
            _bad_row(name, row.line, "此编号已登记", "a member has that number already")
            for row in read.rows
            if row.text("number") in taken
        )
        entered = []
        for row in read.rows:
            account = row.text("account")
            known = PersonData(
                row.text("name"), row.text("phone"), row.text("identity"),
                (account,) if account else (),
            )  # fmt: skip
            made = members.add(
                conn,
                person=persons.add(conn, registry.vault, known, now),
                unit=unit,
                number=row.text("number"),
                joined=_day(row, "joined") or now.date(),
                state=_STATES.get(row.text("state"), "active"),
                left=_day(row, "left"),
            )
            entered.append((made, row.text("number")))
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="member.add",
            object=f"{len(entered)} members",
        )  # fmt: skip
    return RosterEntered(tuple(entered))


def _day(row: ListRow, key: str) -> date | None:
    value = row.values.get(key)
    return value if isinstance(value, date) else None


def _faults(row: ListRow, name: str) -> list[Finding]:
    joined, left = _day(row, "joined"), _day(row, "left")
    found = []
    if len(row.text("number")) > _LONGEST:
        found.append(
            _bad_row(name, row.line, f"编号超过 {_LONGEST} 字", f"a number has at most {_LONGEST}")
        )
    if joined is not None and left is not None and left < joined:
        found.append(
            _bad_row(name, row.line, "离会日期早于入会日期", "the member left before joining")
        )
    return found


def _bad_row(file: str, row: int, zh: str, en: str) -> Finding:
    return finding(
        "member-row", zh, en, "改正此行；名单要么全收，要么不收",
        "correct this row; the list is taken whole or not at all", file=file, line=row,
    )  # fmt: skip
