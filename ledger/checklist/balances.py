"""Whether the money of a month's end was proven: by statements, or by what somebody counted.

An account with statements is proven by one that reaches the month's end; by one that ends earlier,
if nothing was entered after it; or by a count or a bank's confirmation with its paper, entered by
one and confirmed by another. What differs at the month's end refuses in any case.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from ledger.account import account_code
from ledger.errors import Finding, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.registry import closing_rules, imports, statement_files, waivers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry
    from ledger.registry.waivers import WaiverRow

#: Cash on hand in the unions' charts and in the others; a detail of it has more digits.
_CASH: Final = ("101", "1001")


@dataclass(frozen=True, slots=True)
class Proven:
    """What statements say an account held at the end of a month; None if none reach there.

    ``reached`` is the last day of the month that a statement covers, ``stated`` what it says then;
    ``moved`` the last day of the month on which the book moved the account.
    """

    account: str
    statement: Money | None
    book: Money
    reached: date | None = None
    stated: Money | None = None
    moved: date | None = None


def proven(registry: Registry, unit: str, month: Month) -> list[Proven]:
    """Each money account at the month's end: by its statements, and by the book."""
    with registry.read() as conn:
        known = [row.account for row in imports.accounts(conn, registry.vault, unit)]
    held, moved = _book(registry, unit, month, known)
    with registry.read() as conn:
        return [_proven(conn, unit, month, account, held, moved) for account in known]


def _proven(
    conn: Connection, unit: str, month: Month, account: str, held: Mapping[str, int],
    moved: Mapping[str, date],
) -> Proven:  # fmt: skip
    last_day = month.next().first - timedelta(days=1)
    closing = statement_files.balance_at(conn, unit, account, last_day)
    book = Money(held.get(account, 0))
    if closing is not None:
        return Proven(account, Money(closing), book, last_day, Money(closing), moved.get(account))
    ends = [
        row.end
        for row in statement_files.files(conn, unit, account)
        if row.end is not None and month.first <= row.end <= last_day
    ]
    reached = max(ends, default=None)
    said = None if reached is None else statement_files.balance_at(conn, unit, account, reached)
    stated = None if said is None else Money(said)
    return Proven(account, None, book, reached, stated, moved.get(account))


def _book(
    registry: Registry, unit: str, month: Month, accounts: list[str]
) -> tuple[dict[str, int], dict[str, date]]:
    """What the book says that every account held, and when these moved last in the month."""
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        held: dict[str, int] = defaultdict(int)
        for cell in model.cells(through=month):
            if cell.currency == CNY:
                held[cell.account] += cell.net
        moved: dict[str, date] = {}
        if accounts:
            for line in model.lines(since=month, through=month, accounts=accounts):
                moved[line.account] = max(line.day, moved.get(line.account, line.day))
    finally:
        model.close()
    return held, moved


def faults(registry: Registry, unit: str, month: Month, today: date) -> list[Finding]:
    """What is to be told of the unit's money at the end of ``month``, when it is closed today."""
    with registry.read() as conn:
        known = [row.account for row in imports.accounts(conn, registry.vault, unit)]
        said = waivers.of_kinds(conn, unit, (waivers.BANK, waivers.COUNT))
        asked = closing_rules.required_on(conn, unit, month.period.last)
    held, moved = _book(registry, unit, month, known)
    of_month: dict[str, list[WaiverRow]] = defaultdict(list)
    for row in said:
        if row.month == str(month) and (row.fen is not None or row.stands(today)):
            of_month[row.subject].append(row)
    required = closing_rules.BANK in asked
    found: list[Finding] = []
    with registry.read() as conn:
        for account in known:
            proof = _proven(conn, unit, month, account, held, moved)
            found += _of_account(proof, month, of_month[account], unit, required=required)
    for account, fen in sorted(held.items()):
        if account not in known and is_cash(account):
            found += _of_cash(account, Money(fen), month, of_month[account], unit)
    return found


def is_cash(account: str) -> bool:
    """Whether an account is cash on hand, by its code.

    >>> is_cash("Assets:101-库存现金"), is_cash("Assets:102-银行存款:01-基本户")
    (True, False)
    """
    first = ":".join(account.split(":")[:2])
    return first.startswith("Assets:") and account_code(first) in _CASH


