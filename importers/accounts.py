"""Which of a unit's money accounts a statement is for. A statement that names another is refused.

Statements print account numbers whole, masked (``6222****1234``) or as a tail. What is printed is
compared with what is registered; where the two cannot both be true, the file is of another account.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.errors import Finding, Refused, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from importers.line import Reading
    from ledger.registry.imports import MoneyAccount

_MASK: Final = re.compile(r"[*xX•·＊…#]+|\.{2,}")
#: Fewer visible digits than this tell nothing.
_TELLING: Final = 4
_WHOLE: Final = 8


def money_account(
    known: Sequence[MoneyAccount], reading: Reading, wanted: str | None
) -> MoneyAccount:
    """The account that ``wanted`` names, else the one whose number or kind the statement has.

    Refused if that is not one account, or if the statement prints the number of another.
    """
    if wanted is not None:
        fitting = [row for row in known if wanted in _names(row)]
    else:
        fitting = [row for row in known if same_number(reading.account, row.number)]
        if not fitting and reading.kind:
            of_kind = [row for row in known if row.kind == reading.kind]
            fitting = [row for row in of_kind if same_number(reading.account, row.number) is None]
    if len(fitting) != 1:
        raise Refused(_which(known, reading))
    if same_number(reading.account, fitting[0].number) is False:
        raise Refused(_wrong(known, reading, fitting[0]))
    return fitting[0]


def same_number(printed: str, registered: str) -> bool | None:
    """Whether a printed account number is the registered one; None where they cannot be compared.

    >>> same_number("6200****0018", "6200000000000000018"), same_number("尾号0019", "62000018")
    (True, False)
    """
    shown, number = _digits(printed), _digits(registered)
    parts = _MASK.split(shown)
    if sum(map(len, parts)) < _TELLING or len(number) < _TELLING or _MASK.search(number):
        return None
    if len(parts) > 1:
        return number.startswith(parts[0]) and number.endswith(parts[-1])
    if min(len(shown), len(number)) < _WHOLE:
        return number.endswith(shown) or shown.endswith(number)
    longer, shorter = sorted((shown, number), key=len, reverse=True)
    return longer.startswith(shorter) or longer.endswith(shorter)


def _digits(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[^0-9*xX•·…#.]", "", folded)


def _names(row: MoneyAccount) -> tuple[str, ...]:
    return (row.account, account_code(row.account), account_label(row.account), row.label)


def _which(known: Sequence[MoneyAccount], reading: Reading) -> Finding:
    choices = _choices(known)
    return finding(
        "which-account",
        "不能确定对账单属于哪个科目",
        "it is not certain which account the statement is for",
        f"用 --account 写明科目或代码：{choices}",
        f"name the account or its code with --account: {choices}",
        file=reading.file,
    )


def _wrong(known: Sequence[MoneyAccount], reading: Reading, chosen: MoneyAccount) -> Finding:
    others = [row for row in known if same_number(reading.account, row.number)]
    choices = _choices(others or [row for row in known if row != chosen])
    code = account_code(chosen.account)
    return finding(
        "wrong-account",
        f"对账单上的账号不是科目 {code} 登记的账号",
        f"the statement is of another account number than {code} is registered with",
        f"核对文件与 --account；可选：{choices}",
        f"check the file and --account; to choose from: {choices}",
        file=reading.file,
    )


def _choices(rows: Sequence[MoneyAccount]) -> str:
    return ", ".join(f"{account_code(row.account)} {row.account}" for row in rows) or "-"
