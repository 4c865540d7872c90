"""``mingbai demo``: the figures it ends with, other seeds, PostgreSQL, and folders in use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import UNIT, Office, figures, mingbai

GOLDEN = Path(__file__).parent / "golden" / "demo-2026-03.txt"


def story(office: Office) -> str:
    """What a person reads of the month: funds, accounts, and how many vouchers of each class."""
    funds, trial = office.report("funds"), office.report("trial-balance")
    lines = ["# 资金 fund: 期初 opening, 收入 in, 支出 out, 期末 remaining"]
    for line in funds["lines"]:
        if "opening" in line["cells"]:
            row = [line["cells"][key] for key in ("opening", "in", "out", "remaining")]
            lines.append("  ".join([line["code"], line["label"], *row]))
    lines.append("# 科目 account: 期初 opening, 借 debit, 贷 credit, 期末 closing")
    for line in trial["lines"]:
        if line["code"].isdigit() and line["cells"].get("closing"):
            row = [line["cells"][key] for key in ("opening", "debit", "credit", "closing")]
            lines.append("  ".join([line["code"], line["label"], *row]))
    text = (office.unit / "2026" / "03.bean").read_text(encoding="utf-8")
    lines.append("# 凭证 vouchers")
    for kind in "收付转":
        count = text.count(f'voucher: "{kind}-202603-')
        lines.append(f"{kind} {count}")
    return "\n".join(lines) + "\n"


def test_the_demonstration_ends_with_these_figures(lived: Office) -> None:
    assert story(lived) == GOLDEN.read_text(encoding="utf-8")


def test_every_book_passes_plain_bean_check_and_bean_query(lived: Office, tmp_path: Path) -> None:
    """From another folder, with no cache; a warning would be printed as well."""
    for tool, words in (("bean-check", []), ("bean-query", ["SELECT count(*)"])):
        done = subprocess.run(
            [Path(sys.executable).with_name(tool), lived.unit / "book.bean", *words],
            cwd=tmp_path, capture_output=True, text=True,
            env={"BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("seed", [-7])
def test_other_seeds_tell_other_months_that_prove_as_well(seed: int, tmp_path: Path) -> None:
    told = mingbai("demo", tmp_path / "d", "--seed", seed)
    assert told.status == 0, told.err
    office = Office(tmp_path / "d")
    assert office.asks("check").status == 0
    assert story(office) != GOLDEN.read_text(encoding="utf-8")


def test_a_folder_in_use_is_never_written_into(tmp_path: Path) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "letter.txt").write_text("mine")
    for words in (
        ["demo", used], ["demo", used / "letter.txt"], ["demo", used, "--by-hand"],
        ["init", used, "--id", "other", "--name", "另一个"],
        ["init", used / "letter.txt", "--id", "other", "--name", "另一个"],
    ):  # fmt: skip
        told = mingbai(*words)
        assert told.status in (1, 2)
        assert "folder-in-use" in told.err
    assert [path.name for path in used.iterdir()] == ["letter.txt"]


def test_the_demonstration_lives_in_postgresql_by_url(database_url: str, tmp_path: Path) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("every other test lives it in SQLite")
    told = mingbai("demo", tmp_path / "d", "--url", database_url)
    assert told.status == 0, told.err
    office = Office(tmp_path / "d")
    assert not (office.folder / "registry.db").exists()
    assert story(office) == GOLDEN.read_text(encoding="utf-8")
    assert office.asks("check").status == 0
    again = mingbai("init", tmp_path / "e", "--id", "other", "--name", "x", "--url", database_url)
    assert (again.status, "database-in-use" in again.err) == (1, True)


def test_the_books_hold_what_the_claims_say(lived: Office) -> None:
    funds = figures(lived.report("funds"), "in")
    assert funds["F01"] == "1893.65"  # the sum of sixty claims, whatever way they were paid
    inbox = lived.by("zhou", "inbox", "--unit", UNIT, "--json").json
    assert inbox == {"rows": [], "questions": [], "parked": [], "drafts": [], "undoing": []}
