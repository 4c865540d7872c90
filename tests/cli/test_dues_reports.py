"""Reports of dues from the command line: who may read names, what is logged, what stays."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from pypdf import PdfReader

from ledger.cli.demo.facts import FOLDER
from tests.cli.command import UNIT, Office, Told

ZHAO = "m-AS4EX8WNET"


def report(office: Office, login: str, name: str, *words: object) -> Told:
    return office.by(login, "report", "--unit", UNIT, name, *words)


def names() -> list[str]:
    with (FOLDER / "members.csv").open(encoding="utf-8") as file:
        return [row["name"] for row in csv.DictReader(file)]


def read(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def acts(office: Office) -> list[tuple[str, str]]:
    conn = sqlite3.connect(office.folder / "registry.db")
    rows = conn.execute(
        "SELECT object, detail FROM operation WHERE action = 'dues.read' ORDER BY rowid"
    ).fetchall()
    conn.close()
    return rows


def test_the_public_roll_needs_nobodys_name_and_tells_nobodys(lived: Office) -> None:
    told = lived.asks("report", "--unit", UNIT, "dues-roll", "--period", "2026-03")
    assert told.status == 0, told.err
    assert "1,893.65" in told.out
    assert not [name for name in names() if name in told.out]
    assert "m-" not in told.out


def test_the_members_roll_is_for_who_records_and_its_reading_is_logged(office: Office) -> None:
    words = ("--period", "2026-03", "--audience", "members")
    told = report(office, "zhou", "dues-roll", *words)
    assert told.status == 0, told.err
    assert "赵例一" in told.out and "4,415.00" in told.out
    assert acts(office) == [("dues-roll 2026-03", "with names")]
    for login in ("shen", "lin", "admin"):
        told = report(office, login, "dues-roll", *words)
        assert (told.status, "not-allowed" in told.err) == (1, True)
        assert not [name for name in names() if name in told.out + told.err]
    (office.folder / ".session").unlink()
    told = office.asks("report", "--unit", UNIT, "dues-roll", *words)
    assert (told.status, "not-logged-in" in told.err) == (1, True)


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv", "json"])
@pytest.mark.parametrize("name", ["dues-roll", "member-dues"])
def test_papers_with_names_come_in_every_form(
    office: Office, tmp_path: Path, name: str, form: str
) -> None:
    words = ("--audience", "members") if name == "dues-roll" else ("--member", ZHAO)
    told = report(office, "zhou", name, "--period", "2026-03", *words, "--format", form,
                  "-o", tmp_path / f"x.{form}")  # fmt: skip
    assert (told.status, told.err) == (0, "")
    if form == "json":
        data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
        first = data["lines"][0]["cells"]
        assert (first["base"], first["owed"], first["paid"]) == ("4415.00", "22.05", "22.05")
    if form == "pdf":
        assert "赵例一" in read(tmp_path / "x.pdf")


@pytest.mark.parametrize("name", ["member-dues", "dues-receipt"])
def test_a_members_own_papers_are_for_who_records_too(office: Office, name: str) -> None:
    words = ("--period", "2026", "--member", ZHAO, "--format", "pdf", "-o", office.folder.parent)
    for login in ("shen", "lin", "admin"):
        told = report(office, login, name, *words[:-1], office.folder.parent / "x.pdf")
        assert (told.status, "not-allowed" in told.err) == (1, True)
    assert acts(office) == []
    assert not (office.folder.parent / "x.pdf").exists()


def test_a_members_statement_says_what_was_owed_why_and_when_it_was_paid(office: Office) -> None:
    told = report(office, "zhou", "member-dues", "--period", "2026", "--member", "0001")
    assert told.status == 0, told.err
    for said in ("赵例一", "4410.00 × 0.5 % = 22.05", "工发〔1978〕101号", "66.15",
                 "chunfeng/收-202603-0003", "2026-03-05"):  # fmt: skip
        assert said in told.out, said
    assert [name for name in names() if name in told.out] == ["赵例一"]
    assert acts(office) == [(ZHAO, "member-dues 2026")]


@pytest.mark.parametrize("name", ["member-dues", "dues-receipt"])
def test_a_members_papers_are_the_same_bytes_each_time(
    office: Office, tmp_path: Path, name: str
) -> None:
    for file in ("one.pdf", "two.pdf"):
        told = report(office, "zhou", name, "--period", "2026", "--member", ZHAO,
                      "--format", "pdf", "-o", tmp_path / file)  # fmt: skip
        assert told.status == 0, told.err
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_receipt_says_the_amount_in_capitals_and_that_it_is_not_official(
    office: Office, tmp_path: Path
) -> None:
    told = report(office, "zhou", "dues-receipt", "--period", "2026", "--member", ZHAO,
                  "--format", "pdf", "-o", tmp_path / "r.pdf")  # fmt: skip
    assert told.status == 0, told.err
    text = read(tmp_path / "r.pdf")
    for said in ("赵例一", "人民币陆拾陆元壹角伍分", "¥ 66.15", "收-202601-0002", "不是财政或税务"):
        assert said in text, said


def test_receipts_for_nothing_and_of_nobody_are_refused(office: Office, tmp_path: Path) -> None:
    pdf = ("--format", "pdf", "-o", tmp_path / "r.pdf")
    for words, rule in (
        (("--period", "2026-04", "--member", ZHAO, *pdf), "no-receipt"),
        (("--period", "2026", "--member", ZHAO), "no-receipt"),
        (("--period", "2026", *pdf), "no-member-named"),
        (("--period", "2026", "--member", "m-0000000000", *pdf), "no-member"),
    ):
        told = report(office, "zhou", "dues-receipt", *words)
        assert (told.status, rule in told.err) == (1, True), told.err
    assert not (tmp_path / "r.pdf").exists()


def test_a_member_who_was_erased_leaves_amounts_without_a_name(office: Office) -> None:
    told = office.by("admin", "members erase", "--unit", UNIT, ZHAO, "--reason", "本人申请")
    assert told.status == 0, told.err
    told = report(office, "zhou", "member-dues", "--period", "2026", "--member", ZHAO)
    assert told.status == 0, told.err
    assert "66.15" in told.out and "赵例一" not in told.out and "4415" not in told.out
    roll = report(office, "zhou", "dues-roll", "--period", "2026-03", "--audience", "members")
    assert "已删除" in roll.out and "赵例一" not in roll.out and "4,415.00" not in roll.out
