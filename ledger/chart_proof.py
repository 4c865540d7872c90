"""The proof of a chart: its accounts are whole, and its forms hold each of them exactly once.

What is proved here of the data holds for every book: a balanced book gives a balance sheet that
balances, an income statement with all income and expenses, and a cash-flow statement whose lines
add up to what cash changed by. Financial and budgetary forms are each complete of their own half,
and hold nothing of the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ledger.account import ROOTS, is_valid_account
from ledger.chart_form import (
    BALANCE,
    BUDGET_SURPLUS,
    CASH,
    FLOW,
    IN,
    NO_MIRROR,
    OUT,
    REST,
    Chart,
    ChartAccount,
    Form,
    FormLine,
)
from ledger.errors import Finding, finding

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE: Final = re.compile(r"[0-9]{2,12}")
_LINE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
_FLOWS: Final = ("Income", "Expenses")


def bad_chart(file: str, zh: str, en: str) -> Finding:
    """The finding for a fault in the chart's file."""
    return finding(
        "bad-chart", f"科目表：{zh}", f"chart: {en}", "改正科目表", "correct the chart", file=file
    )


def check_chart(chart: Chart, file: str) -> list[Finding]:
    """Everything that is wrong with a chart that could be read."""
    found: list[tuple[str, str]] = []
    if not _ID.fullmatch(chart.id) or Path(file).stem != chart.id:
        found.append(
            (f"标识 {chart.id[:40]} 与文件名不符", f"id {chart.id[:40]} is not the file's")
        )
    found += _account_faults(chart)
    quota = chart.quota
    of_quota = {quota.held, quota.returnable, quota.income} if quota is not None else set()
    named = {*chart.surplus_to, *chart.carried, *chart.banks, *chart.cash, *of_quota}
    for code in sorted(named - {*chart.by_code}):
        found.append((f"没有科目 {code[:12]}", f"there is no account {code[:12]}"))
    if not chart.surplus_to:
        found.append(("缺 surplus_to", "surplus_to is missing"))
    for again, times in Counter(form.id for form in chart.forms).items():
        if times > 1:
            found.append((f"报表 {again[:24]} 重复", f"form {again[:24]} stands twice"))
    if not found:
        for form in chart.forms:
            found += [
                (f"报表 {form.id}：{zh}", f"form {form.id}: {en}")
                for zh, en in _form_faults(chart, form)
            ]
    return [bad_chart(file, zh, en) for zh, en in found]


def _account_faults(chart: Chart) -> list[tuple[str, str]]:
    found = []
    known: set[str] = set()
    for account in chart.accounts:
        code = account.code[:12]
        parent = chart.by_code.get(account.parent)
        if not _CODE.fullmatch(account.code) or account.code in known:
            found.append((f"科目编号 {code} 不合规或重复", f"code {code} is bad or stands twice"))
        elif account.parent and (
            account.parent not in known
            or parent is None
            or parent.type != account.type
            or not account.code.startswith(account.parent)
            or account.code == account.parent
        ):
            found.append((f"科目 {code} 的上级不对", f"account {code} has a wrong parent"))
        elif account.lots and account.type != "Assets":
            found.append((f"科目 {code} 不能逐件记账", f"account {code} cannot hold lots"))
        elif account.budgetary and account.type != "Equity":
            found.append((f"预算科目 {code} 应属 Equity", f"budgetary account {code} is no Equity"))
        elif parent is not None and parent.budgetary != account.budgetary:
            found.append(
                (f"科目 {code} 与上级不同类", f"account {code} is not of its parent's kind")
            )
        elif account.mirror and not _may_mirror(chart, account):
            found.append((f"科目 {code} 的 mirror 不对", f"account {code} has a wrong mirror"))
        elif not is_valid_account(chart.book_name(account)):
            found.append((f"科目 {code} 的名称不合规", f"account {code} is badly named"))
        known.add(account.code)
    return found


def _may_mirror(chart: Chart, account: ChartAccount) -> bool:
    """A financial account moves with a budgetary one; a detail may say that it does not."""
    if account.mirror == NO_MIRROR:
        return bool(account.parent)
    other = chart.by_code.get(account.mirror)
    return not account.budgetary and other is not None and bool(other.budgetary)


def _needed(chart: Chart, form: Form) -> list[ChartAccount]:
    """The accounts that a form holds once: all of its half, or its income and spending."""
    own = [a for a in chart.accounts if bool(a.budgetary) == form.budgetary]
    if form.kind == BALANCE:
        return own
    if form.budgetary:
        return [a for a in own if a.budgetary != BUDGET_SURPLUS]
    return [a for a in own if a.type in _FLOWS]


