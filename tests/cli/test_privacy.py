"""Names stay out of everything that is copied: the demonstration's whole folder is searched."""

from __future__ import annotations

import csv
import sqlite3
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader

from ledger.cli.demo.facts import FOLDER
from tests.cli.command import UNIT, Office

#: The files as they came from outside; whoever received them keeps or destroys them.
OUTSIDE = "statements"


def secrets() -> dict[str, str]:
    """Every member's name, the payee of the hardship aid, and every account number."""
    with (FOLDER / "members.csv").open(encoding="utf-8") as file:
        found = {row["name"]: "name" for row in csv.DictReader(file)}
    unit = tomllib.loads((FOLDER / "unit.toml").read_text(encoding="utf-8"))
    found |= {row["number"]: "account" for row in unit["account"] if "number" in row}
    return found | {"吕例三": "name"}


def contents(path: Path) -> Iterator[bytes]:
    """The file's bytes, and the text of a PDF or an XLSX."""
    yield path.read_bytes()
    if path.suffix == ".pdf":
        for page in PdfReader(path).pages:
            yield page.extract_text().encode()
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield packed.read(name)


def holders(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.relative_to(folder).parts[0] == OUTSIDE:
            continue
        for data in contents(path):
            for secret in secrets():
                for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
                    if secret.encode(encoding) in data:
                        found.setdefault(str(path.relative_to(folder)), set()).add(secret)
    return found


def test_no_file_of_the_federation_holds_a_name_or_an_account_number(lived: Office) -> None:
    assert holders(lived.folder) == {}
    assert (lived.folder / "registry.db").stat().st_size > 100_000


def test_the_files_that_came_do_hold_them_so_the_search_can_find(lived: Office) -> None:
    listed = lived.folder / OUTSIDE / "payroll-2026-03.csv"
    assert "赵例一" in listed.read_text(encoding="utf-8-sig")


def test_an_erased_member_is_gone_and_the_book_still_stands(office: Office) -> None:
    zhao = "m-AS4EX8WNET"
    before = office.asks("show", zhao, "--json").json
    with sqlite3.connect(office.folder / "registry.db") as conn:
        (wrapped,) = conn.execute(
            "SELECT k.wrapped FROM person_key k JOIN member m USING (person) WHERE m.id = ?",
            (zhao,),
        ).fetchone()
    conn.close()
    named = office.by("admin", "members erase", "--unit", UNIT, zhao, "--reason", "赵例一申请")
    assert (named.status, "name-in-log" in named.err) == (1, True)
    told = office.by("admin", "members erase", "--unit", UNIT, zhao, "--reason", "本人申请")
    assert told.status == 0, told.err
    listed = office.by("zhou", "members list", "--unit", UNIT, "--names", "--json").json["members"]
    assert {row["id"]: row["name"] for row in listed}[zhao] == "已删除 erased"
    assert sum(row["name"] != "已删除 erased" for row in listed) == 59
    for path in office.folder.glob("registry.db*"):
        assert wrapped not in path.read_bytes()
    assert office.asks("show", zhao, "--json").json == before
    assert office.asks("check").status == 0


def test_names_are_shown_to_who_records_and_the_log_keeps_it(office: Office) -> None:
    assert "赵例一" in office.by("zhou", "members list", "--unit", UNIT, "--names").out
    assert "赵例一" not in office.by("shen", "members list", "--unit", UNIT).out
    for login in ("shen", "lin", "admin"):
        told = office.by(login, "members list", "--unit", UNIT, "--names")
        assert (told.status, "not-allowed" in told.err) == (1, True)
    with sqlite3.connect(office.folder / "registry.db") as conn:
        acts = conn.execute("SELECT count(*) FROM operation WHERE action = 'member.names'")
        assert acts.fetchone() == (1,)
    conn.close()


def test_a_name_never_passes_into_a_draft(office: Office) -> None:
    told = office.zhou(
        "draft", "--date", "2026-04-02", "--narration", "付赵例一差旅", "--fund", "F02",
        "--debit", "50504", "1.00", "--credit", "10201", "1.00",
    )  # fmt: skip
    assert (told.status, "name-in-book" in told.err) == (1, True)
    assert "赵例一" not in told.err
