"""What stands in the cells of a filled-in sheet: each as what its column asks for, or a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from importers.cells import parse_amount, parse_moment, value_text
from importers.reference import find_codes
from importers.templates import CHOICE, CODE, COUNT, DAY, DECIMAL, MONEY, MONTH, Field, asks
from ledger.entry import LONGEST_TEXT, safe_text
from ledger.errors import Finding, Words, finding
from ledger.money import Money
from ledger.period import Month

Value = str | Money | date | Month | int | Fraction
_MONTH = re.compile(r"(20[0-9]{2})\s*[-年/.]?\s*(0?[1-9]|1[0-2])\s*月?(?:份|度)?")
_DECIMAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
_LOST = re.compile(r"[0-9](?:\.[0-9]+)?e\+[0-9]+", re.I)


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


def take(
    field: Field, text: str, name: str, line: int | None, faults: list[Finding],
    into: dict[str, Value],
) -> None:  # fmt: skip
    """Read a cell into ``into`` under the field's key; what is wrong with it goes to ``faults``."""
    text = value_text(text)
    if not safe_text(text):
        if field.required:
            faults.append(fault(
                "list-missing", name, line, f"「{field.name.zh}」未填",
                f"“{field.name.en}” is empty"))  # fmt: skip
        return
    try:
        into[field.key] = _value(field, text)
    except ValueError:
        # What stands there may be a name; the finding says where, not what.
        faults.append(fault(
            "list-value", name, line, f"「{field.name.zh}」不能读出，须为：{asks(field).zh}",
            f"“{field.name.en}” cannot be read as {asks(field).en}"))  # fmt: skip


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
    if field.kind == DECIMAL:
        if not _DECIMAL.fullmatch(text):
            raise ValueError(text)
        return Fraction(text)
    if field.kind == CHOICE and text not in field.choices:
        raise ValueError(text)
    # A long number typed as one, not as text, has lost its last digits to the spreadsheet.
    if _LOST.fullmatch(text) or len(text) > LONGEST_TEXT:
        raise ValueError(text)
    return safe_text(text)


def fault(
    rule: str, name: str, line: int | None, zh: str, en: str, todo: Words | None = None
) -> Finding:
    todo = todo or Words("改正后重新登记；此清单未登记", "correct it and enter the list again")
    return finding(rule, zh, en, todo.zh, todo.en, file=name, line=line)
