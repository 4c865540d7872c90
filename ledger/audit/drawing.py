"""A sample of a unit's vouchers, drawn from its book as of one of its entries.

The digest that a sample follows from is the hash chain at that entry, which covers everything
before it. Whoever has the book, then or years later, draws the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.audit.columns import BALANCES, CARRIED
from ledger.audit.population import Broken, Population, Progress, read_populations
from ledger.audit.sampling import Drawn, Item, Sample, draw
from ledger.errors import CannotRun, Finding, Refused, Words, finding
from ledger.money import Money
from ledger.period import Month
from ledger.registry import seals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.seals import SealRow

_TRANSFER = 2  # the class 转 among ledger.entry.CLASSES
OPENING = Words("开账余额", "opening balances")
CARRY = Words("结转", "carried over")


@dataclass(frozen=True, slots=True)
class Terms:
    """How a sample is drawn: of ``unit``'s vouchers of ``period``, or of all of them for None.

    ``entries`` is how many entries of the book count; 0 for all that there are.
    """

    unit: str
    seed: int
    size: int
    method: str
    period: Period | None = None
    entries: int = 0


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A sample with where it was drawn from. ``seal`` is the newest one within ``entries``;
    ``left_out`` counts vouchers that open the book or carry a year over, in which nothing moved."""

    terms: Terms
    sample: Sample
    entries: int
    chain: str
    seal: SealRow | None
    left_out: tuple[tuple[Words, int], ...]
    rows: tuple[tuple[Drawn, str, int], ...]

    def as_json(self) -> dict[str, Any]:
        one = self.sample
        seal = None
        if self.seal is not None:
            seal = {
                "month": self.seal.month, "version": self.seal.version, "size": self.seal.size,
                "digest": self.seal.digest,
            }  # fmt: skip
        return {
            "unit": self.terms.unit, "id": one.id, "method": one.method, "seed": one.seed,
            "size": one.size, "period": str(self.terms.period or ""),
            "population": one.population, "total": Money(one.total).text,
            "interval": Money(one.interval).text,
            "root": {"entries": self.entries, "chain": self.chain, "sealed": seal},
            "left_out": {words.en: count for words, count in self.left_out},
            "vouchers": [
                {
                    "voucher": drawn.ref, "day": day, "amount": Money(drawn.fen).text,
                    "top": drawn.top, "papers": papers,
                }
                for drawn, day, papers in self.rows
            ],
        }  # fmt: skip


def draw_sample(
    registry: Registry, terms: Terms, progress: Progress = lambda *_: None
) -> DrawnSample:
    """Draw a sample; nothing is written.

    Raises: Refused for a book that is not whole; CannotRun for terms by which nothing is drawn, and
    for more entries than the book has.
    """
    (book,) = read_populations(
        registry.folder, [terms.unit], progress=progress, wanted=terms.entries
    )
    if isinstance(book, Broken):
        raise Refused(*book.findings)
    entries, chain = book.entries, book.chain
    if terms.entries:
        entries, chain = terms.entries, book.columns.wanted
        if not chain:
            raise CannotRun(_too_few(book.entries))
    left_out = {OPENING: 0, CARRY: 0}
    rows = list(rows_to_draw(book, terms, entries, left_out))
    items = [Item(book.ref(row), book.columns.numbers["size"][row]) for row in rows]
    digest = f"{terms.unit} {entries} {chain} {terms.period or ''}"
    sample = draw(items, digest, seed=terms.seed, size=terms.size, method=terms.method)
    by_ref = {book.ref(row): row for row in rows}
    found = tuple(
        (one, book.day(by_ref[one.ref]).isoformat(),
         book.columns.numbers["papers"][by_ref[one.ref]])
        for one in sample.drawn
    )  # fmt: skip
    with registry.read() as conn:
        sealed = [row for row in seals.of_unit(conn, terms.unit) if row.size <= entries]
    seal = max(sealed, key=lambda row: (row.size, row.month, row.version), default=None)
    return DrawnSample(terms, sample, entries, chain, seal, tuple(left_out.items()), found)


def rows_to_draw(
    book: Population, terms: Terms, entries: int, left_out: dict[Words, int]
) -> Iterator[int]:
    """The rows to draw from, by month, class and number; what is left out is counted."""
    numbers = book.columns.numbers
    months = None
    if terms.period is not None:
        months = {_count(month) for month in terms.period.months()}
    opened = book.facts.opened.toordinal()
    openings = {place for place, text in enumerate(book.texts("source")) if text == "opening"}
    order = sorted(
        range(len(book)),
        key=lambda row: (numbers["month"][row], numbers["kind"][row], numbers["ordinal"][row]),
    )
    for row in order:
        if numbers["seq"][row] > entries:
            continue
        if months is not None and numbers["month"][row] not in months:
            continue
        nature = numbers["nature"][row]
        begins = numbers["kind"][row] == _TRANSFER and numbers["day"][row] == opened
        if book.columns.words["source"][row] in openings or (nature == BALANCES and begins):
            left_out[OPENING] += 1
        elif nature == CARRIED:
            left_out[CARRY] += 1
        else:
            yield row


def _count(month: Month) -> int:
    return month.year * 12 + month.month - 1


def _too_few(entries: int) -> Finding:
    return finding(
        "too-few-entries", f"账簿只有 {entries} 条记录", f"the book has {entries} entries",
        "写不大于它的数", "give a number that is not greater",
    )  # fmt: skip
