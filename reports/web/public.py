"""What is published, served: a folder of files, and the redacted books in it behind the gate.

A process of its own, without registry, sign-in, cookie or anything that could be written: what
anybody may have is all that it can reach. The desk (``mingbai serve``) is another program.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from flask import Flask, abort, make_response, redirect, render_template, request
from flask import Response as Page
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ledger.errors import CannotRun, Words, finding
from reports.web.errors import TROUBLES, Trouble
from reports.web.fava_ledger import MOUNT
from reports.web.handing import Shelf, hand_over
from reports.web.listening import build_server, listen
from reports.web.policies import ALWAYS, ASKING, FAVA
from reports.web.published import Publication
from reports.web.published_books import fava_of, find_book, newest_book, published_books
from reports.web.static_files import FAVA as FAVA_FILES
from reports.web.static_files import FONTS, OWN, static_file

log = logging.getLogger("mingbai.web")

#: What Fava's frame and our own pages ask for; other names below /assets are the publication's.
_FRAME: Final = frozenset({"fava-frame.css", "favicon.svg", "fonts.css", "mingbai.css"})
_FIRST: Final = "income_statement"
_MOST_OPEN: Final = 4
_TROUBLES: Final = TROUBLES | {
    403: Trouble(
        Words("这里不提供", "This is not offered"),
        Words("请从首页或公开账簿重新进入", "Start from the first page, or from the list of books"),
    ),
    503: Trouble(
        Words("账簿暂时不能查阅", "This book cannot be shown now"),
        Words(
            "公布的账簿未能通过检查；可下载整包自行核对",
            "The published book did not pass its checks; download its pack and verify it",
        ),
    ),
}


def create_public_app(folder: Path) -> Flask:
    """The pages of the publication in ``folder``. Raises CannotRun where there is none."""
    if not folder.is_dir():
        raise CannotRun(
            finding(
                "no-publication",
                f"没有目录 {str(folder)[:120]}",
                f"there is no folder {str(folder)[:120]}",
                "先用 mingbai publish 生成，或核对路径",
                "make it with mingbai publish, or check the path",
            )
        )
    publication = Publication(folder)
    folder = publication.folder

    def opened(name: str) -> Flask | None:
        one = find_book(folder, name)
        return None if one is None else fava_of(one)

    shelf = Shelf(opened, _MOST_OPEN)
    app = Flask("reports.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 0
    # A path means what it says: no redirect is made up from what a request says of its host.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    def route(path: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
        return app.get(path, provide_automatic_options=False)

    @route("/")
    @route("/<path:path>")
    def file(path: str = "") -> Response:
        """A file of the publication."""
        found = publication.find(path)
        if found is not None:
            return publication.answer(found, request)
        if publication.is_folder(path):
            return redirect(f"/{path}/")
        return _trouble(404)

    @route("/assets/fava/<name>")
    def of_fava(name: str) -> Response:
        return static_file(FAVA_FILES, name)

    @route("/assets/fonts/<name>")
    def fonts(name: str) -> Response:
        return static_file(FONTS, name)

    @route("/assets/<name>")
    def asset(name: str) -> Response:
        return static_file(OWN, name) if name in _FRAME else file(f"assets/{name}")

    @route(f"{MOUNT}/")
    def books() -> Response:
        """The books that were published."""
        return make_response(render_template("public/books.html", books=published_books(folder)))

    @route(f"{MOUNT}/<name>")
    @route(f"{MOUNT}/<name>/<path:rest>")
    def book(name: str, rest: str = "") -> Response:
        """A page of a book; under a unit's own code, of its newest one."""
        shelved = shelf.book(name)
        if shelved is None:
            newest = newest_book(folder, name)
            if newest is None:
                abort(404)
            return redirect(f"{MOUNT}/{newest.name}/{rest or f'{_FIRST}/'}")
        if not rest:
            return redirect(f"{MOUNT}/{name}/{_FIRST}/")
        return hand_over(shelved, name, rest, request.args, _trouble)

    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_anything)
    app.after_request(_headed)
    return app


def serve_public(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 5001,
    *,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted. Raises CannotRun for no publication, or no address of its own."""
    server = build_server(create_public_app(folder), host, port, largest=1024)
    listen(server, host, port, announce)


# ---- what every answer says ----------------------------------------------------------------------


def _headed(answer: Page) -> Page:
    """Strict headers, and for pages of books a digest by which they need not be sent twice."""
    for name, value in ALWAYS.items():
        answer.headers[name] = value
    of_a_book = request.endpoint == "book"
    answer.headers["Content-Security-Policy"] = FAVA if of_a_book else ASKING
    if "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "public, no-cache"
    if answer.status_code >= 400:
        answer.headers["Cache-Control"] = "no-store"
    elif of_a_book and answer.status_code == 200:
        answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest())
        answer.make_conditional(request)
    return answer


def _trouble(status: int, faults: Sequence[Words] = ()) -> Response:
    trouble = _TROUBLES.get(status, _TROUBLES[400 if status < 500 else 500])
    page = render_template("public/trouble.html", status=status, trouble=trouble, faults=faults)
    return make_response(page, status)


def _on_http_error(error: HTTPException) -> Response:
    page = _trouble(error.code or 500)
    if error.code == 405:
        page.headers["Allow"] = "GET, HEAD"
    return page


def _on_anything(error: Exception) -> Response:
    log.error("unexpected error at %s", request.endpoint, exc_info=error)
    return _trouble(500)
