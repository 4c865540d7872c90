"""Rolls, arrears and collection of a unit, from its claims, as they stand at the period's end."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from ledger import closing
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.errors import Refused
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.registry import claims, units
from ledger.registry.claims import ClaimRow
from reports.dues_source import named_source
from reports.opendata import render_json
from reports.render import render
from reports.sources import known_source
from reports.statements import catalogue
from reports.statements.dues_roll import build_named
from reports.statements.dues_rows import sums
from tests.dues.roll import MARCH, Roll
from tests.house import BANK, DUES, UNIT, House


@pytest.fixture
def roll(small_house: House) -> Roll:
    return Roll(small_house)


def report(roll: Roll, name: str, period: str = "2026-03") -> Any:
    whole = Period.parse(period)
    source = known_source(roll.house.registry, UNIT, name, whole)
    return json.loads(render_json(catalogue.build(name, source, whole)))


def cells(report: Any, code: str) -> dict[str, Any]:
    return next(line["cells"] for line in report["lines"] if line["code"] == code)


def opens(roll: Roll, name: str, line: str, column: str, period: str = "2026-03") -> Any:
    whole = Period.parse(period)
    source = known_source(roll.house.registry, UNIT, name, whole)
    ref = "/".join(part for part in (UNIT, name, period, line, column) if part)
    return catalogue.backing(source, ref)


def pay(roll: Roll, member: str, day: date = date(2026, 3, 9)) -> str:
    """The member's open claims are paid by one voucher; its number."""
    owed = roll.claims(member, claims.OPEN)
    lines = [Posting(BANK, Money(sum(claim.fen for claim in owed)), "F01")]
    lines += [
        Posting(DUES, Money(-claim.fen), "F01", (("claim", claim.code), ("member", member)))
        for claim in owed
    ]
    return roll.house.post(Draft(UNIT, day, "收", "会费", tuple(lines))).number


def close(roll: Roll, month: Month = MARCH) -> None:
    after = month.next()
    now = datetime(after.year, after.month, 3, 9, tzinfo=CHINA)
    closing.close_month(roll.house.registry, UNIT, month, roll.house.maker, now)


# ---- collection --------------------------------------------------------------------------------


def test_what_is_owed_is_paid_written_off_or_in_arrears(roll: Roll) -> None:
    paid, off, late = (roll.add() for _ in range(3))
    roll.assess()
    number = pay(roll, paid)
    with roll.house.registry.write() as conn:
        code = roll.claims(off)[0].code
        claims.set_state(conn, UNIT, [code], claims.WRITTEN_OFF, date(2026, 3, 20))
    found = cells(report(roll, "collection"), "all")
    assert (found["owed"], found["paid"], found["off"], found["arrears"]) == (
        "90.03", "30.01", "30.01", "30.01",
    )  # fmt: skip
    assert found["rate"] == "33.3 %"
    backing = opens(roll, "collection", f"{UNIT}.party", "paid")
    assert [(line.number, line.amount) for line in backing.postings] == [(number, yuan("30.01"))]
    (open_one,) = opens(roll, "collection", "all", "arrears").postings
    assert open_one.number == roll.claims(late)[0].code


def test_what_was_paid_beyond_is_told_apart(roll: Roll) -> None:
    member = roll.add("6000")
    roll.assess()
    pay(roll, member)
    roll.base(member, "3001", date(2026, 3, 1))
    roll.assess()
    found = cells(report(roll, "collection"), "all")
    assert (found["owed"], found["paid"], found["credit"], found["arrears"]) == (
        "30.01", "90.00", "59.99", "0.00",
    )  # fmt: skip
    assert found["rate"] == "100.0 %"


def test_collection_is_told_as_of_the_end_of_the_period(roll: Roll) -> None:
    """Paid in April, March's dues are in arrears at the end of March and collected after it."""
    member = roll.add()
    roll.assess()
    pay(roll, member, date(2026, 4, 2))
    assert cells(report(roll, "collection"), "all")["arrears"] == "30.01"
    assert cells(report(roll, "collection", "2026"), "all")["arrears"] == "0.00"


def test_a_unit_is_told_with_those_below_it(roll: Roll) -> None:
    roll.add()
    roll.assess()
    with roll.house.registry.write() as conn:
        units.add(
            conn, unit="branch", name="支部（示例）", name_en="Branch", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=UNIT,
        )  # fmt: skip
        claim = ClaimRow(
            "branch", "HY2026-0900-1", "dues", "m-0000000001", DUES, "F01", "2026-03", 500, "CNY",
            claims.OPEN, None, "party", date(2026, 3, 31),
        )  # fmt: skip
        claims.add_many(conn, [claim])
    told = report(roll, "collection")
    assert cells(told, "branch.party")["arrears"] == "5.00"
    assert cells(told, "all")["owed"] == "35.01"
    # The branch claims what it never assessed: whoever reads this should look into it.
    assert any("branch" in note["text"] and "5.00" in note["text"] for note in told["notes"])


