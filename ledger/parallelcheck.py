"""The rules of the budgetary half, as pure functions: it balances alone, is there, and agrees.

Units under government accounting enter what is in the budget twice in one voucher: a financial half
on the accrual basis and a budgetary half on the cash basis (平行记账). The posting path asks these
rules about one draft, the Beancount plugin ``ledger.plugins.funds`` about a whole book. Both say
the same words, from the chart alone: no rule file is needed to verify a book.

Source: 《政府会计制度》财会〔2017〕25号 part 1, 五.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from ledger.account import account_code, carries_over, is_budgetary
from ledger.entry import Draft
from ledger.errors import Finding, finding
from ledger.fundcheck import FundLine, fund_lines
from ledger.money import Money

#: The voucher's metadata that says why money of it has no budgetary half.
OUTSIDE: Final = "outside-budget"
#: The finding that a half is missing.
MISSING: Final = "budgetary-missing"
_FIRST_LEVEL: Final = 4
#: What mirrored money moved, or what the half says of it: (fund, currency, code) → fen.
Moves = dict[tuple[str, str, str], int]


def check(draft: Draft, mirrors: Mapping[str, str]) -> list[Finding]:
    """Findings against the budgetary half of a draft.

    What a reversal takes back was looked at when it was posted.
    """
    if draft.reverses is not None:
        return []
    return parallel_findings(fund_lines(draft), {key for key, _ in draft.meta}, mirrors)


def parallel_findings(
    lines: Sequence[FundLine], meta: Collection[str], mirrors: Mapping[str, str]
) -> list[Finding]:
    """Findings against the budgetary half of a voucher; ``meta`` are the keys of its metadata.

    ``mirrors`` are the chart's: by code of an account the budgetary account that moves with it.
    Charts that know no budgetary half have none, and then no posting may be budgetary.
    """
    found = _unbalanced(lines)
    if found or not mirrors:
        return found
    moved = money_moves(lines, mirrors)
    said = OUTSIDE in meta
    half = [line for line in lines if is_budgetary(line.account)]
    if not half:
        return [] if said or not moved else [_missing(moved)]
    if said:
        return []
    return list(_differences(moved, half, set(mirrors.values())))


def money_moves(lines: Iterable[FundLine], mirrors: Mapping[str, str]) -> Moves:
    """What a voucher moves that its half has to say: by fund, currency and budgetary account.

    Cash drawn from the bank moves nothing: both stand on 资金结存—货币资金. Income that is carried
    over at the year's end is no money either; a voucher balances by fund, so each fund's lines are
    looked at by themselves.
    """
    by_fund: dict[str, list[FundLine]] = {}
    for line in lines:
        if not is_budgetary(line.account):
            by_fund.setdefault(line.fund, []).append(line)
    found: Moves = {}
    for own in by_fund.values():
        if carries_over(line.account for line in own):
            continue
        for line in own:
            if code := mirror_of(line.account, mirrors):
                key = (line.fund, line.currency, code)
                found[key] = found.get(key, 0) + line.fen
    return {key: fen for key, fen in found.items() if fen}


def mirror_of(account: str, mirrors: Mapping[str, str]) -> str:
    """The budgetary account that moves with an account or with the nearest one above it.

    >>> mirror_of("Assets:1002-银行存款:01-基本户", {"1002": "800102", "100291": ""})
    '800102'
    """
    return mirrors.get(_longest(account_code(account), mirrors), "")


def _unbalanced(lines: Iterable[FundLine]) -> list[Finding]:
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        if is_budgetary(line.account):
            key = (line.fund, line.currency)
            sums[key] = sums.get(key, 0) + line.fen
    return [
        finding(
            "budgetary-unbalanced",
            f"资金 {fund} 的预算会计分录自身不平，差额 {Money(fen, currency)}",
            f"the budgetary half of fund {fund} is out of balance by {Money(fen, currency)}",
            "预算会计分录须自行平衡，不与财务会计科目相抵",
            "budgetary postings balance by themselves, apart from the financial ones",
        )
        for (fund, currency), fen in sorted(sums.items())
        if fen
    ]


def _missing(moved: Moves) -> Finding:
    sums = "、".join(_told(key, fen) for key, fen in sorted(moved.items()))
    return finding(
        MISSING,
        f"纳入预算的收支没有预算会计分录：{sums}",
        f"money in the budget moves and there is no budgetary half: {sums}",
        f"补记预算会计分录（8-预算会计各科目）；不纳入预算的，以附注 {OUTSIDE} 写明理由",
        f"enter the budgetary half; where it is not in the budget, say why in {OUTSIDE}",
    )


def _differences(
    moved: Moves, half: Iterable[FundLine], targets: Collection[str]
) -> Iterable[Finding]:
    """What the half says of money otherwise than it moved, of each first-level account concerned.

    Where no such money moved the half may say what it likes: staff settle advances, years are
    closed.
    """
    says: Moves = {}
    for line in half:
        code = _longest(account_code(line.account), targets)
        if code:
            key = (line.fund, line.currency, code)
            says[key] = says.get(key, 0) + line.fen
    concerned = {(fund, currency, code[:_FIRST_LEVEL]) for fund, currency, code in moved}
    for key in sorted({*moved, *says}):
        if (key[0], key[1], key[2][:_FIRST_LEVEL]) not in concerned:
            continue
        should, does = moved.get(key, 0), says.get(key, 0)
        if should != does:
            moves = Money(should, key[1])
            yield finding(
                "budgetary-differs",
                f"预算会计分录与资金变动不符：{_told(key, does)}，实际变动 {moves}",
                f"the budgetary half says {_told(key, does)}, but what moved is {moves}",
                f"改正预算会计分录；部分不纳入预算的，以附注 {OUTSIDE} 写明理由",
                f"correct the half; where a part is not in the budget, say why in {OUTSIDE}",
            )


def _longest(code: str, known: Collection[str]) -> str:
    """The code itself or the nearest one above it that is known; nothing if none is."""
    while code and code not in known:
        code = code[:-1]
    return code


def _told(key: tuple[str, str, str], fen: int) -> str:
    fund, currency, code = key
    return f"{fund} {code} {Money(fen, currency)}"
