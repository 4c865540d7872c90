"""What went past a budget unseen, and is seen now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger import checking, workflow
from ledger.account import carries_over
from ledger.budgetcheck import HARD, NONE, SOFT
from ledger.budgets import deciding
from ledger.budgets.standing import compare
from ledger.entry import Draft
from ledger.errors import NotAllowed, Refused
from ledger.registry import budgets, oplog, users
from tests.asked import asked
from tests.budgets.plans import DECISION, YEAR, moved, plan, propose, set_budget, spend
from tests.house import ACTIVITY, BANK, DUES, OFFICE, OPENING, PASSWORD, UNIT, House


def refused(house: House, draft: Draft) -> set[str]:
    """The rules by which a draft is refused; none if it may be posted."""
    try:
        waits = workflow.propose(house.registry, draft, house.maker, house.now)
    except Refused as fault:
        return {found.rule for found in fault.findings}
    workflow.withdraw(house.registry, waits, house.maker, house.now)
    return set()


# ---- lines that come back ----------------------------------------------------------------------


def test_a_line_that_a_revision_brings_back_is_summed_afresh(house: House) -> None:
    """Version 2 leaves activities out, 600 are spent meanwhile, version 3 plans 700 of them."""
    set_budget(house, plan("500.00"), plan("100.00", NONE, OFFICE))
    set_budget(house, plan("100.00", NONE, OFFICE), revision=True)
    house.post(spend(house, "600.00"))
    set_budget(house, plan("700.00"), revision=True)
    assert refused(house, spend(house, "100.01")) == {"over-budget"}
    house.post(spend(house, "100.00"))
    assert checking.check_federation(house.registry) == []


def test_a_line_that_comes_back_below_what_was_spent_is_not_approved(house: House) -> None:
    set_budget(house, plan("500.00"), plan("100.00", NONE, OFFICE))
    set_budget(house, plan("100.00", NONE, OFFICE), revision=True)
    house.post(spend(house, "600.00"))
    with pytest.raises(Refused, match="bad-budget"):
        set_budget(house, plan("599.99"), revision=True)


def test_a_batch_asks_for_the_budget_once_however_many_vouchers_it_has(
    small_house: House,
) -> None:
    house = small_house
    set_budget(house, plan("9000.00"), plan("9000.00", SOFT, OFFICE))
    counts = []
    for count in (2, 20):
        ids = [
            workflow.propose(house.registry, spend(house, "1.00"), house.maker, house.now)
            for _ in range(count)
        ]
        with asked(house.registry) as heard:
            workflow.approve_many(house.registry, UNIT, ids, house.checker, house.now)
        texts = [question.text for question in heard]
        counts.append(len([text for text in texts if "SELECT" in text and "budget" in text]))
        moves = [text for text in texts if text.startswith("UPDATE budget_sum")]
        assert len(moves) == count
    assert counts[0] == counts[1] <= 2


# ---- carrying over and reclassifying -----------------------------------------------------------


@pytest.mark.parametrize(
    "accounts, is_one",
    [
        ([DUES, OPENING], True),
        ([OPENING, ACTIVITY, OFFICE], True),
        ([ACTIVITY, OFFICE], False),
        ([DUES, ACTIVITY], False),
        ([OPENING, "Equity:301-资产基金"], False),
        ([DUES, OPENING, BANK], False),
        ([], False),
    ],
)
def test_only_net_assets_and_a_result_together_carry_over(
    accounts: list[str], is_one: bool
) -> None:
    assert carries_over(accounts) is is_one
    assert carries_over(reversed(accounts)) is is_one


def test_spending_that_is_moved_onto_a_full_hard_line_is_refused(house: House) -> None:
    set_budget(house, plan("100.00"))
    house.post(spend(house, "100.00"))
    house.post(spend(house, "50.00", account=OFFICE))
    assert refused(house, moved("50.00", ACTIVITY, OFFICE)) == {"over-budget"}
    # Off the line it makes room, and the book tells the same.
    house.post(moved("40.00", OFFICE, ACTIVITY))
    house.post(spend(house, "40.00", day=date(2026, 3, 7)))
    (row,) = compare(house.registry, UNIT, YEAR)
    assert row.actual == 100_00
    assert checking.check_federation(house.registry) == []


def test_a_carry_over_and_its_reversal_count_nowhere(house: House) -> None:
    """The reversal credits net assets and debits spending: it spends nothing again."""
    set_budget(house, plan("100.00"), plan("50.00", NONE, DUES))
    house.post(house.draft("80.00"))
    house.post(spend(house, "100.00"))
    voucher = house.post(moved("100.00", OPENING, ACTIVITY, date(2026, 3, 31)))
    house.post(moved("80.00", DUES, OPENING, date(2026, 3, 31)))
    rows = {row.line.account: row.actual for row in compare(house.registry, UNIT, YEAR)}
    assert rows == {ACTIVITY: 100_00, DUES: 80_00}
    house.reverse(voucher, date(2026, 3, 31), "填错")
    rows = {row.line.account: row.actual for row in compare(house.registry, UNIT, YEAR)}
    assert rows == {ACTIVITY: 100_00, DUES: 80_00}
    assert refused(house, spend(house, "0.01")) == {"over-budget"}
    assert checking.check_federation(house.registry) == []


# ---- dropping a hard line ----------------------------------------------------------------------


def test_a_hard_line_with_spending_is_not_dropped(house: House) -> None:
    set_budget(house, plan("500.00"), plan("100.00", NONE, OFFICE))
    house.post(spend(house, "300.00"))
    with pytest.raises(Refused, match="budget-dropped") as caught:
        propose(house, plan("100.00", NONE, OFFICE), revision=True)
    (found,) = caught.value.findings
    assert "300.00" in found.what.zh and "300.00" in found.remedy.zh
    # Kept at what was spent it goes through.
    set_budget(house, plan("300.00"), plan("100.00", NONE, OFFICE), revision=True)


def test_what_was_spent_after_the_proposal_is_seen_when_it_is_approved(house: House) -> None:
    set_budget(house, plan("500.00"), plan("100.00", NONE, OFFICE))
    version = propose(house, plan("100.00", NONE, OFFICE), revision=True)
    house.post(spend(house, "300.00"))
    with pytest.raises(Refused, match="budget-dropped"):
        deciding.approve(
            house.registry, UNIT, YEAR, version, house.checker, house.now, confirmed=True
        )


def test_an_approver_confirms_that_a_hard_line_is_no_longer_one(house: House) -> None:
    set_budget(house, plan("500.00"), plan("100.00", HARD, OFFICE))
    version = propose(house, plan("500.00", SOFT), revision=True)
    with pytest.raises(Refused) as caught:
        deciding.approve(house.registry, UNIT, YEAR, version, house.checker, house.now)
    told = [(found.rule, found.severity) for found in caught.value.findings]
    assert told == [("budget-loosened", "error"), ("budget-loosened", "error")]
    assert "--confirm" in caught.value.findings[0].remedy.en
    deciding.approve(house.registry, UNIT, YEAR, version, house.checker, house.now, confirmed=True)
    house.post(spend(house, "600.00"))


# ---- a soft ceiling ----------------------------------------------------------------------------


def test_beyond_a_soft_line_maker_and_checker_are_told(house: House) -> None:
    set_budget(house, plan("100.00", SOFT))
    house.post(spend(house, "90.00"))
    inside = workflow.propose(house.registry, spend(house, "10.00"), house.maker, house.now)
    beyond = workflow.propose(house.registry, spend(house, "10.01"), house.maker, house.now)
    assert workflow.find_waiting(house.registry, inside).warnings == ()
    (told,) = workflow.find_waiting(house.registry, beyond).warnings
    assert (told.rule, told.severity) == ("over-budget", "warning")
    by_id = {waits.id: waits.warnings for waits in workflow.waiting(house.registry, UNIT)}
    assert by_id == {inside: (), beyond: (told,)}
    # A warning hinders nobody.
    workflow.approve(house.registry, beyond, house.checker, house.now)


def test_looking_at_what_waits_writes_nothing(house: House) -> None:
    set_budget(house, plan("100.00", SOFT))
    with house.registry.write() as conn:
        budgets.forget_posted(conn, UNIT)
    # Who proposes holds no lock, and keeps no sum that a voucher of another would miss.
    workflow.propose(house.registry, spend(house, "200.00"), house.maker, house.now)
    (waits,) = workflow.waiting(house.registry, UNIT)
    assert [found.rule for found in waits.warnings] == ["over-budget"]
    with house.registry.read() as conn:
        (line,) = budgets.in_force(conn, UNIT, [YEAR])
        assert budgets.posted(conn, UNIT, [line]) == {}
    workflow.approve(house.registry, waits.id, house.checker, house.now)
    with house.registry.read() as conn:
        assert budgets.posted(conn, UNIT, [line]) == {line: 200_00}


# ---- whose version it is -----------------------------------------------------------------------


@pytest.fixture
def other(house: House) -> users.User:
    """Another treasurer of the unit."""
    with house.registry.write() as conn:
        return users.add(
            conn, login="tang", password=PASSWORD, roles=frozenset({(UNIT, "treasurer")}),
            now=house.now,
        )  # fmt: skip


def test_only_its_maker_or_who_may_approve_takes_a_version_back(
    house: House, other: users.User
) -> None:
    version = propose(house)
    with pytest.raises(NotAllowed, match="not-your-budget"):
        deciding.withdraw(house.registry, UNIT, YEAR, version, other, house.now)
    deciding.withdraw(house.registry, UNIT, YEAR, version, house.maker, house.now)
    version = propose(house)
    deciding.withdraw(house.registry, UNIT, YEAR, version, house.checker, house.now)


def test_another_makers_version_that_waits_is_not_taken_back_in_silence(
    house: House, other: users.User
) -> None:
    version = propose(house)
    with pytest.raises(Refused, match="budget-waits") as caught:
        deciding.propose(
            house.registry, UNIT, YEAR, [plan("5.00")], DECISION, "", other, house.now,
            revision=False,
        )  # fmt: skip
    (found,) = caught.value.findings
    assert str(version) in found.what.zh and "zhou" in found.what.zh
    # One's own is replaced, and the log keeps that it was.
    assert propose(house, plan("5.00")) == version + 1
    with house.registry.read() as conn:
        states = {row.version: row.state for row in budgets.versions(conn, UNIT, YEAR)}
        acts = [
            act.action
            for act in oplog.entries(conn, UNIT, house.now.date(), date(2027, 1, 1))
            if act.action.startswith("budget.")
        ]
    assert states == {version: "withdrawn", version + 1: "draft"}
    assert acts.count("budget.withdraw") == 1


def test_an_earlier_approved_version_is_superseded(house: House) -> None:
    set_budget(house)
    set_budget(house, plan("1200.00"), revision=True)
    propose(house, plan("1300.00"), revision=True)
    with house.registry.read() as conn:
        states = [row.state for row in budgets.versions(conn, UNIT, YEAR)]
    assert states == ["superseded", "approved", "draft"]


def test_the_decisions_paper_is_kept_by_its_digest_and_stands_in_the_book(
    house: House, tmp_path: Path
) -> None:
    from ledger.registry import papers

    path = tmp_path / "决议.pdf"
    path.write_bytes(b"%PDF-1.7 example")
    digest = papers.store(house.registry, UNIT, path, user=house.maker.id, now=house.now)
    row = deciding.propose(
        house.registry, UNIT, YEAR, [plan()], DECISION, "", house.maker, house.now,
        revision=False, papers=(digest,),
    )  # fmt: skip
    deciding.approve(house.registry, UNIT, YEAR, row.version, house.checker, house.now)
    with house.registry.read() as conn:
        assert [one.papers for one in budgets.versions(conn, UNIT, YEAR)] == [(digest,)]
    assert f'papers: "{digest}"' in (house.folder / "funds.bean").read_text(encoding="utf-8")
    assert checking.check_federation(house.registry) == []
    with pytest.raises(Refused, match="bad-budget"):
        deciding.propose(
            house.registry, UNIT, YEAR, [plan()], DECISION, "更正", house.maker, house.now,
            revision=True, papers=("0" * 64,),
        )  # fmt: skip
