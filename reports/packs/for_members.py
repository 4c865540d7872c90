"""What a pack for members holds besides: how dues came in, and where they went.

Neither adds a figure of a person: they are the totals of the public rolls of the year, and what the
redacted book says, so that whoever subtracts one from the other finds nothing. Named rolls are no
part of a pack: ``mingbai report … dues-roll --audience members``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money, percent_text
from ledger.period import Month
from reports.dues_source import unit_dues
from reports.packs.roll import with_sums
from reports.site.model import Figure
from reports.sources import known_source
from reports.statement import COUNT, TEXT, Column, Line
from reports.statements import dues_use
from reports.statements.dues_public import PublicRoll
from reports.statements.dues_rows import rule_words
from reports.statements.figures import Span
from reports.statements.head import make_statement

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.publishing.values import PublicBook
    from ledger.registry import Registry
    from reports.packs.sealed import Sealed
    from reports.statement import Statement
    from reports.statements.cells import Cell
    from reports.statements.source import Source

COLLECTION: Final = "dues-collection"
_TITLE: Final = Words("会费收缴合计", "Dues collected, in sums")
_NOTE: Final = Words(
    "各月按当月月末的情况，等于会费公开表的合计；会推出少于五人的数不列。",
    "Each month as of its last day, as the totals of the public roll; figures from which those of "
    "fewer than five members follow are left out.",
)


def of_members(
    registry: Registry, unit: str, period: Period, redacted: Source, book: PublicBook,
    sealed: Sealed,
) -> Iterator[Statement]:  # fmt: skip
    """The statements for members alone; none where the unit collects no dues.

    ``redacted`` is the source over the published ``book``.
    """
    last = Month.of(period.last)
    dues = unit_dues(registry, unit, Month(last.year, 1), last)
    if not dues.schemes:
        return
    known = known_source(registry, unit, "dues-roll", last.period)
    roll = PublicRoll(with_sums(known, book, sealed))
    lines = [line for rule in roll.rules for line in _collected(roll, rule, period)]
    if lines:
        columns = (
            Column("members", Words("人数", "Members"), kind=COUNT, share=0.9),
            Column("owed", Words("应交", "Owed"), primary=True),
            Column("paid", Words("实交", "Paid")),
            Column("arrears", Words("未交", "Not paid")),
            Column("rate", Words("收缴率", "Rate"), kind=TEXT, share=0.7),
        )
        span = Span.of(period, quarters=True)
        yield make_statement(
            redacted, span, period, COLLECTION, _TITLE, columns, tuple(lines), notes=(_NOTE,),
            label_column=Words("月份", "Month"),
        )  # fmt: skip


def _collected(roll: PublicRoll, rule: str, period: Period) -> Iterator[Line]:
    """A line for each month, and one for the period where every month is told."""
    words = rule_words(rule)
    cells = []
    for month in period.months():
        if month in roll.months(rule):
            cells.append(cell := roll.of(rule, month).total)
            name = Words(f"{month} {words.zh}", f"{month} {words.en}")
            yield _line(f"{rule}.{month}", name, cell)
    if len(cells) > 1 and all(one.owed is not None and one.paid is not None for one in cells):
        owed, paid = sum(one.owed or 0 for one in cells), sum(one.paid or 0 for one in cells)
        name = Words(f"{words.zh}合计", f"{words.en}, total")
        yield replace(
            _line(f"{rule}.all", name, None, owed=owed, paid=paid), style="total"
        )  # fmt: skip


def _line(code: str, words: Words, cell: Cell | None, *, owed: int = 0, paid: int = 0) -> Line:
    first = owed if cell is None else cell.owed
    second = paid if cell is None else cell.paid
    rate = "" if first is None or second is None else percent_text(second, first)
    arrears = None if first is None or second is None else Money(first - second)
    return Line(
        code, words,
        (
            None if cell is None else cell.members,
            None if first is None else Money(first), None if second is None else Money(second),
            arrears, rate,
        ),
    )  # fmt: skip


def went(statements: Sequence[Statement]) -> tuple[tuple[Words, Figure], ...]:
    """What all dues of the unit were used for in the year so far, as its statement says."""
    for statement in statements:
        if statement.name != dues_use.NAME:
            continue
        keys = [column.key for column in statement.columns]
        place = 0 if len(statement.period) == 4 else 1
        found = []
        for line in dues_use.spent(statement):
            cell = line.cells[place]
            if isinstance(cell, Money) and cell:
                ref = line.ref if place == 0 else line.refs.get(keys[place], "")
                found.append((line.label, Figure(cell.fen, ref)))
        return tuple(found)
    return ()
