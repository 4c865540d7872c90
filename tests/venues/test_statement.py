"""活动阵地使用情况: every figure is counted from the log, and opens to it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import openpyxl
import pytest

from ledger.errors import Refused
from ledger.money import Money, total
from ledger.period import Period
from reports.render import render
from reports.sources import known_source
from reports.statement import Statement
from reports.statements import catalogue
from reports.statements.source import Source
from tests.house import UNIT, House
from tests.reports.opening import every_figure_opens
from tests.venues.rooms import ORGANISATION, WEEK, Room, after

MARCH = Period.parse("2026-03")


def told(house: House, period: Period = MARCH) -> tuple[Source, Statement]:
    source = known_source(house.registry, UNIT, "venue-use", period)
    return source, catalogue.build("venue-use", source, period)


def cells(statement: Statement, code: str) -> dict[str, Any]:
    line = next(line for line in statement.lines if line.code == code)
    keys = [column.key for column in statement.columns]
    return dict(zip(keys, line.cells, strict=True))


@pytest.fixture
def room(small_house: House) -> Room:
    """Members 2 h, the public 1 h and 1 h for money, a shared user 4 h of which 1 h is outside."""
    house = small_house
    room = Room(house, *WEEK)
    room.key(
        {UNIT: Fraction(1, 2), ORGANISATION: Fraction(1, 3), "未用单位（示例）": Fraction(1, 6)}
    )
    room.use("09:00-11:00", after(-1), heads=20, note="读书会")
    room.use("11:00-12:00", after(-1), whom="public", heads=35)
    room.use("14:00-15:00", after(-1), whom="public", heads=5, fee_fen=5000)
    room.use("15:00-19:00", after(-1), whom=ORGANISATION, heads=18, fee_fen=20000)
    wrong = room.use("09:00-12:00", whom="public", heads=999, fee_fen=100)
    room.back(wrong)
    room.close_day(after(1))
    return room


def test_hours_use_heads_benefit_and_shares_beside_the_key(room: Room, small_house: House) -> None:
    source, found = told(small_house)
    code = room.code
    other = next(party for party in source.venues[0].key if party.startswith("cp-"))
    hours = timedelta(hours=1)
    assert cells(found, code) == {
        "days": 21, "open": 147 * hours, "used": 8 * hours, "uses": 4, "heads": 78,
        "benefit": 3 * hours, "outside": hours, "benefit_share": "37.5 %", "share": None,
        "key": None, "fees": Money(25000),
    }  # fmt: skip
    assert cells(found, f"{code}.members")["share"] == "25.0 %"
    assert cells(found, f"{code}.members")["key"] == "1/2"
    public = cells(found, f"{code}.public")
    assert (public["uses"], public["heads"], public["fees"], public["key"]) == (
        2, 40, Money(5000), None,
    )  # fmt: skip
    shares = [line.cells for line in found.lines if line.code.startswith(f"{code}.cp-")]
    assert sorted(str(row[8]) for row in shares) == ["0.0 %", "50.0 %"]
    assert sorted(str(row[9]) for row in shares) == ["1/3", "1/6"]
    assert other in "".join(line.code for line in found.lines)


def test_every_figure_opens_to_the_lines_behind_it(room: Room, small_house: House) -> None:
    Room(small_house, "6=09:00-10:00", name="周末影厅", kind="hall").use(
        "09:00-10:00", date(2026, 2, 28), heads=3, whom="public"
    )
    for period in (MARCH, Period.parse("2026-Q1"), Period.parse("2026")):
        source, found = told(small_house, period)
        assert every_figure_opens(source, found, openings=False) >= 5
        opened = 0
        for line in found.lines:
            for column, cell in zip(found.columns, line.cells, strict=True):
                if column.kind != "count" or cell is None:
                    continue
                behind = catalogue.backing(source, line.refs[column.key])
                values = [_number(one.measured) for one in behind.postings]
                shown = cell.total_seconds() / 60 if isinstance(cell, timedelta) else cell
                assert sum(values) == shown == _number(behind.measured), (line.code, column.key)
                opened += 1
        assert opened > 30
        assert found.lines[-1].code == "all"


def _number(measured: str) -> int:
    """Minutes of ``02:30``, or a count."""
    sign = -1 if measured.startswith("-") else 1
    parts = measured.lstrip("-").replace(",", "").split(":")
    return sign * (int(parts[0]) * 60 + int(parts[1]) if len(parts) == 2 else int(parts[0]))


@pytest.mark.parametrize(
    "ref", ["x/used", "CODE/nothing", "CODE.nobody/used", "CODE.public/days", "CODE.public/share"]
)
def test_what_is_no_figure_is_refused(room: Room, small_house: House, ref: str) -> None:
    source, _ = told(small_house)
    with pytest.raises(Refused, match="no-figure"):
        catalogue.backing(source, f"{UNIT}/venue-use/2026-03/{ref.replace('CODE', room.code)}")


def test_it_is_drawn_in_every_form_with_the_same_figures(room: Room, small_house: House) -> None:
    source, found = told(small_house)
    whole = catalogue.with_annex(source, found)
    for form in ("text", "pdf", "xlsx", "csv", "json"):
        data = render(whole, form)
        assert render(whole, form) == data
    rows = list(csv.DictReader(io.StringIO(render(found, "csv").decode("utf-8-sig"))))
    assert (rows[0]["open"], rows[0]["used"], rows[0]["heads"]) == ("147:00", "08:00", "78")
    as_json = json.loads(render(found, "json"))
    assert as_json["lines"][0]["cells"]["benefit"] == "03:00"
    assert as_json["lines"][0]["refs"]["used"] == f"{UNIT}/venue-use/2026-03/{room.code}/used"
    text = render(found, "text").decode()
    assert "147:00" in text and "向社会公开" in text


def test_hours_in_a_spreadsheet_can_be_summed(room: Room, small_house: House) -> None:
    _, found = told(small_house)
    sheet = openpyxl.load_workbook(io.BytesIO(render(found, "xlsx"))).worksheets[0]
    hours = [cell for row in sheet.iter_rows() for cell in row if cell.number_format == "[h]:mm"]
    values = [cell.value for cell in hours]
    assert timedelta(hours=147) in values and timedelta(hours=8) in values


def test_an_altered_line_of_the_log_moves_the_figure_that_opens_to_it(
    room: Room, small_house: House
) -> None:
    from sqlalchemy import text

    before = cells(told(small_house)[1], room.code)
    with small_house.registry.write() as conn:
        conn.execute(text("UPDATE venue_use SET heads = heads + 7 WHERE number = 1"))
    source, found = told(small_house)
    after_ = cells(found, room.code)
    assert after_["heads"] == before["heads"] + 7
    behind = catalogue.backing(source, f"{UNIT}/venue-use/2026-03/{room.code}/heads")
    assert behind.postings[0].measured == "27"


def test_a_period_without_venues_says_so(small_house: House) -> None:
    _, found = told(small_house)
    assert found.lines == ()
    assert "没有登记活动阵地" in found.notes[0].zh


def test_fees_of_a_period_are_those_of_its_lines(room: Room, small_house: House) -> None:
    source, found = told(small_house)
    whole = cells(found, room.code)["fees"]
    assert whole == total(
        one.amount
        for one in catalogue.backing(source, f"{UNIT}/venue-use/2026-03/{room.code}").postings
    )
    assert cells(told(small_house, Period.parse("2026-02"))[1], room.code)["fees"] == Money(0)
