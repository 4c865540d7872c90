"""Who may call a route, said where the route is written, and enforced before it runs.

A view without a declaration answers nobody. The declarations are :func:`public`, :func:`signed_in`,
and one for each right in a unit: :func:`may_browse`, :func:`may_record`, :func:`may_approve`,
:func:`may_close`, :func:`may_take_cash` and :func:`may_audit`. Those expect the unit in the path
and give the same refusal for a unit that does not exist. What is posted is decided once more in the
posting path.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for

from ledger import journal
from ledger.errors import LedgerError
from ledger.registry import sessions
from ledger.witnesses import Witnesses
from reports.web.units import find_unit

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from werkzeug.wrappers import Response

    from ledger.registry import Registry, User

log = logging.getLogger("mingbai.web")

View = TypeVar("View", bound=Callable[..., object])

PUBLIC: Final = "public"
SIGNED_IN: Final = "signed-in"
BROWSE: Final = "browse"
RECORD: Final = "record"
APPROVE: Final = "approve"
CLOSE: Final = "close"
HANDLE_CASH: Final = "handle-cash"
AUDIT: Final = "audit"
#: The rights in a unit that a view may ask for.
IN_UNIT: Final = (BROWSE, RECORD, APPROVE, CLOSE, HANDLE_CASH, AUDIT)
EXTENSION: Final = "mingbai"
#: A large form's fields together, without its files, and how many of them there may be.
_LARGEST_TEXT: Final = 2 * 1024 * 1024
_MOST_PARTS: Final = 1000


def _declare(access: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


#: Anyone may call this view.
public = _declare(PUBLIC)
#: Only a signed-in user may call this view.
signed_in = _declare(SIGNED_IN)
#: Only a user with the right to browse the unit named in the path may call this view.
may_browse = _declare(BROWSE)
#: Only a user who may record in the unit named in the path.
may_record = _declare(RECORD)
#: Only a user who may approve in the unit named in the path.
may_approve = _declare(APPROVE)
#: Only a user who may close months of the unit named in the path.
may_close = _declare(CLOSE)
#: Only a user who may handle cash in the unit named in the path, or record in it.
may_take_cash = _declare(HANDLE_CASH)
#: Only a user who may audit the unit named in the path.
may_audit = _declare(AUDIT)


def accepts(largest: int) -> Callable[[View], View]:
    """The view's forms carry files of up to ``largest`` bytes together; others 64 KiB."""

    def mark(view: View) -> View:
        view.largest = largest  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> str | None:
    """The declaration of an endpoint's view; None if it has none and is closed to all."""
    return getattr(app.view_functions.get(endpoint), "access", None)


class Desk:
    """What the app holds for its views: the registry, the clock, and how it is reached."""

    def __init__(
        self,
        folder: Path,
        registry: Registry,
        clock: Callable[[], datetime],
        *,
        secure: bool,
        hosts: frozenset[str],
    ) -> None:
        self.folder = folder
        self.registry = registry
        self.clock = clock
        self.secure = secure
        self.hosts = hosts
        self._witnesses: dict[str, Witnesses] = {}

    def may_show(self, unit: str) -> bool:
        """Does the unit's book say what its journal says? What differs is not shown.

        What a crash, or someone posting just now, left to be appended is appended first.
        """
        both = self._witnesses.setdefault(unit, Witnesses(self.registry, unit))
        if both.agree():
            return True
        try:
            if journal.behind(self.registry, unit):
                journal.recover(self.registry, unit, self.clock())
        except LedgerError:
            return False
        return both.agree()

    @property
    def cookie(self) -> str:
        """The session cookie's name; over HTTPS one that only this host may have set."""
        return "__Host-mingbai" if self.secure else "mingbai"


def desk() -> Desk:
    return cast("Desk", current_app.extensions[EXTENSION])


def current_user() -> User:
    """The signed-in user; 401 if there is none."""
    user = cast("User | None", g.get("user"))
    if user is None:
        abort(401)
    return user


def install(app: Flask) -> None:
    """Check every request against its view's declaration, and every POST for its origin."""
    app.before_request(_enforce)
    app.jinja_env.globals["csrf_token"] = csrf_token


def _enforce() -> Response | None:
    g.user = None
    if urlsplit(f"//{request.host}").hostname not in desk().hosts:
        abort(400)  # Werkzeug's own list of trusted hosts knows no IPv6 address
    if request.routing_exception is not None:
        _find_user()
        return None  # Flask answers 404 or 405
    access = access_of(current_app, request.endpoint or "")
    if access is None:
        abort(403)
    _find_user()
    if access != PUBLIC:
        if g.user is None:
            return _to_login()
        if access in IN_UNIT:
            _demand(access, (request.view_args or {}).get("unit", ""))
    if request.method == "POST":
        largest = getattr(current_app.view_functions[request.endpoint or ""], "largest", None)
        if largest is not None:
            request.max_content_length = largest
            request.max_form_memory_size = _LARGEST_TEXT
            request.max_form_parts = _MOST_PARTS
        _demand_own_form()
    return None


def _find_user() -> None:
    token = request.cookies.get(desk().cookie, "")
    g.token = token if 0 < len(token) <= 200 else ""
    if g.token:
        with desk().registry.read() as conn:
            g.user = sessions.user(conn, g.token, desk().clock())


def _to_login() -> Response:
    """Pages lead to the sign-in form; data and forms are refused."""
    if (
        request.method not in ("GET", "HEAD")
        or "/api/" in request.path
        or "partial" in request.args
    ):
        abort(401)
    place = request.full_path if request.query_string else request.path
    target = url_for("login.form") if place == "/" else url_for("login.form", next=place)
    return redirect(target, 303)


def holds(user: User, right: str, unit: str) -> bool:
    """Whether a user has a right in a unit; whoever records may take cash as well."""
    return user.may(right, unit) or (right == HANDLE_CASH and user.may(RECORD, unit))


def _demand(right: str, unit: str) -> None:
    if not holds(current_user(), right, unit) or find_unit(desk().folder, unit) is None:
        abort(403)
    if not desk().may_show(unit):
        log.error("%s: the book's text and its journal differ; nothing of it is shown", unit)
        abort(503)


# ---- forms -------------------------------------------------------------------------------------


def csrf_token() -> str:
    """The token of this session's forms, derived from the session's own secret."""
    return hashlib.sha256(f"form {g.token}".encode()).hexdigest() if g.get("token") else ""


def _demand_own_form() -> None:
    """A POST comes from a page of ours: by its origin, and signed in also by its token."""
    if not is_own_origin():
        abort(403)
    if g.user is not None and request.endpoint != "login.sign_in":
        given = request.form.get("csrf", "")
        if not hmac.compare_digest(given.encode(), csrf_token().encode()):
            abort(403)


def is_own_origin() -> bool:
    """Browsers name the page that a form was sent from; it has to be ours."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
