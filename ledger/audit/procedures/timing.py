"""When vouchers were posted: late, into closed months, before their day, around a year's end."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.procedure import Hit, Parameters, number, voucher_hit, words


def late_posting(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """Vouchers posted more than ``days`` after their day; sources in ``besides`` are left out."""
    days = number(parameters, "days")
    besides = book.numbered("source", words(parameters, "besides"))
    numbers = book.columns.numbers
    for row, (day, posted, source) in enumerate(
        zip(numbers["day"], numbers["posted"], book.columns.words["source"], strict=True)
    ):
        if posted - day > days and source not in besides:
            yield voucher_hit(
                book, row,
                f"{date.fromordinal(day)} 的业务，{posted - day} 天后"
                f"（{date.fromordinal(posted)}）才入账",
                f"of {date.fromordinal(day)}, entered {posted - day} days later, "
                f"on {date.fromordinal(posted)}",
            )  # fmt: skip


def back_dating(book: Population, _known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers entered into a month after it was closed, and vouchers posted before their day.

    A month that was opened again is told of as such: who opens it has a reason that can be read.
    """
    numbers = book.columns.numbers
    shut = _shut(book)
    for row, (month, seq, day, posted) in enumerate(
        zip(numbers["month"], numbers["seq"], numbers["day"], numbers["posted"], strict=True)
    ):
        if month in shut and any(closed < seq < opened for closed, opened in shut[month]):
            yield voucher_hit(
                book, row, "记入时该月已经结账", "its month was closed when it was entered"
            )
        elif month in shut and seq > shut[month][0][0]:
            yield voucher_hit(
                book, row, "该月结账后重开时记入", "entered when its month was opened again"
            )
        elif posted < day:
            yield voucher_hit(
                book, row, f"{date.fromordinal(posted)} 入账，日期却在其后",
                f"it was entered on {date.fromordinal(posted)}, before its own day",
            )  # fmt: skip


def _shut(book: Population) -> dict[int, list[tuple[int, int]]]:
    """Between which entries each month was closed; without an end as long as it is."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in sorted(book.closings, key=lambda one: one.seq):
        if one.closed:
            found[one.month].append((one.seq, book.entries + 1))
        elif found[one.month]:
            begun, _ = found[one.month].pop()
            found[one.month].append((begun, one.seq))
    return dict(found)


def cut_off(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """Vouchers of ``least`` fen or more on the wrong side of a year's end.

    Told of are vouchers of the year's last ``days`` that were taken back in the first ``days`` of
    the next one, and vouchers of the last ``days`` that were entered more than ``days`` after it.
    """
    days, least = number(parameters, "days"), number(parameters, "least")
    besides = book.numbered("source", words(parameters, "besides"))
    numbers = book.columns.numbers
    ends = _ends(book)
    reverses = book.columns.words["reverses"]
    table = book.texts("reverses")
    for row, (day, posted, size, source) in enumerate(
        zip(numbers["day"], numbers["posted"], numbers["size"], book.columns.words["source"],
            strict=True)
    ):  # fmt: skip
        if size < least or source in besides:
            continue
        place = bisect(ends, day - 1)
        end = ends[place] if place < len(ends) else None
        if end is not None and end - day < days and posted > end + days:
            yield voucher_hit(
                book, row, f"年末最后 {days} 天的业务，{posted - end} 天后才入账",
                f"of the year's last {days} days, entered {posted - end} days after its end",
            )  # fmt: skip
        if not reverses[row] or not place:
            continue
        before = ends[place - 1]
        if day - before > days:
            continue
        undone = book.row_of(table[reverses[row]])
        if undone is not None and 0 <= before - numbers["day"][undone] < days:
            yield voucher_hit(
                book, undone, "年末入账，次年初冲销", "entered at the year's end, and taken back "
                "when the next one began", others=[row],
            )  # fmt: skip


def _ends(book: Population) -> list[int]:
    """The last days of the years that the book has, and of the one before, in order."""
    days = book.columns.numbers["day"]
    if not days:
        return []
    first, last = date.fromordinal(min(days)).year, date.fromordinal(max(days)).year
    one = timedelta(days=1)
    return [(date(year + 1, 1, 1) - one).toordinal() for year in range(first - 1, last + 1)]
