"""What a book begins with: balances, and the year before as totals, so that statements compare.

Books were opened on 1 December with what there was then; the year's income and spending were taken
over as totals on its last day and carried over to net assets. A unit that is founded later begins
with its balances alone.
"""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.cli.demo.county.facts import YEAR
from ledger.cli.demo.county.names import BANK, LEVY, OTHER
from ledger.cli.demo.start import PUBLICITY, SPORTS, SURPLUS
from ledger.entry import Draft, Posting
from ledger.money import Money, total, yuan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.cli.demo.county.facts import Place

_HELD: Final = {"F01": yuan("8000.00"), "F02": yuan("60000.00"), "F03": yuan("5000.00")}
#: What the county holds to be handed down when the year begins.
_HANDED_DOWN: Final = yuan("200000.00")
_FUND: Final = "F02"
#: What the year before was spent on, in hundredths of its income.
_SPENT: Final = ((SPORTS, 47), (PUBLICITY, 19), (OTHER, 26))
#: Yuan of income in the year before: for each member at the grass roots, and of an upper unit.
_OF_MEMBER: Final = (300, 600)
_OF_UPPER: Final = (180_000, 320_000)


def held_at_new_year(place: Place) -> dict[str, Money]:
    """What each fund holds in the bank when the year of the story begins."""
    times = 1 if place.is_basic else 10
    held = {fund: Money(amount.fen * times) for fund, amount in _HELD.items()}
    if place.level == "county":
        held["F03"] = _HANDED_DOWN
    return held


def opening_drafts(place: Place, seed: int) -> list[Draft]:
    """The drafts that a book begins with; of who was there before, the year before as well."""
    held = held_at_new_year(place)
    if place.opened >= date(YEAR, 1, 1):
        return [_opening(place, held)]
    income, spent = _year_before(place, seed)
    surplus = income - total(amount for _, amount in spent)
    last = date(YEAR - 1, 12, 31)
    year = f"{last.year} 年"
    moved = (
        Posting(BANK, surplus, _FUND), *(Posting(account, fen, _FUND) for account, fen in spent),
        Posting(LEVY, -income, _FUND),
    )  # fmt: skip
    carried = (
        Posting(LEVY, income, _FUND), *(Posting(account, -fen, _FUND) for account, fen in spent),
        Posting(SURPLUS, -surplus, _FUND),
    )  # fmt: skip
    return [
        _opening(place, {**held, _FUND: held[_FUND] - surplus}),
        Draft(place.id, last, "收", f"{year}收支合计，接管前", moved, source="county:year-before"),
        Draft(place.id, last, "转", f"{year}收支结转", carried, source="county:carried-over"),
    ]


def _opening(place: Place, held: dict[str, Money]) -> Draft:
    lines = tuple(_opening_lines(held))
    return Draft(
        place.id, place.opened, "转", "期初余额", lines, tags=("opening",), source="opening"
    )


def _opening_lines(held: dict[str, Money]) -> Iterator[Posting]:
    for fund, amount in held.items():
        yield Posting(BANK, amount, fund)
        yield Posting(SURPLUS, -amount, fund)


def _year_before(place: Place, seed: int) -> tuple[Money, list[tuple[str, Money]]]:
    """Income, and what was spent on what."""
    draw = random.Random(f"{seed}:{place.id}:{YEAR - 1}")
    low, high = _OF_MEMBER if place.is_basic else _OF_UPPER
    income = Money(draw.randrange(low * 100, high * 100) * max(1, place.members))
    parts = [part for _, part in _SPENT]
    shares = income.split([*parts, 100 - sum(parts)])
    return income, [(account, share) for (account, _), share in zip(_SPENT, shares, strict=False)]
