"""Statements as they were read: files, raw rows, lines, proposals and decisions.

Nothing here is deleted: a line is a question until a draft or a decision takes it, and a question
again when that draft is withdrawn or its voucher reversed. What a line says of persons is sealed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, or_, select, update

from ledger.registry.schema import (
    decision,
    draft,
    proposal,
    raw_row,
    statement_file,
    statement_row,
)
from ledger.registry.vault import Vault

QUESTION: Final = "question"
DRAFTED: Final = "drafted"
POSTED: Final = "posted"
SET_ASIDE: Final = "set-aside"
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class FileRow:
    """One statement file. ``proofs`` are P1 to P5 with pass, fail or n/a; ``grade`` A, B or C."""

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


@dataclass(frozen=True, slots=True)
class LineText:
    """What a line says in words; sealed in the database."""

    counterparty: str = ""
    counterparty_account: str = ""
    memo: str = ""
    status: str = ""
    booked_at: str = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a statement, money in positive."""

    unit: str
    account: str
    import_id: str
    file: int
    row: int
    place: int
    day: date
    fen: int
    currency: str
    balance_fen: int | None
    bank_ref: str
    text: LineText
    state: str = QUESTION
    id: int = 0


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A row that is no line; ``reason`` is a rule's slug, ``cells`` what stands in it."""

    file: int
    row: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Why a line became a draft, or which draft it might become."""

    row: int
    tier: str
    score: int
    reason: str
    draft: str | None


_FILE = tuple(statement_file.c[name] for name in FileRow.__slots__)
_LINE = tuple(statement_row.c["sealed" if name == "text" else name] for name in LineRow.__slots__)


# ---- files -------------------------------------------------------------------------------------


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
        )
    ).first()
    return None if row is None else _file_row(row)


def files(conn: Connection, unit: str, account: str | None = None) -> list[FileRow]:
    """The unit's statement files in the order of their periods."""
    query = select(*_FILE).where(statement_file.c.unit == unit)
    if account is not None:
        query = query.where(statement_file.c.account == account)
    return [
        _file_row(row)
        for row in conn.execute(query.order_by(statement_file.c.end, statement_file.c.id))
    ]


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
    """Keep every row of the file as it was: ``(row, cells, why it is parked or None)``."""
    values = [
        {
            "file": file,
            "row": row,
            "parked": parked,
            "sealed": vault.seal(
                json.dumps(list(cells), ensure_ascii=False).encode(), context=f"raw {file} {row}"
            ),
        }
        for row, cells, parked in rows
    ]
    if values:
        conn.execute(insert(raw_row), values)


