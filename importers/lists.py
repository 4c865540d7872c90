"""Reading our own templates back: every cell as what its column asks for, or a finding.

All of a list is read, or none of it: one wrong row refuses the file, and every fault is told at
once. Names of columns decide, not their order; columns that the template does not know are left
alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from importers.cells import parse_amount, parse_moment, value_text
from importers.tables import tables_of
from importers.templates import CHOICE, COUNT, DAY, MONEY, MONTH, Field, Template
from ledger.errors import Finding, Refused, Words, finding, refuse_if
from ledger.money import Money, total
from ledger.period import Month

Value = str | Money | date | Month | int
_MONTH = re.compile(r"(20[0-9]{2})\s*[-年/.]?\s*(0?[1-9]|1[0-2])\s*月?")
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row; ``line`` counts the file's rows from 1. Empty optional cells are left out."""

    line: int
    values: Mapping[str, Value]

    def text(self, key: str) -> str:
        return str(self.values.get(key, ""))

    def money(self, key: str) -> Money:
        """The amount of a column; zero where the cell is empty."""
        value = self.values.get(key)
        return value if isinstance(value, Money) else Money(0)


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A template as somebody filled it in; ``total`` is the sum of its money column."""

    template: Template
    facts: Mapping[str, Value]
    rows: tuple[ListRow, ...]
    total: Money


def read_list(data: bytes, name: str, template: Template) -> FilledIn:
    """A filled-in template; Refused with every finding if anything in it is wrong or missing."""
    tables = tables_of(data, name)
    # The first sheet that holds the columns; others explain, or are somebody's notes.
    rows, place, columns = _table(tables, template, name)
    faults: list[Finding] = []
    facts = _facts(rows[:place], template, name, faults)
    read: list[ListRow] = []
    for line, cells in enumerate(rows[place + 1 :], start=place + 2):
        if not any(cells):
            continue
        if _is_total(cells):
            _check_total(cells, columns, template, read, name, line, faults)
            continue
        read.append(ListRow(line, _values(cells, columns, template, name, line, faults)))
    if not read:
        faults.append(_fault("list-empty", name, place + 2, "清单中没有数据行", "it has no rows"))
    if len(read) > _MOST:
        faults.append(_fault("list-long", name, None, "行数过多", "it has too many rows"))
    faults += _doubles(read, template, name)
    refuse_if(faults)
    amounts = (row.money(template.sum_of) for row in read) if template.sum_of else ()
    return FilledIn(template, facts, tuple(read), total(amounts))


def _fold(cell: str) -> str:
    return re.sub(r"[\s*:：]", "", unicodedata.normalize("NFKC", cell)).casefold()


def _names(field: Field) -> tuple[str, ...]:
    zh, en = _fold(field.name.zh), _fold(field.name.en)
    return zh, en, zh + en


def _table(
    tables: list[list[list[str]]], template: Template, name: str
) -> tuple[list[list[str]], int, dict[str, int]]:
    """The table with the template's columns: its rows, its header's place, and its columns."""
    needed = {field.key: field for field in template.columns if field.required}
    best: dict[str, int] = {}
    for rows in tables:
        for place, cells in enumerate(rows[:60]):
            folded = [_fold(cell) for cell in cells]
            found = {
                field.key: folded.index(match)
                for field in template.columns
                for match in _names(field)
                if match in folded
            }
            if needed.keys() <= found.keys():
                return rows, place, found
            best = max(best, found, key=len)
    missing = [field.name for key, field in needed.items() if key not in best]
    raise Refused(
        _fault(
            "list-columns", name, None,
            f"缺少栏目：{'、'.join(words.zh for words in missing)}",
            f"columns are missing: {', '.join(words.en for words in missing)}",
            Words("按模板填写；用 mingbai template 取得空白模板",
                  "fill in the template; mingbai template gives an empty one"),
        )
    )  # fmt: skip


def _facts(
    above: Sequence[list[str]], template: Template, name: str, faults: list[Finding]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for field in template.facts:
        text, line = _beside(above, field)
        _take(field, text, name, line, faults, found)
    return found


def _beside(above: Sequence[list[str]], field: Field) -> tuple[str, int | None]:
    """What stands in the cell beside a fact's name, or behind it in the same cell."""
    for line, cells in enumerate(above, start=1):
        for column, cell in enumerate(cells):
            folded = _fold(cell)
            if folded in _names(field):
                rest = [text for text in cells[column + 1 :] if text]
                return (rest[0] if rest else ""), line
            head, mark, tail = unicodedata.normalize("NFKC", cell).partition(":")
            if mark and _fold(head) in _names(field):
                return tail.strip(), line
    return "", None


