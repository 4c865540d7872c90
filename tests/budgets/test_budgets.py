"""A budget is set by one, approved by another, holds spending within it, and is revised."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import book, checking, rebuild, workflow
from ledger.budgetcheck import HARD, NONE, SOFT, BudgetLine, check_line
from ledger.budgets import ceilings, deciding
from ledger.budgets.standing import compare
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.money import Money
from ledger.period import Period
from ledger.registry import budgets, oplog
from reports.sources import known_source
from reports.statements import catalogue
from tests.budgets.plans import DECISION, YEAR, plan, set_budget, spend
from tests.cli.command import by_user
from tests.house import ACTIVITY, BANK, DUES, OFFICE, UNIT, House
from tests.reports.opening import every_figure_opens


def test_a_hard_ceiling_refuses_what_goes_beyond_it_and_not_a_fen_less(house: House) -> None:
    set_budget(house)
    house.post(spend(house, "999.99"))
    with pytest.raises(Refused, match="over-budget"):
        workflow.propose(house.registry, spend(house, "0.02"), house.maker, house.now)
    house.post(spend(house, "0.01"))
    # Another fund or account has no ceiling, and what was reversed is free again.
    house.post(spend(house, "5.00", account=OFFICE))


def test_a_reversal_gives_back_what_it_takes(house: House) -> None:
    set_budget(house)
    voucher = house.post(spend(house, "900.00"))
    house.reverse(voucher, date(2026, 3, 6), "填错")
    house.post(spend(house, "1000.00", day=date(2026, 3, 7)))


def test_two_drafts_that_fit_alone_do_not_both_pass(house: House) -> None:
    set_budget(house)
    ids = [
        workflow.propose(house.registry, spend(house, amount), house.maker, house.now)
        for amount in ("600.00", "500.00")
    ]
    with pytest.raises(Refused, match="over-budget"):
        workflow.approve_many(house.registry, UNIT, ids, house.checker, house.now)
    workflow.approve(house.registry, ids[0], house.checker, house.now)
    with pytest.raises(Refused, match="over-budget"):
        workflow.approve(house.registry, ids[1], house.checker, house.now)


def test_a_soft_ceiling_tells_and_income_beyond_the_plan_is_no_fault(house: House) -> None:
    set_budget(house, plan("100.00", SOFT), plan("10.00", HARD, DUES))
    house.post(house.draft("50.00"))
    house.post(spend(house, "150.00"))
    rows = {row.line.account: row for row in compare(house.registry, UNIT, YEAR)}
    assert rows[ACTIVITY].over
    assert (rows[ACTIVITY].percent, rows[DUES].percent) == ("150.0 %", "500.0 %")
    assert not rows[DUES].over


def test_nobody_approves_a_budget_of_their_own(house: House) -> None:
    deciding.propose(
        house.registry, UNIT, YEAR, [plan()], DECISION, "", house.maker, house.now, revision=False
    )
    with pytest.raises(NotAllowed):
        deciding.approve(house.registry, UNIT, YEAR, 1, house.maker, house.now)
    with pytest.raises(CannotRun, match="no-budget"):
        deciding.approve(house.registry, UNIT, YEAR, 2, house.checker, house.now)
    # Until it is approved it holds nobody.
    house.post(spend(house, "5000.00"))


def test_a_revision_raises_the_ceiling_and_both_versions_stay(house: House) -> None:
    set_budget(house)
    house.post(spend(house, "1000.00"))
    set_budget(house, plan("1500.00"), revision=True)
    house.post(spend(house, "500.00"))
    (row,) = compare(house.registry, UNIT, YEAR)
    assert (Money(row.first).text, Money(row.adjusted).text, Money(row.actual).text) == (
        "1000.00", "500.00", "1500.00",
    )  # fmt: skip
    with house.registry.read() as conn:
        states = [(one.version, one.state) for one in budgets.versions(conn, UNIT, YEAR)]
        acts = [act.action for act in oplog.entries(conn, UNIT, house.now.date(), date(2027, 1, 1))]
    assert states == [(1, "superseded"), (2, "approved")]
    assert acts.count("budget.approve") == 2


def test_a_revision_below_what_was_spent_is_not_approved(house: House) -> None:
    set_budget(house)
    house.post(spend(house, "800.00"))
    with pytest.raises(Refused, match="bad-budget"):
        set_budget(house, plan("700.00"), revision=True)


def test_the_book_holds_the_budget_for_fava_and_for_bean_check(house: House) -> None:
    set_budget(house)
    house.post(spend(house, "1000.00"))
    set_budget(house, plan("1200.00"), revision=True)
    house.post(spend(house, "200.00"))
    text = (house.folder / "funds.bean").read_text(encoding="utf-8")
    assert f'custom "budget" {ACTIVITY} "quarterly" 250.00 CNY' in text
    assert f'custom "budget" {ACTIVITY} "quarterly" 300.00 CNY' in text
    assert checking.check_federation(house.registry) == []
    # The book alone gives the journal again, and the ceilings hold as before.
    rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
    with pytest.raises(Refused, match="over-budget"):
        workflow.propose(house.registry, spend(house, "0.01"), house.maker, house.now)


def test_bean_check_finds_a_book_that_goes_beyond_a_hard_ceiling(house: House) -> None:
    house.post(spend(house, "300.00"))
    set_budget(house)
    funds = house.folder / "funds.bean"
    text = funds.read_text(encoding="utf-8")
    assert 'q1: "250.00"' in text
    # Somebody lowers the plan in the text, and moves it before the voucher.
    lowered = text.replace('"250.00"', '"50.00"')
    funds.write_text(lowered.replace('  after: "', '  after: "-'), encoding="utf-8")
    found = " ".join(str(error) for error in book.check_in_child(house.folder))
    assert "over-budget" in found


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [plan(account="Expenses:599-没有")],
        [plan(account=BANK)],
        [BudgetLine(YEAR, "F99", ACTIVITY, (1, 0, 0, 0), HARD)],
        [BudgetLine(YEAR, "F01", ACTIVITY, (-1, 0, 0, 0), HARD)],
        [BudgetLine(YEAR, "F01", ACTIVITY, (1, 0, 0, 0), "iron")],
        [plan(), plan()],
    ],
)
def test_lines_that_make_no_sense_are_refused(house: House, lines: list[BudgetLine]) -> None:
    with pytest.raises(Refused, match="bad-budget"):
        deciding.propose(
            house.registry, UNIT, YEAR, lines, DECISION, "", house.maker, house.now, revision=False
        )


def test_a_budget_is_set_once_and_then_revised_with_a_reason(house: House) -> None:
    set_budget(house)
    for revision, reason in ((False, ""), (True, "")):
        with pytest.raises(Refused, match="budget-set"):
            deciding.propose(
                house.registry, UNIT, YEAR, [plan()], DECISION, reason, house.maker, house.now,
                revision=revision,
            )  # fmt: skip
    with pytest.raises(NotAllowed):
        deciding.propose(
            house.registry, UNIT, YEAR, [plan()], DECISION, "x", house.reader, house.now,
            revision=True,
        )  # fmt: skip


def test_a_version_that_waits_is_taken_back(house: House) -> None:
    deciding.propose(
        house.registry, UNIT, YEAR, [plan()], DECISION, "", house.maker, house.now, revision=False
    )
    with pytest.raises(NotAllowed):
        deciding.withdraw(house.registry, UNIT, YEAR, 1, house.reader, house.now)
    deciding.withdraw(house.registry, UNIT, YEAR, 1, house.maker, house.now)
    with pytest.raises(CannotRun):
        deciding.approve(house.registry, UNIT, YEAR, 1, house.checker, house.now)


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.integers(1, 60000), min_size=1, max_size=6), st.booleans())
def test_whatever_is_posted_the_sum_kept_is_the_sum_of_the_book(
    small_house: House, amounts: list[int], late: bool
) -> None:
    house = small_house
    with house.registry.read() as conn:
        known = budgets.in_force(conn, UNIT, [YEAR])
    if not known:
        set_budget(house)
    for fen in amounts:
        day = date(2026, 3, 5 if late else 9)
        try:
            house.post(spend(house, Money(fen).text, day))
        except Refused as fault:
            assert {found.rule for found in fault.findings} == {"over-budget"}
    with house.registry.write() as conn:
        (line,) = budgets.in_force(conn, UNIT, [YEAR])
        kept = ceilings.posted_on(conn, UNIT, [line])
        assert kept == ceilings.sums_of(conn, UNIT, [line])
        assert kept[line] <= line.total


@pytest.mark.parametrize(
    "control, before, added, severity",
    [
        (HARD, 0, 100000, None), (HARD, 1, 100000, "error"), (SOFT, 1, 100000, "warning"),
        (NONE, 1, 10**9, None), (HARD, 200000, -5, None),
    ],
)  # fmt: skip
def test_a_line_is_exceeded_by_its_control(
    control: str, before: int, added: int, severity: str | None
) -> None:
    found = check_line(plan(control=control), before, added)
    assert (found.severity if found else None) == severity


def test_the_command_sets_approves_and_shows(house: House) -> None:
    def run(*words: str, user: str = "zhou") -> tuple[int, str]:
        place = ("--unit", UNIT, "--year", "2026")
        told = by_user(house.registry.folder, user, f"budget {words[0]}", *place, *words[1:])
        return told.status, told.said

    line = f"F01:{ACTIVITY}=100.00,200.00,300.00,400.00,hard"
    assert run("set", "--line", line, "--decision", DECISION)[0] == 0
    assert run("approve", "1")[0] == 1  # by who made it
    assert run("approve", "1", user="lin")[0] == 0
    text = run("show", "--json")[1]
    told = json.loads(text)
    assert (told["lines"][0]["budget"], told["versions"][0]["state"]) == ("1000.00", "approved")
    assert [one["budget"] for one in told["lines"][0]["quarters"]] == [
        "100.00", "200.00", "300.00", "400.00",
    ]  # fmt: skip
    assert run("revise", "--line", "nonsense", "--decision", DECISION)[0] == 1
    assert "职工活动支出      1,000.00" in run("show")[1]


def test_the_statement_opens_every_figure(house: House) -> None:
    set_budget(house, plan("1000.00"), plan("80.00", NONE, DUES))
    house.post(house.draft("50.00"))
    house.post(spend(house, "400.00"))
    set_budget(house, plan("1200.00"), plan("80.00", NONE, DUES), revision=True)
    period = Period.parse("2026-03")
    source = known_source(house.registry, UNIT, "budget", period)
    statement = catalogue.build("budget", source, period)
    rows = {line.code: line.cells for line in statement.lines if line.style != "heading"}
    assert [str(cell) for cell in rows["spending"][:3]] == [
        "1000.00 CNY", "200.00 CNY", "400.00 CNY",
    ]  # fmt: skip
    assert rows["spending"][4] == "33.3 %"
    assert every_figure_opens(source, statement)
    # What was posted in a quarter opens as well, though it has no column.
    line = next(line for line in statement.lines if line.code.startswith("F01.Expenses"))
    ref = f"{UNIT}/budget/2026-03/{line.code}/q1"
    assert catalogue.backing(source, ref).closing == Money(400_00)
    assert catalogue.backing(source, ref.replace("/q1", "/q2")).closing == Money(0)
    april = known_source(house.registry, UNIT, "budget", Period.parse("2026-02"))
    assert [row.actual for row in april.budget] == [0, 0]
