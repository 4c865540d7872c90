"""What waits for a person, and what a person does about it: answer, set aside, dispose, undo.

An answer may be changed until its voucher is posted; a line that was set aside may still be
answered; a parked row stays in sight until somebody says what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from importers.drafting import OtherSide, draft_of_line
from ledger import workflow
from ledger.entry import meta_of, safe_text
from ledger.errors import Finding, Refused, finding
from ledger.money import Money
from ledger.registry import claims, drafts, oplog, staging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True)
class OpenLine:
    """A line that waits for an answer, and what is known about it."""

    number: int
    day: str
    amount: Money
    account: str
    counterparty: str
    memo: str
    reason: str


@dataclass(frozen=True)
class Inbox:
    """Questions and parked rows; drafts are the workflow's. ``files`` are the names of the files
    that parked rows stand in, by number; ``lines`` the line behind each waiting draft."""

    questions: tuple[OpenLine, ...]
    parked: tuple[staging.ParkedRow, ...] = field(default=())
    files: dict[int, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "questions": [
                {
                    "line": line.number,
                    "day": line.day,
                    "amount": line.amount.text,
                    "currency": line.amount.currency,
                    "account": line.account,
                    "counterparty": line.counterparty,
                    "memo": line.memo,
                    "reason": line.reason,
                }
                for line in self.questions
            ],
            "parked": [
                {
                    "file": row.file,
                    "name": self.files.get(row.file, ""),
                    "row": row.row,
                    "reason": row.reason,
                    "cells": list(row.cells),
                }
                for row in self.parked
            ],
        }


def inbox(registry: Registry, unit: str) -> Inbox:
    """What waits for a person in this unit."""
    with registry.read() as conn:
        rows = staging.lines(conn, registry.vault, unit, states=(staging.QUESTION,))
        reasons = staging.reasons(conn, unit)
        parked = tuple(staging.parked(conn, registry.vault, unit))
        files = staging.file_names(conn, registry.vault, unit, {row.file for row in parked})
        behind = staging.lines_behind(conn, unit)
    questions = tuple(
        OpenLine(
            row.id,
            row.day.isoformat(),
            Money(row.fen, row.currency),
            row.account,
            row.text.counterparty,
            row.text.memo,
            reasons.get(row.id, ""),
        )
        for row in rows
    )
    return Inbox(questions, parked, files, behind)


# ---- answers -----------------------------------------------------------------------------------


def question(registry: Registry, unit: str, number: int) -> staging.LineRow:
    """A line that may be answered: an open one, or one whose answer may still be changed."""
    with registry.read() as conn:
        return _answerable(conn, registry, unit, number)


def _answerable(conn: Connection, registry: Registry, unit: str, number: int) -> staging.LineRow:
    line = staging.find_line(conn, registry.vault, unit, number) if _fits(number) else None
    if line is None:
        raise Refused(
            finding(
                "no-question",
                f"没有流水 {number}",
                f"there is no line {number}",
                "用 mingbai inbox 查看待办",
                "see what waits with mingbai inbox",
            )
        )
    if line.state == staging.POSTED:
        raise Refused(
            finding(
                "line-posted",
                f"流水 {number} 已入账",
                f"line {number} is in the book already",
                "要更正请先冲销凭证，冲销后它又是待回答的问题",
                "to correct it, reverse its voucher: then it is a question again",
            )
        )
    return line


def _fits(number: int) -> bool:
    """Whether a number may be a line's: a database counts in 63 bits."""
    return 0 < number < 2**63


def _freed(
    conn: Connection, registry: Registry, unit: str, number: int, user: User, now: datetime
) -> staging.LineRow:
    """The line, with a draft that its maker has waiting for it withdrawn."""
    line = _answerable(conn, registry, unit, number)
    states = (drafts.WAITING, drafts.RETURNED)
    for row in drafts.by_source(conn, unit, f"bank:{line.import_id}", states):
        workflow.withdraw_in(conn, row.id, user, now)
    return line


