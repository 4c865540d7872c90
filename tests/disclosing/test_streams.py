"""Worked calendars: which duties a unit has, to whom, until when, by the rules that ship."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.disclosing.streams import Asked, Decided, Happened, events_of, told_of
from ledger.registry.units import UnitRow
from ledger.rules.deadlines import Owed, Published, duties, rule_of
from ledger.rules.disclosure_tables import DeadlineTable
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.streams import STREAM_DUTIES
from ledger.rules.table import Place
from reports.statements.catalogue import STATEMENTS

BOOK = load()[0]
JUNE = date(2026, 6, 30)


def unit(chart: str, kinds: str = "", opened: date = date(2025, 1, 1), **more: object) -> UnitRow:
    row = UnitRow("one", "单位（示例）", "", None, chart, opened, None, 0, "", kinds)
    return replace(row, **more)  # type: ignore[arg-type]


def owed(one: Happened, *published: Published) -> Owed:
    place = Place("", frozenset(one.unit.kinds.split()), one.unit.id)

    def rules(duty: str, day: date) -> DeadlineTable | None:
        try:
            return BOOK.in_force(DeadlineTable, rule_of(duty), day, place)
        except NoRuleLoaded:
            return None

    return duties([], list(events_of(one)), [*told_of(one), *published], rules, one.on)


def table(found: Owed) -> list[tuple[str, str, str, str, str]]:
    """Duty, subject, audience, last day or ``-``, state."""
    return [
        (one.duty, one.subject, one.rule.audience, str(one.last_day or "-"), one.state)
        for one in found.duties
    ]


def test_a_party_branch_tells_its_members_once_a_year() -> None:
    one = Happened(unit("party-dues"), JUNE, schemes=frozenset({"party"}))
    assert table(owed(one)) == [("party-members", "2025", "members", "2026-12-31", "due")]
    assert table(owed(replace(one, on=date(2027, 1, 1)))) == [
        ("party-members", "2025", "members", "2026-12-31", "overdue"),
        ("party-members", "2026", "members", "2027-12-31", "due"),
    ]


def test_a_party_committee_reports_to_its_congress_and_above() -> None:
    one = Happened(unit("party-dues"), JUNE, committee=True)
    assert table(owed(one)) == [
        ("party-superior", "2025", "superior", "2026-12-31", "due"),
        ("party-congress", "2025", "members", "-", "due"),
    ]


def test_a_union_owes_budget_accounts_and_audit_and_no_day_is_written() -> None:
    found = owed(Happened(unit("union-2021-basic"), JUNE))
    assert table(found) == [
        ("union-budget", "2025", "members", "-", "due"),
        ("union-budget", "2026", "members", "-", "due"),
        ("union-accounts", "2025", "members", "-", "due"),
        ("union-audit", "2025", "members", "-", "due"),
        ("union-yearly", "2025", "superior", "-", "due"),
    ]
    assert {one.days_late for one in found.duties} == {0}
    monthly = [one for one in found.lacking if one.duty == "union-monthly"]
    assert [one.subject for one in monthly] == [f"2025-{month:02d}" for month in range(1, 13)] + [
        f"2026-{month:02d}" for month in range(1, 6)
    ]


def test_an_association_s_year_and_its_dues() -> None:
    one = Happened(
        unit("npo-2004", "association"), JUNE, schemes=frozenset({"association"}),
        standards=(("charter-dues@2026", date(2026, 5, 31)),),
    )  # fmt: skip
    assert table(owed(one)) == [
        ("report-upper", "2025", "superior", "2026-03-31", "overdue"),
        ("accounts", "2025", "superior", "2026-04-30", "overdue"),
        ("report-registrar", "2025", "superior", "2026-05-31", "overdue"),
        ("dues-standard", "charter-dues@2026", "members", "2026-06-30", "due"),
        ("dues-accounts", "2025", "members", "2026-12-31", "due"),
    ]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("foundation", ["accounts", "report-registrar"]),
        ("social-service", ["accounts", "report-upper", "report-registrar"]),
        ("", ["accounts"]),
    ],
)
def test_the_form_of_a_non_profit_says_to_whom_it_reports(kinds: str, expected: list[str]) -> None:
    found = owed(Happened(unit("npo-2024", kinds), JUNE))
    assert sorted(one.duty for one in found.duties) == sorted(expected)
    lacking = {one.duty for one in found.lacking}
    assert lacking == (set() if kinds else {"report-upper", "report-registrar"})


@pytest.mark.parametrize(
    ("on", "state", "late"),
    [(date(2026, 3, 21), "due", 0), (date(2026, 3, 22), "overdue", 1)],
)
def test_twenty_days_after_approval_do_not_count_the_day_itself(
    on: date, state: str, late: int
) -> None:
    """民法典第二百零一条: the day on which a time begins does not count."""
    one = Happened(unit("npo-2024"), on, promised=(("青财预〔2026〕12号", date(2026, 3, 1)),))
    (duty,) = [each for each in owed(one).duties if each.duty == "allocation"]
    assert (duty.due, duty.state, duty.days_late) == (date(2026, 3, 21), state, late)
    told = Published(
        1, "allocation", "青财预〔2026〕12号", date(2026, 3, 1), date(2026, 3, 1), on, "public"
    )
    (duty,) = [each for each in owed(one, told).duties if each.duty == "allocation"]
    assert (duty.state, duty.met, duty.days_late) == ("met", on, late)
    elsewhere = replace(told, subject="青财预〔2026〕13号", first=date(2026, 3, 2))
    (duty,) = [each for each in owed(one, elsewhere).duties if each.duty == "allocation"]
    assert duty.met is None


def test_what_went_to_another_audience_meets_nothing() -> None:
    one = Happened(unit("party-dues"), JUNE, schemes=frozenset({"party"}))
    year = (date(2025, 1, 1), date(2025, 12, 31), date(2026, 2, 3))
    for audience, state in (("public", "due"), ("superior", "due"), ("members", "met")):
        (duty,) = owed(one, Published(1, "party-members", "", *year, audience)).duties
        assert duty.state == state


def test_packs_meet_what_a_rule_lets_them_and_together_cover_a_year() -> None:
    one = Happened(unit("union-2021-basic"), JUNE)

    def packs(*quarters: int) -> list[Published]:
        days = {1: (1, 3, 31), 2: (4, 6, 30), 3: (7, 9, 30), 4: (10, 12, 31)}
        return [
            Published(
                0, "pack", "", date(2025, days[q][0], 1), date(2025, days[q][1], days[q][2]),
                date(2026, 1, q), "members",
            )
            for q in quarters
        ]  # fmt: skip

    whole = {each.duty: each for each in owed(one, *packs(1, 2, 3, 4)).duties}
    assert whole["union-accounts"].met == date(2026, 1, 4)
    assert (whole["union-audit"].met, whole["union-yearly"].met) == (None, None)
    some = {each.duty: each for each in owed(one, *packs(1, 2, 4)).duties}
    assert some["union-accounts"].missing == ((date(2025, 7, 1), date(2025, 9, 30)),)


def test_assets_are_counted_in_each_year_that_began_with_some() -> None:
    held = Happened(unit("union-2021-county"), JUNE, assets_since=date(2025, 3, 1))
    found = [one for one in table(owed(held)) if one[0].startswith("asset")]
    assert found == [
        ("asset-count", "2026", "members", "2026-12-31", "due"),
        ("asset-report", "2025", "superior", "-", "due"),
    ]
    counted = replace(held, counted=((date(2026, 5, 4), date(2026, 5, 9)),))
    (duty,) = [one for one in owed(counted).duties if one.duty == "asset-count"]
    assert duty.met == date(2026, 5, 9)
    before = replace(held, counted=((date(2025, 12, 31), date(2026, 1, 3)),))
    (duty,) = [one for one in owed(before).duties if one.duty == "asset-count"]
    assert duty.met is None


DECIDED = Decided("议1", "修路", date(2026, 3, 1), True, None, None, ())


@pytest.mark.parametrize(
    ("decided", "executed"),
    [
        (DECIDED, None),
        (replace(DECIDED, done=(date(2026, 3, 9), date(2026, 4, 2))), date(2026, 4, 2)),
        (replace(DECIDED, done=(date(2026, 3, 9), date(2026, 5, 2)), outcome=date(2026, 4, 1)),
         date(2026, 3, 9)),
        (replace(DECIDED, done=(date(2026, 5, 2),), outcome=date(2026, 4, 1)), date(2026, 5, 2)),
        (replace(DECIDED, money=False), date(2026, 3, 1)),
        (replace(DECIDED, outcome=date(2026, 4, 1)), date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_an_outcome_is_owed_from_what_was_done_last(
    decided: Decided, executed: date | None
) -> None:
    assert decided.executed == executed


def test_each_decision_is_told_of_twice_and_without_a_rule_that_is_said() -> None:
    done = replace(DECIDED, number="议2", published=date(2026, 3, 4), done=(date(2026, 3, 20),))
    one = Happened(unit("party-dues", opened=date(2026, 1, 1)), JUNE, decided=(DECIDED, done))
    found = owed(one)
    assert found.duties == []
    assert [(each.duty, each.subject, each.met) for each in found.lacking] == [
        ("decision", "议1", None), ("decision", "议2", date(2026, 3, 4)), ("outcome", "议2", None),
    ]  # fmt: skip


def test_an_unanswered_objection_is_a_line_until_it_is_answered() -> None:
    asked = Asked("YJ2026-0001-5", "one/付-202603-0001", date(2026, 3, 5), None)
    one = Happened(unit("party-dues", opened=date(2026, 1, 1)), JUNE, asked=(asked,))
    assert [each.met for each in owed(one).lacking] == [None]
    one = replace(one, asked=(replace(asked, answered=date(2026, 3, 5)),))
    assert [each.met for each in owed(one).lacking] == [date(2026, 3, 5)]


def test_a_unit_that_was_closed_owes_no_later_year() -> None:
    closed = unit("union-2021-basic", opened=date(2023, 5, 1), closed=date(2024, 6, 1))
    found = owed(Happened(closed, JUNE))
    assert {one.subject for one in found.duties} == {"2023", "2024"}
    months = [one.subject for one in found.lacking if one.duty == "union-monthly"]
    assert (months[0], months[-1]) == ("2023-05", "2024-06")


def test_nothing_is_owed_before_a_book_is_opened() -> None:
    one = Happened(unit("union-2021-basic", opened=date(2026, 7, 1)), JUNE)
    assert (owed(one).duties, owed(one).lacking) == ([], [])


def test_every_shipped_table_of_a_stream_is_of_a_known_duty() -> None:
    known = {rule_of(duty) for duty in STREAM_DUTIES}
    shipped = [one for one in BOOK.tables if one.head.file.endswith("calendar.toml")]
    assert shipped
    assert {one.head.rule for one in shipped} <= known
    for one in shipped:
        assert isinstance(one, DeadlineTable)
        assert set(one.reports) <= set(STATEMENTS)
        assert one.after(date(2026, 1, 1)) >= date(2026, 1, 1) + timedelta(days=1)
