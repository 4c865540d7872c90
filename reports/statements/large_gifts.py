"""Large gifts (大额捐赠): who gave more than a share of the year's donations, and for what.

As the form asks, what one donor gave in the year is added up. A donor stands by their code, one
who wants to stay unnamed without it. Lines go by their place, and there is no annex: together with
what is published of each gift it would tell which ones are of the same unnamed hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import percent_text
from ledger.rules.table import percent
from reports.statement import TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.gift_rows import (
    GiftRows,
    backing_of,
    donor_words,
    rows_of,
    rule_words,
    within,
    worth,
)
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from ledger.rules.disclosure_tables import ShareTable
    from reports.statements.source import Source

NAME: Final = "large-gifts"
TITLE: Final = Words("大额捐赠收入情况", "Large gifts")
_TOTAL: Final = "total"
_ALL, _YEAR = "all", "year"
_OWN: Final = {
    _ALL: Words("大额捐赠合计", "Large gifts in all"),
    _YEAR: Words("本年捐赠收入", "Donations of the year"),
}


def build(source: Source, period: Period) -> Statement:
    """The period's year up to its end; Refused for a chart that keeps no gifts."""
    span = Span.of(period)
    rows = rows_of(source)
    year = worth(_year(rows, span))
    lines = []
    for code, of in _large(rows, span).items():
        label = donor_words(rows.donors[rows.gift(of[0]).donor])
        lines.append(_line(source, period, code, label, of, _uses(source, rows, of), year.fen))
    every = [line for of in _large(rows, span).values() for line in of]
    lines.append(_line(source, period, _ALL, _OWN[_ALL], every, "", year.fen, style="subtotal"))
    whole = _year(rows, span)
    lines.append(_line(source, period, _YEAR, _OWN[_YEAR], whole, "", 0, style="total"))
    columns = (
        *(Column(key, label) for key, label in rows.means.items()),
        Column(_TOTAL, Words("合计", "Total"), primary=True),
        Column("share", Words("占比", "Share"), kind=TEXT, share=0.7),
        Column("use", Words("用途", "For what"), kind=TEXT, share=2.0),
    )
    notes = [rule_words("large-gifts", rows.large, _said)]
    if rows.large is not None and not every:
        notes.append(Words("本年没有大额捐赠。", "There is no large gift in the year."))
    if not span.is_year:
        notes.append(Words(f"自年初累计至 {period.last}。", f"Of the year up to {period.last}."))
    statement = make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines), notes=tuple(notes),
        label_column=Words("捐赠人", "Donor"),
    )  # fmt: skip
    return for_audience(statement, PUBLIC)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure; Refused for a donor who gave no large gift."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    rows, span, key = rows_of(source), Span.of(period), column or _TOTAL
    large = _large(rows, span)
    known: dict[str, Sequence[PostedLine]] = {
        **large, _ALL: [one for of in large.values() for one in of], _YEAR: _year(rows, span),
    }  # fmt: skip
    means = rows.means
    if line not in known or key not in {*means, _TOTAL} or (line == _YEAR and key != _TOTAL):
        raise unknown_ref(ref)
    label = _OWN.get(line) or donor_words(rows.donors[rows.gift(known[line][0]).donor])
    part = means.get(key)
    if part is not None:
        label = Words(f"{label.zh}·{part.zh}", f"{label.en}, {part.en}")
    return backing_of(ref, label, _in(rows, known[line], key))


def _year(rows: GiftRows, span: Span) -> list[PostedLine]:
    """All donations of the year so far, those of no gift included."""
    found = [*within(rows.receipts, span.year), *within(rows.plain, span.year)]
    return sorted(found, key=lambda line: (line.day, line.number))


def _large(rows: GiftRows, span: Span) -> dict[str, list[PostedLine]]:
    """What the donors gave who gave that much, by their place, the largest first."""
    if rows.large is None:
        return {}
    whole = worth(_year(rows, span)).fen
    by_donor: dict[str, list[PostedLine]] = {}
    for line in within(rows.receipts, span.year):
        by_donor.setdefault(rows.gift(line).donor, []).append(line)
    large = [of for of in by_donor.values() if rows.large.reached_by(worth(of).fen, whole)]
    large.sort(key=lambda of: (-worth(of).fen, rows.gift(of[0]).code))
    return {str(place): of for place, of in enumerate(large, start=1)}


def _in(rows: GiftRows, lines: Sequence[PostedLine], column: str) -> list[PostedLine]:
    return [line for line in lines if column == _TOTAL or rows.came_in(line) == column]


def _uses(source: Source, rows: GiftRows, of: Sequence[PostedLine]) -> str:
    """What the gifts are for: the campaign or the fund, and the giver's own words."""
    funds = source.model.funds()
    found: dict[str, dict[str, None]] = {}
    for line in of:
        gift = rows.gift(line)
        campaign = rows.campaigns.get(gift.fund)
        name = campaign.name if campaign is not None else funds[gift.fund].name
        found.setdefault(name, {}).update({gift.purpose: None} if gift.purpose else {})
    return "；".join(
        f"{name}（{'、'.join(words)}）" if words else name for name, words in found.items()
    )


def _said(table: ShareTable) -> Words:
    share = percent(table.share)
    return Words(
        f"本年捐赠{'超过' if table.above else '达到'}捐赠收入 {share} 的捐赠人，按人合计",
        f"Donors who gave {'more than' if table.above else 'at least'} {share} of the year's "
        "donations, all their gifts together",
    )


def _line(
    source: Source, period: Period, code: str, label: Words, of: Sequence[PostedLine], use: str,
    year: int, style: str = "line",
) -> Line:  # fmt: skip
    rows = rows_of(source)
    keys = [*rows.means, _TOTAL] if code != _YEAR else [_TOTAL]
    money = tuple(
        worth(_in(rows, of, key)) if key in keys else None for key in [*rows.means, _TOTAL]
    )
    share = percent_text(worth(of).fen, year) if year else ""
    return Line(
        code, label, (*money, share, use), ref=figure_ref(source.unit, NAME, period, code),
        style=style, refs=figure_refs(source.unit, NAME, period, code, keys, _TOTAL),
    )  # fmt: skip
