"""mingbai audit query, as an auditor types it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ledger.registry import Registry, oplog
from tests.cli.command import UNIT, Office, copy_of


@pytest.fixture(scope="module")
def asked(lived: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The demonstration, where whoever asks leaves a line in its log."""
    return copy_of(lived.folder, tmp_path_factory.mktemp("asked") / "office")


def test_a_query_answers_as_a_table_and_as_json(asked: Office) -> None:
    told = asked.asks("audit query", "--unit", UNIT, "BALANCES AT cost")
    assert told.status == 0, told.err
    assert "Assets:102-银行存款" in told.out
    assert "张凭证" in told.out
    as_json = asked.asks("audit query", "--unit", UNIT, "BALANCES AT cost", "--json")
    assert [one["name"] for one in as_json.json["columns"]] == ["account", "position"]
    assert as_json.json["cut"] is False


def test_a_refused_query_is_a_finding(asked: Office) -> None:
    told = asked.asks("audit query", "--unit", UNIT, "PRINT")
    assert told.status == 1
    assert "[query-not-allowed]" in told.err
    told = asked.asks("audit query", "--unit", UNIT, "PRINT", "--json")
    assert told.json["findings"][0]["rule"] == "query-not-allowed"


def test_the_command_says_what_it_needs(asked: Office) -> None:
    for words in ((), ("BALANCES", "BALANCES"), ("BALANCES", "--example", "funds"),
                  ("--example", "nothing"), ("BALANCES", "-o", "out.pdf")):  # fmt: skip
        assert asked.asks("audit query", "--unit", UNIT, *words).status == 2
    assert asked.asks("audit query", "--unit", "nowhere", "BALANCES").status == 2


def test_examples_are_listed_and_run_by_name(asked: Office) -> None:
    told = asked.asks("audit query", "--unit", UNIT, "--examples")
    assert "largest-payments" in told.out
    names = [one["name"] for one in asked.asks(
        "audit query", "--unit", UNIT, "--examples", "--json").json["examples"]]  # fmt: skip
    assert "journal" in names
    told = asked.asks(
        "audit query", "--unit", UNIT, "--example", "largest-payments", "--period", "2026-03"
    )
    assert told.status == 0
    assert "期初余额" in told.out


def test_the_answer_goes_into_a_file(asked: Office, tmp_path: Path) -> None:
    for name in ("out.csv", "out.xlsx"):
        told = asked.asks(
            "audit query", "--unit", UNIT, "--example", "funds", "-o", tmp_path / name
        )
        assert told.status == 0, told.err
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {"fund", "account", "held"} <= rows[0].keys()
    sheet = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0)
    assert any("SELECT" in str(cell) for row in sheet.to_python() for cell in row)


def test_who_is_logged_in_has_to_be_allowed_and_is_logged(office: Office) -> None:
    (office.folder / ".session").unlink()
    assert office.asks("audit query", "--unit", UNIT, "BALANCES AT units").status == 0
    told = office.by("shen", "audit query", "--unit", UNIT, "BALANCES")
    assert told.status == 0, told.err
    told = office.by("admin", "audit query", "--unit", UNIT, "BALANCES")
    assert told.status == 1
    assert "Assets" not in told.said
    registry = Registry.open(office.folder)
    with registry.read() as conn:
        acts = oplog.entries(conn, UNIT, actions=["audit.query"])
    registry.close()
    assert [one.detail for one in acts] == ["BALANCES"]
