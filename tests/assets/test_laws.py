"""Depreciation through the posting path: exact over whole lives, and the same in every witness."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest
from beancount import loader
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from ledger import rebuild
from ledger.account import account_code
from ledger.assets import life, tie_out
from ledger.assets.depreciating import depreciate
from ledger.assets.requesting import approve
from ledger.checking import check_unit
from ledger.clock import CHINA
from ledger.errors import Refused
from ledger.money import Money
from ledger.period import Month
from ledger.registry import assets
from ledger.registry.assets import Standing, Wearing
from ledger.registry.schema import asset, asset_sum
from ledger.rules.depreciation import Terms, charge_of
from tests.assets.keeping import UNIT, Keeping, begin
from tests.assets.test_attacks import WORN

LONG_AFTER = datetime(2046, 1, 31, 10, 0, tzinfo=CHINA)
FIRST, END = Month(2026, 1), Month(2046, 1)


@dataclass
class Life:
    """Things that are bought, wear, are estimated anew and leave, month after month."""

    keeping: Keeping
    month: Month = FIRST
    codes: list[str] = field(default_factory=list)
    residual: dict[str, int] = field(default_factory=dict)

    def buy(self, fen: int, months: int) -> None:
        said: dict[str, object] = {"cost": Money(fen), "acquired": self.day(), "bulk": True}
        if self.keeping.chart == "npo-2024":
            said |= {"life_months": months, "residual": Money(fen // 20)}
        code = self.keeping.own(**said)
        self.codes.append(code)
        self.residual[code] = fen // 20 if self.keeping.chart == "npo-2024" else 0

    def day(self) -> date:
        return date(self.month.year, self.month.month, 15)

    def wear(self, ahead: int, months: int) -> None:
        """A later month is charged, with what the months between left out."""
        for _ in range(ahead % 3 + 1):
            self.month = self.month.next()
        with suppress(Refused):
            self.keeping.wear(str(self.month))

    def estimate(self, at: int, months: int) -> None:
        if not self.codes:
            return
        code = self.codes[at % len(self.codes)]
        if self.keeping.stands(code, self.keeping.now.date()).state != "in-use":
            return
        before = files(self.keeping)
        with suppress(Refused):  # charged already, or estimated from a later month on
            row = self.keeping.ask(
                "estimate", code, month=self.month.next(), life_months=months, day=self.day(),
                residual=Money(self.residual[code]),
            )  # fmt: skip
            approve(self.keeping.registry, UNIT, row.code, self.keeping.checker, self.keeping.now)
        assert files(self.keeping) == before

    def leave(self, at: int, months: int) -> None:
        if not self.codes:
            return
        code = self.codes[at % len(self.codes)]
        if self.keeping.stands(code, self.keeping.now.date()).state != "in-use":
            return
        with suppress(Refused):
            voucher = self.keeping.leave("scrap", code, on=self.day(), day=self.day(),
                                         handed=self.day())  # fmt: skip
            if months % 2:
                self.keeping.reverse(voucher, self.day())
                row = self.keeping.stands(code, self.keeping.now.date()).open
                assert row is not None
                told = self.keeping.run("asset", "withdraw", row.code)
                assert told.status == 0, told.err


def files(keeping: Keeping) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(keeping.folder.glob("2*/*.bean"))}


def in_text(keeping: Keeping) -> dict[str, int]:
    """What was depreciated of each thing by Beancount's own loader, in fen."""
    found, errors, _ = loader.load_file(str(keeping.folder / "book.bean"))
    assert not errors, errors
    sums: dict[str, int] = {}
    for entry in found:
        for line in getattr(entry, "postings", ()):
            if account_code(line.account) == WORN[keeping.chart]:
                code = line.meta["asset"]
                sums[code] = sums.get(code, 0) - int(line.units.number * 100)
    return sums


def sums_of(keeping: Keeping) -> dict[str, Standing]:
    with keeping.registry.read() as conn:
        return assets.sums(conn, UNIT)


steps = st.tuples(
    st.sampled_from(["buy", "buy", "wear", "wear", "wear", "estimate", "leave"]),
    st.integers(1000_00, 90_000_00), st.integers(1, 90),
)  # fmt: skip


@pytest.mark.parametrize("chart", ["union-2021-basic", "npo-2024", "government-2019"])
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(lived=st.lists(steps, min_size=4, max_size=12))
def test_all_that_is_charged_is_cost_less_residual_value(
    chart: str, lived: Iterable[tuple[str, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        keeping = begin(Path(folder) / "federation", chart)
        keeping.now = LONG_AFTER
        one = Life(keeping)
        one.buy(12345_67, 60)
        for what, fen, months in lived:
            getattr(one, what)(fen, months)
        with suppress(Refused):
            keeping.wear(str(END))
        for code in one.codes:
            stood = keeping.stands(code, LONG_AFTER.date())
            assert stood.worn_fen == (
                0 if stood.state == "gone" else stood.cost_fen - one.residual[code]
            ), code
        worn = {code: of.accumulated_fen for code, of in sums_of(keeping).items()}
        assert {code: fen for code, fen in in_text(keeping).items() if fen} == {
            code: fen for code, fen in worn.items() if fen
        }
        with pytest.raises(Refused, match="nothing-to-charge"):
            depreciate(keeping.registry, UNIT, END, keeping.maker, keeping.now)
        assert tie_out.faults(keeping.registry, UNIT, END) == []
        assert check_unit(keeping.registry, UNIT) == []
        before = sums_of(keeping)
        rebuild.journal_from_text(keeping.registry, UNIT, keeping.maker.id, keeping.now)
        assert sums_of(keeping) == before
        keeping.registry.close()


@given(
    st.integers(0, 10**9), st.integers(0, 10**8), st.integers(1, 1200), st.integers(-5, 1300),
    st.integers(0, 10**9),
)  # fmt: skip
def test_what_is_reckoned_fast_is_what_is_reckoned_slowly(
    cost: int, residual: int, months: int, gone: int, worn: int
) -> None:
    residual = min(residual, cost)
    first, number = Month(2026, 1), 2026 * 12 + gone
    month = Month(number // 12, number % 12 + 1)
    row = Wearing("FA-00001", "bought", cost, residual, months, "straight-line", 0, "2026-01", "")
    terms = Terms(cost, residual, months, "straight-line", first)
    assert life.due(row, month, worn) == charge_of(terms, (), month, worn)


# ---- what is altered is found --------------------------------------------------------------------


def test_a_sum_or_a_card_that_is_altered_is_found(kept: Keeping) -> None:
    code = kept.own()
    kept.wear("2026-04")
    assert check_unit(kept.registry, UNIT) == []
    with kept.registry.write() as conn:
        conn.execute(update(asset_sum).values(accumulated_fen=1))
    assert "asset-differs" in {one.rule for one in check_unit(kept.registry, UNIT)}
    rebuild.journal_from_text(kept.registry, UNIT, kept.maker.id, kept.now)
    assert check_unit(kept.registry, UNIT) == []
    with kept.registry.write() as conn:
        conn.execute(update(asset).where(asset.c.code == code).values(cost_fen=1))
    told = {one.rule for one in tie_out.faults(kept.registry, UNIT, Month(2026, 4))}
    assert "asset-cost" in told
