"""The files of a publication, as they lie in its folder: each under its digest, nothing else.

A request names a file by its path below the folder. Names that begin with a dot, links, and
whatever is no plain file are not there. What a file is follows from its name alone.
"""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from flask import make_response

if TYPE_CHECKING:
    from flask import Request, Response

_TEXT: Final = "text/plain; charset=utf-8"
#: What a browser is told a file is. Anything else is bytes to be saved.
KINDS: Final = {
    "": _TEXT,  # SHA256SUMS, LICENSE
    ".bean": _TEXT,
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".md": _TEXT,
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": _TEXT,
    ".seal": _TEXT,
    ".svg": "image/svg+xml; charset=utf-8",
    ".toml": _TEXT,
    ".ttf": "font/ttf",
    ".txt": _TEXT,
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml; charset=utf-8",
}
_UNKNOWN: Final = "application/octet-stream"
_INDEX: Final = "index.html"
_LONGEST: Final = 1000
_MOST_DIGESTS: Final = 100_000
#: A version of a pack never changes; every other page is asked for again by its digest.
_KEPT: Final = "public, max-age=86400"
_ASKED: Final = "public, no-cache"


class Publication:
    """The folder, and the digests of the files that were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._digests: dict[Path, tuple[tuple[int, int, int], str]] = {}
        self._lock = Lock()

    def find(self, path: str) -> Path | None:
        """The file of a path below the folder, an index for a folder; None where there is none.

        ``path`` is as the server decoded it. Each part of the way is looked at by itself, so that
        no link leads out of the folder.
        """
        if len(path) > _LONGEST or not path.isprintable() or "\\" in path:
            return None
        parts = path.split("/")
        if parts[-1] == "":
            parts[-1] = _INDEX
        place = self.folder
        for part in parts[:-1]:
            place /= part
            if _is_hidden(part) or not _is(place, stat.S_ISDIR):
                return None
        place /= parts[-1]
        return None if _is_hidden(parts[-1]) or not _is(place, stat.S_ISREG) else place

    def is_folder(self, path: str) -> bool:
        """Whether a path without its last stroke is a folder that has an index."""
        return not path.endswith("/") and self.find(f"{path}/") is not None

    def answer(self, place: Path, request: Request) -> Response:
        """The file, or 304 where the browser has it already."""
        content = place.read_bytes()
        answer = make_response(content)
        kind = KINDS.get(place.suffix.lower(), _UNKNOWN)
        answer.headers["Content-Type"] = kind
        if kind == _UNKNOWN:
            answer.headers["Content-Disposition"] = "attachment"
        within = place.relative_to(self.folder).parts
        answer.headers["Cache-Control"] = _KEPT if within[0] == "packs" else _ASKED
        answer.set_etag(self._digest(place, content))
        answer.make_conditional(request)
        return answer

    def _digest(self, place: Path, content: bytes) -> str:
        """The SHA-256 of a file, reckoned once for as long as it stays as it is."""
        found = place.stat()
        mark = (found.st_mtime_ns, found.st_size, found.st_ino)
        with self._lock:
            known = self._digests.get(place)
            if known is not None and known[0] == mark and found.st_size == len(content):
                return known[1]
            digest = hashlib.sha256(content).hexdigest()
            if len(self._digests) >= _MOST_DIGESTS:
                self._digests.clear()
            self._digests[place] = mark, digest
            return digest


def _is_hidden(part: str) -> bool:
    return part in ("", "..") or part.startswith(".")


def _is(place: Path, kind: object) -> bool:
    """Whether a name is of a kind by itself; a link is none of them."""
    try:
        return bool(kind(place.lstat().st_mode))  # type: ignore[operator]
    except (OSError, ValueError):
        return False
