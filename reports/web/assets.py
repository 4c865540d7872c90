"""Style sheets and scripts: our own, and Fava's without source maps. Nothing here is private."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, send_from_directory

from reports.web.access import public
from reports.web.fava_books import FAVA_FOLDER

assets = Blueprint("assets", __name__)

_OWN: Final = Path(__file__).parent / "static"
_FONTS: Final = Path(__file__).parent.parent / "fonts"
_FAVA: Final = FAVA_FOLDER / "static"
_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".ico": "image/vnd.microsoft.icon",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_DAY: Final = 86_400


@assets.get("/assets/<name>", provide_automatic_options=False)
@public
def own(name: str) -> Response:
    return _file(_OWN, name)


@assets.get("/assets/fava/<name>", provide_automatic_options=False)
@public
def of_fava(name: str) -> Response:
    return _file(_FAVA, name)


@assets.get("/assets/fonts/<name>", provide_automatic_options=False)
@public
def fonts(name: str) -> Response:
    """The Chinese letters of the reports, for a browser on a machine that has none."""
    return _file(_FONTS, name)


@assets.get("/robots.txt", provide_automatic_options=False)
@public
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


def _file(folder: Path, name: str) -> Response:
    kind = _KINDS.get(Path(name).suffix)
    if kind is None:
        abort(404)
    answer = send_from_directory(folder, name, mimetype=kind, max_age=_DAY)
    answer.headers["Content-Type"] = kind
    return answer
