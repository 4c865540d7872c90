"""Whatever happens to allocations in whatever order: no term falls below nothing, the book agrees.

Beancount's own loader reads the book that was written; what it says of each fund and of each line
that names an allocation is compared with how the allocations stand, as of every day.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from beancount import loader
from beancount.core.data import Transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import reversing, workflow
from ledger.allocations import entering, moving, standing
from ledger.allocations.standing import Standing, stands
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import Refused
from ledger.money import Money
from ledger.registry import allocation_moves
from tests.allocations.test_allocations import promise
from tests.house import ACTIVITY, BANK, LEVY, UNIT, House, build_house

NOW = datetime.fromisoformat("2026-03-20T10:00:00+08:00")
DAYS = [date(2026, 3, day) for day in range(2, 21)]

days = st.sampled_from(DAYS)
amounts = st.integers(1, 700)
#: Which of two special grants in one fund, or a general one; 3 is none of them.
whose = st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), whose, amounts, days),
        st.tuples(st.just("spend"), st.integers(0, 4), amounts, days),
        st.tuples(st.just("refund"), st.integers(0, 4), amounts, days),
        st.tuples(st.just("return"), whose, amounts, days),
        st.tuples(st.just("other"), whose, amounts, days),
        st.tuples(st.just("lapse"), whose, amounts, days),
        st.tuples(st.just("release"), whose, amounts, days),
        st.tuples(st.just("undo"), whose, st.integers(1, 4), days),
        st.tuples(st.just("reverse"), whose, st.integers(0, 12), days),
    ),
    max_size=14,
)


#: What happens before: each allocation came in part, was spent in part, and one was given back.
BEFORE = [
    ("arrive", 0, 600, DAYS[0]), ("arrive", 1, 500, DAYS[2]), ("arrive", 2, 700, DAYS[1]),
    ("spend", 3, 650, DAYS[4]), ("spend", 2, 80, DAYS[4]), ("return", 1, 120, DAYS[6]),
    ("refund", 0, 90, DAYS[7]), ("lapse", 0, 50, DAYS[3]), ("reverse", 0, 5, DAYS[8]),
]  # fmt: skip


@dataclass
class World:
    """Three allocations of 1,000 fen, and what was posted; refusals change nothing."""

    house: House
    codes: list[str] = field(default_factory=list)
    posted: list[Voucher] = field(default_factory=list)

    def begin(self) -> None:
        for name, nature, fund in (("甲", "special", "F03"), ("乙", "special", "F03"),
                                   ("丙", "general", "F02")):  # fmt: skip
            one = promise(
                name=name, nature=nature, fund=fund, amount=Money(1000), release_by=None,
                arrive_by=None,
            )  # fmt: skip
            code = entering.approve(self.house.registry, one, self.house.maker, NOW).code
            entering.confirm(self.house.registry, UNIT, code, self.house.checker, NOW)
            self.codes.append(code)

    def act(self, kind: str, which: int, number: int, day: date) -> None:
        registry, maker = self.house.registry, self.house.maker
        code, fen = self.codes[min(which, 2)], Money(number)
        if kind == "arrive":
            self._take(moving.arrive(registry, UNIT, code, fen, BANK, day, maker, NOW))
        elif kind == "return":
            self._take(moving.give_back(registry, UNIT, code, fen, BANK, day, "文件", maker, NOW))
        elif kind in ("spend", "refund", "other"):
            self._post(kind, which, fen, day)
        elif kind == "reverse" and self.posted:
            voucher = self.posted[number % len(self.posted)]
            later = max(day, voucher.draft.day)
            self._take(
                reversing.reverse(
                    registry, UNIT, voucher.number, maker, NOW, day=later, reason="误记"
                )
            )
        elif kind in ("lapse", "release"):
            getattr(entering, kind)(registry, UNIT, code, fen, day, "", maker, NOW)
        elif kind == "undo":
            entering.undo(registry, UNIT, code, number, maker, NOW)
        if kind in ("lapse", "undo"):
            self._confirm(code)

    def _confirm(self, code: str) -> None:
        try:
            entering.confirm(self.house.registry, UNIT, code, self.house.checker, NOW)
        except Refused:
            found = standing.standing(self.house.registry, UNIT, code, NOW.date())
            for one in found.waiting:
                entering.refuse(
                    self.house.registry, UNIT, code, "", self.house.checker, NOW, one.number
                )

    def _post(self, kind: str, which: int, fen: Money, day: date) -> None:
        """Spending, what comes back of it, or income that is no allocation's."""
        names = {0: self.codes[0], 1: self.codes[1], 2: self.codes[2], 4: "other"}
        fund = "F02" if which == 2 else "F03"
        said = (("allocation", names[which]),) if which in names and kind != "other" else ()
        own = fen if kind == "spend" else -fen
        account = LEVY if kind == "other" else ACTIVITY
        lines = (Posting(account, own, fund, said), Posting(BANK, -own, fund))
        draft = Draft(UNIT, day, "转", "业务", lines)
        self._take(workflow.propose(self.house.registry, draft, self.house.maker, NOW))

    def _take(self, draft: str) -> None:
        try:
            done = workflow.approve(self.house.registry, draft, self.house.checker, NOW)
        except Refused:
            workflow.withdraw(self.house.registry, draft, self.house.maker, NOW)
            raise
        assert isinstance(done, Voucher)
        self.posted.append(done)


