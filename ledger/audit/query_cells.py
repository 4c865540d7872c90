"""The answer to a query as plain JSON: typed columns, exact numbers as text, everything bounded."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.inventory import Inventory
from beancount.core.position import Cost, Position

from ledger.audit.query_book import PLACES
from ledger.audit.query_rules import LONGEST_CELL, MOST_ROWS

_MOST_PARTS: Final = 50
_LARGEST_ROWS: Final = 16 * 1024 * 1024
_LONGEST_NAME: Final = 80
#: How a number is written out: beyond so many places it is shown as a power of ten.
_MOST_PLACES: Final = 40
_LARGEST_INT: Final = 2**53
_KINDS: Final[dict[Any, str]] = {
    bool: "bool", int: "int", Decimal: "decimal", str: "text", date: "date", Amount: "amount",
    Position: "position", Inventory: "inventory", Cost: "cost", set: "set", list: "set",
    frozenset: "set",
}  # fmt: skip


def answer_of(columns: Sequence[Any], rows: Sequence[Sequence[Any]]) -> dict[str, object]:
    """Columns with their kinds, rows of cells, how many rows there were, and whether some are cut.

    Numbers and amounts are text, days ISO; an inventory is a list of positions, sets are lists.
    """
    told: list[list[object]] = []
    size = 0
    for row in rows[:MOST_ROWS]:
        cells = [_cell(value) for value in row]
        size += len(json.dumps(cells, ensure_ascii=False))
        if size > _LARGEST_ROWS:
            break
        told.append(cells)
    heads = [{"name": _name(one.name), "kind": _kind(one.datatype)} for one in columns]
    return {"columns": heads, "rows": told, "found": len(rows)}


def _name(name: str) -> str:
    return _cut(" ".join(name.split()), _LONGEST_NAME)


def _kind(datatype: Any) -> str:
    return _KINDS.get(typing.get_origin(datatype) or datatype, "object")


def _cut(text: str, longest: int = LONGEST_CELL) -> str:
    shown = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(c if c.isprintable() else " " for c in shown)


def _cell(value: Any) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_INT else _number(Decimal(value))
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Amount):
        return _amount(value)
    if isinstance(value, Position):
        return _position(value)
    if isinstance(value, Inventory):
        return [_position(one) for one in sorted(value)[:_MOST_PARTS]]
    return _other(value)


def _other(value: Any) -> object:
    """Sets, metadata, and directives by what a person knows them by."""
    if isinstance(value, dict):
        told = [(key, one) for key, one in value.items() if key not in PLACES]
        return {_cut(key, _LONGEST_NAME): _plain(one) for key, one in _first(told)}
    if isinstance(value, data.Transaction):
        number = value.meta.get("voucher", "")
        return _cut(f"{number} {value.date.isoformat()} {value.narration}".strip())
    if isinstance(value, (data.Open, data.Close)):
        return value.date.isoformat()
    if isinstance(value, Cost):
        return {"number": _number(value.number), "currency": value.currency, "label": value.label}
    if isinstance(value, (set, frozenset)):
        return [_plain(one) for one in _first(sorted(value, key=str))]
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in _first(value)]
    return _cut(type(value).__name__)


def _first(values: Iterable[Any]) -> list[Any]:
    return list(values)[:_MOST_PARTS]


def _plain(value: Any) -> str:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return _number(Decimal(value))
    return _cut(value if isinstance(value, str) else str(value))


def _number(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _MOST_PLACES:
        return f"{value:.6E}"
    return _cut(f"{value:f}")


def _amount(value: Any) -> dict[str, object]:
    return {"number": _number(value.number), "currency": value.currency}


def _position(value: Any) -> dict[str, object]:
    found = _amount(value.units)
    if value.cost is not None:
        cost = value.cost
        found["cost"] = _amount(cost) | {"date": cost.date.isoformat(), "label": cost.label}
    return found
