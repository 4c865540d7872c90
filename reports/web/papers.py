"""``/papers/<unit>/<digest>``: a paper behind a voucher, as a download whose digest was checked."""

from __future__ import annotations

import hashlib
import logging
import re
from pathlib import Path
from typing import Final

from flask import Blueprint, abort, make_response
from werkzeug.wrappers import Response

from ledger.layout import paper_path, unit_folder
from ledger.registry import oplog
from reports.web.access import current_user, desk, may_browse
from reports.web.errors import trouble_page

papers = Blueprint("papers", __name__)
log = logging.getLogger("mingbai.web")

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LARGEST: Final = 64 * 1024 * 1024

#: What a browser is told a paper is. Anything else is bytes to be saved.
KINDS: Final = {
    ".csv": "text/plain; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".ofd": "application/ofd",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@papers.get("/papers/<unit>/<digest>", provide_automatic_options=False)
@may_browse
def paper(unit: str, digest: str) -> Response:
    """The paper's bytes. A paper whose content is not what its name says is not served."""
    path = find_paper(unit_folder(desk().folder, unit), digest)
    if path is None:
        abort(404)
    if path.stat().st_size > _LARGEST:
        abort(413)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        log.error("paper %s of %s does not have the content it is named for", digest[:16], unit)
        return trouble_page(410)
    with desk().registry.write() as conn:
        oplog.record(
            conn,
            at=desk().clock(),
            user=current_user().id,
            unit=unit,
            action="open-paper",
            object=f"sha256:{digest}",
        )
    answer = make_response(content)
    answer.headers["Content-Type"] = KINDS.get(path.suffix, "application/octet-stream")
    name = f"{digest[:16]}{path.suffix if path.suffix in KINDS else '.bin'}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def find_paper(folder: Path, digest: str) -> Path | None:
    """The file of a paper in a unit's folder: a plain file in its place, no link to elsewhere."""
    if not _DIGEST.fullmatch(digest):
        return None
    place = folder / paper_path(digest)
    found = [
        path
        for path in sorted(place.parent.glob(f"{digest}*"))
        if path.stem == digest or path.name == digest
    ]
    if not found or found[0].is_symlink() or not found[0].is_file():
        return None
    inside = found[0].resolve().is_relative_to(folder.resolve())
    return found[0] if inside else None
