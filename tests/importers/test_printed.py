"""Statements printed to PDF: each row with sign and day, wrapped texts whole, watermarks out."""

from __future__ import annotations

import pytest

from importers.line import Reading
from importers.read import read_bytes
from ledger.errors import Refused
from tests.importers.printed import LAYOUTS, Moved, cmb, history


def oldest_first(reading: Reading) -> list[tuple[str, int, int | None, str]]:
    lines = reading.lines[::-1] if reading.descending else reading.lines
    return [
        (
            line.day.isoformat(),
            line.amount.fen,
            None if line.balance_after is None else line.balance_after.fen,
            line.counterparty,
        )
        for line in lines
    ]


def truth(rows: list[Moved]) -> list[tuple[str, int, int | None, str]]:
    return [(row.day.isoformat(), row.fen, row.held, row.name) for row in rows]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [2, 25, 26, 61])
def test_every_printed_row_is_read_across_pages(layout: str, count: int) -> None:
    rows = history(count)
    reading = read_bytes(LAYOUTS[layout](rows), "statement.pdf")
    assert oldest_first(reading) == truth(rows)
    assert reading.parked == ()
    assert reading.proofs["P4"] == "pass"
    if layout != "bocom":  # prints "账号/卡号Account/Card No"
        assert reading.account.endswith("0018")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_statement_without_movements_has_no_lines(layout: str) -> None:
    reading = read_bytes(LAYOUTS[layout]([]), "statement.pdf")
    assert (reading.lines, reading.parked) == ((), ())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_printed_row_is_read_or_parked_and_never_turned_round(layout: str) -> None:
    [row] = history(1)
    reading = read_bytes(LAYOUTS[layout]([row]), "statement.pdf")
    assert [line.amount.fen for line in reading.lines] in ([], [row.fen])
    assert len(reading.lines) + len(reading.parked) == 1


def test_a_locked_pdf_asks_for_its_password_and_opens_with_it() -> None:
    rows = history(3)
    data = cmb(rows, password="321321")
    for wrong in (None, "000000"):
        with pytest.raises(Refused) as refused:
            read_bytes(data, "locked.pdf", password=wrong)
        assert refused.value.findings[0].rule == "encrypted"
    assert oldest_first(read_bytes(data, "locked.pdf", password="321321")) == truth(rows)


@pytest.mark.parametrize("cut", [20, 400, 2000])
def test_a_cut_pdf_is_refused_with_a_finding(cut: int) -> None:
    data = cmb(history(10))
    with pytest.raises(Refused) as refused:
        read_bytes(data[:cut], "cut.pdf")
    assert refused.value.findings[0].rule in ("unreadable", "no-header")


def test_a_pdf_without_a_table_says_that_it_may_be_a_scan() -> None:
    from tests.importers.printed import Printer

    page = Printer(wide=False)
    page.say(100, "通知：本月服务时间调整")
    page.page_ends()
    with pytest.raises(Refused) as refused:
        read_bytes(page.finish(), "notice.pdf")
    assert "扫描件" in refused.value.findings[0].what.zh
