"""Whatever goes wrong ends as a finding and an exit status, never as a traceback."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import PASSWORDS, UNIT, Office, mingbai

ROOT = Path(__file__).parents[2]
HUGE = "9" * 30
AMOUNT = ("--debit", "50504", "1.00", "--credit", "10201", "1.00")


@pytest.mark.parametrize(
    ("status", "rule", "command"),
    [
        (2, "usage", "nonsense"),
        (2, "usage", "check"),
        (2, "usage", "check DIR --wrong"),
        (2, "usage", "check DIR more"),
        (2, "usage", "approve DIR --unit chunfeng dr-1 --wrong"),
        (2, "is-folder", "import DIR --unit chunfeng DIR"),
        (2, "no-federation", "check /nowhere"),
        (2, "no-unit", "check DIR --unit nowhere"),
        (2, "no-unit", "inbox DIR --unit nowhere"),
        (1, "no-draft", "approve DIR --unit chunfeng"),
        (1, "no-draft", "approve DIR --unit chunfeng --user lin dr-0000000000"),
        (1, "no-draft", "return DIR --unit chunfeng --user lin dr-0 --reason x"),
        (1, "no-question", "answer DIR --unit chunfeng 999999999 --credit 401 --fund F01"),
        (2, "usage", f"answer DIR --unit chunfeng {HUGE} --credit 401"),
        (2, "usage", "answer DIR --unit chunfeng -1 --credit 401"),
        (2, "usage", f"set-aside DIR --unit chunfeng {HUGE} --reason x"),
        (2, "usage", "close DIR --unit chunfeng 9999-12"),
        (2, "usage", "close DIR --unit chunfeng 2026-3"),
        (1, "close-order", "close DIR --unit chunfeng 2026-03"),
        (2, "usage", "serve DIR --port 65536"),
        (2, "usage", "serve DIR --port -1"),
        (2, "usage", "serve DIR --port http"),
        (1, "unknown-ref", "show DIR ../../etc/passwd"),
        (1, "unknown-ref", "show DIR sha256:zz"),
        (1, "no-figure", "show DIR chunfeng/funds/2026-03/F99/in"),
        (1, "no-voucher", "show DIR chunfeng/收-202603-9999"),
        (1, "no-voucher", "reverse DIR --unit chunfeng 收-209901-0001 --reason x"),
        (1, "no-statement-name", "report DIR --unit chunfeng nonsense --period 2026-03"),
        (2, "no-book", "report DIR --unit nowhere funds --period 2026-03"),
        (1, "bad-period", "report DIR --unit chunfeng funds --period 2026-13"),
        (2, "no-file", "import DIR --unit chunfeng /nowhere.csv"),
        (1, "bad-paper", "draft DIR --unit chunfeng --date 2026-04-01 --narration x --fund F02 "
         "--debit 50504 1 --credit 10201 1 --paper /nowhere"),
        (2, "usage", "draft DIR --unit chunfeng --date 9999-12-31 --narration x --fund F02"),
        (2, "usage", "demo DIR --seed x"),
        (2, "usage", "members erase DIR --unit chunfeng"),
        (1, "no-member", "members erase DIR --unit chunfeng m-X --reason x --user admin"),
    ],
)  # fmt: skip
def test_a_command_that_is_wrong_says_so(
    lived: Office, status: int, rule: str, command: str
) -> None:
    words = [str(lived.folder) if word == "DIR" else word for word in command.split()]
    login = words[words.index("--user") + 1] if "--user" in words else "zhou"
    told = mingbai(*words, MINGBAI_PASSWORD=PASSWORDS[login])
    # Of several files each is told in its place among the others.
    said = told.out if words[0] in ("import", "read") else told.err
    assert (told.status, f"[{rule}]" in said) == (status, True), told.err or told.out


def test_with_json_a_refusal_is_json_too(lived: Office) -> None:
    told = mingbai("check", "/nowhere", "--json")
    assert told.status == 2
    (found,) = told.json["findings"]
    assert (found["rule"], bool(found["message"]), bool(found["remedy_en"])) == (
        "no-federation", True, True,
    )  # fmt: skip


def test_a_missing_or_damaged_registry_stops_every_command(office: Office) -> None:
    """A check of nothing finds nothing; it must not look like a clean one."""
    for path in office.folder.glob("registry.db*"):
        path.unlink()
    for content in (None, b"", b"no database" * 1000):
        if content is not None:
            (office.folder / "registry.db").write_bytes(content)
        for words in (("check",), ("inbox", "--unit", UNIT), ("serve",)):
            told = office.asks(*words)
            assert told.status == 2, words
            assert "no-registry" in told.err or "no-database" in told.err


def test_a_master_key_that_is_missing_wrong_or_unreadable_is_told(office: Office) -> None:
    key = office.folder / "master.key"
    right = key.read_bytes()
    wrong = base64.b64encode(b"k" * 32)
    for content, rule in (
        (None, "no-master-key"), (b"", "no-master-key"), (b"not base64!", "no-master-key"),
        (base64.b64encode(b"short"), "no-master-key"), (b"\xff\xfe", "no-master-key"),
        (wrong, "other-key"),
    ):  # fmt: skip
        key.unlink(missing_ok=True)
        if content is not None:
            key.write_bytes(content)
        told = office.asks("check")
        assert (told.status, f"[{rule}]" in told.err) == (2, True), (content, told.err)
    key.unlink()
    given = {"MINGBAI_MASTER_KEY": right.decode().strip()}
    assert mingbai("check", office.folder, **given).status == 0


def shell(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as its own process, with an environment of a bare machine."""
    return subprocess.run(
        [sys.executable, "-m", "ledger.cli.main", *map(str, words)],
        capture_output=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment,
    )