def _of_account(
    row: Proven, month: Month, said: list[WaiverRow], unit: str, *, required: bool
) -> list[Finding]:
    counted = [one for one in said if one.fen is not None and one.checker]
    if row.statement is not None:
        return [_differs(row.account, row.book, row.statement)] if row.statement != row.book else []
    if counted:
        amount = Money(counted[-1].fen or 0)
        return [_count_differs(row.account, row.book, amount)] if amount != row.book else []
    waived = [one for one in said if one.kind == waivers.BANK]
    if waived:
        return [_waived(row.account, waived[-1])]
    is_quiet = row.reached is not None and (row.moved is None or row.moved <= row.reached)
    if is_quiet and row.stated is not None and row.stated != row.book:
        severity = "error" if required else "warning"
        return [_differs(row.account, row.book, row.stated, severity)]
    nothing = row.moved is None and not row.book
    severity = "error" if required and not is_quiet and not nothing else "warning"
    return [_no_statement(row, month, unit, severity)]


def _no_statement(row: Proven, month: Month, unit: str, severity: str) -> Finding:
    how = f"mingbai waiver count DIR --unit {unit} {account_code(row.account)} {month} 余额"
    rule = "no-statement" if severity == "warning" else "bank-unreconciled"
    return finding(
        rule,
        f"{row.account}：没有到 {month} 月末的对账单，余额未与银行核对",
        f"{row.account}: no statement reaches the end of {month}; its balance is not reconciled",
        f"导入整月的对账单（mingbai import）；没有对账单的，登记函证或盘点：{how} --paper FILE "
        "--reason 原因",
        "import the whole month's statement (mingbai import); where there is none, enter what the "
        f"bank confirmed: mingbai waiver count DIR --unit {unit} {account_code(row.account)} "
        f"{month} AMOUNT --paper FILE --reason TEXT",
        severity=severity,
    )


def _differs(account: str, book: Money, statement: Money, severity: str = "error") -> Finding:
    gap = book - statement
    return finding(
        "bank-differs",
        f"{account}：账面 {book.grouped}，对账单 {statement.grouped}，相差 {gap.grouped}",
        f"{account}: the book says {book.grouped}, the statement {statement.grouped}; "
        f"they differ by {gap.grouped}",
        "用 mingbai report … bank-reconciliation 查找差异",
        "find the difference with mingbai report … bank-reconciliation",
        severity=severity,
    )


def _of_cash(
    account: str, book: Money, month: Month, said: list[WaiverRow], unit: str
) -> list[Finding]:
    counted = [one for one in said if one.fen is not None and one.checker]
    if counted:
        amount = Money(counted[-1].fen or 0)
        return [_count_differs(account, book, amount)] if amount != book else []
    if not book:
        return []
    how = f"mingbai waiver count DIR --unit {unit} {account_code(account)} {month} {book.text}"
    return [
        finding(
            "cash-not-counted",
            f"{account}：账面 {book.grouped}，{month} 月末没有盘点记录",
            f"{account}: the book says {book.grouped}; nobody counted it at the end of {month}",
            f"盘点后登记，另一人确认：{how} --paper FILE --reason 月末盘点",
            f"count it, and have another confirm it: {how} --paper FILE --reason TEXT",
            severity="warning",
        )
    ]


def _count_differs(account: str, book: Money, counted: Money) -> Finding:
    gap = book - counted
    return finding(
        "count-differs",
        f"{account}：账面 {book.grouped}，盘点或函证 {counted.grouped}，相差 {gap.grouped}",
        f"{account}: the book says {book.grouped}, counted or confirmed was {counted.grouped}; "
        f"they differ by {gap.grouped}",
        "查明原因后更正凭证，或重新盘点登记",
        "find out why and correct the book, or count again and enter it",
    )


def _waived(account: str, row: WaiverRow) -> Finding:
    return finding(
        "bank-waived",
        f"{account}：对账单待到，至 {row.until}（{row.code}）：{row.reason}",
        f"{account}: its statement comes until {row.until} ({row.code}): {row.reason}",
        f"到后导入，并了结：mingbai waiver end DIR --unit {row.unit} {row.code} --note 已导入",
        f"import it, and end this: mingbai waiver end DIR --unit {row.unit} {row.code} --note TEXT",
        severity="warning",
    )
