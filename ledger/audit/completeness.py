"""Whether a year of a book is complete: numbers, papers, and how late vouchers were entered.

A pure function of month files' text, which a caller holds against the journal. It reads head lines
alone: a hundred thousand vouchers take two seconds, and a text that was looked at before none.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from ledger.canonical_reader import DAY, STRING
from ledger.entry import CLASSES
from ledger.period import Month

_HEAD: Final = re.compile(
    rf"^({DAY}) \* [^\n]*\n"
    rf'  voucher: "(收|付|转)-[0-9]{{6}}-([0-9]{{4,}})"\n'
    rf"  id: {STRING}\n  unit: {STRING}\n  seq: [0-9]+\n  maker: {STRING}\n  checker: {STRING}\n"
    rf'  posted: "({DAY})[^\n]*\n(  papers)?'.encode(),
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Vouchers of one class in a month; ``missing`` are numbers below the last that are not there.

    ``doubled`` are numbers that are there more than once.
    """

    kind: str
    count: int
    last: int
    missing: tuple[int, ...]
    doubled: tuple[int, ...]

    @property
    def is_gapless(self) -> bool:
        return not self.missing and not self.doubled


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """A month of vouchers.

    ``with_papers`` have at least one. ``median_days`` and ``most_days`` lie between the day of the
    event and the day on which it was posted, both counted whole; None without vouchers.
    """

    month: Month
    classes: tuple[ClassCount, ...]
    count: int
    with_papers: int
    median_days: int | None
    most_days: int | None

    @property
    def is_gapless(self) -> bool:
        return all(one.is_gapless for one in self.classes)


def month_facts(month: Month, text: bytes) -> MonthFacts:
    """What a month's file says of completeness; the lower of two middle days is the median."""
    numbers: dict[str, list[int]] = defaultdict(list)
    days: list[int] = []
    with_papers = 0
    for day, kind, number, posted, papers in _HEAD.findall(text):
        numbers[kind.decode()].append(int(number))
        days.append((_day(posted) - _day(day)).days)
        with_papers += bool(papers)
    days.sort()
    return MonthFacts(
        month,
        tuple(_counted(kind, numbers[kind]) for kind in CLASSES),
        len(days),
        with_papers,
        days[(len(days) - 1) // 2] if days else None,
        days[-1] if days else None,
    )


class Known:
    """Months that were looked at, by what stands in them: one more voucher costs its month."""

    def __init__(self, most: int = 600) -> None:
        self.looked_at = 0
        self._most = most
        self._found: dict[tuple[Month, bytes], MonthFacts] = {}

    def facts(self, month: Month, text: bytes) -> MonthFacts:
        """:func:`month_facts`, at once for a text that was looked at before."""
        key = (month, hashlib.sha256(text).digest())
        found = self._found.get(key)
        if found is None:
            self.looked_at += 1
            found = month_facts(month, text)
            if len(self._found) >= self._most:
                self._found = {}
            self._found[key] = found
        return found


def year_facts(
    files: Iterable[tuple[Month, bytes]], known: Known | None = None
) -> list[MonthFacts]:
    """The months that have vouchers, in order."""
    look = known.facts if known else month_facts
    found = [look(month, text) for month, text in files]
    return sorted((one for one in found if one.count), key=lambda one: one.month)


@lru_cache(maxsize=2048)
def _day(text: bytes) -> date:
    return date.fromisoformat(text.decode())


def _counted(kind: str, numbers: list[int]) -> ClassCount:
    there = set(numbers)
    last = max(there, default=0)
    # A number of nine digits in an altered text is told as it is, not counted up to.
    missing = tuple(sorted(set(range(1, min(last, 10 * len(there) + 100) + 1)) - there))
    doubled = tuple(sorted(one for one, times in Counter(numbers).items() if times > 1))
    return ClassCount(kind, len(numbers), last, missing, doubled)
