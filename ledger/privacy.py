"""Numbers and addresses of persons in a text: telephones, resident ids, bank cards, e-mail.

Books are shown, so nothing of a person is written into one. Names are known by the registry
(:func:`ledger.registry.persons.names_in`); these are known by their form. A number counts only if
its form says so twice: an identity number by its day of birth and check digit, a card by its first
digits and the Luhn sum, a telephone by its prefix and length, all of them standing alone. What the
program writes itself, such as voucher numbers, import ids and digests, is none of them. A company's
unified social credit code has letters or no day of birth; an invoice has eight, ten or twenty
digits; order and serial numbers mostly begin with their day or a zero.

Not found: a number that is spelt in words, cut in two by other text, or mistyped.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, Words, finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOBILE: Final = "mobile"
LANDLINE: Final = "landline"
IDENTITY: Final = "identity"
CARD: Final = "card"
EMAIL: Final = "email"
KINDS: Final = {
    MOBILE: Words("手机号码", "a mobile number"),
    LANDLINE: Words("电话号码", "a telephone number"),
    IDENTITY: Words("居民身份证号码", "a resident identity number"),
    CARD: Words("银行卡号", "a bank card number"),
    EMAIL: Words("电子邮箱", "an e-mail address"),
}

# What the program writes itself; taken out before anything is looked for.
_OWN: Final = re.compile(
    r"imp-[0-9a-f]{20,40}|\b[0-9a-f]{64}\b|\b[a-z]{1,2}-[0-9A-Z]{10}\b"
    r"|\b[A-Z]{2}[0-9]{4}-[0-9]{4,7}-[0-9](?![0-9])|[收付转]-[0-9]{6}-[0-9]{4,6}(?![0-9])"
)
_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_SPELT: Final = re.compile(r"[〇零一二三四五六七八九]{11,19}")
_ALONE: Final = r"(?<![0-9])"
_ENDS: Final = r"(?![0-9])"
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212\u30fc]")

_MOBILE: Final = re.compile(
    rf"{_ALONE}(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:([ -]?)[0-9]{{4}}\1[0-9]{{4}}"
    rf"|([ -])[0-9]{{3}}\2[0-9]{{5}}){_ENDS}"
)
_AREA: Final = r"0(?:10|2[0-9]|[3-9][0-9]{2})"
_LANDLINE: Final = re.compile(
    rf"(?:{_ALONE}(?:\+?86[ -]?)?\({_AREA}\) ?|{_ALONE}(?:(?:\+86[ -]?0?|0086[ -]?0?)(?:10|2[0-9]"
    rf"|[3-9][0-9]{{2}})[ -]?|{_AREA}[ -]?))[2-8][0-9]{{2,3}}[ -]?[0-9]{{4}}{_ENDS}"
    rf"|(?:电话|座机|联系方式|(?i:tel\b)\.?)[:： ]*[2-8][0-9]{{2,3}}[ -]?[0-9]{{4}}{_ENDS}"
)
_PROVINCE: Final = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"
_LONG_ID: Final = re.compile(
    rf"{_ALONE}({_PROVINCE}[0-9]{{4}})[ -]?((?:18|19|20)[0-9]{{6}})[ -]?([0-9]{{3}}[0-9Xx])"
    r"(?![0-9A-Za-z])"
)
_SHORT_ID: Final = re.compile(
    rf"{_ALONE}{_PROVINCE}[0-9]{{4}}[ -]?([0-9]{{6}})[ -]?[0-9]{{3}}{_ENDS}"
)
_CARD: Final = re.compile(
    rf"{_ALONE}(?:[0-9]{{13,19}}|[0-9]{{4}}([ -])[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{1,4}}"
    rf"(?:\1[0-9]{{1,3}})?|[0-9]{{6}}([ -])[0-9]{{7,13}}){_ENDS}"
)
# How issuers' numbers begin, with their lengths: Visa, Mastercard, UnionPay and its elder members.
_ISSUED: Final = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[0-9]{15}|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)[0-9]*"
    r"|3[47][0-9]{13}|3[0689][0-9]{12}|35[0-9]{14}|6[0-9]{12,18}|9[0-9]{15,18}"
)
_EMAIL: Final = re.compile(r"[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def kinds_in(text: str) -> frozenset[str]:
    """Which kinds of personal numbers a text holds.

    >>> sorted(kinds_in("请联系 １３８ １２３４ ５６７８"))
    ['mobile']
    >>> sorted(kinds_in("收-202603-0001，发票 26312000000045170001，120.00 元"))
    []
    """
    if text.isascii() and not any(map(str.isdigit, text)) and "@" not in text:
        return frozenset()
    return frozenset(_kinds(_plain(text)))


def _plain(text: str) -> str:
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    plain = _SPELT.sub(lambda found: found[0].translate(_DIGITS), plain)
    return _OWN.sub("\n", plain)


def _kinds(text: str) -> Iterator[str]:
    if _EMAIL.search(text):
        yield EMAIL
    if any(_is_long_id(found) for found in _LONG_ID.finditer(text)) or any(
        _is_day(f"19{found[1]}") for found in _SHORT_ID.finditer(text)
    ):
        yield IDENTITY
    if any(map(_is_card, _CARD.finditer(text))):
        yield CARD
    if _MOBILE.search(text):
        yield MOBILE
    if _LANDLINE.search(text):
        yield LANDLINE


def _is_day(digits: str) -> bool:
    try:
        date.fromisoformat(digits)
    except ValueError:
        return False
    return True


def _is_long_id(found: re.Match[str]) -> bool:
    digits = (found[1] + found[2] + found[3]).upper()
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return _is_day(found[2]) and "10X98765432"[total % 11] == digits[17]


def _is_card(found: re.Match[str]) -> bool:
    digits = found[0].replace(" ", "").replace("-", "")
    if not 13 <= len(digits) <= 19 or not _ISSUED.fullmatch(digits):
        return False
    if len(digits) != 16 and digits[0] == "2":
        return False
    return luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def faults(texts: Iterable[str]) -> list[Finding]:
    """A finding for the kinds of personal numbers in the texts; it repeats none of them."""
    found = sorted(set().union(*map(kinds_in, texts)), key=list(KINDS).index)
    if not found:
        return []
    return [
        finding(
            "number-in-book",
            f"文字中含有{'、'.join(KINDS[kind].zh for kind in found)}",
            f"the words hold {', '.join(KINDS[kind].en for kind in found)}",
            "删去号码，需要时写会员编号；账簿会公开，号码只存于登记册",
            "take the number out, write an id where one is needed; books are shown, numbers of "
            "persons stay in the registry",
        )
    ]
