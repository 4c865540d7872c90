"""Contracts and decisions through the command line, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import by_user
from tests.contracts.deal import open_services
from tests.contracts.test_decisions import load
from tests.house import UNIT, House

Run = Callable[..., tuple[int, Any]]
BUY = (
    "--account", "501", "--fund", "F01", "--signed", "2026-03-01", "--starts", "2026-03-01",
    "--ends", "2026-12-31", "--decision", "青工委〔2026〕5号", "--purpose", "食堂改造设计",
)  # fmt: skip


@pytest.fixture
def run(small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("ledger.clock.now", lambda: small_house.now)
    open_services(small_house)
    small_house.post(small_house.draft("8000.00"))
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 paper")

    def one(*words: str, user: str = "zhou", as_json: bool = True) -> tuple[int, Any]:
        command = [str(paper) if word == "PAPER" else word for word in words]
        more = ["--json"] if as_json else []
        told = by_user(
            small_house.registry.folder, user, " ".join(command[:2]), "--unit", UNIT,
            *command[2:], *more,
        )  # fmt: skip
        assert "Traceback" not in told.err
        return told.status, told.json if as_json else told.said

    return one


def rule_of(told: Any) -> str:
    return str(told["findings"][0]["rule"])


def test_a_supplier_from_signing_to_the_last_receipt(run: Run, small_house: House) -> None:
    status, told = run(
        "contract", "sign", "--number", "青购7", "--role", "supplier", "--party", "青禾区民政局",
        "--purpose", "技能培训", "--account", "408", "--fund", "F01", "--amount", "500.00",
        "--signed", "2026-03-01", "--starts", "2026-03-01", "--ends", "2026-06-30", "--decision",
        "青工委〔2026〕1号", "--paper", "PAPER", "--milestone", "2026-03-03=300.00=方案",
        "--milestone", "2026-05-31=200.00=报告", "--advance", "20",
    )  # fmt: skip
    assert status == 0, told
    code = told["code"]
    assert rule_of(run("contract", "confirm", code)[1]) == "not-allowed"
    assert run("contract", "confirm", code, user="lin")[1]["state"] == "open"
    money = ("--money", "10201", "--on", "2026-03-02")
    assert rule_of(run("contract", "pay", code, "1", "--amount", "1.00", *money)[1]) == "other-side"
    too_much = run("contract", "receive", code, "1", "--amount", "100.01", *money)[1]
    assert rule_of(too_much) == "not-accepted"
    on = ("--on", "2026-03-04", "--paper", "PAPER")
    assert run("contract", "deliver", code, "1", *on)[1]["milestones"][0]["state"] == "delivered"
    assert run("contract", "accept", code, "1", *on, user="lin")[1]["accepted"] == "300.00"
    draft = run("contract", "receive", code, "1", "--amount", "300.00", "--money", "10201",
                "--on", "2026-03-05")[1]["draft"]  # fmt: skip
    small_house.approve(draft)
    draft = run("contract", "cost", code, "--account", "501", "--amount", "90.00", "--what",
                "场地", *money, "--paper", "PAPER")[1]["draft"]  # fmt: skip
    small_house.approve(draft)
    shown = run("contract", "show", code)[1]
    assert (shown["moved"], shown["cost"], shown["margin"], shown["outstanding"]) == (
        "300.00", "90.00", "210.00", "200.00",
    )  # fmt: skip
    assert len(shown["milestones"][0]["vouchers"]) == len(shown["costs"]) == 1
    text = run("contract", "show", code, as_json=False)[1]
    assert "节点 1" in text and "方案" in text and "成本 cost" in text
    closed = run("contract", "close", code, "--on", "2026-03-05", "--note", "提前办结")[1]
    assert closed["state"] == "closed"
    assert "办结" in str(run("contract", "show", code)[1]["events"])
    assert code in run("contract", "list", as_json=False)[1]


def test_a_buyer_and_the_decision_behind_the_contract(run: Run, small_house: House) -> None:
    load(small_house)
    sign = (
        "contract", "sign", "--number", "青采1", "--role", "buyer", "--party", "示例设计公司",
        *BUY, "--amount", "2000.00", "--paper", "PAPER", "--milestone", "2026-03-03=2000.00=图纸",
    )  # fmt: skip
    record = (
        "decision", "record", "青工委〔2026〕5号", "--on", "2026-03-01", "--body", "委员会会议",
        "--subject", "食堂改造", "--participants", "9", "--for", "8", "--against", "1", "--paper",
        "PAPER", "--step", "proposed=2026-02-20", "--ceiling",
    )  # fmt: skip
    assert run(*record, "1999.99")[1]["carried"] is True
    assert rule_of(run(*sign)[1]) == "bad-contract"  # the decision is below its sum
    assert run("decision", "withdraw", "青工委〔2026〕5号")[0] == 0
    assert run(*record, "2500.00")[0] == 0
    code = run(*sign)[1]["code"]
    run("contract", "confirm", code, user="lin")
    on = ("--on", "2026-03-02", "--paper", "PAPER")
    run("contract", "deliver", code, "1", *on)
    run("contract", "accept", code, "1", *on, user="lin")
    pay = ("contract", "pay", code, "1", "--amount", "2000.00", "--money", "10201", "--on")
    draft = run(*pay, "2026-03-03")[1]["draft"]
    small_house.approve(draft)
    assert rule_of(run(*pay, "2026-03-04")[1]) == "contract-beyond"
    told = run("decision", "report", "青工委〔2026〕5号", "--on", "2026-03-05", "--to", "市总")
    assert told[0] == 0
    found = run("decision", "show", "青工委〔2026〕5号")[1]
    assert (found["used"], found["left"], found["days_late"], len(found["vouchers"])) == (
        "2000.00", "500.00", 2, 1,
    )  # fmt: skip
    listed = run("decision", "list")[1]
    assert listed["rule"]["threshold"] == "1000.00"
    assert [one["number"] for one in listed["decisions"]] == ["青工委〔2026〕5号"]
    assert "已用 used 2,000.00" in run("decision", "list", as_json=False)[1]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("contract", "show", "HT2026-0099-0"), "no-contract"),
        (("contract", "close", "x", "--on", "2026-03-01", "--note", "x"), "no-contract"),
        (("contract", "receive", "x", "1", "--amount", "1.00", "--money", "10201", "--on",
          "2026-03-01"), "no-contract"),
        (("contract", "sign", "--number", "1", "--role", "buyer", "--party", "x", *BUY, "--amount",
          "1.00", "--paper", "/nowhere", "--milestone", "2026-03-03=1.00=x"), "bad-paper"),
        (("contract", "sign", "--number", "1", "--role", "buyer", "--party", "x", *BUY, "--amount",
          "1.00", "--paper", "PAPER", "--milestone", "2026-03-03=1.00"), "bad-milestone"),
        (("contract", "sign", "--number", "1", "--role", "buyer", "--party", "x", *BUY, "--amount",
          "1.00", "--paper", "PAPER", "--milestone", "2026-03-03=1.00=x", "--advance", "101"),
         "usage"),
        (("decision", "show", "没有"), "no-decision-record"),
        (("decision", "step", "没有", "published", "--on", "2026-03-01"), "no-decision-record"),
        (("decision", "record", "5号", "--on", "2026-03-01", "--body", "x", "--subject", "x",
          "--participants", "1", "--for", "2", "--ceiling", "1.00", "--paper", "PAPER"),
         "bad-decision"),
        (("decision", "record", "5号", "--on", "2026-03-01", "--body", "x", "--subject", "x",
          "--participants", "1", "--for", "1", "--ceiling", "1.00", "--paper", "PAPER", "--step",
          "proposed"), "bad-step"),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_is_a_finding(run: Run, words: tuple[str, ...], rule: str) -> None:
    status, told = run(*words)
    assert (status > 0, rule_of(told)) == (True, rule), told
