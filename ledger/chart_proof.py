"""The proof of a chart: its accounts are whole, and its forms hold each of them exactly once.

What is proved here of the data holds for every book: a balanced book gives a balance sheet that
balances, an income statement with all income and expenses, and a cash-flow statement whose lines
add up to what cash changed by.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

from ledger.account import ROOTS, is_valid_account
from ledger.chart_form import BALANCE, CASH, IN, OUT, REST, Chart, Form, FormLine
from ledger.errors import Finding, finding

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE: Final = re.compile(r"[0-9]{2,12}")
_LINE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")


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
    for code in {*chart.surplus_to, *chart.carried, *chart.banks, *chart.cash} - {*chart.by_code}:
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
        elif not is_valid_account(chart.book_name(account)):
            found.append((f"科目 {code} 的名称不合规", f"account {code} is badly named"))
        known.add(account.code)
    return found


def _form_faults(chart: Chart, form: Form) -> list[tuple[str, str]]:
    found = _line_faults(chart, form)
    if found:
        return found
    if form.kind == CASH:
        return _cash_faults(chart, form)
    tops = [account for account in chart.accounts if not account.parent]
    found += [
        (f"行 {line.code}：{term} 是明细科目", f"line {line.code}: {term} is a detail account")
        for line in form.lines
        if not line.memo
        for _, term in line.accounts
        if term not in ROOTS and chart.by_code[term].parent
    ]
    needed = {a.code for a in tops if form.kind == BALANCE or a.type in ("Income", "Expenses")}
    times = Counter(
        code
        for line in form.lines
        if not line.memo
        for _, term in line.accounts
        for code in _codes(chart, term)
    )
    found += [
        (
            f"科目 {code} 出现 {times[code]} 次",
            f"account {code} stands {times[code]} times, not once",
        )
        for code in sorted(needed | set(times))
        if times[code] != 1
    ]
    wanted = 2 if form.kind == BALANCE else 1
    if len(form.proof) != wanted or any(form.line(code) is None for code in form.proof):
        return [*found, (f"proof 应列 {wanted} 行", f"proof names {wanted} lines")]
    sums = [_expanded(chart, form, code) for code in form.proof]
    if form.kind == BALANCE:
        # Assets less claims is the sum of all debits less all credits: nothing, in a balanced book.
        whole = {code: sums[0].get(code, 0) - sums[1].get(code, 0) for code in needed}
        stray = {code for code in sums[0] if chart.by_code[code].type != "Assets"}
        right = all(sign == 1 for sign in whole.values()) and not stray
    else:
        # The result is all credits less all debits of income, expenses, and what is carried along.
        along = {*chart.surplus_to, *chart.carried}
        right = all(sums[0].get(code) == -1 for code in needed) and all(
            sign == -1 and (code in needed or code in along) for code, sign in sums[0].items()
        )
    if not right:
        found.append(("合计与科目不符", "its totals do not hold every account once"))
    return found


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
    before: dict[str, FormLine] = {}
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
            # Sums look back only, so that no line can hold itself.
            if other not in before or before[other].at != line.at:
                found.append((f"行 {code}：不能加 {other}", f"line {code} cannot add line {other}"))
        before[line.code] = line
    return found


def _codes(chart: Chart, term: str) -> list[str]:
    """The top accounts of a type, or the account itself."""
    if term not in ROOTS:
        return [term]
    return [a.code for a in chart.accounts if a.type == term and not a.parent]


def _expanded(chart: Chart, form: Form, line: str) -> dict[str, int]:
    """How often each account's debit balance is in a line: by code, without zeros."""
    held: Counter[str] = Counter()
    for sign, term in form.terms(line):
        for code in _codes(chart, term):
            held[code] += sign * chart.sign(term)
    return {code: times for code, times in held.items() if times}
