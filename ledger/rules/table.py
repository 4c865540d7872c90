"""Tables of figures that a rule fixes, each with its document, its dates and its scope.

No figure stands in code: a rate, a limit, a share or a deadline is a row of a table, and a table is
read from a file (:mod:`ledger.rules.reading`). What a table says is a value here; which of several
tables is in force for a unit on a day is decided in :mod:`ledger.rules.rulebook`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Protocol

from ledger.errors import Words

NO_WORDS: Final = Words("", "")
#: How well a figure is known: read in a copy of the text, read in a text about it, or remembered.
CONFIDENCES: Final = ("confirmed", "secondary", "recalled")
#: Where a table came from; a later one goes before an earlier one, whatever their scopes.
SHIPPED: Final = 0
FEDERATION: Final = 1
UNIT: Final = 2
ORIGINS: Final = {
    SHIPPED: Words("随程序提供", "shipped"),
    FEDERATION: Words("联合会的规则文件", "the federation's file"),
    UNIT: Words("本单位的规则文件", "the unit's own file"),
}


class Located(Protocol):
    """What rules know of a unit: where it is, and its kinds, as words in one text."""

    @property
    def id(self) -> str: ...
    @property
    def province(self) -> str: ...
    @property
    def kinds(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Who asks: a unit, its province, and the kinds of unit that it is (``central-organ``)."""

    province: str = ""
    kinds: frozenset[str] = frozenset()
    unit: str = ""

    @classmethod
    def of(cls, unit: Located) -> Place:
        """Where rules look for a unit."""
        return cls(unit.province, frozenset(unit.kinds.split()), unit.id)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a table holds; nothing set is the whole country."""

    province: str = ""
    kind: str = ""
    unit: str = ""

    def covers(self, place: Place) -> bool:
        return (
            self.province in ("", place.province)
            and (not self.kind or self.kind in place.kinds)
            and self.unit in ("", place.unit)
        )

    def terms(self) -> frozenset[tuple[str, str]]:
        """What it demands; a scope that demands more is the narrower one."""
        named = (("province", self.province), ("kind", self.kind), ("unit", self.unit))
        return frozenset((name, value) for name, value in named if value)

    def narrower_than(self, other: Scope) -> bool:
        return self.terms() > other.terms()

    @property
    def words(self) -> Words:
        parts = [value for value in (self.province, self.kind, self.unit) if value]
        return Words("，".join(parts) or "全国", ", ".join(parts) or "national")


@dataclass(frozen=True, slots=True)
class Head:
    """What every table says of itself. ``effective_to`` is the last day on which it holds."""

    id: str
    version: str
    rule: str
    name: Words
    source: str
    confidence: str
    effective_from: date
    effective_to: date | None = None
    issued: date | None = None
    scope: Scope = Scope()
    note: str = ""
    origin: int = SHIPPED
    file: str = ""
    digest: str = ""

    @property
    def key(self) -> str:
        """How a stored figure names its table: ``party-dues@2008``."""
        return f"{self.id}@{self.version}"

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )

    def overlaps(self, other: Head) -> bool:
        mine, theirs = self.effective_to or date.max, other.effective_to or date.max
        return self.effective_from <= theirs and other.effective_from <= mine

    def cite(self, article: str) -> str:
        """The document, and the article that a row stands in."""
        return f"{self.source} {article}".strip()


@dataclass(frozen=True, slots=True)
class Rounding:
    """To whole multiples of ``unit`` fen: ``half-up``, or ``down`` where the rest is dropped.

    ``source`` says where that is written; most rules say nothing, which is then said there.
    """

    mode: str
    unit: int
    source: str = ""
    confidence: str = ""

    def apply(self, numerator: int, denominator: int) -> int:
        """A non-negative exact number of fen, rounded.

        >>> Rounding("half-up", 1).apply(3001, 2), Rounding("down", 100).apply(1099, 1)
        (1501, 1000)
        """
        step = denominator * self.unit
        if self.mode == "down":
            return numerator // step * self.unit
        return (2 * numerator + step) // (2 * step) * self.unit

    @property
    def words(self) -> Words:
        zh, en = {1: ("分", "fen"), 10: ("角", "ten fen")}.get(self.unit, ("元", "yuan"))
        if self.mode == "down":
            return Words(f"{zh}以下舍去", f"fractions of a {en} dropped")
        return Words(f"四舍五入到{zh}", f"half-up to the {en}")


def percent(share: Fraction) -> str:
    """``0.5 %``, exactly: shares are written in decimals.

    >>> percent(Fraction(5, 1000))
    '0.5 %'
    """
    digits = 0
    while (share * 100 * 10**digits).denominator != 1 and digits < 8:
        digits += 1
    whole = int(share * 100 * 10**digits)
    text = str(whole) if not digits else f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
    return f"{text} %"
