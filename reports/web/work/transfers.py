"""``/desk/<unit>/transfers``: what units pay each other; one exception, both sides, what to do.

Who may browse the units below sees their matrix; a unit's own people see what their unit pays and
receives: of the other book the amounts and days, not its vouchers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, abort, redirect, request, url_for

from ledger import reversing
from ledger.errors import CannotRun, Refused
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Period
from ledger.registry import transfers, units
from ledger.transfers import resolving
from ledger.transfers.entering import known
from ledger.transfers.matrix import build_matrix, loose_of, standing_today
from ledger.transfers.standing import WORDS
from reports.web.access import current_user, desk, may_browse
from reports.web.federation import picture_of
from reports.web.work.doing import do
from reports.web.work.frame import logins, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from ledger.errors import Finding
    from ledger.registry.transfers import Transfer
    from ledger.transfers.books import Entered
    from ledger.transfers.matrix import Matrix

transfers_page = Blueprint("work-transfers", __name__)


@dataclass(frozen=True)
class Side:
    """One voucher of a transfer; without an address where its unit is not the reader's."""

    unit: str
    day: date
    amount: Money
    number: str
    href: str
    papers: tuple[tuple[str, str], ...]
    may_reverse: bool


@transfers_page.get("/desk/<unit>/transfers", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    try:
        period = Period.parse(request.args.get("period", f"{desk().clock().year:04d}"))
    except ValueError:
        abort(404)
    matrix = _matrix(unit, period)
    names = _names()
    year = period.start.year
    return page(
        "work/transfers.html", unit, findings=findings, tab="transfers", matrix=matrix,
        names=names, picture=picture_of(matrix, names), states=WORDS, yuan=Money,
        chasers=resolving.chasers(matrix.exceptions),
        seen=frozenset(names), period=str(period),
        periods=[str(year - 1), str(year), *(f"{year}-Q{quarter}" for quarter in range(1, 5))],
    )  # fmt: skip


def _matrix(unit: str, period: Period) -> Matrix:
    registry = desk().registry
    with registry.read() as conn:
        below = [row.id for row in units.subtree(conn, unit)]
    asked = [one for one in below if current_user().may("browse", one)]
    return build_matrix(registry, asked, period, desk().clock().date())


@transfers_page.get("/desk/<unit>/transfers/<reference>", provide_automatic_options=False)
@may_browse
def transfer(unit: str, reference: str) -> Response:
    return _transfer(unit, reference)


def _transfer(unit: str, reference: str, findings: tuple[Finding, ...] = ()) -> Response:
    registry, user = desk().registry, current_user()
    row = _known(reference)
    found = standing_today(registry, row, desk().clock().date())
    with registry.read() as conn:
        acts = transfers.acts(conn, reference)
    return page(
        "work/transfer.html", unit, findings=findings, tab="transfers", found=found, row=row,
        state=WORDS[found.state], due=Money(row.fen), paid=Money(found.paid_fen),
        arrived=Money(found.arrived_fen), difference=Money(found.difference),
        sides={
            "paid": [_side(one) for one in found.paid],
            "arrived": [_side(one) for one in found.arrived],
        },
        acts=acts, logins=logins(), names=_names(), today=desk().clock().date(),
        may_settle=resolving.may_settle(registry, row, user),
        may_refuse=not row.refused and not found.arrived_fen
        and any(user.may("approve", one) for one in (row.payer, row.payee)),
        may_close=not found.difference and not found.agrees and found.is_open,
    )  # fmt: skip


@transfers_page.post("/desk/<unit>/transfers/<reference>/refuse")
@may_browse
def refuse(unit: str, reference: str) -> Response:
    return _do(
        unit, reference, "transfer-refused",
        lambda: resolving.refuse(
            desk().registry, reference, _reason(), current_user(), desk().clock()
        ),
    )  # fmt: skip


@transfers_page.post("/desk/<unit>/transfers/<reference>/close")
@may_browse
def close(unit: str, reference: str) -> Response:
    return _do(
        unit, reference, "transfer-closed",
        lambda: resolving.close(
            desk().registry, reference, _reason(), current_user(), desk().clock()
        ),
    )  # fmt: skip


@transfers_page.post("/desk/<unit>/transfers/<reference>/reverse")
@may_browse
def reverse(unit: str, reference: str) -> Response:
    """Propose the reversal of one of the transfer's vouchers, for its own unit's checker."""
    row = _known(reference)
    of, number = request.form.get("of", ""), request.form.get("voucher", "")
    found = standing_today(desk().registry, row, desk().clock().date())
    if (of, number) not in {(one.unit, one.voucher) for one in (*found.paid, *found.arrived)}:
        abort(404)
    now = desk().clock()
    return _do(
        unit, reference, "reversed",
        lambda: reversing.reverse(
            desk().registry, of, number, current_user(), now, day=now.date(), reason=_reason()
        ),
    )  # fmt: skip


@transfers_page.post("/desk/<unit>/transfers")
@may_browse
def match(unit: str) -> Response:
    """Say to which transfer a voucher without a reference belongs."""
    of, number = request.form.get("of", ""), request.form.get("voucher", "")
    reference = request.form.get("reference", "").strip()
    if not current_user().may("browse", of):
        abort(403)
    try:
        _known(reference)
        if not any(one.voucher == number for one in loose_of(
            desk().registry, of, desk().clock().date()
        )):  # fmt: skip
            abort(404)
        resolving.match(desk().registry, of, number, reference, current_user(), desk().clock())
    except Refused as refused:
        return _overview(unit, refused.findings)
    done = "transfer-matched"
    return redirect(
        url_for("work-transfers.transfer", unit=unit, reference=reference, done=done), 303
    )


def _do(unit: str, reference: str, done: str, deed: Callable[[], object]) -> Response:
    _known(reference)
    return do(
        deed, partial(_transfer, unit, reference), "work-transfers.transfer",
        unit=unit, reference=reference, done=done,
    )  # fmt: skip


def _reason() -> str:
    return request.form.get("reason", "")[:300]


def _known(reference: str) -> Transfer:
    """The transfer; 404 for what the user may not see, as for what is not there.

    Nothing of it is shown while the text of one of its two books differs from the journal.
    """
    try:
        row = known(desk().registry, reference, current_user())
    except CannotRun:
        abort(404)
    if not (desk().may_show(row.payer) and desk().may_show(row.payee)):
        abort(503)
    return row


def _side(one: Entered) -> Side:
    amount = Money(one.fen)
    if not current_user().may("browse", one.unit):
        return Side(one.unit, one.day, amount, "", "", (), may_reverse=False)
    model = Model.open(unit_folder(desk().folder, one.unit))
    try:
        draft = model.voucher(one.voucher).draft
    finally:
        model.close()
    papers = tuple((d[:12], f"/papers/{one.unit}/{d}?show=1") for d in draft.papers)
    return Side(
        one.unit, one.day, amount, one.voucher, f"/vouchers/{one.unit}/{quote(one.voucher)}",
        papers, may_reverse=not draft.reverses and current_user().may("record", one.unit),
    )  # fmt: skip


def _names() -> dict[str, str]:
    """The names of the units that the user may browse; of others their ids are enough."""
    with desk().registry.read() as conn:
        return {
            row.id: row.name
            for row in units.all_units(conn)
            if current_user().may("browse", row.id)
        }