# ---- arrears -----------------------------------------------------------------------------------


def test_arrears_stand_by_member_and_age_without_names(roll: Roll) -> None:
    first, second = roll.add("3000"), roll.add("3001")
    roll.assess(Month(2026, 1))
    roll.assess()
    told = report(roll, "arrears", "2026-04")
    late = cells(told, first)
    assert (late["d30"], late["d90"], late["total"]) == ("15.00", "15.00", "30.00")
    assert late["since"] == "2026-01-31"
    assert cells(told, "all")["total"] == "90.02"
    assert "示例会员" not in str(told)
    pay(roll, first, date(2026, 4, 30))
    told = report(roll, "arrears", "2026-04")
    assert [line["code"] for line in told["lines"]] == [second, "all"]
    codes = [line.number for line in opens(roll, "arrears", second, "", "2026-04").postings]
    assert codes == [claim.code for claim in roll.claims(second)]


def test_dues_are_in_arrears_from_the_day_after_they_were_due(roll: Roll) -> None:
    roll.add()
    roll.assess()
    told = report(roll, "arrears")
    assert cells(told, "all")["total"] == "0.00"
    assert any("30.01" in note["text"] for note in told["notes"])
    assert cells(report(roll, "arrears", "2026-04"), "all")["d30"] == "30.01"


# ---- the roll ----------------------------------------------------------------------------------


def test_the_public_roll_is_drawn_when_the_month_is_closed_and_stays_the_same(roll: Roll) -> None:
    people = [roll.add("3001") for _ in range(6)]
    roll.assess()
    for member in people:
        pay(roll, member)
    with pytest.raises(Refused, match="month-open"):
        report(roll, "dues-roll")
    close(roll)
    before = report(roll, "dues-roll")
    found = cells(before, "party.all")
    assert (found["members"], found["owed"], found["paid"], found["arrears"]) == (
        6, "180.06", "180.06", "0.00",
    )  # fmt: skip
    assert [line["code"] for line in before["lines"]] == ["party.all"]
    assert any("只列合计" in note["text"] for note in before["notes"])
    # A base that is corrected afterwards changes what is owed, and not what was told.
    roll.house.now = datetime(2026, 4, 9, 9, tzinfo=CHINA)
    roll.base(people[0], "6000", date(2026, 3, 1))
    assert roll.assess().changed
    assert report(roll, "dues-roll")["lines"] == before["lines"]


def test_one_who_has_not_paid_is_not_told_in_public(roll: Roll) -> None:
    people = [roll.add(str(3100 + 10 * at)) for at in range(9)]
    roll.assess()
    for member in people[:-1]:
        pay(roll, member)
    close(roll)
    found = cells(report(roll, "dues-roll"), "party.all")
    assert (found["paid"], found["owed"], found["arrears"]) == ("250.80", None, None)
    with pytest.raises(Refused, match="no-figure"):
        opens(roll, "dues-roll", "party.all", "arrears")
    assert opens(roll, "dues-roll", "party.all", "paid").closing == yuan("250.80")


def test_who_joins_is_not_told_by_two_months_rolls(roll: Roll) -> None:
    """One more member owes in March: March tells nothing from which February could be taken."""
    people = [roll.add(str(3100 + 10 * at)) for at in range(9)]
    people.append(roll.add("8000", since=date(2026, 3, 2)))
    for month in (Month(2026, 2), MARCH):
        roll.assess(month)
        for member in people:
            if roll.claims(member, claims.OPEN):
                pay(roll, member, month.period.last)
        close(roll, month)
    february = cells(report(roll, "dues-roll", "2026-02"), "party.all")
    march = cells(report(roll, "dues-roll"), "party.all")
    assert (february["members"], february["owed"]) == (9, "282.60")
    assert march == {"members": 10, "owed": None, "paid": None, "arrears": None}
    year = report(roll, "dues-roll", "2026")
    assert cells(year, "party.2026-02") == february
    assert cells(year, "party.2026-03") == march


