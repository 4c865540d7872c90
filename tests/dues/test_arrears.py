"""What is unpaid, by member, month and age, as of any day, and equal to the book on every day."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from ledger.canonical_reader import parse_voucher
from ledger.cli.main import main
from ledger.dues.arrears import Arrears, arrears_on
from ledger.money import Money
from ledger.period import Month
from ledger.registry import entries
from tests.asked import asked
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import DUES, PASSWORD, UNIT, House


@pytest.fixture
def till(house: House) -> Till:
    return Till(Roll(house))


@pytest.fixture
def small_till(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Till:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    small_house.now = small_house.now.replace(month=9, day=1)
    return Till(Roll(small_house))


def on(till: Till, day: date) -> Arrears:
    return arrears_on(till.roll.house.registry, UNIT, day)


def booked(till: Till, day: date) -> int:
    """What the book has of dues on a day."""
    with till.roll.house.registry.read() as conn:
        drafts = [
            parse_voucher(row.text.decode()).draft
            for row in entries.all_entries(conn, UNIT)
            if row.number is not None
        ]
    return -sum(
        line.amount.fen
        for draft in drafts
        if draft.day <= day
        for line in draft.postings
        if line.account == DUES
    )


def test_the_age_of_dues_counts_from_the_day_after_they_were_due(small_till: Till) -> None:
    till = small_till
    till.roll.add("3000")
    till.roll.assess(Month(2026, 1))
    expected = {
        date(2026, 1, 31): 0, date(2026, 2, 1): 1, date(2026, 3, 2): 1, date(2026, 3, 3): 2,
        date(2026, 4, 1): 2, date(2026, 4, 2): 3, date(2026, 5, 1): 3, date(2026, 5, 2): 4,
        date(2026, 7, 30): 4, date(2026, 7, 31): 5,
    }  # fmt: skip
    for day, place in expected.items():
        ages = [0] * 6
        ages[place] = 15_00
        assert on(till, day).ages == tuple(ages), day
    assert on(till, date(2025, 12, 31)).rows == ()


def test_a_day_in_the_past_is_seen_as_it_was(till: Till) -> None:
    member = till.roll.add("3001")
    till.roll.assess()
    voucher = till.pay(member, "50.00", day=date(2026, 3, 9))
    till.reverse(voucher, day=date(2026, 3, 20))
    before, between, after = (on(till, date(2026, 3, day)) for day in (8, 9, 20))
    assert [sum(one.ages) for one in (before, between, after)] == [30_01, 0, 30_01]
    assert (between.months[0].collected, between.held) == (30_01, 19_99)
    assert (after.months[0].collected, after.held) == (0, 0)


def test_on_every_day_what_was_collected_and_is_held_is_what_the_book_has(
    small_till: Till,
) -> None:
    till = small_till
    one, other = till.roll.add("3001"), till.roll.add("6000")
    for month in (1, 2, 3):
        till.roll.assess(Month(2026, month))
    first = till.pay(one, "50.00", day=date(2026, 1, 9))
    till.pay(other, "400.00", day=date(2026, 2, 3))
    refund = till.approve(till.refund(other, "60.00", day=date(2026, 3, 1)))
    till.reverse(refund, day=date(2026, 3, 11))
    till.reverse(first, day=date(2026, 3, 21))
    till.pay(one, "20.00", day=date(2026, 3, 25))
    till.prove()
    for day in (8, 9, 40, 60, 69, 80, 84, 100):
        at = date.fromordinal(date(2026, 1, 1).toordinal() + day - 1)
        found = on(till, at)
        money = sum(line.collected + line.used for line in found.months) + found.held
        assert money == booked(till, at), at
        for line in found.months:
            assert line.assessed - line.collected - line.used - line.off == line.unpaid
            assert line.unpaid >= 0
        assert sum(line.unpaid for line in found.months) == sum(found.ages)


def test_months_and_their_collection_rate(small_till: Till) -> None:
    till = small_till
    members = [till.roll.add("3000") for _ in range(3)]
    till.roll.assess()
    till.pay(members[0], "15.00")
    till.pay(members[1], "7.50")
    (line,) = on(till, date(2026, 6, 30)).months
    assert (line.month, line.assessed, line.collected, line.unpaid) == (
        "2026-03", 45_00, 22_50, 22_50,
    )  # fmt: skip
    assert line.rate == "50.0"


def test_six_months_without_any_payment_are_a_reason_to_ask(small_till: Till) -> None:
    till = small_till
    silent, partly = till.roll.add("3000"), till.roll.add("3000")
    for month in range(1, 8):
        till.roll.assess(Month(2026, month))
    till.pay(partly, "46.00")  # three months, and one yuan of the fourth
    warned = on(till, date(2026, 8, 1)).warnings
    assert [(who, said.rule) for who, said in warned] == [(silent, "months-unpaid")]
    assert on(till, date(2026, 6, 30)).warnings == ()


def test_the_command_tells_it_as_json_and_as_a_workbook(
    small_till: Till, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = small_till
    till.roll.add("3001")
    till.roll.assess()
    book = tmp_path / "arrears.xlsx"
    words = ["dues", "arrears", str(till.roll.house.registry.folder), "--unit", UNIT]
    assert (
        main([*words, "--on", "2026-06-30", "--json", "--user", "zhou", "--xlsx", str(book)]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["total"]["amount"] == "30.01" and told["total"]["to_180"] == "30.01"
    assert told["members"][0]["months"] == [
        {"rule": "party", "month": "2026-03", "amount": "30.01", "days_late": 91}
    ]
    assert told["months"][0]["rate_percent"] == "0.0"
    assert book.read_bytes().startswith(b"PK")
    assert main([*words, "--on", "2026-06-30", "--user", "zhou"]) == 0
    assert Money(30_01).grouped in capsys.readouterr().out
    assert main([*words, "--user", "admin"]) != 0


def test_a_report_of_arrears_reads_no_claims_that_were_paid_in_full(small_house: House) -> None:
    """Each question goes by the index of the few rows that it is about."""
    with asked(small_house.registry) as heard:
        arrears_on(small_house.registry, UNIT, date(2026, 3, 31))
    about = [question for question in heard if "FROM claim" in question.text]
    with small_house.registry.read() as conn:
        ways = [
            " ".join(row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given))  # type: ignore[arg-type]
            for words, given in about
        ]
    used = {name for way in ways for name in re.findall(r"ix_claim_\w+|autoindex_claim_\w+", way)}
    assert used == {
        "ix_claim_unit_state", "ix_claim_unit_settled_on_month", "ix_claim_unit_settled_by",
        "ix_claim_sums", "ix_claim_past_unit_until", "autoindex_claim_1",
    }  # fmt: skip
