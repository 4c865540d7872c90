"""`mingbai dues rate` and `mingbai dues rules`: what a rule says, and which rules there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import mingbai
from tests.rules.tables import ASSOCIATION, BRACKETS

ON = ("--on", "2026-03-01")


@pytest.mark.parametrize(
    ("words", "amount", "row"),
    [
        (("party", "--base", "3000"), "15.00", "pay-1"),
        (("party", "--base", "3001"), "30.01", "pay-2"),
        (("party", "--base", "5,000.01", "--status", "离退休"), "50.00", "pension-2"),
        (("party", "--base", "3001", "--status", "probation"), "30.01", "pay-2"),
        (("party", "--status", "farmer", "--chosen", "0.50"), "0.50", "farmer"),
        (("league", "--base", "5499"), "10.00", "pay-2"),
        (("union-member", "--base", "3456"), "17.25", "wage"),
        (("union-levy", "--base", "635250"), "12705.00", "payroll"),
    ],
)
def test_a_rate_is_told_with_its_rule_source_row_and_arithmetic(
    words: tuple[str, ...], amount: str, row: str
) -> None:
    told = mingbai("dues", "rate", *words, *ON, "--json")
    assert told.status == 0, told.out
    assert {"rule", "source", "confidence", "arithmetic"} <= set(told.json)
    assert (told.json["amount"], told.json["row"]) == (amount, row)
    plain = mingbai("dues", "rate", *words, *ON)
    assert told.json["source"] in plain.out
    assert told.json["arithmetic"] in plain.out


def test_a_levy_is_told_with_its_shares_and_where_they_come_from() -> None:
    split = mingbai("dues", "rate", "union-levy", "--base", "635250", *ON, "--json").json["split"]
    assert split["shares"] == [
        {"to": "grass-roots", "amount": "7623.00"},
        {"to": "upper", "amount": "5082.00"},
    ]
    assert split["confidence"] == "secondary"
    assert "60 %" in mingbai("dues", "rate", "union-levy", "--base", "635250", *ON).out


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("association", "--status", "person", *ON), "no-rule-loaded"),
        (("party", "--base", "3001", "--on", "2008-03-31"), "no-rule-loaded"),
        (("party", *ON), "no-base"),
        (("party", "--status", "农民", *ON), "not-chosen"),
        (("party", "--base", "1", "--status", "vip", *ON), "no-status"),
    ],
)
def test_what_no_rule_answers_is_told_and_the_exit_status_is_one(
    words: tuple[str, ...], rule: str
) -> None:
    told = mingbai("dues", "rate", *words)
    assert (told.status, f"[{rule}]" in told.err, told.out) == (1, True, "")
    if rule == "no-rule-loaded":
        assert "no rule loaded" in told.err
    in_json = mingbai("dues", "rate", *words, "--json")
    assert (in_json.status, in_json.json["findings"][0]["rule"]) == (1, rule)


@pytest.mark.parametrize(
    "words",
    [
        ("tithe", "--base", "1"),
        ("party", "--base", "-1"),
        ("party", "--base", "1.001"),
        ("party", "--base", "nan"),
        ("party", "--base", "9" * 50),
        ("party", "--base", "1", "--on", "2026-02-30"),
        ("party", "--base", "1", "--unit", "../../etc"),
        ("party", "--base", "1", "--dir", "/nowhere/at/all"),
    ],
)
def test_what_is_typed_wrong_cannot_run(words: tuple[str, ...]) -> None:
    told = mingbai("dues", "rate", *words)
    assert (told.status, "Traceback" in told.err) == (2, False)


def test_an_association_s_own_resolution_is_its_rule(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "charter.toml").write_text(ASSOCIATION, encoding="utf-8")
    told = mingbai("dues", "rate", "association", "--status", "理事单位", "--dir", tmp_path, *ON,
                   "--json").json  # fmt: skip
    assert (told["amount"], told["rule"], told["file"], told["period"]) == (
        "5000.00", "charter-dues@2025", "rules/charter.toml", "year",
    )  # fmt: skip


def test_a_unit_s_local_table_is_used_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "units" / "heping" / "rules"
    folder.mkdir(parents=True)
    (folder / "local.toml").write_text(BRACKETS, encoding="utf-8")
    words = ("dues", "rate", "party", "--base", "3001", "--dir", tmp_path, *ON)
    assert "60.02" in mingbai(*words, "--unit", "heping").out
    assert "本单位的规则文件" in mingbai(*words, "--unit", "heping").out
    assert "30.01" in mingbai(*words).out


def test_a_faulty_local_file_stops_every_rate_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    text = BRACKETS.replace('up_to = "1000.00"', 'up_to = "900.00"')
    (tmp_path / "rules" / "local.toml").write_text(text, encoding="utf-8")
    told = mingbai("dues", "rate", "league", "--base", "1", "--dir", tmp_path, *ON)
    assert (told.status, "900.01–1000.00" in told.err) == (1, True)
    assert "rules/local.toml" in told.err


def test_a_warning_about_a_local_file_does_not_hide_the_answer(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    text = BRACKETS.replace('rate = "0.02"', 'rate = "0.005"')
    (tmp_path / "rules" / "local.toml").write_text(text, encoding="utf-8")
    told = mingbai("dues", "rate", "party", "--base", "2000", "--dir", tmp_path, *ON, "--json")
    assert (told.status, told.json["amount"], "[bad-rule]" in told.err) == (0, "10.00", True)


def test_the_list_of_rules_has_every_table_or_those_in_force_here() -> None:
    every = mingbai("dues", "rules", "--json").json["rules"]
    assert {"party-dues@2008", "league-remittance@1990s"} <= {row["rule"] for row in every}
    today = mingbai("dues", "rules", *ON, "--json").json["rules"]
    named = {row["rule"] for row in today}
    assert "league-remittance@1990s" not in named
    assert "party-floor-beijing@2015" not in named
    beijing = mingbai("dues", "rules", *ON, "--province", "北京市")
    assert "party-floor-beijing@2015" in beijing.out
    organ = mingbai("dues", "rules", *ON, "--kind", "central-organ")
    assert "party-remittance-central@2021" in organ.out
