"""Imports that are taken back: which files are being undone, and what has become of their lines.

An undoing is open while vouchers of its file wait to be reversed. Its lines leave the questions at
once, those in the book when their vouchers are reversed; with the last one the file is undone. Then
file and lines carry the file's number as a mark: they stay, and the same bytes may come again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from ledger.registry.schema import (
    decision,
    draft,
    entry,
    proposal,
    statement_file,
    statement_row,
    undoing,
)
from ledger.registry.sets import among

OPEN: Final = "open"
DONE: Final = "done"
GIVEN_UP: Final = "given-up"
_POSTED: Final = "posted"
_QUESTION: Final = "question"
_UNDONE: Final = "undone"
_SET_ASIDE: Final = "set-aside"


@dataclass(frozen=True, slots=True)
class UndoingRow:
    """Who takes the import of a file back, and why."""

    file: int
    state: str
    user: str
    note: str
    at: str


_COLUMNS = tuple(undoing.c[name] for name in UndoingRow.__slots__)


def is_open(file: ColumnElement[int]) -> ColumnElement[bool]:
    """In a query: the file is being undone."""
    return select(undoing.c.id).where(undoing.c.file == file, undoing.c.state == OPEN).exists()


def begin(conn: Connection, file: int, *, user: str, note: str, now: datetime) -> None:
    """Keep that a file is taken back; those of its lines that are not in the book are undone."""
    at = now.isoformat(timespec="seconds")
    conn.execute(insert(undoing).values(file=file, state=OPEN, left=0, user=user, note=note, at=at))
    conn.execute(
        update(statement_row)
        .where(*_lines_of(conn, file), statement_row.c.state != _POSTED)
        .values(state=_UNDONE)
    )
    finish(conn, file)


def give_up(conn: Connection, file: int) -> None:
    """The file stays after all: what was taken away from the questions is asked again, and what
    was set aside before is set aside."""
    _end(conn, file, GIVEN_UP)
    last = (
        select(func.max(decision.c.id))
        .where(decision.c.row == statement_row.c.id)
        .correlate(statement_row)
        .scalar_subquery()
    )
    aside = select(decision.c.id).where(decision.c.id == last, decision.c.kind == _SET_ASIDE)
    conn.execute(
        update(statement_row)
        .where(*_lines_of(conn, file), statement_row.c.state == _UNDONE)
        .where(aside.correlate(statement_row).exists())
        .values(state=_SET_ASIDE)
    )
    conn.execute(
        update(statement_row)
        .where(*_lines_of(conn, file), statement_row.c.state == _UNDONE)
        .values(state=_QUESTION)
    )


def on_freed(conn: Connection, lines: Collection[int]) -> None:
    """Lines left the book, or a draft: those of a file that is being undone are undone."""
    if not lines:
        return
    found = conn.execute(
        select(statement_row.c.file, statement_row.c.id)
        .where(statement_row.c.id.in_(sorted(lines)), is_open(statement_row.c.file))
        .order_by(statement_row.c.file)
    )
    by_file: dict[int, list[int]] = {}
    for file, line in found:
        by_file.setdefault(file, []).append(line)
    for file, mine in by_file.items():
        conn.execute(
            update(statement_row).where(statement_row.c.id.in_(mine)).values(state=_UNDONE)
        )
        # One reversal costs the same in a file of ten lines and of ten thousand: they are counted
        # down here, and looked at again only when the last one seems to be gone.
        open_one = (undoing.c.file == file, undoing.c.state == OPEN)
        conn.execute(update(undoing).where(*open_one).values(left=undoing.c.left - len(mine)))
        if conn.execute(select(undoing.c.left).where(*open_one)).scalar_one() <= 0:
            finish(conn, file)


def finish(conn: Connection, file: int) -> None:
    """Mark the file as undone if none of its lines is in the book any more."""
    left = in_book(conn, file)
    if left:
        conn.execute(
            update(undoing).where(undoing.c.file == file, undoing.c.state == OPEN).values(left=left)
        )
        return
    conn.execute(update(statement_row).where(*_lines_of(conn, file)).values(undone=file))
    conn.execute(update(statement_file).where(statement_file.c.id == file).values(undone=file))
    _end(conn, file, DONE)


def _end(conn: Connection, file: int, state: str) -> None:
    conn.execute(
        update(undoing).where(undoing.c.file == file, undoing.c.state == OPEN).values(state=state)
    )


def in_book(conn: Connection, file: int) -> int:
    """How many of the file's lines are in the book."""
    query = select(func.count()).where(*_lines_of(conn, file), statement_row.c.state == _POSTED)
    return int(conn.execute(query).scalar_one())


