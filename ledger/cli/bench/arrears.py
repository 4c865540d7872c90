"""The ageing report of a large unit: months of claims of which some were never paid.

A day in the past beside today: what was settled since is unpaid then.
"""

from __future__ import annotations

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ledger import clock
from ledger.cli.bench.median import median
from ledger.dues.arrears import arrears_on
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.reference import make_code
from ledger.registry import Registry, claims, persons, units
from ledger.registry.claims import DUES, ClaimRow
from ledger.registry.schema import member as member_table
from ledger.registry.sets import insert_many

if TYPE_CHECKING:
    from sqlalchemy import Connection

_UNIT = "large"
_MONTHS = 6
_ON = date(2026, 6, 30)


def measure(count: int, runs: int | None) -> str:
    """Medians of the whole report for a unit of ``count`` members."""
    runs = runs or 5
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.create(Path(folder) / "bench", id="bench", name="测量")
        try:
            with registry.write() as conn:
                _fill(conn, registry, count)
            found = arrears_on(registry, _UNIT, _ON)
            ours = median(lambda: arrears_on(registry, _UNIT, _ON), runs)
            past = median(lambda: arrears_on(registry, _UNIT, date(2026, 3, 15)), runs)
        finally:
            registry.close()
    return "\n".join(
        (
            f"{count:,} 名会员 members × {_MONTHS} 月 months，{runs} 次 runs，中位 medians",
            f"欠费账龄 ageing {ours}：{len(found.rows):,} 人欠费 in arrears，"
            f"{Money(sum(found.ages)).grouped}",
            f"过去一日 as of 2026-03-15 {past}",
        )
    )


def _fill(conn: Connection, registry: Registry, count: int) -> None:
    draw = random.Random(1)
    units.add(
        conn, unit=_UNIT, name="大单位", name_en="Large", chart="union-2021-basic",
        opened=date(2026, 1, 1), limit_fen=10**6, upper=None,
    )  # fmt: skip
    now = clock.now()
    person = persons.add(conn, registry.vault, persons.PersonData("示例"), now)
    ids = [f"m-{place:010d}" for place in range(count)]
    insert_many(
        conn, member_table, ("id", "person", "unit", "number", "state", "joined"),
        [(id, person, _UNIT, id[2:], "active", date(2020, 1, 1)) for id in ids],
    )  # fmt: skip
    rows = []
    number = 0
    for place in range(_MONTHS):
        month = Month(2026, 1 + place)
        due = month.next().first - timedelta(days=1)
        for member in ids:
            number += 1
            paid = draw.random() < 0.88
            day = due - timedelta(days=draw.randrange(20)) if paid else None
            rows.append(
                ClaimRow(
                    _UNIT, make_code("HY", 2026, number), DUES, member, "Income:401-会费收入",
                    "F01", str(month), draw.randrange(5_00, 200_00), CNY,
                    claims.PAID if paid else claims.OPEN, None, "party", due, day,
                )
            )  # fmt: skip
    claims.add_many(conn, rows)
