"""A book's directives for a query, out of the program's own text; for the query's child alone.

Beancount's own reading of 100,000 vouchers takes twelve seconds and most of that for what canonical
text does not need: amounts to complete, lots to book. So vouchers whose lines are plain amounts are
built here, in a third of the time; every other entry goes through Beancount's parser and booking.
Tests hold the result equal to what Beancount reads.

No directive says where it stands: neither file nor line reaches a query.
"""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from sys import intern
from typing import Any, Final

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.inventory import Inventory
from beancount.parser import booking, parser

from ledger.canonical_reader import (
    CURRENCY,
    DAY,
    NUMBER,
    STRING,
    NotCanonical,
    check_tiled,
    read_cells,
    unquoted,
)
from ledger.period import Month

#: What of a directive's metadata says where it stands.
PLACES: Final = frozenset({"filename", "lineno"})
#: What Beancount calls the account that earlier income and spending is summed in, and the flag of
#: a transaction that stands for earlier ones.
EARLIER: Final = "Equity:Earnings:Previous"
SUMMARY_FLAG: Final = "S"
OPENING_WORDS: Final = "期初余额 Opening balances"

_HEAD: Final = re.compile(rf"({DAY}) \* ({STRING})(?: ({STRING}))?+((?: [#^][^\s]++)*+)")
_AMOUNT: Final = re.compile(rf"  ([A-Z][^ ]*+)  ({NUMBER}) ({CURRENCY})")
_MONTH_FILE: Final = re.compile(r"([0-9]{4})/([0-9]{2})\.bean")


class Unbooked(Exception):
    """Beancount does not book the text as the program wrote it: ``mingbai check`` says where."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a query is asked of. ``opened`` is the day of the opening balances, if there are any."""

    entries: list[Any]
    options: dict[str, Any]
    vouchers: int
    opened: date | None


def load(files: Sequence[tuple[str, bytes]], since: Month | None = None) -> Loaded:
    """The directives of a book's files, in Beancount's order.

    With ``since``, vouchers of earlier months are not built: one transaction on the day before
    stands for them, flagged ``S``. In it each account that carries over has what it held, by fund;
    earlier income less spending of each fund stands on ``Equity:Earnings:Previous``.

    Raises: NotCanonical; Unbooked.
    """
    gc.disable()
    try:
        return _Loading(since).load(files)
    finally:
        gc.freeze()
        gc.enable()


_Key = tuple[date, int, int, int, int]


class _Loading:
    """One reading of all files."""

    def __init__(self, since: Month | None) -> None:
        self._since = since
        self._options: dict[str, Any] = parser.parse_string('option "booking_method" "STRICT"')[2]
        self._found: list[tuple[_Key, Any]] = []
        self._held: dict[tuple[str, str, str], int] = defaultdict(int)
        self._vouchers = 0
        self._ordinals: dict[int, list[int]] = defaultdict(list)

    def load(self, files: Sequence[tuple[str, bytes]]) -> Loaded:
        for place, (name, text) in enumerate(files):
            month = _month_of(name)
            if month is not None and self._since is not None and month < self._since:
                for (account, fund, currency), cell in read_cells(text, month, name).items():
                    self._held[account, fund, currency] += cell[0] - cell[1]
                self._read(place, name, text, earlier=True)
            else:
                self._read(place, name, text, earlier=False)
        self._found.sort(key=lambda pair: pair[0])
        entries = self._booked([entry for _, entry in self._found])
        opened = None if self._since is None else self._since.first - timedelta(days=1)
        if opened is not None:
            entries, opened = self._opened(entries, opened)
        return Loaded(list(map(_placeless, entries)), self._options, self._vouchers, opened)

    # ---- one file ------------------------------------------------------------------------------

    def _read(self, place: int, name: str, text: bytes, *, earlier: bool) -> None:
        """Take in a file; of an earlier month only what is held at cost."""
        if not earlier:
            check_tiled(text, name)  # of an earlier month the sums did so
        elif b" {" not in text:
            return
        others: list[str] = []
        starts: list[int] = []
        line = 1
        for ordinal, block in enumerate(text.decode().split("\n\n")[:-1]):
            if block[0] == ";" or " {" in block:
                others.append(block)
                starts.append(line)
                line += block.count("\n") + 2
                self._ordinals[place].append(ordinal)
            elif not earlier:
                entry = _voucher(block, name)
                self._found.append(((entry.date, 0, place, ordinal, 0), entry))
                self._vouchers += 1
        if others:
            self._parse(place, "\n\n".join(others) + "\n\n", starts, earlier=earlier)

    def _parse(self, place: int, text: str, starts: list[int], *, earlier: bool) -> None:
        """Through Beancount's parser: chart, funds, closings, and vouchers with things in them."""
        parsed, faults, _ = parser.parse_string(text, "book")
        if faults:
            raise Unbooked
        for entry in parsed:
            line = entry.meta["lineno"]
            ordinal = self._ordinals[place][bisect_right(starts, line) - 1]
            kind = data.SORT_ORDER.get(type(entry), 0)
            if isinstance(entry, data.Transaction):
                self._vouchers += not earlier
            elif earlier and not isinstance(entry, (data.Open, data.Close)):
                continue
            self._found.append(((entry.date, kind, place, ordinal, line), entry))

    # ---- things held at cost -------------------------------------------------------------------

    def _booked(self, entries: list[Any]) -> list[Any]:
        """The entries, with the lots that each cost means."""
        costly = [entry for entry in entries if _has_lots(entry) or isinstance(entry, data.Open)]
        booked, faults = booking.book(costly, self._options)  # type: ignore[no-untyped-call]
        if faults:
            raise Unbooked
        done = iter(booked)
        found = []
        for entry in entries:
            is_costly = _has_lots(entry) or isinstance(entry, data.Open)
            found.append(next(done) if is_costly else entry)
        return found

    # ---- what was there before -----------------------------------------------------------------

    def _opened(self, entries: list[Any], day: date) -> tuple[list[Any], date | None]:
        """The entries since then, behind one that stands for all before it; None if all is 0."""
        lots: dict[tuple[str, str], Inventory] = defaultdict(Inventory)
        kept: list[Any] = []
        for entry in entries:
            if not isinstance(entry, data.Transaction) or entry.date > day:
                kept.append(entry)
                continue
            posting: Any
            for posting in entry.postings:
                if posting.cost is not None:
                    fund = posting.meta["fund"]
                    lots[posting.account, fund].add_position(posting)
                    weight = posting.units.number * posting.cost.number
                    fen = int((weight * 100).to_integral_value())
                    self._held[posting.account, fund, posting.cost.currency] -= fen
        postings = [*self._plain_openings(), *_lots_held(lots)]
        if not postings:
            return kept, None
        opening = data.Transaction(
            {"lineno": 0},
            day,
            SUMMARY_FLAG,
            None,
            OPENING_WORDS,
            data.EMPTY_SET,
            data.EMPTY_SET,
            postings,
        )
        place = bisect_right([entry.date for entry in kept], day)
        return [*kept[:place], opening, *kept[place:]], day

    def _plain_openings(self) -> Iterator[Any]:
        sums: dict[tuple[str, str, str], int] = defaultdict(int)
        for (account, fund, currency), fen in self._held.items():
            carried = not account.startswith(("Income:", "Expenses:"))
            sums[account if carried else EARLIER, fund, currency] += fen
        for (account, fund, currency), fen in sorted(sums.items()):
            if fen:
                amount = Amount(Decimal(fen).scaleb(-2), currency)
                yield data.Posting(account, amount, None, None, None, {"fund": fund})


