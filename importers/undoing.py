"""Taking a whole import back: drafts are withdrawn, vouchers reversed, lines leave the desk.

While nothing of the file is in the book, that is done at once. Else every voucher of it gets the
draft of a reversal, which a checker signs like any other; with the last of them the file is undone,
what its vouchers settled is open again, and the same bytes may be imported once more. Until then no
file of the same days comes in, and the undoing may be given up. All of one act is one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ledger import reversing, workflow
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.period import Month
from ledger.registry import drafts, month_states, oplog, staging, statement_files, undoings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from importers.line import Reading
    from ledger.registry import Registry, User
    from ledger.registry.statement_files import FileRow

_WAITING = drafts.UNDECIDED


@dataclass(frozen=True)
class Undone:
    """What taking a file back did, and what is left to do.

    ``reversals`` are the drafts that wait for a checker; with none the file is undone.
    """

    file: int
    lines: int
    withdrawn: tuple[str, ...] = ()
    reversals: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return not self.reversals

    def as_json(self) -> dict[str, Any]:
        return {
            "undone": self.file,
            "lines": self.lines,
            "done": self.done,
            "withdrawn": list(self.withdrawn),
            "reversals": list(self.reversals),
        }


@dataclass(frozen=True)
class Undoing:
    """A file that is being undone: why, how many of its lines are in the book still, and which
    reversals wait. Vouchers in ``without`` have none, because it was withdrawn."""

    file: int
    name: str
    account: str
    reason: str
    user: str
    at: str
    posted: int
    reversals: tuple[str, ...] = ()
    without: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "name": self.name,
            "account": self.account,
            "reason": self.reason,
            "at": self.at,
            "posted": self.posted,
            "reversals": list(self.reversals),
            "without": list(self.without),
        }


def undo(
    registry: Registry, unit: str, number: int, user: User, now: datetime, reason: str
) -> Undone:
    """Take the import of file ``number`` back, or go on with it; what that did.

    Refused, and nothing is changed, while a later file shares days with it, or where a voucher
    cannot be reversed: every one is told. Asked again, it makes only what is missing.
    """
    workflow.demand(user, "record", unit)
    note = said(reason)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        file = _file(conn, unit, number)
        lines = staging.lines_of_file(conn, file)
        if file.undone:
            return Undone(number, len(lines))
        later = statement_files.overlapping_later(conn, file)
        if later is not None:
            raise Refused(_overlapped(number, later))
        under_way = _is_open(conn, number)
        withdrawn = _withdraw(conn, unit, lines, user, now)
        reversals = _reverse(conn, registry, file, user, now, note)
        if under_way:
            undoings.finish(conn, number)
        else:
            undoings.begin(conn, number, user=user.id, note=note, now=now)
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="statement.undo",
                object=f"sha256:{file.digest}",
                detail=f"file {number}, {len(lines)} lines, {len(reversals)} reversals: {note}",
            )  # fmt: skip
    return Undone(number, len(lines), withdrawn, reversals)


def give_up(registry: Registry, unit: str, number: int, user: User, now: datetime) -> int:
    """Leave a file in place after all; how many reversals were withdrawn.

    What was reversed by then stays reversed: its lines are questions again, like all others that
    were taken away.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        file = _file(conn, unit, number)
        if not _is_open(conn, number):
            raise Refused(_not_under_way(number))
        waiting = _waiting_reversals(conn, unit, undoings.standing(conn, unit, number))
        for row in waiting.values():
            workflow.withdraw_in(conn, row.id, user, now)
        undoings.give_up(conn, number)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="statement.keep",
            object=f"sha256:{file.digest}", detail=f"file {number}",
        )  # fmt: skip
    return len(waiting)


def under_way(registry: Registry, unit: str) -> list[Undoing]:
    """The unit's files that are being undone, with what each waits for."""
    found = []
    with registry.read() as conn:
        rows = undoings.all_open(conn, unit)
        names = statement_files.file_names(conn, registry.vault, unit, {row.file for row in rows})
        for row in rows:
            file = _file(conn, unit, row.file)
            numbers = undoings.standing(conn, unit, row.file)
            waiting = _waiting_reversals(conn, unit, numbers)
            found.append(
                Undoing(
                    row.file, names.get(row.file, ""), file.account, row.note, row.user, row.at,
                    undoings.in_book(conn, row.file),
                    tuple(sorted(draft.id for draft in waiting.values())),
                    tuple(number for number in numbers if f"reverse:{number}" not in waiting),
                )
            )  # fmt: skip
    return found


