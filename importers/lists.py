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

from importers.cells import parse_amount, parse_moment, value_text
from importers.reference import find_codes
from importers.tables import tables_of
from importers.templates import CHOICE, CODE, COUNT, DAY, MONEY, MONTH, Field, Template
from ledger.entry import LONGEST_TEXT, safe_text
from ledger.errors import Finding, Refused, Words, finding, refuse_if
from ledger.money import Money, total
from ledger.period import Month

Value = str | Money | date | Month | int
_MONTH = re.compile(r"(20[0-9]{2})\s*[-年/.]?\s*(0?[1-9]|1[0-2])\s*月?(?:份|度)?")
_MOST = 20_000
_LOST = re.compile(r"[0-9](?:\.[0-9]+)?e\+[0-9]+", re.I)
# Above a table: a day such as that of printing, codes in whatever spelling, and months.
_A_DAY = re.compile(r"20[0-9]{2}\s*[-年/.]\s*[0-9]{1,2}\s*[-月/.]\s*[0-9]{1,2}\s*日?")
_A_CODE = re.compile(r"[A-Z]{2}\s*20[0-9]{2}[\s-]*[0-9]{4,6}[\s-]*[0-9](?![0-9])", re.I)
_A_MONTH = re.compile(r"(20[0-9]{2})\s*[-年/.]\s*(0?[1-9]|1[0-2])(?![0-9])")


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

    def fact(self, key: str) -> str:
        """What stands above the table; empty where nothing does."""
        return str(self.facts.get(key, ""))

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
    facts = _facts(rows[:place], template, name, faults)
    read: list[ListRow] = []
    ended = False
    for line, cells in enumerate(rows[place + 1 :], start=place + 2):
        if not any(cells):
            continue
        if template.sum_of and _is_total(cells):
            ended = True
            _check_total(cells, columns, template, read, name, line, faults)
            continue
        if ended:
            _check_below(cells, columns, template, name, line, faults)
            continue
        row = ListRow(line, _values(cells, columns, template, name, line, faults))
        faults += _between(row, template, name)
        read.append(row)
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
    return (zh, en, zh + en, *(_fold(name) for name in field.also))


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
            folded = [_fold(cell) for cell in cells]
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
            _fault("list-tables", name, None, f"有 {len(fit)} 张表都是这种清单",
                   f"{len(fit)} tables in it are such lists",
                   Words("把各行放在一张表中", "put all rows into one table"))
        )  # fmt: skip
    if fit:
        return fit[0]
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
        _take(field, text or _alone(above, field), name, line, faults, found)
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
    return _fault(
        "list-columns", name, line, f"「{field.name.zh}」栏出现两次",
        f"the column {field.name.en} stands there twice",
    )  # fmt: skip


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
            head, _, tail = cell.partition(" ")
            if tail and _fold(head) in _names(field):
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
    if not safe_text(text):
        if field.required:
            faults.append(_fault(
                "list-missing", name, line, f"「{field.name.zh}」未填",
                f"“{field.name.en}” is empty"))  # fmt: skip
        return
    try:
        into[field.key] = _value(field, text)
    except ValueError:
        # What stands there may be a name; the finding says where, not what.
        faults.append(_fault(
            "list-value", name, line, f"「{field.name.zh}」不能读出",
            f"“{field.name.en}” cannot be read"))  # fmt: skip


def _value(field: Field, text: str) -> Value:
    if field.kind == MONEY:
        amount = parse_amount(text)
        if amount is None or amount.mark or (field.positive and amount.fen <= 0):
            raise ValueError(text)
        return Money(amount.fen)
    if field.kind == CODE:
        codes = find_codes(text)
        if len(codes) != 1 or not codes[0].startswith(field.prefix) or len(text) > 24:
            raise ValueError(text)
        return codes[0]
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
    # A long number typed as one, not as text, has lost its last digits to the spreadsheet.
    if _LOST.fullmatch(text) or len(text) > LONGEST_TEXT:
        raise ValueError(text)
    return safe_text(text)


_TOTAL = ("合计", "总计", "total")


def _is_total(cells: Sequence[str]) -> bool:
    return any(_fold(cell) in _TOTAL for cell in cells[:3])


def _amount_in(text: str) -> int | None:
    try:
        amount = parse_amount(text)
    except ValueError:
        return None
    return None if amount is None else amount.fen


def _check_below(
    cells: Sequence[str], columns: Mapping[str, int], template: Template, name: str, line: int,
    faults: list[Finding],
) -> None:  # fmt: skip
    """Beside remarks, a row below the total would be one that it leaves out."""
    place = columns.get(template.sum_of)
    if place is not None and place < len(cells) and _amount_in(cells[place]) is not None:
        faults.append(
            _fault("list-below", name, line, "合计之下还有金额", "an amount stands below the total")
        )


def _between(row: ListRow, template: Template, name: str) -> list[Finding]:
    """Faults between the columns of a row."""
    names = {field.key: field.name for field in template.columns}
    found = []
    adds = template.adds
    if adds and set(adds) <= row.values.keys():
        whole, *parts = adds
        if row.money(whole) != total(row.money(part) for part in parts):
            told = Words(
                f"{names[whole].zh}不等于{'＋'.join(names[part].zh for part in parts)}",
                f"“{names[whole].en}” is not {' + '.join(names[part].en for part in parts)}",
            )
            found.append(_fault("list-sum", name, row.line, told.zh, told.en))
    if template.at_most is not None and set(template.at_most) <= row.values.keys():
        less, more = template.at_most
        if row.money(less).fen > row.money(more).fen:
            told = Words(
                f"{names[less].zh}大于{names[more].zh}",
                f"“{names[less].en}” is more than “{names[more].en}”",
            )
            found.append(_fault("list-sum", name, row.line, told.zh, told.en))
    return found


def _check_total(
    cells: Sequence[str], columns: Mapping[str, int], template: Template, read: list[ListRow],
    name: str, line: int, faults: list[Finding],
) -> None:  # fmt: skip
    place = columns.get(template.sum_of)
    text = cells[place] if place is not None and place < len(cells) else ""
    if _fold(text) in _TOTAL:
        return  # the word stands where the sum would: the row states none
    stated = _amount_in(text)
    if stated != sum(row.money(template.sum_of).fen for row in read):
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