def test_for_every_member_and_month_owed_less_paid_is_arrears_and_the_books_agree(
    roll: Roll,
) -> None:
    """Assessed, changed, paid, let off at random: assessed - collected - written off + paid beyond
    is what is in arrears, member by member, and the book received what was collected."""
    draw = random.Random(7)
    people = [roll.add(str(draw.randrange(1000, 12000))) for _ in range(8)]
    months = [Month(2026, at) for at in (1, 2, 3)]
    for month in months:
        roll.assess(month)
        for member in people:
            fate = draw.random()
            if fate < 0.6 and roll.claims(member, claims.OPEN):
                pay(roll, member, date(2026, 3, draw.randrange(1, 28)))
            elif fate < 0.7:
                code = [claim.code for claim in roll.claims(member, claims.OPEN)][:1]
                with roll.house.registry.write() as conn:
                    claims.set_state(conn, UNIT, code, claims.WRITTEN_OFF, date(2026, 3, 20))
            if draw.random() < 0.3:
                roll.base(member, str(draw.randrange(1000, 12000)), date(2026, month.month, 1))
                roll.assess(month)
    whole = known_source(roll.house.registry, UNIT, "collection", Period.parse("2026"))
    assert whole.dues is not None
    for member in people:
        for month in months:
            mine = [c for c in whole.dues.claims if (c.member, c.month) == (member, month)]
            found = sums(mine, date(2026, 12, 31))
            assessed = sum(
                one.fen for one in whole.dues.assessed if (one.member, one.month) == (member, month)
            )
            assert found.owed == assessed == roll.explain(member, month).total.fen
            assert assessed - found.settled - found.off + found.credit == found.arrears
    total = cells(report(roll, "collection", "2026"), "all")
    received = sum(
        -line.amount.fen for line in whole.model.lines(accounts=[DUES]) if line.fund == "F01"
    )
    assert total["paid"] == Money(received).text
    notes = report(roll, "collection", "2026")["notes"]
    assert not [note for note in notes if "注意" in note["text"]]
    assert yuan(total["arrears"]).fen > 0 and yuan(total["credit"]).fen > 0


@pytest.mark.parametrize("form", ["text", "json", "csv", "xlsx", "pdf"])
def test_no_form_of_the_public_roll_holds_a_member(roll: Roll, form: str) -> None:
    people = [roll.add() for _ in range(5)]
    roll.assess()
    pay(roll, people[0])
    close(roll)
    source = known_source(roll.house.registry, UNIT, "dues-roll", MARCH.period)
    statement = catalogue.build("dues-roll", source, MARCH.period)
    data = render(catalogue.with_annex(source, statement), form)
    assert catalogue.with_annex(source, statement).annex == ()
    for member in people:
        assert member.encode() not in data
    assert "示例会员".encode() not in data


def test_the_members_roll_names_each_with_base_and_row(roll: Roll) -> None:
    first, second = roll.add("3001"), roll.add("6000")
    roll.assess()
    pay(roll, first)
    statement = build_named(named_source(roll.house.registry, UNIT, MARCH.period), MARCH.period)
    told = [(line.label.zh, *line.cells[1:]) for line in statement.lines]
    assert told[0] == (
        "示例会员001", yuan("3001"), "3000元以上至5000元（含）", yuan("30.01"), yuan("30.01"),
        Money(0), date(2026, 3, 9),
    )  # fmt: skip
    assert told[1][-2:] == (yuan("90.00"), None)
    assert statement.lines[1].ref == second
    assert statement.lines[-1].cells[3:6] == (yuan("120.01"), yuan("30.01"), yuan("90.00"))


def test_dues_entered_from_a_list_stand_in_the_members_roll_by_name(roll: Roll) -> None:
    member = roll.add(None)
    with roll.house.registry.write() as conn:
        claim = ClaimRow(
            UNIT, "HY2026-0900-1", "dues", member, DUES, "F01", "2026-03", 500, "CNY",
            claims.OPEN, None,
        )  # fmt: skip
        claims.add_many(conn, [claim])
    statement = build_named(named_source(roll.house.registry, UNIT, MARCH.period), MARCH.period)
    assert statement.lines[0].label.zh == "示例会员001"
    assert statement.lines[0].cells[3:6] == (yuan("5.00"), Money(0), yuan("5.00"))


def test_who_is_exempt_stands_in_the_members_roll_owing_nothing(roll: Roll) -> None:
    member = roll.add()
    roll.assess()
    facts = roll.facts(member)
    stay = replace(facts.stays[0], end=date(2026, 1, 10))
    roll.put(replace(facts, stays=(stay,)))
    roll.assess()
    statement = build_named(named_source(roll.house.registry, UNIT, MARCH.period), MARCH.period)
    assert statement.lines[0].cells[3:6] == (Money(0), Money(0), Money(0))
