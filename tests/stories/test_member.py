"""The member: what do I owe this month, and where did it go?"""

from __future__ import annotations

import csv
from decimal import Decimal

from ledger.cli.demo.facts import FOLDER
from ledger.dues.explaining import explain
from ledger.period import Month
from ledger.registry import Registry, members
from tests.cli.command import UNIT, Office, figures

ZHAO = "m-AS4EX8WNET"  # pays through the payroll list


def test_a_member_sees_what_was_owed_paid_and_spent(lived: Office) -> None:
    told = lived.asks("show", ZHAO, "--json").json
    owed = [(claim["month"], claim["amount"], claim["state"]) for claim in told["claims"]]
    assert owed == [(month, "22.05", "paid") for month in ("2026-01", "2026-02", "2026-03")]
    assert [(pay["day"], pay["amount"]) for pay in told["payments"]] == [
        ("2026-01-07", "22.05"), ("2026-02-05", "22.05"), ("2026-03-05", "22.05"),
    ]  # fmt: skip
    spent = [row for row in told["spent"] if row["month"] == "2026-03"]
    assert {row["fund"] for row in spent} == {"F01"}
    out = figures(lived.report("funds"), "out")["F01"]
    assert sum(Decimal(row["amount"]) for row in spent) == Decimal(out)


def test_the_payment_opens_to_the_voucher_and_the_spending_to_its_vouchers(lived: Office) -> None:
    told = lived.asks("show", ZHAO, "--json").json
    voucher = lived.asks("show", told["payments"][-1]["voucher"], "--json").json
    mine = [line for line in voucher["postings"] if line["meta"].get("member") == ZHAO]
    assert [line["amount"] for line in mine] == ["-22.05"]
    assert voucher["papers"]
    spent = lived.asks("show", told["spent"][-1]["ref"], "--json").json
    assert spent["vouchers"]


def test_every_assessment_of_the_demonstration_recomputes_to_its_stored_amount(
    lived: Office,
) -> None:
    """As the members hear it: what is owed by the rule, by hand, and under which code."""
    with (FOLDER / "members.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    registry = Registry.open(lived.folder)
    try:
        with registry.read() as conn:
            of_unit = members.all_members(conn, UNIT)
        for member in of_unit:
            tens = Decimal(rows[member.id]["monthly_base"]) // 10
            by_hand = tens * 5 / 100
            for month in (Month(2026, 1), Month(2026, 2), Month(2026, 3)):
                (found,) = explain(registry, member, month)
                assert found.holds
                assert Decimal(found.total.text) == by_hand
                assert [claim.fen for claim in found.claims] == [found.total.fen]
    finally:
        registry.close()
    assert len(of_unit) == len(rows) == 60


def test_what_a_member_is_shown_holds_nobodys_name(lived: Office) -> None:
    with (FOLDER / "members.csv").open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    text = lived.asks("show", ZHAO).out
    assert "22.05" in text
    assert f"{UNIT}/收-202603-" in text
    assert not [name for name in names if name in text]


def test_a_member_that_nobody_knows_is_a_finding(lived: Office) -> None:
    told = lived.asks("show", "m-0000000000")
    assert told.status == 1
    assert "no-member" in told.err
