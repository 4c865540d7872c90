"""A statement as open data: JSON and CSV, with every amount as text of two decimals.

JSON keeps amounts as strings, so that no reader turns them into binary fractions. In CSV a text
that a spreadsheet would take for a formula is preceded by an apostrophe; JSON holds it unchanged.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta
from typing import Final

from ledger.money import Money
from reports.statement import Backing, Cell, Line, Statement, hours_text

_BOM: Final = "\ufeff"
_OWN: Final = ("ref", "code", "label", "label_en")
#: What a spreadsheet may take for the beginning of a formula, full-width signs included.
_FORMULA: Final = (*"=+-@＝＋－＠", "\t", "\r", "\n")


def render_json(statement: Statement) -> str:
    """The statement as one JSON object, ending in a newline; equal statements give equal bytes.

    ``amount`` of every line is text of two decimals: the money of the statement's primary column,
    or a credit as a negative amount; 0.00 where a line has no money, such as an act of a log.
    ``cells`` holds every column by its key and is null where nothing is said. Headings have no
    figures and are left out.
    """
    data = {
        "statement": statement.name,
        "form": statement.form,
        "title": statement.title.zh,
        "title_en": statement.title.en,
        "unit": statement.unit,
        "unit_name": statement.unit_name.zh,
        "unit_name_en": statement.unit_name.en,
        "period": statement.period,
        "currency": statement.currency,
        "ledger_digest": statement.digest,
        "facts": [
            {"label": label.zh, "label_en": label.en, "text": text}
            for label, text in statement.facts
        ],
        "columns": [
            {
                "key": column.key,
                "label": column.label.zh,
                "label_en": column.label.en,
                "kind": column.kind,
            }
            for column in statement.columns
        ],
        "lines": [_line(statement, line) for line in statement.lines if line.style != "heading"],
        "alarms": [{"text": alarm.zh, "text_en": alarm.en} for alarm in statement.alarms],
        "notes": [{"text": note.zh, "text_en": note.en} for note in statement.notes],
        "annex": [_backing(found) for found in statement.annex],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def render_csv(statement: Statement, *, bom: bool = False) -> str:
    """The statement's lines as CSV (RFC 4180) with a header of column keys.

    A column named like one of the line's own fields gets ``cell:`` before its key. ``bom`` puts a
    byte order mark in front, which spreadsheets on Windows need to see UTF-8.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    keys = [column.key for column in statement.columns]
    named = [f"cell:{key}" if key in _OWN else key for key in keys]
    writer.writerow([*_OWN, *named])
    for line in statement.lines:
        cells = line.cells or (None,) * len(keys)
        texts = [line.ref, line.code, line.label.zh, line.label.en]
        writer.writerow([*map(safe_cell, texts), *map(_csv_cell, cells)])
    return (_BOM if bom else "") + out.getvalue()


def plain(cell: Cell) -> str | int | None:
    """A cell as JSON holds it: money ``-1234.50``, days and moments in ISO 8601, hours 12:30."""
    if isinstance(cell, Money):
        return cell.text
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return hours_text(cell)
    return cell


def _line(statement: Statement, line: Line) -> dict[str, object]:
    keys = [column.key for column in statement.columns]
    cells = dict(zip(keys, map(plain, line.cells), strict=False))
    return {
        "ref": line.ref,
        "code": line.code,
        "label": line.label.zh,
        "label_en": line.label.en,
        "style": line.style,
        "level": line.level,
        "amount": _amount(statement, line).text,
        "cells": cells,
        "refs": dict(line.refs),
    }


def _amount(statement: Statement, line: Line) -> Money:
    """The line's figure: its primary column, else what it has in a column of credits, else zero."""
    primary = statement.primary
    if primary is not None and isinstance(cell := line.cells[primary], Money):
        return cell
    for column, cell in zip(statement.columns, line.cells, strict=True):
        if column.key == "credit" and isinstance(cell, Money):
            return -cell
    return Money(0, statement.currency)


def _backing(found: Backing) -> dict[str, object]:
    return {
        "ref": found.ref,
        "label": found.label.zh,
        "label_en": found.label.en,
        "opening": plain(found.opening),
        "closing": plain(found.closing),
        "more": found.more,
        "postings": [
            {
                "voucher": line.number,
                "day": line.day.isoformat(),
                "narration": line.narration,
                "account": line.account,
                "fund": line.fund,
                "amount": line.amount.text,
                "papers": list(line.papers),
            }
            for line in found.postings
        ],
    }


def _csv_cell(cell: Cell) -> str | int | None:
    value = plain(cell)
    return safe_cell(value) if isinstance(cell, str) and isinstance(value, str) else value


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
