"""Many values at once: one statement asks about them, one statement enters them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    Text,
    cast,
    func,
    insert,
    select,
)
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
    # One column after the other: many rows share their days, and each is written once.
    cells: list[Sequence[object]] = list(zip(*rows, strict=True))
    for at, name in enumerate(names):
        kind = table.c[name].type.dialect_impl(conn.dialect)
        made = kind.bind_processor(conn.dialect)
        if made is not None and not isinstance(kind, LargeBinary):  # bytes go as they are
            written = {cell: made(cell) for cell in set(cells[at])}
            cells[at] = [written[cell] for cell in cells[at]]
    # What no row has is not said; the database says it by itself.
    said = [at for at, of in enumerate(cells) if at == 0 or of.count(None) < len(of)]
    columns = ", ".join(f'"{names[at]}"' for at in said)
    marks = ", ".join("?" for _ in said)
    # The names are the schema's own, never a person's words.
    conn.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',  # noqa: S608
        list(zip(*[cells[at] for at in said], strict=True)),
    )


def next_numbers(conn: Connection, table: Table, count: int) -> Sequence[int]:
    """The numbers that ``count`` new rows of a table will have, to be entered with them."""
    if conn.dialect.name == "sqlite":  # which has one writer: nobody takes them in between
        last = conn.execute(select(func.max(table.c.id))).scalar() or 0
        return range(last + 1, last + 1 + count)
    sequence = func.pg_get_serial_sequence(table.name, "id")
    series = func.generate_series(1, count).alias("one")
    return sorted(conn.execute(select(func.nextval(sequence)).select_from(series)).scalars())
