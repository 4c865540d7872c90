"""Opening the month that was closed last once more: one person asks, another confirms.

The entry stays in both witnesses with who asked, who confirmed and why; a month that was sealed
keeps that seal, and gets another one when it is closed again. Until it is confirmed nothing moves,
and it may be taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ledger import canonical, workflow
from ledger.closing import set_state
from ledger.entry import safe_text
from ledger.errors import Refused, finding, refuse_if
from ledger.journal import open_pen
from ledger.layout import month_file
from ledger.registry import month_states, oplog, reopenings
from ledger.registry.reopenings import ReopeningRow
from ledger.words import personal_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry, User


def ask(
    registry: Registry, unit: str, month: Month, user: User, now: datetime, reason: str
) -> ReopeningRow:
    """Ask that the month closed last be opened again. Who closes may.

    Refused for another month, without a reason, for a reason that names a registered person, and
    while something was asked already.
    """
    workflow.demand(user, "close", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        said = safe_text(reason)
        if month_states.last_closed(conn, unit) != str(month) or not said:
            raise _not_last(month)
        refuse_if(personal_faults(conn, registry, said))
        waiting = reopenings.asked(conn, unit)
        if waiting is not None:
            raise Refused(
                finding(
                    "reopen-asked", f"{waiting.month} 月的重开申请已在等待确认",
                    f"opening {waiting.month} again was asked for already, and waits",
                    "由另一人用 mingbai reopen … --confirm 确认，或 --withdraw 撤回",
                    "another person confirms it with mingbai reopen … --confirm, or it is taken "
                    "back with --withdraw",
                )
            )  # fmt: skip
        row = reopenings.add(conn, unit, str(month), said, user.id, _moment(now))
        _log(conn, row, "ask", user, now)
        return row


def confirm(registry: Registry, unit: str, month: Month, user: User, now: datetime) -> ReopeningRow:
    """Open the month again as another person asked. Who approves may, and nobody for themselves."""
    workflow.demand(user, "approve", unit)
    with open_pen(registry, unit, now) as pen:
        row = _waiting(pen.conn, unit, month)
        workflow.demand_other(
            pen.conn, user, [row.maker],
            "申请重开的人不能自己确认", "nobody confirms what they asked for themselves",
        )  # fmt: skip
        if month_states.last_closed(pen.conn, unit) != str(month):
            raise _not_last(month)
        last_day = month.next().first - timedelta(days=1)
        body = canonical.reopen_text(
            last_day.isoformat(), str(month), by=row.maker, confirmed=user.id, reason=row.reason
        )
        file = month_file(month)
        key = f"reopen:{month}:{_moment(now)}"
        pen.directives("reopen", body, file=file, day=last_day, key=key)
        set_state(pen.conn, unit, month, "reopened", "", user, now)
        reopenings.answer(pen.conn, row, reopenings.CONFIRMED, user.id, _moment(now))
        _log(pen.conn, row, "confirm", user, now)
        return row


def withdraw(
    registry: Registry, unit: str, month: Month, user: User, now: datetime
) -> ReopeningRow:
    """Take back what was asked, or decline it: who closes may, and who would confirm."""
    if not user.may("approve", unit):
        workflow.demand(user, "close", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _waiting(conn, unit, month)
        reopenings.answer(conn, row, reopenings.WITHDRAWN, user.id, _moment(now))
        _log(conn, row, "withdraw", user, now)
        return row


def _waiting(conn: Connection, unit: str, month: Month) -> ReopeningRow:
    row = reopenings.asked(conn, unit)
    if row is None or row.month != str(month):
        raise Refused(
            finding(
                "reopen-not-asked", f"没有人申请重开 {month} 月",
                f"nobody asked that {month} be opened again",
                f"先由一人用 mingbai reopen … {month} --reason 申请",
                f"one person asks first: mingbai reopen … {month} --reason",
            )
        )  # fmt: skip
    return row


def _not_last(month: Month) -> Refused:
    return Refused(
        finding(
            "not-last-closed", f"只能重开最近结账的月份，并写明原因；{month} 不是",
            f"only the month closed last is reopened, with a reason; {month} is not it",
            "在未结账的月份以冲销更正", "correct it by a reversal in an open month",
        )
    )  # fmt: skip


def _log(conn: Connection, row: ReopeningRow, act: str, user: User, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=f"reopen.{act}", object=row.month,
        detail=str(row.number),
    )  # fmt: skip


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
