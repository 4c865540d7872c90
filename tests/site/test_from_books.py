"""The tutorial's book as a site: its figures are the book's, each opens to what adds up to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from ledger.errors import Words
from ledger.money import Money, total, yuan
from ledger.period import Period
from reports.site import from_books, writing
from reports.site.model import PUBLIC, Site, Unit
from reports.sources import book_source
from reports.statement import Statement
from reports.statements.source import Source
from tests.site.pages import Page, read, target

ROOT = Path(__file__).parent.parent.parent
UNIT = "chunfeng"
QUARTER, FEBRUARY = Period.parse("2026-Q1"), Period.parse("2026-02")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    folder = tmp_path_factory.mktemp("federation")
    shutil.copytree(ROOT / "books" / "tiny", folder / "units" / UNIT)
    found = book_source(folder, UNIT)
    yield found
    close = getattr(found.model, "close", None)
    assert close is not None
    close()


def site_of(source: Source, period: Period) -> Site:
    unit = from_books.unit_of(source, period, level=Words("基层", "grass roots"), upper=None)
    name = Words("青禾区总工会（示例）", "Qinghe District (example)")
    return Site(
        "qinghe", name, str(period), period.start, period.last, date(2026, 4, 20), PUBLIC, (unit,)
    )


@pytest.fixture(scope="module")
def quarter(source: Source) -> Site:
    return site_of(source, QUARTER)


@pytest.fixture(scope="module")
def files(quarter: Site) -> dict[str, bytes]:
    return dict(writing.render_site(quarter))


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return read(files)


def test_a_fund_of_a_quarter_is_the_sum_of_its_months(quarter: Site) -> None:
    dues = quarter.units[0].funds[0]
    assert dues.code == "F01"
    assert [month.month for month in dues.months] == ["2026-01", "2026-02"]
    assert dues.came.fen == sum(month.came.fen for month in dues.months) > 0
    parts = dues.opening.fen + dues.came.fen - dues.spent.fen + dues.transferred.fen
    assert parts == dues.remaining.fen == dues.months[-1].remaining.fen
    assert dues.came.ref == "chunfeng/funds/2026-Q1/F01/in"
    assert dues.months[0].came.ref == "chunfeng/funds/2026-01/F01/in"


def test_a_month_is_its_own_statement_and_needs_no_months(source: Source) -> None:
    unit = site_of(source, FEBRUARY).units[0]
    assert unit.funds[0].months == ()
    assert unit.funds[0].came.ref == "chunfeng/funds/2026-02/F01/in"
    assert {one.period for one in unit.statements} == {"2026-02"}
    assert {one.month for one in unit.vouchers} == {"2026-01", "2026-02"}


def test_every_figure_opens_on_the_site_to_lines_that_add_up_to_it(
    quarter: Site, files: dict[str, bytes], pages: dict[str, Page]
) -> None:
    assert writing.unopened(quarter) == []
    opened = 0
    for statement in quarter.units[0].statements:
        path = f"u/{UNIT}/statements/{statement.name}-{statement.period}.html"
        figures = [link for link in pages[path].links if "-behind" in link]
        assert len(figures) == _with_figures(statement), path
        for link in figures:
            there, anchor = target(path, link)
            part = re.split(rf'<h2 id="{re.escape(anchor)}">', files[there].decode())
            assert len(part) == 2, link
            table = part[1].split("</section>")[0]
            amounts = [yuan(text) for text in re.findall(r'<td class="num">([^<]*)</td>', table)]
            assert total(amounts[:-1]) == amounts[-1], link
            opened += 1
    assert opened > 80


def _with_figures(statement: Statement) -> int:
    """How many cells of a statement have something behind them."""
    known = {one.ref for one in statement.annex}
    cells = (
        line.refs.get(column.key, line.ref if index == statement.primary else "")
        for line in statement.lines
        for index, (column, cell) in enumerate(zip(statement.columns, line.cells, strict=False))
        if isinstance(cell, Money)
    )
    return sum(1 for ref in cells if ref in known)


def test_each_voucher_behind_a_figure_stands_in_the_journal(pages: dict[str, Page]) -> None:
    behind = [page for path, page in pages.items() if path.endswith("-behind.html")]
    numbers = {text for page in behind for text in page.text if re.match("[收付转]-2026", text)}
    linked = {
        target(page.path, link)[1] for page in behind for link in page.links if "journal" in link
    }
    assert numbers == linked
    assert len(numbers) >= 14


def test_the_journal_holds_every_posting_of_the_book(quarter: Site, source: Source) -> None:
    told = sorted(
        (one.number, line.account, line.fund, line.fen)
        for one in quarter.units[0].vouchers
        for line in one.postings
    )
    booked = sorted(
        (line.number, line.account, line.fund, line.amount.fen) for line in source.model.lines()
    )
    assert told == booked


def test_nothing_that_a_voucher_says_of_its_own_is_on_any_page(
    source: Source, files: dict[str, bytes]
) -> None:
    """Payees, narrations, members and claims of the book: no page has any of them."""
    said = set()
    for line in source.model.lines():
        said |= {line.payee, line.narration, *(value for _, value in line.meta)}
    words = {account.name for account in source.model.accounts().values()}
    secret = {text for text in said if len(text) > 3 and not any(text in one for one in words)}
    assert any(text.startswith("m-") for text in secret)
    assert any("会费" in text for text in secret)
    whole = "".join(unescape(data.decode()) for data in files.values())
    assert sorted(text for text in secret if text in whole) == []


def test_an_english_page_names_accounts_and_funds_in_english(files: dict[str, bytes]) -> None:
    text = files[f"en/u/{UNIT}/journal/2026-01.html"].decode()
    assert "ICBC basic account" in text
    assert "Levy" in text


def test_a_voucher_without_papers_is_told_as_missing_them(quarter: Site) -> None:
    unit = quarter.units[0]
    looked = unit.looked_for("no-papers")
    assert looked is not None
    assert (looked.of, looked.lacking) == (len(unit.vouchers), len(looked.lacks))
    assert {lack.voucher for lack in looked.lacks} == {
        one.number for one in unit.vouchers if not one.papers
    }


def test_a_campaign_is_filled_in_from_what_the_public_reads_of_it() -> None:
    told = {
        "campaign": "HD2026-0001-0", "unit": "xian", "name": "春汛", "name_en": "Floods",
        "purpose": "救灾", "state": "closed", "emergency": True, "filing": None, "partner": None,
        "start": "2026-02-15", "end": None, "rule": "fifo", "on": "2026-06-30", "target": "500.00",
        "progress": "62.0 %", "raised": "310.00", "used": "100.10", "held": "209.90",
        "returned": "0.00", "moved_in": "0.00", "moved_out": "0.00", "spent": "100.10",
        "traced": "100.10", "coverage": "100.0 %", "untraced": "0.00", "leftover": "转入救灾基金",
        "budget": [{"purpose": "棉被", "budget": "400.00", "spent": "100.10"}],
        "gifts": [{
            "gift": "JZ2026-0001-7", "date": "2026-02-16", "kind": "things", "donor": "冯**",
            "donor_en": "冯**", "consent": "masked", "commitment": "0" * 64, "purpose": None,
            "nature": "", "state": "held", "amount": "310.00", "used": "100.10", "held": "209.90",
            "returned": "0.00", "moved": "0.00", "quantity": "31", "measure": "条",
            "lines": [{"voucher": "付-202603-0001", "date": "2026-03-01", "amount": "100.10",
                       "purpose": "棉被", "paper": ""}],
        }],
    }  # fmt: skip
    one = from_books.campaign_of(told)
    assert (one.raised, one.used, one.held, one.target) == (31000, 10010, 20990, 50000)
    assert (one.end, one.filing, one.ending, one.emergency) == (None, "", "转入救灾基金", True)
    assert one.budget[0].planned == 40000
    gift = one.gifts[0]
    assert (gift.donor, gift.quantity, gift.purpose) == (Words("冯**", "冯**"), "31 条", "")
    assert [(use.voucher, use.fen) for use in gift.uses] == [("付-202603-0001", 10010)]


def test_classes_are_told_by_the_register_for_the_public_only(quarter: Site) -> None:
    statement = quarter.units[0].statements[0]
    with pytest.raises(ValueError, match="register for the public"):
        list(from_books.classes_of(statement))


def test_a_unit_is_a_value_that_can_be_completed(quarter: Site) -> None:
    unit: Unit = replace(quarter.units[0], reopened=2)
    files = dict(writing.render_site(replace(quarter, units=(unit,))))
    assert "2 次" in files[f"u/{UNIT}/index.html"].decode()