def _form_faults(chart: Chart, form: Form) -> list[tuple[str, str]]:
    found = _line_faults(chart, form)
    if found:
        return found
    if form.budgetary and form.kind != FLOW:
        return [("预算会计报表应为 flow", "a budgetary form is of the kind flow")]
    if form.kind == CASH:
        return _cash_faults(chart, form)
    needed = _needed(chart, form)
    found += [
        (f"科目 {account.code} 属于另一半账", f"account {account.code} is of the other half")
        for account in chart.accounts
        if bool(account.budgetary) != form.budgetary and _times(chart, form, account, memo=True)
    ]
    found += [
        (
            f"科目 {account.code} 出现 {times} 次",
            f"account {account.code} stands {times} times, not once",
        )
        for account in chart.accounts
        for times in [_times(chart, form, account)]
        if times != 1 and (account in needed or times)
    ]
    wanted = 2 if form.kind == BALANCE else 1
    if len(form.proof) != wanted or any(form.line(code) is None for code in form.proof):
        return [*found, (f"proof 应列 {wanted} 行", f"proof names {wanted} lines")]
    sums = [form.terms(code) for code in form.proof]
    if form.kind == BALANCE:
        # Assets less claims is the sum of all debits less all credits: nothing, in a balanced book.
        right = all(
            _weight(chart, sums[0], account) == (account.type == "Assets")
            and _weight(chart, sums[1], account) == -(account.type != "Assets")
            for account in needed
        )
    else:
        # The result is all credits less all debits of income, expenses, and what is carried along.
        along = {*chart.surplus_to, *chart.carried}
        right = all(
            _weight(chart, sums[0], account)
            == -(account in needed or _times(chart, form, account) > 0)
            and (
                account in needed
                or not _times(chart, form, account)
                or bool(along & {*_lineage(chart, account)})
            )
            for account in chart.accounts
        )
    if not right:
        found.append(("合计与科目不符", "its totals do not hold every account once"))
    return found


def _lineage(chart: Chart, account: ChartAccount) -> list[str]:
    """The codes of an account and of those above it, and its type: what holds it as a term."""
    found = [account.type, account.code]
    while account.parent:
        account = chart.by_code[account.parent]
        found.append(account.code)
    return found


def _weight(chart: Chart, terms: Iterable[tuple[int, str]], account: ChartAccount) -> int:
    """How often terms hold the debit balance of an account, as details and their parents add."""
    held = _lineage(chart, account)
    return sum(sign * chart.sign(term) for sign, term in terms if term in held)


def _times(chart: Chart, form: Form, account: ChartAccount, *, memo: bool = False) -> int:
    """On how many lines an account stands; a detail may leave its parent's line for its own."""
    return sum(
        abs(_weight(chart, line.accounts, account)) for line in form.lines if memo or not line.memo
    )


def _cash_faults(chart: Chart, form: Form) -> list[tuple[str, str]]:
    """Every flow of cash stands on exactly one line, and the result adds up all lines once."""
    found = []
    if not chart.cash or any(chart.by_code[code].type != "Assets" for code in chart.cash):
        found.append(("cash 应列现金类资产科目", "cash names the asset accounts that are cash"))
    lines = [line for line in form.lines if line.flow]
    for side in (IN, OUT):
        times = Counter(code for line in lines for code in named(line, side))
        for code in sorted(times.keys() - {REST}):
            if code not in chart.by_code:
                found.append((f"没有科目 {code[:12]}", f"there is no account {code[:12]}"))
            elif {*chart.cash} & {a.code for a in chart.path(chart.book_name(chart.by_code[code]))}:
                found.append((f"科目 {code} 本身是现金", f"account {code} is cash itself"))
            elif times[code] != 1:
                found.append(
                    (f"科目 {code} 出现 {times[code]} 次", f"account {code} stands on two lines")
                )
        if times[REST] != 1:
            found.append(
                (
                    f"应有一行收纳其余（{REST}）",
                    f"one line of each direction takes the rest ({REST})",
                )
            )
    if form.split or len(form.proof) != 1 or form.line(form.proof[0]) is None:
        return [*found, ("proof 应列 1 行", "proof names 1 line, and nothing is split")]
    if form.flows(form.proof[0]) != {line.code: 1 if line.flow == IN else -1 for line in lines}:
        found.append(("合计与各行不符", "its total does not hold every line once"))
    return found


def named(line: FormLine, side: str) -> tuple[str, ...]:
    """The counterparts that a line names for cash received (``in``) or paid (``out``)."""
    return line.received if side == IN else line.paid


def _line_faults(chart: Chart, form: Form) -> list[tuple[str, str]]:
    found = []
    before: set[str] = set()
    for line in form.lines:
        code = line.code[:24]
        if line.code in before or not _LINE.fullmatch(line.code):
            found.append((f"行 {code} 重复或不合规", f"line {code} is bad or stands twice"))
        kinds = [bool(line.flow), bool(line.accounts or line.sums)]
        if sum(kinds) != (line.style != "heading"):
            found.append(
                (f"行 {code} 没有算式", f"line {code} has no formula or two, or a heading has one")
            )
        if (line.flow or line.received or line.paid) and (form.kind != CASH or not line.flow):
            found.append((f"行 {code} 不能记现金流", f"line {code} cannot hold flows of cash"))
        if line.accounts and form.kind == CASH:
            found.append((f"行 {code} 不能记余额", f"line {code} cannot hold balances"))
        for _, term in line.accounts:
            if term not in ROOTS and term not in chart.by_code:
                found.append((f"行 {code}：没有科目 {term}", f"line {code}: no account {term}"))
        for _, other in line.sums:
            held = form.line(other)
            if held is None or held.at != line.at or line.code in _below(form, other):
                found.append((f"行 {code}：不能加 {other}", f"line {code} cannot add line {other}"))
        before.add(line.code)
    return found


def _below(form: Form, code: str) -> set[str]:
    """A line and every line that its sums lead to; a rule may put totals above their parts."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        line = form.line(waiting.pop())
        if line is not None and line.code not in found:
            found.add(line.code)
            waiting += [other for _, other in line.sums]
    return found
