"""How a cost divides by a key, pure.

Shares are exact fractions that make up the whole. A period in which the key changes divides by the
days of each key; what the fen leave over goes to the largest remainders, so that nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from ledger.errors import Refused, finding
from ledger.money import Money
from ledger.period import Period

_FRACTION = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%")


def share_of(typed: str) -> Fraction | None:
    """A share as it is typed, 1/3 or 25%; None for anything else.

    >>> share_of("12.5%")
    Fraction(1, 8)
    """
    typed = typed.strip().replace("％", "%").replace("／", "/")
    if (found := _FRACTION.fullmatch(typed)) and int(found[2]):
        return Fraction(int(found[1]), int(found[2]))
    if found := _PERCENT.fullmatch(typed):
        return Fraction(found[1]) / 100
    return None


@dataclass(frozen=True, slots=True)
class Share:
    """A party's weight in a period, as a part of one, and its money."""

    party: str
    share: Fraction
    amount: Money

    def as_json(self) -> dict[str, Any]:
        return {"party": self.party, "share": str(self.share), "amount": self.amount.text}


def divided(
    keys: Mapping[tuple[date, int], Mapping[str, Fraction]], cost: Money, period: Period
) -> list[Share]:
    """Pure: ``keys`` are shares by party, each from its first day (and version) on."""
    order = sorted(keys)
    starts = [max(first, period.start) for first, _ in order]
    ends = [*starts[1:], period.end]
    if not order or starts[0] > period.start:
        raise Refused(
            finding(
                "no-key", f"{period} 有日子没有生效的分摊比例（如 {period.start}）",
                f"on some days of {period} no cost key is in force, such as {period.start}",
                "先用 mingbai venue share 设定并由另一人审批",
                "set one with mingbai venue share and have it approved",
            )
        )  # fmt: skip
    whole = (period.end - period.start).days
    weights: dict[str, Fraction] = {}
    for at, start, end in zip(order, starts, ends, strict=True):
        days = (min(end, period.end) - start).days
        for party, share in keys[at].items():
            weights[party] = weights.get(party, Fraction(0)) + share * max(0, days) / whole
    parties = [party for party, weight in weights.items() if weight]
    amounts = cost.split([weights[party] for party in parties])
    return [
        Share(party, weights[party], amount)
        for party, amount in zip(parties, amounts, strict=True)
    ]  # fmt: skip