def parked(conn: Connection, vault: Vault, unit: str) -> list[ParkedRow]:
    """The rows of the unit's files that were read as no line."""
    rows = conn.execute(
        select(raw_row.c.file, raw_row.c.row, raw_row.c.parked, raw_row.c.sealed)
        .join(statement_file, statement_file.c.id == raw_row.c.file)
        .where(statement_file.c.unit == unit, raw_row.c.parked.is_not(None))
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


# ---- lines -------------------------------------------------------------------------------------


def known_ids(conn: Connection, unit: str, account: str, ids: Sequence[str]) -> set[str]:
    """Those of ``ids`` that were imported before."""
    found: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        rows = conn.execute(
            select(statement_row.c.import_id).where(
                statement_row.c.unit == unit,
                statement_row.c.account == account,
                statement_row.c.import_id.in_(ids[start : start + _CHUNK]),
            )
        )
        found.update(row.import_id for row in rows)
    return found


def add_line(conn: Connection, vault: Vault, row: LineRow) -> int:
    """Enter a line; its number, by which a person answers it."""
    values = {field: getattr(row, field) for field in row.__slots__ if field not in ("id", "text")}
    plain = json.dumps([getattr(row.text, f) for f in LineText.__slots__], ensure_ascii=False)
    values["sealed"] = vault.seal(plain.encode(), context=f"line {row.unit} {row.import_id}")
    result = conn.execute(insert(statement_row).values(values).returning(statement_row.c.id))
    return int(result.scalar_one())


def lines(
    conn: Connection,
    vault: Vault,
    unit: str,
    *,
    states: Collection[str] | None = None,
    account: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[LineRow]:
    """Lines by day and place, from ``since`` to before ``until``."""
    query = select(*_LINE).where(statement_row.c.unit == unit)
    if states is not None:
        query = query.where(statement_row.c.state.in_(states))
    if account is not None:
        query = query.where(statement_row.c.account == account)
    if since is not None:
        query = query.where(statement_row.c.day >= since)
    if until is not None:
        query = query.where(statement_row.c.day < until)
    query = query.order_by(
        statement_row.c.account, statement_row.c.day, statement_row.c.file, statement_row.c.place
    )
    return [_line_row(vault, row) for row in conn.execute(query)]


def find_line(conn: Connection, vault: Vault, unit: str, number: int) -> LineRow | None:
    row = conn.execute(
        select(*_LINE).where(statement_row.c.unit == unit, statement_row.c.id == number)
    ).first()
    return None if row is None else _line_row(vault, row)


def by_import_id(conn: Connection, vault: Vault, unit: str, import_id: str) -> LineRow | None:
    row = conn.execute(
        select(*_LINE).where(statement_row.c.unit == unit, statement_row.c.import_id == import_id)
    ).first()
    return None if row is None else _line_row(vault, row)


def _line_row(vault: Vault, row: Sequence[object]) -> LineRow:
    values = dict(zip(LineRow.__slots__, row, strict=True))
    sealed = values["text"]
    context = f"line {values['unit']} {values['import_id']}"
    values["text"] = LineText(*json.loads(vault.unseal(sealed, context=context)))  # type: ignore[arg-type]
    return LineRow(**values)  # type: ignore[arg-type]


def count_open(conn: Connection, unit: str, until: date) -> int:
    """How many lines before ``until`` are still questions or only drafted."""
    return int(
        conn.execute(
            select(func.count()).where(
                statement_row.c.unit == unit,
                statement_row.c.day < until,
                statement_row.c.state.in_((QUESTION, DRAFTED)),
            )
        ).scalar_one()
    )


def set_state(conn: Connection, line: int, state: str) -> None:
    conn.execute(update(statement_row).where(statement_row.c.id == line).values(state=state))


# ---- how lines become drafts -------------------------------------------------------------------


def propose(
    conn: Connection,
    line: int,
    *,
    tier: str,
    score: int,
    reason: str,
    draft: str | None,
    now: datetime,
) -> None:
    """Keep why a line became ``draft``, or what was suggested for it."""
    at = now.isoformat(timespec="seconds")
    conn.execute(
        insert(proposal).values(row=line, tier=tier, score=score, reason=reason, draft=draft, at=at)
    )
    if draft is not None:
        set_state(conn, line, DRAFTED)


def proposals(conn: Connection, line: int) -> list[Proposal]:
    """What was proposed for a line, the latest first."""
    rows = conn.execute(
        select(*(proposal.c[name] for name in Proposal.__slots__))
        .where(proposal.c.row == line)
        .order_by(proposal.c.id.desc())
    )
    return [Proposal(*row) for row in rows]


def decide(
    conn: Connection,
    line: int,
    *,
    user: str,
    kind: str,
    note: str,
    draft: str | None,
    now: datetime,
) -> None:
    """Keep a person's decision on a line: a draft, or setting it aside with a reason."""
    at = now.isoformat(timespec="seconds")
    conn.execute(
        insert(decision).values(row=line, user=user, kind=kind, note=note, draft=draft, at=at)
    )
    set_state(conn, line, SET_ASIDE if kind == "set-aside" else DRAFTED)


def lines_of_draft(conn: Connection, draft_id: str) -> list[int]:
    """The lines that a draft came from."""
    rows = conn.execute(
        select(statement_row.c.id)
        .where(
            or_(
                statement_row.c.id.in_(select(proposal.c.row).where(proposal.c.draft == draft_id)),
                statement_row.c.id.in_(select(decision.c.row).where(decision.c.draft == draft_id)),
            )
        )
        .order_by(statement_row.c.id)
    )
    return [row.id for row in rows]


def on_posted(conn: Connection, draft_id: str) -> None:
    """The draft's lines are in the book."""
    for line in lines_of_draft(conn, draft_id):
        set_state(conn, line, POSTED)


def on_undone(conn: Connection, draft_id: str) -> None:
    """The draft was withdrawn, or its voucher reversed: its lines are questions again."""
    for line in lines_of_draft(conn, draft_id):
        set_state(conn, line, QUESTION)


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
        )
        .order_by(
            statement_row.c.day.desc(), statement_row.c.file.desc(), statement_row.c.place.desc()
        )
        .limit(1)
    ).scalar()


def settled_numbers(conn: Connection, unit: str) -> set[str]:
    """The numbers of the vouchers that statement lines stand behind."""
    drafts_of_lines = (
        select(proposal.c.draft)
        .join(statement_row, statement_row.c.id == proposal.c.row)
        .where(statement_row.c.unit == unit, statement_row.c.state == POSTED)
    ).union(
        select(decision.c.draft)
        .join(statement_row, statement_row.c.id == decision.c.row)
        .where(statement_row.c.unit == unit, statement_row.c.state == POSTED)
    )
    rows = conn.execute(
        select(draft.c.number).where(
            draft.c.unit == unit, draft.c.number.is_not(None), draft.c.id.in_(drafts_of_lines)
        )
    )
    return {row.number for row in rows}
