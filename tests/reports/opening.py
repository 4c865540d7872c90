"""Every figure of a statement opens, and what stands behind it is what is printed."""

from __future__ import annotations

from collections.abc import Collection

from ledger.money import Money, total
from reports.statement import Statement
from reports.statements import catalogue
from reports.statements.source import Source


def every_figure_opens(
    source: Source, statement: Statement, *, openings: bool = True, elsewhere: Collection[str] = ()
) -> int:
    """Open every amount of money; what it began with and its postings add up to it.

    How many were opened is returned: a test says that there were some. Without ``openings`` no
    figure begins with anything, and its postings alone add up to it. Every reference is of the
    statement and its line, but of lines whose codes are ``elsewhere``: they show another's figures.
    """
    opened = 0
    for line in statement.lines:
        for column, cell in zip(statement.columns, line.cells, strict=False):
            if not isinstance(cell, Money):
                continue
            ref = line.refs.get(column.key, line.ref if column.primary else "")
            own = f"{statement.unit}/{statement.name}/{statement.period}/{line.code}"
            assert ref.startswith(own) or line.code in elsewhere, (line.code, column.key)
            found = catalogue.backing(source, ref)
            assert (found.ref, found.closing) == (ref, cell)
            begin = [found.opening] if found.opening else []
            assert openings or not begin, ref
            assert total([*begin, *(posting.amount for posting in found.postings)]) == cell, ref
            opened += 1
    return opened
