"""``/units``: the tree of units; where each stands, its figures, and its history.

What is changed here is what the commands change: figures by who records, the rest by who
administers; the library decides once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for

from ledger import workflow
from ledger.chart import charts
from ledger.errors import LedgerError, Refused, Words
from ledger.founding import Founding, found_unit
from ledger.money import Money
from ledger.registry import figures, oplog, units
from ledger.tree import changing
from ledger.tree.handing_over import Merging, merge
from ledger.tree.moving_members import CLAIMS
from ledger.tree.words import CHANNELS, FIGURES, LEVELS, REGIONS
from reports.web.access import current_user, desk, signed_in
from reports.web.work import typed
from reports.web.work.frame import logins, told_of
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from ledger.errors import Finding
    from ledger.registry.units import UnitRow

tree_page = Blueprint("work-tree", __name__)

_EVENTS: Final = {
    units.MOVED: Words("改变上级", "moved"),
    units.MERGING: Words("提出并入", "to be merged into"),
    units.MERGED: Words("并入", "merged into"),
    units.CLOSED: Words("撤销", "closed"),
}


@dataclass(frozen=True)
class Place:
    """One unit of the tree: how deep it is, and how many heads it has."""

    row: UnitRow
    depth: int
    heads: figures.Figure | None
    into: str


@tree_page.get("/units", provide_automatic_options=False)
@signed_in
def overview() -> Response:
    return _overview()


def _overview(findings: tuple[Finding, ...] = ()) -> Response:
    """The units that the user may know of, as a tree, and of one of them what is known of it."""
    places = _places()
    if not places:
        abort(403)
    of = request.values.get("of", "")[:40] or places[0].row.id
    shown = next((place for place in places if place.row.id == of), None)
    if shown is None:
        abort(404)
    user = current_user()
    with desk().registry.read() as conn:
        events = units.events(conn, of)
        entered = figures.of_unit(conn, of)
    return make_response(
        render_template(
            "work/tree.html", findings=findings, told=told_of(request.args.get("done", "")),
            places=places, shown=shown, events=events, entered=entered, words=_EVENTS,
            levels=LEVELS, regions=REGIONS, channels=CHANNELS, kinds=FIGURES, charts=charts(),
            logins=logins(), typed=request.form, today=desk().clock().date(),
            is_admin=user.may("administer", "*"), may_record=user.may("record", of),
            names={place.row.id: place.row.name for place in places},
        ),
        422 if findings else 200,
    )  # fmt: skip


def _places() -> list[Place]:
    """In the order of a tree: who administers sees all of it, others what they may browse."""
    user, today = current_user(), desk().clock().date()
    sees_all = user.may("administer", "*")
    with desk().registry.read() as conn:
        rows = [row for row in units.all_units(conn) if sees_all or user.may("browse", row.id)]
        heads = figures.last(conn, [row.id for row in rows], "heads", today)
        merged = units.merged_into(conn)
    known = {row.id for row in rows}
    below: dict[str, list[UnitRow]] = {}
    for row in rows:
        below.setdefault(row.upper if row.upper and row.upper in known else "", []).append(row)
    found: list[Place] = []

    def add(upper: str, depth: int) -> None:
        for row in below.get(upper, []):
            found.append(Place(row, depth, heads.get(row.id), merged.get(row.id, "")))
            add(row.id, depth + 1)

    add("", 0)
    return found


# ---- forms -------------------------------------------------------------------------------------


def _form(path: str) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """A form about one unit of the tree; its deed gives the unit to show afterwards."""

    def wrap(deed: Callable[[str], str]) -> Callable[[str], str]:
        @signed_in
        def view() -> Response:
            of = typed.text("of", 40)
            if of not in {place.row.id for place in _places()}:
                abort(404)
            try:
                shown = deed(of)
            except LedgerError as fault:
                return _overview(fault.findings)
            done = "unit proposed" if path == "merge" else "unit done"
            return redirect(url_for("work-tree.overview", of=shown, done=done), 303)

        tree_page.add_url_rule(
            f"/units/{path}", view_func=view, methods=["POST"], endpoint=path,
            provide_automatic_options=False,
        )  # fmt: skip
        return deed

    return wrap


def _standing() -> changing.Standing:
    return changing.Standing(
        typed.text("level", 20), tuple(request.form.getlist("region")), typed.text("channel", 20)
    )


@_form("set")
def set_standing(of: str) -> str:
    changing.set_standing(desk().registry, of, _standing(), current_user(), desk().clock())
    return of


@_form("add")
def add_unit(of: str) -> str:
    """A new unit below ``of``, with its book."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    workflow.demand(user, "administer", "*")
    faults: list[Finding] = []
    limit = typed.amount("limit", faults, needed=False)
    if typed.text("chart", 40) not in charts():
        faults.append(bad_field("选择科目表", "choose a chart of accounts"))
    if faults:
        raise Refused(*faults)
    said = _standing()
    changing.check_standing(said)
    new = typed.text("new", 40)
    found_unit(
        registry,
        Founding(
            unit=new, name=typed.text("name", 100), name_en=typed.text("name_en", 200),
            chart=typed.text("chart", 40), opened=typed.day(), limit=limit or Money(10_000_00),
            upper=of, strict=True,
        ),
        now,
    )  # fmt: skip
    with registry.write() as conn:
        oplog.record(
            conn, at=now, user=user.id, unit=new, action="unit.found", object=new,
            detail=typed.text("chart", 40),
        )  # fmt: skip
    changing.set_standing(registry, new, said, user, now)
    return new


@_form("figure")
def enter_figure(of: str) -> str:
    value = typed.text("value", 12)
    if not (value.isascii() and value.isdigit()):
        raise Refused(bad_field("数目须为不负的整数", "a figure is a whole number"))
    changing.enter_figure(
        desk().registry, of, typed.text("key", 20), int(value), typed.day(),
        typed.text("source", 300), current_user(), desk().clock(),
    )  # fmt: skip
    return of


@_form("move")
def move_unit(of: str) -> str:
    changing.move(
        desk().registry, of, typed.text("upper", 40), typed.day(), typed.text("decision", 120),
        current_user(), desk().clock(),
    )  # fmt: skip
    return of


@_form("merge")
def merge_unit(of: str) -> str:
    """Propose that a unit hands its book, and its members, over to another."""
    merge(
        desk().registry,
        Merging(of, typed.text("into", 40), typed.day(), typed.text("decision", 120), {},
                members=request.form.get("members") == "yes"),
        current_user(), desk().clock(),
    )  # fmt: skip
    return of


@_form("close")
def close_unit(of: str) -> str:
    what = typed.text("claims", 10)
    if what not in CLAIMS:
        raise Refused(bad_field("选择未收会费的去向", "say what becomes of open dues"))
    changing.close(
        desk().registry, of, typed.day(), typed.text("decision", 120), current_user(),
        desk().clock(), open_claims=what,
    )  # fmt: skip
    return of
