"""Closing a month: a checklist that refuses, then an entry after which nothing in it changes.

The entry records that Beancount re-checked the whole book, asserts the balances of the accounts
that statements prove, and keeps the digest of the month's file before it; the registry keeps the
digest after it. Opening a closed month again is :mod:`ledger.reopening`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ledger import book, canonical, checking, workflow
from ledger.assets import tie_out
from ledger.errors import Finding, finding, refuse_if
from ledger.gifts.sealing import seal_month
from ledger.journal import open_pen
from ledger.layout import month_file, unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Month
from ledger.registry import drafts, entries, imports, oplog, staging, statement_files, units
from ledger.stocktakes import due

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Closed:
    """``digest`` is the SHA-256 of the closed month's file, ``checked`` who re-checked the book."""

    month: Month
    digest: str
    checked: str
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """What statements say an account held at the end of a month; None if none reach there."""

    account: str
    statement: Money | None
    book: Money


def close_month(registry: Registry, unit: str, month: Month, user: User, now: datetime) -> Closed:
    """Close ``month``; Refused with every finding of the checklist if anything is open."""
    workflow.demand(user, "close", unit)
    found = checklist(registry, unit, month, now.date())
    refuse_if(found)
    checked = f"{book.beancount_version()}: 0 errors; two witnesses equal"
    file = month_file(month)
    with open_pen(registry, unit, now) as pen:
        # Whatever happened while the book was checked has to pass as well.
        refuse_if(_open_work(pen.conn, unit, month) + _order(pen.conn, unit, month, now.date()))
        before = (unit_folder(registry.folder, unit) / file).read_bytes()
        body = "".join(
            canonical.balance_text(month.next().first.isoformat(), row.account, row.statement)
            for row in proven(registry, unit, month)
            if row.statement is not None
        )
        last_day = month.next().first - timedelta(days=1)
        body += canonical.close_text(
            last_day.isoformat(),
            str(month),
            hashlib.sha256(before).hexdigest(),
            by=user.id,
            checked=checked,
        )
        times = sum(1 for row in entries.months(pen.conn, unit) if row.month == str(month))
        key = f"close:{month}" + (f":{now.isoformat(timespec='seconds')}" if times else "")
        pen.directives("close", body, file=file, day=last_day, key=key)
        digest = hashlib.sha256(before + pen.pending[-1][1]).hexdigest()
        set_state(pen.conn, unit, month, "closed", digest, user, now)
        seal_month(pen.conn, unit, month, user.id, now)
    warnings = tuple(fault for fault in found if fault.severity != "error")
    return Closed(month, digest, checked, warnings)


def set_state(
    conn: Connection, unit: str, month: Month, state: str, digest: str, user: User, now: datetime
) -> None:
    """A month's new state, with who brought it about, in the transaction of its entry."""
    at = now.isoformat(timespec="seconds")
    entries.set_month(conn, unit, entries.MonthRow(str(month), state, digest, user.id, at))
    action = "month.close" if state == "closed" else "month.reopen"
    oplog.record(
        conn, at=now, user=user.id, unit=unit, action=action, object=str(month), detail=digest
    )


# ---- the checklist -----------------------------------------------------------------------------


def checklist(registry: Registry, unit: str, month: Month, today: date) -> list[Finding]:
    """Everything that speaks against closing ``month``; warnings among it do not stop it."""
    with registry.read() as conn:
        found = _order(conn, unit, month, today) + _open_work(conn, unit, month)
    if not (unit_folder(registry.folder, unit) / month_file(month)).is_file():
        found.append(_nothing(month))
    if found:
        return found
    for row in proven(registry, unit, month):
        found += _proof_faults(row, month)
    found += tie_out.faults(registry, unit, month)
    found += due.warnings(registry, unit, month.period.last)
    return found + checking.check_unit(registry, unit)


def _order(conn: Connection, unit: str, month: Month, today: date) -> list[Finding]:
    last = entries.last_closed(conn, unit)
    first = entries.first_entry_day(conn, unit)
    expected = Month.parse(last).next() if last else Month.of(first) if first else month
    if Month.of(units.find(conn, unit).opened) > expected:
        expected = Month.of(units.find(conn, unit).opened)
    if month != expected:
        return [
            finding(
                "close-order",
                f"按顺序应先结 {expected} 月" if month > expected else f"{month} 月已结账",
                f"the month to close next is {expected}",
                "逐月结账",
                "close month by month",
            )
        ]
    if today < month.next().first:
        return [
            finding(
                "month-running",
                f"{month} 月尚未结束",
                f"the month {month} is not over",
                f"{month.next().first} 起可以结账",
                f"it can be closed from {month.next().first} on",
            )
        ]
    return []


def _open_work(conn: Connection, unit: str, month: Month) -> list[Finding]:
    until = month.next().first
    found = []
    lines = staging.count_open(conn, unit, until)
    if lines:
        found.append(
            finding(
                "lines-open",
                f"尚有 {lines} 笔银行流水未入账",
                f"{lines} statement lines are not in the book yet",
                "用 mingbai inbox 查看，逐笔处理",
                "see mingbai inbox and settle each",
            )
        )
    waiting = [
        row
        for row in drafts.in_states(conn, unit, drafts.UNDECIDED)
        if workflow.draft_day(row) < until
    ]
    if waiting:
        found.append(
            finding(
                "drafts-open",
                f"尚有 {len(waiting)} 笔草稿待审核或已退回",
                f"{len(waiting)} drafts wait for a checker or were returned",
                "审核、改正或撤回后再结账",
                "approve, correct or withdraw them first",
            )
        )
    return found


def _nothing(month: Month) -> Finding:
    return finding(
        "month-empty",
        f"{month} 月没有账簿文件",
        f"there is no file of {month}",
        "核对月份",
        "check the month",
    )


def proven(registry: Registry, unit: str, month: Month) -> list[Proven]:
    """Each money account at the month's end: by its statements, and by the book."""
    model = Model.open(unit_folder(registry.folder, unit))
    held: dict[str, int] = {}
    for cell in model.cells(through=month):
        held[cell.account] = held.get(cell.account, 0) + cell.net
    model.close()
    last_day = month.next().first - timedelta(days=1)
    with registry.read() as conn:
        known = imports.accounts(conn, registry.vault, unit)
        found = []
        for account in known:
            fen = held.get(account.account, 0)
            closing = statement_files.balance_at(conn, unit, account.account, last_day)
            statement = None if closing is None else Money(closing)
            found.append(Proven(account.account, statement, Money(fen)))
    return found


def _proof_faults(row: Proven, month: Month) -> list[Finding]:
    if row.statement is None:
        return [
            finding(
                "no-statement",
                f"{row.account}：没有到 {month} 月末的对账单，余额未与银行核对",
                f"{row.account}: no statement reaches the end of {month}; "
                "its balance is not reconciled",
                "导入整月的对账单",
                "import the whole month's statement",
                severity="warning",
            )
        ]
    if row.statement != row.book:
        gap = row.book - row.statement
        return [
            finding(
                "bank-differs",
                f"{row.account}：账面 {row.book.grouped}，对账单 {row.statement.grouped}，"
                f"相差 {gap.grouped}",
                f"{row.account}: the book says {row.book.grouped}, the statement "
                f"{row.statement.grouped}; they differ by {gap.grouped}",
                "用 mingbai report … bank-reconciliation 查找差异",
                "find the difference with mingbai report … bank-reconciliation",
            )
        ]
    return []
