"""PDF documents: the same bytes everywhere, text that copies out, links that arrive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest

from ledger.errors import Finding, Words
from ledger.money import Money
from reports.pdf import render_pdf
from reports.pdf.dates import last_day, period_words
from reports.statement import Backing, Column, Line, Statement
from tests.reports.house import (
    DIGEST,
    UNIT,
    UNIT_NAME,
    annual,
    digest_in_a_fresh_process,
    journal,
    long,
    postings,
)


def read(statement: Statement) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(render_pdf(statement)))


def text_of(reader: pypdf.PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


@dataclass(frozen=True)
class Link:
    """A link's rectangle, and the page (from 0) and height where it arrives."""

    left: float
    bottom: float
    right: float
    top: float
    page: int
    height: float

    def covers(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top


def links_of(reader: pypdf.PdfReader, page: int) -> list[Link]:
    links = []
    for thing in reader.pages[page].get("/Annots", []):
        annotation: Any = thing.get_object()
        target, _, _, height, _ = annotation["/Dest"]
        arrives = reader.get_page_number(target.get_object())
        assert arrives is not None
        left, bottom, right, top = map(float, annotation["/Rect"])
        links.append(Link(left, bottom, right, top, arrives, float(height)))
    return links


def placed_on(reader: pypdf.PdfReader, page: int) -> list[tuple[str, float, float]]:
    """Every piece of text with the place of its beginning."""
    placed: list[tuple[str, float, float]] = []

    def note(text: str, _: Any, matrix: Any, *__: Any) -> None:
        if text.strip():
            placed.append((text.strip(), float(matrix[4]), float(matrix[5])))

    reader.pages[page].extract_text(visitor_text=note)
    return placed


def listed_at(reader: pypdf.PdfReader, link: Link, refs: set[str]) -> str:
    """The reference of the annex entry at which a link arrives: the first below that height."""
    below = [(y, t) for t, _, y in placed_on(reader, link.page) if t in refs and y < link.height]
    return max(below)[1]


@pytest.mark.parametrize("expression", ["render_pdf(annual())", "render_pdf(long(300))"])
def test_two_processes_in_other_places_draw_the_same_bytes(expression: str, tmp_path: Path) -> None:
    """Another folder, time zone, hash seed and SOURCE_DATE_EPOCH change nothing."""
    here = digest_in_a_fresh_process(expression, cwd=Path("/"), seed=0, zone="UTC")
    there = digest_in_a_fresh_process(expression, cwd=tmp_path, seed=77, zone="Asia/Shanghai")
    assert here == there


def test_drawing_twice_in_one_process_gives_the_same_bytes() -> None:
    first = render_pdf(annual())
    render_pdf(journal())
    assert render_pdf(annual()) == first


def test_the_bytes_do_not_depend_on_a_build_of_zlib() -> None:
    assert b"/FlateDecode" not in render_pdf(annual())


def test_one_fen_more_changes_the_bytes() -> None:
    statement = annual()
    first = statement.lines[1]
    changed = replace(first, cells=(Money(1_234_568), first.cells[1]))
    lines = (statement.lines[0], changed, *statement.lines[2:])
    assert render_pdf(replace(statement, lines=lines)) != render_pdf(statement)


def test_what_the_page_says_can_be_copied_out_again() -> None:
    first = text_of(read(annual()))[0]
    for said in (
        "收入支出表",
        "Statement of income and expenditure",
        UNIT_NAME.zh,
        UNIT_NAME.en,
        "工会02表",
        "2026年度",
        "元 yuan (CNY)",
        "收付实现制 cash basis",
        "拨缴经费收入",
        "Funding contributed by the employer",
        "880,000.00",
        "-45.99",
        "treasurer-01",
        "checker-02",
        DIGEST,
    ):
        assert said in first


def test_characters_beyond_the_first_plane_can_be_copied_out_again() -> None:
    """𬺓 and 𫖯 are in the general standard table, above U+FFFF."""
    statement = annual(unit_name=Words("𬺓𫖯镇工会", "A town's union"))
    assert "𬺓𫖯镇工会" in text_of(read(statement))[0]


def test_a_document_of_more_characters_than_one_font_subset_can_be_copied_out() -> None:
    sample = "".join(chr(point) for point in range(0x4E00, 0x4E00 + 1200))
    from reports.fonts import general_standard_characters

    known = set(general_standard_characters())
    sample = "".join(character for character in sample if character in known)
    notes = tuple(Words(sample[i : i + 40], "") for i in range(0, len(sample), 40))
    said = "".join(text_of(read(replace(annual(), notes=notes))))
    assert all(note.zh in said for note in notes)


def test_every_page_says_x_of_y_and_carries_the_digest() -> None:
    texts = text_of(read(annual()))
    for number, text in enumerate(texts, 1):
        assert f"第 {number} 页 共 {len(texts)} 页" in text
        assert f"Page {number} of {len(texts)}" in text
        assert DIGEST.removeprefix("sha256:")[:16] in text


def test_every_link_of_a_figure_lands_on_the_page_that_lists_its_vouchers() -> None:
    statement = annual()
    reader = read(statement)
    texts = text_of(reader)
    refs = {backing.ref: backing for backing in statement.annex}
    codes = {text: y for text, x, y in placed_on(reader, 0) if x < 60}
    for line in statement.lines:
        if line.style == "heading":
            continue
        links = [link for link in links_of(reader, 0) if link.bottom < codes[line.code] < link.top]
        assert len(links) == 2  # this year's figure, and the page in the column of annex pages
        for link in links:
            assert listed_at(reader, link, set(refs)) == line.ref
            assert line.label.zh in texts[link.page]
            assert refs[line.ref].postings[0].number in texts[link.page]


def test_a_link_stands_over_its_figure_or_over_the_number_of_the_page() -> None:
    statement = annual()
    reader = read(statement)
    figures = {backing.ref: backing.closing for backing in statement.annex}
    placed = placed_on(reader, 0)
    for link in links_of(reader, 0):
        figure = figures[listed_at(reader, link, set(figures))]
        assert figure is not None
        (over,) = [text for text, x, y in placed if link.covers(x, y)]
        assert over.split()[0] in (figure.grouped, str(link.page + 1))


def test_a_figure_with_its_own_reference_elsewhere_does_not_lead_to_the_lines_vouchers() -> None:
    """Last year's figures have last year's references; this annex does not list them."""
    columns = sorted({(link.left, link.right) for link in links_of(read(annual()), 0)})
    (_, this_year), (annex_pages, _) = columns
    assert annex_pages - this_year > 60  # last year's column stands between, without a link


def test_the_annex_leads_back_to_the_page_of_the_figure() -> None:
    statement = long(300)
    reader = read(statement)
    texts = text_of(reader)
    refs = {backing.ref for backing in statement.annex}
    back = set()
    for page in range(len(reader.pages)):
        for link in links_of(reader, page):
            if link.page < page:
                below = [
                    (y, t) for t, _, y in placed_on(reader, page) if t in refs and y < link.top
                ]
                ref = max(below)[1]
                assert ref.rpartition("/")[2] in texts[link.page].split()
                assert f"回第 {link.page + 1} 页" in texts[page]
                back.add(ref)
    assert back == refs


def test_every_posting_of_every_entry_is_printed_once() -> None:
    """Counts chosen so that entries begin, end and break everywhere on a page."""
    annex = tuple(
        Backing(
            f"u/s/2026/{n}", Words(f"第{n}项", ""), Money(1), postings(n, n), Money(1), more=n % 2
        )
        for n in [*range(45), 90, 131]
    )
    texts = text_of(read(replace(annual(), annex=annex)))
    said = "\n".join(texts)
    assert said.count("收-202603-") == sum(len(backing.postings) for backing in annex)
    assert said.count("期末余额") == len(annex)


def test_only_our_own_fonts_are_used_and_they_are_embedded() -> None:
    for page in read(annual()).pages:
        fonts: Any = page["/Resources"]
        for font in fonts["/Font"].values():
            font = font.get_object()
            assert "NotoSansSC" in font["/BaseFont"]
            assert "/FontFile2" in font["/FontDescriptor"]
            assert "/ToUnicode" in font


def test_metadata_names_title_language_and_a_day_of_the_period() -> None:
    reader = read(annual())
    assert reader.metadata is not None
    assert reader.metadata.title == f"{UNIT_NAME.zh} 收入支出表 2026"
    assert reader.metadata.author == UNIT_NAME.zh
    assert reader.metadata.subject == f"{UNIT}/income-expenditure/2026"
    assert str(reader.metadata["/CreationDate"]) == "D:20261231000000+08'00'"
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/Lang"] == "zh-CN"


def test_the_outline_leads_to_headings_and_to_every_entry_of_the_annex() -> None:
    outline: Any = read(annual()).outline
    titles = [item.title for item in outline if not isinstance(item, list)]
    assert titles == [
        "收入支出表 · Statement of income and expenditure",
        "附页：数字背后的凭证 · Annex: the vouchers behind the figures",
    ]
    assert [item.title for item in outline[1]] == [
        "一、本年收入 · I. Income of the year",
        "二、本年支出 · II. Expenditure",
    ]
    assert len(outline[3]) == len(annual().annex)


def test_two_thousand_lines_repeat_the_table_head_and_lose_none() -> None:
    statement = long(2_000)
    reader = read(statement)
    texts = text_of(reader)
    table = [text for text in texts if "附页：" not in text]
    assert all("期初余额" in text and "Closing" in text for text in table[:-1])
    said = "\n".join(table)
    assert all(f"明细科目第{place + 1}号" in said for place in range(2_000))


def test_figures_are_set_flush_right_with_digits_of_one_width() -> None:
    from reports.pdf.faces import Faces

    faces = Faces()
    for bold in (False, True):
        assert len({faces.width(digit, 9, bold=bold) for digit in "0123456789"}) == 1


def test_a_wide_table_turns_the_paper_and_a_very_wide_one_is_set_smaller_but_whole() -> None:
    for count, width in ((3, 595), (6, 842), (10, 1191), (40, 1191)):
        columns = tuple(Column(f"c{n}", Words(f"第{n}列", f"Column {n}")) for n in range(count))
        cells = tuple(Money(10**12 + n) for n in range(count))
        line = Line("1", Words("合计", "Total"), cells, style="total")
        reader = read(replace(annual(), columns=columns, lines=(line,), annex=()))
        assert round(float(reader.pages[0].mediabox.width)) == width
        text = reader.pages[0].extract_text()
        assert all(cell.grouped in text for cell in cells)


def test_a_statement_without_lines_says_so() -> None:
    text = text_of(read(replace(annual(), lines=(), annex=(), notes=())))[0]
    assert "本期无记录" in text
    assert "Nothing recorded in this period" in text


def test_a_log_without_labels_shows_its_cells() -> None:
    said = "\n".join(text_of(read(journal())))
    assert said.count("Income:401-会费收入") == 120
    assert "2026-03-31" in said
    assert "项目" not in said


def test_hostile_text_is_printed_as_it_stands() -> None:
    """Mark-up, PDF syntax, line feeds and endless words neither break the page nor hang."""
    nasty = "<b>&amp;</b> (\\) << /JS >> " + "x" * 5_000
    line = Line("1", Words(nasty, nasty), (Money(1), Money(2)))
    text = text_of(read(replace(annual(note="a\nb\tc"), lines=(line,), annex=())))[0]
    assert "<b>&amp;</b> (\\) << /JS >>" in text
    assert "a b c" in text


def test_money_of_another_currency_names_it() -> None:
    line = Line("1", Words("外币捐赠", "Gift"), (Money(12_345, "USD"), None))
    assert "123.45 USD" in text_of(read(replace(annual(), lines=(line,), annex=())))[0]


def test_a_character_that_no_font_holds_is_a_finding_and_a_code_point() -> None:
    found: list[Finding] = []
    statement = annual(note="\U000f1234")
    text = pypdf.PdfReader(BytesIO(render_pdf(statement, findings=found))).pages[0].extract_text()
    assert [finding.rule for finding in found] == ["glyph-missing"]
    assert "〈U+F1234〉" in text
    assert "字形 Glyphs" in text  # the document tells its reader as well


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2026", date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 28)),
        ("2026-03-05", date(2026, 3, 5)),
        ("2026-01-01..2026-07-01", date(2026, 6, 30)),
        ("2026-13", date(2000, 1, 1)),
        ("", date(2000, 1, 1)),
    ],
)
def test_a_file_is_dated_by_its_period_never_by_the_clock(period: str, day: date) -> None:
    assert last_day(period) == day


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026", ("2026年度", "Year 2026")),
        ("2026-03", ("2026年3月", "March 2026")),
        ("2026-01-01..2026-04-01", ("2026年1月至3月", "January to March 2026")),
        ("2025-11-01..2026-02-01", ("2025年11月至2026年1月", "November 2025 to January 2026")),
        ("2026-01-05..2026-02-01", ("2026年1月5日至2026年1月31日", "2026-01-05 to 2026-01-31")),
        ("2026-03-05", ("2026年3月5日", "2026-03-05")),
        ("2026-04-01..2026-01-01", ("2026-04-01..2026-01-01", "")),
        ("第一季度", ("第一季度", "")),
    ],
)
def test_a_period_is_written_out_for_people(period: str, words: tuple[str, str]) -> None:
    assert period_words(period) == words


