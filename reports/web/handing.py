"""A request that may pass is handed to the Fava of its book; what comes back is looked at too.

Nothing that the browser sent reaches Fava but a path and known parameters.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

from flask import make_response, redirect
from werkzeug.wrappers import Response

from reports.web import gate
from reports.web.fava_asked import RIGHTS
from reports.web.fava_ledger import MOUNT, OneBook, is_open_path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from flask import Flask
    from werkzeug.datastructures import MultiDict

    from ledger.errors import Words

    Trouble = Callable[[int, Sequence[Words]], Response]

_MOST_OPEN: Final = 16
_LANGUAGES: Final = "zh-CN,zh;q=0.9,en;q=0.5"


@dataclass
class Opened:
    """One book's Fava. Fava reloads a book in place, so one request at a time goes through."""

    fava: Flask
    lock: RLock = field(default_factory=RLock)

    @property
    def ledgers(self) -> OneBook:
        return cast("OneBook", self.fava.config["LEDGERS"])


class Shelf:
    """The books that are open, the one longest unused closed first.

    ``opener`` makes the Fava of a book by its name; None where there is no such book.
    """

    def __init__(self, opener: Callable[[str], Flask | None], most: int = _MOST_OPEN) -> None:
        self._opener = opener
        self._most = most
        self._open: OrderedDict[str, Opened] = OrderedDict()
        self._lock = Lock()

    def book(self, name: str) -> Opened | None:
        """The book's Fava, opened if need be; None if there is none."""
        with self._lock:
            if name not in self._open:
                fava = self._opener(name)
                if fava is None:
                    return None
                self._open[name] = Opened(fava)
            self._open.move_to_end(name)
            if len(self._open) > self._most:
                self._open.popitem(last=False)
                # Closed books are cycles of frozen objects: only a full collection frees them.
                gc.unfreeze()
                gc.collect()
                gc.freeze()
            return self._open[name]


def hand_over(
    opened: Opened, name: str, rest: str, arguments: MultiDict[str, str], trouble: Trouble,
    rights: Collection[str] = (),
) -> Response:  # fmt: skip
    """One page or piece of data of a book, if the gate lets it pass; else ``trouble`` says why.

    ``rights`` are those in the unit of whoever asks, for our own pages inside Fava's frame.
    """
    path = f"/{name}/{rest}"
    if not is_open_path(opened.fava, path):
        if is_open_path(opened.fava, f"{path}/"):
            return redirect(f"{MOUNT}/{name}/{rest}/")
        return trouble(403, ())
    parameters = gate.known_parameters(arguments.items(multi=True))
    faults = gate.faults_in(parameters)
    if faults:
        return trouble(400, faults)
    with opened.lock:
        if not opened.ledgers.book.is_sound():
            return trouble(503, ())
        answer = Response.from_app(opened.fava, _environ(path, parameters, rights), buffered=True)
    return _passed_on(answer, trouble)


def _environ(path: str, parameters: dict[str, str], rights: Collection[str]) -> dict[str, Any]:
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
        RIGHTS: frozenset(rights),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _passed_on(answer: Response, trouble: Trouble) -> Response:
    """Fava's body and type; of its troubles only a filter's own message."""
    if answer.status_code == 200:
        return make_response(answer.get_data(), 200, {"Content-Type": answer.content_type or ""})
    if answer.status_code == 400 and answer.is_json:
        return make_response(answer.get_data(), 400, {"Content-Type": "application/json"})
    return trouble(answer.status_code if answer.status_code in (403, 404) else 500, ())
