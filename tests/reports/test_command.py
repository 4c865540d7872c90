"""``mingbai report``: what it refuses, and that a file is written whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ledger.cli import reporting
from ledger.cli.main import main
from ledger.errors import Refused
from tests.stories.test_bean_query import UNIT, write_book


@pytest.fixture
def federation(tmp_path: Path) -> Path:
    folder = tmp_path / "federation"
    write_book(folder, 3)
    return folder


def report(folder: Path, *words: str) -> int:
    return main(["report", str(folder), "--unit", UNIT, *words])


@pytest.mark.parametrize(
    ("words", "status", "rule"),
    [
        (["nosuch", "--period", "2025-03"], 1, "no-statement-name"),
        (["funds", "--period", "2025-13"], 1, "bad-period"),
        (["funds", "--period", "2025-3"], 1, "bad-period"),
        (["funds", "--period", "25"], 1, "bad-period"),
        (["funds", "--period", "2025-03-01"], 1, "bad-period"),
        (["funds", "--period", "2025-03..2025-05"], 1, "bad-period"),
        (["funds", "--period", ""], 1, "bad-period"),
        (["funds", "--period", "9999"], 1, "bad-period"),
        (["funds", "--period", "0000-01"], 1, "bad-period"),
        (["funds", "--period", "９９９９"], 1, "bad-period"),
        (["funds", "--period", "2024-12"], 1, "before-book"),
        (["balance-sheet", "--period", "1900"], 1, "before-book"),
        (["cash-flow", "--period", "2025"], 1, "no-form"),
        (["funds", "--period", "2025", "--format", "doc"], 2, "usage"),
        (["funds"], 2, "usage"),
        (["--period", "2025"], 2, "usage"),
    ],
)
def test_what_cannot_be_reported_ends_with_a_finding(
    federation: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    status: int,
    rule: str,
) -> None:
    assert report(federation, *words) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert f"[{rule}]" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("unit", "rule"), [("nosuch", "no-book"), ("../random", "no-book"), ("", "no-book")]
)
def test_a_unit_that_has_no_book_is_named(
    federation: Path, capsys: pytest.CaptureFixture[str], unit: str, rule: str
) -> None:
    assert main(["report", str(federation), "--unit", unit, "funds", "--period", "2025"]) == 2
    assert f"[{rule}]" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "csv", "json", "xlsx", "pdf"])
def test_a_statement_is_written_and_replaces_the_one_before(
    federation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    file = tmp_path / "funds.out"
    for _ in range(2):
        words = ["funds", "--period", "2025", "--format", form, "-o", str(file)]
        assert report(federation, *words) == 0
    assert file.stat().st_size > 100
    assert "wrote" in capsys.readouterr().out
    assert sorted(os.listdir(tmp_path)) == [federation.name, file.name]


def test_a_statement_never_replaces_the_book_or_the_registry(
    federation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    month = federation / "units" / UNIT / "2025" / "03.bean"
    before = month.read_bytes()
    (federation / "link.txt").symlink_to(month)
    for place in (month, federation / "registry.db", federation / "link.txt", federation):
        assert report(federation, "funds", "--period", "2025", "-o", str(place)) == 1
        assert "[output-in-federation]" in capsys.readouterr().err
    assert month.read_bytes() == before
    assert not (federation / "registry.db").exists()
    (federation / "reports").mkdir()
    assert report(federation, "funds", "--period", "2025", "-o",
                  str(federation / "reports" / "funds.txt")) == 0  # fmt: skip


@pytest.mark.parametrize("place", ["missing/funds.txt", ".", "file.txt/funds.txt"])
def test_a_place_that_cannot_hold_a_file_is_named(
    federation: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    (tmp_path / "file.txt").write_text("x")
    assert report(federation, "funds", "--period", "2025", "-o", str(tmp_path / place)) == 2
    assert "[no-such-place]" in capsys.readouterr().err


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "funds.txt"
    file.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        reporting.write_whole(file, b"new" * 10_000)
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["funds.txt"]


def test_a_disk_that_is_full_is_told_of_the_file_that_was_asked_for(
    federation: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "funds.txt"
    file.write_bytes(b"old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/somewhere/else")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    assert report(federation, "funds", "--period", "2025", "-o", str(file)) == 2
    err = capsys.readouterr().err
    assert f"{file}: [cannot-write]" in err
    assert "/somewhere/else" not in err
    assert file.read_bytes() == b"old"


def test_a_file_keeps_its_mode_and_a_new_one_follows_the_mask(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"")
    old.chmod(0o640)
    mask = os.umask(0o077)
    try:
        reporting.write_whole(old, b"1")
        reporting.write_whole(new, b"1")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def test_a_link_keeps_leading_to_the_file_that_was_written(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(tmp_path / "funds.txt")
    reporting.write_whole(tmp_path / "latest", b"1")
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "funds.txt").read_bytes() == b"1"


def test_a_pdf_is_not_thrown_at_a_terminal(
    federation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert report(federation, "funds", "--period", "2025", "--format", "pdf") == 1
    assert "[no-output]" in capsys.readouterr().err


def test_the_help_names_every_statement() -> None:
    from ledger.cli.main import build_parser
    from reports.statements.catalogue import STATEMENTS

    commands = build_parser()._subparsers
    assert commands is not None
    text = commands._group_actions[0].choices["report"].format_help()  # type: ignore[index]
    assert all(name in text.replace("\n", "").replace(" ", "") for name in STATEMENTS)


def test_an_unknown_statement_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    from reports.statements.catalogue import known

    with pytest.raises(Refused):
        known("nosuch")
    assert main(["report", str(tmp_path), "--unit", "x", "nosuch", "--period", "2025"]) == 1


def test_another_place_time_zone_language_and_mask_write_the_same_bytes(
    federation: Path, tmp_path: Path
) -> None:
    """Every format twice, in processes that have nothing in common but the book."""
    other = tmp_path / "别处 elsewhere"
    other.mkdir()
    root = str(Path(__file__).parents[2])
    script = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); os.umask(int(sys.argv[2], 8)); "
        "from ledger.cli.main import main; "
        "[main(['report', sys.argv[3], '--unit', sys.argv[4], 'funds', '--period', '2025', "
        "'--format', form, '-o', f'{sys.argv[5]}.{form}']) "
        "for form in ('text', 'csv', 'json', 'xlsx', 'pdf')]"
    )
    for name, mask, cwd, env in (
        ("one", "022", tmp_path, {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}),
        ("two", "077", other, {"TZ": "America/New_York", "LC_ALL": "C", "LANG": "de_DE.UTF-8",
                               "PYTHONHASHSEED": "99", "SOURCE_DATE_EPOCH": "1"}),
    ):  # fmt: skip
        words = [root, mask, str(federation), UNIT, str(tmp_path / name)]
        subprocess.run(
            [sys.executable, "-c", script, *words],
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", **env},
            check=True,
            capture_output=True,
        )
    for form in ("text", "csv", "json", "xlsx", "pdf"):
        one, two = ((tmp_path / f"{name}.{form}").read_bytes() for name in ("one", "two"))
        assert one == two
        assert len(one) > 100