def terms(one: Standing) -> dict[str, int]:
    return {
        "released": one.released_fen, "lapsed": one.lapsed_fen, "arrived": one.arrived_fen,
        "spent": one.spent_fen, "returned": one.returned_fen, "held": one.held_fen,
        "outstanding": one.outstanding_fen,
    }  # fmt: skip


#: Day, account, fund, allocation, whether it reverses, and fen of a posting.
Line = tuple[date, str, str, str | None, bool, int]


def book_says(world: World) -> list[Line]:
    """Every posting, as Beancount's loader reads it."""
    entries, errors, _ = loader.load_file(str(world.house.folder / "book.bean"))
    assert errors == []
    found = []
    for entry in entries:
        if not isinstance(entry, Transaction):
            continue
        for line in entry.postings:
            assert line.units is not None
            assert line.units.number is not None
            meta = line.meta or {}
            fen = int(line.units.number * Decimal(100))
            reverses = "reverses" in entry.meta
            found.append(
                (entry.date, line.account, meta["fund"], meta.get("allocation"), reverses, fen)
            )
    return found


def check(world: World) -> None:
    book = book_says(world)
    for day in DAYS:
        lines = [line for line in book if line[0] <= day]
        found = {one.row.code: one for one in stands(world.house.registry, UNIT, day)}
        for code in world.codes:
            one = found[code]
            assert all(fen >= 0 for fen in terms(one).values()), (day, terms(one))
            assert one.row.fen == one.outstanding_fen + one.arrived_fen + one.lapsed_fen
            assert one.arrived_fen == one.spent_fen + one.held_fen + one.returned_fen
            # What came and went back is what the book's own lines say under the code; a reversal
            # is of what it reverses.
            income = [
                (fen, reverses)
                for _, account, _, named, reverses, fen in lines
                if account == LEVY and named == code
            ]
            assert one.arrived_fen == -sum(f for f, reverses in income if (f < 0) != reverses)
            assert one.returned_fen == sum(f for f, reverses in income if (f > 0) != reverses)
        special = [found[code] for code in world.codes[:2]]
        holds = sum(
            fen for _, account, fund, _, _, fen in lines if (account, fund) == (BANK, "F03")
        )
        assert {one.fund_fen for one in special} == {holds}
        assert sum(one.held_fen for one in special) <= holds
        if not others_in(book):
            # The fund is the grants' own: they hold what Beancount says that it holds.
            assert sum(one.held_fen for one in special) == holds
        general = found[world.codes[2]]
        named = [fen for _, account, _, code, _, fen in lines
                 if account == ACTIVITY and code == general.row.code]  # fmt: skip
        assert general.spent_fen == sum(named)


def others_in(book: list[Line]) -> bool:
    """Whether money that is no allocation's may ever have come into the grants' fund.

    Other income did; so does what comes back and names none, before anything was spent.
    """
    return any(
        named == "other"
        or (named is None and (account, fund) == (LEVY, "F03"))
        or (named is None and (account, fund) == (ACTIVITY, "F03") and (fen < 0) != reverses)
        for _, account, fund, named, reverses, fen in book
    )


@given(steps)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)  # fmt: skip
def test_every_term_stays_above_nothing_and_the_book_says_the_same(
    done: list[tuple[str, int, int, date]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(build_house(Path(folder) / "h", url="sqlite:///registry.db", now=NOW))
        try:
            world.begin()
            for step in [*BEFORE, *done]:
                try:
                    world.act(*step)
                except Refused:
                    continue
            check(world)
            with world.house.registry.write() as conn:
                before = allocation_moves.until(conn, UNIT, date.max)
                allocation_moves.forget(conn, UNIT)
            stands(world.house.registry, UNIT, NOW.date())
            with world.house.registry.read() as conn:
                assert allocation_moves.until(conn, UNIT, date.max) == before
        finally:
            world.house.registry.close()
