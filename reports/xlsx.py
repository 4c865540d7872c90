"""Statements as Excel workbooks: real numbers, frozen heads, an annex sheet, no formulas.

Every text is written as text, whatever it begins with, so that a narration cannot become a
formula. The same statement gives the same bytes on every run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from ledger.errors import Finding, Refused, Words
from ledger.money import Money
from reports.statement import COUNT, DAY, MONEY, Backing, Cell, Statement, hours_text

_MONEY_FORMAT: Final = "#,##0.00"
_FONT: Final = "Noto Sans SC"
_LONGEST_TEXT: Final = 32_767  # of one Excel cell
_EXACT: Final = 10**15  # fen beyond which Excel's numbers, binary doubles, lose the last digit
#: Characters that XML 1.0 cannot hold, lone surrogates among them.
_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_ANNEX_SHEET: Final = "附页 Annex"
_MOST_ROWS: Final = 1_048_000  # of an Excel sheet, less its head
_MOST_LINKS: Final = 60_000  # of an Excel sheet
_ANNEX_HEAD: Final = (
    (Words("编号", "Reference"), 40),
    (Words("数字", "Figure"), 26),
    (Words("凭证号", "Voucher"), 18),
    (Words("日期", "Date"), 12),
    (Words("摘要", "Narration"), 44),
    (Words("科目", "Account"), 36),
    (Words("资金", "Fund"), 9),
    (Words("金额", "Amount"), 18),
    (Words("原始单据", "Papers"), 30),
)


def render_xlsx(statement: Statement) -> bytes:
    """The statement as a workbook: one sheet of figures, one of the vouchers behind them.

    Money is a number with two decimals; an amount too large for Excel to hold exactly is written
    as text instead. Money of another currency than the statement's is text that names it.

    Raises: Refused if the statement has more rows than an Excel sheet.
    """
    _refuse_if_too_long(statement)
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": False,
        },
    )
    book.set_properties(
        {
            "title": _text(f"{statement.title.zh} {statement.period}"),
            "subject": _text(f"{statement.unit}/{statement.name}/{statement.period}"),
            "author": _text(statement.unit_name.zh),
            "company": _text(statement.unit_name.zh),
            "comments": _text(statement.digest),
            "created": _CREATED,
        }
    )
    styles = _Styles(book)
    _Figures(book.add_worksheet(_sheet_name(statement.title.zh)), styles, statement).write()
    if statement.annex:
        sheet = book.add_worksheet(_ANNEX_SHEET)
        _write_annex(sheet, styles, statement)
    book.close()
    return file.getvalue()


def _refuse_if_too_long(statement: Statement) -> None:
    rows = max(len(statement.lines), sum(map(_height, statement.annex)))
    if rows > _MOST_ROWS:
        raise Refused(
            Finding(
                rule="too-long-for-xlsx",
                what=Words(
                    f"报表有 {rows:,} 行，超过 Excel 一张表的容量",
                    f"the statement has {rows:,} rows, more than one Excel sheet holds",
                ),
                remedy=Words("请用 csv 格式，或缩短期间", "use csv, or a shorter period"),
            )
        )


def display_width(text: str) -> int:
    """How many columns of type a text takes: two for a Chinese character, one for a Latin one.

    >>> display_width("会费 Dues")
    9
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _text(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_IN_XML.sub("�", lines)[:_LONGEST_TEXT]


def _sheet_name(title: str) -> str:
    """A title as Excel allows it for a sheet: no ``[]:*?/\\``, at most 31 characters."""
    name = re.sub(r"[\[\]:*?/\\]", " ", _text(title)).strip().strip("'")[:31].strip()
    taken = {"", "history", _ANNEX_SHEET.casefold()}  # Excel keeps "history" for itself
    return "报表" if name.casefold() in taken else name


class _Styles:
    """The formats of a workbook, made once each: a look and a kind of number."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str, int], Any] = {}

    def __call__(self, look: str, kind: str = "text", indent: int = 0) -> Any:
        key = (look, kind, indent)
        if key not in self._made:
            self._made[key] = self._book.add_format(self._properties(look, kind, indent))
        return self._made[key]

    @staticmethod
    def _properties(look: str, kind: str, indent: int) -> dict[str, Any]:
        properties: dict[str, Any] = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        if look in ("line", "heading", "subtotal", "total", "head"):
            properties |= {"border": 1, "border_color": "#C9C6BE"}
        if look in ("heading", "subtotal", "total", "head", "strong"):
            properties["bold"] = True
        if look in ("heading", "head"):
            properties["bg_color"] = "#F3F1EB"
        if look == "head":
            properties |= {"align": "center", "text_wrap": True, "bottom": 2}
        if look == "total":
            properties |= {"top": 2, "bottom": 6}
        if look == "title":
            properties |= {"bold": True, "font_size": 18, "align": "center"}
        if look == "english":
            properties |= {"font_color": "#6B6E75", "align": "center"}
        if look == "alarm":
            properties |= {"font_color": "#9E1A1F"}
        if look == "small":
            properties |= {"font_color": "#6B6E75", "font_size": 9}
        of_kind: dict[str, dict[str, Any]] = {
            MONEY: {"num_format": _MONEY_FORMAT, "align": "right"},
            COUNT: {"num_format": "#,##0", "align": "right"},
            DAY: {"num_format": "yyyy-mm-dd", "align": "center"},
            "hours": {"num_format": "[h]:mm", "align": "right"},
            "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
            "wrapped": {"text_wrap": True},
            "link": {"font_color": "#9E1A1F", "underline": 1},
        }
        properties |= of_kind.get(kind, {})
        if indent:
            properties["indent"] = indent
        return properties


@dataclass(frozen=True, slots=True)
class _Written:
    """Where a table's rows begin and how wide its columns became."""

    first_row: int
    widths: list[int]


def _write_cell(
    sheet: Any, row: int, column: int, cell: Cell, currency: str, look: str, styles: _Styles
) -> int:
    """Writes one cell with its proper type; returns its width in columns of type."""
    match cell:
        case None:
            sheet.write_blank(row, column, None, styles(look))
            return 0
        case Money() if cell.currency == currency and abs(cell.fen) < _EXACT:
            sheet.write_number(row, column, cell.decimal, styles(look, MONEY))
            return len(cell.grouped)
        case Money():
            shown = cell.grouped if cell.currency == currency else f"{cell.grouped} {cell.currency}"
            sheet.write_string(row, column, shown, styles(look, MONEY))
            return len(shown)
        case datetime():
            naive = cell.replace(tzinfo=None)
            sheet.write_datetime(row, column, naive, styles(look, "moment"))
            return 16
        case date():
            sheet.write_datetime(row, column, cell, styles(look, DAY))
            return 10
        case timedelta():
            sheet.write_datetime(row, column, cell, styles(look, "hours"))
            return len(hours_text(cell))
        case int():
            sheet.write_number(row, column, cell, styles(look, COUNT))
            return len(f"{cell:,}")
        case _:
            sheet.write_string(row, column, _text(cell), styles(look, "wrapped"))
            return min(display_width(cell), 48)


class _Figures:
    """The sheet of figures: title, facts, table, notes."""

    def __init__(self, sheet: Any, styles: _Styles, statement: Statement) -> None:
        self._sheet, self._styles, self._statement = sheet, styles, statement
        self._labelled = statement.label_column is not None
        heads = [column.label for column in statement.columns]
        if statement.label_column is not None:
            heads = [
                statement.code_label,
                statement.label_column,
                Words("英文名称", "English"),
                *heads,
            ]
        self._heads = [*heads, Words("编号", "Reference")]
        self._widths = [max(display_width(w.zh), display_width(w.en)) for w in self._heads]
        self._annex_rows = _annex_rows(statement.annex)

    def write(self) -> None:
        sheet, statement = self._sheet, self._statement
        last = len(self._heads) - 1
        row = self._write_top(last)
        sheet.set_row(row, 32)
        for column, words in enumerate(self._heads):
            label = _text(f"{words.zh}\n{words.en}".strip())
            sheet.write_string(row, column, label, self._styles("head", "wrapped"))
        first = row + 1
        for offset, _ in enumerate(statement.lines):
            self._write_line(first + offset, offset)
        row = first + len(statement.lines) + 1
        for alarm in statement.alarms:
            told = _text(f"！{alarm.zh} {alarm.en}")
            sheet.write_string(row, 0, told, self._styles("alarm"))
            row += 1
        for note in statement.notes:
            for text in note:
                sheet.write_string(row, 0, _text(text), self._styles("small"))
                row += 1
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, min(max(width + 3, 9), 60))
        sheet.freeze_panes(first, 2 if self._labelled else 1)
        sheet.repeat_rows(first - 1)
        sheet.print_area(0, 0, max(row - 1, first), last)
        _set_up_print(sheet, wide=sum(self._widths) > 90, digest=statement.digest)

    def _write_top(self, last: int) -> int:
        sheet, statement, styles = self._sheet, self._statement, self._styles
        sheet.set_row(0, 30)
        title = _text(statement.title.zh)
        if last:
            sheet.merge_range(0, 0, 0, last, "", styles("title"))
            sheet.merge_range(1, 0, 1, last, "", styles("english"))
        sheet.write_string(0, 0, title, styles("title"))
        sheet.write_string(1, 0, _text(statement.title.en), styles("english"))
        facts = [
            (Words("编制单位", "Unit"), f"{statement.unit_name.zh} {statement.unit_name.en}"),
            (Words("期间", "Period"), statement.period),
            (Words("金额单位", "Currency"), statement.currency),
        ]
        if statement.form:
            facts.insert(0, (Words("表号", "Form"), statement.form))
        said = {word.casefold() for label, _ in statement.facts for word in label}
        facts = [fact for fact in facts if said.isdisjoint(word.casefold() for word in fact[0])]
        row = 2
        for label, text in [*facts, *statement.facts]:
            sheet.write_string(row, 0, _text(f"{label.zh} {label.en}".strip()), styles("small"))
            sheet.write_string(row, 2 if last > 1 else last, _text(text), styles("plain"))
            row += 1
        return row + 1

    def _write_line(self, row: int, place: int) -> None:
        sheet, styles, statement = self._sheet, self._styles, self._statement
        line = statement.lines[place]
        column = 0
        if self._labelled:
            label = styles(line.style, "wrapped", line.level)
            sheet.write_string(row, 0, _text(line.code), styles(line.style))
            sheet.write_string(row, 1, _text(line.label.zh), label)
            sheet.write_string(row, 2, _text(line.label.en), styles(line.style, "wrapped"))
            self._widen(0, display_width(line.code))
            self._widen(1, min(display_width(line.label.zh) + 2 * line.level, 44))
            self._widen(2, min(display_width(line.label.en), 40))
            column = 3
        cells = line.cells or (None,) * len(statement.columns)
        if not self._labelled and not line.cells and statement.columns:
            cells = (line.label.zh, *cells[1:])
        for cell in cells:
            width = _write_cell(sheet, row, column, cell, statement.currency, line.style, styles)
            self._widen(column, width)
            column += 1
        target = self._annex_rows.get(line.ref)
        if target is not None and place < _MOST_LINKS:
            sheet.write_url(
                row,
                column,
                f"internal:'{_ANNEX_SHEET}'!A{target + 1}",
                styles(line.style, "link"),
                string=_text(line.ref),
            )
        else:
            sheet.write_string(row, column, _text(line.ref), styles(line.style))
        self._widen(column, display_width(line.ref))

    def _widen(self, column: int, width: int) -> None:
        self._widths[column] = max(self._widths[column], width)


