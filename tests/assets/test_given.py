"""Things that a gift brought: they leave as every asset does, and their restriction with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger import workflow
from ledger.assets.disposing import Leaving, dispose
from ledger.checking import check_unit
from ledger.entry import Draft, Posting
from ledger.errors import Refused
from ledger.gifts import campaigns
from ledger.gifts.campaigns import Terms
from ledger.gifts.donors import SaidDonor, enter_donors
from ledger.gifts.given import Given
from ledger.gifts.handing import hand_out
from ledger.gifts.recording import record
from ledger.gifts.refunding import Refund, refund
from ledger.gifts.releasing import releases_due
from ledger.gifts.standing import gift_standing
from ledger.money import Money, yuan
from tests.assets.keeping import UNIT, Keeping, begin

JUNE = date(2026, 6, 30)


@pytest.fixture(params=["union-2021-basic", "npo-2024"])
def giving(request: pytest.FixtureRequest, tmp_path: Path) -> Keeping:
    return begin(tmp_path / "federation", request.param)


@pytest.fixture
def npo(tmp_path: Path) -> Keeping:
    return begin(tmp_path / "federation", "npo-2024")


def donor(keeping: Keeping) -> str:
    """The id of somebody who gives and stays unnamed."""
    anonymous = SaidDonor(1, "", "anonymous", None)
    done = enter_donors(keeping.registry, UNIT, [anonymous], "d.csv", keeping.maker, keeping.now)
    return done.fresh[0][1]


def given(
    keeping: Keeping, cost: str = "12000.00", fund: str = "F02", pieces: str = "1",
    campaign: str = "",
) -> str:  # fmt: skip
    """The code of a gift of a thing of lasting use that is in the book."""
    said = Given(
        UNIT, "asset", donor(keeping), date(2026, 3, 2), yuan(cost), fund=fund, campaign=campaign,
        quantity=pieces,
        measure="辆", basis="invoice", paper=b"invoice", paper_name="i.txt",
    )  # fmt: skip
    row = record(keeping.registry, said, keeping.maker, keeping.now)
    keeping.approve(row.draft)
    return row.row.code


def carded(keeping: Keeping, gift: str, **said: object) -> str:
    """The code of the asset that a gift is, with its card."""
    facts = {"source": "gift", "gift": gift, "class_id": "vehicle", "name": "救护车", "money": ""}
    return keeping.add(acquired=date(2026, 3, 2), **{**facts, **said}).row.code


def test_a_thing_that_was_given_leaves_as_an_asset_only(giving: Keeping) -> None:
    gift = given(giving)
    for with_card in (False, True):
        if with_card:
            carded(giving, gift)
        expense = giving.account("504" if giving.chart.startswith("union") else "5101")
        with pytest.raises(Refused, match="asset-undecided") as told:
            hand_out(
                giving.registry, UNIT, gift, "1", expense, date(2026, 5, 2), "送人", giving.maker,
                giving.now,
            )  # fmt: skip
        assert "asset request" in str(told.value)
        with pytest.raises(Refused, match="asset-undecided"):
            back = Refund(UNIT, gift, date(2026, 5, 2), Money(0), quantity="1")
            refund(giving.registry, back, giving.maker, giving.now)
    assert held(giving, gift) == (1200000, 0, 1200000, 0)


def test_each_piece_is_a_gift_of_its_own(giving: Keeping) -> None:
    with pytest.raises(Refused, match="bad-gift"):
        given(giving, pieces="2")


def held(keeping: Keeping, gift: str) -> tuple[int, int, int, int]:
    """Received, used, held and returned, in fen; what came is what became of it."""
    one = gift_standing(keeping.registry, UNIT, gift, JUNE)
    assert one.received_fen == one.used_fen + one.held_fen + one.returned_fen
    return one.received_fen, one.used_fen, one.held_fen, one.returned_fen


@pytest.mark.parametrize("kind", ["sale", "scrap", "donation", "loss"])
def test_what_was_given_is_followed_to_its_end(giving: Keeping, kind: str) -> None:
    gift = given(giving)
    code = carded(giving, gift)
    giving.wear("2026-04")
    assert held(giving, gift)[2] == 1200000
    voucher = giving.leave(kind, code)
    assert held(giving, gift) == (1200000, 1200000, 0, 0)
    assert check_unit(giving.registry, UNIT) == []
    giving.reverse(voucher)
    assert held(giving, gift)[2] == 1200000


@pytest.mark.parametrize("kind", ["sale", "scrap", "donation", "loss"])
def test_what_was_given_is_released_once_as_it_wears_and_goes(npo: Keeping, kind: str) -> None:
    gift = given(npo)
    code = carded(npo, gift)
    npo.wear("2026-04")
    assert releases_due(npo.registry, UNIT, "F02", JUNE) == []
    price: dict[str, Any] = {"price": yuan("3000.00")} if kind == "sale" else {}
    npo.leave(kind, code, **price)
    assert releases_due(npo.registry, UNIT, "F02", JUNE) == []
    free = npo.balance("3101", "F02")
    paid = yuan("3000.00") if kind == "sale" else Money(0)
    assert free == (paid - yuan("12000.00")).text


def test_what_a_thing_was_sold_for_is_no_gift_that_was_not_named(tmp_path: Path) -> None:
    """A campaign's fund gains by selling an ambulance: nobody is asked who gave that."""
    union = begin(tmp_path / "federation", "union-2021-basic")
    terms = Terms(
        UNIT, "救护车", "救助", date(2026, 1, 1), date(2026, 12, 31), Money(0), rule="fifo"
    )
    asked = campaigns.ask_to_open(union.registry, terms, union.maker, union.now)
    row = campaigns.approve(union.registry, UNIT, asked.code, union.checker, union.now)
    code = carded(union, given(union, fund="", campaign=row.code))
    request = union.handed("sale", code)
    how = Leaving(date(2026, 5, 10), union.bank)
    draft = dispose(union.registry, UNIT, request.code, how, union.maker, union.now)
    assert workflow.warnings_of(union.registry, [draft]) == []
    income = Posting(union.account("408"), yuan("-5.00"), row.fund)
    draft = workflow.propose(
        union.registry,
        Draft(UNIT, date(2026, 5, 11), "收", "利息",
              (Posting(union.bank, yuan("5.00"), row.fund), income)),
        union.maker, union.now,
    )  # fmt: skip
    assert [told.rule for told in workflow.warnings_of(union.registry, [draft])] == ["gift-unnamed"]
