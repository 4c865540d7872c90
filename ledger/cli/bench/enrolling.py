"""A long list of members entered at once, and what finding them costs afterwards.

The peer is reading the same file and nothing else, and entering members one by one.
"""

from __future__ import annotations

import csv
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from importers.roster import enter_roster
from ledger import clock
from ledger.dues.member_file import member_file
from ledger.registry import Registry, User, dues_schemes, members, persons, units, users
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.persons import PersonData

_UNIT = "bench"
_ONE_BY_ONE = 1000
_HEAD = (
    "会员编号,姓名,入会日期,缴费身份,工资基数,手机,证件号,缴费账号,工作单位,同意事项,交纳周期,依据"
)


def measure(count: int, runs: int | None) -> str:
    """Seconds for a list of ``count`` members with all that their dues need."""
    runs = runs or 5
    data = _listed(count)
    with tempfile.TemporaryDirectory() as scratch:
        registry = Registry.create(Path(scratch) / "federation", id="bench", name="测量")
        try:
            user = _house(registry)
            now = clock.now()
            read = _once(lambda: list(csv.reader(io.StringIO(data.decode()))))
            worked = time.process_time()
            entered = _once(lambda: enter_roster(registry, _UNIT, data, "members.csv", user, now))
            worked = time.process_time() - worked
            again = _once(lambda: enter_roster(registry, _UNIT, data, "members.csv", user, now))
            single = _once(lambda: _one_by_one(registry))
            with registry.read() as conn:
                whole = _median(lambda: members.all_members(conn, _UNIT), runs)
                middle = f"{count // 2:06d}"
                paged = _median(lambda: members.page(conn, _UNIT, after=middle, most=100), runs)
                found = _median(lambda: members.page(conn, _UNIT, begins=middle[:4]), runs)
                counted = _median(lambda: members.count(conn, _UNIT, state="active"), runs)
                name = _name(count // 2)
                named = _median(lambda: persons.find(conn, registry.vault, "name", name), runs)
                row = members.by_number(conn, _UNIT, middle)
                doubles = _median(lambda: persons.alike(conn, _UNIT), 1)
            assert row is not None  # noqa: S101 - it was entered
            shown = _median(lambda: member_file(registry, row, user, now), runs)
        finally:
            registry.close()
    per_one = single / _ONE_BY_ONE
    return "\n".join(
        (
            f"{count:,} 名会员 members",
            f"登记名单 list entered {entered:.2f} s，处理器 CPU {worked:.2f} s"
            f"（每名 each {worked / count * 1e6:.0f} µs）；"
            f"同一名单再比对一遍 compared again {again:.2f} s",
            f"只读文件 only reading the file {read:.2f} s；"
            f"逐名登记 one by one {per_one * 1e6:.0f} µs",
            f"列出全部 listed {_ms(whole)}；一页 a page of 100 {_ms(paged)}；"
            f"按编号开头 by number's beginning {_ms(found)}；按状态计数 counted {_ms(counted)}",
            f"按姓名查找 found by name {_ms(named)}；"
            f"一名会员的页面 one member's page {_ms(shown)}；查重 doubles {_ms(doubles)}",
        )
    )


def _name(place: int) -> str:
    """A name that nobody has: two thousand of them, as in a large unit."""
    return f"示例{chr(0x4E00 + place % 2000)}"


def _listed(count: int) -> bytes:
    rows = [
        f"{place:06d},{_name(place)},{2000 + place % 25}-0{1 + place % 9}-15,"
        f"{'离退休' if place % 5 == 0 else ''},{2500 + place % 9000},"
        f"139{place:08d},{110101190001010000 + place},62220000{place:08d},示例{place % 300}厂,"
        f"{'工资代扣' if place % 2 else ''},{'按季' if place % 10 == 0 else ''},"
        f"{'支部决议' if place % 10 == 0 else ''}"
        for place in range(count)
    ]
    return "\n".join((_HEAD, *rows, "")).encode()


def _house(registry: Registry) -> User:
    now = clock.now()
    with registry.write() as conn:
        units.add(
            conn, unit=_UNIT, name="测量", name_en="Bench", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
        user = users.add(
            conn, login="bench", password="measured-only", now=now,  # noqa: S106
            roles=frozenset({(_UNIT, "treasurer")}),
        )  # fmt: skip
        scheme = SchemeRow(_UNIT, "party", "Income:401", "F01", "HY")
        dues_schemes.put(conn, scheme, user=user.id, now=now)
    return user


def _one_by_one(registry: Registry) -> None:
    now = clock.now()
    with registry.write() as conn:
        for place in range(_ONE_BY_ONE):
            person = persons.add(conn, registry.vault, PersonData(_name(place)), now)
            number = f"x{place}"
            members.add(conn, person=person, unit=_UNIT, number=number, joined=now.date())


def _once(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _median(work: Callable[[], object], runs: int) -> float:
    return statistics.median(_once(work) for _ in range(runs))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
