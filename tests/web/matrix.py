"""Who gets what where: the table that people read, and the requests that hold the desk to it.

``access.txt`` has one line for each route of the desk and one for each endpoint of Fava behind it.
``python -m tests.web.matrix`` writes it anew from what the desk answers, to be compared by a person
before it is kept; ``make matrix`` asks for the whole cross product.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from flask import Flask
from werkzeug.test import TestResponse

from reports.web import access, gate
from reports.web.access import PUBLIC
from reports.web.errors import TROUBLES
from reports.web.handing import Shelf
from tests.house import UNIT
from tests.web.everything import CANARIES, DATABASE, PLACES, ROLES, Everything

TABLE: Final = Path(__file__).parent / "access.txt"
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
STRANGERS: Final = ("nobody", "expired", "disabled")
CALLERS: Final = (*STRANGERS, *(f"{role}@{place}" for role in ROLES for place in PLACES))
#: Units that there are not, and what is no unit at all.
MALFORMED: Final = ("TINY", "%2e%2e", "tiny%00", "tiny%20", "u" * 300, "小河", "*")
REFUSED: Final = "-"
LET_IN: Final = "in"
DECIDED: Final = "no"
ONLY_EVERYWHERE: Final = "*"
EVERY: Final = ("own", "everywhere")
#: What stands for a part of an address besides the things of the unit.
PLAIN: Final = {
    "assets:name": "mingbai.css", "fava:name": "app.css",
    "fonts:name": "NotoSansSC-Bold.subset.ttf", "choice": "zh", "period": "2026-03",
    "ref": "funds/2026-03/F01/in", "statements:name": "balance-sheet",
    "sheets:name": "union-fee-list", "transfer": "1", "rest": "journal/",
}  # fmt: skip
Key = tuple[bool, str, str]
_PART: Final = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Line:
    """A line of the table. ``cells`` are by role; of Fava ``access`` is ``open`` or ``closed``."""

    access: str
    methods: tuple[str, ...]
    rule: str
    cells: dict[str, str] = field(hash=False)

    @property
    def key(self) -> tuple[bool, str, str]:
        """Whether it is of Fava, its method, its address."""
        return self.access in ("open", "closed"), self.methods[0], self.rule

    def text(self) -> str:
        cells = "".join(f"{self.cells[role]:<{len(role) + 2}}" for role in ROLES)
        return f"{self.access:<12}{','.join(self.methods):<17}{self.rule:<58} {cells}".rstrip()


def read_table() -> list[Line]:
    """The lines of the table, comments left out."""
    found = []
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        if text and not text.startswith("#"):
            declared, methods, rule, *cells = text.split()
            found.append(
                Line(
                    declared, tuple(methods.split(",")), rule, dict(zip(ROLES, cells, strict=True))
                )
            )
    return found


# ---- what there is -----------------------------------------------------------------------------


def routes(app: Flask) -> dict[Key, tuple[str, tuple[str, ...]]]:
    """Every route of the desk: what its view declares, and its methods, by the key of its line."""
    found = {}
    for rule in app.url_map.iter_rules():
        methods = tuple(sorted(rule.methods or (), key=METHODS.index))
        if methods[0] == "OPTIONS":
            raise AssertionError(f"{rule.rule} answers OPTIONS alone")
        found[False, methods[0], rule.rule] = (str(access.access_of(app, rule.endpoint)), methods)
    return found


def fava_routes(app: Flask) -> dict[Key, str]:
    """Every endpoint of the Fava behind the desk, open or closed, by the key of its line."""
    shelf = cast("Shelf", app.extensions["mingbai-shelf"])
    opened = shelf.book(UNIT)
    assert opened is not None
    names = {
        "report": ("report_name", gate.OPEN_REPORTS | gate.CLOSED_REPORTS),
        "extension_report": ("extension_name", gate.OPEN_EXTENSIONS | {"Other"}),
    }
    found = {}
    for rule in opened.fava.url_map.iter_rules():
        if rule.endpoint == "static":
            continue  # outside of the mount, so that no request of ours can mean it
        method = next(one for one in METHODS if one in (rule.methods or ()))
        part, values = names.get(rule.endpoint, ("", frozenset({""})))
        for value in sorted(values):
            path = rule.rule.replace("<bfile>", "<unit>").replace(f"<{part}>", value)
            declared = "open" if gate.is_open(rule.endpoint, {part: value}) else "closed"
            found[True, method, f"/books{path}"] = declared
    return found


# ---- asking ------------------------------------------------------------------------------------


def address(rule: str, unit: str, ids: dict[str, str]) -> str:
    """An address of the rule: ``unit`` as it is, things by what ``ids`` call them."""

    def value(found: re.Match[str]) -> str:
        name = found["name"]
        if name in ("unit", "bfile"):
            return unit
        folder = _PART.sub("", rule[: found.start()]).rstrip("/").rsplit("/", 1)[-1]
        for known in (ids, PLAIN):
            for key in (f"{folder}:{name}", name):
                if key in known:
                    return quote(known[key])
        return "1" if found["kind"] in ("int", "float") else "x"

    return _PART.sub(value, rule)


def ask(made: Everything, who: str, method: str, path: str, **said: Any) -> TestResponse:
    """A request, with the token of the caller's own forms where something is sent."""
    client, token = made.caller(who)
    given: dict[str, Any] = {"data": {"csrf": token}} if method == "POST" else {}
    return client.open(path, method=method, **(given | said))


