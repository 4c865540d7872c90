"""The member: what do I owe this month, and where did it go?"""

from __future__ import annotations

import csv
from decimal import Decimal

from ledger.cli.demo.facts import FOLDER
from tests.cli.command import UNIT, Office, figures

ZHAO = "m-AS4EX8WNET"  # pays through the payroll list


def test_a_member_sees_what_was_owed_paid_and_spent(lived: Office) -> None:
    told = lived.asks("show", ZHAO, "--json").json
    (claim,) = told["claims"]
    assert (claim["month"], claim["amount"], claim["state"]) == ("2026-03", "22.05", "paid")
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