def answer(
    registry: Registry,
    unit: str,
    number: int,
    sides: Sequence[OtherSide],
    user: User,
    now: datetime,
    *,
    narration: str = "",
    payee: str = "",
    decision: str = "",
    papers: tuple[str, ...] = (),
    day: date | None = None,
) -> str:
    """Draft a line as a person says; the draft's id. The statement itself is its first paper.

    A draft of the same maker that waits for this line is replaced. ``day`` is given where the
    line's own month is closed: it is entered on a later day.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        line = _freed(conn, registry, unit, number, user, now)
        file = staging.file_by_number(conn, unit, line.file)
        default = "银行收款" if line.fen > 0 else "银行付款"
        draft = draft_of_line(
            line,
            sides,
            narration=narration or default,
            payee=payee,
            meta=meta_of({"decision": decision}),
            day=_day(line, day),
            papers=tuple(dict.fromkeys((*papers, file.digest))) if file else papers,
        )
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        claims.set_state(conn, unit, workflow.claims_of(draft), claims.DRAFTED)
        staging.decide(conn, number, user=user.id, kind="draft", note="", draft=draft_id, now=now)
    return draft_id


def _day(line: staging.LineRow, day: date | None) -> date:
    if day is None or day >= line.day:
        return day or line.day
    raise Refused(
        finding(
            "day-before-line",
            f"入账日 {day} 早于流水日 {line.day}",
            f"{day} is before the line's own day {line.day}",
            "写流水当日或其后的日期",
            "give the line's day or a later one",
        )
    )


def set_aside(
    registry: Registry, unit: str, number: int, user: User, now: datetime, reason: str
) -> None:
    """Take a line out of the questions without a draft; the reconciliation goes on showing it.

    A draft of the same maker that waits for it is withdrawn.
    """
    workflow.demand(user, "record", unit)
    note = _reason(reason)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        _freed(conn, registry, unit, number, user, now)
        staging.decide(conn, number, user=user.id, kind="set-aside", note=note, draft=None, now=now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="line.set-aside", object=str(number)
        )


def dispose(
    registry: Registry, unit: str, file: int, row: int, user: User, now: datetime, reason: str
) -> None:
    """Say what became of a parked row; it leaves the inbox, and stays in the registry."""
    workflow.demand(user, "record", unit)
    note = _reason(reason)
    with registry.write() as conn:
        if not (_fits(file) and 0 < row < 2**31) or not staging.dispose(
            conn, unit, file, row, user=user.id, note=note, now=now
        ):
            raise Refused(
                finding(
                    "no-parked-row",
                    f"没有搁置的行 {file}:{row}",
                    f"no parked row {file}:{row} waits",
                    "用 mingbai inbox 查看搁置的行",
                    "see the parked rows with mingbai inbox",
                )
            )
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="row.dispose", object=f"{file}:{row}"
        )


def _reason(text: str) -> str:
    note = safe_text(text)
    if not note:
        raise Refused(
            finding(
                "no-reason",
                "须写明原因",
                "this needs a reason",
                "用 --reason 写明原因",
                "give the reason with --reason",
            )
        )
    return note


# ---- undo --------------------------------------------------------------------------------------


def undo(registry: Registry, unit: str, number: int, user: User, now: datetime, reason: str) -> int:
    """Take a whole import back: its waiting drafts are withdrawn, its lines go; how many lines.

    Refused once any of its lines is in the book, and while a later file shares days with it, whose
    known lines would go too. The file's bytes stay among the papers, and may be imported again.
    """
    workflow.demand(user, "record", unit)
    note = _reason(reason)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        file = staging.file_by_number(conn, unit, number) if _fits(number) else None
        if file is None:
            raise Refused(_no_file(number))
        lines = staging.lines_of_file(conn, file)
        later = staging.overlapping_later(conn, file)
        posted = sum(1 for _, state in lines if state == staging.POSTED)
        if posted or later is not None:
            raise Refused(_stands(number, posted, later))
        sources = {f"bank:{import_id}" for import_id, _ in lines}
        states = (drafts.WAITING, drafts.RETURNED)
        for row in drafts.by_sources(conn, unit, sources, states).values():
            workflow.withdraw_in(conn, row.id, user, now)
        gone = staging.remove_file(conn, file)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="statement.undo",
            object=f"sha256:{file.digest}", detail=f"file {number}, {gone} lines: {note}",
        )  # fmt: skip
    return gone


def _no_file(number: int) -> Finding:
    return finding(
        "no-import",
        f"没有编号为 {number} 的导入文件",
        f"no file {number} was imported",
        "导入时会显示文件编号",
        "importing shows the number of the file",
    )


def _stands(number: int, posted: int, later: staging.FileRow | None) -> Finding:
    if posted:
        return finding(
            "import-posted",
            f"文件 {number} 有 {posted} 笔流水已入账，不能撤销",
            f"{posted} lines of file {number} are in the book: it cannot be undone",
            "以冲销更正已入账的凭证",
            "correct what is posted by reversals",
        )
    other = later.id if later is not None else 0
    return finding(
        "import-overlapped",
        f"其后导入的文件 {other} 与文件 {number} 有相同的日期",
        f"file {other}, imported later, shares days with file {number}",
        f"先撤销文件 {other}",
        f"undo file {other} first",
    )
