"""Reading our own templates back: every cell as what its column asks for, or a finding.

All of a list is read, or none of it: one wrong row refuses the file, and every fault is told at
once. Names of columns decide, not their order; columns that the template does not know are left
alone. What stands above the table is found by its name; a list's code and month also where each is
the only one there. Below the total remarks may stand, and no amounts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from importers.list_checks import between, check_below, check_total, doubles, fold, is_total
from importers.list_values import ListRow, Value, fault, take
from importers.reference import find_codes
from importers.tables import tables_of
from importers.templates import CODE, MONTH, TEMPLATES, Field, Template
from ledger.errors import Finding, Refused, Words, refuse_if
from ledger.money import Money, total
from ledger.period import Month

# Above a table: a day such as that of printing, codes in whatever spelling, and months.
_A_DAY = re.compile(r"20[0-9]{2}\s*[-年/.]\s*[0-9]{1,2}\s*[-月/.]\s*[0-9]{1,2}\s*日?")
_A_CODE = re.compile(r"[A-Z]{2}\s*20[0-9]{2}[\s-]*[0-9]{4,6}[\s-]*[0-9](?![0-9])", re.I)
_A_MONTH = re.compile(r"(20[0-9]{2})\s*[-年/.]\s*(0?[1-9]|1[0-2])(?![0-9])")


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A template as somebody filled it in; ``total`` is the sum of its money column.

    ``lines`` say in which row of the file each fact stands.
    """

    template: Template
    facts: Mapping[str, Value]
    rows: tuple[ListRow, ...]
    total: Money
    lines: Mapping[str, int]

    def fact(self, key: str) -> str:
        """What stands above the table; empty where nothing does."""
        return str(self.facts.get(key, ""))

    def day(self, key: str) -> date:
        """The day that a required fact says."""
        value = self.facts[key]
        if not isinstance(value, date):
            raise TypeError(f"{key} is no day")
        return value

    def month(self, key: str) -> Month:
        """The month that a required fact says, or that its day lies in."""
        value = self.facts[key]
        if isinstance(value, Month):
            return value
        if isinstance(value, date):
            return Month.of(value)
        raise TypeError(f"{key} is no time")


def read_list(data: bytes, name: str, template: Template) -> FilledIn:
    """A filled-in template; Refused with every finding if anything in it is wrong or missing."""
    tables = tables_of(data, name)
    # The first sheet that holds the columns; others explain, or are somebody's notes.
    rows, place, columns = _table(tables, template, name)
    faults: list[Finding] = []
    lines: dict[str, int] = {}
    facts = _facts(rows[:place], template, name, faults, lines)
    read: list[ListRow] = []
    ended = False
    for line, cells in enumerate(rows[place + 1 :], start=place + 2):
        if not any(cells):
            continue
        if template.sum_of and is_total(cells):
            ended = True
            check_total(cells, columns, template, read, name, line, faults)
            continue
        if ended:
            check_below(cells, columns, template, name, line, faults)
            continue
        row = ListRow(line, _values(cells, columns, template, name, line, faults))
        faults += between(row, template, name)
        read.append(row)
    if not read and template.least:
        faults.append(fault("list-empty", name, place + 2, "清单中没有数据行", "it has no rows"))
    if len(read) > template.most:
        faults.append(fault("list-long", name, None, "行数过多", "it has too many rows"))
    faults += doubles(read, template, name)
    refuse_if(faults)
    amounts = (row.money(template.sum_of) for row in read) if template.sum_of else ()
    return FilledIn(template, facts, tuple(read), total(amounts), lines)


#: The command that enters each of our sheets.
_ENTERED_BY: Mapping[str, str] = {
    "dues-list": "payroll", "union-fee-list": "levy tax", "allotment-notice": "allotment",
    "donation-export": "gifts", "members": "members import", "assets": "asset import",
    "levy-declaration": "levy declare", "plan": "plan", "budget": "budget set",
    "aid": "aid pay --list", "donors": "donors import",
}  # fmt: skip


