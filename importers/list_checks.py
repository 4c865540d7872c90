"""What has to hold in a filled-in sheet beyond its single cells: totals, parts, no row twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from importers.cells import parse_amount
from importers.list_values import ListRow, fault
from importers.templates import Template
from ledger.errors import Finding, Words
from ledger.money import total


def fold(cell: str) -> str:
    """A heading as headings are compared."""
    return re.sub(r"[\s*:：]", "", unicodedata.normalize("NFKC", cell)).casefold()


_TOTAL = ("合计", "总计", "total")


def is_total(cells: Sequence[str]) -> bool:
    return any(fold(cell) in _TOTAL for cell in cells[:3])


def _amount_in(text: str) -> int | None:
    try:
        amount = parse_amount(text)
    except ValueError:
        return None
    return None if amount is None else amount.fen


def check_below(
    cells: Sequence[str], columns: Mapping[str, int], template: Template, name: str, line: int,
    faults: list[Finding],
) -> None:  # fmt: skip
    """Beside remarks, a row below the total would be one that it leaves out."""
    place = columns.get(template.sum_of)
    if place is not None and place < len(cells) and _amount_in(cells[place]) is not None:
        faults.append(
            fault("list-below", name, line, "合计之下还有金额", "an amount stands below the total")
        )


def between(row: ListRow, template: Template, name: str) -> list[Finding]:
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
            found.append(fault("list-sum", name, row.line, told.zh, told.en))
    if template.at_most is not None and set(template.at_most) <= row.values.keys():
        less, more = template.at_most
        if row.money(less).fen > row.money(more).fen:
            told = Words(
                f"{names[less].zh}大于{names[more].zh}",
                f"“{names[less].en}” is more than “{names[more].en}”",
            )
            found.append(fault("list-sum", name, row.line, told.zh, told.en))
    return found


def check_total(
    cells: Sequence[str], columns: Mapping[str, int], template: Template, read: list[ListRow],
    name: str, line: int, faults: list[Finding],
) -> None:  # fmt: skip
    place = columns.get(template.sum_of)
    text = cells[place] if place is not None and place < len(cells) else ""
    if fold(text) in _TOTAL:
        return  # the word stands where the sum would: the row states none
    stated = _amount_in(text)
    if stated != sum(row.money(template.sum_of).fen for row in read):
        faults.append(fault(
            "list-total", name, line, "合计与各行之和不符",
            "the total is not the sum of the rows"))  # fmt: skip


def doubles(read: Sequence[ListRow], template: Template, name: str) -> list[Finding]:
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for row in read:
        key = tuple(row.text(part) for part in template.unique)
        if not any(key):
            continue
        if key in seen:
            found.append(fault(
                "list-double", name, row.line, f"与第 {seen[key]} 行重复",
                f"it repeats row {seen[key]}"))  # fmt: skip
        seen.setdefault(key, row.line)
    return found