@pytest.mark.parametrize("count", [10, 20, 24, 27])
def test_a_short_statement_ends_with_its_signatures_on_one_page(count: int) -> None:
    lines = tuple(
        Line(str(n), Words(f"第{n}项", f"Item {n}"), (Money(n), Money(n))) for n in range(count)
    )
    (text,) = text_of(read(replace(annual(), lines=lines, annex=())))
    assert "公章" in text
    assert f"Item {count - 1}" in text


def test_signatures_that_find_no_room_stand_on_a_page_of_their_own() -> None:
    """Whatever the number of lines, none is lost and the signatures stand once, at the end."""
    for count in range(28, 60, 3):
        lines = tuple(Line(str(n), Words(f"第{n}项", ""), (Money(n), None)) for n in range(count))
        texts = text_of(read(replace(annual(), lines=lines, annex=())))
        assert [("公章" in text) for text in texts] == [False] * (len(texts) - 1) + [True]
        assert all(f"第{n}项" in "".join(texts) for n in range(count))


def test_a_very_long_name_stays_on_the_page_and_stands_in_full_in_the_head() -> None:
    """The line above the title cuts it, and the pages that follow; the fact does not."""
    from reports.pdf.faces import Faces

    name = "青禾县" + "城乡结合部第二片区联合" * 6 + "工会委员会（示例）"
    lines = tuple(Line(str(n), Words(f"第{n}项", ""), (Money(n), None)) for n in range(70))
    found = replace(annual(unit_name=Words(name, "A Union " * 40)), lines=lines, annex=())
    reader = read(found)
    assert name in reader.pages[0].extract_text().replace("\n", "")
    faces = Faces()
    for page in range(len(reader.pages)):
        head = [(x, text) for text, x, y in placed_on(reader, page) if y > 780]
        assert all(x + faces.width(text, 7) < 595 for x, text in head), head
    head = [(x, text) for text, x, y in placed_on(reader, 1) if y > 780]
    assert any(text.endswith("2026年度") for _, text in head)


