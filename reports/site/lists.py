"""Drawing a page that is made of tables, or as many pages as its rows need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from reports.site import addresses
from reports.site.drawing import Pen
from reports.site.packing import Block, Piece, pack
from reports.site.tables import Col, remark

#: A written file: its path from the site's root, and its bytes.
Written = tuple[str, bytes]
#: What is said at a page's head: a label, and a text or a link.
Fact = tuple[str, object]
Crumbs = Sequence[tuple[str, str]]


def home(pen: Pen) -> tuple[str, str]:
    """The first crumb of every page."""
    return addresses.INDEX, pen.t("nav.index")


def of_unit(pen: Pen, code: str) -> tuple[tuple[str, str], ...]:
    """The crumbs down to a unit."""
    return home(pen), (addresses.unit(code), pen.plain(pen.site.unit(code).name))


def draw(
    pen: Pen,
    path: str,
    title: str,
    blocks: Iterable[Block],
    *,
    crumbs: Crumbs = (),
    lead: object = "",
    facts: Sequence[Fact] = (),
    above: object = "",
    unlisted: bool = False,
) -> Iterator[Written]:
    """The pages of a list, packed here."""
    yield from drawn(
        pen, path, title, pack(blocks),
        crumbs=crumbs, lead=lead, facts=facts, above=above, unlisted=unlisted,
    )  # fmt: skip


def drawn(
    pen: Pen,
    path: str,
    title: str,
    pages: Sequence[Sequence[Piece]],
    *,
    crumbs: Crumbs = (),
    lead: object = "",
    facts: Sequence[Fact] = (),
    above: object = "",
    unlisted: bool = False,
    template: str = "list.html",
) -> Iterator[Written]:
    """The pages of a list that was packed before; lead, facts and pictures stand on the first."""
    for number, pieces in enumerate(pages, 1):
        first = number == 1
        said = title if first else pen.t("list.title", title=title, page=number)
        yield pen.page(
            addresses.paged(path, number), template, said,
            crumbs=crumbs if first else (*crumbs, (path, title)), twin=path,
            lead=lead if first else "", facts=facts if first else (),
            above=above if first else "", pieces=pieces, unlisted=unlisted,
            number=number, count=len(pages),
            before=addresses.paged(path, number - 1) if not first else "",
            after=addresses.paged(path, number + 1) if number < len(pages) else "",
        )  # fmt: skip


def nothing(pen: Pen, columns: Sequence[Col]) -> list[Markup]:
    """The rows of a table that has none."""
    return [remark(columns, pen.t("word.nothing"))]


def beside(picture: Markup, block: Block) -> Block:
    """A picture over the table that says the same, under one heading."""
    if not picture:
        return block
    before, mark, after = block.head.partition('<div class="scroll')
    return Block(
        block.key, before + picture + Markup("\n") + mark + after, block.rows, block.again,
        block.foot, block.more,
    )  # fmt: skip
