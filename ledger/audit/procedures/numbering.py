"""Voucher numbers: none left out, none given twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.procedure import Hit, Parameters, voucher_hit
from ledger.entry import CLASSES
from ledger.errors import Words

#: So many missing numbers of a series are told of one by one: one typed wrong may leave millions.
MOST: Final = 1000


def number_gaps(book: Population, _known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Numbers of a class and month that are missing before the last one, or stand twice.

    Of very many that are missing the first ones are told of.
    """
    numbers = book.columns.numbers
    series: dict[tuple[int, int], list[int]] = defaultdict(list)
    for kind, month, ordinal in zip(
        numbers["kind"], numbers["month"], numbers["ordinal"], strict=True
    ):
        series[month, kind].append(ordinal)
    for (month, kind), ordinals in sorted(series.items()):
        # Whole as it should be, which costs no set: 1, 2, 3 … each once.
        if len(ordinals) == max(ordinals) and len(set(ordinals)) == len(ordinals):
            continue
        year, of_year = divmod(month, 12)
        name = f"{CLASSES[kind]}-{year:04d}{of_year + 1:02d}"
        for missing in islice(missing_from(ordinals), MOST):
            ref = f"{book.unit}/{name}-{missing:04d}"
            yield Hit(book.unit, ref, Words("此号不在账簿中", "this number is not in the book"))
        yield from _twice(book, kind, month, ordinals)


def missing_from(have: Iterable[int]) -> Iterator[int]:
    """The numbers from 1 to the greatest of ``have`` that are not among them, in order."""
    last = 0
    for one in sorted(set(have)):
        yield from range(last + 1, one)
        last = one


def _twice(book: Population, kind: int, month: int, ordinals: list[int]) -> Iterator[Hit]:
    if len(set(ordinals)) == len(ordinals):
        return
    numbers = book.columns.numbers
    seen: set[int] = set()
    for row in range(len(book)):
        if (numbers["kind"][row], numbers["month"][row]) != (kind, month):
            continue
        if numbers["ordinal"][row] in seen:
            yield voucher_hit(
                book, row, "此号不止一张凭证", "more than one voucher has this number"
            )
        seen.add(numbers["ordinal"][row])
