"""What a unit's page on completeness says: counts and days, and nothing of what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from ledger import closing, reopening
from ledger.checklist import waivers
from ledger.clock import CHINA
from ledger.errors import Words
from ledger.period import Month, Period
from ledger.registry import imports
from ledger.registry.waivers import PAPERS, of_unit
from ledger.sealing import acting
from reports.packs import publication, site_gaps, site_gifts
from reports.packs.scanning import Scanner
from reports.site import model
from tests.asked import count
from tests.house import ACTIVITY, BANK, UNIT, House, build_house
from tests.sealing.months import copied

NOW = datetime(2026, 2, 10, 9, 0, tzinfo=CHINA)
JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
QUARTER = Period.parse("2026-Q1")


def close(house: House, month: Month, at: datetime) -> None:
    closing.close_month(house.registry, UNIT, month, house.maker, at)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> House:
    """January closed in time, opened again in April and closed anew; the others closed then too."""
    folder = tmp_path_factory.mktemp("gaps") / "federation"
    house = build_house(folder, url="sqlite:///registry.db", now=NOW)
    with house.registry.write() as conn:
        row = imports.MoneyAccount(UNIT, BANK, "bank", "某行", "6222000011112222", "F01")
        imports.add_account(conn, house.registry.vault, row)
    for day in (5, 6, 7):
        house.post(
            house.draft("5.00", debit=ACTIVITY, credit=BANK, kind="付", day=date(2026, 1, day))
        )
    close(house, JANUARY, NOW)
    april = NOW + timedelta(days=60)
    reopening.ask(house.registry, UNIT, JANUARY, house.maker, april, "漏记")
    reopening.confirm(house.registry, UNIT, JANUARY, house.checker, april)
    close(house, JANUARY, april + timedelta(hours=1))
    for month in (FEBRUARY, Month(2026, 3)):
        close(house, month, april + timedelta(hours=2))
    for month in (JANUARY, FEBRUARY, Month(2026, 3)):
        acting.seal_month(house.registry, UNIT, month, house.maker, april + timedelta(hours=3))
    house.registry.close()
    return house


@pytest.fixture
def house(lived: House, tmp_path: Path) -> Iterator[House]:
    made = copied(lived, tmp_path / "federation")
    yield made
    made.registry.close()


def shown_of(house: House, period: Period = QUARTER) -> site_gifts.Shown:
    found = publication.gather(house.registry, period, "public")
    built = found.turns[UNIT].built
    return site_gifts.Shown(house.registry, found.rows[0], built, Scanner(house.registry))


def looked(house: House, kind: str, on: date = date(2026, 4, 20)) -> model.Looked:
    return next(one for one in site_gaps.looked_for(shown_of(house), (), on) if one.kind == kind)


def parts(found: model.Looked) -> dict[str, tuple[int, date | None]]:
    return {part.what.en: (part.count, part.until) for part in found.parts}


def test_a_month_is_late_by_its_first_closing_and_reopening_is_told_apart(house: House) -> None:
    found = looked(house, model.CLOSED_LATE)
    # January was closed on 10 February; February on 11 April, after its last day of March.
    assert (found.of, found.lacking) == (3, 1)
    assert found.lacks == (
        model.Lack(
            Words("2026-02 月于 2026-04-11 第一次结账", "2026-02, first closed on 2026-04-11"),
            date(2026, 4, 11),
        ),
    )
    assert parts(found) == {"Months opened again after closing, and closed anew": (1, None)}


def test_vouchers_without_papers_are_those_of_the_whole_period_with_what_was_waived(
    house: House,
) -> None:
    before = looked(house, model.NO_PAPERS)
    assert (before.of, before.lacking, len(before.lacks)) == (3, 3, 3)
    first, second = before.lacks[0].voucher, before.lacks[1].voucher
    at = datetime(2026, 4, 12, 9, tzinfo=CHINA)
    for number, until in ((first, date(2026, 5, 31)), (second, date(2026, 4, 15))):
        row = waivers.ask(
            house.registry, UNIT, PAPERS, number, house.maker, at, until=until, reason="发票在途"
        )
        waivers.confirm(house.registry, UNIT, row.code, house.checker, at)
    found = looked(house, model.NO_PAPERS)
    assert found.lacking == 3
    told = parts(found)
    assert told["Waived by two persons until the paper comes"] == (1, date(2026, 5, 31))
    assert told["Waived until a day that is past; no paper came"] == (1, date(2026, 4, 15))
    assert "发票" not in repr(found)
    with house.registry.read() as conn:
        (code, *_) = [one.code for one in of_unit(conn, UNIT)]
    waivers.end(
        house.registry, UNIT, code, house.maker, at, paper=waivers.Paper(b"invoice", "a.txt")
    )
    after = looked(house, model.NO_PAPERS)
    assert after.lacking == 2
    assert parts(after)["The paper came later; not counted as missing"] == (1, None)


def test_vouchers_that_stand_in_no_row_are_counted_and_not_named(house: House) -> None:
    shown = shown_of(house)
    book = replace(shown.built.book, rows=shown.built.book.rows[:1])
    held = replace(shown, built=replace(shown.built, book=book))
    found = next(iter(site_gaps.looked_for(held, (), date(2026, 4, 20))))
    assert (found.lacking, found.named) == (3, 1)


def test_days_are_told_by_account_and_neither_bank_nor_number_is(house: House) -> None:
    found = looked(house, model.UNRECONCILED)
    assert (found.of, found.lacking) == (90, 90)
    (lack,) = found.lacks
    assert lack.count == 90
    assert "银行存款（第 1 个账户）：2026-01-01 至 2026-03-31 没有对账单" in lack.what.zh
    said = repr(found)
    assert not any(word in said for word in ("6222", "某行", "基本户"))


def _all_of(shown: site_gifts.Shown, on: date) -> list[model.Looked]:
    return list(site_gaps.looked_for(shown, (), on))


def test_a_longer_period_asks_no_more_of_days_and_closings(house: House) -> None:
    """Only papers are sifted month by month."""
    quarter, month = shown_of(house), shown_of(house, Period.parse("2026-01"))
    day = date(2026, 4, 20)
    asked = [
        count(house.registry, partial(_all_of, one, day)) for one in (month, quarter)
    ]  # fmt: skip
    months = len(quarter.built.sealed.months) - 1
    assert asked[1] - asked[0] <= 3 * months
