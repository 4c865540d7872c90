"""Cash over the counter as the cashier types it: the draft, the receipt, its prints, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.cli.main import main
from ledger.registry import oplog, users
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import PASSWORD, UNIT, House


@pytest.fixture
def till(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Till:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    with small_house.registry.write() as conn:
        users.add(
            conn, login="qian", password=PASSWORD, roles=frozenset({(UNIT, "cashier")}),
            now=small_house.now,
        )  # fmt: skip
    return Till(Roll(small_house))


def run(till: Till, *words: str, user: str = "zhou") -> int:
    folder = str(till.roll.house.registry.folder)
    deed, *rest = words
    return main(["dues", deed, folder, "--unit", UNIT, "--user", user, *rest])


def test_a_cashier_takes_cash_prints_a_receipt_and_a_copy(
    till: Till, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till.roll.add("3001")
    till.roll.assess()
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    words = ("cash", "001", "--amount", "50.00", "--date", "2026-03-09", "-o", str(first))
    assert run(till, *words, "--json", user="qian") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["receipt"] == "2026-000001" and told["amount"] == "50.00"
    assert [line["amount"] for line in told["lines"]] == ["30.01", "19.99"]
    assert run(till, "receipt", "2026-000001", "-o", str(second), user="qian") == 0
    assert first.read_bytes().startswith(b"%PDF") and first.read_bytes() != second.read_bytes()
    capsys.readouterr()
    assert run(till, "receipts", "2026", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["receipts"]
    assert (row["printed"], row["state"]) == (2, "valid")
    with till.roll.house.registry.read() as conn:
        acts = [act.action for act in oplog.entries(conn)]
    assert acts.count("receipt.print") == 2 and "receipt.give" in acts
    # An auditor reads the list, and prints nothing; nobody finds a name in it.
    assert run(till, "receipt", "2026-000001", "-o", str(second), user="shen") != 0


def test_a_cashier_voids_their_own_receipt_with_a_reason(
    till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    member = till.roll.add("3001")
    till.roll.assess()
    assert run(till, "cash", "001", "--amount", "10", "--date", "2026-03-09", user="qian") == 0
    assert run(till, "receipt", "2026-000001", "--void", user="qian") != 0
    assert run(till, "receipt", "2026-000001", "--void", "--reason", "收错人", user="qian") == 0
    assert "收错人" in capsys.readouterr().out
    assert till.states(member) == [("dues", "open", 30_01)]
    assert run(till, "receipt", "2026-000001", "--void", "--reason", "再废", user="qian") != 0


def test_a_credit_is_listed_and_paid_back(till: Till, capsys: pytest.CaptureFixture[str]) -> None:
    member = till.roll.add("3001")
    till.pay(member, "50.00")
    assert run(till, "credits", "--json") == 0
    (credit,) = json.loads(capsys.readouterr().out)["credits"]
    assert (credit["number"], credit["amount"]) == ("001", "50.00")
    words = ("refund", "001", "--amount", "20", "--date", "2026-03-09", "--json")
    assert run(till, *words) == 0
    draft = json.loads(capsys.readouterr().out)["draft"]
    till.approve(draft)
    till.prove()
    assert ("prepaid", "credit", 30_00) in till.states(member)


@pytest.mark.parametrize(
    "words",
    [
        ("cash", "999", "--amount", "5"),
        ("cash", "001", "--amount", "5", "--for", "HY2026-9999-1"),
        ("cash", "001", "--amount", "5", "--account", "401"),
        ("receipt", "2026-000009", "--void", "--reason", "x"),
        ("receipt", "abc", "--void", "--reason", "x"),
        ("receipt", "2026-999999999999", "--void", "--reason", "x"),
        ("refund", "001"),
    ],
)
def test_what_cannot_be_done_is_a_finding_and_leaves_no_receipt(
    till: Till, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    till.roll.add("3001")
    assert run(till, *words) == 1
    assert run(till, "receipts", "2026", "--json") == 0
    assert json.loads(capsys.readouterr().out)["receipts"] == []