def _lots_held(lots: dict[tuple[str, str], Inventory]) -> Iterator[Any]:
    for (account, fund), held in sorted(lots.items()):
        one: Any
        for one in sorted(held):
            yield data.Posting(account, one.units, one.cost, None, None, {"fund": fund})


def _month_of(name: str) -> Month | None:
    found = _MONTH_FILE.fullmatch(name)
    return Month(int(found[1]), int(found[2])) if found else None


def _has_lots(entry: Any) -> bool:
    return isinstance(entry, data.Transaction) and any(
        posting.cost is not None for posting in entry.postings
    )


# ---- one voucher -------------------------------------------------------------------------------


def _voucher(block: str, name: str) -> Any:
    """A voucher of plain amounts as Beancount reads it; its file was looked at as a whole before.

    Raises: NotCanonical, which no file that is tiled does.
    """
    lines = block.split("\n")
    head = _HEAD.fullmatch(lines[0])
    if head is None:
        raise NotCanonical(name, 1)
    first, second = unquoted(head[2][1:-1]), head[3]
    marks = head[4].split()
    meta: dict[str, Any] = {}
    postings: list[Any] = []
    into = meta
    for line in lines[1:]:
        if line[2] >= "a" or line[2] == " ":
            key, _, value = line.lstrip(" ").partition(": ")
            into[intern(key)] = unquoted(value[1:-1]) if value[0] == '"' else Decimal(value)
            continue
        found = _AMOUNT.fullmatch(line)
        if found is None:
            raise NotCanonical(name, 1)
        amount = Amount(Decimal(found[2]), intern(found[3]))
        into = {}
        postings.append(data.Posting(intern(found[1]), amount, None, None, None, into))
    return data.Transaction(
        meta,
        date.fromisoformat(head[1]),
        "*",
        None if second is None else first,
        first if second is None else unquoted(second[1:-1]),
        frozenset(mark[1:] for mark in marks if mark[0] == "#") or data.EMPTY_SET,
        frozenset(mark[1:] for mark in marks if mark[0] == "^") or data.EMPTY_SET,
        postings,
    )


def _placeless(entry: Any) -> Any:
    """The same directive, of which nothing says in which file it stands.

    Beancount sorts by a line number within a day, and keeps the order of what has the same.
    """
    if isinstance(entry, data.Transaction):
        for posting in entry.postings:
            _forget(posting.meta)
    _forget(entry.meta)
    entry.meta["lineno"] = 0
    return entry


def _forget(meta: dict[str, Any] | None) -> None:
    for key in _places_in(meta or {}):
        del (meta or {})[key]


def _places_in(meta: Iterable[str]) -> list[str]:
    return [key for key in meta if key in PLACES or key.startswith("__")]
