"""Reconciling and accepting suggestions as a person types them."""

from __future__ import annotations

from tests.cli.command import UNIT, Office


def test_the_demonstrations_bank_account_agrees_and_says_so(lived: Office) -> None:
    words = ("reconcile", "--unit", UNIT, "--account", "10201", "--period", "2026-03")
    told = lived.by("zhou", *words, "--json")
    assert told.status == 0, told.err
    assert told.json["agrees"] is True and told.json["difference"] == "0.00"
    assert told.json["bank"] == told.json["book"]
    assert "期末 closing" in lived.by("zhou", *words).out


def test_a_line_that_only_the_bank_has_is_told_in_the_banks_words(march: Office) -> None:
    for name in ("bank-1.csv", "bank-2.csv"):
        told = march.by("zhou", "import", "--unit", UNIT, march.folder / "statements" / name)
        assert told.status == 0, told.err
    words = ("reconcile", "--unit", UNIT, "--account", "10201", "--period", "2026-03")
    told = march.by("zhou", *words)
    assert "上缴2月工会经费" in told.out, told.out
    assert "青禾区总工会" in told.out


def test_an_unknown_account_or_period_is_told_with_what_to_write(lived: Office) -> None:
    told = lived.by("zhou", "reconcile", "--unit", UNIT, "--account", "999", "--period", "2026-03")
    assert (told.status, "[which-account]" in told.err) == (1, True)
    told = lived.by("zhou", "reconcile", "--unit", UNIT, "--account", "10201", "--period", "March")
    assert (told.status, "[bad-period]" in told.err) == (1, True)


def test_a_suggestion_is_taken_alone_and_only_where_there_is_one(office: Office) -> None:
    told = office.by("zhou", "answer", "--unit", UNIT, "1", "--suggested", "--fund", "F01")
    assert (told.status, "[suggested-alone]" in told.err) == (1, True)
    told = office.by("zhou", "answer", "--unit", UNIT, "1", "--suggested")
    assert (told.status, "[line-posted]" in told.err) == (1, True)


def test_rules_are_listed_by_number(lived: Office) -> None:
    told = lived.by("zhou", "rules", "--unit", UNIT, "--list", "--json")
    assert told.status == 0, told.err
    assert [rule["number"] for rule in told.json["rules"][:3]] == [1, 2, 3]
