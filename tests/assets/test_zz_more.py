"""Bound net assets are what their things are worth and the money that is left, whatever happens."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ledger.account import account_code
from ledger.checking import check_unit
from ledger.entry import Posting, Voucher
from ledger.errors import Refused
from ledger.founding import declare_fund
from ledger.gifts.given import Given
from ledger.gifts.recording import record
from ledger.gifts.releasing import release
from ledger.gifts.standing import gift_standings
from ledger.journal import open_pen
from ledger.money import Money
from ledger.registry import entries
from tests.assets.keeping import OPENED, UNIT, Keeping, begin
from tests.assets.test_given import carded, donor

FUND = "F03"
JUNE = date(2026, 6, 30)
#: The restricted ones: donations, other income, net assets.
BOUND = ("410102", "490102", "3102")


@dataclass
class Life:
    """A bound fund in which things are given, bought, worn and disposed of, a few days apart."""

    keeping: Keeping
    giver: str
    day: date = date(2026, 2, 1)
    given: list[str] = field(default_factory=list)
    bought: list[str] = field(default_factory=list)
    left: list[Voucher] = field(default_factory=list)
    worn: int = 1

    def next(self) -> date:
        self.day += timedelta(days=3)
        return self.day

    def give_money(self, fen: int) -> None:
        self._give("cash", fen, money=self.keeping.bank)

    def give_thing(self, fen: int) -> None:
        gift = self._give(
            "asset", fen, quantity="1", measure="辆", basis="invoice", paper=b"i", paper_name="i"
        )
        self.given.append(carded(self.keeping, gift, bulk=True))

    def _give(self, kind: str, fen: int, **said: object) -> str:
        facts = {"unit": UNIT, "kind": kind, "donor": self.giver, "day": self.next(), "fund": FUND}
        done = record(
            self.keeping.registry, Given(amount=Money(fen), **facts, **said),  # type: ignore[arg-type]
            self.keeping.maker, self.keeping.now,
        )  # fmt: skip
        self.keeping.approve(done.draft)
        return done.row.code

    def buy(self, fen: int) -> None:
        with suppress(Refused):  # more than the fund holds
            code = self.keeping.own(
                fund=FUND, cost=Money(fen), acquired=self.next(), bulk=True, worn=True
            )
            self.bought.append(code)

    def spend(self, fen: int) -> None:
        account, money = self.keeping.account("5101"), Money(fen)
        with suppress(Refused):
            self.keeping.post(
                Posting(account, money, FUND), Posting(self.keeping.bank, -money, FUND),
                day=self.next(),
            )  # fmt: skip

    def wear(self, _: int) -> None:
        self.worn += 1
        with suppress(Refused):
            self.keeping.wear(f"2026-{min(self.worn, self.day.month):02d}")

    def leave(self, kind: str, at: int, fen: int) -> None:
        there = [c for c in (*self.given, *self.bought) if self.keeping.stands(c).state == "in-use"]
        if not there:
            return
        code = there[at % len(there)]
        said: dict[str, Any] = {"price": Money(fen)} if kind == "sale" else {}
        with suppress(Refused):  # charged for a later month
            asked, on = self.day, self.next()
            self.left.append(self.keeping.leave(kind, code, on=on, day=asked, handed=on, **said))

    def reverse(self, _: int) -> None:
        if self.left:
            self.keeping.reverse(self.left.pop(), self.next())

    def bound(self) -> int:
        """What is bound by Beancount's own loader, credit positive, in fen."""
        return -sum(self.fen(code) for code in BOUND)

    def fen(self, code: str) -> int:
        return int(self.keeping.balance(code, FUND).replace(".", ""))

    def things(self) -> int:
        """What the things are worth that were given, in fen."""
        return sum(self.keeping.stands(code).net_fen for code in self.given)

    def release(self) -> None:
        with suppress(Refused):
            for draft in release(
                self.keeping.registry, UNIT, FUND, JUNE, self.keeping.maker, self.keeping.now
            ):
                self.keeping.approve(draft)


fens = st.integers(1_00, 30_000_00)
steps = st.one_of(
    st.tuples(st.sampled_from(["give_money", "give_thing", "buy", "spend"]), fens),
    st.tuples(st.sampled_from(["wear", "wear", "release_now", "reverse"]), st.just(0)),
    st.tuples(
        st.sampled_from(["sale", "scrap", "donation", "loss"]), st.integers(0, 9), fens
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(st.lists(steps, min_size=4, max_size=14))
def test_what_is_bound_is_what_was_given_and_stands_and_what_was_not_spent(
    lived: list[tuple[str, int] | tuple[str, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        keeping = begin(Path(folder) / "federation", "npo-2024")
        with open_pen(keeping.registry, UNIT, keeping.now) as pen:
            declare_fund(pen, entries.FundRow(FUND, "救助", "", "purpose", "示例", OPENED, None))
        life = Life(keeping, donor(keeping))
        life.give_money(100_000_00)
        for what, *of in lived:
            if len(of) == 2:
                life.leave(what, *of)
            elif what == "release_now":
                life.release()
            else:
                getattr(life, what)(*of)
        life.release()
        assert life.bound() == life.things() + life.fen(account_code(keeping.bank))
        for one in gift_standings(keeping.registry, UNIT, JUNE):
            assert one.received_fen == one.used_fen + one.held_fen + one.returned_fen
        assert check_unit(keeping.registry, UNIT) == []
        keeping.registry.close()