def being_undone(conn: Connection, unit: str, account: str, reading: Reading) -> list[Finding]:
    """A finding if a file of these days is being undone: its lines still count as known."""
    file = undoings.overlapping(conn, unit, account, reading.start, reading.end)
    if file is None:
        return []
    return [
        finding(
            "being-undone",
            f"同期间的文件 {file} 正在撤销，其冲销凭证尚待审核",
            f"file {file} of the same days is being undone, and its reversals wait for a checker",
            "审核冲销之后再导入",
            "import this one once they are approved",
            file=reading.file,
        )
    ]


def said(reason: str) -> str:
    """The reason as it is kept; Refused if there is none."""
    note = safe_text(reason)
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


# ---- one act -----------------------------------------------------------------------------------


def _file(conn: Connection, unit: str, number: int) -> FileRow:
    # A database counts in 63 bits.
    file = statement_files.file_by_number(conn, unit, number) if 0 < number < 2**63 else None
    if file is None:
        raise Refused(_no_file(number))
    return file


def _is_open(conn: Connection, number: int) -> bool:
    row = undoings.of_file(conn, number)
    return row is not None and row.state == undoings.OPEN


def _withdraw(
    conn: Connection, unit: str, lines: list[tuple[int, str, str]], user: User, now: datetime
) -> tuple[str, ...]:
    """Take back the drafts that lines of the file became and that nobody has posted."""
    sources = {f"bank:{import_id}" for _, import_id, state in lines if state == staging.DRAFTED}
    rows = drafts.by_sources(conn, unit, sources, _WAITING)
    for row in rows.values():
        workflow.withdraw_in(conn, row.id, user, now)
    return tuple(sorted(row.id for row in rows.values()))


def _reverse(
    conn: Connection, registry: Registry, file: FileRow, user: User, now: datetime, note: str
) -> tuple[str, ...]:
    """The reversal of each voucher that stands behind the file's lines: those that wait already,
    and new ones for the others. A month that is closed is left alone: the first open one takes it.
    """
    numbers = undoings.standing(conn, file.unit, file.id)
    lacking = undoings.in_book(conn, file.id) - len(set(numbers.values()))
    if lacking:
        raise Refused(_no_vouchers(file.id, lacking))
    waiting = _waiting_reversals(conn, file.unit, numbers)
    last = month_states.last_closed(conn, file.unit)
    proposed = []
    for number in numbers:
        if f"reverse:{number}" in waiting:
            continue
        voucher = reversing.find_voucher_in(conn, file.unit, number)
        day = _open_day(voucher.draft.day, last)
        proposed.append(reversing.reversal_of(voucher, day, f"撤销导入 {file.id}，{note}"))
    made: list[str] = []
    faults: list[Finding] = []
    for answer in workflow.propose_each(conn, registry, proposed, user.id, now):
        if isinstance(answer, str):
            made.append(answer)
        else:
            faults += answer
    # Nothing is taken back in part: the caller's transaction ends here.
    refuse_if(faults)
    return tuple(sorted([*made, *(row.id for row in waiting.values())]))


def _waiting_reversals(
    conn: Connection, unit: str, numbers: dict[str, int]
) -> dict[str, drafts.DraftRow]:
    sources = {f"reverse:{number}" for number in numbers}
    return drafts.by_sources(conn, unit, sources, _WAITING)


def _open_day(day: date, last_closed: str | None) -> date:
    if last_closed is None or str(Month.of(day)) > last_closed:
        return day
    return Month.parse(last_closed).next().first


# ---- findings ----------------------------------------------------------------------------------


def _no_file(number: int) -> Finding:
    return finding(
        "no-import",
        f"没有编号为 {number} 的导入文件",
        f"no file {number} was imported",
        "导入时会显示文件编号",
        "importing shows the number of the file",
    )


def _overlapped(number: int, later: FileRow) -> Finding:
    return finding(
        "import-overlapped",
        f"其后导入的文件 {later.id}（{later.start} 至 {later.end}）与文件 {number} 有相同的日期",
        f"file {later.id}, imported later ({later.start} to {later.end}), shares days with file "
        f"{number}",
        f"先撤销文件 {later.id}；其冲销尚待审核的，先审核",
        f"undo file {later.id} first; if its reversals wait, have them approved",
    )


def _not_under_way(number: int) -> Finding:
    return finding(
        "not-being-undone",
        f"文件 {number} 没有在撤销之中",
        f"file {number} is not being undone",
        "已撤销的文件可以重新导入",
        "a file that was undone can be imported again",
    )


def _no_vouchers(number: int, lacking: int) -> Finding:
    return finding(
        "no-vouchers",
        f"文件 {number} 有 {lacking} 笔流水已入账，却找不到其凭证",
        f"{lacking} lines of file {number} are in the book, and their vouchers are not found",
        "用 mingbai check 核对登记册与账簿",
        "compare registry and book with mingbai check",
    )