def expected(line: Line, who: str) -> str:
    """The cell of a caller who asks for ``tiny``."""
    role, _, place = who.partition("@")
    if set(line.cells.values()) in ({"404"}, {"405"}):
        return line.cells["auditor"]  # no route of the desk: nobody is asked who they are
    if role in STRANGERS:
        return line.cells["auditor"] if line.access == PUBLIC else REFUSED
    if "<unit>" in line.rule and place == "another":
        return REFUSED
    cell = line.cells[role]
    if cell.endswith(ONLY_EVERYWHERE):
        return cell[:-1] if place == "everywhere" else REFUSED
    return cell


def mark(answer: TestResponse, method: str) -> str:
    """What a cell says of an answer; of what is sent only whether it was let in."""
    if answer.status_code in (401, 403):
        own = TROUBLES[answer.status_code].title.zh.encode() in answer.get_data()
        return REFUSED if own or method != "POST" else DECIDED
    assert answer.status_code < 500, answer.get_data(as_text=True)[:2000]
    return LET_IN if method == "POST" else str(answer.status_code)


# ---- what an answer gives away -------------------------------------------------------------------

_SPELT: Final = tuple(
    {one.casefold().encode() for word in CANARIES for one in (word, quote(word), ascii(word)[1:-1])}
)


def said_by(answer: TestResponse) -> bytes:
    """All that an answer says: status, headers, body."""
    heads = "".join(f"{name}: {value}\n" for name, value in answer.headers)
    return f"{answer.status_code}\n{heads}".encode() + answer.get_data()


def leaks(said: bytes) -> list[str]:
    """The canary words in what was said, as they stand in pages, addresses or JSON."""
    folded = said.lower()
    return [word.decode() for word in _SPELT if word in folded]


def plain(answer: TestResponse, *names: str) -> bytes:
    """What an answer says, but for the names in the address that was asked for, and tokens."""
    text = re.sub(rb"Content-Length: [0-9]+", b"", said_by(answer))
    for name in sorted(names, key=len, reverse=True):
        for spelt in {name, quote(name), quote(name, safe=""), quote(quote(name))}:
            pattern = re.escape(spelt.encode())
            if spelt.isdecimal():
                pattern = rb"(?<![0-9])" + pattern + rb"(?![0-9])"
            text = re.sub(pattern, b"?", text)
    return text


def written(made: Everything) -> str:
    """What stands written of the federation: it changes with any write, to whichever witness."""
    with closing(sqlite3.connect(made.registry.folder / DATABASE)) as conn:
        digest = hashlib.sha256("".join(conn.iterdump()).encode())
    for path in sorted(made.registry.folder.rglob("*")):
        if path.is_file() and not path.name.startswith(DATABASE):
            digest.update(f"{path} {path.stat().st_mtime_ns}".encode() + path.read_bytes())
    return digest.hexdigest()


# ---- writing the table ---------------------------------------------------------------------------

HEAD: Final = """\
# Who gets what at the desk: one line for each route, then one for each endpoint of Fava behind it.
# A test fails for a route without a line, for a line without a route, and for an answer that
# differs. Columns: what the view declares, its methods, its address, and what each role gets in
# the unit where it is held, for the first method:
#   200 303 404   the page, as it is for things that are there
#   in            what is sent reaches the view, which decides on the rest
#   no            what is sent reaches the view, which refuses it to this role
#   -             refused (403) before anything is looked at
#   200* in*      given to who holds the role everywhere, refused to all others
# The same holds for a role that is held in all units below an upper one, and everywhere. Whoever
# holds a role in another unit gets "-" on every line with a <unit>, whether it is there or not. Who
# is not signed in (never, no longer, or kept out) is led to the sign-in page by GET and HEAD, and
# gets 401 otherwise, on every line but the public ones. Other methods get 405 from everybody.
"""


def observed(made: Everything) -> Iterator[Line]:
    """The table as the desk answers now."""
    for (_, method, rule), (declared, methods) in sorted(
        routes(made.app).items(), key=lambda item: (item[0][2], METHODS.index(item[0][1]))
    ):
        yield Line(declared, methods, rule, cells(made, method, rule))
    for (_, method, rule), declared in sorted(
        fava_routes(made.app).items(), key=lambda item: item[0][::-1]
    ):
        yield Line(declared, (method,), rule, cells(made, method, rule))


def cells(made: Everything, method: str, rule: str) -> dict[str, str]:
    """What each role gets in its own unit; a session that is to end is opened for it alone."""
    found = {}
    for role in ROLES:
        own, everywhere = (asked(made, f"{role}@{place}", method, rule) for place in EVERY)
        differs = own == REFUSED and everywhere != REFUSED
        found[role] = f"{everywhere}{ONLY_EVERYWHERE}" if differs else own
    return found


def asked(made: Everything, who: str, method: str, rule: str) -> str:
    """The mark of one request; a session that it ends is begun anew."""
    said: dict[str, Any] = {}
    if method == "POST":
        said = {"data": {"csrf": made.caller(who)[1], "of": UNIT}}
    answer = ask(made, who, method, address(rule, UNIT, made.ids), **said)
    if rule == "/logout":
        made.sessions.pop(who)
    return mark(answer, method)


def write(lines: Sequence[Line]) -> str:
    names = "".join(f"{role:<{len(role) + 2}}" for role in ROLES)
    head = f"# {'access':<10}{'methods':<17}{'address':<58} {names}".rstrip()
    return HEAD + head + "\n" + "".join(f"{line.text()}\n" for line in lines)


def main() -> None:
    import tempfile

    from tests.conftest import NOW
    from tests.web.everything import furnish

    with tempfile.TemporaryDirectory() as folder:
        made = furnish(Path(folder) / "federation", NOW)
        TABLE.write_text(write(list(observed(made))), encoding="utf-8")


if __name__ == "__main__":
    main()
