"""What is missing: counted over all units, and told thing by thing for each.

Of each kind it is said among how many things it was looked for, how many are missing, and how they
stand: waived until a day, exempt by a rule, by account. What nobody looked for is told as that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import compress

from markupsafe import Markup

from reports.site import addresses
from reports.site.drawing import Pen, Where, money
from reports.site.lists import nothing
from reports.site.model import (
    CLOSED_LATE,
    LOOKED_FOR,
    MISSED,
    NO_PAPERS,
    OPEN_OBJECTION,
    UNTRACED,
    Lack,
    Looked,
    Unit,
)
from reports.site.packing import Block
from reports.site.tables import CODE, DAY, NUM, Col, row, section


def by_unit(pen: Pen, path: str) -> Block:
    """How much of each kind is missing in each unit; what was not looked for is said to be so."""
    columns = [
        Col(pen.t("col.unit")), *(Col(pen.t(f"looked.{kind}"), NUM) for kind in LOOKED_FOR)
    ]  # fmt: skip
    rows = []
    for _, unit in pen.site.tree():
        where = Where(addresses.of_unit(unit.code, addresses.COMPLETENESS))
        cells: list[object] = []
        for kind in LOOKED_FOR:
            found = unit.looked_for(kind)
            there = replace(where, anchor=kind)
            cells.append(
                pen.t("looked.not") if found is None else pen.count(path, found.lacking, there)
            )
        rows.append(row(columns, (pen.linked(path, where, pen.say(unit.name)), *cells)))
    return section(
        "missing", pen.t("completeness.by-unit"), pen.t("completeness.caption", day=pen.site.on),
        columns, rows, note=pen.t("completeness.note"), again=pen.t("list.again"),
    )  # fmt: skip


def of_unit(pen: Pen, path: str, one: Unit) -> Iterator[Block]:
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
        there = Where(path, kind) if _has_section(found) else None
        among = "" if found.of is None else pen.count(path, found.of, _among(one, kind) or there)
        name = pen.linked(path, there, name)
        rows.append(row(columns, (name, among, pen.count(path, found.lacking, there))))
    yield section(
        "looked", pen.t("looked.title"), pen.t("completeness.caption", day=pen.site.on), columns,
        rows, note=pen.t("completeness.note"),
    )  # fmt: skip
    for kind in LOOKED_FOR:
        found = one.looked_for(kind)
        if found is not None and _has_section(found):
            yield _lacks(pen, path, one, found)
            if found.parts:
                yield _parts(pen, path, one, found)


def _has_section(found: Looked) -> bool:
    return bool(found.lacking or found.parts)


def _among(one: Unit, kind: str) -> Where | None:
    """Where all stands that was looked at; None where only what is missing is told."""
    calendar = Where(addresses.of_unit(one.code, addresses.DISCLOSURES), "calendar")
    asked = Where(addresses.of_unit(one.code, addresses.OBJECTIONS), "answered")
    unit = addresses.unit(one.code)
    found = {
        NO_PAPERS: Where(unit, "journal") if one.vouchers else None,
        CLOSED_LATE: Where(unit, "seals") if one.seals else None,
        UNTRACED: Where(unit, "campaigns") if one.campaigns else None,
        MISSED: calendar, OPEN_OBJECTION: asked,
    }  # fmt: skip
    return found.get(kind)


def _parts(pen: Pen, path: str, one: Unit, found: Looked) -> Block:
    """How what was looked at stands: what was waived, and until when; by account; by rule."""
    columns = [
        Col(pen.t("col.what")),
        Col(pen.t("looked.until"), DAY),
        Col(pen.t("told.count"), NUM),
    ]
    there = _among(one, found.kind) or Where(path, found.kind)
    rows = []
    for part in found.parts:
        what = pen.say(part.what)
        if part.about:
            what += Markup('<br><span class="small">{}</span>').format(pen.own(part.about))
        until = part.until.isoformat() if part.until else ""
        rows.append(row(columns, (what, until, pen.count(path, part.count, there))))
    name = pen.t(f"looked.{found.kind}")
    return section(
        f"{found.kind}-parts", pen.t("looked.parts", what=name),
        pen.t("looked.parts_caption", what=name), columns, rows, again=pen.t("list.again"),
    )  # fmt: skip


def _lacks(pen: Pen, path: str, one: Unit, found: Looked) -> Block:
    """What is missing, a row each; columns stand where anything is in them."""
    unnamed = found.lacking - found.named
    has = (
        True, True, any(lack.voucher for lack in found.lacks),
        bool(unnamed) or any(lack.count != 1 for lack in found.lacks),
        any(lack.fen is not None for lack in found.lacks),
    )  # fmt: skip
    every = (
        Col(pen.t("col.day"), DAY), Col(pen.t("col.what")), Col(pen.t("col.voucher"), CODE),
        Col(pen.t("looked.many"), NUM), Col(pen.t("col.amount"), NUM),
    )  # fmt: skip
    columns = list(compress(every, has))
    rows = [
        row(columns, list(compress(_lack(pen, path, one, lack), has)), head=1)
        for lack in found.lacks
    ]
    total = Markup("")
    if unnamed:
        said = pen.t("looked.unnamed", count=unnamed)
        cells = ("", said, "", pen.count(path, unnamed, Where(path, "looked")), "")
        total = row(columns, list(compress(cells, has)), head=1)
    name = pen.t(f"looked.{found.kind}")
    caption = pen.t("looked.caption", what=name, count=found.lacking)
    return section(
        found.kind, name, caption, columns, rows or nothing(pen, columns), total=total,
        note=pen.t(f"looked_told.{found.kind}"), again=pen.t("list.again"),
    )  # fmt: skip


def _lack(pen: Pen, path: str, one: Unit, lack: Lack) -> tuple[object, ...]:
    """What is missing: it leads to its voucher or campaign; days to what was looked for."""
    voucher = pen.vouchers.get((one.code, lack.voucher))
    campaign = Where(addresses.campaign(one.code, lack.campaign)) if lack.campaign else None
    where = voucher or campaign or Where(path, "looked")
    what = pen.linked(path, campaign, pen.say(lack.what))
    return (
        lack.day.isoformat() if lack.day else "", what, pen.voucher(path, one.code, lack.voucher),
        pen.count(path, lack.count, where),
        "" if lack.fen is None else pen.linked(path, where, money(lack.fen)),
    )  # fmt: skip
