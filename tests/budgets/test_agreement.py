"""Posting path, plugin and standing say the same of any course of a year.

Versions come and go, lines are dropped and come back, vouchers are posted, reversed, reclassified
and carried over. Once ceilings hold, and once they only tell: then the book has everything that
would have been refused, and Beancount finds exactly that.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import reversing
from ledger.budgetcheck import CONTROLS, BudgetLine
from ledger.budgets import ceilings
from ledger.budgets.standing import compare
from ledger.entry import Draft, Voucher
from ledger.errors import Finding, Refused
from ledger.money import Money
from ledger.registry import budgets
from tests.budgets.plans import YEAR, moved, plan, set_budget
from tests.conftest import NOW
from tests.house import ACTIVITY, BANK, DUES, OFFICE, OPENING, UNIT, House, build_house

#: The wider account of the two that spending is planned on stands for both.
BELOW = ("Expenses:506-维权支出:01-法律援助", "Expenses:506-维权支出:02-培训")
WIDE = "Expenses:506-维权支出"
PLANNED = (ACTIVITY, OFFICE, DUES, WIDE, *BELOW)
SPENT = (ACTIVITY, OFFICE, *BELOW)
FEN = st.integers(1, 60_000)


@dataclass(frozen=True)
class Step:
    """One thing that happens; ``kind`` says which, the others what it is about."""

    kind: str
    account: str = ACTIVITY
    other: str = OFFICE
    fen: int = 0
    which: int = 0
    lines: tuple[BudgetLine, ...] = ()


def _versions() -> st.SearchStrategy[Step]:
    line = st.builds(
        lambda account, fen, control: plan(Money(fen).text, control, account),
        st.sampled_from(PLANNED), st.integers(0, 100_000), st.sampled_from(CONTROLS),
    )  # fmt: skip
    chosen = st.lists(line, min_size=1, max_size=4, unique_by=lambda one: one.account)
    return st.builds(lambda lines: Step("version", lines=tuple(lines)), chosen)


STEPS = st.lists(
    st.one_of(
        _versions(),
        st.builds(Step, st.just("spend"), st.sampled_from(SPENT), fen=FEN),
        st.builds(Step, st.just("income"), st.just(DUES), fen=FEN),
        st.builds(Step, st.just("move"), st.sampled_from(SPENT), st.sampled_from(SPENT), FEN),
        st.builds(Step, st.just("carry"), st.sampled_from((*SPENT, DUES)), fen=FEN),
        st.builds(Step, st.just("reverse"), which=st.integers(0, 30)),
    ),
    min_size=3,
    max_size=14,
)


@dataclass
class Year:
    """A year that is lived step by step; ``told`` are vouchers with what was found against them."""

    house: House
    holds: bool
    posted: list[Voucher] = field(default_factory=list)
    back: set[str] = field(default_factory=set)
    told: dict[str, int] = field(default_factory=dict)
    refused: int = 0

    def live(self, step: Step, found: list[Finding]) -> None:
        if step.kind == "version":
            self._version(step)
            return
        draft = self._draft(step)
        if draft is None:
            return
        found.clear()
        try:
            voucher = self.house.post(draft)
        except Refused as fault:
            assert {one.rule for one in fault.findings} == {"over-budget"}
            assert self.holds
            self.refused += 1
            return
        self.posted.append(voucher)
        # Told when it is proposed, and again when it is approved: the same each time.
        if not self.holds and found:
            assert len(found) % 2 == 0
            self.told[voucher.number] = len(found) // 2
        if draft.reverses:
            self.back.add(draft.reverses)

    def _version(self, step: Step) -> None:
        with self.house.registry.read() as conn:
            known = budgets.versions(conn, UNIT, YEAR)
        # A revision below what was spent, or without a line that was spent on, is refused.
        try:
            set_budget(self.house, *step.lines, revision=any(row.was_approved for row in known))
        except Refused as fault:
            assert {one.rule for one in fault.findings} <= {"bad-budget", "budget-dropped"}

    def _draft(self, step: Step) -> Draft | None:
        amount, day = Money(step.fen).text, date(2026, 3, 5)
        if step.kind == "spend":
            return self.house.draft(amount, debit=step.account, credit=BANK, kind="付", day=day)
        if step.kind == "income":
            return self.house.draft(amount, day=day)
        if step.kind == "move":
            return None if step.account == step.other else moved(amount, step.account, step.other)
        if step.kind == "carry":
            is_income = step.account == DUES
            sides = (step.account, OPENING) if is_income else (OPENING, step.account)
            return moved(amount, *sides)
        open_ = [v for v in self.posted if v.number not in self.back and not v.draft.reverses]
        if not open_:
            return None
        voucher = open_[step.which % len(open_)]
        return reversing.reversal_of(voucher, date(2026, 3, 6), "填错")

    def agree(self) -> None:
        """The kept sums, the journal read anew, and the read model of the text are one."""
        registry = self.house.registry
        with registry.read() as conn:
            lines = budgets.in_force(conn, UNIT, [YEAR])
            kept = budgets.posted(conn, UNIT, lines)
            assert kept == ceilings.sums_of(conn, UNIT, lines)
        rows = compare(registry, UNIT, YEAR)
        assert {replace(row.line, after=0): row.actual for row in rows} == kept
        self._execution(sum(line.total for line in lines))
        if self.holds:
            assert all(
                kept[line] <= line.total
                for line in lines
                if line.control == "hard" and line.sign > 0
            )

    def _execution(self, planned: int) -> None:
        """The first version and what was adjusted are the version in force, line by line."""
        registry = self.house.registry
        rows = compare(registry, UNIT, YEAR, dropped=True)
        assert sum(row.first + row.adjusted for row in rows) == planned
        with registry.read() as conn:
            known = [row.version for row in budgets.versions(conn, UNIT, YEAR) if row.was_approved]
            first = budgets.lines_of(conn, UNIT, YEAR, known[0]) if known else []
        assert sum(row.first for row in rows) == sum(line.total for line in first)
        seen = [(one.number, one.line) for row in rows for one in row.posted]
        assert len(seen) == len(set(seen)), "a posting stands on two lines"

    def plugin(self) -> dict[str, int]:
        """By voucher, how many ceilings Beancount finds exceeded."""
        _, errors, _ = loader.load_file(str(self.house.folder / "book.bean"))
        found: dict[str, int] = {}
        for error in errors:
            assert "over-budget" in error.message, error
            assert isinstance(error.entry, data.Transaction)
            number = str(error.entry.meta["voucher"])
            found[number] = found.get(number, 0) + 1
        return found


@contextmanager
def _house() -> Iterator[House]:
    with tempfile.TemporaryDirectory() as folder:
        house = build_house(Path(folder) / "federation", url="sqlite:///registry.db", now=NOW)
        house.open(*BELOW)
        yield house
        house.registry.close()


_SETTINGS = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


@_SETTINGS
@given(STEPS)
def test_what_is_refused_leaves_a_book_in_which_nothing_is_exceeded(steps: list[Step]) -> None:
    with _house() as house:
        year = Year(house, holds=True)
        for step in steps:
            year.live(step, [])
            year.agree()
        assert year.plugin() == {}


@_SETTINGS
@given(STEPS)
def test_beancount_finds_what_the_posting_path_would_have_refused(steps: list[Step]) -> None:
    with _house() as house, pytest.MonkeyPatch.context() as patch:
        found: list[Finding] = []
        check = ceilings.Ceilings.check

        def only_tell(self: ceilings.Ceilings, draft: Draft) -> list[Finding]:
            found.extend(one for one in check(self, draft) if one.severity == "error")
            return []

        patch.setattr(ceilings.Ceilings, "check", only_tell)
        year = Year(house, holds=False)
        for step in steps:
            year.live(step, found)
            year.agree()
        assert year.plugin() == year.told


def test_the_year_that_is_drawn_does_meet_its_ceilings() -> None:
    """A fixed course with a refusal of each kind, so that the properties are not empty."""
    hard = plan("100.00", "hard")
    steps = [
        Step("version", lines=(hard, plan("50.00", "hard", WIDE))),
        Step("spend", BELOW[0], fen=50_00),
        Step("spend", BELOW[1], fen=1),
        Step("spend", ACTIVITY, fen=100_00),
        Step("move", ACTIVITY, BELOW[0], 1),
        Step("reverse", which=1),
        Step("move", ACTIVITY, BELOW[0], 20_00),
        Step("carry", ACTIVITY, fen=20_00),
        Step("spend", ACTIVITY, fen=80_01),
    ]
    with _house() as house:
        year = Year(house, holds=True)
        for step in steps:
            year.live(step, [])
            year.agree()
        assert (year.refused, len(year.posted)) == (3, 5)
        assert year.plugin() == {}
