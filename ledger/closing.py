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

from ledger import book, canonical, workflow
from ledger.checklist import checks
from ledger.checklist.balances import proven
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.gifts.sealing import seal_month
from ledger.journal import open_pen
from ledger.layout import month_file, unit_folder
from ledger.registry import month_states, oplog

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.checklist.items import Item
    from ledger.period import Month
    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Closed:
    """``digest`` is the SHA-256 of the closed month's file, ``checked`` who re-checked the book;
    ``items`` the checklist as it was."""

    month: Month
    digest: str
    checked: str
    items: tuple[Item, ...]

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in checks.findings(self.items) if one.severity != "error")


def close_month(registry: Registry, unit: str, month: Month, user: User, now: datetime) -> Closed:
    """Close ``month``; Refused with every finding of the checklist if anything is open."""
    workflow.demand(user, "close", unit)
    file = month_file(month)
    path = unit_folder(registry.folder, unit) / file
    looked_at = path.read_bytes() if path.is_file() else b""
    items = checks.checklist(registry, unit, month, now.date())
    refuse_if(checks.findings(items))
    checked = f"{book.beancount_version()}: 0 errors; two witnesses equal"
    with open_pen(registry, unit, now) as pen:
        # Whatever happened while the book was checked has to pass as well.
        refuse_if(
            checks.open_work(pen.conn, unit, month)
            + checks.order(pen.conn, unit, month, now.date())
        )
        before = path.read_bytes()
        if before != looked_at:
            raise Refused(_changed(unit, month))
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
            receipts=seal_month(pen.conn, unit, month, user.id, now),
        )
        times = sum(1 for row in month_states.all_months(pen.conn, unit) if row.month == str(month))
        key = f"close:{month}" + (f":{now.isoformat(timespec='seconds')}" if times else "")
        pen.directives("close", body, file=file, day=last_day, key=key)
        digest = hashlib.sha256(before + pen.pending[-1][1]).hexdigest()
        set_state(pen.conn, unit, month, "closed", digest, user, now)
    return Closed(month, digest, checked, tuple(items))


def _changed(unit: str, month: Month) -> Finding:
    return finding(
        "month-changed", f"检查 {month} 月期间又记了账，没有结账",
        f"something was entered in {month} while it was checked: it is not closed",
        f"再结一次：mingbai close DIR --unit {unit} {month}",
        f"close it once more: mingbai close DIR --unit {unit} {month}",
    )  # fmt: skip


def checklist(registry: Registry, unit: str, month: Month, today: date) -> list[Finding]:
    """Everything that speaks against closing ``month``; warnings among it do not stop it."""
    return checks.findings(checks.checklist(registry, unit, month, today))


def set_state(
    conn: Connection, unit: str, month: Month, state: str, digest: str, user: User, now: datetime
) -> None:
    """A month's new state, with who brought it about, in the transaction of its entry."""
    at = now.isoformat(timespec="seconds")
    month_states.set_month(
        conn, unit, month_states.MonthRow(str(month), state, digest, user.id, at)
    )
    action = "month.close" if state == "closed" else "month.reopen"
    oplog.record(
        conn, at=now, user=user.id, unit=unit, action=action, object=str(month), detail=digest
    )
