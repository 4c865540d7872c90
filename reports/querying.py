"""The answer to an auditor's query as a statement and as a table on the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.audit.query import cell_text
from ledger.errors import Words
from ledger.money import CNY, Money, yuan
from reports.statement import COUNT, DAY, MONEY, REF, TEXT, Column, Line, Statement
from reports.table import aligned

if TYPE_CHECKING:
    from ledger.audit.query import Answer
    from reports.statement import Cell

_FIGURES: Final = frozenset({"amount", "decimal", "inventory", "position"})
_TWO_DECIMALS: Final = re.compile(r"-?[0-9]{1,13}\.[0-9]{2}")
_VOUCHER: Final = re.compile(r"(?:收|付|转)-[0-9]{6}-[0-9]{4,9}")
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
TITLE: Final = Words("账簿查询", "Query of the book")


def is_voucher_number(value: object) -> bool:
    """Whether a cell says which voucher it is."""
    return isinstance(value, str) and _VOUCHER.fullmatch(value) is not None


def is_figure(kind: str) -> bool:
    """Whether a column of this kind holds figures, which end flush."""
    return kind in _FIGURES or kind == "int"


def query_statement(
    answer: Answer, query: str, unit: str, unit_name: Words, asked_on: date
) -> Statement:
    """The rows as a statement; sums of yuan are money, days are days, all else is text."""
    columns, kinds = [], []
    for place, (name, kind) in enumerate(answer.columns):
        kinds.append(_kind_of(kind, [row[place] for row in answer.rows]))
        key = name if _KEY.fullmatch(name) else f"column{place + 1}"
        columns.append(Column(key, Words(name, ""), kinds[-1]))
    lines = [
        Line(
            "", Words("", ""), tuple(map(_cell, kinds, row)),
            ref=next((f"{unit}/{value}" for value in row if is_voucher_number(value)), ""),
        )
        for row in answer.rows
    ]  # fmt: skip
    return Statement(
        "query", TITLE, unit, unit_name, answer.period or f"{asked_on:%Y-%m}", tuple(columns),
        tuple(lines), label_column=None, notes=answer.told,
        facts=(
            (Words("单位", "Unit"), f"{unit_name.zh} {unit_name.en}".strip()),
            (Words("查询", "Query"), " ".join(query.split())),
            (Words("查询日", "Asked on"), asked_on.isoformat()),
        ),
    )  # fmt: skip


def _kind_of(kind: str, values: Sequence[Any]) -> str:
    if kind in _FIGURES and all(value is None or _money(value) is not None for value in values):
        return MONEY
    if kind == "text" and values and all(is_voucher_number(value) for value in values):
        return REF
    is_whole = kind == "int" and all(isinstance(value, (int, type(None))) for value in values)
    return COUNT if is_whole else DAY if kind == "date" else TEXT


def _money(value: Any) -> Money | None:
    """A cell that is one sum of yuan to the fen, and nothing else."""
    if isinstance(value, list):
        if not value:
            return Money(0)
        value = value[0] if len(value) == 1 else None
    if isinstance(value, dict):
        is_plain = value.get("currency") == CNY and "cost" not in value
        value = value["number"] if is_plain else None
    if isinstance(value, str) and _TWO_DECIMALS.fullmatch(value):
        return yuan(value)
    return None


def _cell(kind: str, value: Any) -> Cell:
    if value is None:
        return None
    if kind == MONEY:
        return _money(value)
    if kind == DAY and isinstance(value, str):
        return date.fromisoformat(value)
    if kind == COUNT:
        return int(value)
    return cell_text(value)


def query_text(answer: Answer) -> str:
    """The rows for the terminal, and below them what was read and what was cut."""
    rows = [
        tuple(name for name, _ in answer.columns),
        *(tuple(map(cell_text, row)) for row in answer.rows),
    ]
    right = {place for place, (_, kind) in enumerate(answer.columns) if is_figure(kind)}
    notes = [f"{note.zh} {note.en}" for note in answer.told]
    count = f"{answer.found:,} 行 rows，{answer.seconds:.1f} 秒 seconds"
    return "\n".join([aligned(rows, right), count, *notes])
