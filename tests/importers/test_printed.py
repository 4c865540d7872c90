"""Statements printed to PDF: each row with sign and day, wrapped texts whole, watermarks out."""

from __future__ import annotations

from collections import Counter

import pytest

from importers.identity import import_ids
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


def ids_in(data: bytes) -> list[str]:
    reading = read_bytes(data, "statement.pdf")
    ordered = reading.lines[::-1] if reading.descending else reading.lines
    return import_ids(ordered, "Assets:102-银行存款:01-基本户")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [2, 25, 26, 61])
def test_every_printed_row_is_read_across_pages(layout: str, count: int) -> None:
    rows = history(count)
    reading = read_bytes(LAYOUTS[layout](rows), "statement.pdf")
    assert oldest_first(reading) == truth(rows)
    assert reading.parked == ()
    assert reading.proofs["P4"] == "pass"
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


@pytest.mark.parametrize("layout", LAYOUTS)
def test_printed_sums_and_counts_are_proofs_and_no_rows(layout: str) -> None:
    rows = history(30)
    reading = read_bytes(LAYOUTS[layout](rows, totals=True), "statement.pdf")
    assert oldest_first(reading) == truth(rows) and reading.parked == ()
    assert [reading.proofs[key] for key in ("P1", "P2", "P4")] == ["pass"] * 3
    fewer = read_bytes(LAYOUTS[layout](rows[:-1], totals=True), "statement.pdf")
    assert fewer.proofs["P2"] == "pass" and len(fewer.lines) == 29


@pytest.mark.parametrize("layout", LAYOUTS)
def test_printed_statements_that_overlap_share_the_ids_of_what_both_have(layout: str) -> None:
    """Equal amounts on one day stand in both halves; none is taken for another."""
    rows = history(40)
    first, second = (
        Counter(ids_in(LAYOUTS[layout](part))) for part in (rows[:25], rows[15:])
    )  # fmt: skip
    assert (first & second).total() == 10
    assert (first | second).total() == 40


@pytest.mark.parametrize(
    ("layout", "old", "new"),
    [
        ("cmb", "对手信息", "交易对手"),
        ("boc", "对方账户名", "对手户名"),
        ("bocom", "Payment Receipt\nAccount Name\n对方户名", "Payment Receipt\nName\n对方名称"),
        ("abc", "对手信息", "交易对手名称"),
    ],
)
def test_a_printed_layout_that_drifted_is_still_read_truly(layout: str, old: str, new: str) -> None:
    rows = history(30)
    reading = read_bytes(LAYOUTS[layout](rows, renamed={old: new}), "statement.pdf")
    assert reading.profile == "generic"
    assert oldest_first(reading) == truth(rows) and reading.parked == ()
    if layout in ("bocom", "abc"):  # of many columns one is another, which is near enough to tell
        assert [found.rule for found in reading.findings] == ["layout-drifted"]


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
