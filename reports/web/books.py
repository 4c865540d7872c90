"""The books: ``/books/<unit>/…``, where a request that may pass is handed to that unit's Fava."""

from __future__ import annotations

import gc
from collections import OrderedDict
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

from flask import Blueprint, current_app, make_response, redirect, request
from werkzeug.wrappers import Response

from ledger.layout import unit_folder
from reports.web import gate
from reports.web.access import may_browse
from reports.web.errors import trouble_page
from reports.web.fava_books import MOUNT, OneBook, fava_for, is_open_path

if TYPE_CHECKING:
    from flask import Flask

    from ledger.registry import Registry

books = Blueprint("books", __name__)

_MOST_OPEN: Final = 16
_LANGUAGES: Final = "zh-CN,zh;q=0.9,en;q=0.5"


@dataclass
class Opened:
    """One unit's Fava. Fava reloads a book in place, so one request at a time goes through."""

    fava: Flask
    lock: RLock = field(default_factory=RLock)

    @property
    def ledgers(self) -> OneBook:
        return cast("OneBook", self.fava.config["LEDGERS"])


class Shelf:
    """The books that are open, the one longest unused closed first."""

    def __init__(self, registry: Registry, most: int = _MOST_OPEN) -> None:
        self._registry = registry
        self._most = most
        self._open: OrderedDict[str, Opened] = OrderedDict()
        self._lock = Lock()

    def book(self, unit: str) -> Opened | None:
        """The unit's Fava, opened if need be; None if the unit has no book yet."""
        path = unit_folder(self._registry.folder, unit) / "book.bean"
        with self._lock:
            if unit not in self._open:
                if not path.is_file():
                    return None
                self._open[unit] = Opened(fava_for(self._registry, unit))
            self._open.move_to_end(unit)
            if len(self._open) > self._most:
                self._open.popitem(last=False)
                # Closed books are cycles of frozen objects: only a full collection frees them.
                gc.unfreeze()
                gc.collect()
                gc.freeze()
            return self._open[unit]


def shelf() -> Shelf:
    return cast("Shelf", current_app.extensions["mingbai-shelf"])


@books.get(f"{MOUNT}/<unit>", provide_automatic_options=False)
@books.get(f"{MOUNT}/<unit>/", provide_automatic_options=False)
@may_browse
def first_page(unit: str) -> Response:
    """A book opens at its funds."""
    return redirect(f"{MOUNT}/{unit}/extension/Funds/")


@books.get(f"{MOUNT}/<unit>/<path:rest>", provide_automatic_options=False)
@may_browse
def page(unit: str, rest: str) -> Response:
    """One page or piece of data of the unit's book, if the gate lets it pass."""
    opened = shelf().book(unit)
    if opened is None:
        return trouble_page(503)
    path = f"/{unit}/{rest}"
    if not is_open_path(opened.fava, path):
        if is_open_path(opened.fava, f"{path}/"):
            return redirect(f"{MOUNT}/{unit}/{rest}/")
        return trouble_page(403)
    parameters = gate.known_parameters(request.args.items(multi=True))
    faults = gate.faults_in(parameters)
    if faults:
        return trouble_page(400, faults)
    with opened.lock:
        if not opened.ledgers.book.is_sound():
            return trouble_page(503)
        answer = Response.from_app(opened.fava, _environ(path, parameters), buffered=True)
    return _passed_on(answer)


def _environ(path: str, parameters: dict[str, str]) -> dict[str, Any]:
    """A request of our own making: nothing the browser sent is in it but path and parameters."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": MOUNT,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": urlencode(parameters),
        "SERVER_NAME": "mingbai",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "mingbai",
        "HTTP_ACCEPT_LANGUAGE": _LANGUAGES,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _passed_on(answer: Response) -> Response:
    """Fava's body and type; of its troubles only a filter's own message."""
    if answer.status_code == 200:
        return make_response(answer.get_data(), 200, {"Content-Type": answer.content_type or ""})
    if answer.status_code == 400 and answer.is_json:
        return make_response(answer.get_data(), 400, {"Content-Type": "application/json"})
    return trouble_page(answer.status_code if answer.status_code in (403, 404) else 500)
