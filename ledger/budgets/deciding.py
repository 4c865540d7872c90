"""Setting a budget and revising it: one person makes a version, another approves it.

An approved version stands in the book as directives: a line of our own for each fund and account,
and what Fava shows beside accounts. A later version takes the place of an earlier one; nothing of
either is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import canonical, workflow
from ledger.account import is_under
from ledger.budgetcheck import CONTROLS, HARD, BudgetLine
from ledger.budgets.ceilings import posted_on
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, NotAllowed, Refused, finding, refuse_if
from ledger.journal import open_pen
from ledger.money import Money
from ledger.registry import budgets, entries, oplog, units
from ledger.registry.budgets import BudgetVersion

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.journal import Pen
    from ledger.registry import Registry, User

_FILE: Final = "funds.bean"
_MOST_LINES: Final = 500


def propose(
    registry: Registry,
    unit: str,
    year: int,
    lines: Sequence[BudgetLine],
    decision: str,
    reason: str,
    user: User,
    now: datetime,
    *,
    revision: bool,
) -> BudgetVersion:
    """Enter a version of a year's budget, to be approved by somebody else.

    A first version is set, a later one revises it; one that waits already is taken in its place.
    Refused for lines of accounts or funds that there are not, two lines where one covers the other
    in the same fund, negative amounts, no decision, and a revision without a reason.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        known = budgets.versions(conn, unit, year)
        approved = [row for row in known if row.state == budgets.APPROVED]
        refuse_if(_faults(conn, unit, year, lines, decision))
        if bool(approved) != revision or (revision and not safe_text(reason)):
            raise Refused(_not_so(year, revised=bool(approved)))
        for row in known:
            if row.state == budgets.DRAFT:
                budgets.set_state(conn, row, budgets.WITHDRAWN, user.id, now)
        version = budgets.next_version(conn, unit, year)
        row = BudgetVersion(
            unit, year, version, budgets.DRAFT, safe_text(decision)[:120],
            safe_text(reason)[:300], user.id, now.isoformat(timespec="seconds"),
        )  # fmt: skip
        budgets.add(conn, row, [replace(line, version=version) for line in lines])
        _log(conn, registry, row, "budget.propose", user, now)
    return row


def approve(
    registry: Registry, unit: str, year: int, version: int, user: User, now: datetime
) -> list[BudgetLine]:
    """Approve the version that waits: its lines are in force, and stand in the book.

    NotAllowed for its maker. Refused if it does not wait, or a hard line is below what was posted.
    """
    workflow.demand(user, "approve", unit)
    with open_pen(registry, unit, now) as pen:
        row = _waiting(pen.conn, unit, year, version)
        if row.maker == user.id:
            raise NotAllowed(
                finding(
                    "maker-is-checker", "编制人不能审批自己的预算",
                    "nobody approves a budget of their own making",
                    "请另一位审核人办理", "ask another checker",
                )
            )  # fmt: skip
        lines = budgets.lines_of(pen.conn, unit, year, version)
        refuse_if(_spent_already(pen.conn, unit, lines))
        earlier = budgets.in_force(pen.conn, unit, [year])
        budgets.set_state(pen.conn, row, budgets.APPROVED, user.id, now)
        _write(pen, row, lines, earlier)
        for line in lines:
            posted_on(pen.conn, unit, line)
        _log(pen.conn, registry, row, "budget.approve", user, now)
    return lines


def withdraw(
    registry: Registry, unit: str, year: int, version: int, user: User, now: datetime
) -> None:
    """Take a version back that waits: its maker, or who would approve it."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row = _waiting(conn, unit, year, version)
        budgets.set_state(conn, row, budgets.WITHDRAWN, user.id, now)
        _log(conn, registry, row, "budget.withdraw", user, now)


def _waiting(conn: Connection, unit: str, year: int, version: int) -> BudgetVersion:
    for row in budgets.versions(conn, unit, year):
        if row.version == version and row.state == budgets.DRAFT:
            return row
    raise CannotRun(
        finding(
            "no-budget",
            f"{year} 年没有待审批的第 {version} 版预算",
            f"no version {version} of the budget of {year} waits",
            "用 mingbai budget show 查看版本",
            "see the versions with mingbai budget show",
        )
    )


def _write(
    pen: Pen, row: BudgetVersion, lines: Sequence[BudgetLine], earlier: Sequence[BudgetLine]
) -> None:
    """The version's lines in the book, and what Fava shows: by account, over all funds."""
    first = max(date(row.year, 1, 1), units.find(pen.conn, row.unit).opened)
    head = entries.head(pen.conn, row.unit)
    after = 0 if head is None else head[0]
    text = "".join(
        canonical.budget_text(
            first.isoformat(), (line.fund, line.account, row.year, row.version),
            [Money(fen) for fen in line.quarters], line.control, row.decision, after,
        )
        for line in lines
    )  # fmt: skip
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for line in (*earlier, *lines):
        sums[line.account]  # an account that is planned no more is shown with nothing
    for line in lines:
        for place, fen in enumerate(line.quarters):
            sums[line.account][place] += line.sign * fen
    for account, quarters in sorted(sums.items()):
        for place, fen in enumerate(quarters):
            day = max(date(row.year, 3 * place + 1, 1), first)
            text += canonical.fava_budget_text(day.isoformat(), account, Money(fen))
        end = date(row.year + 1, 1, 1).isoformat()
        text += canonical.fava_budget_text(end, account, Money(0))
    key = f"budget:{row.year}:{row.version}"
    pen.directives("budget", text, file=_FILE, day=first, key=key)


