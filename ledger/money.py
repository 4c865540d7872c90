"""Exact money: a whole number of fen (hundredths) and a currency.

Floats are refused everywhere. Rounding names its mode and happens once, where a
posting is made. Dividing money loses nothing: see :meth:`Money.split`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

CNY: Final = "CNY"
_CURRENCY = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]")
_DECIMAL_TEXT = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?")
_LIMIT_FEN: Final = 10**17  # a quadrillion yuan; also the range of a 64-bit SQL integer


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of ``fen`` hundredths of one ``currency``. May be negative.

    >>> Money(3001, "CNY") + Money(99, "CNY")
    Money(3100, 'CNY')
    >>> str(Money(-5, "CNY"))
    '-0.05 CNY'
    """

    fen: int
    currency: str = CNY

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"money is a whole number of fen, not {type(self.fen).__name__}")
        if not -_LIMIT_FEN <= self.fen <= _LIMIT_FEN:
            raise ValueError("an amount beyond 1,000,000,000,000,000.00 is not money")
        if self.currency != CNY and not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"not a currency code: {self.currency[:24]!r}")

    def __repr__(self) -> str:
        return f"Money({self.fen}, {self.currency!r})"

    def __str__(self) -> str:
        return f"{self.text} {self.currency}"

    @property
    def text(self) -> str:
        """The number alone, two decimals, no grouping: ``-1234.50``."""
        return fen_text(self.fen)

    @property
    def grouped(self) -> str:
        """The number with thousands separators, for people: ``-1,234.50``."""
        sign = "-" if self.fen < 0 else ""
        whole, part = divmod(abs(self.fen), 100)
        return f"{sign}{whole:,}.{part:02d}"

    @property
    def shown(self) -> str:
        """As ``grouped``, with the currency behind it where it is not yuan: ``7.00 USD``."""
        return self.grouped if self.currency == CNY else f"{self.grouped} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.fen).scaleb(-2)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.fen + other.fen, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.fen - other.fen, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.fen, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.fen), self.currency)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.fen < other.fen

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.fen <= other.fen

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def times(self, factor: Fraction | int) -> Money:
        """This amount times an exact factor, to the fen, half-up (away from zero).

        >>> Money(300100).times(Fraction(1, 100))
        Money(3001, 'CNY')
        """
        exact = Fraction(self.fen) * factor
        return Money(_half_up(exact), self.currency)

    def split(self, by: Sequence[int | Fraction]) -> list[Money]:
        """Shares of this amount in proportion to ``by``; they add up exactly.

        Each share is cut down to the fen, then the fen left over go to the largest
        remainders, the earlier share first among equals. Weights are non-negative and
        not all zero, else ValueError.

        >>> [m.text for m in yuan("100").split([1, 1, 1])]
        ['33.34', '33.33', '33.33']
        """
        weights = [Fraction(w) for w in by]
        whole = sum(weights, Fraction(0))
        if any(w < 0 for w in weights) or whole <= 0:
            raise ValueError("shares need non-negative weights that are not all zero")
        sign = -1 if self.fen < 0 else 1
        exact = [Fraction(abs(self.fen)) * w / whole for w in weights]
        cut = [int(share) for share in exact]
        left = abs(self.fen) - sum(cut)
        by_remainder = sorted(range(len(cut)), key=lambda i: (cut[i] - exact[i], i))
        for i in by_remainder[:left]:
            cut[i] += 1
        return [Money(sign * fen, self.currency) for fen in cut]


def fen_text(fen: int) -> str:
    """``-5`` fen as ``-0.05``: the canonical two-decimal text used in books and JSON."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole}.{part:02d}"


def percent_text(part: int, whole: int) -> str:
    """``part`` of ``whole`` as ``12.5 %``, half up; empty where there is no whole.

    >>> percent_text(1, 8)
    '12.5 %'
    """
    if whole <= 0:
        return ""
    tenths = _half_up(Fraction(1000 * part, whole))
    sign = "-" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10} %"


def _half_up(exact: Fraction) -> int:
    sign = -1 if exact < 0 else 1
    return sign * int(abs(exact) + Fraction(1, 2))


def yuan(text: str | Decimal | int, currency: str = CNY) -> Money:
    """Money from a decimal text such as ``1,234.5``; more than two decimals is an error.

    >>> yuan("1,234.5")
    Money(123450, 'CNY')

    Raises: ValueError for anything that is not an exact amount of fen; TypeError for floats.
    """
    if isinstance(text, bool) or not isinstance(text, str | Decimal | int):
        raise TypeError(f"an amount is text, Decimal or int, not {type(text).__name__}")
    if isinstance(text, str):
        if len(text) > 40 or not _DECIMAL_TEXT.fullmatch(text):
            raise ValueError(f"not an amount with at most two decimals: {text[:40]!r}")
        text = Decimal(text.replace(",", ""))
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("not a finite amount")
    if abs(number.adjusted()) > 30:
        raise ValueError("an amount beyond all money")
    fen = number.scaleb(2)
    if fen != fen.to_integral_value():
        raise ValueError(f"an amount has at most two decimals: {number}")
    return Money(int(fen), currency)


def round_yuan(number: Decimal | Fraction, currency: str = CNY) -> Money:
    """An exact number of yuan to the fen, half-up: the one rounding where a posting is made."""
    if isinstance(number, Decimal):
        return Money(int(number.scaleb(2).to_integral_value(ROUND_HALF_UP)), currency)
    return Money(_half_up(number * 100), currency)


def total(amounts: Iterable[Money], currency: str = CNY) -> Money:
    """The sum; zero of ``currency`` for none. Mixed currencies raise ValueError."""
    whole: Money | None = None
    for amount in amounts:
        whole = amount if whole is None else whole + amount
    return Money(0, currency) if whole is None else whole
