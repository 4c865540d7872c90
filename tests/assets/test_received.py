"""What a thing is worth, and how long it still lasts, where another unit takes it over."""

from __future__ import annotations

from datetime import date

from ledger.assets.receiving import Received, receive
from ledger.period import Month
from ledger.registry import assets
from tests.assets.keeping import SISTER, UNIT, Keeping


def taken_over(keeping: Keeping, code: str, on: date) -> tuple[int, int | None]:
    """Cost in fen and life in months with which the other unit enters it."""
    request = keeping.leave("transfer", code, on=on, handed=on).draft.source.split(":")[2]
    got = Received(SISTER, request, on, "F01", "qian", "一楼")
    (came,) = receive(keeping.registry, got, keeping.sister, keeping.now)
    with keeping.registry.read() as conn:
        card = assets.find(conn, SISTER, came.row.code)
    assert card is not None
    return card.cost_fen, card.life_months


def test_a_straight_line_is_carried_on_with_what_is_left_of_it(keeping: Keeping) -> None:
    """12,000.00 over 72 months, two of them charged: 11,666.67 over 70."""
    code = keeping.own()
    keeping.wear("2026-03", "2026-04")
    assert taken_over(keeping, code, date(2026, 5, 10)) == (11_666_67, 70)


def test_what_wears_by_use_comes_at_what_its_use_left(keeping: Keeping) -> None:
    """12,000.00 for 100 uses, 25 of them used: 9,000.00, and its life in months goes on."""
    code = keeping.own(method="units", units_total=100, class_id="vehicle", name="车")
    told = keeping.run("asset", "use", code, "2026-04", "25")
    assert told.status == 0, told.err
    keeping.wear("2026-04")
    with keeping.registry.read() as conn:
        card = assets.find(conn, UNIT, code)
    assert card is not None and card.life_months is not None
    cost, left = taken_over(keeping, code, date(2026, 5, 10))
    assert (cost, left) == (9_000_00, card.life_months - 2)


def test_a_new_estimate_says_how_long_it_still_lasts(keeping: Keeping) -> None:
    """Estimated from April on for 24 months, one of them charged: 23 are left."""
    code = keeping.own()
    keeping.wear("2026-03")
    row = keeping.approved("estimate", code, month=Month(2026, 4), life_months=24)
    assert row.state != "waiting"
    keeping.wear("2026-04")
    worn = 16667 + 49306  # 12,000.00 / 72, then the 11,833.33 that were left / 24
    assert taken_over(keeping, code, date(2026, 5, 10)) == (12_000_00 - worn, 23)
