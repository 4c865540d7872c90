"""What another unit pays is found on the bank's statement by its reference, and by nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.money import yuan
from ledger.registry import transfers, units
from ledger.transfers.entering import set_target
from ledger.transfers.expecting import Order, order_in
from tests.house import BANK, LEVY, UNIT, House
from tests.importers.desk import Desk


@pytest.fixture
def desk(small_house: House) -> Desk:
    with small_house.registry.write() as conn:
        units.add(
            conn, unit="xian", name="示例县", name_en="", chart="union-2021-county",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
    return Desk(small_house)


def ordered(desk: Desk, amount: str = "100.00") -> str:
    house = desk.house
    one = Order("xian", UNIT, "support", yuan(amount), date(2026, 3, 20), "示例补助")
    with house.registry.write() as conn:
        return order_in(conn, one, house.maker.id, house.now).reference


def targeted(desk: Desk) -> None:
    house = desk.house
    set_target(house.registry, UNIT, "support", LEVY, "F02", house.maker, house.now)


@pytest.mark.parametrize("first", ["order", "target"])
def test_the_bank_line_that_carries_the_reference_is_entered_under_it(
    desk: Desk, first: str
) -> None:
    if first == "target":
        targeted(desk)
    reference = ordered(desk)
    if first == "order":
        targeted(desk)
    desk.one("100.00", memo=f"补助 {reference}", name="示例县")
    (waits,) = desk.drafts()
    assert [(p.account, p.amount.text) for p in waits.draft.postings] == [
        (BANK, "100.00"), (LEVY, "-100.00"),
    ]  # fmt: skip
    assert dict(waits.draft.postings[1].meta) == {"claim": reference, "transfer": reference}
    list(desk.approve_all())
    assert desk.claim_state(reference) == "paid"


def test_another_amount_is_asked_and_the_same_amount_without_the_reference_too(desk: Desk) -> None:
    targeted(desk)
    reference = ordered(desk)
    desk.one("80.00", memo=reference)
    desk.one("100.00", memo="补助")
    assert not desk.drafts()
    reasons = [question.reason for question in desk.questions()]
    assert any(f"transfer={reference}" in reason for reason in reasons)


def test_what_comes_twice_is_asked(desk: Desk) -> None:
    targeted(desk)
    reference = ordered(desk)
    desk.one("100.00", memo=reference)
    list(desk.approve_all())
    desk.one("100.00", memo=reference)
    assert "重复" in desk.questions()[0].reason


def test_a_refused_transfer_is_waited_for_no_more(desk: Desk) -> None:
    from ledger.transfers.resolving import refuse

    targeted(desk)
    reference = ordered(desk)
    refuse(desk.house.registry, reference, "账户已注销", desk.house.checker, desk.house.now)
    assert desk.claim_state(reference) == "void"
    with desk.house.registry.read() as conn:
        row = transfers.find(conn, reference)
    assert row is not None and row.refused == "账户已注销"
