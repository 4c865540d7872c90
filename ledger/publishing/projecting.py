"""The projection of a book: what of it the public and the members may see.

An allow-list. Of a voucher without anything personal its day, number, accounts, funds, amounts and
papers' digests are published, with words made of labels; vouchers that tell of persons are summed
into groups of five persons or more. Payees, narrations, tags, links, metadata, makers and ids are
read for telling which is which and go no further.

The same book, seq and earlier groups give the same bytes, for either audience.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ledger import fundcheck
from ledger.account import carries_over
from ledger.chart import load_chart
from ledger.entry import Posting, voucher_class
from ledger.errors import Words
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.publishing.book_text import group_number, texts_of
from ledger.publishing.carrying import adjusted
from ledger.publishing.forming import MERGED, MERGED_EN, Folds, Formed, at_least, form
from ledger.publishing.grouping import sums_of
from ledger.publishing.labels import Labels
from ledger.publishing.personal import Atom, Places, sort_out
from ledger.publishing.reading import FullBook, read_book
from ledger.publishing.values import (
    AUDIENCES,
    PUBLIC,
    Cell,
    PublicAccount,
    PublicBook,
    PublicGroup,
    PublicLine,
    PublicRow,
    Published,
)
from ledger.publishing.wording import OPENING, group_words, row_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from ledger.entry import Voucher
    from ledger.period import Period


def project(
    federation: Path,
    unit: str,
    period: Period,
    audience: str = PUBLIC,
    *,
    through: int | None = None,
    published: Sequence[Published] = (),
    known: Mapping[int, Sequence[str]] | None = None,
    same: Mapping[str, str] | None = None,
    organisations: Collection[str] = (),
    named: Callable[[str], bool] | None = None,
) -> PublicBook:
    """What is published of a unit's book up to the end of ``period``.

    ``through`` cuts the book after the entry of this seq, as a seal does. ``published`` are the
    groups of every earlier publication of this unit, for whatever audience: they stay as they are,
    so that no two publications differ by fewer than five persons. ``known`` gives, by seq, the
    persons behind vouchers whose text names none; ``same`` one id for each id of a person who has
    several; ``organisations`` the ids of donors and the codes of gifts that are no person's: their
    money stands line by line. ``named`` tells whether a text names a registered person.

    Raises: CannotRun if there is no such book; ValueError for an unknown audience, and for earlier
    groups that are not of this book.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"an audience is one of {', '.join(AUDIENCES)}")
    full = read_book(federation, unit, through)
    return project_book(
        full, period, audience, published=published, known=known or {}, same=same or {},
        organisations=organisations,
        named=named or (lambda _: False),
    )  # fmt: skip