def test_a_code_is_not_broken_where_its_column_is_as_wide_as_the_widest() -> None:
    code = "10201-book-adj"
    lines = (Line(code, Words("调节后账面余额", "Book, adjusted"), (Money(1), Money(2))),)
    assert code in read(replace(annual(), lines=lines, annex=())).pages[0].extract_text()


@pytest.mark.parametrize("count", range(40, 80))
def test_a_total_is_not_left_alone_on_a_page(count: int) -> None:
    rows = [Line(str(n), Words(f"第{n}项", ""), (Money(n), None)) for n in range(count)]
    total = Line("total", Words("合计", "Total"), (Money(1), None), style="total")
    texts = text_of(read(replace(annual(), lines=(*rows, total), annex=())))
    page = next(text for text in texts if "合计" in text)
    assert f"第{count - 1}项" in page
    assert all(f"第{n}项" in "".join(texts) for n in range(count))


def test_a_table_that_needs_two_pages_anyway_is_set_as_generously_as_two_pages_allow() -> None:
    """Thirty rows with long English: tight type would still need two pages, so it is not used."""
    lines = tuple(
        Line(str(n), Words(f"第{n}项", "A label of many English words " * 3), (Money(n), None))
        for n in range(38)
    )
    reader = read(replace(annual(), lines=lines, annex=()))
    assert len(reader.pages) == 2
    heights = sorted(
        {round(y) for text, _, y in placed_on(reader, 0) if text.startswith("第")}, reverse=True
    )
    assert heights[0] - heights[1] > 25


