"""What a hand scanner, or a person with a sheet, noted in a stocktake: one thing in each row.

The first column is a code, its number, or the text of a label; place, keeper and condition may
stand beside it, by a header or in that order. Without a header a file of codes is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from importers.tables import table_of
from ledger.errors import Finding, Refused, finding
from ledger.stocktakes.counting import MOST_AT_ONCE, Sight

#: What columns are called; a file without these words has them in this order.
COLUMNS: Final = {
    "what": ("资产编号", "编号", "code", "asset"),
    "place": ("存放地点", "地点", "place"),
    "keeper": ("保管人", "keeper"),
    "note": ("完好情况", "状况", "condition", "note"),
}


def scanned(data: bytes, name: str, place: str = "", keeper: str = "") -> list[Sight]:
    """The sights of a file; ``place`` and ``keeper`` hold where a row says none.

    Refused for a file without any code, or with more than can be entered at once.
    """
    rows = table_of(data, name)
    found = list(_sights(rows, place, keeper))
    if not found:
        raise Refused(_bad("文件中没有资产编号", "the file holds no asset's code", name))
    if len(found) > MOST_AT_ONCE:
        raise Refused(
            _bad(f"一次至多 {MOST_AT_ONCE} 行", f"at most {MOST_AT_ONCE} rows at a time", name)
        )
    return found


def _sights(rows: Sequence[Sequence[str]], place: str, keeper: str) -> Iterator[Sight]:
    at = {name: column for column, name in enumerate(COLUMNS)}
    for line, row in enumerate(rows, start=1):
        header = _header(row)
        if header:
            at = header
            continue
        said = {
            name: row[column].strip() if column < len(row) else "" for name, column in at.items()
        }
        if said.get("what"):
            yield Sight(
                said["what"], said.get("place") or place, said.get("keeper") or keeper,
                said.get("note", ""), line=line,
            )  # fmt: skip


def _header(row: Sequence[str]) -> dict[str, int]:
    """Where each column stands, if this row names that of the codes."""
    heads = ["".join(cell.split()).lower() for cell in row]
    at = {
        name: heads.index(word)
        for name, words in COLUMNS.items()
        for word in words
        if word in heads
    }
    return at if "what" in at else {}


def _bad(zh: str, en: str, name: str) -> Finding:
    return finding(
        "bad-scans", zh, en, "一行一个编号，或：编号,地点,保管人",
        "one code a line, or: code,place,keeper", file=name,
    )  # fmt: skip
