"""分地区补助: what units of each kind of region got from above, altogether and per head.

A unit with two tags stands under each of them; the total counts it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money, percent_text, total
from ledger.tree.words import REGIONS
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.head import figure_ref, make_statement, unknown_ref
from reports.statements.support import named, of_books, supported_of
from reports.statements.support_per_head import NOTE as OF_HEADS
from reports.statements.support_per_head import RECEIVED, each, heads_of, received_lines

if TYPE_CHECKING:
    from ledger.consolidation.supporting import Supported
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "support-by-region"
TITLE: Final = Words("分地区补助表", "Support by region")
ALL: Final = "all"
_ENGLISH: Final = {
    "革命老区": "old revolutionary base",
    "民族地区": "ethnic-minority region",
    "边疆地区": "border region",
    "贫困地区": "poor region",
}
#: Code → the tag; the last has none.
TAGS: Final = {f"r{place}": tag for place, tag in enumerate(REGIONS, start=1)} | {"r0": ""}
_NONE: Final = Words("无地区标签", "No tag")


def by_tag(found: Supported) -> dict[str, list[str]]:
    """The units below by tag; under each of its tags a unit, without one under the empty tag."""
    tagged: dict[str, list[str]] = {tag: [] for tag in TAGS.values()}
    for row in found.below:
        for tag in row.regions.split() or [""]:
            tagged.setdefault(tag, []).append(row.id)
    return tagged


def twice(found: Supported) -> list[str]:
    """The units that stand under more than one tag."""
    return [row.id for row in found.below if len(row.regions.split()) > 1]


def build(source: Source, period: Period) -> Statement:
    """A line for each tag with its units below it, and the total without counting any twice."""
    found = supported_of(source)
    below = [row.id for row in found.below]
    whole = sum(found.support.got(unit) for unit in below)
    lines: list[Line] = []
    tagged = by_tag(found)
    for code, tag in TAGS.items():
        units = tagged[tag]
        label = Words(tag, _ENGLISH[tag]) if tag else _NONE
        lines.append(_line(source, period, code, label, units, whole, "subtotal", 0))
        lines += [
            _line(source, period, f"{code}.{unit}", named(source, unit), [unit], whole, "line", 1)
            for unit in units
        ]
    every = Words("合计（每单位一次）", "Total, each unit once")
    lines.append(_line(source, period, ALL, every, below, whole, "total", 0))
    columns = (
        Column("units", Words("单位数", "Units"), kind=COUNT, share=0.5),
        Column("heads", Words("人数", "Heads"), kind=COUNT, share=0.6),
        Column("received", RECEIVED, primary=True),
        Column("each", Words("人均", "Per head"), kind=TEXT, share=0.7),
        Column("share", Words("占比", "Share"), kind=TEXT, share=0.6),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=(OF_HEADS, *_doubles(source, found)), label_column=Words("地区", "Region"),
    )  # fmt: skip
    return of_books(source, statement)


def _doubles(source: Source, found: Supported) -> list[Words]:
    units = twice(found)
    if not units:
        return []
    zh = "、".join(named(source, unit).zh for unit in units)
    en = ", ".join(named(source, unit).en for unit in units)
    return [
        Words(
            f"有多个地区标签的单位在各地区都列，合计只计一次，各地区之和因此大于合计：{zh}。",
            "Units with more than one tag stand under each; the total counts them once and is less "
            f"than the sum of the regions: {en}.",
        )
    ]


def _line(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    units: list[str],
    whole: int,
    style: str,
    level: int,
) -> Line:
    found = supported_of(source)
    received, heads = sum(found.support.got(unit) for unit in units), heads_of(found, units)
    return Line(
        code, label,
        (
            len(units), heads, Money(received), each(received, heads),
            percent_text(received, whole) or None,
        ),
        ref=figure_ref(source.unit, NAME, period, code), style=style, level=level,
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The accounts of the units' own books behind a figure; Refused for any other."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    found = supported_of(source)
    code, _, unit = line.partition(".")
    units = [row.id for row in found.below]
    if code != ALL:
        units = by_tag(found)[TAGS[code]] if code in TAGS else []
    if unit:
        units = [one for one in units if one == unit]
    if column not in ("", "received") or (code != ALL and code not in TAGS) or (unit and not units):
        raise unknown_ref(ref)
    rows = received_lines(source, period, units)
    words = Words(f"{TITLE.zh}·{TAGS.get(code, '') or code}", f"{TITLE.en}, {line}")
    return Backing(ref, words, None, rows, total(row.amount for row in rows))
