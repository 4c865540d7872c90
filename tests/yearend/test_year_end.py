"""A year's end for each chart, worked out by hand, with Beancount's balances beside it."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from ledger import reversing, workflow
from ledger.account import account_code
from ledger.binding import bind
from ledger.chart import load_chart
from ledger.checking import check_unit
from ledger.clock import CHINA
from ledger.errors import NotAllowed, Refused
from ledger.registry import drafts
from ledger.yearend.carrying import carry_over, look
from ledger.yearend.rules import all_rules
from ledger.yearend.standing import not_carried
from tests.cli.command import by_user
from tests.house import House
from tests.yearend.books import AFTER, Unit, found


def union(house: House) -> Unit:
    """Dues and a levy that are free, a grant for a purpose, and an opening balance."""
    unit = found(
        house, "gong", "union-2021-basic", {"F01": "none", "F02": "none", "F03": "purpose"}
    )
    unit.post("2026-01-01", "F02", ("102", "500.00"), ("32205", "-500.00"), tags=("opening",))
    unit.post("2026-03-05", "F01", ("102", "300.00"), ("401", "-300.00"))
    unit.post("2026-04-05", "F02", ("102", "1000.00"), ("402", "-600.00"), ("211", "-400.00"))
    unit.post("2026-05-05", "F02", ("50102", "250.00"), ("102", "-250.00"))
    unit.post("2026-06-05", "F03", ("102", "800.00"), ("40302", "-800.00"))
    unit.post("2026-07-05", "F03", ("50404", "500.00"), ("102", "-500.00"))
    return unit


CARRIED = {
    ("102", "F01"): "300.00", ("102", "F02"): "1250.00", ("102", "F03"): "300.00",
    ("211", "F02"): "-400.00", ("32104", "F03"): "-300.00",
    ("32205", "F01"): "-300.00", ("32205", "F02"): "-850.00",
}  # fmt: skip


def test_a_union_carries_bound_money_forward_and_the_rest_to_its_surplus(house: House) -> None:
    unit = union(house)
    before = unit.figures("income-statement", "2026")
    posted = unit.carry()
    assert [one.draft.source for one in posted] == [
        "year-end:2026:F01:result:1", "year-end:2026:F02:result:1", "year-end:2026:F03:result:1",
        "year-end:2026:F01:accumulated:1", "year-end:2026:F02:accumulated:1",
        "year-end:2026:F03:accumulated:1",
    ]  # fmt: skip
    assert all(not one.draft.imbalances() and one.draft.day == date(2026, 12, 31) for one in posted)
    assert unit.held() == CARRIED
    assert not_carried(house.registry, "gong", 2026) == []
    # The year still shows what it earned and spent.
    after = unit.figures("income-statement", "2026")
    for line in ("401", "402", "403", "501", "504", "income", "spending", "result"):
        assert after.get(line) == before.get(line)
    assert after["end-carried"]["year"] == "300.00"
    assert after["end-surplus"]["year"] == "1150.00"


def test_a_year_closes_as_the_next_one_opens_and_is_compared_with(small_house: House) -> None:
    unit = union(small_house)
    unit.carry()
    unit.post("2027-01-06", "F01", ("102", "40.00"), ("401", "-40.00"))
    closing = unit.figures("balance-sheet", "2026")
    opening = unit.figures("balance-sheet", "2027-01")
    whole = unit.figures("balance-sheet", "2027")
    assert closing["claims"]["end"] == closing["assets"]["end"] == "1850.00"
    for line, figures in closing.items():
        assert opening[line]["begin"] == whole[line]["begin"] == figures["end"], line
    for name in ("income-statement", "sofa"):
        this, next_ = unit.figures(name, "2026"), unit.figures(name, "2027")
        column = "year" if name == "income-statement" else "total"
        for line in ("income", "spending"):
            if line in this:
                assert next_[line]["last-year"] == this[line][column], (name, line)
    assert unit.figures("income-statement", "2027")["401"] == {
        "year": "40.00",
        "last-year": "300.00",
    }
    sofa = unit.figures("sofa", "2027")
    assert sofa["brought"]["total"] == unit.figures("sofa", "2026")["carried"]["total"] == "1450.00"
    funds = unit.figures("funds", "2026")
    assert funds["F03"] == {
        "opening": "0.00", "in": "800.00", "out": "500.00", "transfers": "0.00",
        "remaining": "300.00",
    }  # fmt: skip
    assert unit.figures("funds", "2027")["F03"]["opening"] == "300.00"


def test_a_year_carried_over_twice_does_nothing_and_what_comes_later_is_added(
    small_house: House,
) -> None:
    unit = union(small_house)
    registry = small_house.registry
    assert len(carry_over(registry, "gong", 2026, unit.maker, AFTER)) == 6
    # Drafts that wait count as well.
    assert carry_over(registry, "gong", 2026, unit.maker, AFTER) == []
    with registry.read() as conn:
        waits = [row.id for row in drafts.in_states(conn, "gong", drafts.UNDECIDED)]
    for one in sorted(waits):
        unit.approve(one)
    assert unit.carry() == []
    unit.post("2026-12-30", "F01", ("102", "5.00"), ("401", "-5.00"))
    more = unit.carry()
    assert [one.draft.source for one in more] == [
        "year-end:2026:F01:result:2", "year-end:2026:F01:accumulated:2"
    ]  # fmt: skip
    assert unit.held()["32205", "F01"] == "-305.00"


def test_a_carry_over_that_was_reversed_is_proposed_anew(small_house: House) -> None:
    unit = union(small_house)
    (first, *_) = unit.carry()
    back = reversing.reverse(
        small_house.registry, "gong", first.number, unit.maker, AFTER, day=date(2026, 12, 31),
        reason="误记",
    )  # fmt: skip
    unit.approve(back)
    assert not_carried(small_house.registry, "gong", 2026) == ["Income:401-会费收入"]
    assert unit.figures("income-statement", "2026")["401"]["year"] == "300.00"
    again = unit.carry()
    assert [one.draft.source for one in again] == ["year-end:2026:F01:result:1"]
    assert unit.held() == CARRIED


def test_fiscal_money_of_a_county_union_is_kept_apart(small_house: House) -> None:
    unit = found(small_house, "xian", "union-2021-county", {"F01": "none", "F02": "none"})
    unit.post("2026-02-01", "F01", ("102", "900.00"), ("40401", "-900.00"))
    unit.post("2026-03-01", "F01", ("50602", "650.00"), ("102", "-650.00"))
    unit.post("2026-02-02", "F02", ("102", "500.00"), ("402", "-500.00"))
    unit.post("2026-12-02", "F02", ("521", "100.00"), ("341", "-100.00"))
    unit.carry()
    assert unit.held() == {
        ("102", "F01"): "250.00", ("33104", "F01"): "-250.00", ("102", "F02"): "500.00",
        ("32205", "F02"): "-400.00", ("341", "F02"): "-100.00",
    }  # fmt: skip


def test_a_fund_that_spent_exactly_what_it_got_is_carried_over_too(small_house: House) -> None:
    unit = found(small_house, "gong", "union-2021-basic", {"F03": "purpose"})
    unit.post("2026-04-05", "F03", ("102", "600.00"), ("402", "-600.00"))
    unit.post("2026-05-05", "F03", ("50102", "600.00"), ("102", "-600.00"))
    before = unit.figures("income-statement", "2026")
    (one,) = unit.carry()
    moved = [(account_code(line.account), line.amount.text) for line in one.draft.postings]
    assert moved == [
        ("50102", "-600.00"), ("402", "600.00"), ("32103", "-600.00"), ("32103", "600.00")
    ]  # fmt: skip
    assert unit.held() == {}
    assert unit.figures("income-statement", "2026") == before
    assert unit.figures("funds", "2026")["F03"]["in"] == "600.00"


def test_funds_that_a_rule_binds_are_carried_over_like_others(small_house: House) -> None:
    unit = found(small_house, "gong", "union-2021-basic", {"F02": "none"})
    bind(
        small_house.registry, "gong", "F02", "union-levy", unit.maker, small_house.now,
        date(2026, 1, 1),
    )  # fmt: skip
    unit.post("2026-04-05", "F02", ("102", "600.00"), ("402", "-600.00"))
    unit.post("2026-05-05", "F02", ("50102", "250.00"), ("102", "-250.00"))
    unit.carry()
    assert unit.held() == {("102", "F02"): "350.00", ("32205", "F02"): "-350.00"}
    assert check_unit(small_house.registry, "gong") == []


def test_whose_money_was_spent_in_a_mixed_fund_is_asked(small_house: House) -> None:
    unit = found(small_house, "xian", "union-2021-county", {"F01": "none"})
    unit.post("2026-02-01", "F01", ("102", "900.00"), ("40401", "-900.00"))
    unit.post("2026-02-02", "F01", ("102", "10.00"), ("408", "-10.00"))
    unit.post("2026-03-01", "F01", ("50602", "650.00"), ("102", "-650.00"))
    with pytest.raises(Refused, match="mixed-fund"):
        unit.carry()
    with pytest.raises(Refused, match="bad-fund-kind"):
        unit.carry(F01="other")
    unit.carry(F01="fiscal")
    assert unit.held() == {
        ("102", "F01"): "260.00", ("33104", "F01"): "-250.00", ("32205", "F01"): "-10.00"
    }  # fmt: skip


@pytest.mark.parametrize("chart", ["npo-2004", "npo-2024"])
def test_restricted_income_of_a_non_profit_goes_to_restricted_net_assets(
    small_house: House, chart: str
) -> None:
    unit = found(small_house, "she", chart, {"F01": "none", "F02": "purpose"})
    unit.post("2026-02-01", "F02", ("1002", "1000.00"), ("410102", "-1000.00"))
    unit.post("2026-03-01", "F02", ("5101", "400.00"), ("1002", "-400.00"))
    unit.post("2026-03-01", "F02", ("3102", "400.00"), ("3101", "-400.00"))
    unit.post("2026-04-01", "F01", ("1002", "70.00"), ("420101", "-70.00"))
    before = unit.figures("income-statement", "2026")
    unit.carry()
    assert unit.held() == {
        ("1002", "F01"): "70.00", ("3101", "F01"): "-70.00",
        ("1002", "F02"): "600.00", ("3102", "F02"): "-600.00",
    }  # fmt: skip
    assert unit.figures("income-statement", "2026") == before
    cash = unit.figures("cash-flow", "2026")
    assert unit.figures("cash-flow", "2027")[[*cash][-1]]["last-year"] == cash[[*cash][-1]]["year"]


def test_a_book_of_party_dues_carries_to_its_balance(small_house: House) -> None:
    unit = found(small_house, "dang", "party-dues", {"F01": "none"})
    unit.post("2026-02-01", "F01", ("102", "90.00"), ("401", "-90.00"))
    unit.post("2026-03-01", "F01", ("501", "20.00"), ("102", "-20.00"))
    (one,) = unit.carry()
    assert "党费结存" in one.draft.narration
    assert unit.held() == {("102", "F01"): "70.00", ("301", "F01"): "-70.00"}


@pytest.mark.parametrize("kind", ["administrative-unit", "public-institution"])
def test_both_halves_of_a_government_book_are_carried_over(small_house: House, kind: str) -> None:
    unit = found(
        small_house, "ju", "government-2019", {"F01": "none", "F02": "none", "F03": "purpose"},
        kinds=kind,
    )  # fmt: skip
    unit.post("2026-02-01", "F01", ("1011", "900.00"), ("4001", "-900.00"))
    unit.post("2026-03-01", "F01", ("5001", "650.00"), ("1011", "-650.00"))
    unit.post("2026-02-02", "F02", ("1002", "50.00"), ("4604", "-50.00"))
    unit.post("2026-02-03", "F03", ("1002", "80.00"), ("4601", "-80.00"))
    unit.carry()
    held = unit.held()
    assert {key: held[key] for key in held if key[0].startswith(("3", "81", "82", "84", "85"))} == {
        ("3001", "F01"): "-250.00", ("3001", "F02"): "-50.00", ("3001", "F03"): "-80.00",
        ("810107", "F01"): "-250.00", ("820204", "F02"): "-50.00", ("820105", "F03"): "-80.00",
    }  # fmt: skip
    assert not any(code.startswith(("4", "5", "6", "7", "87")) for code, _ in held)
    through = [one for one in ("8701",) if kind == "public-institution"]
    text = (small_house.registry.folder / "units/ju/2026/12.bean").read_text(encoding="utf-8")
    assert ("8701-" in text) == bool(through)
    assert unit.figures("income-statement", "2026")["4001"]["year"] == "900.00"


def test_the_year_is_carried_over_when_it_ends_and_by_who_may_record(small_house: House) -> None:
    unit = union(small_house)
    registry = small_house.registry
    with pytest.raises(Refused, match="year-running"):
        carry_over(registry, "gong", 2027, unit.maker, datetime(2027, 11, 30, tzinfo=CHINA))
    with pytest.raises(NotAllowed):
        carry_over(registry, "gong", 2026, unit.checkers[0], AFTER)
    (first, *_) = carry_over(registry, "gong", 2026, unit.maker, AFTER)
    with pytest.raises(NotAllowed):
        workflow.approve(registry, first, unit.maker, AFTER)
    assert look(registry, "gong", 2026).waiting == 6


def test_every_rule_names_accounts_of_its_charts() -> None:
    for rule in all_rules():
        for id in rule.charts:
            codes = {*load_chart(id).by_code, "Income", "Expenses"}
            for part in (part for step in rule.steps for part in step.parts):
                assert {*part.of, part.to} <= codes, (rule.id, id, part)
                assert part.article
    assert {id for rule in all_rules() for id in rule.charts} == {
        "union-2021-basic", "union-2021-county", "npo-2004", "npo-2024", "party-dues",
        "government-2019",
    }  # fmt: skip


def test_the_command_shows_and_drafts_what_is_carried_over(small_house: House) -> None:
    union(small_house)
    folder = small_house.registry.folder
    words = ("--unit", "gong", "2026")
    seen = by_user(folder, "gong-treasurer0", "close-year", *words, "--check", "--json")
    # The machine's clock may still be within the year: looking is always possible.
    assert seen.status == 0, seen.err
    said = json.loads(seen.out)
    assert (said["rule"], said["drafts"], len(said["carried"])) == ("union-2021", [], 6)
    told = by_user(folder, "gong-treasurer0", "close-year", *words, "--check")
    assert "借 Dr 401 300.00" in told.out
    assert by_user(folder, "gong-treasurer0", "close-year", "--unit", "gong", "x").status == 2
