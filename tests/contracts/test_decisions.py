"""Major items: from the threshold on money goes out by a recorded decision, and within it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import rebuild, workflow
from ledger.decisions import recording
from ledger.decisions.checking import rule_for, used_of
from ledger.decisions.measuring import most_within
from ledger.decisions.recording import Said
from ledger.decisions.standing import decided, major_items
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import decisions, units
from reports.sources import known_source
from reports.statements import catalogue
from tests.asked import asked
from tests.conftest import NOW
from tests.house import ACTIVITY, BANK, CASH, UNIT, House, build_house
from tests.reports.opening import every_figure_opens

MARCH = Period.parse("2026-03")
RULE = """[[table]]
kind = "major"
id = "major-items"
version = "2026"
rule = "major-items"
name = "重大事项标准"
name_en = "Major items"
source = "示例决议〔2026〕1号"
effective_from = 2026-02-01
confidence = "confirmed"
threshold = "1000.00"
days = 7
report_days = 2
"""


def load(house: House, text: str = RULE) -> None:
    folder = house.registry.folder / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "major.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def rich(house: House) -> House:
    house.post(house.draft("90000.00", day=date(2026, 1, 5)))
    load(house)
    return house


def said(number: str = "青工委〔2026〕5号", ceiling: str = "1500.00", **changed: Any) -> Said:
    facts: dict[str, Any] = {
        "number": number, "day": date(2026, 3, 1), "body": "委员会会议", "participants": 9,
        "votes_for": 7, "votes_against": 1, "abstained": 1, "subject": "添置文体器材",
        "ceiling": yuan(ceiling), "papers": [("会议记录.pdf", b"%PDF-1.4 minutes")], "steps": {},
    }  # fmt: skip
    return Said(**{**facts, **changed})


def decide(house: House, number: str = "青工委〔2026〕5号", ceiling: str = "1500.00") -> None:
    recording.record(house.registry, UNIT, said(number, ceiling), house.maker, house.now)


def pay(
    house: House, amount: str, decision: str = "", payee: str = "", day: date = date(2026, 3, 3)
) -> Voucher:
    meta = (("decision", decision),) if decision else ()
    return house.post(
        house.draft(
            amount, debit=ACTIVITY, credit=BANK, kind="付", payee=payee, day=day, meta=meta,
            narration="文体器材",
        )
    )  # fmt: skip


# ---- the threshold -----------------------------------------------------------------------------


def test_from_the_threshold_on_a_payment_names_its_decision(rich: House) -> None:
    pay(rich, "999.99")
    with pytest.raises(Refused, match="major-item"):
        pay(rich, "1000.00")
    with pytest.raises(Refused, match="major-item"):
        pay(rich, "1000.00", "没有登记的文号")
    decide(rich)
    pay(rich, "1000.00", "青工委〔2026〕5号")


def test_without_a_rule_in_force_there_is_no_threshold(rich: House) -> None:
    pay(rich, "5000.00", day=date(2026, 1, 31))  # before the rule
    (rich.registry.folder / "rules" / "major.toml").unlink()
    pay(rich, "5000.00")
    with rich.registry.read() as conn:
        unit = units.find(conn, UNIT)
    assert rule_for(rich.registry.folder, unit, date(2026, 3, 3)) is None
    assert major_items(rich.registry, UNIT, MARCH, date(2026, 3, 5)).rule is None


def test_the_narrower_rule_and_the_units_level_decide(rich: House) -> None:
    more = RULE.replace('"1000.00"', '"200.00"').replace('"major-items"\nversion', '"own"\nversion')
    load(rich, RULE + "\n" + more + 'scope = { kind = "county" }\n')
    pay(rich, "300.00")
    with rich.registry.write() as conn:
        units.set_standing(conn, UNIT, level="county", regions="", channel="")
    with pytest.raises(Refused, match="own@2026"):
        pay(rich, "200.00")


def test_a_rule_file_with_a_fault_stops_payments_and_says_where(rich: House) -> None:
    load(rich, RULE.replace("days = 7", "days = 0"))
    with pytest.raises(Refused, match=r"rules/major\.toml"):
        pay(rich, "1.00")
    load(rich)
    pay(rich, "1.00")


def test_a_sum_divided_over_one_payee_needs_its_decision_too(rich: House) -> None:
    pay(rich, "600.00", payee="示例 体育用品店")
    pay(rich, "600.00", payee="另一家店")
    with pytest.raises(Refused, match="major-item"):
        pay(rich, "400.00", payee="示例体育用品店", day=date(2026, 3, 5))
    pay(rich, "399.99", payee="示例体育用品店", day=date(2026, 3, 5))
    pay(rich, "600.00", payee="示例体育用品店", day=date(2026, 2, 20))
    with pytest.raises(Refused, match="major-item"):
        pay(rich, "0.01", payee="示例体育用品店", day=date(2026, 3, 4))
    decide(rich)
    pay(rich, "500.00", "青工委〔2026〕5号", payee="示例体育用品店")
    # What a decision covers counts against nobody; what it does not cover still does.
    with pytest.raises(Refused, match="major-item"):
        pay(rich, "0.01", payee="示例体育用品店")


def test_two_halves_that_wait_are_not_both_approved(rich: House) -> None:
    ids = [
        workflow.propose(
            rich.registry,
            rich.draft("600.00", debit=ACTIVITY, credit=BANK, kind="付", payee="示例店"),
            rich.maker, rich.now,
        )
        for _ in range(2)
    ]  # fmt: skip
    with pytest.raises(Refused, match="major-item"):
        workflow.approve_many(rich.registry, UNIT, ids, rich.checker, rich.now)
    assert len(workflow.waiting(rich.registry, UNIT)) == 2


def test_a_reversal_frees_the_day_of_what_it_takes_back_and_no_other(rich: House) -> None:
    first = pay(rich, "900.00", payee="示例店", day=date(2026, 2, 10))
    rich.reverse(first)
    pay(rich, "900.00", payee="示例店", day=date(2026, 2, 11))
    with pytest.raises(Refused, match="major-item"):
        pay(rich, "100.00", payee="示例店", day=date(2026, 2, 12))
    # Taken back on 5 March: nothing is free there.
    pay(rich, "900.00", payee="示例店", day=date(2026, 3, 4))
    with pytest.raises(Refused, match="major-item"):
        pay(rich, "100.00", payee="示例店", day=date(2026, 3, 4))


def test_money_between_own_accounts_and_money_in_are_no_major_items(rich: House) -> None:
    rich.post(rich.draft("5000.00", debit=CASH, credit=BANK, kind="转"))
    voucher = rich.post(rich.draft("5000.00"))
    rich.reverse(voucher)


def test_a_person_cannot_hide_behind_a_posting_of_the_same_voucher(rich: House) -> None:
    """Only a part of what goes out names the decision: the rest has none."""
    decide(rich)
    lines = (
        Posting(ACTIVITY, yuan("500.00"), "F01", (("decision", "青工委〔2026〕5号"),)),
        Posting(ACTIVITY, yuan("600.00"), "F01"),
        Posting(BANK, -yuan("1100.00"), "F01"),
    )
    with pytest.raises(Refused, match="其中 600"):
        rich.post(Draft(UNIT, date(2026, 3, 3), "付", "器材", lines))


# ---- the ceiling -------------------------------------------------------------------------------


def test_a_decision_is_used_up_to_its_ceiling_and_given_back(rich: House) -> None:
    decide(rich)
    voucher = pay(rich, "1000.00", "青工委〔2026〕5号")
    with pytest.raises(Refused, match="decision-ceiling"):
        pay(rich, "500.01", "青工委〔2026〕5号")
    pay(rich, "500.00", "青工委〔2026〕5号")
    rich.reverse(voucher)
    one = decided(rich.registry, UNIT, "青工委〔2026〕5号", rich.now.date())
    assert (one.used_fen, len(one.uses)) == (50000, 3)
    pay(rich, "1000.00", "青工委〔2026〕5号")


def test_a_decision_that_failed_or_came_later_decides_nothing(rich: House) -> None:
    registry = rich.registry
    lost = said("输〔2026〕1号", votes_for=3, votes_against=5)
    recording.record(registry, UNIT, lost, rich.maker, rich.now)
    late = said("迟〔2026〕1号", day=date(2026, 3, 4))
    recording.record(registry, UNIT, late, rich.maker, rich.now)
    with pytest.raises(Refused, match="decision-not-carried"):
        pay(rich, "10.00", "输〔2026〕1号")
    with pytest.raises(Refused, match="decision-later"):
        pay(rich, "10.00", "迟〔2026〕1号")


def test_what_named_the_number_before_it_was_recorded_counts(rich: House) -> None:
    pay(rich, "600.00", "青工委〔2026〕5号")
    decide(rich)
    with pytest.raises(Refused, match="decision-ceiling"):
        pay(rich, "900.01", "青工委〔2026〕5号")
    with pytest.raises(Refused, match="decision-used"):
        recording.withdraw(rich.registry, UNIT, "青工委〔2026〕5号", rich.maker, rich.now)


# ---- recording ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""}, {"number": 'a"b'}, {"number": "x" * 61}, {"body": " "}, {"subject": ""},
        {"participants": 0}, {"participants": 8}, {"votes_for": -1}, {"papers": []},
        {"papers": [("x", b"")]}, {"day": date(2026, 4, 1)},
        {"steps": {"voted": date(2026, 3, 1)}}, {"steps": {"proposed": date(2026, 3, 2)}},
        {"steps": {"published": date(2026, 2, 1)}},
        {"steps": {"proposed": date(2026, 2, 9), "reviewed": date(2026, 2, 8)}},
    ],
)  # fmt: skip
def test_a_record_that_makes_no_sense_is_refused_whole(
    rich: House, changed: dict[str, Any]
) -> None:
    with pytest.raises(Refused, match="bad-decision"):
        recording.record(rich.registry, UNIT, said(**changed), rich.maker, rich.now)
    with rich.registry.read() as conn:
        assert decisions.of_unit(conn, UNIT) == []


def test_a_decision_is_recorded_once_and_by_who_records(rich: House) -> None:
    decide(rich)
    with pytest.raises(Refused, match="已登记"):
        decide(rich)
    with pytest.raises(NotAllowed):
        recording.record(rich.registry, UNIT, said("另"), rich.checker, rich.now)
    recording.withdraw(rich.registry, UNIT, "青工委〔2026〕5号", rich.maker, rich.now)
    with pytest.raises(CannotRun, match="no-decision-record"):
        decided(rich.registry, UNIT, "青工委〔2026〕5号", rich.now.date())
    decide(rich, ceiling="20.00")
    assert decided(rich.registry, UNIT, "青工委〔2026〕5号", rich.now.date()).row.version == 2


def test_a_report_is_late_beyond_the_rules_days(rich: House) -> None:
    decide(rich)  # on the 1st, to be reported by the 3rd
    registry, now = rich.registry, rich.now
    number = "青工委〔2026〕5号"
    assert decided(registry, UNIT, number, now.date()).days_late == 2
    with pytest.raises(Refused, match="没有上级单位"):
        recording.report(registry, UNIT, number, "", date(2026, 3, 4), None, rich.maker, now)
    for day in (date(2026, 2, 28), date(2026, 3, 6)):
        with pytest.raises(Refused, match="报告日"):
            recording.report(registry, UNIT, number, "市总工会", day, None, rich.maker, now)
    recording.report(registry, UNIT, number, "市总工会", date(2026, 3, 4), None, rich.maker, now)
    one = decided(registry, UNIT, number, now.date())
    assert (one.reported, one.days_late) == (date(2026, 3, 4), 1)
    with pytest.raises(Refused, match="已登记过报告"):
        recording.report(registry, UNIT, number, "市", date(2026, 3, 4), None, rich.maker, now)


def test_four_discussions_and_two_publications_are_entered_in_order(rich: House) -> None:
    steps = {"proposed": date(2026, 2, 1), "consulted": date(2026, 2, 3)}
    recording.record(rich.registry, UNIT, said(steps=steps), rich.maker, rich.now)
    where = (rich.registry, UNIT, "青工委〔2026〕5号")
    with pytest.raises(Refused, match="bad-decision"):
        recording.step(*where, "reviewed", date(2026, 2, 2), None, rich.maker, rich.now)
    recording.step(*where, "resolved", date(2026, 3, 1), None, rich.maker, rich.now)
    recording.step(*where, "published", date(2026, 3, 2), None, rich.maker, rich.now)
    with pytest.raises(Refused, match="已登记"):
        recording.step(*where, "published", date(2026, 3, 3), None, rich.maker, rich.now)
    one = decided(*where, rich.now.date())
    assert list(one.as_json()["steps"]) == ["proposed", "consulted", "resolved", "published"]


# ---- laws --------------------------------------------------------------------------------------


@given(
    st.dictionaries(st.integers(0, 40), st.integers(1, 100), max_size=20),
    st.integers(0, 40), st.integers(1, 12),
)  # fmt: skip
def test_the_greatest_window_is_what_trying_every_window_finds(
    days: dict[int, int], day: int, length: int
) -> None:
    first = date(2026, 1, 1)
    known = {first + timedelta(days=one): fen for one, fen in days.items()}
    every = [
        sum(fen for one, fen in days.items() if start <= one < start + length)
        for start in range(day - length + 1, day + 1)
    ]
    assert most_within(known, first + timedelta(days=day), length) == max(every)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.integers(1, 28), st.sampled_from([100, 400, 600, 1000]),
            st.sampled_from(["甲", "乙"]), st.booleans(), st.booleans(),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_in_whatever_order_nothing_major_goes_out_undecided(
    tried: list[tuple[int, int, str, bool, bool]],
) -> None:
    with TemporaryDirectory() as place:
        house = build_house(Path(place) / "federation", url="sqlite:///registry.db", now=NOW)
        house.post(house.draft("90000.00", day=date(2026, 1, 5)))
        load(house)
        recording.record(house.registry, UNIT, said(day=date(2026, 2, 1)), house.maker, house.now)
        open_: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        used = 0
        for number, amount, payee, named, back in tried:
            day = date(2026, 2, number)
            try:
                voucher = pay(
                    house, f"{amount}.00", "青工委〔2026〕5号" if named else "", payee, day
                )
            except Refused:
                continue
            if back:
                house.reverse(voucher)
            elif named:
                used += amount
            else:
                open_[payee][day] += amount
            assert used <= 1500
            assert all(most_within(days, one, 7) < 1000 for days in open_.values() for one in days)
        rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
        with house.registry.write() as conn:
            (row,) = decisions.of_unit(conn, UNIT)
            assert row.used_fen is None
            assert used_of(conn, row) == used * 100
        # What is kept beside the book was summed anew, and refuses what it refused before.
        for payee, days in open_.items():
            for day in days:
                left = 1000 - most_within(days, day, 7)
                with pytest.raises(Refused, match="major-item"):
                    pay(house, f"{left}.00", "", payee, day)
        house.registry.close()


def test_a_payment_asks_the_same_of_any_number_of_decisions(small_house: House) -> None:
    rich = small_house
    rich.post(rich.draft("90000.00", day=date(2026, 1, 5)))
    load(rich)
    decide(rich)
    counts: list[int] = []

    def count_one() -> None:
        with asked(rich.registry) as heard:
            pay(rich, "1.00", "青工委〔2026〕5号", "示例店")
        counts.append(len(heard))

    count_one()
    count_one()
    for place in range(20):
        decide(rich, f"青工委〔2026〕{place + 10}号")
        pay(rich, "1.00", f"青工委〔2026〕{place + 10}号", f"店{place}")
    count_one()
    assert counts[1] == counts[2]


# ---- the statement -----------------------------------------------------------------------------


def test_the_statement_lists_what_was_decided_and_what_was_not(rich: House) -> None:
    (rich.registry.folder / "rules" / "major.toml").unlink()
    lone = pay(rich, "3000.00")
    load(rich)
    decide(rich)
    pay(rich, "1200.00", "青工委〔2026〕5号")
    source = known_source(rich.registry, UNIT, "major-items", MARCH)
    statement = catalogue.build("major-items", source, MARCH)
    told = {
        line.label.zh: [cell.text for cell in line.cells if isinstance(cell, Money)]
        for line in statement.lines
    }
    assert told["添置文体器材"] == ["1500.00", "1200.00", "300.00"]
    assert told[f"没有决策 {lone.number}"] == ["3000.00"]
    assert every_figure_opens(source, statement)
