"""Payments in part, above and twice: what they settle, what is left, and how it all goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger import workflow
from ledger.entry import meta_of
from ledger.errors import NotAllowed, Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import claims, receipts
from tests.dues.roll import MARCH, Roll
from tests.dues.till import Till
from tests.house import CASH, DUES, PAYABLE, UNIT, House

APRIL = Month(2026, 4)


@pytest.fixture
def till(house: House) -> Till:
    return Till(Roll(house))


@pytest.fixture
def small_till(small_house: House) -> Till:
    return Till(Roll(small_house))


def test_a_payment_in_part_divides_the_claim_and_keeps_its_sum(till: Till) -> None:
    member = till.roll.add("3001")
    till.roll.assess()
    (claim,) = till.roll.claims(member)
    voucher = till.pay(member, "10.00")
    assert till.states(member) == [("dues", "paid", 10_00), ("dues", "open", 20_01)]
    parts = [row for row in till.roll.claims(member) if row.parent == claim.code]
    assert sum(row.fen for row in parts) == claim.fen
    assert [row.state for row in till.roll.claims(member) if row.code == claim.code] == ["void"]
    till.prove()
    till.reverse(voucher)
    (again,) = till.roll.claims(member, claims.OPEN)
    assert (again.code, again.fen) == (claim.code, 30_01)
    till.prove()


def test_the_rest_is_paid_under_the_code_that_the_member_has_in_hand(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3001")
    till.roll.assess()
    code = till.roll.claims(member)[0].code
    till.pay(member, "10.00", code)
    till.pay(member, "20.01", code)
    assert till.states(member) == [("dues", "paid", 10_00), ("dues", "paid", 20_01)]
    till.prove()


def test_what_is_paid_above_settles_the_next_month_when_it_is_assessed(till: Till) -> None:
    member = till.roll.add("3001")
    till.roll.assess()
    voucher = till.pay(member, "50.00")
    assert till.states(member) == [("dues", "paid", 30_01), ("prepaid", "credit", 19_99)]
    till.prove()
    done = till.roll.assess(APRIL)
    assert [(one.month, one.fen) for one in done.credits] == [("2026-04", 19_99)]
    assert sorted(till.states(member)) == [
        ("dues", "open", 10_02), ("dues", "paid", 19_99), ("dues", "paid", 30_01),
        ("prepaid", "used", 19_99),
    ]  # fmt: skip
    till.prove()
    # The payment bounces: both months are owed again in full, and the credit never was.
    till.reverse(voucher)
    assert sorted(till.states(member)) == [("dues", "open", 30_01), ("dues", "open", 30_01)]
    till.prove()


def test_months_that_are_not_assessed_yet_are_paid_ahead(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3000")
    till.pay(member, "45.00")
    assert till.states(member) == [("prepaid", "credit", 45_00)]
    for month in (3, 4, 5, 6):
        till.roll.assess(Month(2026, month))
        till.prove()
    assert [row.fen for row in till.roll.claims(member, claims.PAID)] == [15_00] * 3
    (left,) = till.roll.claims(member, claims.OPEN)
    assert left.month == "2026-06"


def test_a_second_payment_of_a_claim_is_a_credit_and_can_be_paid_back(till: Till) -> None:
    member = till.roll.add("3001")
    till.roll.assess()
    code = till.roll.claims(member)[0].code
    till.pay(member, "30.01", code)
    twice = till.pay(member, "30.01", code)
    assert till.states(member) == [("dues", "paid", 30_01), ("prepaid", "credit", 30_01)]
    draft = till.refund(member, "10.01")
    assert ("prepaid", "refunding", 10_01) in till.states(member)
    till.prove()
    back = till.approve(draft)
    assert ("prepaid", "used", 10_01) in till.states(member)
    till.prove()
    with pytest.raises(Refused, match="credit-refunded"):
        till.reverse(twice)
    till.reverse(back)
    assert till.states(member) == [("dues", "paid", 30_01), ("prepaid", "credit", 30_01)]
    till.reverse(twice, day=date(2026, 3, 25))
    assert till.states(member) == [("dues", "paid", 30_01)]
    till.prove()


def test_a_refund_that_is_withdrawn_leaves_the_credit_whole(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3001")
    till.pay(member, "50.00")
    till.withdraw(till.refund(member, "20.00"))
    assert till.states(member) == [("prepaid", "credit", 50_00)]
    with pytest.raises(Refused, match="no-credit"):
        till.refund(member, "50.01")
    till.prove()


def test_a_credit_that_is_being_paid_back_settles_nothing(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3001")
    till.pay(member, "50.00")
    draft = till.refund(member)
    assert till.roll.assess().credits == ()
    till.approve(draft)
    assert sorted(till.states(member)) == [("dues", "open", 30_01), ("prepaid", "used", 50_00)]
    till.prove()


def test_a_withdrawn_payment_leaves_everything_as_it_was(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3001")
    till.roll.assess()
    before = till.states(member)
    for amount in ("10.00", "30.01", "99.00"):
        till.withdraw(till.take(member, amount).draft)
        assert till.states(member) == before
        assert len(till.roll.claims(member, claims.OPEN)) == 1


def test_the_oldest_month_is_paid_first(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3000")
    for month in (1, 2, 3):
        till.roll.assess(Month(2026, month))
    till.pay(member, "20.00")
    paid = [(row.month, row.fen) for row in till.roll.claims(member, claims.PAID)]
    assert paid == [("2026-01", 15_00), ("2026-02", 5_00)]
    till.prove()


def test_dues_that_become_less_after_a_payment_and_its_reversal_keep_the_sums(
    small_till: Till,
) -> None:
    till = small_till
    member = till.roll.add("6000")
    till.roll.assess()
    voucher = till.pay(member, "90.00")
    till.roll.base(member, "3001", date(2026, 3, 1))
    till.roll.assess()
    assert ("credit", "credit", 59_99) in till.states(member)
    till.roll.assess(APRIL)
    till.prove()
    # April was settled by March's credit. March's money goes back: both are owed.
    till.reverse(voucher)
    till.prove()
    owed = {(row.month, row.fen) for row in till.roll.claims(member, claims.OPEN)}
    assert owed == {("2026-03", 30_01), ("2026-04", 30_01)}


def test_a_voucher_settles_a_claim_to_the_fen_once_and_in_its_place(small_till: Till) -> None:
    till = small_till
    house = till.roll.house
    member = till.roll.add("3001")
    till.roll.assess()
    code = till.roll.claims(member)[0].code

    def paying(amount: str, credit: str = DUES, fund: str = "F01", member: str = member) -> str:
        draft = house.draft(amount, debit=CASH, credit=credit, fund=fund)
        money, dues = draft.postings
        dues = replace(dues, meta=meta_of({"member": member, "claim": code}))
        made = replace(draft, postings=(money, dues))
        return workflow.propose(house.registry, made, house.maker, house.now)

    with pytest.raises(Refused, match="claim-amount"):
        paying("0.01")
    with pytest.raises(Refused, match="claim-account"):
        paying("30.01", credit=PAYABLE)
    with pytest.raises(Refused, match="claim-account"):
        paying("30.01", fund="F02")
    with pytest.raises(Refused, match="claim-member"):
        paying("30.01", member=till.roll.add("3001"))
    first, second = paying("30.01"), paying("30.01")
    till.approve(first)
    with pytest.raises(Refused, match="claim-not-open"):
        till.approve(second)
    # And withdrawing the second does not open what the first one paid.
    till.withdraw(second)
    assert till.states(member) == [("dues", "paid", 30_01)]
    till.prove()


def test_a_large_voluntary_payment_is_passed_up_whole(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3001")
    till.roll.assess()
    with pytest.raises(Refused, match="passed-up"):
        till.pay(member, "1530.01", voluntary=yuan("1500.00"))
    voucher = till.pay(member, "1530.01", voluntary=yuan("1500.00"), up=(PAYABLE, "F02"))
    sides = {(p.account, p.fund): -p.amount.fen for p in voucher.draft.postings}
    assert sides[PAYABLE, "F02"] == 1500_00
    assert till.states(member) == [("dues", "paid", 30_01)]
    kept = till.pay(member, "1000.00", voluntary=yuan("1000.00"))
    assert all(p.account != PAYABLE for p in kept.draft.postings)
    till.prove()


def test_a_late_back_payment_is_told(small_till: Till) -> None:
    till = small_till
    member = till.roll.add("3000")
    till.roll.assess(Month(2026, 1))
    # Seven months are more than the six that the rule lets go.
    house = till.roll.house
    house.now = house.now.replace(month=8)
    taken = till.take(member, "15.00", day=date(2026, 8, 9))
    assert [found.rule for found in taken.received.warnings] == ["late-back-payment"]


# ---- receipts ----------------------------------------------------------------------------------


def test_receipts_have_no_gaps_and_void_ones_stay(small_till: Till) -> None:
    till = small_till
    house = till.roll.house
    member = till.roll.add("3000")
    till.roll.assess()
    first = till.take(member, "5.00")
    till.withdraw(first.draft)
    second = till.pay(member, "15.00")
    with pytest.raises(Refused):
        till.take(member, "0.00")
    till.take(member, "1.00")
    with house.registry.read() as conn:
        rows = receipts.of_unit(conn, UNIT, 2026)
    assert [(row.number, row.state, row.fen) for row in rows] == [
        (1, "void", 5_00), (2, "valid", 15_00), (3, "valid", 1_00),
    ]  # fmt: skip
    till.reverse(second)
    with house.registry.read() as conn:
        row = receipts.find(conn, UNIT, 2026, 2)
    assert row is not None and row.state == "void" and second.number in row.reason


def test_who_may_only_look_takes_no_cash(small_till: Till) -> None:
    from ledger.dues import cash
    from ledger.dues.receiving import Payment

    house = small_till.roll.house
    member = small_till.roll.add("3000")
    payment = Payment(member, yuan("1.00"), date(2026, 3, 9))
    for user in (house.reader, house.administrator, house.checker):
        with pytest.raises(NotAllowed):
            cash.take(house.registry, UNIT, payment, CASH, user, house.now)


def test_marchs_assessment_is_unchanged_by_a_payment(small_till: Till) -> None:
    member = small_till.roll.add("3001")
    small_till.roll.assess(MARCH)
    small_till.pay(member, "10.00")
    again = small_till.roll.assess(MARCH)
    assert (again.codes, again.changed) == ((), ())
