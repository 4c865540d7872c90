"""What auditors say of a unit's periods and projects, and how the findings behind it stand.

No finding is told: they are counted by severity and state, and a section says what is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from reports.site import addresses
from reports.site.drawing import Pen, Where
from reports.site.lists import nothing
from reports.site.made import MADE
from reports.site.model import RESULTS, Evaluation, Unit
from reports.site.packing import Block
from reports.site.tables import CODE, DAY, NUM, Col, explained, row, section

#: The results that count as something amiss.
AMISS: Final = ("remarks", "adverse")
_STYLES: Final = {"unqualified": "met", "remarks": "late", "adverse": "missing", "none": "coming"}


def standing(one: Unit) -> list[Evaluation]:
    """The evaluations in force: of each the last version."""
    return [each for each in one.evaluations if each.superseded is None]


def by_unit(pen: Pen, path: str) -> Block:
    """How many evaluations in force say what of each unit, and the findings that are not over."""
    columns = [
        Col(pen.t("col.unit")), *(Col(pen.t(f"result.{result}"), NUM) for result in RESULTS),
        Col(pen.t("evaluation.open"), NUM),
    ]  # fmt: skip
    rows = []
    for _, unit in pen.site.tree():
        there = addresses.of_unit(unit.code, addresses.EVALUATIONS)
        found = standing(unit)
        cells = [
            pen.count(
                path, sum(1 for each in found if each.result == result), Where(there, "evaluations")
            )
            for result in RESULTS
        ]
        left = sum(one.count for each in found for one in each.findings if one.open)
        name = pen.linked(path, Where(there), pen.say(unit.name))
        rows.append(row(columns, (name, *cells, pen.count(path, left, Where(there, "findings")))))
    return section(
        "evaluated", pen.t("evaluations.by-unit"), pen.t("evaluations.caption", day=pen.site.on),
        columns, rows, again=pen.t("list.again"),
    )  # fmt: skip


def of_unit(pen: Pen, path: str, one: Unit) -> Iterator[Block]:
    """What is in force, what it took the place of, and the findings behind it, counted."""
    day = pen.site.on
    yield _table(pen, path, one, "in-force", "evaluations", standing(one))
    replaced = [each for each in one.evaluations if each.superseded is not None]
    if replaced:
        yield _table(pen, path, one, "replaced", "replaced", replaced)
    columns = [
        Col(pen.t("evaluation.code"), CODE), Col(pen.t("evaluation.severity")),
        Col(pen.t("evaluation.state")), Col(pen.t("evaluation.count"), NUM),
    ]  # fmt: skip
    rows = [
        row(
            columns,
            (pen.linked(path, Where(path, _anchor(each)), each.code),
             pen.t(f"severity.{found.severity}"), pen.t(f"finding.{found.state}"),
             pen.count(path, found.count, Where(path, MADE))),
        )
        for each in standing(one)
        for found in each.findings
    ]  # fmt: skip
    yield section(
        "findings", pen.t("evaluation.findings"), pen.t("evaluation.findings_caption", day=day),
        columns, rows or nothing(pen, columns), again=pen.t("list.again"),
    )  # fmt: skip
    if rows:
        said = [pen.t("evaluation.made_counts", day=day), pen.t("evaluation.made_closed")]
        yield explained(MADE, pen.t("evaluation.made"), said)


def _table(
    pen: Pen, path: str, one: Unit, key: str, anchor: str, found: Sequence[Evaluation]
) -> Block:
    columns = [
        Col(pen.t("evaluation.code"), CODE), Col(pen.t("evaluation.about")),
        Col(pen.t("evaluation.result")), Col(pen.t("evaluation.text")),
        Col(pen.t("col.published"), DAY),
    ]  # fmt: skip
    ordered = sorted(found, key=lambda each: (each.published, each.code), reverse=True)
    rows = [row(columns, _cells(pen, path, one, each), anchor=_anchor(each)) for each in ordered]
    return section(
        anchor, pen.t(f"evaluation.{key}"), pen.t(f"evaluation.{key}_caption", day=pen.site.on),
        columns, rows or nothing(pen, columns), again=pen.t("list.again"),
    )  # fmt: skip


def _cells(pen: Pen, path: str, one: Unit, each: Evaluation) -> tuple[object, ...]:
    code = Markup("{}<br>{}").format(each.code, pen.t("told.version_is", version=each.version))
    if each.superseded is not None:
        code += Markup('<br><span class="state late">{}</span>').format(
            pen.t("told.superseded", version=each.superseded)
        )
    where = None
    if each.fund and any(fund.code == each.fund for fund in one.funds):
        where = Where(addresses.fund(one.code, each.fund))
    if each.campaign and any(campaign.code == each.campaign for campaign in one.campaigns):
        where = Where(addresses.campaign(one.code, each.campaign))
    about = Markup("{}<br>{}").format(pen.linked(path, where, pen.say(each.about)), each.period)
    result = Markup('<span class="state {}">{}</span>').format(
        _STYLES[each.result], pen.t(f"result.{each.result}")
    )
    text = pen.own(each.text)
    if each.note:
        text += Markup('<br><span class="small">{}{}</span>').format(
            pen.t("evaluation.note"), pen.own(each.note)
        )
    return code, about, result, text, each.published.isoformat()


def _anchor(each: Evaluation) -> str:
    return f"{each.code}-v{each.version}"
