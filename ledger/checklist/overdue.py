"""Waivers whose day is past: they refuse every later closing, and are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.checklist.balances import proven
from ledger.errors import Finding, finding
from ledger.period import Month
from ledger.registry import entries, waivers

if TYPE_CHECKING:
    from datetime import date

    from ledger.registry import Registry
    from ledger.registry.waivers import WaiverRow

_MOST = 20


def overdue_waivers(registry: Registry, unit: str, today: date) -> list[WaiverRow]:
    """The waivers that have run out and that nothing fulfilled, by code.

    A voucher that was reversed needs no paper any more, and a statement that came by now proves its
    month; a later waiver of the same thing that still stands takes an earlier one's place.
    """
    with registry.read() as conn:
        rows = [row for row in waivers.of_unit(conn, unit) if row.state != waivers.ENDED]
        late = [row for row in rows if row.is_overdue(today)]
        if not late:
            return []
        renewed = {(row.kind, row.subject, row.month) for row in rows if row.stands(today)}
        gone = entries.reversals_of(
            conn, unit, [row.subject for row in late if row.kind == waivers.PAPERS]
        )
    late = [
        row
        for row in late
        if (row.kind, row.subject, row.month) not in renewed and row.subject not in gone
    ]
    done: set[tuple[str, str]] = set()
    for month in sorted({row.month for row in late if row.kind == waivers.BANK}):
        done |= {
            (month, one.account)
            for one in proven(registry, unit, Month.parse(month))
            if one.statement == one.book
        }
    return [row for row in late if (row.month, row.subject) not in done]


def faults(registry: Registry, unit: str, month: Month, today: date) -> list[Finding]:
    """A finding for each waiver of this month or an earlier one that has run out."""
    late = [row for row in overdue_waivers(registry, unit, today) if row.month <= str(month)]
    return [_overdue(row) for row in late[:_MOST]]


def _overdue(row: WaiverRow) -> Finding:
    words = waivers.KIND_WORDS[row.kind]
    how = f"mingbai waiver end DIR --unit {row.unit} {row.code}"
    with_ = "--paper FILE" if row.kind == waivers.PAPERS else "--note TEXT"
    return finding(
        "waiver-overdue",
        f"{row.code}（{words.zh}，{row.subject}）已于 {row.until} 到期",
        f"{row.code} ({words.en}, {row.subject}) ran out on {row.until}",
        f"补齐后了结：{how} {with_}；仍须等待的，另行申请并由他人确认",
        f"bring it and end it: {how} {with_}; where it takes longer, have it waived anew by two",
    )