def lines_in(
    unit: str, account: str, file: int, start: date | None, end: date | None
) -> list[ColumnElement[bool]]:
    """What is true of the lines of a file, which are found by the days that it is about."""
    found = [
        statement_row.c.unit == unit,
        statement_row.c.account == account,
        statement_row.c.file == file,
    ]
    if start is not None and end is not None:
        found += [statement_row.c.day >= start, statement_row.c.day <= end]
    return found


def _lines_of(conn: Connection, file: int) -> list[ColumnElement[bool]]:
    row = conn.execute(
        select(
            statement_file.c.unit, statement_file.c.account, statement_file.c.start,
            statement_file.c.end,
        ).where(statement_file.c.id == file)
    ).one()  # fmt: skip
    return lines_in(row.unit, row.account, file, row.start, row.end)


def of_file(conn: Connection, file: int) -> UndoingRow | None:
    """The last undoing of a file, whatever became of it."""
    row = conn.execute(
        select(*_COLUMNS).where(undoing.c.file == file).order_by(undoing.c.id.desc()).limit(1)
    ).first()
    return None if row is None else UndoingRow(*row)


def all_open(conn: Connection, unit: str) -> list[UndoingRow]:
    """The unit's files that are being undone, oldest act first."""
    rows = conn.execute(
        select(*_COLUMNS)
        .join(statement_file, statement_file.c.id == undoing.c.file)
        .where(statement_file.c.unit == unit, undoing.c.state == OPEN)
        .order_by(undoing.c.id)
    )
    return [UndoingRow(*row) for row in rows]


def overlapping(
    conn: Connection, unit: str, account: str, start: date | None, end: date | None
) -> int | None:
    """A file of the account that is being undone and shares days with this period."""
    query = select(statement_file.c.id).where(
        statement_file.c.unit == unit,
        statement_file.c.account == account,
        is_open(statement_file.c.id),
    )
    if start is not None and end is not None:
        query = query.where(statement_file.c.start <= end, statement_file.c.end >= start)
    return conn.execute(query.order_by(statement_file.c.id).limit(1)).scalar()


def standing(conn: Connection, unit: str, file: int) -> dict[str, int]:
    """The vouchers of the file's lines that nothing has reversed, with their lines."""
    in_file = (*_lines_of(conn, file), statement_row.c.state == _POSTED)
    found = conn.execute(
        select(draft.c.number, statement_row.c.id)
        .join(proposal, proposal.c.draft == draft.c.id)
        .join(statement_row, statement_row.c.id == proposal.c.row)
        .where(draft.c.number.is_not(None), *in_file)
        .union(
            select(draft.c.number, statement_row.c.id)
            .join(decision, decision.c.draft == draft.c.id)
            .join(statement_row, statement_row.c.id == decision.c.row)
            .where(draft.c.number.is_not(None), *in_file)
        )
    )
    numbers = {row.number: row.id for row in found}
    if not numbers:
        return {}
    reversed_ = set(
        conn.execute(
            select(entry.c.reverses).where(
                entry.c.unit == unit, among(conn, entry.c.reverses, numbers)
            )
        ).scalars()
    )
    return {number: numbers[number] for number in sorted(numbers) if number not in reversed_}
