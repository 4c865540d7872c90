"""The budgetary half of a voucher, proposed by the rule: a pure function.

Money moves as the chart's mirrors say; what stands against it goes by the rows of the table. What
no row covers, or only a person can tell, is asked and never guessed. One half for each fund and
currency.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.account import account_code, is_budgetary
from ledger.errors import Finding, finding
from ledger.fundcheck import FundLine
from ledger.parallelcheck import OUTSIDE as OUTSIDE_KEY
from ledger.parallelcheck import mirror_of, money_moves
from ledger.rules.spending_tables import (
    ASK,
    ASK_ALWAYS,
    CREDIT_SIDE,
    DEBIT_SIDE,
    ENTER,
    OUTSIDE,
    SETTLE,
    ParallelRow,
    ParallelTable,
)

#: The voucher's metadata that names the table which its half was proposed by.
PARALLEL: Final = "parallel"


@dataclass(frozen=True, slots=True)
class HalfLine:
    """One line of the half: ``code`` of a budgetary account; ``fen`` debit positive."""

    code: str
    fund: str
    currency: str
    fen: int


@dataclass(slots=True)
class Half:
    """What the rule says of one voucher: lines, why a part has none, and what it cannot tell."""

    lines: list[HalfLine] = field(default_factory=list)
    outside: list[ParallelRow] = field(default_factory=list)
    unknown: list[Finding] = field(default_factory=list)


def propose_half(
    lines: Sequence[FundLine],
    table: ParallelTable,
    mirrors: Mapping[str, str],
    kinds: Collection[str],
) -> Half:
    """The half of a voucher's financial lines; ``kinds`` are the unit's.

    Nothing where no money moves and nobody settles an advance: depreciation, what is owed, carrying
    over at the year's end.

    Source: 《政府会计制度》财会〔2017〕25号 part 1, 五, and the accounts' explanations in part 3.
    """
    half = Half()
    parts: dict[tuple[str, str], list[FundLine]] = {}
    for line in lines:
        if not is_budgetary(line.account):
            parts.setdefault((line.fund, line.currency), []).append(line)
    for (fund, currency), own in parts.items():
        _of_fund(half, fund, currency, own, table, mirrors, kinds)
    half.outside = list(dict.fromkeys(half.outside))
    return half


def _of_fund(
    half: Half,
    fund: str,
    currency: str,
    lines: Sequence[FundLine],
    table: ParallelTable,
    mirrors: Mapping[str, str],
    kinds: Collection[str],
) -> None:
    """Adds the half of one fund and currency."""
    money: dict[str, int] = {}
    others: dict[str, int] = {}
    for line in lines:
        to = mirror_of(line.account, mirrors)
        # Income that mirrors has a row as well: what it is entered against is money, or spending.
        side = money if to and line.account.startswith("Assets:") else others
        key = to if side is money else line.account
        side[key] = side.get(key, 0) + line.fen
    money = {code: fen for code, fen in money.items() if fen}
    rows = [
        (account, fen, table.row(account_code(account), _side(fen), kinds))
        for account, fen in others.items()
        if fen
    ]
    always = any(row is not None and row.how == ASK_ALWAYS for _, _, row in rows)
    if not money_moves(lines, mirrors) and not always:
        return
    asked = [
        (account, fen) for account, fen, row in rows if row is None or row.how in (ASK, ASK_ALWAYS)
    ]
    if asked:
        half.unknown.append(_no_rule(fund, asked, table))
        return
    known = [(fen, row) for _, fen, row in rows if row is not None]
    entered = _entered(known, mirrors.values())
    outside = [row for _, row in known if row.how == OUTSIDE]
    if entered is None or (entered and outside and len(money) != 1):
        half.unknown.append(_mixed(fund, table))
        return
    half.outside += outside
    if not entered and outside:
        return
    rest = -sum(entered.values())
    moved = dict.fromkeys(money, rest) if outside else money
    found = {code: moved.get(code, 0) + entered.get(code, 0) for code in {**entered, **moved}}
    said = [
        HalfLine(code, fund, currency, fen)
        for code, fen in sorted(found.items(), key=lambda item: (item[1] < 0, item[0]))
        if fen
    ]
    if not said:  # income of the budget that is only owed back, say
        half.unknown.append(_mixed(fund, table))
    half.lines += said


def _entered(
    known: Sequence[tuple[int, ParallelRow]], moving: Collection[str]
) -> dict[str, int] | None:
    """By budgetary account what stands against the money; None where settling fits several.

    What is owed never lessens what moves with money itself (``moving``), such as 财政拨款预算收入.
    """
    found: dict[str, int] = {}
    for fen, row in known:
        if row.how == ENTER:
            found[row.to] = found.get(row.to, 0) + fen
    settled = sum(fen for fen, row in known if row.how == SETTLE)
    if settled:
        other_side = [
            code for code, fen in found.items() if fen * settled < 0 and code not in moving
        ]
        if len(other_side) != 1:
            return None
        found[other_side[0]] += settled
    return found


def _side(fen: int) -> str:
    return DEBIT_SIDE if fen > 0 else CREDIT_SIDE


def outside_reason(rows: Sequence[ParallelRow], table: ParallelTable) -> str:
    """What the voucher says of money that has no budgetary half."""
    return f"{'；'.join(row.name.zh for row in rows)}（{table.head.key}）"


def _no_rule(fund: str, asked: Sequence[tuple[str, int]], table: ParallelTable) -> Finding:
    accounts = [account for account, _ in asked]
    zh, en = "、".join(accounts), ", ".join(accounts)
    kinds = sorted(
        {
            row.kind
            for account, fen in asked
            for row in table.rows_of(account_code(account), _side(fen))
            if row.kind
        }
    )
    if kinds:
        return finding(
            "unit-kind-unknown",
            f"资金 {fund}：{zh} 记哪一预算支出科目取决于单位类别，本单位未登记",
            f"fund {fund}: which budgetary entry goes with {en} depends on the unit's kind, which "
            "is not known",
            f"请管理员登记：mingbai dues place … --kinds，{'、'.join(kinds)} 之一",
            f"an administrator enters it: mingbai dues place … --kinds, one of {', '.join(kinds)}",
        )
    return finding(
        "budgetary-asked",
        f"资金 {fund}：{zh} 应记哪一预算会计科目，{table.head.key} 没有规定",
        f"fund {fund}: {table.head.key} does not say which budgetary entry goes with {en}",
        "请填写预算会计分录（编号 6、7、8 开头的科目）；"
        f"不纳入预算的，以附注 {OUTSIDE_KEY} 写明理由",
        "enter the budgetary half yourself (accounts 6, 7, 8); where it is not in the budget, say "
        f"why in {OUTSIDE_KEY}",
    )


def _mixed(fund: str, table: ParallelTable) -> Finding:
    return finding(
        "budgetary-asked",
        f"资金 {fund}：一张凭证里事项太多，{table.head.key} 不能确定预算会计分录",
        f"fund {fund}: one voucher holds too many things for {table.head.key} to tell its half",
        "分成几张凭证，或自行填写预算会计分录",
        "enter several vouchers, or the budgetary half yourself",
    )
