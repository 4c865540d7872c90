"""A template as a workbook: headings, checks while typing, and a page that explains it."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any, Final

from importers.templates import CHOICE, COUNT, DAY, DECIMAL, MONEY, MONTH, Field, Template, asks
from ledger.errors import Words

ROWS: Final = 2000
_FIRST: Final = date(1950, 1, 1)
_LAST: Final = date(2099, 12, 31)
_MOST_YUAN: Final = 10**12


def template_xlsx(template: Template) -> bytes:
    """The workbook; the same bytes on every run."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    # A fixed moment: a template does not depend on the day it is downloaded.
    book.set_properties({"title": template.title.zh, "created": datetime(2026, 1, 1)})
    sheet = book.add_worksheet(template.title.zh[:31])
    _Sheet(book, sheet, template).write()
    _explain(book, book.add_worksheet("填写说明 How to"), template)
    book.close()
    return out.getvalue()


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}"


class _Sheet:
    """The page that is filled in."""

    def __init__(self, book: Any, sheet: Any, template: Template) -> None:
        self._sheet = sheet
        self._template = template
        line = {"border": 1, "border_color": "#B8C4C2", "valign": "vcenter"}
        self._title = book.add_format({"bold": True, "font_size": 15})
        self._label = book.add_format({**line, "bold": True, "bg_color": "#EDF3F1"})
        self._head = book.add_format(
            {**line, "bold": True, "bg_color": "#DCE8E5", "text_wrap": True, "align": "center"}
        )
        self._formats = {
            MONEY: book.add_format({**line, "num_format": "#,##0.00", "locked": False}),
            DAY: book.add_format({**line, "num_format": "yyyy-mm-dd", "locked": False}),
            COUNT: book.add_format({**line, "num_format": "0", "locked": False}),
            DECIMAL: book.add_format({**line, "num_format": "0.####", "locked": False}),
        }
        # Codes and account numbers are text: a number of 18 digits loses its last ones.
        self._plain = book.add_format({**line, "num_format": "@", "locked": False})

    def write(self) -> None:
        template, sheet = self._template, self._sheet
        sheet.write(0, 0, _both(template.title), self._title)
        for place, fact in enumerate(template.facts, start=1):
            sheet.write(place, 0, fact.name.zh, self._label)
            sheet.write_blank(place, 1, None, self._format(fact))
            self._check(fact, place, place, 1)
        head = len(template.facts) + 2
        for column, field in enumerate(template.columns):
            star = " *" if field.required else ""
            sheet.write(head, column, f"{field.name.zh}{star}\n{field.name.en}", self._head)
            sheet.set_column(column, column, max(field.width, 12), self._format(field))
            self._check(field, head + 1, head + ROWS, column)
        sheet.set_row(head, 32)
        sheet.freeze_panes(head + 1, 1)
        sheet.repeat_rows(head)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _format(self, field: Field) -> Any:
        return self._formats.get(field.kind, self._plain)

    def _check(self, field: Field, first: int, last: int, column: int) -> None:
        rule: dict[str, Any] = {
            "input_title": field.name.zh[:32],
            "input_message": (field.note.zh or asks(field).zh)[:255],
            "error_title": "请检查 please check",
            "error_message": _both(asks(field))[:255],
            "ignore_blank": True,
        }
        if field.kind == MONEY:
            cell = f"{_column(column)}{first + 1}"
            least = f"{cell}>0" if field.positive else f"{cell}>-{_MOST_YUAN}"
            exact = f"ISNUMBER({cell}),ROUND({cell},2)={cell}"
            rule |= {
                "validate": "custom",
                "value": f"=AND({exact},{least},{cell}<{_MOST_YUAN})",
            }
        elif field.kind == DAY:
            rule |= {"validate": "date", "criteria": "between", "minimum": _FIRST, "maximum": _LAST}
        elif field.kind == COUNT:
            rule |= {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 9999}
        elif field.kind == DECIMAL:
            rule |= {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 999.9999,
            }  # fmt: skip
        elif field.kind == CHOICE:
            rule |= {"validate": "list", "source": list(field.choices)}
        else:
            rule |= {
                "validate": "length", "criteria": "between", "minimum": 1,
                "maximum": 7 if field.kind == MONTH else 300,
            }  # fmt: skip
        self._sheet.data_validation(first, column, last, column, rule)


def _column(number: int) -> str:
    return chr(ord("A") + number)


def _explain(book: Any, sheet: Any, template: Template) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#DCE8E5"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (text, width) in enumerate(
        (("栏目 Column", 26), ("内容 What it holds", 40), ("必填 Required", 14), ("说明 Note", 60))
    ):
        sheet.write(0, column, text, bold)
        sheet.set_column(column, column, width, wrap)
    for place, field in enumerate((*template.facts, *template.columns), start=1):
        holds = asks(field).en if field.choices else _both(asks(field))
        row = (_both(field.name), holds, "是 yes" if field.required else "", _both(field.note))
        for column, text in enumerate(row):
            sheet.write_string(place, column, text.strip())
