"""What goes up by rule has a reference: the upper unit waits for it, and for nothing twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger import reversing, workflow
from ledger.dues.remitting import remit
from ledger.errors import NotAllowed, Refused
from ledger.period import Month
from ledger.registry import claims, dues_schemes, remittances, transfers, units
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.remittances import PathRow
from ledger.registry.transfers import Transfer
from ledger.transfers.entering import set_target
from ledger.transfers.matrix import loose_of, standing_today
from tests.house import BANK, DUES, OFFICE, PAYABLE, UNIT, House

MARCH = Month(2026, 3)


@pytest.fixture
def sheng(small_house: House) -> House:
    """A provincial unit that owes a twentieth of its Party dues to the centre, also here."""
    house = small_house
    with house.registry.write() as conn:
        units.add(
            conn, unit="zhongyang", name="示例上级", name_en="", chart="union-2021-county",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
        units.set_place(conn, UNIT, "", "province")
        scheme = SchemeRow(UNIT, "party", DUES, "F01", "HY")
        dues_schemes.put(conn, scheme, user=house.maker.id, now=house.now)
    debit_of(house, OFFICE)
    return house


def debit_of(house: House, account: str) -> None:
    with house.registry.write() as conn:
        to = PathRow(UNIT, "party/province", False, account, "F01", BANK, "zhongyang")
        remittances.put(conn, to, user=house.maker.id, now=house.now)


def proposed(house: House, by: date | None = None) -> str | None:
    found = remit(house.registry, UNIT, MARCH, house.maker, house.now, by=by)
    return next(o.draft for o in found if o.reckoned.way.key == "party/province")


def approve(house: House, draft: str | None) -> str:
    assert draft is not None
    posted = workflow.approve(house.registry, draft, house.checker, house.now)
    assert not isinstance(posted, workflow.Waiting)
    return posted.number


def ordered(house: House) -> list[Transfer]:
    with house.registry.read() as conn:
        return transfers.touching(conn, [UNIT])


def state(house: House, row: Transfer) -> tuple[str, int]:
    found = standing_today(house.registry, row, house.now.date())
    return found.state, found.paid_fen


@pytest.mark.parametrize("account", [OFFICE, PAYABLE])
def test_what_goes_up_is_in_transit_under_one_reference_and_nothing_is_loose(
    sheng: House, account: str
) -> None:
    debit_of(sheng, account)
    sheng.post(sheng.draft("1000.00"))
    draft = proposed(sheng)
    (row,) = ordered(sheng)
    assert (row.payer, row.payee, row.kind, row.fen) == (UNIT, "zhongyang", "remittance", 5_000)
    assert state(sheng, row) == ("expected", 0)
    approve(sheng, draft)
    assert state(sheng, row) == ("in-transit", 5_000)
    assert loose_of(sheng.registry, UNIT, sheng.now.date()) == ()


def test_the_day_by_which_it_should_arrive_is_said_or_ten_days_off(sheng: House) -> None:
    sheng.post(sheng.draft("1000.00"))
    proposed(sheng, by=date(2026, 3, 15))
    assert ordered(sheng)[0].day == date(2026, 3, 15)
    sheng.post(sheng.draft("200.00"))
    proposed(sheng)
    assert ordered(sheng)[1].day >= sheng.now.date() + timedelta(days=10)


def test_a_withdrawn_remittance_is_waited_for_no_more(sheng: House) -> None:
    sheng.post(sheng.draft("1000.00"))
    draft = proposed(sheng)
    assert draft is not None
    workflow.withdraw(sheng.registry, draft, sheng.maker, sheng.now)
    (row,) = ordered(sheng)
    found = standing_today(sheng.registry, row, date(2027, 1, 1))
    assert (found.state, found.agrees) == ("refused", True)


def test_a_reversed_remittance_goes_under_a_new_reference_and_the_old_one_is_dropped(
    sheng: House,
) -> None:
    sheng.post(sheng.draft("1000.00"))
    number = approve(sheng, proposed(sheng))
    back = reversing.reverse(
        sheng.registry, UNIT, number, sheng.maker, sheng.now, day=date(2026, 3, 5), reason="示例"
    )
    approve(sheng, back)
    approve(sheng, proposed(sheng))
    old, new = ordered(sheng)
    assert state(sheng, new) == ("in-transit", 5_000)
    assert standing_today(sheng.registry, old, date(2027, 1, 1)).agrees
    # The second of two remittances does not drop the first.
    sheng.post(sheng.draft("200.00"))
    approve(sheng, proposed(sheng))
    assert [state(sheng, row)[0] for row in ordered(sheng)] == [
        "refused", "in-transit", "in-transit"
    ]  # fmt: skip


def test_the_upper_unit_has_a_claim_of_that_code_once_it_is_approved(sheng: House) -> None:
    with sheng.registry.write() as conn:
        transfers.set_target(
            conn, "zhongyang", "remittance", DUES, "F01", sheng.maker.id, sheng.now
        )
    sheng.post(sheng.draft("1000.00"))
    draft = proposed(sheng)
    (row,) = ordered(sheng)
    with sheng.registry.read() as conn:
        assert claims.find(conn, "zhongyang", row.reference) is None
    approve(sheng, draft)
    with sheng.registry.read() as conn:
        claim = claims.find(conn, "zhongyang", row.reference)
    assert claim is not None and (claim.fen, claim.state, claim.due) == (5_000, "open", row.day)


def test_where_it_is_entered_asks_for_the_right_and_open_accounts(sheng: House) -> None:
    for who, account, fault in (
        (sheng.reader, DUES, NotAllowed), (sheng.maker, "Income:499-别的", Refused)
    ):  # fmt: skip
        with pytest.raises(fault):
            set_target(sheng.registry, UNIT, "remittance", account, "F01", who, sheng.now)
