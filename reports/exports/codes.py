"""Codes and words that exports share: short account codes, sides, types."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from ledger.account import BUDGETARY, account_code, component_code, is_budgetary
from ledger.chart import CREDIT, DEBIT
from ledger.chart_form import DEBIT_TYPES

if TYPE_CHECKING:
    from ledger.chart import Chart
    from ledger.chart_form import ChartAccount

#: By root: the standards' words for a kind of account.
TYPES_ZH: Final = {
    "Assets": "资产", "Liabilities": "负债", "Equity": "净资产", "Income": "收入",
    "Expenses": "支出",
}  # fmt: skip
TYPES_EN: Final = {
    "Assets": "Asset", "Liabilities": "Liability", "Equity": "Equity", "Income": "Income",
    "Expenses": "Expense",
}  # fmt: skip
BUDGETARY_TYPES: Final = {"income": "预算收入", "spending": "预算支出", "surplus": "预算结余"}
#: The classes of vouchers, which stand as journals.
CLASSES: Final[Mapping[str, tuple[str, str]]] = {
    "收": ("收款凭证", "Receipts"),
    "付": ("付款凭证", "Payments"),
    "转": ("转账凭证", "Transfers"),
}
_LONGEST: Final = 35


def account_ids(names: Iterable[str]) -> dict[str, str]:
    """A code of its own for every account, 35 characters at the most.

    The joined code where only one account has it, else the codes with dots between; a name without
    codes, or a code that two accounts share all the same, gets eight digits of its name's digest.

    >>> account_ids(["Assets:102-银行存款:01-工行"])
    {'Assets:102-银行存款:01-工行': '10201'}
    """
    names = list(names)
    joined = Counter(account_code(name) for name in names)
    dotted = Counter(map(_dotted, names))
    found = {}
    for name in names:
        code, parted = account_code(name), _dotted(name)
        if code and joined[code] == 1 and len(code) <= _LONGEST:
            found[name] = code
        elif parted and dotted[parted] == 1 and parted not in joined and len(parted) <= _LONGEST:
            found[name] = parted
        else:
            digest = hashlib.sha256(name.encode()).hexdigest()[:8]
            found[name] = f"{code[: _LONGEST - 9]}-{digest}"
    return found


def _dotted(name: str) -> str:
    return ".".join(filter(None, map(component_code, name.split(":")[1:])))


def level(account: str) -> int:
    """How deep an account stands; a top account is 1, also in the budgetary half."""
    return account.count(":") - (is_budgetary(account) and account != BUDGETARY)


def own_name(account: str) -> str:
    """The last component's name without its code."""
    last = account.rpartition(":")[2]
    return last.removeprefix(component_code(last)).removeprefix("-") or last


def parent(account: str, known: Mapping[str, object]) -> str:
    """The nearest account above that the book has; empty without."""
    above = account.rpartition(":")[0]
    while above:
        if above in known:
            return above
        above = above.rpartition(":")[0]
    return ""


def of_chart(account: str, chart: Chart) -> ChartAccount | None:
    """The account of the chart that a book's account is, or is a detail of."""
    code = account_code(account)
    while code:
        found = chart.by_code.get(code)
        if found is not None:
            return found
        code = code[:-1]
    return None


def normal_side(account: str, chart: Chart) -> str:
    """``debit`` or ``credit``: the side that an account is usually on."""
    found = of_chart(account, chart)
    if found is not None:
        return found.normal
    return DEBIT if account.partition(":")[0] in DEBIT_TYPES else CREDIT


def type_zh(account: str, chart: Chart) -> str:
    """资产、负债、净资产、收入、支出, or a kind of the budgetary half."""
    if is_budgetary(account):
        found = of_chart(account, chart)
        return BUDGETARY_TYPES.get(found.budgetary if found else "", "预算会计")
    return TYPES_ZH[account.partition(":")[0]]


def type_en(account: str) -> str:
    """The same in English; ``Budgetary`` for all of that half."""
    return "Budgetary" if is_budgetary(account) else TYPES_EN[account.partition(":")[0]]


def cut(text: str, longest: int) -> str:
    """A text that fits; what was cut ends in an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def side_zh(fen: int) -> str:
    """借, 贷 or 平 of a balance, debit positive."""
    return "借" if fen > 0 else "贷" if fen < 0 else "平"
