"""What was made public and when it was due, what is missing, and what was objected to.

A page of each for every unit, and one over all of them that counts and leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from reports.site import addresses
from reports.site.drawing import Pen, Where, money
from reports.site.lists import Written, draw, home, of_unit
from reports.site.model import (
    LATE,
    LOOKED_FOR,
    MISSING,
    Due,
    Looked,
    Objection,
    Publication,
    Unit,
)
from reports.site.packing import Block
from reports.site.tables import CODE, DAY, NUM, Col, paragraph, remark, row, section

_PAGES = (addresses.DISCLOSURES, addresses.COMPLETENESS, addresses.OBJECTIONS)
_KEYS = ("disclosures", "completeness", "objections")


def of_units(pen: Pen) -> Iterator[Written]:
    """The three pages over all units."""
    makers = (published, missing_by_unit, objected)
    for path, key, make in zip(_PAGES, _KEYS, makers, strict=True):
        yield from draw(
            pen, path, pen.t(f"{key}.all"), [make(pen, path), *_asking(pen, key)],
            crumbs=(home(pen),), lead=pen.t(f"{key}.lead"),
        )  # fmt: skip


def of_unit_pages(pen: Pen, one: Unit) -> Iterator[Written]:
    """The three pages of one unit."""
    makers: tuple[Callable[[Pen, str, Unit], Iterator[Block]], ...] = (
        _disclosures, _completeness, _objections,
    )  # fmt: skip
    for page, key, make in zip(_PAGES, _KEYS, makers, strict=True):
        path = addresses.of_unit(one.code, page)
        yield from draw(
            pen, path, pen.t(f"{key}.title", unit=pen.plain(one.name)),
            [*make(pen, path, one), *_asking(pen, key)],
            crumbs=of_unit(pen, one.code), lead=pen.t(f"{key}.lead"),
        )  # fmt: skip


def of_one(pen: Pen, path: str, one: Unit) -> Iterator[Block]:
    """What a unit's own page says of all three, with the ways there."""
    columns = [Col(pen.t("col.what")), Col(pen.t("told.count"), NUM), Col(pen.t("told.amiss"), NUM)]
    missing = sum(1 for due in one.calendar if due.state in (MISSING, LATE))
    lacking = sum(looked.lacking for looked in one.looked)
    still = sum(1 for objection in one.objections if objection.answered is None)
    counts = (
        (len(one.publications), missing), (len(one.looked), lacking), (len(one.objections), still),
    )  # fmt: skip
    rows = []
    for page, key, (count, amiss) in zip(_PAGES, _KEYS, counts, strict=True):
        where = Where(addresses.of_unit(one.code, page))
        name = pen.linked(path, where, pen.t(f"{key}.all"))
        rows.append(row(columns, (name, f"{count:,}", f"{amiss:,}")))
    yield section("told", pen.t("told.title"), pen.t("told.caption"), columns, rows)


# ---- over all units ----------------------------------------------------------------------------


def published(pen: Pen, path: str) -> Block:
    """How much each unit published, and what it did not though it was due."""
    columns = [
        Col(pen.t("col.unit")),
        *(
            Col(pen.t(key), NUM)
            for key in (
                "told.published",
                "told.corrected",
                "told.due",
                "state.late",
                "state.missing",
            )
        ),
    ]
    rows = []
    for _, unit in pen.site.tree():
        counts = (
            len(unit.publications),
            sum(1 for one in unit.publications if one.superseded is not None),
            len(unit.calendar),
            sum(1 for one in unit.calendar if one.state == LATE),
            sum(1 for one in unit.calendar if one.state == MISSING),
        )
        where = Where(addresses.of_unit(unit.code, addresses.DISCLOSURES))
        name = pen.linked(path, where, pen.say(unit.name))
        rows.append(row(columns, (name, *(f"{count:,}" for count in counts))))
    return section(
        "published", pen.t("told.by-unit"), pen.t("told.by-unit_caption", day=pen.site.on), columns,
        rows, again=pen.t("list.again"),
    )  # fmt: skip


