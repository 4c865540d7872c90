"""Whole lives of the regulations' classes, month by month: what an accountant can check by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import accumulate, groupby
from pathlib import Path
from typing import Final

import pytest

from ledger.money import fen_text
from ledger.period import Month
from ledger.rules.assets import AssetTable
from ledger.rules.depreciation import Terms, charges, first_month
from ledger.rules.rulebook import load
from ledger.rules.table import Place

BOOK: Final = load()[0]
GOLDEN: Final = Path(__file__).parent / "golden" / "lives.txt"
#: 123,456.78, that no life divides; a non-profit leaves 5 % of it.
COST: Final = 12_345_678
LEFT: Final = 617_284
DAYS: Final = {
    "union-2021": date(2026, 3, 15), "government-2019": date(2026, 3, 15),
    "npo-2004": date(2025, 11, 30), "npo-2024": date(2026, 3, 15),
}  # fmt: skip


def table(regime: str) -> AssetTable:
    return BOOK.in_force(AssetTable, regime, DAYS[regime], Place())


def lives(regime: str) -> dict[tuple[str, int, str], list[str]]:
    """The classes that wear alike: by when they start, their life and the method."""
    found: dict[tuple[str, int, str], list[str]] = {}
    for one in table(regime).classes:
        for method in one.methods:
            for life in dict.fromkeys((one.usual, one.most)):
                if life is not None and method != "units":
                    found.setdefault((one.starts, life, method), []).append(one.id)
    return dict(sorted(found.items(), key=lambda item: (item[0][2], item[0][1])))


def terms(regime: str, starts: str, life: int, method: str) -> Terms:
    left = LEFT if table(regime).residual == "chosen" else 0
    return Terms(COST, left, life, method, first_month(DAYS[regime], starts))


def told() -> Iterator[str]:
    for regime in DAYS:
        yield f"== {regime}: {fen_text(COST)}, {DAYS[regime]}"
        for (starts, life, method), kinds in lives(regime).items():
            of = terms(regime, starts, life, method)
            yield f"{life} months, {method}, leaves {fen_text(of.residual_fen)}: {' '.join(kinds)}"
            months = groupby(charges(of), key=lambda charge: charge[0].year)
            for year, inner in months:
                fen = [amount for _, amount in inner]
                amounts = " ".join(map(fen_text, fen))
                yield f"  {year}  {amounts}  = {fen_text(sum(fen))}"


def test_whole_lives_of_every_class_are_as_in_the_golden_file() -> None:
    """Whoever changes a life, or how it is spread, changes this file too and sees every month."""
    assert "\n".join(told()) + "\n" == GOLDEN.read_text(encoding="utf-8")


def by_hand(of: Terms) -> list[int]:
    """What is accumulated by each month, reckoned the long way: every month of it added up."""
    cost, left, years = Fraction(of.cost_fen), Fraction(of.residual_fen), of.life_months // 12
    if of.method == "straight-line":
        each = [(cost - left) / of.life_months] * of.life_months
    elif of.method == "sum-of-years":
        parts = Fraction(sum(range(1, years + 1)))
        each = [
            (cost - left) * (years - year) / parts / 12 for year in range(years) for _ in range(12)
        ]
    else:
        each, net = [], cost
        for year in range(years):
            if year < years - 2:
                gone = net * 2 / years
            elif year == max(years - 2, 0):
                gone = (net - left) / min(years, 2)
            each += [gone / 12] * 12
            net -= gone
    return [math.floor(gone + Fraction(1, 2)) for gone in accumulate(each)]


@pytest.mark.parametrize("regime", DAYS)
def test_every_life_is_what_the_long_way_gives(regime: str) -> None:
    for starts, life, method in lives(regime):
        of = terms(regime, starts, life, method)
        assert list(accumulate(fen for _, fen in charges(of))) == by_hand(of), (life, method)


def test_a_life_begins_in_the_month_of_addition_or_after_and_has_all_its_months() -> None:
    for regime, first in (("union-2021", Month(2026, 3)), ("npo-2024", Month(2026, 4))):
        for starts, life, method in lives(regime):
            found = charges(terms(regime, starts, life, method))
            assert (found[0][0], len(found)) == (first, life)


def test_unions_and_public_institutions_have_one_table_of_lives() -> None:
    assert lives("union-2021") == lives("government-2019")
