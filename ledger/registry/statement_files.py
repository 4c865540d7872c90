"""Statement files as they were read: raw rows, what was parked, what they prove of balances.

Nothing here is deleted: a file that is undone stays with its rows as evidence, marked with its
number, and whatever asks for files passes over it (:mod:`ledger.registry.undoings`). What a row
says of persons is sealed. The lines that rows became are in :mod:`ledger.registry.staging`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, select, update

from ledger.registry import undoings
from ledger.registry.schema import (
    raw_block,
    raw_row,
    row_decision,
    statement_file,
    statement_row,
)
from ledger.registry.sets import insert_many
from ledger.registry.vault import Vault

_NEXT_SHEET: Final = 1_000_000
_IN_A_BLOCK: Final = 500


@dataclass(frozen=True, slots=True)
class FileRow:
    """One statement file. ``proofs`` are P1 to P5 with pass, fail or n/a; ``grade`` A, B or C;
    ``undone`` is its own number once it was undone, else 0."""

    unit: str
    account: str
    digest: str
    profile: str
    start: date | None
    end: date | None
    opening_fen: int | None
    closing_fen: int | None
    proofs: dict[str, str]
    grade: str
    rows: int
    user: str
    at: str
    id: int = 0
    undone: int = 0


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A row that is no line; ``reason`` is a rule's slug, ``cells`` what stands in it."""

    file: int
    row: int
    reason: str
    cells: tuple[str, ...]


_FILE = tuple(statement_file.c[name] for name in FileRow.__slots__)
#: What was not undone.
_CURRENT = statement_file.c.undone == 0
_LIVE = statement_row.c.undone == 0
#: A decision of a raw row.
_OF_ROW = (row_decision.c.file == raw_row.c.file) & (row_decision.c.row == raw_row.c.row)
_json = json.JSONEncoder(ensure_ascii=False).encode


def add_file(conn: Connection, vault: Vault, row: FileRow, name: str) -> int:
    """Enter a file under its digest; its number. ``name`` is what it was called, sealed."""
    values = {field: getattr(row, field) for field in row.__slots__ if field != "id"}
    values["proofs"] = json.dumps(row.proofs)
    values["sealed"] = vault.seal(name.encode(), context=f"file {row.unit} {row.digest}")
    result = conn.execute(insert(statement_file).values(values).returning(statement_file.c.id))
    return int(result.scalar_one())


def find_file(conn: Connection, unit: str, account: str, digest: str) -> FileRow | None:
    row = conn.execute(
        select(*_FILE).where(
            statement_file.c.unit == unit,
            statement_file.c.account == account,
            statement_file.c.digest == digest,
            _CURRENT,
        )
    ).first()
    return None if row is None else _file_row(row)


def files(
    conn: Connection, unit: str, account: str | None = None, *, undone: bool = False
) -> list[FileRow]:
    """The unit's statement files in the order of their periods; those that were undone if asked."""
    query = select(*_FILE).where(statement_file.c.unit == unit)
    if not undone:
        query = query.where(_CURRENT)
    if account is not None:
        query = query.where(statement_file.c.account == account)
    return [
        _file_row(row)
        for row in conn.execute(query.order_by(statement_file.c.end, statement_file.c.id))
    ]


def find_digest(conn: Connection, unit: str, digest: str) -> FileRow | None:
    """The file of these bytes, whatever account it was imported for."""
    row = conn.execute(
        select(*_FILE).where(
            statement_file.c.unit == unit, statement_file.c.digest == digest, _CURRENT
        )
    ).first()
    return None if row is None else _file_row(row)


def file_by_number(conn: Connection, unit: str, number: int) -> FileRow | None:
    row = conn.execute(
        select(*_FILE).where(statement_file.c.unit == unit, statement_file.c.id == number)
    ).first()
    return None if row is None else _file_row(row)