def _annex_rows(annex: Iterable[Backing]) -> dict[str, int]:
    """The row of the annex sheet where each reference begins; row 0 is the head."""
    rows: dict[str, int] = {}
    row = 1
    for backing in annex:
        rows.setdefault(backing.ref, row)
        row += _height(backing)
    return rows


def _height(backing: Backing) -> int:
    ends = (backing.opening is not None) + (backing.closing is not None) + (backing.more > 0)
    return max(len(backing.postings) + ends, 1)


def _write_annex(sheet: Any, styles: _Styles, statement: Statement) -> None:
    """One row per posting, filterable; opening, closing and the uncounted as rows of their own."""
    sheet.set_row(0, 32)
    for column, (words, width) in enumerate(_ANNEX_HEAD):
        sheet.write_string(0, column, f"{words.zh}\n{words.en}", styles("head", "wrapped"))
        sheet.set_column(column, column, width)
    row = 1
    for backing in statement.annex:
        start = row
        if backing.opening is not None:
            said = f"{backing.opening_label.zh} {backing.opening_label.en}"
            _annex_row(sheet, styles, row, backing, said, backing.opening)
            row += 1
        for posting in backing.postings:
            cells: tuple[Cell, ...] = (
                backing.ref,
                backing.label.zh,
                posting.number,
                posting.day,
                posting.narration,
                posting.account,
                posting.fund,
                posting.amount,
                " ".join(posting.papers),
            )
            for column, cell in enumerate(cells):
                _write_cell(sheet, row, column, cell, statement.currency, "line", styles)
            row += 1
        if backing.more:
            more, where = f"{backing.more:,}", backing.rest
            rest = f"另有 {more} 笔，{where.zh} {more} more: {where.en} {backing.ref}"
            _annex_row(sheet, styles, row, backing, rest, None)
            row += 1
        if backing.closing is not None:
            _annex_row(
                sheet,
                styles,
                row,
                backing,
                "合计 Total" if backing.opening is None else "期末余额 Closing",
                backing.closing,
            )
            row += 1
        if row == start:
            _annex_row(sheet, styles, row, backing, "无凭证 No postings", None)
            row += 1
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(row - 1, 1), len(_ANNEX_HEAD) - 1)
    _set_up_print(sheet, wide=True, digest=statement.digest)


def _annex_row(
    sheet: Any, styles: _Styles, row: int, backing: Backing, words: str, amount: Money | None
) -> None:
    cells: list[Cell] = [backing.ref, backing.label.zh, None, None, words, None, None, amount, None]
    currency = amount.currency if amount is not None else ""
    for column, cell in enumerate(cells):
        _write_cell(sheet, row, column, cell, currency, "subtotal", styles)


def _set_up_print(sheet: Any, *, wide: bool, digest: str) -> None:
    sheet.set_paper(9)  # A4
    if wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    told = digest.removeprefix("sha256:")[:16].replace("&", "&&")
    sheet.set_footer(f"&L&8{told}&R&8第 &P 页 共 &N 页  Page &P of &N")
