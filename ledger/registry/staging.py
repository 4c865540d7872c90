"""Lines of statements, with proposals and decisions.

A line is a question until a draft or a decision takes it, and a question again when that draft is
withdrawn or its voucher reversed. Nothing here is deleted: the lines of a file that is undone stay
as evidence, and whatever asks for lines passes over them (:mod:`ledger.registry.undoings`). What a
line says of persons is sealed. Files and raw rows are in :mod:`ledger.registry.statement_files`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from ledger.registry import undoings
from ledger.registry.schema import (
    decision,
    draft,
    line_key,
    proposal,
    statement_row,
)
from ledger.registry.sets import among, insert_many, next_numbers
from ledger.registry.statement_files import FileRow
from ledger.registry.vault import Vault

QUESTION: Final = "question"
DRAFTED: Final = "drafted"
POSTED: Final = "posted"
SET_ASIDE: Final = "set-aside"
UNDONE: Final = "undone"
#: The tier of a line that may be another file's: no rule makes a draft of it.
DOUBT: Final = "D"


@dataclass(frozen=True, slots=True)
class LineText:
    """What a line says in words; sealed in the database."""

    counterparty: str = ""
    counterparty_account: str = ""
    memo: str = ""
    status: str = ""
    booked_at: str = ""
    sub_account: str = ""
    orders: str = ""  # with blanks between them
    fee: int = 0  # in fen
    gross: int = 0  # in fen, where the fee is inside the amount


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
class Proposal:
    """Why a line became a draft, or which draft it might become.

    A suggestion has no draft: ``claims`` are the codes that it would settle, with blanks between
    them, ``runner_up`` those that fit next best, with their score.
    """

    row: int
    tier: str
    score: int
    reason: str
    draft: str | None
    claims: str | None = None
    runner_up: str | None = None
    runner_score: int | None = None


_PROPOSAL = tuple(proposal.c[name] for name in Proposal.__slots__)
_KEPT = tuple(name for name in LineRow.__slots__ if name != "text")
_LINE = tuple(statement_row.c["sealed" if name == "text" else name] for name in LineRow.__slots__)


#: The fields of a row in their order, taken at once.
_kept = attrgetter(*_KEPT)
_proposal_fields = attrgetter(*Proposal.__slots__)
_json = json.JSONEncoder(ensure_ascii=False).encode

#: What was not undone.
_LIVE = statement_row.c.undone == 0


# ---- files -------------------------------------------------------------------------------------


def lines_of_file(conn: Connection, file: FileRow) -> list[tuple[int, str, str]]:
    """``(line, import id, state)`` of the lines that came with a file, by their places."""
    rows = conn.execute(
        select(statement_row.c.id, statement_row.c.import_id, statement_row.c.state)
        .where(*undoings.lines_in(file.unit, file.account, file.id, file.start, file.end))
        .order_by(statement_row.c.place)
    )
    return [(line, import_id, state) for line, import_id, state in rows]


# ---- lines -------------------------------------------------------------------------------------


def known_ids(conn: Connection, unit: str, account: str, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` that were imported before; each is one probe of the index."""
    rows = conn.execute(
        select(statement_row.c.import_id).where(
            statement_row.c.unit == unit,
            statement_row.c.account == account,
            among(conn, statement_row.c.import_id, ids),
            _LIVE,
        )
    )
    return set(rows.scalars())


def next_lines(conn: Connection, count: int) -> Sequence[int]:
    """The numbers of ``count`` lines that :func:`add_lines` is about to enter."""
    return next_numbers(conn, statement_row, count)


def add_lines(conn: Connection, vault: Vault, rows: Sequence[LineRow]) -> None:
    """Enter the lines of one file under their numbers, by which people answer."""
    sealed = vault.seal_many(
        [(_words(row.text), f"line {row.unit} {row.import_id}") for row in rows]
    )
    values = [(*_kept(row), words) for row, words in zip(rows, sealed, strict=True)]
    insert_many(conn, statement_row, (*_KEPT, "sealed"), values)


def _words(text: LineText) -> bytes:
    """A line's words as JSON; what few lines have stands at the end, where there is any."""
    words = [text.counterparty, text.counterparty_account, text.memo, text.status, text.booked_at]
    if text.sub_account or text.orders or text.fee:
        rest: list[str | int] = [text.sub_account, text.orders, text.fee, text.gross]
        return _json([*words, *rest]).encode()
    whole = "".join(words)
    if whole.isprintable() and '"' not in whole and "\\" not in whole:  # nothing to be escaped
        return ('["' + '","'.join(words) + '"]').encode()
    return _json(words).encode()