def project_book(
    full: FullBook,
    period: Period,
    audience: str,
    *,
    published: Sequence[Published] = (),
    known: Mapping[int, Sequence[str]],
    same: Mapping[str, str],
    organisations: Collection[str] = (),
    named: Callable[[str], bool],
) -> PublicBook:
    """:func:`project` for a book at hand."""
    chart = load_chart(full.facts.chart)
    labels = Labels(full, named)
    places = Places(chart, (account.name for account in full.accounts), labels.renamed)
    vouchers = [voucher for voucher in full.vouchers if voucher.draft.day <= period.last]
    grouped = {seq for group in published for seq in group.seqs}
    parted = sort_out(
        vouchers, places, known, lambda id: same.get(id, id), frozenset(organisations), grouped
    )
    earlier, taken = _earlier(published, parted.atoms, full, period, labels.renamed)
    formed, held = _grouped(
        [atom for atom in parted.atoms if atom.seq not in taken], Folds(chart), period.start
    )
    describe = _Describing(labels, places)
    groups = describe.groups([*earlier, *map(_published, formed)])
    rows = adjusted(
        [describe.row(voucher, full.facts.opened) for voucher in parted.open],
        groups,
        parted.atoms,
    )
    quiet = [*parted.quiet, *(row.seq for row in rows if not row.lines)]
    rows = [row for row in rows if row.lines]
    since = date(period.last.year - 1, 1, 1) - timedelta(days=1)
    past: list[PublicGroup] = []
    opening: tuple[PublicLine, ...] = ()
    if since > full.facts.opened:
        past = [group for group in groups if group.day <= since]
        opening = _opening([row for row in rows if row.day <= since], past)
        rows = [row for row in rows if row.day > since]
        groups = [group for group in groups if group.day > since]
    else:
        since = full.facts.opened
    whole = {seq for group in earlier for seq in group.seqs}
    held += [atom for atom in parted.atoms if atom.seq in taken and atom.seq not in whole]
    book = PublicBook(
        unit=full.facts.unit,
        name=labels.unit,
        chart=full.facts.chart,
        period=period,
        audience=audience,
        since=since,
        through=full.through,
        accounts=(),
        funds=tuple(labels.funds.values()),
        opening=opening,
        rows=tuple(rows),
        groups=tuple(groups),
        marks=tuple(mark for mark in full.marks if since <= mark.day <= period.last),
        held=tuple(sorted(atom.seq for atom in held)),
        held_sums=sums_of(held),
        quiet=tuple(sorted(quiet)),
        past_groups=tuple(past),
        findings=tuple(labels.findings),
        upper=full.facts.upper,
    )
    book = replace(book, accounts=_accounts(book, labels, places))
    return replace(book, texts=texts_of(book))


def _earlier(
    published: Sequence[Published],
    atoms: Sequence[Atom],
    full: FullBook,
    period: Period,
    renamed: Mapping[str, str],
) -> tuple[list[Published], set[int]]:
    """The groups of earlier publications that are whole in this one, and the seqs of all."""
    here = {atom.seq for atom in atoms}
    posted = {voucher.seq for voucher in full.vouchers}
    taken: set[int] = set()
    found: list[Published] = []
    for group in published:
        strange = [seq for seq in group.seqs if seq <= full.through and seq not in posted]
        if strange or not taken.isdisjoint(group.seqs):
            raise ValueError("an earlier group is not of this book")
        taken.update(group.seqs)
        if group.day <= period.last and here.issuperset(group.seqs):
            lines = (replace(x, account=renamed.get(x.account, x.account)) for x in group.lines)
            found.append(replace(group, lines=tuple(lines)))
    return found, taken


def _grouped(
    atoms: Sequence[Atom], folds: Folds, first: date
) -> tuple[list[tuple[Formed, Folds]], list[Atom]]:
    """Groups of what was before the period, then of the period with what was too few before it."""
    before, waiting = form([atom for atom in atoms if atom.day < first], folds)
    # What waited is published in the period's first month, wherever it was posted.
    days = {atom.seq: atom.day for atom in waiting}
    pool = [replace(atom, day=first) for atom in waiting]
    within, held = form([*pool, *(atom for atom in atoms if atom.day >= first)], folds)
    groups = [(group, folds) for group in (*before, *within)]
    return groups, [replace(atom, day=days.get(atom.seq, atom.day)) for atom in held]


def _published(pair: tuple[Formed, Folds]) -> Published:
    """A group that was formed, as plain values."""
    group, folds = pair
    place = folds.place(group.level)
    sums = {} if group.still else sums_of(group.atoms, place)
    cells = {cell for atom in group.atoms for cell in atom.cells}
    return Published(
        seqs=tuple(sorted(atom.seq for atom in group.atoms)),
        first=group.first,
        day=group.last.next().first - timedelta(days=1),
        lines=_lines(sums),
        at_least=at_least(group.atoms),
        folded=any(place(cell) != cell for cell in cells),
    )


