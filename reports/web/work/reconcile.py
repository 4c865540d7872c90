"""``/desk/<unit>/reconcile``: one account and month, and what to do about each line of one side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request

from ledger.account import account_label
from ledger.money import Money
from ledger.period import Month, Period
from ledger.registry import entries, imports, month_states, staging, statement_files
from reports import reconciling
from reports.web.access import desk, may_browse
from reports.web.work.frame import Choice, page

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from werkzeug.wrappers import Response

    from reports.reconciling import Item

reconcile = Blueprint("work-reconcile", __name__)

_MOST: Final = 500


@dataclass(frozen=True)
class BankLine:
    """A line that only the bank has: ``state`` says what it waits for, ``href`` leads there."""

    day: date
    amount: Money
    counterparty: str
    memo: str
    state: str
    href: str


@reconcile.get("/desk/<unit>/reconcile", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    """The account and month of the address; without them, the first account and last month."""
    registry = desk().registry
    with registry.read() as conn:
        known = [row.account for row in imports.accounts(conn, registry.vault, unit)]
        months = _months(
            _first_day(conn, unit),
            month_states.last_closed(conn, unit),
            desk().clock().date(),
        )
    account = request.args.get("account", "")
    if account not in known:
        account = known[0] if known else ""
    month = _chosen(request.args.get("period", ""), months)
    values: dict[str, Any] = {
        "accounts": [Choice(name, account_label(name)) for name in known],
        "months": [str(one) for one in months[::-1]],
        "account": account,
        "period": str(month),
    }
    if account:
        values |= _of_month(unit, account, month)
    return page("work/reconcile.html", unit, tab="reconcile", **values)


def _first_day(conn: Connection, unit: str) -> date | None:
    """The day from which there is anything to compare: of the book, or of a statement."""
    days = [row.start for row in statement_files.files(conn, unit) if row.start is not None]
    first = entries.first_entry_day(conn, unit)
    return min(days if first is None else [*days, first], default=None)


def _months(first: date | None, last_closed: str | None, today: date) -> list[Month]:
    """The months from the first day to this one; without a first day only this one."""
    at = Month.of(first) if first else Month.of(today)
    found = [at]
    while (at := at.next()).first <= today and len(found) < 240:
        found.append(at)
    if last_closed and Month.parse(last_closed) not in found:
        found.append(Month.parse(last_closed))
    return sorted(found, key=str)


def _chosen(asked: str, months: list[Month]) -> Month:
    """The month that is asked for; else the last one that is over."""
    for month in months:
        if str(month) == asked:
            return month
    today = desk().clock().date()
    past = [month for month in months if month.next().first <= today]
    return past[-1] if past else months[-1]


def _of_month(unit: str, account: str, month: Month) -> dict[str, Any]:
    found = reconciling.reconcile(desk().registry, unit, account, Period.parse(str(month)))
    only_bank = sorted(found.only_bank, key=lambda item: item.day)
    only_book = sorted(found.only_book, key=lambda item: item.day)
    return {
        "label": account_label(account),
        "account_label": account_label,
        "found": found,
        "only_bank": _lines(unit, only_bank[:_MOST]),
        "only_book": only_book[:_MOST],
        "more": max(0, len(only_bank) - _MOST) + max(0, len(only_book) - _MOST),
    }


def _lines(unit: str, items: list[Item]) -> list[BankLine]:
    registry = desk().registry
    found = []
    with registry.read() as conn:
        for item in items:
            number = int(item.id.rpartition("line-")[2])
            line = staging.find_line(conn, registry.vault, unit, number)
            if line is None:
                continue
            drafts = staging.drafts_of_line(conn, number)
            waits = line.state == staging.DRAFTED and bool(drafts)
            found.append(
                BankLine(
                    item.day,
                    item.amount,
                    line.text.counterparty,
                    line.text.memo,
                    line.state,
                    f"/desk/{unit}/drafts/{drafts[-1]}"
                    if waits
                    else f"/desk/{unit}/lines/{number}",
                )
            )
    return found
