"""Amounts in the capitals that receipts and cheques are written in: 壹佰贰拾元伍角整.

Source: 支付结算办法 (银发〔1997〕393号), annex 1, on filling in amounts.
"""

from __future__ import annotations

from typing import Final

from ledger.money import CNY, Money

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_WITHIN: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_MOST: Final = 10**18  # fen


def in_capitals(amount: Money) -> str:
    """A non-negative amount of yuan in capitals; ValueError for anything else.

    >>> in_capitals(Money(12050))
    '壹佰贰拾元伍角整'
    >>> in_capitals(Money(100_08))
    '壹佰元零捌分'
    """
    if amount.currency != CNY or not 0 <= amount.fen < _MOST:
        raise ValueError("capitals are for yuan, not negative")
    yuan, rest = divmod(amount.fen, 100)
    jiao, fen = divmod(rest, 10)
    parts = [f"{_whole(yuan)}元"] if yuan else []
    if jiao:
        parts.append(f"{_DIGITS[jiao]}角")
    elif fen and yuan:
        parts.append("零")
    if fen:
        parts.append(f"{_DIGITS[fen]}分")
    else:
        parts.append("整")
    return "".join(parts) if amount.fen else "零元整"


def _whole(yuan: int) -> str:
    """A positive whole number, four digits at a time; one 零 for any zeros within."""
    groups: list[int] = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _four(group) + _GROUPS[place]
        gap = False
    return text


def _four(group: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _WITHIN[place]
        gap = False
    return text