def test_a_hundred_pages_are_drawn_in_the_time_that_plain_tables_of_reportlab_take() -> None:
    """Against one fixed reportlab Table a page, in this process's own time, not the clock's."""
    import time

    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Table, TableStyle

    found = journal(3_000)
    cells = [[str(cell) for cell in line.cells] for line in found.lines]
    style = TableStyle([("FONT", (0, 0), (-1, -1), "Mingbai-Regular", 8)])

    def plain() -> None:
        canvas = Canvas(BytesIO(), pagesize=(842, 595), pageCompression=0)
        for start in range(0, len(cells), 30):
            table = Table(cells[start : start + 30], rowHeights=14)
            table.setStyle(style)
            table.wrapOn(canvas, 800, 560)
            table.drawOn(canvas, 0, 0)
            canvas.showPage()
        canvas.save()

    def took(draw: Any) -> float:
        began = time.process_time()
        draw()
        return time.process_time() - began

    render_pdf(journal(10))
    theirs = min(took(plain) for _ in range(2))
    ours = min(took(lambda: render_pdf(found)) for _ in range(2))
    assert ours < 2 * theirs, (ours, theirs)


def test_a_column_of_two_words_breaks_between_them() -> None:
    columns = tuple(
        Column(f"c{n}", Words(f"本年累计数·第{n}非限定性", f"Year to date, {n}")) for n in range(6)
    )
    line = Line("1", Words("捐赠收入", "Donations"), (Money(1),) * 6)
    reader = read(replace(annual(), columns=columns, lines=(line,), annex=()))
    pieces = [text for text, _, _ in placed_on(reader, 0)]
    assert pieces.count("本年累计数") == 6
    assert "第5非限定性" in pieces


def test_a_balance_sheet_of_fifty_rows_takes_two_pages() -> None:
    lines = tuple(Line(str(n), Words(f"第{n}项", f"Item {n}"), (Money(n), None)) for n in range(53))
    assert len(read(replace(annual(), lines=lines, annex=())).pages) == 2
