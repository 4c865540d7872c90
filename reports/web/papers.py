"""``/papers/<unit>/<digest>``: a paper behind a voucher, digest checked, to save or to look at."""

from __future__ import annotations

import logging
import re
from typing import Final

from flask import Blueprint, abort, make_response, request
from werkzeug.wrappers import Response

from ledger.registry import oplog
from ledger.registry import papers as papers_of
from reports.web.access import current_user, desk, may_browse
from reports.web.errors import trouble_page

papers = Blueprint("papers", __name__)
log = logging.getLogger("mingbai.web")

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

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


#: What a browser may show by itself, in a page that may do nothing else.
SHOWN: Final = (".jpeg", ".jpg", ".pdf", ".png")


@papers.get("/papers/<unit>/<digest>", provide_automatic_options=False)
@may_browse
def paper(unit: str, digest: str) -> Response:
    """The paper's bytes. A paper whose content is not what its name says is not served."""
    found = find_paper(unit, digest)
    if found is None:
        abort(404)
    content = papers_of.read(desk().registry, unit, found)
    if content is None:
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
    answer.headers["Content-Type"] = KINDS.get(found.suffix, "application/octet-stream")
    name = f"{digest[:16]}{found.suffix if found.suffix in KINDS else '.bin'}"
    how = "inline" if "show" in request.args and found.suffix in SHOWN else "attachment"
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return answer


def find_paper(unit: str, digest: str) -> papers_of.PaperRow | None:
    """A unit's paper that is registered and in its place."""
    if not _DIGEST.fullmatch(digest):
        return None
    with desk().registry.read() as conn:
        row = papers_of.find(conn, unit, digest)
    if row is None or not papers_of.path_of(desk().registry, unit, row).is_file():
        return None
    return row
