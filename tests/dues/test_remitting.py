"""Up and back: what is due by rule on what came, what went, and what is proposed of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger import reversing, workflow
from ledger.binding import bind
from ledger.checking import check_unit
from ledger.dues.granting import Grant, floor, grant
from ledger.dues.passing_on import own_income, reckon, shares_by_month
from ledger.dues.remitting import Remitted, remit
from ledger.dues.ways import own_base, ways_of
from ledger.entry import Posting, meta_of
from ledger.errors import NotAllowed, Refused
from ledger.founding import Founding, found_unit
from ledger.model import Model
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.registry import dues_schemes, members, persons, remittances, units
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.persons import PersonData
from ledger.registry.remittances import PathRow
from tests.dues.levies import MARCH, UPPER, Levies
from tests.house import BANK, DUES, LEVY, OFFICE, PAYABLE, UNIT, House


def place(house: House, kinds: str, province: str = "") -> None:
    with house.registry.write() as conn:
        units.set_place(conn, UNIT, province, kinds)


def path(house: House, row: str, account: str, fund: str = "F01", *, held: bool = False) -> None:
    with house.registry.write() as conn:
        to = PathRow(UNIT, row, held, account, fund, BANK, "zhongyang")
        remittances.put(conn, to, user=house.maker.id, now=house.now)


def province(house: House, account: str = OFFICE) -> House:
    """A provincial unit that owes the centre 5 % of its Party dues."""
    place(house, "province")
    with house.registry.write() as conn:
        scheme = SchemeRow(UNIT, "party", DUES, "F01", "HY")
        dues_schemes.put(conn, scheme, user=house.maker.id, now=house.now)
    path(house, "party/province", account)
    return house


def remitted(house: House, month: Month = MARCH, row: str = "party/province") -> Remitted:
    found = remit(house.registry, UNIT, month, house.maker, house.now)
    return next(one for one in found if one.reckoned.way.key == row)


def post_waiting(house: House) -> None:
    for waits in workflow.waiting(house.registry, UNIT):
        workflow.approve(house.registry, waits.id, house.checker, house.now)


def test_a_share_of_what_came_is_proposed_with_its_arithmetic_and_source(house: House) -> None:
    province(house)
    house.post(house.draft("1000.50"))
    one = remitted(house)
    assert one.draft is not None and one.reckoned.due == yuan("50.03")
    assert one.reckoned.deadline == date(2027, 4, 30)
    (waits,) = workflow.waiting(house.registry, UNIT)
    assert "1000.50 × 5 % = 50.03" in waits.draft.narration
    assert "中组发〔2008〕3号" in dict(waits.draft.meta)["rule"]
    assert [(p.account, p.amount.text) for p in waits.draft.postings] == [
        (OFFICE, "50.03"), (BANK, "-50.03"),
    ]  # fmt: skip
    post_waiting(house)
    assert not check_unit(house.registry, UNIT)


def test_running_it_again_proposes_only_what_is_outstanding(house: House) -> None:
    province(house)
    house.post(house.draft("1000.00"))
    first = remitted(house)
    again = remitted(house)
    assert (first.draft is not None, again.draft, again.proposed) == (True, None, yuan("50.00"))
    post_waiting(house)
    assert remitted(house).draft is None
    house.post(house.draft("200.00"))
    more = remitted(house)
    assert more.draft is not None and more.proposed == yuan("10.00")
    post_waiting(house)
    assert remitted(house).reckoned.outstanding == yuan("0")


def test_a_reversed_remittance_and_a_reversed_receipt_count_no_more(small_house: House) -> None:
    house = province(small_house)
    came = house.post(house.draft("1000.00")).number
    remitted(house)
    post_waiting(house)
    went = next(v for v in vouchers(house) if v.startswith("付"))
    reverse(house, went)
    assert remitted(house).draft is not None
    post_waiting(house)
    reverse(house, came)
    over = remitted(house)
    assert (over.reckoned.due, over.reckoned.outstanding, over.draft) == (
        yuan("0"), yuan("-50.00"), None,
    )  # fmt: skip


def vouchers(house: House) -> list[str]:
    return [line.number for line in Model.open(house.folder).lines()]


def reverse(house: House, number: str) -> None:
    draft = reversing.reverse(
        house.registry, UNIT, number, house.maker, house.now, day=date(2026, 3, 5), reason="示例"
    )
    workflow.approve(house.registry, draft, house.checker, house.now)


def test_what_goes_is_a_debt_first_where_a_liability_is_debited(small_house: House) -> None:
    house = province(small_house, PAYABLE)
    house.post(house.draft("1000.00"))
    remitted(house)
    (waits,) = workflow.waiting(house.registry, UNIT)
    assert [(p.account, p.amount.text) for p in waits.draft.postings] == [
        (DUES, "50.00"), (PAYABLE, "-50.00"), (PAYABLE, "50.00"), (BANK, "-50.00"),
    ]  # fmt: skip
    post_waiting(house)
    one = remitted(house)
    assert (one.reckoned.came, one.reckoned.went, one.draft) == (
        yuan("1000.00"), yuan("50.00"), None,
    )  # fmt: skip


def test_carrying_the_year_over_is_no_receipt_taken_back(small_house: House) -> None:
    house = province(small_house)
    house.post(house.draft("1000.00"))
    house.post(
        house.draft("1000.00", debit=DUES, credit="Equity:321-工会资金结余", kind="转")
    )  # fmt: skip
    assert remitted(house).reckoned.came == yuan("1000.00")


def test_the_upper_share_of_a_levy_goes_whole(house: House) -> None:
    levies = Levies(house)
    factory = levies.employer()
    levies.deposit("2469.12", levies.declare(factory, "123456.00").list_code or "")
    levies.post_all()
    path(house, "union-levy/upper", UPPER, "F02", held=True)
    one = remitted(house, row="union-levy/upper")
    assert one.reckoned.due == yuan("987.65") and one.draft is not None
    post_waiting(house)
    assert levies.balance(UPPER, "F02") == "0.00"
    assert remitted(house, row="union-levy/upper").draft is None
    # April begins with nothing held; what was remitted is remembered.
    assert remitted(house, Month(2026, 4), "union-levy/upper").reckoned.went == yuan("987.65")


def test_dues_of_a_social_organisation_come_back_whole(small_house: House) -> None:
    house = small_house
    place(house, "upper-committee")
    found_unit(
        house.registry,
        Founding("xiehui", "示例协会", "party-dues", date(2026, 1, 1), yuan("1"), upper=UNIT),
        house.now,
    )
    with house.registry.write() as conn:
        units.set_place(conn, "xiehui", "", "social-organisation")
    path(house, "party-return/social-organisation", PAYABLE, held=True)
    from_them = meta_of({"counter": "xiehui"})
    passed = house.draft("300.00", credit=PAYABLE)
    named = Posting(PAYABLE, Money(-300_00), "F01", from_them)
    house.post(replace(passed, postings=(passed.postings[0], named)))
    house.post(house.draft("70.00", credit=PAYABLE))
    key = "party-return/social-organisation"
    one = remitted(house, row=key)
    assert (one.reckoned.due, one.reckoned.way.counter) == (yuan("300.00"), "xiehui")
    assert one.draft is not None
    post_waiting(house)
    assert remitted(house, row=key).reckoned.outstanding == yuan("0")


def test_what_no_rule_or_nobody_said_is_told_and_not_made_up(small_house: House) -> None:
    house = small_house
    with pytest.raises(Refused, match="no-rule-loaded"):
        remitted(house)
    place(house, "province")
    one = remitted(house)
    assert one.finding is not None and one.finding.rule == "no-remittance-path"
    province(house)
    with pytest.raises(NotAllowed):
        remit(house.registry, UNIT, MARCH, house.reader, house.now)
    assert remit(house.registry, UNIT, MARCH, house.reader, house.now, look=True)


def test_a_bound_fund_passes_on_by_rule_and_not_otherwise(small_house: House) -> None:
    house = province(small_house)
    house.post(house.draft("1000.00"))
    bind(house.registry, UNIT, "F01", "party", house.maker, house.now, date(2026, 3, 1))
    assert remitted(house).draft is not None
    post_waiting(house)
    assert remitted(house).reckoned.went == yuan("50.00")
    assert not check_unit(house.registry, UNIT)


def test_retained_dues_become_support_in_a_restricted_fund(small_house: House) -> None:
    house = province(small_house)
    house.post(house.draft("1000.00"))
    to = Grant("F01", "F03", yuan("300.00"), BANK, "支委会决议〔2026〕2号", "示例协会党建")
    draft = grant(house.registry, UNIT, to, house.maker, house.now)
    post_waiting(house)
    assert draft and not check_unit(house.registry, UNIT)
    held = {
        cell.fund: cell.net
        for cell in Model.open(house.folder).cells()
        if cell.account == BANK
    }  # fmt: skip
    assert held == {"F01": 700_00, "F03": 300_00}
    for wrong in (
        Grant("F01", "F02", yuan("1"), BANK, "决议", "x"),
        Grant("F01", "F03", yuan("1"), BANK, "", "x"),
    ):  # fmt: skip
        with pytest.raises(Refused, match="bad-grant"):
            grant(house.registry, UNIT, wrong, house.maker, house.now)


def test_the_floor_per_head_counts_members_and_what_was_kept(small_house: House) -> None:
    house = province(small_house)
    with pytest.raises(Refused, match="no-rule-loaded"):
        floor(house.registry, UNIT, 2026, house.now.date())
    place(house, "province", "北京市")
    with house.registry.write() as conn:
        for number, left in (("1", None), ("2", None), ("3", date(2026, 2, 1))):
            person = persons.add(
                conn, house.registry.vault, PersonData(f"示例会员{number}"), house.now
            )
            members.add(
                conn, person=person, unit=UNIT, number=number, joined=date(2020, 1, 1), left=left
            )
    house.post(house.draft("1000.00", day=date(2026, 2, 1)))
    assert floor(house.registry, UNIT, 2026, house.now.date()).check.met
    reverse(house, "收-202602-0001")
    house.post(house.draft("150.00"))
    check = floor(house.registry, UNIT, 2026, house.now.date()).check
    assert (check.members, check.required, check.short) == (2, yuan("200.00"), yuan("50.00"))
    fault = check.finding()
    assert fault is not None and "recalled" in str(fault)


def test_the_floor_per_head_counts_doubles_once(small_house: House) -> None:
    house = province(small_house)
    place(house, "province", "北京市")
    with house.registry.write() as conn:
        for number, state, left in (
            ("1", members.ACTIVE, None),
            ("2", members.MERGED, date(2027, 1, 10)),  # found after the year's end
        ):
            person = persons.add(
                conn, house.registry.vault, PersonData(f"示例会员{number}"), house.now
            )
            members.add(
                conn, person=person, unit=UNIT, number=number, joined=date(2020, 1, 1),
                state=state, left=left,
            )  # fmt: skip
    assert floor(house.registry, UNIT, 2026, date(2027, 2, 1)).check.members == 1


def test_the_grass_roots_share_of_each_month(small_house: House) -> None:
    levies = Levies(small_house)
    house = province(small_house)
    code = levies.declare(levies.employer(), "100000.00").list_code or ""
    levies.deposit("2000.00", code)
    levies.post_all()
    house.post(house.draft("500.00", day=date(2026, 2, 1)))
    model = Model.open(house.folder)
    with house.registry.read() as conn:
        ways = ways_of(conn, house.registry, UNIT, date(2026, 3, 1))
        base = own_base(conn, UNIT)
    assert (LEVY, "F02") in base
    found = shares_by_month(
        [reckon(model, way, MARCH) for way in ways], own_income(model, base, MARCH), MARCH
    )
    assert [(str(one.month), one.received.text, one.kept.text, one.percent) for one in found] == [
        ("2026-01", "0.00", "0.00", ""),
        ("2026-02", "500.00", "500.00", "100.0 %"),
        ("2026-03", "2000.00", "1200.00", "60.0 %"),
    ]
