"""Statements: one page each, and pages of what stands behind its figures, which are links."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from ledger.errors import Words
from reports.site import addresses, made
from reports.site.charts import MOST, Bar, bars
from reports.site.drawing import Pen, Where
from reports.site.journals import behind_columns, behind_rows
from reports.site.lists import Fact, Written, drawn, of_unit
from reports.site.model import Unit
from reports.site.overview import taken_as
from reports.site.packing import Block, Piece, pack, places
from reports.site.tables import END, NUM, Col, head, remark, row, section, spanning
from reports.statement import COUNT, MONEY, REF, Backing, Line, Statement

#: The pages behind each statement of a unit, by its name and period.
Packed = dict[tuple[str, str], list[list[Piece]]]


def packed(pen: Pen, unit: Unit) -> Packed:
    """What stands behind every figure, on pages; the pen learns where each figure opens."""
    found: Packed = {}
    for one in unit.statements:
        path = addresses.behind(unit.code, one.name, one.period)
        if not one.annex:
            continue
        columns = _column_of(one)
        pages = pack(
            _behind(pen, path, unit, backing, columns.get(backing.ref)) for backing in one.annex
        )
        found[one.name, one.period] = pages
        for ref, page in places(pages).items():
            where = Where(addresses.paged(path, page), addresses.anchor(ref))
            pen.figures.setdefault(ref, where)
    return found


def draw(pen: Pen, unit: Unit, pages: Packed) -> Iterator[Written]:
    for one in unit.statements:
        yield from _statement(pen, unit, one)
        found = pages.get((one.name, one.period))
        if found:
            path = addresses.behind(unit.code, one.name, one.period)
            up = addresses.statement(unit.code, one.name, one.period)
            name = title(pen, one)
            yield from drawn(
                pen, path, pen.t("behind.title", statement=name), found,
                crumbs=(*of_unit(pen, unit.code), (up, name)), lead=pen.t("behind.lead"),
            )  # fmt: skip


def title(pen: Pen, one: Statement) -> str:
    return f"{pen.plain(one.title)} {one.period}"


# ---- the statement -----------------------------------------------------------------------------


def _statement(pen: Pen, unit: Unit, one: Statement) -> Iterator[Written]:
    path = addresses.statement(unit.code, one.name, one.period)
    columns = _columns(pen, one)
    pen.asked.discard(made.place(path))
    name = title(pen, one)
    caption = pen.t(
        "statement.caption", statement=pen.plain(one.title), unit=pen.plain(one.unit_name),
        period=one.period,
    )  # fmt: skip
    top = head("statement", caption, columns) + Markup("\n<tbody>")
    end = Markup("</tbody>\n") + END
    pages = pack(Block("", _line(pen, path, unit, one, line, columns)) for line in one.lines)
    framed = [
        [Piece(Block("", top), True), *page, Piece(Block("", end), True)]
        for page in pages
    ]  # fmt: skip
    framed[-1] += [Piece(note, True) for note in _notes(pen, one)]
    if made.place(path) in pen.asked:
        framed[0] += [
            Piece(block, True, list(block.rows))
            for block in made.of_statement(pen, path, unit, one)
        ]
    facts: list[Fact] = [(pen.plain(label), pen.own(text)) for label, text in one.facts]
    if one.form:
        facts.insert(0, (pen.t("statement.form"), pen.own(one.form)))
    held = [it for it in unit.downloads if it.of == f"{one.name}-{one.period}"]
    if held:
        facts.append((pen.t("statement.files"), taken_as(pen, path, held)))
    yield from drawn(
        pen, path, name, framed, crumbs=of_unit(pen, unit.code), facts=facts,
        lead=pen.t("statement.lead"), above=_above(pen, one),
    )  # fmt: skip


def _columns(pen: Pen, one: Statement) -> list[Col]:
    columns = []
    if _is_coded(one):
        columns.append(Col(pen.plain(one.code_label)))
    if one.label_column is not None:
        columns.append(Col(pen.plain(one.label_column)))
    for column in one.columns:
        kind = NUM if column.kind in (MONEY, COUNT) else ""
        columns.append(Col(pen.plain(column.label), kind))
    return columns


def _is_coded(one: Statement) -> bool:
    """Whether lines are known by their codes: those of a form, and those that say so."""
    return one.label_column is not None and (one.coded or bool(one.form))


def _line(
    pen: Pen, path: str, unit: Unit, one: Statement, line: Line, columns: list[Col]
) -> Markup:
    label = pen.say(line.label)
    if line.style == "heading":
        return spanning(columns, label, style="heading")
    cells: list[object] = []
    if _is_coded(one):
        # A form has numbers; lines without one have names of ours, which say nothing to a reader.
        is_shown = one.coded or any(letter.isdigit() for letter in line.code)
        cells.append(pen.own(line.code) if is_shown and line.style != "total" else "")
    named = None
    if one.label_column is not None:
        named = len(cells)
        level = Markup('<span class="in{}">{}</span>').format(min(line.level, 4), label)
        cells.append(level if line.level else label)
    # The line of a voucher leads to that; what else has no vouchers says below what it is made of.
    leads_on = any(column.kind == REF for column in one.columns)
    for index, (column, cell) in enumerate(zip(one.columns, line.cells, strict=True)):
        text = pen.cell(cell)
        if column.kind == REF and isinstance(cell, str):
            text = pen.voucher(path, unit.code, cell)
        elif column.kind in (MONEY, COUNT):
            own = line.ref if index == one.primary else ""
            where = pen.figures.get(line.refs.get(column.key, own))
            if where is None and cell and not leads_on:
                where = pen.ask(made.place(path))
            text = pen.linked(path, where, text)
        cells.append(text)
    style = line.style if line.style in ("subtotal", "total") else ""
    return row(columns, cells, head=named, style=style)


def _above(pen: Pen, one: Statement) -> Markup:
    """Alarms, and a picture of the bars that the statement has."""
    said = Markup("").join(
        Markup('<p class="alarm"><strong>{}</strong> {}</p>').format(
            pen.t("statement.alarm"), pen.say(alarm)
        )
        for alarm in one.alarms
    )
    parts = [
        Bar(f"{pen.plain(bar.label)} {pen.plain(label)}", fen, "ab"[index % 2])
        for bar in one.bars
        for index, (label, fen) in enumerate(bar.parts)
    ]
    name = title(pen, one)
    return said + bars("bars", name, pen.t("chart.told"), parts[: 2 * MOST])


def _notes(pen: Pen, one: Statement) -> Iterator[Block]:
    for note in one.notes:
        yield Block("", Markup('<p class="note">{}</p>').format(pen.say(note)))


# ---- what stands behind ------------------------------------------------------------------------


def _column_of(one: Statement) -> dict[str, Words]:
    """In which column each figure stands, where there are several."""
    found: dict[str, Words] = {}
    if sum(1 for column in one.columns if column.kind == MONEY) > 1:
        for line in one.lines:
            for index, column in enumerate(one.columns):
                own = line.ref if index == one.primary else ""
                found.setdefault(line.refs.get(column.key, own), column.label)
    return found


def _behind(pen: Pen, path: str, unit: Unit, backing: Backing, column: Words | None) -> Block:
    columns = behind_columns(pen)
    rows = behind_rows(pen, path, unit, backing.postings)
    empty = ("", "", "")
    if backing.opening is not None:
        said = pen.say(backing.opening_label)
        rows.insert(0, row(columns, (said, *empty, backing.opening.shown), style="subtotal"))
    if backing.more:
        rows.append(remark(columns, pen.t("behind.more", count=backing.more)))
    total = Markup("")
    closing = backing.measured or (backing.closing.shown if backing.closing is not None else "")
    if closing:
        total = row(columns, (pen.t("behind.figure"), *empty, closing))
    label = pen.say(backing.label)
    if column is not None and pen.plain(column) not in pen.plain(backing.label):
        label = Markup("{} · {}").format(label, pen.say(column))
    return section(
        backing.ref, label, pen.t("behind.caption", ref=backing.ref), columns,
        rows, total=total, again=pen.t("list.again"), anchor=backing.ref,
    )  # fmt: skip