def file_names(
    conn: Connection, vault: Vault, unit: str, numbers: Collection[int]
) -> dict[int, str]:
    """What files were called when they came, by number."""
    rows = conn.execute(
        select(statement_file.c.id, statement_file.c.digest, statement_file.c.sealed).where(
            statement_file.c.unit == unit, statement_file.c.id.in_(sorted(numbers))
        )
    )
    return {
        number: vault.unseal(sealed, context=f"file {unit} {digest}").decode()
        for number, digest, sealed in rows
    }


def set_proofs(conn: Connection, file: int, proofs: dict[str, str], grade: str) -> None:
    """What a file proves, once more is known of its neighbours."""
    conn.execute(
        update(statement_file)
        .where(statement_file.c.id == file)
        .values(proofs=json.dumps(proofs), grade=grade)
    )


def _file_row(row: Sequence[object]) -> FileRow:
    values = dict(zip(FileRow.__slots__, row, strict=True))
    values["proofs"] = json.loads(str(values["proofs"]))
    return FileRow(**values)  # type: ignore[arg-type]


def add_raw(
    conn: Connection,
    vault: Vault,
    file: int,
    rows: Iterable[tuple[int, Sequence[str], str | None]],
) -> None:
    """Keep every row of the file as it was: ``(row, cells, why it is parked or None)``.

    Rows that wait for a person stand by themselves, those that became lines in sealed blocks.
    Sheets of one workbook count their rows alike; a number that is taken moves up by a million.
    """
    lines: list[tuple[int, Sequence[str]]] = []
    waiting: list[tuple[int, int, str, bytes]] = []
    for row, cells, parked in _apart(rows):
        if parked is None:
            lines.append((row, cells))
        else:
            sealed = vault.seal(_json(list(cells)).encode(), context=f"raw {file} {row}")
            waiting.append((file, row, parked, sealed))
    insert_many(conn, raw_row, ("file", "row", "parked", "sealed"), waiting)
    blocks = []
    for place, start in enumerate(range(0, len(lines), _IN_A_BLOCK)):
        plain = _json(lines[start : start + _IN_A_BLOCK]).encode()
        blocks.append((file, place, vault.seal(plain, context=f"raw block {file} {place}")))
    insert_many(conn, raw_block, ("file", "place", "sealed"), blocks)


def raw_lines(conn: Connection, vault: Vault, file: int) -> dict[int, tuple[str, ...]]:
    """The cells of the rows that became lines, by row, as they stood in the file."""
    rows = conn.execute(
        select(raw_block.c.place, raw_block.c.sealed)
        .where(raw_block.c.file == file)
        .order_by(raw_block.c.place)
    )
    return {
        row: tuple(cells)
        for place, sealed in rows
        for row, cells in json.loads(vault.unseal(sealed, context=f"raw block {file} {place}"))
    }


def _apart(
    rows: Iterable[tuple[int, Sequence[str], str | None]],
) -> Iterator[tuple[int, Sequence[str], str | None]]:
    taken: set[int] = set()
    for row, cells, parked in rows:
        number = row
        while number in taken:
            number += _NEXT_SHEET
        taken.add(number)
        yield number, cells, parked


def parked(conn: Connection, vault: Vault, unit: str) -> list[ParkedRow]:
    """The rows of the unit's files that are no lines and that nobody has disposed of."""
    rows = conn.execute(
        select(raw_row.c.file, raw_row.c.row, raw_row.c.parked, raw_row.c.sealed)
        .join(statement_file, statement_file.c.id == raw_row.c.file)
        .outerjoin(row_decision, _OF_ROW)
        .where(
            statement_file.c.unit == unit,
            _CURRENT,
            ~undoings.is_open(statement_file.c.id),
            raw_row.c.parked.is_not(None),
            row_decision.c.file.is_(None),
        )
        .order_by(raw_row.c.file, raw_row.c.row)
    )
    return [
        ParkedRow(
            file,
            row,
            reason,
            tuple(json.loads(vault.unseal(sealed, context=f"raw {file} {row}"))),
        )
        for file, row, reason, sealed in rows
    ]


