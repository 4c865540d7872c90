"""The language of our pages: Chinese with English beside it, or one of them, kept in a cookie.

Both languages stand beside each other in the templates, so that neither can be forgotten; what is
not wanted is hidden by the style sheet. Choosing needs no script.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, g, redirect, request
from werkzeug.wrappers import Response

from reports.web.access import desk, public
from reports.web.login import is_local

language = Blueprint("language", __name__)

_COOKIE: Final = "mingbai-language"
_KEPT: Final = timedelta(days=400)
#: What may be chosen, and what each is called.
CHOICES: Final = {"zh": "中文", "en": "English", "both": "两种"}


@language.get("/language/<choice>", provide_automatic_options=False)
@public
def choose(choice: str) -> Response:
    """Remember the choice and go back to the page it was made on."""
    if choice not in CHOICES:
        abort(404)
    place = request.args.get("back", "")
    answer = redirect(place if is_local(place) else "/", 303)
    answer.set_cookie(
        _COOKIE, choice, max_age=_KEPT, secure=desk().secure, httponly=True, samesite="Lax"
    )
    return answer


def install(app: Flask) -> None:
    app.before_request(_find)
    app.jinja_env.globals["languages"] = CHOICES


def _find() -> None:
    kept = request.cookies.get(_COOKIE, "")
    g.language = kept if kept in CHOICES else "both"
    g.place = request.full_path.rstrip("?") if request.method == "GET" else _before()


def _before() -> str:
    """The page that a form was sent from: the form's own address shows nothing."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path
