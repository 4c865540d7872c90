"""Setting a budget and revising it: one person makes a version, another approves it.

An approved version stands in the book as directives: a line of our own for each fund and account,
and what Fava shows beside accounts. A later version takes the place of an earlier one; nothing of
either is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import canonical, workflow
from ledger.budgets import changes, proofs
from ledger.budgets.ceilings import posted_on
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, NotAllowed, Refused, Words, finding, refuse_if
from ledger.journal import open_pen
from ledger.money import Money
from ledger.registry import budgets, entries, oplog, units, users
from ledger.registry.budgets import BudgetVersion

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.budgetcheck import BudgetLine
    from ledger.journal import Pen
    from ledger.registry import Registry, User

_FILE: Final = "funds.bean"


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
    papers: Sequence[str] = (),
) -> BudgetVersion:
    """Enter a version of a year's budget, to be approved by somebody else.

    A first version is set, a later one revises it; one of one's own that waits is taken back.
    ``papers`` are the digests of the decision's files, which the unit keeps.

    Refused for lines of accounts or funds that there are not, two lines where one covers the other
    in the same fund, negative amounts, no decision, a revision without a reason or without a hard
    line that has spending, and while a version of another maker waits.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        known = budgets.versions(conn, unit, year)
        waits = [row for row in known if row.state == budgets.DRAFT]
        is_revised = any(row.was_approved for row in known)
        refuse_if(proofs.faults_of(conn, unit, year, lines, decision, papers))
        if is_revised != revision or (revision and not safe_text(reason)):
            raise Refused(_not_so(year, revised=is_revised))
        refuse_if(_of_others(conn, row) for row in waits if row.maker != user.id)
        earlier = budgets.in_force(conn, unit, [year])
        refuse_if(proofs.dropped(conn, unit, earlier, lines))
        for row in waits:
            budgets.set_state(conn, row, budgets.WITHDRAWN, user.id, now)
            _log(conn, row, "budget.withdraw", user, now)
        version = budgets.next_version(conn, unit, year)
        row = BudgetVersion(
            unit, year, version, budgets.DRAFT, safe_text(decision)[:120],
            safe_text(reason)[:300], user.id, now.isoformat(timespec="seconds"),
            papers=tuple(dict.fromkeys(papers)),
        )  # fmt: skip
        budgets.add(conn, row, [replace(line, version=version) for line in lines])
        _log(conn, row, "budget.propose", user, now)
    return row


def warnings(registry: Registry, unit: str, year: int, version: int) -> list[Finding]:
    """What the approver of a version that waits has to know of it, and to confirm."""
    with registry.read() as conn:
        row = _waiting(conn, unit, year, version)
        return _warnings(conn, registry, row, budgets.lines_of(conn, unit, year, version))


def approve(
    registry: Registry,
    unit: str,
    year: int,
    version: int,
    user: User,
    now: datetime,
    *,
    confirmed: bool = False,
) -> list[BudgetLine]:
    """Approve the version that waits: its lines are in force, and stand in the book.

    NotAllowed for its maker. Refused if it does not wait, a hard line is below what was posted or
    left out though it was spent on, and for each of its :func:`warnings` unless they are
    ``confirmed``.
    """
    workflow.demand(user, "approve", unit)
    with open_pen(registry, unit, now) as pen:
        row = _waiting(pen.conn, unit, year, version)
        workflow.demand_other(
            pen.conn, user, [row.maker],
            "编制人不能审批自己的预算", "nobody approves a budget of their own making",
        )  # fmt: skip
        lines = budgets.lines_of(pen.conn, unit, year, version)
        earlier = budgets.in_force(pen.conn, unit, [year])
        # Only sums of lines that are in force were moved by every voucher.
        budgets.forget_posted(pen.conn, unit, year, but=earlier)
        refuse_if(proofs.spent_already(pen.conn, unit, lines))
        refuse_if(proofs.dropped(pen.conn, unit, earlier, lines))
        told = _warnings(pen.conn, registry, row, lines)
        refuse_if(told)
        if not confirmed:
            refuse_if(map(_unconfirmed, told))
        budgets.set_state(pen.conn, row, budgets.APPROVED, user.id, now)
        _write(pen, row, lines, earlier)
        budgets.forget_posted(pen.conn, unit, year, but=lines)
        posted_on(pen.conn, unit, lines)
        pen.ceilings = None
        _log(pen.conn, row, "budget.approve", user, now)
    return lines


def _warnings(
    conn: Connection, registry: Registry, row: BudgetVersion, lines: Sequence[BudgetLine]
) -> list[Finding]:
    earlier = budgets.in_force(conn, row.unit, [row.year])
    return [*proofs.loosened(earlier, lines), *changes.beyond(conn, registry, row)]


def _unconfirmed(told: Finding) -> Finding:
    remedy = Words(
        f"{told.remedy.zh}；确认后加 --confirm，网页上勾选「已知悉」",
        f"{told.remedy.en}; then confirm it: --confirm, or the box on the page",
    )
    return replace(told, severity="error", remedy=remedy)


def withdraw(
    registry: Registry, unit: str, year: int, version: int, user: User, now: datetime
) -> None:
    """Take a version back that waits: its maker, or who would approve it."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row = _waiting(conn, unit, year, version)
        if row.maker != user.id and not user.may("approve", unit):
            raise NotAllowed(
                finding(
                    "not-your-budget", f"第 {row.version} 版由 {login_of(conn, row.maker)} 编制",
                    f"version {row.version} was made by {login_of(conn, row.maker)}",
                    "请编制人或审核人撤回", "its maker or a checker takes it back",
                )
            )  # fmt: skip
        budgets.set_state(conn, row, budgets.WITHDRAWN, user.id, now)
        _log(conn, row, "budget.withdraw", user, now)


def _of_others(conn: Connection, row: BudgetVersion) -> Finding:
    login = login_of(conn, row.maker)
    return finding(
        "budget-waits",
        f"{row.year} 年预算第 {row.version} 版（{login} 编制）正待审批",
        f"version {row.version} of the budget of {row.year}, made by {login}, waits",
        f"请审核人批准它，或由 {login} 或审核人撤回：mingbai budget withdraw … {row.version}",
        f"have it approved, or taken back by {login} or a checker: "
        f"mingbai budget withdraw … {row.version}",
    )


def login_of(conn: Connection, user: str) -> str:
    """Who a version's maker or checker is, as they sign in."""
    known = {one.id: one.login for one in users.all_users(conn)}
    return known.get(user, user)


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
            [Money(fen) for fen in line.quarters], line.control, row.decision, after, row.papers,
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


def _log(conn: Connection, row: BudgetVersion, action: str, user: User, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=f"{row.year}",
        detail=f"version {row.version} {row.decision}"[:200],
    )  # fmt: skip