def _lines(sums: Mapping[Cell, int]) -> tuple[PublicLine, ...]:
    """Debits first, as a voucher is written."""
    ordered = sorted(sums.items(), key=lambda item: (item[1] < 0, item[0]))
    return tuple(
        PublicLine(cell.account, cell.fund, Money(fen, cell.currency)) for cell, fen in ordered
    )


def _opening(rows: Iterable[PublicRow], groups: Iterable[PublicGroup]) -> tuple[PublicLine, ...]:
    sums: dict[Cell, int] = defaultdict(int)
    for lines in (*(row.lines for row in rows), *(group.lines for group in groups)):
        for line in lines:
            sums[Cell(line.account, line.fund, line.amount.currency)] += line.amount.fen
    return _lines({cell: fen for cell, fen in sums.items() if fen})


class _Describing:
    """Rows and groups with their numbers and words."""

    def __init__(self, labels: Labels, places: Places) -> None:
        self._labels = labels
        self._places = places

    def row(self, voucher: Voucher, opened: date) -> PublicRow:
        draft = voucher.draft
        lines = tuple(
            PublicLine(cell.account, cell.fund, Money(fen, cell.currency))
            for cell, fen in self._places.cells(voucher).items()
        )
        opening = fundcheck.is_opening(draft.tags, draft.day, opened)
        return PublicRow(
            voucher.seq,
            voucher.number,
            draft.day,
            draft.kind,
            lines,
            OPENING if opening else self._words(lines),
            draft.papers,
            draft.reverses or "",
            opening,
            carries_over(line.account for line in draft.postings),
        )

    def groups(self, published: Iterable[Published]) -> list[PublicGroup]:
        """Numbered per month in the order in which they were published."""
        count: dict[Month, int] = defaultdict(int)
        found = []
        for one in published:
            month = Month.of(one.day)
            number, words = "", Words("", "")
            if one.lines:
                count[month] += 1
                kind = voucher_class(Posting(x.account, x.amount, x.fund) for x in one.lines)
                number = group_number(kind, month, count[month])
                words = group_words(self._words(one.lines), one.at_least, folded=one.folded)
            found.append(
                PublicGroup(
                    number, one.day, one.first, one.lines, words, one.seqs, one.at_least,
                    one.folded,
                )
            )  # fmt: skip
        return found

    def _words(self, lines: Sequence[PublicLine]) -> Words:
        return row_words(lines, self._labels.accounts, self._labels.funds, self._places.banks)


def _accounts(book: PublicBook, labels: Labels, places: Places) -> tuple[PublicAccount, ...]:
    """The accounts of the redacted book in the order of the chart, those that stand for several
    behind the account whose detail they are."""
    last: dict[str, date] = {}
    dated = [(row.day, row.lines) for row in book.rows]
    for day, lines in [*dated, *((group.day, group.lines) for group in book.groups)]:
        for line in lines:
            last[line.account] = max(last.get(line.account, day), day)
    last |= {line.account: last.get(line.account, book.since) for line in book.opening}
    found: dict[str, PublicAccount] = {}
    for account in labels.accounts.values():
        if account.closed is not None and last.get(account.name, date.min) >= account.closed:
            account = replace(account, closed=None)
        found[account.name] = account
    for name in sorted((places.banks | set(last)) - set(found)):
        english = MERGED_EN if name.endswith(MERGED) else labels.chart_name(name)
        found[name] = PublicAccount(name, english, False, CNY, book.since, real=False)
    order = {name: place for place, name in enumerate(labels.accounts)}
    heads = {name: ":".join(name.split(":")[:2]) for name in found}
    place_of_head: dict[str, int] = {}
    for name, place in order.items():
        place_of_head[heads[name]] = max(place_of_head.get(heads[name], place), place)

    def key(name: str) -> tuple[int, int, str]:
        if name in order:
            return order[name], 0, name
        return place_of_head.get(heads[name], len(order)), 1, name

    return tuple(found[name] for name in sorted(found, key=key))
