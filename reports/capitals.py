"""Amounts in Chinese capitals, as receipts and cheques write them: 叁拾元零壹分.

Source: 《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》.
整 stands after yuan or jiao, one 零 for noughts in between, none at the end.
"""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")


def capitals(fen: int) -> str:
    """An amount in fen as words; below zero it begins with 负.

    >>> capitals(30_01)
    '叁拾元零壹分'
    >>> capitals(1_680_32), capitals(107_000_53), capitals(0)
    ('壹仟陆佰捌拾元叁角贰分', '壹拾万零柒仟元伍角叁分', '零元整')
    """
    if fen < 0:
        return f"负{capitals(-fen)}"
    yuan, rest = divmod(fen, 100)
    if yuan >= 10**16:
        raise ValueError("amounts in capitals end below ten quadrillion yuan")
    jiao, single = divmod(rest, 10)
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{whole or '零元'}整"
    gap = "零" if yuan and not jiao else ""
    tail = (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[single]}分" if single else "整")
    return f"{whole}{gap}{tail}"


def _whole(yuan: int) -> str:
    words = ""
    nought = False
    for group in reversed(range(4)):
        part = yuan // 10_000**group % 10_000
        said = False
        for place in reversed(range(4)):
            digit = part // 10**place % 10
            if not digit:
                nought = bool(words)
                continue
            words += ("零" if nought else "") + _DIGITS[digit] + _PLACES[place]
            nought, said = False, True
        if said:
            words += _GROUPS[group]
    return words