def no_list(tables: Sequence[Sequence[Sequence[str]]], name: str) -> list[Finding]:
    """A finding if a statement is looked for in what is one of our own sheets, and what enters it.

    Its header has every column that the sheet asks for, under the sheet's own names. Their English
    alone (number, amount) may be a bank's.
    """
    heads = [frozenset(map(fold, cells)) for rows in tables for cells in rows[:60]]
    for template in TEMPLATES.values():
        asked = [_names(field)[:3:2] for field in template.columns if field.required]
        if any(all(not head.isdisjoint(names) for names in asked) for head in heads):
            command = _ENTERED_BY[template.name]
            return [
                fault(
                    "list-no-statement", name, None,
                    f"这是{template.title.zh}，不是对账单",
                    f"this is a {template.title.en}, and no statement",
                    Words(f"用 mingbai {command} 或网页的「清单」登记",
                          f"enter it with mingbai {command}, or under Lists at the desk"),
                )
            ]  # fmt: skip
    return []


def _names(field: Field) -> tuple[str, ...]:
    zh, en = fold(field.name.zh), fold(field.name.en)
    return (zh, en, zh + en, *(fold(name) for name in field.also))


def _table(
    tables: list[list[list[str]]], template: Template, name: str
) -> tuple[list[list[str]], int, dict[str, int]]:
    """The table with the template's columns: its rows, its header's place, and its columns.

    Refused if two tables have them: which of them is the list, or whether both are, nobody says.
    """
    needed = {field.key: field for field in template.columns if field.required}
    best: dict[str, int] = {}
    fit: list[tuple[list[list[str]], int, dict[str, int]]] = []
    for rows in tables:
        for place, cells in enumerate(rows[:60]):
            folded = [fold(cell) for cell in cells]
            found = {
                field.key: folded.index(match)
                for field in template.columns
                if (match := next((one for one in _names(field) if one in folded), None))
            }
            if needed.keys() <= found.keys():
                twice = [one for one in needed.values() if folded.count(folded[found[one.key]]) > 1]
                refuse_if(_twice(one, name, place + 1) for one in twice)
                fit.append((rows, place, found))
                break
            best = max(best, found, key=len)
    if len(fit) > 1:
        raise Refused(
            fault("list-tables", name, None, f"有 {len(fit)} 张表都是这种清单",
                   f"{len(fit)} tables in it are such lists",
                   Words("把各行放在一张表中", "put all rows into one table"))
        )  # fmt: skip
    if fit:
        return fit[0]
    missing = [field.name for key, field in needed.items() if key not in best]
    raise Refused(
        fault(
            "list-columns", name, None,
            f"缺少栏目：{'、'.join(words.zh for words in missing)}",
            f"columns are missing: {', '.join(words.en for words in missing)}",
            Words("按模板填写；用 mingbai template 取得空白模板",
                  "fill in the template; mingbai template gives an empty one"),
        )
    )  # fmt: skip


def _facts(
    above: Sequence[list[str]], template: Template, name: str, faults: list[Finding],
    lines: dict[str, int],
) -> dict[str, Value]:  # fmt: skip
    found: dict[str, Value] = {}
    for field in template.facts:
        text, line = _beside(above, field)
        if line is not None:
            lines[field.key] = line
        take(field, text or _alone(above, field), name, line, faults, found)
    return found


def _alone(above: Sequence[list[str]], field: Field) -> str:
    """A code or month that nobody named, if it is the only one above the table."""
    text = unicodedata.normalize("NFKC", " ".join(cell for row in above for cell in row))
    if field.kind == CODE:
        codes = [code for code in find_codes(text) if code.startswith(field.prefix)]
        return codes[0] if len(codes) == 1 else ""
    if field.kind == MONTH:
        bare = _A_DAY.sub(" ", _A_CODE.sub(" ", text))
        months = {Month(int(year), int(month)) for year, month in _A_MONTH.findall(bare)}
        return str(months.pop()) if len(months) == 1 else ""
    return ""


def _twice(field: Field, name: str, line: int) -> Finding:
    return fault(
        "list-columns", name, line, f"「{field.name.zh}」栏出现两次",
        f"the column {field.name.en} stands there twice",
    )  # fmt: skip


def _beside(above: Sequence[list[str]], field: Field) -> tuple[str, int | None]:
    """What stands in the cell beside a fact's name, or behind it in the same cell."""
    for line, cells in enumerate(above, start=1):
        for column, cell in enumerate(cells):
            folded = fold(cell)
            if folded in _names(field):
                rest = [text for text in cells[column + 1 :] if text]
                return (rest[0] if rest else ""), line
            head, mark, tail = unicodedata.normalize("NFKC", cell).partition(":")
            if mark and fold(head) in _names(field):
                return tail.strip(), line
            head, _, tail = cell.partition(" ")
            if tail and fold(head) in _names(field):
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
        if not text and not field.required:
            continue
        take(field, text, name, line, faults, values)
    return values
