"""What figures are made of behind which there are no vouchers of their own.

Counts, sums of five persons by the rows of a rule, and what follows from other figures of the same
statement open to a section of its page, which says so in words and names the rule and its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reports.site import addresses
from reports.site.drawing import Pen, Where
from reports.site.model import Unit
from reports.site.packing import Block
from reports.site.tables import CODE, Col, explained, row, section
from reports.site.words import catalogue
from reports.statement import Statement

#: The anchor of the section, on the first page of a statement and on the page of things by class.
MADE: Final = "made"
_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
#: Statements whose lines are cells: rows of a rule that were taken together.
_OF_CELLS: Final = ("dues-roll", "dues-collection")
_EVERY: Final = "all"


def place(path: str) -> Where:
    return Where(path, MADE)


def of_statement(pen: Pen, path: str, unit: Unit, one: Statement) -> Iterator[Block]:
    """The section of a statement; for its first page."""
    kind = one.name if f"made.{one.name}" in catalogue() else "other"
    yield explained(MADE, pen.t("made.title"), [pen.t(f"made.{kind}"), pen.t("made.total")])
    if one.name in _OF_CELLS:
        yield _cells(pen, path, unit, one)


def of_classes(pen: Pen) -> Block:
    """The same on the page of things by class."""
    return explained(MADE, pen.t("made.title"), [pen.t("made.asset-register"), pen.t("made.total")])


def _cells(pen: Pen, path: str, unit: Unit, one: Statement) -> Block:
    """Each line with its rule and the rows of it that the line sums up."""
    columns = [
        Col(pen.t("made.line")), Col(pen.t("made.rule"), CODE), Col(pen.t("made.rows")),
    ]  # fmt: skip
    rows = []
    for line in one.lines:
        if line.style != "heading":
            rule, _, rest = line.code.partition(".")
            rows.append(
                row(columns, (pen.say(line.label), pen.own(rule), _rows(pen, path, unit, rest)))
            )
    return section("cells", pen.t("made.cells"), pen.t("made.cells_caption"), columns, rows)


def _rows(pen: Pen, path: str, unit: Unit, rest: str) -> object:
    if rest == _EVERY or not rest:
        return pen.t("made.every_row")
    if _MONTH.fullmatch(rest):
        there = {one.period for one in unit.statements if one.name == _OF_CELLS[0]}
        where = Where(addresses.statement(unit.code, _OF_CELLS[0], rest)) if rest in there else None
        return pen.linked(path, where, rest)
    return pen.joined([pen.code(one) for one in rest.split("+")])
