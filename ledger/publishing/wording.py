"""Words for what is published, made of the labels of accounts and funds: nobody's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from ledger.errors import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ledger.publishing.values import PublicAccount, PublicFund, PublicLine

OPENING: Final = Words("期初余额", "Opening balances")
_MOST: Final = 2
_LONGEST: Final = 60


def row_words(
    lines: Sequence[PublicLine],
    accounts: Mapping[str, PublicAccount],
    funds: Mapping[str, PublicFund],
    money: Iterable[str],
) -> Words:
    """What a voucher was for: its accounts other than money, and its funds.

    >>> from ledger.money import Money
    >>> from ledger.publishing.values import PublicLine
    >>> row_words([PublicLine("Expenses:501-职工活动支出:03-宣传活动支出", "F02", Money(100)),
    ...            PublicLine("Assets:102-银行存款", "F02", Money(-100))], {}, {},
    ...           ["Assets:102-银行存款"]).zh
    '宣传活动支出（F02）'
    """
    cash = frozenset(money)
    names = list(dict.fromkeys(line.account for line in lines if line.account not in cash))
    names = names or list(dict.fromkeys(line.account for line in lines))
    codes = list(dict.fromkeys(line.fund for line in lines))
    zh = _some([_zh(name) for name in names], "、", "等")
    en = _some([_en(name, accounts) for name in names], ", ", " and others")
    fund_zh = _some([funds[code].name if code in funds else code for code in codes], "、", "等")
    fund_en = _some(
        [(funds[code].name_en or code) if code in funds else code for code in codes],
        ", ", " and others",
    )  # fmt: skip
    return Words(f"{zh}（{fund_zh}）", f"{en} ({fund_en})")


def group_words(words: Words, at_least: int, *, folded: bool) -> Words:
    """What a group says: that it is one, and of how many persons at the least."""
    how = Words("合并列示", "shown together") if folded else Words("汇总", "summed")
    return Words(
        f"{words.zh}：{how.zh}，不少于 {at_least} 人",
        f"{words.en}: {how.en}, at least {at_least} persons",
    )


def _zh(name: str) -> str:
    return (account_label(name).rsplit("—", 1)[-1] or name.rsplit(":", 1)[-1])[:_LONGEST]


def _en(name: str, accounts: Mapping[str, PublicAccount]) -> str:
    found = accounts.get(name)
    return ((found.name_en if found else "") or name.rsplit(":", 1)[-1])[:_LONGEST]


def _some(parts: Sequence[str], between: str, more: str) -> str:
    shown = [part[:_LONGEST] for part in parts[:_MOST]]
    return between.join(shown) + (more if len(parts) > _MOST else "")
