"""Asking a table about many values at once: one statement, however many there are."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSON


def among(conn: Connection, column: Column[Any], values: Collection[str]) -> ColumnElement[bool]:
    """``column`` is one of ``values``, which travel as one parameter, as a JSON array."""
    packed = json.dumps(sorted(set(values)), ensure_ascii=False)
    if conn.dialect.name == "sqlite":
        return column.in_(select(func.json_each(packed).table_valued("value").c.value))
    unpacked = func.json_array_elements_text(cast(cast(packed, Text), JSON))
    return column.in_(select(unpacked.column_valued()))
