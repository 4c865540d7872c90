"""A month that two close at once is closed once, and nothing slips in behind the checklist."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from ledger import closing
from ledger.checklist import checks
from ledger.errors import Refused
from ledger.period import Month
from ledger.registry import Registry, month_states
from tests.house import UNIT, House

JANUARY = Month(2026, 1)


def test_two_who_close_at_once_close_once(house: House) -> None:
    house.post(house.draft(day=date(2026, 1, 5)))
    start = threading.Barrier(2)
    told: list[object] = []

    def close() -> None:
        registry = Registry.open(house.registry.folder)
        try:
            start.wait()
            told.append(closing.close_month(registry, UNIT, JANUARY, house.maker, house.now))
        except Refused as refused:
            told.append({found.rule for found in refused.findings})
        finally:
            registry.close()

    both = [threading.Thread(target=close) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sum(isinstance(one, closing.Closed) for one in told) == 1
    (refused,) = [one for one in told if isinstance(one, set)]
    assert refused <= {"close-order", "month-changed"}
    text = (house.folder / "2026/01.bean").read_text(encoding="utf-8")
    assert text.count('custom "close"') == 1
    with house.registry.read() as conn:
        assert month_states.last_closed(conn, UNIT) == "2026-01"


def test_what_was_entered_behind_the_checklist_is_not_closed_over(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A voucher without a paper is posted after the papers were looked at."""
    house = small_house
    house.post(house.draft(day=date(2026, 1, 5)))
    looked = checks.checklist

    def slow(*words: Any, **more: Any) -> Any:
        found = looked(*words, **more)
        house.post(house.draft("9.00", day=date(2026, 1, 6)))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(checks, "checklist", slow)
        with pytest.raises(Refused, match="month-changed") as told:
            closing.close_month(house.registry, UNIT, JANUARY, house.maker, house.now)
    assert "mingbai close DIR --unit tiny 2026-01" in str(told.value)
    closing.close_month(house.registry, UNIT, JANUARY, house.maker, house.now)