def missing_by_unit(pen: Pen, path: str) -> Block:
    """How much of each kind is missing in each unit; what was not looked for is said to be so."""
    columns = [
        Col(pen.t("col.unit")), *(Col(pen.t(f"looked.{kind}"), NUM) for kind in LOOKED_FOR)
    ]  # fmt: skip
    rows = []
    for _, unit in pen.site.tree():
        where = Where(addresses.of_unit(unit.code, addresses.COMPLETENESS))
        cells = []
        for kind in LOOKED_FOR:
            found = unit.looked_for(kind)
            cells.append(pen.t("looked.not") if found is None else f"{found.lacking:,}")
        rows.append(row(columns, (pen.linked(path, where, pen.say(unit.name)), *cells)))
    return section(
        "missing", pen.t("completeness.by-unit"), pen.t("completeness.caption", day=pen.site.on),
        columns, rows, note=pen.t("completeness.note"), again=pen.t("list.again"),
    )  # fmt: skip


def objected(pen: Pen, path: str) -> Block:
    columns = [
        Col(pen.t("col.unit")), Col(pen.t("objection.open"), NUM),
        Col(pen.t("objection.overdue"), NUM), Col(pen.t("objection.answered"), NUM),
    ]  # fmt: skip
    rows = []
    for _, unit in pen.site.tree():
        still = [one for one in unit.objections if one.answered is None]
        late = sum(1 for one in still if one.due is not None and one.due < pen.site.on)
        where = Where(addresses.of_unit(unit.code, addresses.OBJECTIONS))
        rows.append(
            row(columns, (pen.linked(path, where, pen.say(unit.name)), f"{len(still):,}",
                          f"{late:,}", f"{len(unit.objections) - len(still):,}"))
        )  # fmt: skip
    return section(
        "objected", pen.t("objections.by-unit"), pen.t("objections.caption", day=pen.site.on),
        columns, rows, again=pen.t("list.again"),
    )  # fmt: skip


# ---- of one unit -------------------------------------------------------------------------------


def _disclosures(pen: Pen, path: str, one: Unit) -> Iterator[Block]:
    columns = [
        Col(pen.t("col.due"), DAY), Col(pen.t("col.what")), Col(pen.t("col.state")),
        Col(pen.t("col.published"), DAY), Col(pen.t("col.about")), Col(pen.t("fact.audience")),
        Col(pen.t("col.rule")),
    ]  # fmt: skip
    ordered = sorted(one.calendar, key=lambda due: (due.due is None, due.due or pen.site.on))
    yield section(
        "calendar", pen.t("calendar.title"), pen.t("calendar.caption", day=pen.site.on), columns,
        [row(columns, _due(pen, due), head=1) for due in ordered] or _nothing(pen, columns),
        again=pen.t("list.again"),
    )  # fmt: skip
    columns = [
        Col(pen.t("col.published"), DAY), Col(pen.t("col.what")), Col(pen.t("told.version")),
        Col(pen.t("told.days"), DAY), Col(pen.t("col.about")), Col(pen.t("told.paper"), CODE),
    ]  # fmt: skip
    ordered_publications = sorted(
        one.publications, key=lambda told: (told.published, told.code), reverse=True
    )
    rows = [
        row(columns, _publication(pen, path, told), head=1, anchor=told.code)
        for told in ordered_publications
    ]
    yield section(
        "publications", pen.t("publications.title"), pen.t("publications.caption"), columns,
        rows or _nothing(pen, columns), note=pen.t("publications.note"), again=pen.t("list.again"),
    )  # fmt: skip


def _due(pen: Pen, due: Due) -> tuple[object, ...]:
    day = due.due.isoformat() if due.due else ""
    came = due.published.isoformat() if due.published else ""
    state = Markup('<span class="state {}">{}</span>').format(
        due.state, pen.t(f"state.{due.state}")
    )
    return (
        day, pen.say(due.what), state, came, pen.own(due.about), pen.say(due.audience),
        pen.own(due.rule),
    )  # fmt: skip


def _publication(pen: Pen, path: str, told: Publication) -> tuple[object, ...]:
    version = Markup("{}").format(pen.t("told.version_is", version=told.version))
    if told.superseded is not None:
        version += Markup('<br><span class="state late">{}</span>').format(
            pen.t("told.superseded", version=told.superseded)
        )
    if told.explanation:
        version += Markup("<br>{}").format(pen.own(told.explanation))
    what = pen.say(told.what)
    if told.file:
        what = Markup('<a href="{}">{}</a>').format(pen.file(path, told.file), what)
    paper = pen.code(told.paper) if told.paper else ""
    days = pen.t("fact.days", first=told.first, last=told.last)
    return told.published.isoformat(), what, version, days, pen.own(told.about), paper


