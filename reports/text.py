"""A statement as aligned text for a terminal: Chinese first, with English beside it.

Chinese characters and full-width punctuation take two columns of a terminal, Latin ones one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import (
    COUNT,
    MONEY,
    TEXT,
    Backing,
    Bar,
    Cell,
    Column,
    Line,
    Statement,
    hours_text,
)

_BAR: Final = 40  # letters
_GAP: Final = "  "
_WIDEST: Final = 44  # text columns are cut here; figures never are


def text_width(text: str) -> int:
    """How many columns of a terminal a text takes.

    >>> text_width("银行 Bank")
    9
    """
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    marks = sum(unicodedata.combining(char) > 0 for char in text)
    return len(text) + wide - marks


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with blanks to ``width`` columns, on its left if ``right``."""
    blanks = " " * max(0, width - text_width(text))
    return blanks + text if right else text + blanks


def cut(text: str, width: int) -> str:
    """The text, or as much of it as fits in ``width`` columns with an ellipsis."""
    if text_width(text) <= width:
        return text
    kept, used = "", 0
    for char in text:
        used += text_width(char)
        if used > width - 1:
            break
        kept += char
    return kept + "…"


def cell_text(cell: Cell) -> str:
    """A cell for people: money with thousands separators, days as 2026-03-05.

    >>> cell_text(Money(123450))
    '1,234.50'
    """
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return cell.grouped
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return hours_text(cell)
    return printable(str(cell))


def printable(text: str) -> str:
    """The text on one line, without characters that would move the cursor or hide other text."""
    return "".join(
        "�" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char
        for char in text
    )


def both(words: Words) -> str:
    """``银行存款 Bank deposits``; one of them where they are the same."""
    zh, en = printable(words.zh), printable(words.en)
    return zh if not en or zh == en else f"{zh} {en}"


def render_text(statement: Statement, *, refs: bool = False) -> str:
    """The statement as lines of text, ending in a newline. ``refs`` adds each line's reference."""
    rows, header = _rows(statement, refs), _header(statement, refs)
    right = _right(statement, refs)
    widths = [
        max(text_width(cell) for cell in column)
        for column in zip(*header, *(cells for _, cells in rows), strict=True)
    ]
    whole = sum(widths) + len(_GAP) * (len(widths) - 1)
    form = f"{statement.form}  " if statement.form else ""
    out = [
        f"{form}{both(statement.title)}",
        f"{both(statement.unit_name)}  {statement.period}",
        *(f"{both(label)}: {printable(text)}" for label, text in statement.facts),
        *map(_bar, statement.bars),
        "=" * whole,
        *(_join(cells, widths, right) for cells in header),
        "-" * whole,
    ]
    for style, cells in rows:
        if style == "total":
            out.append("-" * whole)
        out.append(_join(cells, widths, right))
    out.append("=" * whole)
    out += [f"！{both(alarm)}" for alarm in statement.alarms]
    out += [both(note) for note in statement.notes]
    for found in statement.annex:
        out += ["", render_backing(found).rstrip("\n")]
    return "\n".join(line.rstrip() for line in out) + "\n"


def _bar(bar: Bar) -> str:
    """A bar in letters: each part begins with another sign, what is not a part stays empty."""
    drawn = ""
    for sign, (_, fen) in zip("#=+", bar.parts, strict=False):
        left = _BAR - len(drawn)
        drawn += sign * max(0, min(left, fen * _BAR // bar.whole if bar.whole > 0 else 0))
    return f"[{drawn:.<{_BAR}}] {bar.said}  {both(bar.label)}"


def render_backing(backing: Backing) -> str:
    """What stands behind one figure: opening, postings with their papers, closing."""
    rows: list[list[str]] = []
    if backing.opening is not None:
        rows.append(["", "", both(backing.opening_label), "", "", backing.opening.grouped, ""])
    for line in backing.postings:
        rows.append(
            [
                line.day.isoformat(),
                line.number,
                cut(printable(line.narration), _WIDEST),
                cut(line.account, _WIDEST),
                line.fund,
                line.measured or line.amount.grouped,
                _papers(line.papers),
            ]
        )
    if backing.more:
        text = f"另有 {backing.more} 笔 {backing.more} more"
        rows.append(["", "", text, "", "", "…", ""])
    if backing.closing is not None:
        rows.append(
            ["", "", "合计 Figure", "", "", backing.measured or backing.closing.grouped, ""]
        )
    right = [False] * 5 + [True, False]
    widths = [max(map(text_width, column)) for column in zip(*rows, strict=True)] if rows else []
    out = [f"{backing.ref}  {both(backing.label)}"]
    out += [_join(row, widths, right) for row in rows]
    return "\n".join(line.rstrip() for line in out) + "\n"


def _papers(papers: Sequence[str]) -> str:
    """The beginnings of the papers' digests, enough for ``mingbai show``."""
    return " ".join(f"sha256:{paper.removeprefix('sha256:')[:12]}" for paper in papers)


def _join(cells: list[str], widths: list[int], right: list[bool]) -> str:
    parts = (
        pad(cell, width, right=side) for cell, width, side in zip(cells, widths, right, strict=True)
    )
    return _GAP.join(parts)


def _header(statement: Statement, refs: bool) -> list[list[str]]:
    """Two lines: Chinese, and English below it."""
    labels = [column.label for column in statement.columns]
    if statement.label_column is not None:
        labels.insert(0, statement.label_column)
    if statement.coded:
        labels.insert(0, statement.code_label)
    if refs:
        labels.append(Words("引用", "Reference"))
    return [[label.zh for label in labels], [label.en for label in labels]]


def _right(statement: Statement, refs: bool) -> list[bool]:
    sides = [column.kind in (MONEY, COUNT) for column in statement.columns]
    if statement.label_column is not None:
        sides.insert(0, False)
    if statement.coded:
        sides.insert(0, False)
    return [*sides, False] if refs else sides


def _rows(statement: Statement, refs: bool) -> list[tuple[str, list[str]]]:
    found = []
    for line in statement.lines:
        cells = [_shown(cell, column) for cell, column in _pairs(statement, line)]
        if statement.label_column is not None:
            cells.insert(0, "  " * line.level + both(line.label))
        elif line.style == "heading":
            cells[0] = both(line.label)
        if statement.coded:
            cells.insert(0, "" if line.style == "heading" else line.code)
        found.append((line.style, [*cells, line.ref] if refs else cells))
    return found


def _pairs(statement: Statement, line: Line) -> list[tuple[Cell, Column]]:
    cells = line.cells or (None,) * len(statement.columns)
    return list(zip(cells, statement.columns, strict=True))


def _shown(cell: Cell, column: Column) -> str:
    text = cell_text(cell)
    return cut(text, _WIDEST) if column.kind == TEXT else text
