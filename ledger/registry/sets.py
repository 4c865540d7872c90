"""Many values at once: one statement asks about them, one statement enters them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, cast, func, insert, select
from sqlalchemy.dialects.postgresql import JSON


def among(conn: Connection, column: Column[Any], values: Collection[str]) -> ColumnElement[bool]:
    """``column`` is one of ``values``, which travel as one parameter, as a JSON array."""
    packed = json.dumps(sorted(set(values)), ensure_ascii=False)
    if conn.dialect.name == "sqlite":
        return column.in_(select(func.json_each(packed).table_valued("value").c.value))
    unpacked = func.json_array_elements_text(cast(cast(packed, Text), JSON))
    return column.in_(select(unpacked.column_valued()))


def insert_many(
    conn: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Enter rows whose values stand in the order of ``names``.

    SQLite takes them as they are, in one go: for a hundred thousand lines, making a dictionary and
    a parameter set of each costs more than writing them.
    """
    if not rows:
        return
    if conn.dialect.name != "sqlite":
        conn.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    binders = [table.c[name].type.dialect_impl(conn.dialect) for name in names]
    told = [(at, made) for at, kind in enumerate(binders)
            if (made := kind.bind_processor(conn.dialect)) is not None]  # fmt: skip
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    values: list[tuple[object, ...]] = []
    for row in rows:
        cells = list(row)
        for at, made in told:
            cells[at] = made(cells[at])
        values.append(tuple(cells))
    # The names are the schema's own, never a person's words.
    conn.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',  # noqa: S608
        values,
    )
