"""What the year's end carries over, from the balances of a book: a pure function.

Exact and fund by fund: each account that a step takes is brought to zero in each fund, and what
comes of it goes to the rule's account in the same fund. A later step sees what an earlier one did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ledger.account import account_code, account_label, is_budgetary
from ledger.errors import Finding, finding
from ledger.fundcheck import is_restricted
from ledger.yearend.rules import FISCAL, FREE, RESTRICTED

if TYPE_CHECKING:
    from ledger.chart import Chart
    from ledger.yearend.rules import Part, Step, YearEndRule

#: What a book's accounts hold in each fund, in fen, debit positive: by account, fund and currency.
Balances: TypeAlias = dict[tuple[str, str, str], int]


@dataclass(frozen=True, slots=True)
class Carried:
    """One voucher's worth: a step in a fund, with its lines (account or code, currency, fen).

    A line whose account is a code alone goes to an account that the book may have to open.
    """

    step: Step
    fund: str
    lines: tuple[tuple[str, str, int], ...]
    targets: frozenset[str]


def fund_kinds(
    rule: YearEndRule, chart: Chart, moved: Iterable[tuple[str, str]],
    restrictions: Mapping[str, str], said: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    """What each fund is to the rule. ``moved`` are accounts and funds that ever moved together;
    ``said`` is what a person says of some funds, and goes first."""
    fiscal = {
        fund
        for account, fund in moved
        if {one.code for one in chart.path(account)} & {*rule.fiscal}
    }
    return {
        fund: said.get(fund)
        or (FISCAL if fund in fiscal else RESTRICTED if is_restricted(restriction) else FREE)
        for fund, restriction in restrictions.items()
    }


def mixed_funds(
    rule: YearEndRule, chart: Chart, year: Mapping[tuple[str, str], int], kinds: Mapping[str, str],
    said: Collection[str],
) -> list[Finding]:  # fmt: skip
    """A finding for each fiscal fund that other income came into, and that was spent from.

    ``year`` is what each account and fund came to. Whose money was spent there nobody can tell but
    a person, so it is asked.
    """
    found = []
    for fund, kind in sorted(kinds.items()):
        if kind != FISCAL or fund in said:
            continue
        own = {account: fen for (account, of), fen in year.items() if of == fund and fen}
        other = [
            account
            for account in own
            if account.startswith("Income:")
            and not {one.code for one in chart.path(account)} & {*rule.fiscal}
        ]
        if other and any(account.startswith("Expenses:") for account in own):
            labels = "、".join(account_label(one) for one in other[:3])
            found.append(
                finding(
                    "mixed-fund",
                    f"资金 {fund} 既有财政拨款，又有 {labels}：其支出属于哪一种，无法推断",
                    f"fund {fund} holds fiscal money and other income ({len(other)} accounts): "
                    "whose money was spent cannot be told",
                    f"指明：--as {fund}=fiscal、{fund}=restricted 或 {fund}=free；"
                    "或冲销后分列两个资金",
                    f"say so: --as {fund}=fiscal, {fund}=restricted or {fund}=free; or reverse and "
                    "enter them in two funds",
                )
            )
    return found


def reckon(
    rule: YearEndRule, chart: Chart, held: Balances, kinds: Mapping[str, str],
    unit_kinds: Collection[str] = (),
) -> list[Carried]:  # fmt: skip
    """What is carried over, step by step and fund by fund, in the order of the rule."""
    balances: Balances = defaultdict(int, {key: fen for key, fen in held.items() if fen})
    known = {account_code(account): account for account, _, _ in sorted(held)}
    found: list[Carried] = []
    for step in rule.steps:
        parts = [part for part in step.parts if not part.kind or part.kind in unit_kinds]
        for fund in sorted({fund for _, fund, _ in balances}):
            lines, targets = _moved(parts, chart, balances, fund, kinds.get(fund, FREE), known)
            if lines:
                for account, currency, fen in lines:
                    balances[account, fund, currency] += fen
                found.append(Carried(step, fund, tuple(lines), frozenset(targets)))
    return found


def _moved(
    parts: Collection[Part], chart: Chart, balances: Balances, fund: str, kind: str,
    known: Mapping[str, str],
) -> tuple[list[tuple[str, str, int]], set[str]]:  # fmt: skip
    """The lines of one step in a fund, and the codes it goes to.

    What is gained and what is lost stands on the account it goes to on a line of its own, as the
    rules enter it: where both are equal, the voucher still says that they went to net assets.
    """
    lines: list[tuple[str, str, int]] = []
    gains: dict[tuple[str, str, bool], int] = defaultdict(int)
    targets: set[str] = set()
    for (account, of, currency), fen in sorted(balances.items()):
        part = _part_of(parts, chart, account, kind) if of == fund and fen else None
        if part is None or (part.only == "credit" and fen > 0):
            continue
        lines.append((account, currency, -fen))
        gains[known.get(part.to, part.to), currency, fen > 0] += fen
        targets.add(part.to)
    lines += [(target, currency, fen) for (target, currency, _), fen in sorted(gains.items())]
    return lines, targets


def _part_of(parts: Collection[Part], chart: Chart, account: str, kind: str) -> Part | None:
    """The first part that takes an account; None for a code alone that is not open yet."""
    if ":" not in account:
        path = [chart.by_code[account]]
        while path[0].parent:
            path.insert(0, chart.by_code[path[0].parent])
        return next((one for one in parts if one.takes(path, path[0].type, kind)), None)
    root = account.partition(":")[0]
    found = chart.path(account)
    return next((one for one in parts if one.takes(found, root, kind)), None)


def is_result(account: str, chart: Chart) -> bool:
    """Whether an account holds the year's income or spending, in either half."""
    if account.startswith(("Income:", "Expenses:")):
        return True
    return is_budgetary(account) and any(
        one.budgetary in ("income", "spending") for one in chart.path(account)
    )