def _values(
    cells: Sequence[str], columns: Mapping[str, int], template: Template, name: str, line: int,
    faults: list[Finding],
) -> dict[str, Value]:  # fmt: skip
    values: dict[str, Value] = {}
    for field in template.columns:
        place = columns.get(field.key)
        text = cells[place] if place is not None and place < len(cells) else ""
        _take(field, text, name, line, faults, values)
    return values


def _take(
    field: Field, text: str, name: str, line: int | None, faults: list[Finding],
    into: dict[str, Value],
) -> None:  # fmt: skip
    text = value_text(text)
    if not text:
        if field.required:
            faults.append(_fault(
                "list-missing", name, line, f"「{field.name.zh}」未填",
                f"{field.name.en} is empty"))  # fmt: skip
        return
    try:
        into[field.key] = _value(field, text)
    except ValueError:
        # What stands there may be a name; the finding says where, not what.
        faults.append(_fault(
            "list-value", name, line, f"「{field.name.zh}」不能读出",
            f"{field.name.en} cannot be read"))  # fmt: skip


def _value(field: Field, text: str) -> Value:
    if field.kind == MONEY:
        amount = parse_amount(text)
        if amount is None:
            raise ValueError(text)
        return Money(amount.fen)
    if field.kind == DAY:
        moment = parse_moment(text, serials=True)
        if moment is None:
            raise ValueError(text)
        return moment.day
    if field.kind == MONTH:
        match = _MONTH.fullmatch(text)
        moment = None if match else parse_moment(text, serials=True)
        if match:
            return Month(int(match[1]), int(match[2]))
        if moment is None:
            raise ValueError(text)
        return Month.of(moment.day)
    if field.kind == COUNT:
        if not re.fullmatch(r"[0-9]{1,6}", text):
            raise ValueError(text)
        return int(text)
    if field.kind == CHOICE and text not in field.choices:
        raise ValueError(text)
    return text


def _is_total(cells: Sequence[str]) -> bool:
    return any(_fold(cell) in ("合计", "总计", "total") for cell in cells[:3])


def _check_total(
    cells: Sequence[str], columns: Mapping[str, int], template: Template, read: list[ListRow],
    name: str, line: int, faults: list[Finding],
) -> None:  # fmt: skip
    place = columns.get(template.sum_of)
    text = cells[place] if place is not None and place < len(cells) else ""
    try:
        stated = parse_amount(text)
    except ValueError:
        stated = None
    if stated is not None and stated.fen != sum(row.money(template.sum_of).fen for row in read):
        faults.append(_fault(
            "list-total", name, line, "合计与各行之和不符",
            "the total is not the sum of the rows"))  # fmt: skip


def _doubles(read: Sequence[ListRow], template: Template, name: str) -> list[Finding]:
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for row in read:
        key = tuple(row.text(part) for part in template.unique)
        if not any(key):
            continue
        if key in seen:
            found.append(_fault(
                "list-double", name, row.line, f"与第 {seen[key]} 行重复",
                f"it repeats row {seen[key]}"))  # fmt: skip
        seen.setdefault(key, row.line)
    return found


def _fault(
    rule: str, name: str, line: int | None, zh: str, en: str, todo: Words | None = None
) -> Finding:
    todo = todo or Words("改正后重新登记；此清单未登记", "correct it and enter the list again")
    return finding(rule, zh, en, todo.zh, todo.en, file=name, line=line)
