"""Tables as the site writes them: a caption, heads with their scope, figures to the right.

A table that is too wide for a phone scrolls within a region that the keyboard reaches and that has
the caption for its name. What is given as :class:`Markup` is written as it is, all else escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from markupsafe import Markup, escape

from reports.site import addresses
from reports.site.packing import Block

TEXT, NUM, DAY, CODE = "", "num", "day", "code"
NOTHING: Final = Markup("")
_ROW: Final = Markup("<tr>")
_END_ROW: Final = Markup("</tr>")


@dataclass(frozen=True, slots=True)
class Col:
    """The head of a column; ``kind`` is how its cells are set."""

    text: str
    kind: str = TEXT


def row(
    columns: Sequence[Col], cells: Sequence[object], *, head: int | None = 0, style: str = "",
    anchor: str = "",
) -> Markup:  # fmt: skip
    """One row. ``head`` is the index of the cell that names it, None if nothing does."""
    parts: list[object] = [_row(style, addresses.anchor(anchor) if anchor else "")]
    for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        begin, end = _cell(column.kind, index == head)
        parts += (begin, cell, end)
    parts.append(_END_ROW)
    return NOTHING.join(map(escape, parts))


@cache
def _cell(kind: str, is_head: bool) -> tuple[Markup, Markup]:
    """What stands before and behind a cell's text."""
    told = Markup(' class="{}"').format(kind) if kind else NOTHING
    if is_head:
        return Markup('<th scope="row"{}>').format(told), Markup("</th>")
    return Markup("<td{}>").format(told), Markup("</td>")


def _row(style: str, anchor: str) -> Markup:
    if not style and not anchor:
        return _ROW
    return Markup("<tr{}{}>").format(
        Markup(' id="{}"').format(anchor) if anchor else NOTHING,
        Markup(' class="{}"').format(style) if style else NOTHING,
    )


def spanning(columns: Sequence[Col], text: object, *, style: str = "") -> Markup:
    """A row that heads those below it."""
    kind = Markup(' class="{}"').format(style) if style else NOTHING
    return Markup('<tr{}><th scope="colgroup" colspan="{}">{}</th></tr>').format(
        kind, len(columns), text
    )


def remark(columns: Sequence[Col], text: object) -> Markup:
    """A row that says something of the whole table."""
    return Markup('<tr><td colspan="{}">{}</td></tr>').format(len(columns), text)


def head(key: str, caption: object, columns: Sequence[Col]) -> Markup:
    """The beginning of a table, up to its body."""
    cells = NOTHING.join(
        Markup('<th scope="col"{}>{}</th>').format(
            Markup(' class="{}"').format(column.kind) if column.kind else NOTHING, column.text
        )
        for column in columns
    )
    return Markup(
        '<div class="{3}" role="region" aria-labelledby="c-{0}" tabindex="0">\n'
        '<table>\n<caption id="c-{0}">{1}</caption>\n<thead><tr>{2}</tr></thead>'
    ).format(key, caption, cells, "scroll narrow" if len(columns) < 4 else "scroll")


END: Final = Markup("</table>\n</div>")


def section(
    key: str,
    title: object,
    caption: object,
    columns: Sequence[Col],
    rows: Sequence[Markup],
    *,
    total: Markup = NOTHING,
    note: object = "",
    again: str = "",
    anchor: str = "",
) -> Block:
    """A heading and its table, which may go on over pages under ``again`` behind the title.

    ``total`` is a row that closes it, ``note`` a paragraph between heading and table.
    """
    key = addresses.anchor(key)
    top = Markup('<section>\n<h2 id="{}">{}</h2>\n')
    said = Markup('<p class="note">{}</p>\n').format(note) if note else NOTHING
    table = head(key, caption, columns) + Markup("\n<tbody>")
    closing = Markup("</tbody>\n")
    foot = Markup("<tfoot>{}</tfoot>\n").format(total) if total else NOTHING
    last = END + Markup("\n</section>")
    name = addresses.anchor(anchor) if anchor else key
    return Block(
        anchor or key,
        top.format(name, title) + said + table,
        rows,
        top.format(name, Markup("{} {}").format(title, again)) + table,
        closing + foot + last,
        closing + last,
    )


def paragraph(text: object, style: str = "") -> Block:
    """A paragraph among tables."""
    kind = Markup(' class="{}"').format(style) if style else NOTHING
    return Block("", Markup("<p{}>{}</p>").format(kind, text))


def explained(key: str, title: object, items: Sequence[object]) -> Block:
    """A heading and what is to be said below it, a point each; links lead to the heading."""
    top = Markup('<section>\n<h2 id="{}">{}</h2>\n').format(addresses.anchor(key), title)
    return Block("", top + listed(items) + Markup("\n</section>"))


def listed(items: Sequence[object]) -> Markup:
    """A list of links and the like."""
    return Markup("<ul>{}</ul>").format(
        NOTHING.join(Markup("<li>{}</li>").format(escape(item)) for item in items)
    )
