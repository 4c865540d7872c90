"""Signing in and out. Sessions live in the registry; the browser holds a random token.

The registry locks an account after failures. Here only the cost is bounded: a password check is
expensive on purpose, so few run at once, and one login name is not tried without end, whether it
exists or not. The address a request came from says nothing behind a proxy and is not used.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock, Semaphore
from typing import Final, cast

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ledger.errors import NotAllowed
from ledger.registry import User, oplog, sessions, users
from reports.web.access import desk, public, signed_in

login = Blueprint("login", __name__)

_TRIES: Final = 10
_WINDOW: Final = timedelta(minutes=10)
_NAMES_REMEMBERED: Final = 10_000
_LONGEST_LOGIN: Final = 40
_LONGEST_PASSWORD: Final = 200


class Throttle:
    """At most ``tries`` in ``window`` for one key; remembers a bounded number of keys."""

    def __init__(self, tries: int, window: timedelta, most: int) -> None:
        self._tries, self._window, self._most = tries, window, most
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def admits(self, key: str, now: datetime) -> bool:
        with self._lock:
            times = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while times and times[0] <= now - self._window:
                times.popleft()
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
            if len(times) >= self._tries:
                return False
            times.append(now)
            return True

    def forget(self, key: str) -> None:
        """Start anew: what was tried before succeeded in the end."""
        with self._lock:
            self._seen.pop(key, None)


class Door:
    """The state of signing in, one per app: what was tried, and the key of the form's token."""

    def __init__(self) -> None:
        self.throttle = Throttle(_TRIES, _WINDOW, _NAMES_REMEMBERED)
        self.checks = Semaphore(2)
        self.key = secrets.token_bytes(32)
        users.prepare()

    def token(self, nonce: str) -> str:
        return hmac.new(self.key, nonce.encode(), hashlib.sha256).hexdigest()


def _door() -> Door:
    from flask import current_app

    return cast("Door", current_app.extensions["mingbai-door"])


@login.get("/login")
@public
def form() -> Response:
    if g.user is not None:
        return redirect(_next(request.args.get("next", "")))
    return _form_page(200)


@login.post("/login")
@public
def sign_in() -> Response:
    nonce = request.cookies.get(_form_cookie(), "")
    given = request.form.get("csrf", "")
    if not nonce or not hmac.compare_digest(given.encode(), _door().token(nonce).encode()):
        return _form_page(400, "stale")
    name = request.form.get("login", "").strip()
    password = request.form.get("password", "")
    now = desk().clock()
    key = hashlib.sha256(name.casefold().encode()).hexdigest()
    if not _door().throttle.admits(key, now):
        return _form_page(429, "throttled")
    if not (0 < len(name) <= _LONGEST_LOGIN and 0 < len(password) <= _LONGEST_PASSWORD):
        return _form_page(403, "wrong")
    user = _authenticated(name, password, now)
    if user is None:
        return _form_page(403, "wrong")
    _door().throttle.forget(key)
    return _welcome(user, now)


@login.post("/logout")
@signed_in
def sign_out() -> Response:
    now = desk().clock()
    with desk().registry.write() as conn:
        sessions.close(conn, g.token)
        oplog.record(
            conn, at=now, user=g.user.id, unit="", action="sign-out", object=g.user.id, detail="web"
        )
    answer = redirect(url_for("login.form"), 303)
    answer.delete_cookie(desk().cookie, secure=desk().secure, httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _authenticated(name: str, password: str, now: datetime) -> User | None:
    """The user, or None."""
    if not _door().checks.acquire(timeout=10):
        abort(429)
    try:
        return users.authenticate(desk().registry, name, password, now)
    except NotAllowed:
        return None
    finally:
        _door().checks.release()


def _welcome(user: User, now: datetime) -> Response:
    """A new session, never one that the browser brought along."""
    with desk().registry.write() as conn:
        if g.token:
            sessions.close(conn, g.token)
        token = sessions.open(conn, user, "web", now)
        oplog.record(
            conn, at=now, user=user.id, unit="", action="sign-in", object=user.id, detail="web"
        )
    answer = redirect(_next(request.form.get("next", "")), 303)
    answer.set_cookie(
        desk().cookie, token, secure=desk().secure, httponly=True, samesite="Lax", path="/"
    )
    answer.delete_cookie(_form_cookie(), secure=desk().secure, httponly=True, samesite="Lax")
    return answer


def _form_page(status: int, problem: str = "") -> Response:
    nonce = secrets.token_urlsafe(18)
    place = request.values.get("next", "")
    page = render_template(
        "login.html",
        problem=problem,
        next=place if is_local(place) else "",
        login=request.form.get("login", "")[:_LONGEST_LOGIN],
        form_token=_door().token(nonce),
    )
    answer = make_response(page, status)
    answer.set_cookie(
        _form_cookie(), nonce, secure=desk().secure, httponly=True, samesite="Lax", path="/"
    )
    return answer


def _form_cookie() -> str:
    return f"{desk().cookie}-form"


def _next(place: str) -> str:
    return place if is_local(place) else url_for("home.home")


def is_local(place: str) -> bool:
    """True for a path on this host; ``//elsewhere`` and ``/\\elsewhere`` are other hosts."""
    return (
        len(place) <= 500
        and place.startswith("/")
        and not place.startswith(("//", "/\\"))
        and place.isprintable()
        and "\\" not in place
    )
