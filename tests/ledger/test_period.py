"""Periods end exclusively; months know their neighbours."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.period import Month, Period


def test_a_month_holds_its_last_day_and_not_the_next() -> None:
    march = Period.parse("2026-03")
    assert date(2026, 3, 31) in march
    assert date(2026, 4, 1) not in march
    assert str(march) == "2026-03"


def test_a_year_has_twelve_months_even_when_it_leaps() -> None:
    year = Period.parse("2028")
    assert len(list(year.months())) == 12
    assert (year.end - year.start).days == 366
    assert str(year) == "2028"


def test_december_is_followed_by_january() -> None:
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2027, 1).previous() == Month(2026, 12)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-3", "202603", "26", "2026-03-01", "二〇二六"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        Period.parse(text)
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


def test_a_period_ends_after_it_starts() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Period(date(2026, 1, 1), date(2026, 1, 1))


def test_a_quarter_is_three_months_and_is_written_back_as_it_was_read() -> None:
    quarter = Period.parse("2026-Q1")
    assert (quarter.start, quarter.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert [str(Period.parse(f"2026-Q{n}")) for n in (1, 4)] == ["2026-Q1", "2026-Q4"]
    for wrong in ("2026-Q0", "2026-Q5", "2026-q1", "Q1"):
        with pytest.raises(ValueError, match="a period is written"):
            Period.parse(wrong)
