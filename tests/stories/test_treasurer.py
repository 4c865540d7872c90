"""The unit's treasurer: a whole month by commands, from the files that came to the reports."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import ANSWERS, UNIT, Office, figures, mingbai

FILES = ("bank-1.csv", "bank-2.csv", "wechat.csv", "alipay.csv")


def bring_in(march: Office) -> list[dict[str, object]]:
    """The payroll list and every statement, imported."""
    folder = march.folder / "statements"
    listed = march.zhou("payroll", folder / "payroll-2026-03.csv", "--json")
    assert listed.status == 0, listed.err
    assert listed.json["total"] == "1236.05"
    told = march.zhou("import", *(folder / name for name in FILES), "--json")
    assert told.status == 0, told.err
    found: list[dict[str, object]] = told.json
    return found


def answer(march: Office) -> None:
    for words in ANSWERS:
        told = march.zhou("answer", *words)
        assert told.status == 0, told.err


def test_a_month_from_the_files_to_the_reports(march: Office, lived: Office) -> None:
    for name in FILES:
        read = mingbai("read", march.folder / "statements" / name, "--json")
        assert read.status == 0
        assert not read.json["parked"]
        assert "fail" not in read.json["proofs"].values()
    done = bring_in(march)
    assert [row["lines"] for row in done] == [
        {"new": 10, "known": 0, "parked": 0}, {"new": 5, "known": 3, "parked": 0},
        {"new": 29, "known": 0, "parked": 0}, {"new": 13, "known": 0, "parked": 0},
    ]  # fmt: skip
    waits = march.zhou("inbox", "--json").json
    assert [row["line"] for row in waits["questions"]] == [int(words[0]) for words in ANSWERS]
    early = march.zhou("close", "2026-03")
    assert early.status == 1
    answer(march)
    by_lin = march.by("lin", "approve", "--unit", UNIT, "--all", "--json").json
    assert (len(by_lin["posted"]), len(by_lin["waiting"])) == (56, 1)
    by_gao = march.by("gao", "approve", "--unit", UNIT, "--all", "--json").json
    assert (len(by_gao["posted"]), len(by_gao["waiting"])) == (1, 0)
    closed = march.zhou("close", "2026-03", "--json")
    assert (closed.status, closed.json["closed"]) == (0, "2026-03")
    assert march.asks("check").status == 0
    # The hand and the demonstration come to the same figures.
    for name, column in (("funds", "remaining"), ("trial-balance", "closing")):
        mine, theirs = march.report(name), lived.report(name)
        assert figures(mine, column) == figures(theirs, column)
    matched = march.report("bank-reconciliation")
    assert matched["lines"]


def test_what_was_imported_once_is_never_taken_again(march: Office, tmp_path: Path) -> None:
    bring_in(march)
    before = march.zhou("inbox", "--json").json
    again = march.zhou("import", *(march.folder / "statements" / n for n in FILES), "--json").json
    assert all(row["lines"]["new"] == 0 and not row["drafts"] for row in again)
    # The same rows in other bytes: another download of the same days.
    copy = tmp_path / "later.csv"
    copy.write_bytes((march.folder / "statements" / "bank-1.csv").read_bytes() + b"\r\n")
    later = march.zhou("import", "--account", "10201", copy, "--json").json
    assert later["lines"]["new"] == 0
    assert march.zhou("inbox", "--json").json == before


def test_two_equal_dues_on_one_day_are_two_payments(lived: Office) -> None:
    out = lived.asks("show", f"{UNIT}/funds/2026-03/F01/in", "--json").json
    pairs = [row for row in out["vouchers"] if row["day"] == "2026-03-12" and row["amount"]]
    assert len(pairs) == 2
    assert len({row["number"] for row in pairs}) == 2