def test_a_terminal_that_knows_no_chinese_gets_escapes(lived: Office) -> None:
    bare = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = shell("check", lived.folder, **bare)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"no findings" in done.stdout
    assert shell("--help", **bare).returncode == 0
    assert b"Traceback" not in shell("check", "/nowhere", **bare).stderr


def test_bytes_that_are_no_text_are_refused(office: Office) -> None:
    done = shell("show", office.folder, b"\xff\xfe".decode("utf-8", "surrogateescape"))
    assert done.returncode == 1
    assert b"unknown-ref" in done.stderr
    done = shell(
        "draft", office.folder, "--unit", UNIT, "--date", "2026-04-01", "--narration",
        b"\xff".decode("utf-8", "surrogateescape"), "--fund", "F02", *AMOUNT,
        "--user", "zhou", MINGBAI_PASSWORD=PASSWORDS["zhou"],
    )  # fmt: skip
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)


def test_a_reader_who_goes_away_is_no_trouble(lived: Office) -> None:
    line = (
        f'"{sys.executable}" -m ledger.cli.main report "$1" --unit {UNIT} journal '
        "--period 2026-03 | head -c 10"
    )
    done = subprocess.run(
        ["sh", "-c", line, "sh", lived.folder], capture_output=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv (util-linux)")
def test_a_folder_that_may_only_be_read_is_told(office: Office) -> None:
    """Without the right to write anywhere, which root has."""
    for path in [office.folder, *office.folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    (office.folder / "master.key").chmod(0o444)
    command = [sys.executable, "-m", "ledger.cli.main", "check", str(office.folder)]
    if os.geteuid() == 0:
        lost = "-dac_override,-dac_read_search,-fowner"
        command = ["setpriv", f"--inh-caps={lost}", f"--bounding-set={lost}", *command]
    done = subprocess.run(
        command, capture_output=True, cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    for path in [office.folder, *office.folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert b"Traceback" not in done.stderr
    assert (done.returncode, b"[" in done.stderr) == (2, True)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_reader_that_goes_away_ends_a_command_quietly(more: tuple[str, ...]) -> None:
    words = ["dues", "rate", "party", "--base", "3001", "--on", "2026-03-01", *more]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        told = subprocess.run(
            [sys.executable, "-m", "ledger.cli.main", *words],
            stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert (told.returncode, told.stderr) == (1, b"")


@pytest.mark.parametrize("base", ["-1.00", "1.005", "x", "1e3"])
def test_an_amount_is_typed_exactly_and_not_below_zero(base: str) -> None:
    told = mingbai("dues", "rate", "party", f"--base={base}", "--on", "2026-03-01")
    assert told.status == 2
    assert "金额写作 1234.50" in told.err
