"""``/desk/<unit>/seals``: closed months sealed, unsigned or by a key that is never here.

Where the unit has a key, a small request is taken to it and its answer brought back; the private
key never comes to the server, and a file that holds one is refused unread. Another key is asked for
by one person and confirmed by another.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request

from ledger.errors import Finding, Refused
from ledger.registry import seal_keys, seals
from ledger.sealing import acting, keys, signing
from ledger.sealing.seals import parse_request, parse_seal
from ledger.sealing.turns import next_turn, turns
from reports.web.access import current_user, desk, may_approve, may_browse, may_close
from reports.web.work import key_files, typed
from reports.web.work.doing import do
from reports.web.work.frame import logins, page
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

seals_page = Blueprint("work-seals", __name__)


@seals_page.get("/desk/<unit>/seals", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _shown(unit)


def _shown(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    with desk().registry.read() as conn:
        found = turns(conn, unit)
        rows = seals.of_unit(conn, unit)
        known = seal_keys.of_unit(conn, unit)
        pinned = seal_keys.in_force(conn, unit)
        waits = seals.waiting(conn, unit)
    upcoming = next_turn(found)
    asked = next((row for row in known if row.state == seal_keys.ASKED), None)
    request_of = None
    if waits is not None and upcoming is not None and waits.month == str(upcoming.month):
        request_of = parse_request(waits.text.encode())
    return page(
        "work/seals.html", unit, findings=findings, tab="months", sub="seals", turns=found[::-1],
        upcoming=upcoming, pinned=pinned, known=known[::-1], asked=asked, request_of=request_of,
        own=asked is not None and asked.maker == current_user().id,
        sealed=[(row, parse_seal(row.text.encode())) for row in rows][::-1],
        grouped=grouped, names=logins(), typed=request.form,
    )  # fmt: skip


def grouped(key: str) -> str:
    """A public key in groups of four, to be compared by eye.

    >>> grouped("00ff12ab")
    '00ff 12ab'
    """
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


@seals_page.post("/desk/<unit>/seals")
@may_close
def seal(unit: str) -> Response:
    """Seal the month unsigned: refused where the unit has a key."""
    return _do(
        unit, "sealed {month}",
        lambda: acting.seal_month(
            desk().registry, unit, typed.month_typed(), current_user(), desk().clock()
        ),
    )  # fmt: skip


@seals_page.post("/desk/<unit>/seals/request")
@may_close
def ask(unit: str) -> Response:
    """Make the request that is signed elsewhere; the first one names its key by a file."""

    def deed() -> None:
        data = key_files.sent_file("public")
        public = signing.read_public(data) if data else ""
        acting.ask_signature(
            desk().registry, unit, typed.month_typed(), current_user(), desk().clock(), public
        )

    return _do(unit, "seal-requested {month}", deed)


@seals_page.get("/desk/<unit>/seals/request", provide_automatic_options=False)
@may_close
def waiting_request(unit: str) -> Response:
    """The request that waits, as a file: exactly the bytes to sign."""
    with desk().registry.read() as conn:
        waits = seals.waiting(conn, unit)
    if waits is None:
        abort(404)
    name = f"{unit}-{waits.month}.v{waits.version}.request"
    return key_files.request_file(waits.text.encode(), name)


@seals_page.post("/desk/<unit>/seals/response")
@may_close
def answer(unit: str) -> Response:
    """Enter the signature that came back."""

    def deed() -> None:
        acting.answer(
            desk().registry, unit, typed.month_typed(), current_user(), desk().clock(),
            key_files.sent_signature(),
        )  # fmt: skip

    return _do(unit, "sealed {month}", deed)


# ---- the unit's key ----------------------------------------------------------------------------


@seals_page.post("/desk/<unit>/seals/key")
@may_close
def ask_key(unit: str) -> Response:
    """Ask for another key, or for none from then on."""

    def deed() -> None:
        data = key_files.sent_file("public")
        is_none = request.form.get("none") == "yes"
        if bool(data) == is_none:
            raise Refused(
                bad_field("选择新的公钥文件，或勾选以后不签名",
                          "choose the new public key's file, or sealing unsigned")
            )  # fmt: skip
        public = "" if is_none else signing.read_public(data)
        keys.ask(
            desk().registry, unit, public, current_user(), desk().clock(),
            typed.text("reason", 301),
        )  # fmt: skip

    return _do(unit, "seal-key-asked", deed)


@seals_page.post("/desk/<unit>/seals/key/confirm")
@may_approve
def confirm_key(unit: str) -> Response:
    return _key(unit, "seal-key-confirmed", keys.confirm)


@seals_page.post("/desk/<unit>/seals/key/withdraw")
@may_close
def withdraw_key(unit: str) -> Response:
    return _key(unit, "seal-key-withdrawn", keys.withdraw)


@seals_page.post("/desk/<unit>/seals/key/decline")
@may_approve
def decline_key(unit: str) -> Response:
    """Who would confirm says no."""
    return _key(unit, "seal-key-withdrawn", keys.withdraw)


def _key(unit: str, done: str, act: Callable[..., object]) -> Response:
    return _do(unit, done, partial(act, desk().registry, unit, current_user(), desk().clock()))


def _do(unit: str, done: str, deed: Callable[[], object]) -> Response:
    told = done.format(month=typed.text("month", 10))
    return do(deed, partial(_shown, unit), "work-seals.overview", unit=unit, done=told)
