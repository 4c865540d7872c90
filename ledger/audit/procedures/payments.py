"""Payments: paid twice, split below a limit, of round sums, in cash on days of rest.

What was paid is what left cash and bank; what the program itself proposes by a reference (transfers
between units, allocations, plans) is followed by that reference, and is left out by its source.
Vouchers that were reversed, and their reversals, are left out as well.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import pairwise

from ledger.audit.alike import by_payee
from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.procedure import Hit, Parameters, number, voucher_hit, words
from ledger.money import Money

_SATURDAY = 5


def duplicates(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """One document paid more than once; or the same amount to the same payee within ``days``.

    Documents and payees are the same however they were typed; of several documents that one voucher
    pays each counts.
    """
    paid = list(_paid(book, parameters))
    documents = book.columns.words["document"]
    by_document: dict[str, list[int]] = defaultdict(list)
    for row in paid:
        if documents[row]:
            for one in book.word("document", row).split(" "):
                by_document[one].append(row)
    told: set[int] = set()
    again: set[int] = set()
    for rows in by_document.values():
        for row in rows[1:]:
            told.update((rows[0], row))
            if row not in again:
                again.add(row)
                yield voucher_hit(
                    book, row, "同一票据已付过款", "the same document was paid before",
                    others=rows[:1],
                )  # fmt: skip
    days, least = number(parameters, "days"), number(parameters, "least")
    numbers = book.columns.numbers
    rest = [row for row in paid if row not in told and numbers["out"][row] >= least]
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    for (_, payee), rows in by_payee(book, rest, named=True).items():
        for row in rows:
            alike[payee, numbers["out"][row]].append(row)
    for rows in alike.values():
        for before, row in pairwise(rows):
            # Two documents are two payments, whatever their amounts.
            if numbers["day"][row] - numbers["day"][before] <= days and not (
                documents[before] and documents[row]
            ):
                gap = numbers["day"][row] - numbers["day"][before]
                yield voucher_hit(
                    book, row, f"{gap} 天前付过同一收款方同样金额",
                    f"the same amount went to the same payee {gap} days before", others=[before],
                )  # fmt: skip


def splits(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """Payments to one payee within ``days``, each at most the limit, together above it.

    Each payment that goes above the limit with those before it is told of, with them.
    """
    limit, days = book.limit, number(parameters, "days")
    if not limit:
        return
    numbers = book.columns.numbers
    small = [row for row in _paid(book, parameters) if numbers["out"][row] <= limit]
    for rows in by_payee(book, small).values():
        if len(rows) > 1 and sum(numbers["out"][row] for row in rows) > limit:
            yield from _split(book, rows, limit, days)


def _split(book: Population, rows: Sequence[int], limit: int, days: int) -> Iterator[Hit]:
    numbers = book.columns.numbers
    window: deque[int] = deque()
    whole = 0
    for row in rows:
        window.append(row)
        whole += numbers["out"][row]
        while numbers["day"][row] - numbers["day"][window[0]] > days:
            whole -= numbers["out"][window.popleft()]
        if whole > limit and len(window) > 1:
            together, of = Money(whole).grouped, Money(limit).grouped
            yield voucher_hit(
                book, row,
                f"{days} 天内付同一收款方 {len(window)} 笔，合计 {together}，每笔不过审批限额 {of}",
                f"{len(window)} payments to one payee within {days} days come to {together}, each "
                f"within the limit of {of}",
                others=list(window)[:-1],
            )  # fmt: skip


def round_sums(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """Payments of whole ``unit`` fen, ``count`` or more to one payee within ``days``.

    What lies at most ``below`` fen under a whole one counts as well.
    """
    unit, least = max(number(parameters, "unit"), 1), number(parameters, "least")
    count, days = max(number(parameters, "count"), 1), number(parameters, "days")
    below = number(parameters, "below")
    numbers = book.columns.numbers
    whole = [
        row
        for row in _paid(book, parameters)
        if numbers["out"][row] + below >= least and -numbers["out"][row] % unit <= below
    ]
    for rows in by_payee(book, whole).values():
        for place in range(count - 1, len(rows)):
            first, row = rows[place - count + 1], rows[place]
            if numbers["day"][row] - numbers["day"][first] <= days:
                yield voucher_hit(
                    book, row, f"{days} 天内第 {count} 笔整数金额付同一收款方",
                    f"the {_th(count)} round sum to one payee within {days} days",
                    others=rows[place - count + 1 : place],
                )  # fmt: skip


def _th(count: int) -> str:
    return f"{count}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(count, 'th') }"


def weekend_cash(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """Cash paid on a day of rest: of ``holidays``, or a weekend not among ``working_days``."""
    holidays, working = words(parameters, "holidays"), words(parameters, "working_days")
    numbers = book.columns.numbers

    @cache
    def rests(ordinal: int) -> bool:
        day = date.fromordinal(ordinal)
        text = day.isoformat()
        return text in holidays or (day.weekday() >= _SATURDAY and text not in working)

    for row in _paid(book, parameters):
        if numbers["cash"][row] > 0 and rests(numbers["day"][row]):
            yield voucher_hit(
                book, row, f"{book.day(row)} 为休息日，以现金支付",
                f"{book.day(row)} is a day of rest, and cash was paid",
            )  # fmt: skip


def _paid(book: Population, parameters: Parameters) -> Iterable[int]:
    """The rows of payments that persons made, in the order of the book."""
    apart = book.numbered("source", words(parameters, "by_program"))
    undone = book.undone
    numbers = book.columns.numbers
    return [
        row
        for row, (out, source) in enumerate(
            zip(numbers["out"], book.columns.words["source"], strict=True)
        )
        if out > 0 and source not in apart and row not in undone
    ]
