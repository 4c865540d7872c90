"""Headers that tell a browser what a page may do; strictest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Flask, request

from reports.web.access import PUBLIC, access_of, desk
from reports.web.policies import ALWAYS, ASKING, FAVA, OWN, PAPER, SCRIPTED

if TYPE_CHECKING:
    from flask import Response

# Where things are counted the camera reads labels, and a script asks what they are.
_COUNTING: Final = "work-counting."
_CAMERA: Final = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
_ROBOTS: Final = {"X-Robots-Tag": "noindex, nofollow"}


def install(app: Flask) -> None:
    @app.after_request
    def _set(response: Response) -> Response:
        for name, value in (ALWAYS | _ROBOTS).items():
            response.headers[name] = value
        if (request.endpoint or "").startswith(_COUNTING):
            response.headers["Permissions-Policy"] = _CAMERA
        response.headers["Content-Security-Policy"] = _policy(request.endpoint or "")
        if access_of(app, request.endpoint or "") != PUBLIC or "Set-Cookie" in response.headers:
            response.headers["Cache-Control"] = "no-store"
        if desk().secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def _policy(endpoint: str) -> str:
    if endpoint.startswith("books."):
        return FAVA
    if endpoint.startswith(_COUNTING):
        return ASKING
    if endpoint.startswith("work-"):
        return SCRIPTED
    return PAPER if endpoint.startswith("papers.") else OWN