def _faults(
    conn: Connection, unit: str, year: int, lines: Sequence[BudgetLine], decision: str
) -> Iterator[Finding]:
    accounts = entries.accounts(conn, unit)
    funds = entries.funds(conn, unit)
    if not lines or len(lines) > _MOST_LINES:
        yield _bad(f"预算须有 1 至 {_MOST_LINES} 行", f"a budget has 1 to {_MOST_LINES} lines")
    if not safe_text(decision):
        yield _bad("须写明决议文号", "a decision is named")
    if not 2000 <= year <= 2998:
        yield _bad(f"年份不对：{year}", f"this is no year: {year}")
    for place, line in enumerate(lines, start=1):
        where = (f"第 {place} 行 {line.account[:60]}", f"line {place}, {line.account[:60]}")
        if not line.account.startswith(("Income:", "Expenses:")):
            yield _bad(f"{where[0]}：只对收入、支出科目编预算", f"{where[1]}: only income and "
                       "spending are budgeted")  # fmt: skip
        elif not any(is_under(name, line.account) for name in accounts):
            yield _bad(f"{where[0]}：没有此科目", f"{where[1]}: there is no such account")
        if line.fund not in funds:
            yield _bad(f"{where[0]}：没有资金 {line.fund[:20]}",
                       f"{where[1]}: there is no fund {line.fund[:20]}")  # fmt: skip
        if any(fen < 0 for fen in line.quarters) or line.control not in CONTROLS:
            yield _bad(
                f"{where[0]}：金额不为负，控制为 hard、soft 或 none",
                f"{where[1]}: amounts are not negative, control is hard, soft or none",
            )
        for other in lines[: place - 1]:
            if other.fund == line.fund and (
                is_under(line.account, other.account) or is_under(other.account, line.account)
            ):
                yield _bad(f"{where[0]}：与 {other.account[:60]} 重叠",
                           f"{where[1]}: it overlaps with {other.account[:60]}")  # fmt: skip


def _spent_already(conn: Connection, unit: str, lines: Sequence[BudgetLine]) -> Iterator[Finding]:
    for line in lines:
        if line.control != HARD or line.sign < 0:
            continue
        spent = posted_on(conn, unit, line)
        if spent > line.total:
            yield _bad(
                f"{line.account} 资金 {line.fund} 已支 {Money(spent).grouped}，"
                f"超过预算 {Money(line.total).grouped}",
                f"{line.account}, fund {line.fund}: {Money(spent).grouped} was spent, "
                f"{Money(line.total).grouped} is planned",
            )


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-budget", zh, en, "改正后重试", "correct it and try again")


def _not_so(year: int, *, revised: bool) -> Finding:
    if revised:
        return finding(
            "budget-set", f"{year} 年预算已批准，或修订没有写明原因",
            f"the budget of {year} is approved, or its revision gives no reason",
            "用 mingbai budget revise 修订，写明 --reason",
            "revise it with mingbai budget revise, and give --reason",
        )  # fmt: skip
    return finding(
        "no-budget", f"{year} 年还没有批准的预算可以修订",
        f"there is no approved budget of {year} to revise",
        "先用 mingbai budget set 编制", "set it first, with mingbai budget set",
    )  # fmt: skip


def _log(
    conn: Connection, _: Registry, row: BudgetVersion, action: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=f"{row.year}",
        detail=f"version {row.version} {row.decision}"[:200],
    )  # fmt: skip
