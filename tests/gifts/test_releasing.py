"""Restrictions that are met: each release names the voucher that is its evidence, once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.entry import Voucher
from ledger.errors import Refused
from ledger.gifts.releasing import release, releases_due
from ledger.money import yuan
from tests.gifts.giving import UNIT, Giving, begin

JUNE = date(2026, 6, 30)


def released(giving: Giving, fund: str, on: date = JUNE) -> list[Voucher]:
    drafts = release(giving.registry, UNIT, fund, on, giving.maker, giving.now)
    return [giving.approve(draft) for draft in drafts]


@pytest.fixture(params=["npo-2004", "npo-2024"])
def npo(request: pytest.FixtureRequest, tmp_path: Path) -> Giving:
    return begin(tmp_path / "federation", request.param)


def test_what_a_purpose_was_spent_on_is_released_with_its_papers(npo: Giving) -> None:
    row = npo.campaign()
    npo.give("500.00", campaign=row.code)
    paid = npo.spend("120.00", row.fund, date(2026, 4, 1))
    (voucher,) = released(npo, row.fund)
    assert (npo.balance("3102", row.fund), npo.balance("3101", row.fund)) == ("120.00", "-120.00")
    said = dict(voucher.draft.postings[0].meta)
    assert said["evidence"] == paid.number
    with pytest.raises(Refused, match="nothing-to-release"):
        released(npo, row.fund)
    npo.spend("80.00", row.fund, date(2026, 4, 2))
    released(npo, row.fund)
    assert npo.balance("3102", row.fund) == "200.00"


def test_a_release_whose_evidence_was_reversed_is_taken_back(npo: Giving) -> None:
    row = npo.campaign()
    npo.give("500.00", campaign=row.code)
    paid = npo.spend("120.00", row.fund, date(2026, 4, 1))
    released(npo, row.fund)
    npo.reverse(paid, date(2026, 4, 9))
    released(npo, row.fund)
    assert npo.balance("3102", row.fund) == "0.00"


def test_a_draft_of_a_release_that_waits_is_not_proposed_twice(npo: Giving) -> None:
    row = npo.campaign()
    npo.give("500.00", campaign=row.code)
    npo.spend("120.00", row.fund, date(2026, 4, 1))
    release(npo.registry, UNIT, row.fund, JUNE, npo.maker, npo.now)
    with pytest.raises(Refused):
        release(npo.registry, UNIT, row.fund, date(2026, 6, 29), npo.maker, npo.now)


def test_of_two_limits_the_later_one_counts(npo: Giving) -> None:
    row = npo.campaign()
    npo.give("100.00", campaign=row.code, until=date(2026, 5, 1))
    assert releases_due(npo.registry, UNIT, row.fund, date(2026, 5, 1)) == []
    npo.spend("40.00", row.fund, date(2026, 5, 1))
    (due,) = releases_due(npo.registry, UNIT, row.fund, date(2026, 5, 1))
    assert due.fen == 4000
    released(npo, row.fund)
    assert npo.balance("3102", row.fund) == "40.00"


def test_a_fund_that_time_binds_is_released_on_the_day(npo: Giving) -> None:
    row = npo.campaign(restriction="time")
    code = npo.give("100.00", campaign=row.code, until=date(2026, 5, 1))
    npo.give("50.00", campaign=row.code, until=date(2027, 1, 1))
    assert releases_due(npo.registry, UNIT, row.fund, date(2026, 4, 30)) == []
    npo.spend("30.00", row.fund, date(2026, 5, 2))
    (due,) = releases_due(npo.registry, UNIT, row.fund, JUNE)
    assert (due.gift, due.fen) == (code, 10000)


def test_goods_that_are_handed_out_are_released_too(npo: Giving) -> None:
    row = npo.campaign()
    done = npo.record(
        kind="goods", amount=yuan("90.00"), quantity="3", measure="袋", basis="invoice",
        campaign=row.code, paper=b"invoice", paper_name="i.txt",
    )  # fmt: skip
    npo.approve(done.draft)
    given = npo.run(
        "gift", "give", done.row.code, "--quantity", "2", "--on", "2026-03-05", "--expense",
        npo.account("5101"), "--json",
    )  # fmt: skip
    npo.approve(given.json["draft"])
    released(npo, row.fund)
    assert npo.balance("3102", row.fund) == "60.00"


def test_services_and_what_is_held_for_others_were_never_restricted(giving: Giving) -> None:
    row = giving.campaign()
    giving.approve(giving.record(kind="service", amount=yuan("800.00"), campaign=row.code).draft)
    code = giving.give("70.00", campaign=row.code, nature="agency", terms="某小学")
    handed = giving.run(
        "gift", "give", code, "--amount", "70", "--money", giving.bank, "--on", "2026-03-05",
        "--json",
    )  # fmt: skip
    giving.approve(handed.json["draft"])
    assert releases_due(giving.registry, UNIT, row.fund, JUNE) == []


def test_a_union_needs_no_release_and_says_so(tmp_path: Path) -> None:
    union = begin(tmp_path / "federation", "union-2021-basic")
    row = union.campaign()
    union.give("500.00", campaign=row.code)
    union.spend("120.00", row.fund, date(2026, 4, 1))
    told = union.run("gift", "release", "--fund", row.fund, "--on", "2026-06-30")
    assert (told.status, "工会账簿不作此分录" in told.err) == (1, True)
    assert union.run("gift", "release", "--fund", "F99", "--on", "2026-06-30").status == 1
