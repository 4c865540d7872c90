"""Voucher numbers: none left out, none given twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.procedure import Hit, Parameters, voucher_hit
from ledger.entry import CLASSES
from ledger.errors import Words

#: So many missing numbers in a row are told one by one.
_ONE_BY_ONE = 20


def number_gaps(book: Population, _known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Numbers of a class and month that are missing before the last one, or stand twice.

    A long gap is told of by its first number.
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
        for first, last in missing(ordinals):
            why = Words("此号不在账簿中", "this number is not in the book")
            if last > first:
                count = last - first + 1
                why = Words(
                    f"自此号至 {last:04d} 共 {count} 个号不在账簿中",
                    f"from this one to {last:04d}, {count} numbers are not in the book",
                )
            yield Hit(book.unit, f"{book.unit}/{name}-{first:04d}", why)
        yield from _twice(book, kind, month, ordinals)


def missing(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The numbers from 1 to the greatest that are missing, each as first and last of its own; of
    more than twenty in a row their first and last ones.

    >>> list(missing([1, 3, 5, 1000]))
    [(2, 2), (4, 4), (6, 999)]
    """
    before = 0
    for one in sorted(set(numbers)):
        if one - before - 1 > _ONE_BY_ONE:
            yield before + 1, one - 1
        else:
            yield from ((gone, gone) for gone in range(before + 1, one))
        before = one


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
