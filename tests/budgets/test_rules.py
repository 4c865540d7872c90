"""How often a budget is revised, and when unspent money is surplus: dated data, never guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ledger.budgets import deciding
from ledger.budgets.carrying import carry_over
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.errors import Finding, Refused
from ledger.money import Money, yuan
from ledger.registry import allocations, budgets, units
from ledger.registry.allocations import AllocationRow
from tests.budgets.plans import YEAR, moved, plan, propose, set_budget
from tests.house import ACTIVITY, BANK, DUES, LEVY, OPENING, UNIT, House


def in_anhui(house: House) -> None:
    with house.registry.write() as conn:
        units.set_place(conn, UNIT, "安徽省", "")


def test_a_second_revision_in_anhui_is_confirmed_by_its_approver(small_house: House) -> None:
    house = small_house
    in_anhui(house)
    set_budget(house)
    version = propose(house, plan("1100.00"), revision=True)
    deciding.approve(house.registry, UNIT, YEAR, version, house.checker, house.now)
    version = propose(house, plan("1200.00"), revision=True)
    (told,) = deciding.warnings(house.registry, UNIT, YEAR, version)
    assert (told.rule, told.severity) == ("budget-changes", "warning")
    assert "皖工发〔2025〕18号" in told.what.zh and "第 2 次" in told.what.zh
    with pytest.raises(Refused, match="budget-changes"):
        deciding.approve(house.registry, UNIT, YEAR, version, house.checker, house.now)
    deciding.approve(house.registry, UNIT, YEAR, version, house.checker, house.now, confirmed=True)


def test_a_local_rule_refuses_even_who_confirms(small_house: House) -> None:
    house = small_house
    folder = house.registry.folder / "rules"
    folder.mkdir()
    (folder / "budget.toml").write_text(
        '[[table]]\nkind = "revisions"\nid = "ours"\nversion = "2026"\nrule = "union-budget"\n'
        'name = "不调整"\nname_en = "No revision"\nsource = "示工〔2026〕9号"\n'
        'effective_from = 2026-01-01\nconfidence = "confirmed"\nrevisions = 0\n'
        'beyond = "refuse"\n',
        encoding="utf-8",
    )
    set_budget(house)
    version = propose(house, plan("1100.00"), revision=True)
    with pytest.raises(Refused, match="示工〔2026〕9号"):
        deciding.approve(
            house.registry, UNIT, YEAR, version, house.checker, house.now, confirmed=True
        )
    with house.registry.read() as conn:
        states = [row.state for row in budgets.versions(conn, UNIT, YEAR)]
    assert states == ["approved", "draft"]


def test_where_no_rule_is_loaded_nobody_is_told(small_house: House) -> None:
    house = small_house
    set_budget(house)
    for amount in ("1100.00", "1200.00", "1300.00"):
        version = propose(house, plan(amount), revision=True)
        deciding.approve(house.registry, UNIT, YEAR, version, house.checker, house.now)


# ---- carrying over -----------------------------------------------------------------------------


def fiscal(house: House, fund: str) -> None:
    """The fund holds money of public finance."""
    row = AllocationRow(
        UNIT, "BK2026-0001-0", "示财〔2026〕1号", "县财政局", "county", 2026, "general", "basic",
        "补助", 100_00, LEVY, fund, date(2026, 1, 1), None, None, None, house.maker.id,
        house.now.isoformat(),
    )  # fmt: skip
    with house.registry.write() as conn:
        allocations.add(conn, row)


def post(house: House, draft: Draft) -> None:
    """Post on the day after the draft's own."""
    before, house.now = house.now, datetime.combine(
        draft.day + timedelta(days=1), datetime.min.time(), CHINA
    )  # fmt: skip
    house.post(draft)
    house.now = before


def entry(amount: str, debit: str, credit: str, day: date, fund: str = "F02") -> Draft:
    money = yuan(amount)
    sides = (Posting(debit, money, fund), Posting(credit, -money, fund))
    return Draft(UNIT, day, "转" if BANK not in (debit, credit) else "收", "业务", sides)


def lived(house: House) -> None:
    """Opening 30; 2026: +100 −50, carried over; 2027: +40 −60; 2028: +10."""
    fiscal(house, "F02")
    money = yuan("30.00")
    opening = Draft(
        UNIT, date(2026, 1, 1), "转", "年初结存",
        (Posting(BANK, money, "F02"), Posting(OPENING, -money, "F02")), tags=("opening",),
    )  # fmt: skip
    post(house, opening)
    post(house, entry("100.00", BANK, LEVY, date(2026, 3, 5)))
    post(house, entry("50.00", ACTIVITY, BANK, date(2026, 4, 5)))
    post(house, entry("100.00", LEVY, OPENING, date(2026, 12, 31)))
    post(house, entry("50.00", OPENING, ACTIVITY, date(2026, 12, 31)))
    post(house, entry("40.00", BANK, LEVY, date(2027, 3, 5)))
    post(house, entry("60.00", ACTIVITY, BANK, date(2027, 4, 5)))
    post(house, entry("10.00", BANK, LEVY, date(2028, 4, 5)))
    post(house, entry("7.00", BANK, DUES, date(2028, 4, 6), "F01"))


def test_the_oldest_money_is_spent_first_and_what_is_left_of_2026_becomes_surplus_in_2029(
    small_house: House,
) -> None:
    """130 came in by 2026, 110 went: 20 of 2026 is left, then 40 of 2027 and 10 of 2028."""
    house = small_house
    lived(house)
    found = carry_over(house.registry, UNIT, date(2028, 12, 31))
    assert [(row.fund, row.year, row.fen, row.surplus_on) for row in found.rows] == [
        ("F01", 2028, 7_00, None),
        ("F02", 2026, 20_00, date(2029, 1, 1)),
        ("F02", 2027, 40_00, date(2030, 1, 1)),
        ("F02", 2028, 10_00, date(2031, 1, 1)),
    ]
    assert found.surplus_fen == 0
    assert carry_over(house.registry, UNIT, date(2029, 1, 1)).surplus_fen == 20_00
    # At the end of 2026 the opening of 30 is gone, and 80 of that year's money is left.
    early = carry_over(house.registry, UNIT, date(2026, 12, 31))
    assert [(row.year, row.fen) for row in early.rows] == [(2026, 80_00)]


def test_what_is_unspent_of_all_years_is_what_the_fund_holds(small_house: House) -> None:
    from ledger.layout import unit_folder
    from ledger.model import Model

    house = small_house
    lived(house)
    post(house, moved("1.00", ACTIVITY, DUES, date(2028, 5, 5)))
    post(house, entry("90.00", ACTIVITY, BANK, date(2028, 6, 5)))
    rows = carry_over(house.registry, UNIT, date(2028, 12, 31)).rows
    model = Model.open(unit_folder(house.registry.folder, UNIT))
    for fund in ("F01", "F02"):
        held = sum(cell.net for cell in model.cells() if cell.fund == fund and cell.account == BANK)
        assert Money(sum(row.fen for row in rows if row.fund == fund)) == Money(held)
    model.close()
    # F02 owes 20, and says so in its last year.
    assert [(row.year, row.fen) for row in rows if row.fund == "F02"] == [(2028, -20_00)]


def test_before_the_law_no_rule_is_loaded(small_house: House) -> None:
    lived(small_house)
    found = carry_over(small_house.registry, UNIT, date(2014, 12, 31))
    assert isinstance(found.rule, Finding) and found.rule.rule == "no-rule-loaded"
