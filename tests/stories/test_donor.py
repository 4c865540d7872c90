"""The donor: what did the money of my purpose buy, and what is unspent?"""

from __future__ import annotations

from decimal import Decimal

from tests.cli.command import UNIT, Office

ROW = {"opening": "2000.00", "in": "0.00", "out": "500.00", "remaining": "1500.00"}


def test_a_fund_for_a_purpose_says_what_came_went_and_remains(lived: Office) -> None:
    (line,) = [one for one in lived.report("funds")["lines"] if one["code"] == "F04"]
    assert {key: line["cells"][key] for key in ROW} == ROW
    spent = lived.asks("show", line["refs"]["out"], "--json").json
    (voucher,) = spent["vouchers"]
    assert voucher["account"].startswith("Expenses:504-")
    assert Decimal(voucher["amount"]) == Decimal("500.00")
    assert voucher["papers"]
    shown = lived.asks("show", f"{UNIT}/{voucher['number']}", "--json").json
    assert shown["meta"]["decision"] == "春工〔2026〕4号（示例）"


def test_a_purpose_is_never_overdrawn_by_one_fen(march: Office) -> None:
    told = march.zhou(
        "draft", "--date", "2026-03-09", "--narration", "帮扶", "--fund", "F04",
        "--debit", "50404", "2000.01", "--credit", "10201", "2000.01",
    )  # fmt: skip
    assert told.status == 1
    assert "fund-overdrawn" in told.err
