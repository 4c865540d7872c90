"""Headers that tell a browser what a page may do; strictest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Flask, request

from reports.web.access import PUBLIC, access_of, desk

if TYPE_CHECKING:
    from flask import Response

_OWN: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Fava's scripts and styles are files of this host. Its inline JSON is data, which no policy stops;
# nothing inline runs, so text in a book that looks like a script stays text.
_FAVA: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# The desk's one script is a file of this host.
_WORK: Final = f"{_OWN}; script-src 'self'"
# Where things are counted a script sends what it reads and shows what comes back; and the camera
# reads labels.
_COUNT: Final = f"{_WORK}; connect-src 'self'"
_COUNTING: Final = "work-counting."
_CAMERA: Final = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
_PAPER: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "Mingbai",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def install(app: Flask) -> None:
    @app.after_request
    def _set(response: Response) -> Response:
        for name, value in _ALWAYS.items():
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
        return _FAVA
    if endpoint.startswith(_COUNTING):
        return _COUNT
    if endpoint.startswith("work-"):
        return _WORK
    return _PAPER if endpoint.startswith("papers.") else _OWN