@dataclass(frozen=True, slots=True)
class Trace:
    """What tells a line from others of its account, without its words."""

    id: int
    import_id: str
    day: date
    fen: int
    currency: str
    balance_fen: int | None


def traces(conn: Connection, unit: str, account: str, first: date, last: date) -> list[Trace]:
    """The account's lines from ``first`` to ``last``, both included."""
    rows = conn.execute(
        select(*(statement_row.c[name] for name in Trace.__slots__)).where(
            statement_row.c.unit == unit,
            statement_row.c.account == account,
            statement_row.c.day >= first,
            statement_row.c.day <= last,
            _LIVE,
        )
    )
    return [Trace(*row) for row in rows]


def with_refs(
    conn: Connection, unit: str, account: str, refs: Collection[str], since: date
) -> dict[str, list[Keyed]]:
    """The account's lines since a day, by bank serial."""
    rows = conn.execute(
        select(
            statement_row.c.bank_ref, *(statement_row.c[name] for name in Keyed.__slots__)
        ).where(
            statement_row.c.unit == unit,
            statement_row.c.account == account,
            statement_row.c.day >= since,
            among(conn, statement_row.c.bank_ref, refs),
            _LIVE,
        )
    )
    found: dict[str, list[Keyed]] = {}
    for ref, *values in rows:
        found.setdefault(ref, []).append(Keyed(*values))
    return found


def add_keys(conn: Connection, unit: str, keys: Sequence[tuple[int, str]]) -> None:
    """Numbers by which lines are found beside the bank's serial: ``(line, key)``."""
    insert_many(conn, line_key, ("row", "key", "unit"), [(*pair, unit) for pair in keys])


@dataclass(frozen=True, slots=True)
class Keyed:
    """A line as it is found by a number."""

    id: int
    fen: int
    import_id: str
    state: str
    day: date


def with_keys(
    conn: Connection, unit: str, account: str, keys: Collection[str], since: date
) -> dict[str, list[Keyed]]:
    """The account's lines since a day that are found by these numbers."""
    rows = conn.execute(
        select(line_key.c.key, *(statement_row.c[name] for name in Keyed.__slots__))
        .join(statement_row, statement_row.c.id == line_key.c.row)
        .where(
            line_key.c.unit == unit,
            among(conn, line_key.c.key, keys),
            statement_row.c.account == account,
            statement_row.c.day >= since,
            _LIVE,
        )
    )
    found: dict[str, list[Keyed]] = {}
    for key, *values in rows:
        found.setdefault(key, []).append(Keyed(*values))
    return found


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
    query = select(*_LINE).where(statement_row.c.unit == unit, _LIVE)
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
    """The line of an import id, which vouchers carry as a link; one that was undone if need be."""
    row = conn.execute(
        select(*_LINE)
        .where(statement_row.c.unit == unit, statement_row.c.import_id == import_id)
        .order_by(statement_row.c.undone)
    ).first()
    return None if row is None else _line_row(vault, row)


def _line_row(vault: Vault, row: Sequence[object]) -> LineRow:
    values = dict(zip(LineRow.__slots__, row, strict=True))
    sealed = values["text"]
    context = f"line {values['unit']} {values['import_id']}"
    values["text"] = LineText(*json.loads(vault.unseal(sealed, context=context)))  # type: ignore[arg-type]
    return LineRow(**values)  # type: ignore[arg-type]


def open_lines(conn: Connection, unit: str, until: date) -> list[int]:
    """The lines before ``until`` that are still questions or only drafted, by day."""
    rows = conn.execute(
        select(statement_row.c.id)
        .where(
            statement_row.c.unit == unit,
            statement_row.c.day < until,
            statement_row.c.state.in_((QUESTION, DRAFTED)),
        )
        .order_by(statement_row.c.day, statement_row.c.id)
    )
    return list(rows.scalars())


def set_state(conn: Connection, line: int, state: str) -> None:
    set_states(conn, [line], state)


def set_states(conn: Connection, lines: Collection[int], state: str) -> None:
    """Put these lines into a state."""
    if lines:
        conn.execute(
            update(statement_row)
            .where(statement_row.c.id == bindparam("line"))
            .values(state=state),
            [{"line": line} for line in lines],
        )