def dispose(
    conn: Connection, unit: str, file: int, row: int, *, user: str, note: str, now: datetime
) -> bool:
    """Keep what a person says of a parked row; False if there is none that waits."""
    waits = conn.execute(
        select(raw_row.c.row)
        .join(statement_file, statement_file.c.id == raw_row.c.file)
        .outerjoin(row_decision, _OF_ROW)
        .where(
            statement_file.c.unit == unit,
            _CURRENT,
            ~undoings.is_open(statement_file.c.id),
            raw_row.c.file == file,
            raw_row.c.row == row,
            raw_row.c.parked.is_not(None),
            row_decision.c.file.is_(None),
        )
    ).first()
    if waits is None:
        return False
    at = now.isoformat(timespec="seconds")
    conn.execute(insert(row_decision).values(file=file, row=row, user=user, note=note, at=at))
    return True


def file_before(conn: Connection, unit: str, account: str, day: date) -> FileRow | None:
    """The last file of the account that ended before ``day`` with a known balance."""
    row = conn.execute(
        select(*_FILE)
        .where(*_of_account(unit, account))
        .where(statement_file.c.end < day, statement_file.c.closing_fen.is_not(None))
        .order_by(statement_file.c.end.desc(), statement_file.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _file_row(row)


def file_after(conn: Connection, unit: str, account: str, day: date) -> FileRow | None:
    """The first file of the account that began after ``day`` with a known balance."""
    row = conn.execute(
        select(*_FILE)
        .where(*_of_account(unit, account))
        .where(statement_file.c.start > day, statement_file.c.opening_fen.is_not(None))
        .order_by(statement_file.c.start, statement_file.c.id)
        .limit(1)
    ).first()
    return None if row is None else _file_row(row)


def is_covered(conn: Connection, unit: str, account: str, day: date, but: int = 0) -> bool:
    """Whether a file of the account, other than the file ``but``, is about this day."""
    row = conn.execute(
        select(statement_file.c.id)
        .where(*_of_account(unit, account))
        .where(statement_file.c.start <= day, statement_file.c.end >= day)
        .where(statement_file.c.id != but)
        .limit(1)
    ).first()
    return row is not None


def balances_on(conn: Connection, unit: str, account: str, day: date, but: int = 0) -> set[int]:
    """Every balance that lines of this day left, in fen, but for those of the file ``but``."""
    rows = conn.execute(
        select(statement_row.c.balance_fen).where(
            statement_row.c.unit == unit,
            statement_row.c.account == account,
            statement_row.c.day == day,
            statement_row.c.file != but,
            statement_row.c.balance_fen.is_not(None),
            _LIVE,
        )
    )
    return {fen for fen in rows.scalars() if fen is not None}


def overlapping_later(conn: Connection, file: FileRow) -> FileRow | None:
    """A file of the account that was imported after ``file`` and shares days with it."""
    row = conn.execute(
        select(*_FILE)
        .where(*_of_account(file.unit, file.account))
        .where(
            statement_file.c.id > file.id,
            statement_file.c.start <= file.end,
            statement_file.c.end >= file.start,
        )
        .order_by(statement_file.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _file_row(row)


def _of_account(unit: str, account: str) -> tuple[ColumnElement[bool], ...]:
    return statement_file.c.unit == unit, statement_file.c.account == account, _CURRENT


def balance_at(conn: Connection, unit: str, account: str, day: date) -> int | None:
    """What the account's statements say it held at the end of ``day``, in fen.

    None unless a statement covers the day, or ends on it, with a closing balance or a balance on
    its lines.
    """
    covering = [
        row
        for row in files(conn, unit, account)
        if row.start is not None and row.end is not None and row.start <= day <= row.end
    ]
    if not covering:
        return None
    ending = [row for row in covering if row.end == day and row.closing_fen is not None]
    if ending:
        return ending[-1].closing_fen
    return conn.execute(
        select(statement_row.c.balance_fen)
        .where(
            statement_row.c.unit == unit,
            statement_row.c.account == account,
            statement_row.c.day <= day,
            statement_row.c.balance_fen.is_not(None),
            _LIVE,
        )
        .order_by(
            statement_row.c.day.desc(), statement_row.c.file.desc(), statement_row.c.place.desc()
        )
        .limit(1)
    ).scalar()
