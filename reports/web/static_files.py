"""Style sheets, scripts and letters that every page of ours needs. Nothing here is private."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Response, abort, send_from_directory

from reports.web.fava_ledger import FAVA_FOLDER

OWN: Final = Path(__file__).parent / "static"
FONTS: Final = Path(__file__).parent.parent / "fonts"
FAVA: Final = FAVA_FOLDER / "static"
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


def static_file(folder: Path, name: str) -> Response:
    """A file of a folder of ours; no source map, no licence text, nothing of another kind."""
    kind = _KINDS.get(Path(name).suffix)
    if kind is None:
        abort(404)
    answer = send_from_directory(folder, name, mimetype=kind, max_age=_DAY)
    answer.headers["Content-Type"] = kind
    return answer
