"""What was made public and when it was due, what is missing, was objected to and evaluated.

A page of each for every unit, and one over all of them that counts and leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup

from ledger.errors import Words
from reports.site import addresses, evaluated, gaps
from reports.site.drawing import Pen, Where
from reports.site.evaluated import AMISS
from reports.site.lists import Written, draw, home, nothing, of_unit
from reports.site.model import (
    LATE,
    MISSING,
    Due,
    Objection,
    Publication,
    Unit,
)
from reports.site.packing import Block
from reports.site.tables import CODE, DAY, NUM, Col, paragraph, row, section

_PAGES = (
    addresses.DISCLOSURES, addresses.COMPLETENESS, addresses.OBJECTIONS, addresses.EVALUATIONS,
)  # fmt: skip
_KEYS = ("disclosures", "completeness", "objections", "evaluations")


def of_units(pen: Pen) -> Iterator[Written]:
    """The pages over all units, one of each."""
    makers = (published, gaps.by_unit, objected, evaluated.by_unit)
    for path, key, make in zip(_PAGES, _KEYS, makers, strict=True):
        yield from draw(
            pen, path, pen.t(f"{key}.all"), [make(pen, path), *_asking(pen, key)],
            crumbs=(home(pen),), lead=pen.t(f"{key}.lead"),
        )  # fmt: skip


def of_unit_pages(pen: Pen, one: Unit) -> Iterator[Written]:
    """The same pages of one unit."""
    makers: tuple[Callable[[Pen, str, Unit], Iterator[Block]], ...] = (
        _disclosures, gaps.of_unit, _objections, evaluated.of_unit,
    )  # fmt: skip
    for page, key, make in zip(_PAGES, _KEYS, makers, strict=True):
        path = addresses.of_unit(one.code, page)
        yield from draw(
            pen, path, pen.t(f"{key}.title", unit=pen.plain(one.name)),
            [*make(pen, path, one), *_asking(pen, key)],
            crumbs=of_unit(pen, one.code), lead=pen.t(f"{key}.lead"),
        )  # fmt: skip


def of_one(pen: Pen, path: str, one: Unit) -> Iterator[Block]:
    """What a unit's own page says of all of them, with the ways there."""
    columns = [Col(pen.t("col.what")), Col(pen.t("told.count"), NUM), Col(pen.t("told.amiss"), NUM)]
    missing = sum(1 for due in one.calendar if due.state in (MISSING, LATE))
    lacking = sum(looked.lacking for looked in one.looked)
    still = sum(1 for objection in one.objections if objection.answered is None)
    standing = evaluated.standing(one)
    counts = (
        (len(one.publications), "publications", missing, "calendar"),
        (len(one.looked), "looked", lacking, "looked"),
        (len(one.objections), "open" if still else "answered", still, "open"),
        (len(standing), "evaluations", sum(1 for each in standing if each.result in AMISS),
         "evaluations"),
    )  # fmt: skip
    rows = []
    for page, key, (count, all_of_them, amiss, wrong) in zip(_PAGES, _KEYS, counts, strict=True):
        where = Where(addresses.of_unit(one.code, page))
        rows.append(
            row(columns, (pen.linked(path, where, pen.t(f"{key}.all")),
                          pen.count(path, count, replace(where, anchor=all_of_them)),
                          pen.count(path, amiss, replace(where, anchor=wrong))))
        )  # fmt: skip
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
            (len(unit.publications), "publications"),
            (sum(1 for one in unit.publications if one.superseded is not None), "publications"),
            (len(unit.calendar), "calendar"),
            (sum(1 for one in unit.calendar if one.state == LATE), "calendar"),
            (sum(1 for one in unit.calendar if one.state == MISSING), "calendar"),
        )
        where = Where(addresses.of_unit(unit.code, addresses.DISCLOSURES))
        name = pen.linked(path, where, pen.say(unit.name))
        cells = (pen.count(path, count, replace(where, anchor=list_)) for count, list_ in counts)
        rows.append(row(columns, (name, *cells)))
    return section(
        "published", pen.t("told.by-unit"), pen.t("told.by-unit_caption", day=pen.site.on), columns,
        rows, again=pen.t("list.again"),
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
        counts = ((len(still), "open"), (late, "open"),
                  (len(unit.objections) - len(still), "answered"))  # fmt: skip
        cells = (pen.count(path, count, replace(where, anchor=list_)) for count, list_ in counts)
        rows.append(row(columns, (pen.linked(path, where, pen.say(unit.name)), *cells)))
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
        [row(columns, _due(pen, due), head=1) for due in ordered] or nothing(pen, columns),
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
        rows or nothing(pen, columns), note=pen.t("publications.note"), again=pen.t("list.again"),
    )  # fmt: skip


def _due(pen: Pen, due: Due) -> tuple[object, ...]:
    day = due.due.isoformat() if due.due else ""
    came = due.published.isoformat() if due.published else ""
    state = Markup('<span class="state {}">{}</span>').format(
        due.state, pen.t(f"state.{due.state}")
    )
    return (
        day, pen.say(due.what), state, came, pen.own(due.about), pen.say(due.audience),
        cited(pen, due.rule_name, due.rule),
    )  # fmt: skip


def cited(pen: Pen, name: Words, document: str) -> Markup:
    """What a rule is called, and the document that it stands in, which has one language."""
    if not name.zh:
        return pen.own(document)
    return Markup('{}<br><span class="small">{}</span>').format(pen.say(name), pen.own(document))


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
        key, pen.t(f"objection.{key}"), caption, columns, rows or nothing(pen, columns),
        again=pen.t("list.again"),
    )  # fmt: skip


def _asking(pen: Pen, key: str) -> Iterator[Block]:
    """How to object, where that is said."""
    if key == "objections" and pen.site.objecting is not None:
        yield paragraph(pen.say(pen.site.objecting), "note")