# ---- how lines become drafts -------------------------------------------------------------------


def propose_many(conn: Connection, rows: Sequence[Proposal], now: datetime) -> None:
    """Keep why lines became drafts, or why they are questions."""
    at = now.isoformat(timespec="seconds")
    values = [(*_proposal_fields(row), at) for row in rows]
    insert_many(conn, proposal, (*Proposal.__slots__, "at"), values)


def reasons(conn: Connection, unit: str) -> dict[int, str]:
    """Why each open question is one, by line: what was said of it last."""
    return {line: row.reason for line, row in last_proposals(conn, unit, (QUESTION,)).items()}


def last_proposals(conn: Connection, unit: str, states: Collection[str]) -> dict[int, Proposal]:
    """What was proposed last for each line in these states, by line."""
    rows = conn.execute(
        select(*_PROPOSAL)
        .join(statement_row, statement_row.c.id == proposal.c.row)
        .where(statement_row.c.unit == unit, statement_row.c.state.in_(states))
        .order_by(proposal.c.id)
    )
    return {row.row: Proposal(*row) for row in rows}


def last_proposal(conn: Connection, line: int) -> Proposal | None:
    row = conn.execute(
        select(*_PROPOSAL).where(proposal.c.row == line).order_by(proposal.c.id.desc()).limit(1)
    ).first()
    return None if row is None else Proposal(*row)


def drafts_behind(conn: Connection, unit: str) -> dict[int, str]:
    """The waiting draft of each line that is one, by line."""
    return {line: draft_id for draft_id, line in lines_behind(conn, unit).items()}


def untouched(conn: Connection, vault: Vault, unit: str) -> list[LineRow]:
    """Questions that never were drafts, that nobody decided on, and that nothing doubts."""
    tried = select(proposal.c.id).where(
        proposal.c.row == statement_row.c.id,
        proposal.c.draft.is_not(None) | (proposal.c.tier == DOUBT),
    )
    decided = select(decision.c.id).where(decision.c.row == statement_row.c.id)
    rows = conn.execute(
        select(*_LINE)
        .where(
            statement_row.c.unit == unit,
            statement_row.c.state == QUESTION,
            ~tried.exists(),
            ~decided.exists(),
        )
        .order_by(statement_row.c.id)
    )
    return [_line_row(vault, row) for row in rows]


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


def was_decided(conn: Connection, draft_id: str) -> bool:
    """Whether a person's decision stands behind a draft."""
    found = select(decision.c.id).where(decision.c.draft == draft_id).limit(1)
    return conn.execute(found).first() is not None


def lines_of_draft(conn: Connection, draft_id: str) -> list[int]:
    """The lines that a draft came from."""
    rows = conn.execute(
        select(proposal.c.row)
        .where(proposal.c.draft == draft_id)
        .union(select(decision.c.row).where(decision.c.draft == draft_id))
    )
    return sorted(rows.scalars())


def lines_behind(conn: Connection, unit: str) -> dict[str, int]:
    """The line behind each draft that waits, by the draft's id."""
    waiting = draft.c.state.in_(("waiting", "returned"))
    found = conn.execute(
        select(draft.c.id, proposal.c.row)
        .join(proposal, proposal.c.draft == draft.c.id)
        .where(draft.c.unit == unit, waiting)
        .union(
            select(draft.c.id, decision.c.row)
            .join(decision, decision.c.draft == draft.c.id)
            .where(draft.c.unit == unit, waiting)
        )
    )
    return {row.id: row.row for row in found}


def drafts_of_line(conn: Connection, line: int) -> list[str]:
    """The drafts that a line became, whoever made them of it."""
    made = select(proposal.c.draft).where(proposal.c.row == line, proposal.c.draft.is_not(None))
    said = select(decision.c.draft).where(decision.c.row == line, decision.c.draft.is_not(None))
    return sorted(row.draft for row in conn.execute(made.union(said)))


def on_posted(conn: Connection, draft_id: str) -> None:
    """The draft's lines are in the book."""
    for line in lines_of_draft(conn, draft_id):
        set_state(conn, line, POSTED)


def on_undone(conn: Connection, draft_id: str) -> None:
    """The draft was withdrawn, or its voucher reversed: its lines are questions again.

    Those of a file that is being undone are not asked any more.
    """
    found = lines_of_draft(conn, draft_id)
    for line in found:
        set_state(conn, line, QUESTION)
    undoings.on_freed(conn, found)


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
