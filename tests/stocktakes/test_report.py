"""盘点报告: every value opens, the classes add up, and a past period stays what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.errors import Refused
from ledger.money import Money, yuan
from ledger.period import Period
from reports.sources import known_source
from reports.statement import Statement
from reports.statements import catalogue
from reports.statements.source import Source
from tests.assets.keeping import NOW, UNIT
from tests.reports.opening import every_figure_opens
from tests.stocktakes.counting import Counting

JUNE = Period.parse("2026-06")


def report(counting: Counting, period: Period = JUNE) -> tuple[Source, Statement]:
    source = known_source(counting.registry, UNIT, "stocktake", period)
    return source, catalogue.build("stocktake", source, period)


def counted(counting: Counting) -> str:
    """A printer that is missing, a van in the wrong place, a sound system that is lent, a find."""
    keeping = counting.keeping
    keeping.own(name="打印机", cost=yuan("3200.00"))
    van = keeping.own(name="面包车", class_id="vehicle", cost=yuan("88000.00"))
    keeping.handed("loan", keeping.own(name="音响", cost=yuan("6000.00")))
    keeping.own(name="借用展架", source="memo", ownership="employer", cost=yuan("0"))
    code = counting.open()
    counting.see(code, van, place="车库")
    counting.see(code, "4")
    counting.find(code, "铁皮柜", worth=yuan("650.00"))
    counting.close(code)
    return code


def cells(statement: Statement, code: str) -> dict[str, object]:
    (line,) = (line for line in statement.lines if line.code == code)
    keys = (column.key for column in statement.columns)
    return {
        key: cell.text if isinstance(cell, Money) else cell
        for key, cell in zip(keys, line.cells, strict=True)
    }


def test_every_value_opens_and_the_classes_add_up(counting: Counting) -> None:
    code = counted(counting)
    source, statement = report(counting)
    assert every_figure_opens(source, statement) > 10
    total = cells(statement, code)
    del total["result"]
    assert total == {
        "expected": 4, "value": "97200.00", "seen": 2, "seen_value": "88000.00", "away": 1,
        "away_value": "6000.00", "missing": 1, "missing_value": "3200.00", "found": 1,
        "found_value": "650.00", "other": 1,
    }  # fmt: skip
    classes = [line for line in statement.lines if line.code.startswith(f"{code}.")]
    values = [line.cells[1] for line in classes if isinstance(line.cells[1], Money)]
    assert sum(value.fen for value in values) == yuan("97200.00").fen
    computers = catalogue.backing(source, f"{UNIT}/stocktake/2026-06/{code}.computer")
    assert all(posting.number.startswith("付-") for posting in computers.postings)


def test_each_difference_is_a_line_with_what_became_of_it(counting: Counting) -> None:
    code = counted(counting)
    _, statement = report(counting)
    told = [str(cells(statement, f"{code}.{number}")["result"]) for number in (1, 2, 3)]
    assert all("未处理" in text for text in told)
    assert "办公室 301 → 车库" in told[1]
    counting.settle(code, 1, "explained", note="已寄修", paper=b"x", paper_name="x.txt")
    _, statement = report(counting)
    assert "已处理；书面说明" in str(cells(statement, f"{code}.1")["result"])
    assert str(cells(statement, code)["result"]) == "未处理 2 项"


def test_what_was_settled_later_is_open_in_the_report_of_before(counting: Counting) -> None:
    code = counted(counting)
    before = report(counting)[1]
    counting.now = NOW + timedelta(days=3)  # in July
    counting.settle(code, 1, "explained", note="已寄修", paper=b"x", paper_name="x.txt")
    assert report(counting)[1] == before
    assert counting.stands(code, date(2026, 7, 31)).alarms == 2


def test_a_period_without_a_stocktake_says_so(counting: Counting) -> None:
    counted(counting)
    _, statement = report(counting, Period.parse("2026-05"))
    assert statement.lines == () and "没有结束的盘点" in statement.notes[0].zh
    _, year = report(counting, Period.parse("2026"))
    assert year.lines


def test_a_voucher_of_an_earlier_day_alters_no_report(counting: Counting) -> None:
    """What a thing cost when it was listed stays, whatever is entered of it afterwards."""
    code = counted(counting)
    source, statement = report(counting)
    assert source.stocktakes is not None
    later = replace(source, stocktakes=replace(source.stocktakes, came={}))
    assert every_figure_opens(later, statement) > 10
    assert cells(statement, code)["value"] == "97200.00"


@pytest.mark.parametrize(
    "line", ["PD2026-0099-1", "CODE.nothing", "CODE.99", "CODE.2/missing_value", "CODE/other"]
)
def test_a_reference_to_nothing_is_refused(counting: Counting, line: str) -> None:
    code = counted(counting)
    source, _ = report(counting)
    with pytest.raises(Refused, match="no-figure"):
        catalogue.backing(source, f"{UNIT}/stocktake/2026-06/{line.replace('CODE', code)}")
