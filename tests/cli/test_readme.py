"""Documentation is under test: every command in it runs as written, every command is in it."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from ledger.cli.demo.ending import tell_end
from ledger.cli.demo.facts import read_facts
from ledger.cli.main import build_parser
from tests.cli.command import PASSWORDS, Office, mingbai

ROOT: Final = Path(__file__).parents[2]
LIST: Final = ROOT / "ledger" / "cli" / "README.md"


def blocks(name: str) -> list[list[str]]:
    """The commands of each fenced block of a document that has any."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        lines = [line for line in block.splitlines() if line.startswith("mingbai ")]
        if lines:
            found.append(lines)
    return found


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Every command and sub-command with its line of help."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, inner in action.choices.items():
                words = inner.prog.removeprefix("mingbai ")
                deeper = list(commands(inner))
                yield from deeper or [(re.sub(r" [A-Z]\S*", "", words), told[name])]


def options_of(parser: argparse.ArgumentParser, words: list[str]) -> set[str]:
    """The options of a command."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and words and words[0] in action.choices:
            return options_of(action.choices[words[0]], words[1:])
    return {name for action in parser._actions for name in action.option_strings}


def test_the_list_of_commands_is_what_the_program_has() -> None:
    rows = [f"- `mingbai {words}`: {help}" for words, help in commands(build_parser())]
    text = LIST.read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if line.startswith("- `mingbai ")]
    assert listed == rows, "\n".join(["write in ledger/cli/README.md:", *rows])


@pytest.mark.parametrize("words", [words for words, _ in commands(build_parser())])
def test_every_command_explains_itself_in_both_languages(words: str) -> None:
    told = mingbai(*words.split(), "--help")
    assert told.status == 0
    assert f"mingbai {words}"[:20] in told.out
    help = dict(commands(build_parser()))[words]
    assert re.search(r"[\u4e00-\u9fff]", help)
    assert re.search(r"[a-z]{2}", help)


@pytest.mark.parametrize(
    "name",
    sorted(
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.md")
        if not {"build", ".venv", ".pytest_cache"} & set(path.relative_to(ROOT).parts)
    ),
)
def test_every_command_and_option_that_a_document_names_exists(name: str) -> None:
    known = {words.split()[0] for words, _ in commands(build_parser())}
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`)mingbai ([a-z][a-z-]*)([^`\n#]*)", text, re.MULTILINE)
    for word, rest in named:
        assert word in known, f"{name}: mingbai {word}"
        words = [word, *rest.split()[:1]]
        there = options_of(build_parser(), words)
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest):
            assert option in there, f"{name}: mingbai {word} {option}"


def test_both_readmes_show_the_same_commands() -> None:
    bare = [
        [[line.partition("  #")[0].strip() for line in block] for block in blocks(name)]
        for name in ("README.md", "README.zh.md")
    ]
    assert bare[0] == bare[1]
    assert len(bare[0]) == 2


@pytest.mark.parametrize("block", blocks("README.md"), ids=["a month by hand", "of your own"])
def test_the_commands_of_the_readme_run_as_written(
    block: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = {}
    for line in block:
        words = shlex.split(line, comments=True)[1:]
        who = words[words.index("--user") + 1] if "--user" in words else ""
        mine = PASSWORDS.get(who, "of-my-own-2026") if "march" in line else "of-my-own-2026"
        told = mingbai(*words, MINGBAI_PASSWORD=mine)
        assert told.status == 0, (line, told.out, told.err)
        said[words[0]] = told.out
    if "march" in block[0]:
        assert "没有问题" in said["check"]
        assert "已证明 proven" in said["verify"]
        assert (tmp_path / "build" / "balance.pdf").read_bytes().startswith(b"%PDF")


def test_what_the_demonstration_tells_to_type_runs(
    lived: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its last lines are commands to copy; they hold in a folder with a blank and Chinese."""
    tell_end(lived.folder, read_facts(), 1.0)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    commands = [line for line in lines if line.startswith("mingbai ")]
    assert len(commands) == 9
    for line in commands:
        words = shlex.split(line.partition("  → ")[0])[1:]
        if words[0] == "serve":
            continue  # it would go on; tests/web opens it
        told = mingbai(*words)
        assert told.status == 0, (line, told.err)
        assert told.out
