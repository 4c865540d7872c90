"""A month's dues of many members: the arithmetic by itself, and the whole with all that is stored.

The peer is the bare formula, one decimal product a member without dates, statuses or reasons.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from ledger.cli.bench.dues_month import measure_month
from ledger.cli.bench.median import median
from ledger.money import Money
from ledger.period import Month
from ledger.rules.assessment import assess_all
from ledger.rules.facts import Base, Frequency, MemberFacts, Reduction, StatusSince, Stay
from ledger.rules.rate_tables import RateTable
from ledger.rules.reassessment import recompute
from ledger.rules.record import as_record
from ledger.rules.rulebook import load
from ledger.rules.table import Place

_MONTH = Month(2026, 7)
_BRACKETS = ((3000, "0.005"), (5000, "0.01"), (10000, "0.015"), (10**9, "0.02"))


def measure(members: int, runs: int | None) -> str:
    """Medians for the Party's table, which has the most to look at."""
    runs = runs or 5
    table = load()[0].in_force(RateTable, "party", _MONTH.first, Place())
    facts = random_members(members)
    done, missing = assess_all(facts, table, _MONTH)
    bases = [Decimal(one.bases[-1].fen).scaleb(-2) for one in facts if one.bases]
    ours = median(lambda: assess_all(facts, table, _MONTH), runs)
    again = median(lambda: [recompute(one) for one in done], runs)
    flat = median(lambda: [as_record(one) for one in done], runs)
    peer = median(lambda: [_bare(base) for base in bases], runs)
    owed = sum(one.fen for one in done)
    whole, unchanged = measure_month(facts, runs)
    return "\n".join(
        (
            f"{members:,} 名会员 members，{runs} 次 runs，中位 medians",
            f"计算 assessed {ours}：应缴 owe {len(done):,}，合计 total "
            f"{Money(owed).grouped}，缺事实 lack facts {len(missing):,}",
            f"重算 recomputed {again}，写成记录 as records {flat}",
            f"只算公式 the bare formula {peer}（{len(bases):,} 个基数 bases）",
            f"整月入库 the whole month, facts read, assessments and claims stored {whole}",
            f"再算一次，无变化 assessed again, nothing changed {unchanged}",
        )
    )


def random_members(count: int, seed: int = 1) -> list[MemberFacts]:
    """Members as a federation has them: most steady, some new, leaving, retired or reduced."""
    draw = random.Random(seed)
    return [_member(draw, place) for place in range(count)]


def _member(draw: random.Random, place: int) -> MemberFacts:
    start = date(2015, 1, 1) + timedelta(days=draw.randrange(4200))
    end = None
    if draw.random() < 0.05:
        end = max(start, _MONTH.first) + timedelta(days=draw.randrange(1, 200))
    kind = draw.random()
    statuses = (StatusSince("staff" if kind < 0.75 else "student", start),)
    bases: tuple[Base, ...] = ()
    if kind < 0.75:
        first = Base(draw.randrange(2000_00, 15000_00), start)
        bases = (first, Base(first.fen + 300_00, date(2026, 1, 1)))
        if start > date(2026, 1, 1):
            bases = (first,)
    elif kind < 0.9:
        statuses = (StatusSince("retired", start),)
        bases = (Base(draw.randrange(2000_00, 9000_00), start, "pension"),)
    quarterly = (Frequency("quarterly", start, "支部决议"),) if draw.random() < 0.1 else ()
    reductions: tuple[Reduction, ...] = ()
    if draw.random() < 0.02:
        reductions = (Reduction(0, Month(2026, 1), None, "生活困难", "支部决议", "党委批复"),)
    return MemberFacts(
        f"m-{place:010d}", (Stay(start, end),), statuses, bases, (), quarterly, reductions
    )


def _bare(base: Decimal) -> Decimal:
    rate = next(rate for limit, rate in _BRACKETS if base <= limit)
    return (base * Decimal(rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)
