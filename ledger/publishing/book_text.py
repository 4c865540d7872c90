"""The redacted book's text: canonical, with a chain of its own, and read by plain Beancount.

Every entry is written by :mod:`ledger.canonical`, so that our read model opens it as any book.
Makers, checkers and times of posting are nobody's and the day's; ids are voucher numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger import canonical
from ledger.canonical import quoted
from ledger.entry import Draft, Posting, Voucher
from ledger.layout import month_file
from ledger.money import Money
from ledger.period import Month
from ledger.publishing.wording import OPENING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ledger.publishing.values import PublicBook, PublicLine

OPENING_TAG: Final = "opening"
GROUP_TAG: Final = "group"
#: Who stands for maker and for source in a redacted book.
NOBODY: Final = "public"

_HEAD: Final = """\
; 明白账 Mingbai：对外公布的账簿，不含个人信息，由程序自完整账簿生成。
; A book for publication: nothing of persons, made from the whole book by the program.
option "title" {title}
option "operating_currency" "CNY"
option "tolerance_multiplier" "0"
option "booking_method" "STRICT"
include "chart.bean"
include "funds.bean"
"""


def opening_number(month: Month) -> str:
    """The number of the voucher that brings balances in: ``转-202412-0000``, never a real one."""
    return f"转-{month.year:04d}{month.month:02d}-0000"


def group_number(kind: str, month: Month, ordinal: int) -> str:
    """The number of a group: ``收-202603-900001``, above all that a month's vouchers reach."""
    return f"{kind}-{month.year:04d}{month.month:02d}-{900_000 + ordinal:06d}"


def texts_of(book: PublicBook) -> dict[str, str]:
    """Every file of the redacted book by its name below the unit's folder."""
    writer = _Writer(book.unit)
    since = book.since.isoformat()
    writer.directives(
        "unit", "chart.bean",
        canonical.unit_text(
            since, book.unit, book.name.zh, book.chart, name_en=book.name.en, limit=Money(0),
            upper=book.upper,
        ),
    )  # fmt: skip
    opened = "".join(
        canonical.open_text(
            max(account.opened, book.since).isoformat(), account.name, account.currency,
            account.name_en, capital=account.capital,
        )
        for account in book.accounts
    )  # fmt: skip
    writer.directives("open", "chart.bean", opened)
    for account in book.accounts:
        if account.closed is not None:
            writer.directives("shut", "chart.bean", f"{account.closed} close {account.name}\n")
    for fund in book.funds:
        day = max(fund.opened, book.since).isoformat()
        writer.directives(
            "fund", "funds.bean",
            canonical.fund_text(day, fund.code, fund.name, fund.restriction, fund.name_en),
        )  # fmt: skip
        if fund.closed is not None:
            writer.directives(
                "fund", "funds.bean", f'{fund.closed} custom "fund-close" {quoted(fund.code)}\n'
            )
    for draft, number in _vouchers(book):
        writer.voucher(draft, number)
    for mark in book.marks:
        # Not the directive of a closing: its digest is of the whole book's file.
        writer.directives(
            "note", month_file(Month.of(mark.day)),
            f'{mark.day} custom "month-{mark.kind}" {quoted(str(mark.month))}\n',
        )  # fmt: skip
    years = range(book.since.year, book.period.last.year + 1)
    names = [month_file(Month(year, month)) for year in years for month in range(1, 13)]
    head = _HEAD.format(title=quoted(book.name.zh))
    head += "".join(f'include "{name}"\n' for name in names)
    return {
        "book.bean": head,
        **{name: writer.files.get(name, "") for name in ("chart.bean", "funds.bean", *names)},
    }


def _vouchers(book: PublicBook) -> Iterable[tuple[Draft, str]]:
    """The vouchers of the redacted book in order: the opening, then each day's rows and groups."""
    found: list[tuple[date, int, str, Draft]] = []
    if book.opening:
        number = opening_number(Month.of(book.since))
        draft = _draft(book.unit, book.since, "转", f"{OPENING.zh} {OPENING.en}", book.opening)
        yield replace(draft, tags=(OPENING_TAG,)), number
    for row in book.rows:
        narration = f"{row.words.zh} {row.words.en}"
        draft = Draft(
            book.unit, row.day, row.kind, narration, _postings(row.lines),
            tags=(OPENING_TAG,) if row.opening else (), papers=row.papers, source=NOBODY,
            reverses=row.reverses or None,
        )  # fmt: skip
        found.append((row.day, 0, row.number, draft))
    for group in book.groups:
        if group.lines:
            narration = f"{group.words.zh} {group.words.en}"
            draft = _draft(book.unit, group.day, group.number[0], narration, group.lines)
            found.append((group.day, 1, group.number, replace(draft, tags=(GROUP_TAG,))))
    for _, _, number, draft in sorted(found, key=lambda one: one[:3]):
        yield draft, number


def _draft(unit: str, day: date, kind: str, words: str, lines: Iterable[PublicLine]) -> Draft:
    return Draft(unit, day, kind, words, _postings(lines), source=NOBODY)


def _postings(lines: Iterable[PublicLine]) -> tuple[Posting, ...]:
    return tuple(Posting(line.account, line.amount, line.fund) for line in lines)


class _Writer:
    """Entries in the order of their seq, each chained to the one before it."""

    def __init__(self, unit: str) -> None:
        self._chain = canonical.first_chain(unit)
        self._seq = 0
        self._files: dict[str, list[str]] = defaultdict(list)

    @property
    def files(self) -> dict[str, str]:
        return {name: "".join(parts) for name, parts in self._files.items()}

    def directives(self, kind: str, file: str, body: str) -> None:
        self._seq += 1
        self._chain, text = canonical.chained_directives(self._seq, kind, body, self._chain)
        self._files[file].append(text)

    def voucher(self, draft: Draft, number: str) -> None:
        self._seq += 1
        posted = datetime(draft.day.year, draft.day.month, draft.day.day)
        voucher = Voucher(draft, number, number, self._seq, NOBODY, (), posted)
        full, text = canonical.chained_voucher(voucher, self._chain)
        self._chain = full.chain
        self._files[month_file(Month.of(draft.day))].append(text)
