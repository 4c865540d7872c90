"""A user of one unit sees nothing of a sibling: every page and every command, each tried.

Both lists come from the program itself: a route or a command that is new is tried without anybody
adding it here, and one that cannot be tried so has to say why.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger.cli.main import build_parser, main
from ledger.registry import Registry, users
from reports.web.app import create_app
from tests.consolidation.tree import NOW, copy_tree
from tests.web.browser import signed_in

#: What the sibling's book and registry say, and nobody else's.
SECRETS = ("示例单位 xue", "学校机密")
PASSWORD = "correct horse"
#: Commands that read the folder itself, as any text editor would: who may open the files may call
#: them. They ask for no login, so there is nobody to keep from a sibling.
OF_THE_FOLDER = {"check", "report", "show", "rebuild", "reconcile"}
#: Commands that are about no unit that exists yet, or about files outside of any federation.
OF_NO_UNIT = {"unit add"}
#: What commands ask for whose options are needed together.
TOGETHER = {
    "members transfer": ["--to", "yuan", "--on", "2026-03-05", "--paid-through", "2026-02"],
}


@pytest.fixture(scope="module")
def folder(planted_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = copy_tree(planted_tree, tmp_path_factory.mktemp("siblings") / "federation")
    with tree.registry.write() as conn:
        for login, role in (("yuanren", "treasurer"), ("yuanshen", "checker")):
            roles = frozenset({("yuan", role)})
            users.add(conn, login=login, password=PASSWORD, roles=roles, now=NOW)
    tree.registry.close()
    return tree.folder


# ---- pages -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(folder: Path) -> Flask:
    return create_app(folder, clock=lambda: NOW)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return signed_in(app, "yuanren")


def addresses(app: Flask, unit: str) -> Iterator[tuple[str, str]]:
    """Every route of the app with its method, about a unit."""
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            for kind, value in (("", "x"), ("path:", "x"), ("int:", "1"), ("string:", "x")):
                word = unit if name in ("unit", "bfile") else value
                path = path.replace(f"<{kind}{name}>", word)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            yield method, path


def test_no_page_tells_of_a_sibling(app: Flask, client: FlaskClient) -> None:
    tried = 0
    for unit in ("xue", "xian", "nowhere"):
        for method, path in addresses(app, unit):
            if path.startswith(("/static", "/login", "/logout")):
                continue
            answer = client.open(path, method=method)
            text = answer.get_data(as_text=True)
            assert not any(secret in text for secret in SECRETS), (method, path)
            if f"/{unit}" in path and method == "GET":
                assert answer.status_code in (303, 403, 404, 405), (path, answer.status_code)
            tried += 1
    assert tried > 100


def test_a_sibling_and_a_unit_that_is_not_there_look_alike(app: Flask, client: FlaskClient) -> None:
    for method, path in addresses(app, "xue"):
        if method != "GET" or "/xue" not in path:
            continue
        other = client.get(path.replace("/xue", "/nowhere"))
        mine = client.get(path)
        assert mine.status_code == other.status_code, path
        assert mine.get_data(as_text=True).replace("xue", "nowhere") == other.get_data(
            as_text=True
        ), path


# ---- commands ----------------------------------------------------------------------------------


Named = tuple[str, argparse.ArgumentParser]


def commands() -> Iterator[Named]:
    """Every command that takes a federation's folder and a unit, with its parser."""

    def walk(
        parser: argparse.ArgumentParser, words: str
    ) -> Iterator[tuple[str, argparse.ArgumentParser]]:
        subs = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        for sub in subs:
            for name, child in sub.choices.items():
                yield from walk(child, f"{words} {name}".strip())
        if not subs:
            yield words, parser

    for words, parser in walk(build_parser(), ""):
        options = {action.dest for action in parser._actions}
        if {"folder", "unit"} <= options:
            yield words, parser


def arguments(parser: argparse.ArgumentParser, folder: Path, file: Path) -> list[str]:
    """Words that the command takes: whatever it needs, filled with something plausible."""
    words: list[str] = []
    groups = [group for group in parser._mutually_exclusive_groups if group.required]
    one_of = [group._group_actions[0] for group in groups]
    for action in parser._actions:
        needed = (
            action in one_of
            or action.required
            or (not action.option_strings and action.nargs not in ("?", "*"))
        )
        if not needed or action.dest in ("unit", "user", "help"):
            continue
        value = next(iter(action.choices)) if action.choices else _plausible(action, folder, file)
        if not action.option_strings:
            words.append(str(value))
        else:
            times = action.nargs if isinstance(action.nargs, int) else 1
            words += [action.option_strings[-1], *([str(value)] * times)]
    return words


def _plausible(action: argparse.Action, folder: Path, file: Path) -> object:
    if action.dest == "folder":
        return folder
    if action.type is Path:
        return file
    if action.metavar == "MONTH":
        return "2026-03"  # some take it behind their options, where argparse checks nothing
    for text in ("2026-03-05", "2026-03", "1", "1.00", "2026", "x"):
        try:
            if callable(action.type):
                action.type(text)
        except (ValueError, argparse.ArgumentTypeError):
            continue
        return text
    return "x"


def test_no_command_tells_of_a_sibling(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    file = tmp_path / "list.csv"
    file.write_text("日期,金额\n", encoding="utf-8")
    before = _operations(folder)
    tried = []
    for words, parser in commands():
        if words in OF_THE_FOLDER | OF_NO_UNIT:
            continue
        options = {action.dest for action in parser._actions}
        assert "user" in options, f"{words}: who acts? Say why it needs nobody, in this file"
        for unit in ("xue", "xian"):
            argv = [*words.split(), *arguments(parser, folder, file), "--unit", unit]
            argv += TOGETHER.get(words, [])
            status = main([*argv, "--user", "yuanren"])
            told = capsys.readouterr()
            assert status != 0, (argv, told.out)
            text = told.out + told.err
            assert not any(secret in text for secret in SECRETS), argv
            assert "Traceback" not in text
            assert "[usage]" not in text, argv  # else its right was never asked
        tried.append(words)
    assert len(tried) > 50, tried
    assert _operations(folder) == before, "somebody without a right left something behind"


def _operations(folder: Path) -> int:
    """How much the log of the operations of others' units holds."""
    from ledger.registry import oplog

    registry = Registry.open(folder)
    with registry.read() as conn:
        count = sum(
            len(list(oplog.entries(conn, unit, NOW.date().replace(month=1, day=1), NOW.date())))
            for unit in ("xue", "xian")
        )
    registry.close()
    return count
