"""The command line as a person uses it: words in, exit status and what was printed out."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.cli.demo.facts import FOLDER
from ledger.cli.main import main
from tests.house import PASSWORD

UNIT: Final = "chunfeng"
PASSWORDS: Final = {
    row["login"]: row["password"]
    for row in tomllib.loads((FOLDER / "unit.toml").read_text(encoding="utf-8"))["user"]
}
#: The demonstration's questions, as its treasurer answers them.
ANSWERS: Final = (
    ("1", "--credit", "402", "7623.00", "--credit", "21101", "5082.00", "--fund", "F02"),
    ("9", "--debit", "50404", "--fund", "F04"),
    ("38", "--credit", "21501", "--fund", "F01"),
    ("40", "--debit", "21501", "--fund", "F01"),
)


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    status: int
    out: str
    err: str
    data: bytes

    @property
    def said(self) -> str:
        """All that a person reads."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def mingbai(*words: object, typed: str = "", **environment: str) -> Told:
    """Run one command in this process, through the same ``main`` that the script calls."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    streams = (sys.stdin, sys.stdout, sys.stderr)
    with _environment(environment):
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(typed), out, err
        try:
            status = main([str(word) for word in words])
        except SystemExit as end:  # --help
            status = int(end.code or 0)
        finally:
            sys.stdin, sys.stdout, sys.stderr = streams
    data, errors = _bytes(out), _bytes(err)
    return Told(status, data.decode(errors="replace"), errors.decode(), data)


def by_user(
    folder: Path, login: str, command: str, *words: object, password: str = PASSWORD
) -> Told:
    """A command about a federation, carried out by a user with their password."""
    return mingbai(*command.split(), folder, *words, "--user", login, MINGBAI_PASSWORD=password)


def _bytes(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


@contextmanager
def _environment(given: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("MINGBAI_"):
            del os.environ[name]
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass(frozen=True)
class Office:
    """The demonstration's federation in a folder of the test's own, and its people."""

    folder: Path

    @property
    def unit(self) -> Path:
        return self.folder / "units" / UNIT

    def asks(self, command: str, *words: object) -> Told:
        """A command about the unit that needs nobody's name."""
        return mingbai(*command.split(), self.folder, *words)

    def by(self, login: str, command: str, *words: object) -> Told:
        """A command about the unit, carried out by a user with their password."""
        return by_user(self.folder, login, command, *words, password=PASSWORDS[login])

    def zhou(self, command: str, *words: object) -> Told:
        """The treasurer; every command of theirs names the unit."""
        return self.by("zhou", command, "--unit", UNIT, *words)

    def report(self, name: str, period: str = "2026-03") -> Any:
        told = self.asks("report", "--unit", UNIT, name, "--period", period, "--format", "json")
        assert told.status == 0, told.err
        return told.json


def figures(report: Any, column: str) -> dict[str, str]:
    """One column of a report by the lines' codes."""
    return {
        line["code"]: line["cells"][column] for line in report["lines"] if line["cells"].get(column)
    }


def copy_of(folder: Path, target: Path) -> Office:
    """A federation to spoil: the same folder elsewhere, which is all that moving one takes."""
    shutil.copytree(folder, target)
    return Office(target)