def _completeness(pen: Pen, path: str, one: Unit) -> Iterator[Block]:
    columns = [
        Col(pen.t("looked.for")), Col(pen.t("looked.among"), NUM), Col(pen.t("looked.lacking"), NUM)
    ]  # fmt: skip
    rows = []
    for kind in LOOKED_FOR:
        found = one.looked_for(kind)
        name: object = pen.t(f"looked.{kind}")
        if found is None:
            rows.append(row(columns, (name, "", pen.t("looked.not"))))
            continue
        if found.lacking:
            name = pen.linked(path, Where(path, kind), name)
        among = "" if found.of is None else f"{found.of:,}"
        rows.append(row(columns, (name, among, f"{found.lacking:,}")))
    yield section(
        "looked", pen.t("looked.title"), pen.t("completeness.caption", day=pen.site.on), columns,
        rows, note=pen.t("completeness.note"),
    )  # fmt: skip
    for kind in LOOKED_FOR:
        found = one.looked_for(kind)
        if found is not None and found.lacking:
            yield _lacks(pen, path, one, found)


def _lacks(pen: Pen, path: str, one: Unit, found: Looked) -> Block:
    columns = [
        Col(pen.t("col.day"), DAY), Col(pen.t("col.what")), Col(pen.t("col.voucher"), CODE),
        Col(pen.t("col.amount"), NUM),
    ]  # fmt: skip
    rows = [
        row(columns, (lack.day.isoformat() if lack.day else "", pen.say(lack.what),
                      pen.voucher(path, one.code, lack.voucher),
                      "" if lack.fen is None else money(lack.fen)), head=1)
        for lack in found.lacks
    ]  # fmt: skip
    unnamed = found.lacking - len(found.lacks)
    total = Markup("")
    if unnamed:
        total = row(columns, ("", pen.t("looked.unnamed", count=unnamed), "", ""), head=1)
    name = pen.t(f"looked.{found.kind}")
    caption = pen.t("looked.caption", what=name, count=found.lacking)
    return section(
        found.kind, name, caption, columns, rows, total=total,
        note=pen.t(f"looked_told.{found.kind}"), again=pen.t("list.again"),
    )  # fmt: skip


def _objections(pen: Pen, _path: str, one: Unit) -> Iterator[Block]:
    still = [them for them in one.objections if them.answered is None]
    answered = [them for them in one.objections if them.answered is not None]
    yield _objection_table(pen, "open", still)
    yield _objection_table(pen, "answered", answered)


def _objection_table(pen: Pen, key: str, found: Sequence[Objection]) -> Block:
    columns = [
        Col(pen.t("objection.code"), CODE), Col(pen.t("objection.text")),
        Col(pen.t("objection.due"), DAY), Col(pen.t("objection.asked"), DAY),
        Col(pen.t("col.about")),
    ]  # fmt: skip
    if key == "answered":
        columns[2:2] = [Col(pen.t("objection.answer")), Col(pen.t("objection.day"), DAY)]
    rows = []
    for one in sorted(found, key=lambda them: (them.due or them.asked, them.code)):
        due: object = one.due.isoformat() if one.due is not None else ""
        if one.answered is None and one.due is not None and one.due < pen.site.on:
            due = Markup('{}<br><span class="state missing">{}</span>').format(
                due, pen.t("objection.overdue")
            )
        cells = [one.code, pen.own(one.text), due, one.asked.isoformat(), pen.say(one.about)]
        if one.answered is not None:
            cells[2:2] = [pen.own(one.answer), one.answered.isoformat()]
        rows.append(row(columns, cells, anchor=one.code))
    caption = pen.t(f"objection_caption.{key}", day=pen.site.on)
    return section(
        key, pen.t(f"objection.{key}"), caption, columns, rows or _nothing(pen, columns),
        again=pen.t("list.again"),
    )  # fmt: skip


def _nothing(pen: Pen, columns: Sequence[Col]) -> list[Markup]:
    return [remark(columns, pen.t("word.nothing"))]


def _asking(pen: Pen, key: str) -> Iterator[Block]:
    """How to object, where that is said."""
    if key == "objections" and pen.site.objecting is not None:
        yield paragraph(pen.say(pen.site.objecting), "note")
