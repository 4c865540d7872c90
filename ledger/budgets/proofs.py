"""What is wrong with a version of a budget, and what its approver has to know of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger.account import is_under
from ledger.budgetcheck import CONTROLS, HARD, BudgetLine, Plan
from ledger.budgets.ceilings import posted_on, sums_of
from ledger.budgets.typed import CONTROL_WORDS
from ledger.entry import safe_text
from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.registry import entries, papers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

_MOST_LINES: Final = 500
_PLANNED: Final = ("Income:", "Expenses:")
_MOST_PAPERS: Final = 4  # their digests stand in one line of the book


def faults_of(
    conn: Connection,
    unit: str,
    year: int,
    lines: Sequence[BudgetLine],
    decision: str,
    digests: Sequence[str],
) -> Iterator[Finding]:
    """What makes no sense, whatever was posted."""
    if not lines or len(lines) > _MOST_LINES:
        yield bad(f"预算须有 1 至 {_MOST_LINES} 行", f"a budget has 1 to {_MOST_LINES} lines")
    if not safe_text(decision):
        yield bad("须写明决议文号", "a decision is named")
    if not 2000 <= year <= 2998:
        yield bad(f"年份不对：{year}", f"this is no year: {year}")
    if len(digests) > _MOST_PAPERS:
        yield bad(f"附件至多 {_MOST_PAPERS} 份", f"a decision has at most {_MOST_PAPERS} papers")
    for digest in digests:
        if papers.find(conn, unit, digest) is None:
            yield bad(f"没有附件 sha256:{digest[:16]}", f"there is no paper sha256:{digest[:16]}")
    yield from line_faults(conn, unit, lines)


def line_faults(
    conn: Connection, unit: str, lines: Sequence[BudgetLine], places: Sequence[int] = ()
) -> Iterator[Finding]:
    """What is wrong with single lines; ``places`` are the rows of the sheet they stand in."""
    accounts = entries.accounts(conn, unit)
    funds = entries.funds(conn, unit)
    seen: dict[str, list[BudgetLine]] = {}
    for place, line in zip(places or range(1, len(lines) + 1), lines, strict=True):
        at = place if places else None
        where = (f"第 {place} 行 {line.account[:60]}", f"line {place}, {line.account[:60]}")
        if line.account in accounts and not line.account.startswith(_PLANNED):
            yield bad(f"{where[0]}：只对收入、支出科目编预算",
                      f"{where[1]}: only income and spending are budgeted", at)  # fmt: skip
        elif not line.account.startswith(_PLANNED) or not any(
            is_under(name, line.account) for name in accounts
        ):
            yield bad(f"{where[0]}：没有此科目", f"{where[1]}: there is no such account", at)
        if line.fund not in funds:
            yield bad(f"{where[0]}：没有资金 {line.fund[:20]}",
                      f"{where[1]}: there is no fund {line.fund[:20]}", at)  # fmt: skip
        if any(fen < 0 for fen in line.quarters) or line.control not in CONTROLS:
            yield bad(
                f"{where[0]}：金额不为负，控制为 hard、soft 或 none",
                f"{where[1]}: amounts are not negative, control is hard, soft or none", at,
            )  # fmt: skip
        for other in seen.get(line.fund, ()):
            if is_under(line.account, other.account) or is_under(other.account, line.account):
                yield bad(f"{where[0]}：与 {other.account[:60]} 重叠",
                          f"{where[1]}: it overlaps with {other.account[:60]}", at)  # fmt: skip
        seen.setdefault(line.fund, []).append(line)


def spent_already(conn: Connection, unit: str, lines: Sequence[BudgetLine]) -> Iterator[Finding]:
    """Hard lines that plan less than was posted on them."""
    hard = [line for line in lines if line.control == HARD and line.sign > 0]
    posted = posted_on(conn, unit, hard, keep=False)
    for line in hard:
        if posted[line] > line.total:
            yield bad(
                f"{line.account} 资金 {line.fund} 已支 {Money(posted[line]).grouped}，"
                f"超过预算 {Money(line.total).grouped}",
                f"{line.account}, fund {line.fund}: {Money(posted[line]).grouped} was spent, "
                f"{Money(line.total).grouped} is planned",
            )


def dropped(
    conn: Connection, unit: str, earlier: Sequence[BudgetLine], lines: Sequence[BudgetLine]
) -> Iterator[Finding]:
    """Hard lines in force that a revision leaves out though money was spent on them.

    A line may be taken into a wider one, or be divided into parts that hold all of its spending.
    """
    plan = Plan(lines)
    gone = [
        line
        for line in earlier
        if line.control == HARD and line.sign > 0 and plan.line_of(line.account, line.fund) is None
    ]
    posted = posted_on(conn, unit, gone, keep=False)
    spent_on = [line for line in gone if posted[line] > 0]
    parts = {
        line: [
            one for one in lines if one.fund == line.fund and is_under(one.account, line.account)
        ]
        for line in spent_on
    }
    below = sums_of(conn, unit, [one for some in parts.values() for one in some])
    for line in spent_on:
        rest = posted[line] - sum(below[one] for one in parts[line])
        if rest > 0:
            spent = Money(posted[line]).grouped
            yield finding(
                "budget-dropped",
                f"硬控预算行 资金 {line.fund} {line.account} 已支 {spent}，修订却没有它",
                f"the hard line fund {line.fund}, {line.account} has spent {spent}, and the "
                "revision leaves it out",
                f"保留这一行，金额不低于已支的 {spent}",
                f"keep the line, at no less than the {spent} that was spent",
            )


def loosened(earlier: Sequence[BudgetLine], lines: Sequence[BudgetLine]) -> Iterator[Finding]:
    """Hard lines in force that hold nobody any more once a revision is approved."""
    plan = Plan(lines)
    for line in earlier:
        if line.control != HARD or line.sign < 0:
            continue
        now = plan.line_of(line.account, line.fund)
        if now is None or now.control != HARD:
            what = ("没有这一行", "is left out")
            if now is not None:
                words = CONTROL_WORDS[now.control]
                what = (f"改为{words.zh}", f"becomes {words.en}")
            yield finding(
                "budget-loosened",
                f"原为硬控的 资金 {line.fund} {line.account} {what[0]}，此后超支不再被拒绝",
                f"fund {line.fund}, {line.account} was a hard line and {what[1]}: spending beyond "
                "it is not refused any more",
                "核对是否有意为之", "make sure that it is meant", severity="warning",
            )  # fmt: skip


def in_file(found: Finding, name: str) -> Finding:
    """The finding, told of a file."""
    return replace(found, file=name)


def bad(zh: str, en: str, line: int | None = None) -> Finding:
    return finding("bad-budget", zh, en, "改正后重试", "correct it and try again", line=line)
