"""``/desk/<unit>/stocktakes``: stocktakes, and each difference until two people settled it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from ledger.errors import CannotRun, Finding, LedgerError, Words
from ledger.money import Money
from ledger.registry import stocktakes
from ledger.registry.stocktakes import (
    BY_CARD,
    BY_REQUEST,
    BY_SIGHT,
    DIFFERENCE_WORDS,
    EXPLAINED,
    FOUND,
    KIND_WORDS,
    OPEN,
    SCOPE_WORDS,
    STATE_WORDS,
    WAY_WORDS,
)
from ledger.stocktakes import opening, resolving
from ledger.stocktakes.closing import close_stocktake
from ledger.stocktakes.counting import may_count
from ledger.stocktakes.opening import Opening, known
from ledger.stocktakes.resolving import Settled
from ledger.stocktakes.standing import scope_of, stand
from reports.statement import TEXT, Column
from reports.web.access import accepts, current_user, desk, may_approve, may_browse, may_record
from reports.web.work import typed
from reports.web.work.doing import do
from reports.web.work.frame import LARGEST_FORM, logins, page, sent_papers
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from ledger.registry.stocktakes import StocktakeRow
    from ledger.stocktakes.standing import Stand

stocktakes_page = Blueprint("work-stocktakes", __name__)

#: The ways in which a kind of difference is settled, as a form offers them.
_OF_FOUND: Final = (BY_CARD, EXPLAINED)
_OF_OTHERS: Final = (BY_REQUEST, BY_SIGHT, EXPLAINED)


@stocktakes_page.get("/desk/<unit>/stocktakes", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    with desk().registry.read() as conn:
        rows = stocktakes.of_unit(conn, unit)
        alarms = stocktakes.differences(conn, unit, alarms=True)
        told = [(row, *stocktakes.progress(conn, unit, row.code)) for row in reversed(rows)]
        counters = opening.possible_counters(conn, unit)
    left = {row.code: sum(one.stocktake == row.code for one in alarms) for row in rows}
    return page(
        "work/stocktakes.html", unit, findings=findings, tab="stocktakes", found=told, left=left,
        states=STATE_WORDS, scopes=SCOPE_WORDS, scope_of=scope_of, counters=counters,
        today=desk().clock().date(), typed=request.form, chosen=request.form.getlist("counter"),
        mine=[row.code for row in rows if row.state == OPEN and may_count(row, current_user())],
    )  # fmt: skip


@stocktakes_page.get("/desk/<unit>/stocktakes/<code>", provide_automatic_options=False)
@may_browse
def one(unit: str, code: str) -> Response:
    return _one(unit, code)


def _one(unit: str, code: str, findings: tuple[Finding, ...] = ()) -> Response:
    shown = _stand(unit, code)
    if form := form_asked():
        return _file(unit, shown, form)
    with desk().registry.read() as conn:
        said = stocktakes.resolutions(conn, unit, code)
    history = {
        found.row.number: [one for one in said if one.difference == found.row.number]
        for found in shown.differences
    }
    return page(
        "work/stocktake.html", unit, findings=findings, tab="stocktakes", one=shown,
        row=shown.row, history=history, states=STATE_WORDS, kinds=KIND_WORDS, ways=WAY_WORDS,
        difference_states=DIFFERENCE_WORDS, scope=scope_of(shown.row), who=logins(), forms=FORMS,
        today=desk().clock().date(), typed=request.form, of_found=_OF_FOUND, of_others=_OF_OTHERS,
        found_kind=FOUND, me=current_user().id, counting=may_count(shown.row, current_user()),
        open_state=OPEN, at=typed.digits(request.form.get("difference", "")),
    )  # fmt: skip


def _stand(unit: str, code: str) -> Stand:
    return stand(desk().registry, stocktake_of(unit, code), desk().clock().date())


def stocktake_of(unit: str, code: str) -> StocktakeRow:
    """The stocktake of an address; 404 if there is none."""
    with desk().registry.read() as conn:
        try:
            return known(conn, unit, code)
        except CannotRun:
            abort(404)


def _file(unit: str, shown: Stand, form: str) -> Response:
    """The list to take along: each thing with where and with whom it is, and what was seen."""
    columns = (
        Column("class", Words("类别", "Class"), TEXT, 0.9),
        Column("cost", Words("原值", "Cost"), primary=True),
        Column("place", Words("应在地点", "Expected in"), TEXT),
        Column("keeper", Words("保管人", "Keeper"), TEXT, 0.9),
        Column("seen", Words("实见地点", "Seen in"), TEXT),
        Column("holder", Words("实际持有", "Seen with"), TEXT, 0.9),
        Column("differs", Words("差异", "Differs"), TEXT, 0.8),
    )
    who = logins()
    lines = []
    for one in shown.compared:
        item, scan, card = one.item, one.scan, shown.cards[one.item.asset]
        seen = scan if scan is not None and scan.seen else None
        differs = "、".join(KIND_WORDS[kind].zh for kind in one.kinds)
        lines.append((
            item.asset, Words(card.name, item.asset),
            (
                shown.class_words[card.class_id].zh, Money(item.cost_fen),
                item.place, who.get(item.keeper, item.keeper), seen.place if seen else "",
                who.get(seen.keeper, seen.keeper) if seen else "",
                differs if shown.row.state != OPEN or scan is not None else "未盘",
            ),
        ))  # fmt: skip
    return table_file(
        unit, f"stocktake-{shown.row.code}", Words("盘点表", "Stocktake"), shown.row.day, columns,
        lines, heads=Words("资产", "Asset"), form=form,
    )  # fmt: skip


# ---- forms -------------------------------------------------------------------------------------


@stocktakes_page.post("/desk/<unit>/stocktakes")
@may_record
def begin(unit: str) -> Response:
    """Open the stocktake of the form."""
    try:
        said = Opening(
            unit, typed.day(), typed.chosen(SCOPE_WORDS, typed.text("scope", 8)),
            typed.text("of", 120), request.form.getlist("counter")[:50], typed.text("note", 300),
        )  # fmt: skip
        row, _ = opening.open_stocktake(desk().registry, said, current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, fault.findings)
    return _done(unit, row.code, f"stocktake-open {row.code}")


@stocktakes_page.post("/desk/<unit>/stocktakes/<code>/close")
@may_approve
def close(unit: str, code: str) -> Response:
    try:
        day = typed.day()
        found = close_stocktake(desk().registry, unit, code, day, current_user(), desk().clock())
    except CannotRun:
        abort(404)
    except LedgerError as fault:
        return _one(unit, code, fault.findings)
    return _done(unit, code, f"stocktake-closed {len(found)}")


@stocktakes_page.post("/desk/<unit>/stocktakes/<code>/withdraw")
@may_record
def withdraw(unit: str, code: str) -> Response:
    return _do(
        unit, code, "stocktake-withdrawn",
        lambda: opening.withdraw(desk().registry, unit, code, current_user(), desk().clock()),
    )  # fmt: skip


@stocktakes_page.post("/desk/<unit>/stocktakes/<code>/resolve")
@may_record
@accepts(LARGEST_FORM)
def resolve(unit: str, code: str) -> Response:
    """Say how the difference of the form was settled."""

    def propose() -> None:
        sent = sent_papers()
        name, paper = sent[0] if sent else ("", b"")
        way, what = typed.chosen(WAY_WORDS, typed.text("way", 10)), typed.text("what", 300)
        settled = Settled(
            way, what if way == BY_REQUEST else "", what if way == BY_CARD else "",
            what if way == BY_SIGHT else "", what if way == EXPLAINED else typed.text("note", 300),
            paper, name,
        )  # fmt: skip
        resolving.propose(
            desk().registry, unit, code, _number(), settled, current_user(), desk().clock()
        )

    return _do(unit, code, "difference-proposed", propose)


@stocktakes_page.post("/desk/<unit>/stocktakes/<code>/approve")
@may_approve
def approve(unit: str, code: str) -> Response:
    """Approve the resolution that the page showed, and no other."""
    seen = typed.digits(typed.text("seen", 9)) or 0
    return _do(
        unit, code, "difference-approved",
        lambda: resolving.approve(
            desk().registry, unit, code, _number(), current_user(), desk().clock(), seen=seen
        ),
    )  # fmt: skip


@stocktakes_page.post("/desk/<unit>/stocktakes/<code>/refuse")
@may_approve
def refuse(unit: str, code: str) -> Response:
    return _do(
        unit, code, "difference-refused",
        lambda: resolving.refuse(
            desk().registry, unit, code, _number(), typed.text("reason", 300), current_user(),
            desk().clock(),
        ),
    )  # fmt: skip


def _number() -> int:
    return typed.digits(typed.text("difference", 9)) or 0


def _do(unit: str, code: str, done: str, deed: Callable[[], object]) -> Response:
    return do(
        deed, partial(_one, unit, code), "work-stocktakes.one", missing=True,
        unit=unit, code=code, done=done,
    )  # fmt: skip


def _done(unit: str, code: str, done: str) -> Response:
    return redirect(url_for("work-stocktakes.one", unit=unit, code=code, done=done), 303)
