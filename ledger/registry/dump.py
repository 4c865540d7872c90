"""The registry's tables as lines of text, the same for every database, and back into an empty one.

The first line names the columns, then one line per row, a JSON array; rows by primary key, so that
two databases that hold the same say the same, byte for byte. Days are ISO text. Bytes that are
UTF-8 stand as ``u`` and the text, others as ``b`` and base64. Logins are left out: nobody is logged
in in a restored federation.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from ledger.errors import Refused, finding
from ledger.registry import migrations, schema
from ledger.registry.sets import insert_many

#: Tables of which nothing is kept.
LEFT_OUT: Final = ("session",)
_BATCH: Final = 5000


class BadRow(ValueError):
    """A line that is no row of its table."""


def table_names() -> list[str]:
    """The tables that are dumped, each behind those that it refers to."""
    return [table.name for table in schema.metadata.sorted_tables if table.name not in LEFT_OUT]


def lines(
    conn: Connection,
    name: str,
    tables: MetaData = schema.metadata,
    names: Sequence[str] | None = None,
) -> Iterator[bytes]:
    """The columns of a table and every row of it as lines, streamed; in the order of ``names``.

    A database that was brought up from an older one has its columns in another order.
    """
    table = tables.tables[name]
    columns = [table.columns[one] for one in names] if names else list(table.columns)
    yield _line([column.name for column in columns])
    order = [_plain_order(conn, column) for column in table.primary_key]
    write = [_writer(column) for column in columns]
    rows = conn.execute(select(*columns).order_by(*order), execution_options={"yield_per": 1000})
    for row in rows:
        yield _line([value if f is None else f(value) for f, value in zip(write, row, strict=True)])


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain_order(conn: Connection, column: Column[Any]) -> Any:
    """Texts by their bytes, whatever language the database sorts in."""
    if conn.dialect.name == "postgresql" and isinstance(column.type, String):
        return column.collate("C")
    return column


def _writer(column: Column[Any]) -> Any:
    if isinstance(column.type, LargeBinary):
        return _bytes_text
    if isinstance(column.type, Date):
        return lambda value: None if value is None else value.isoformat()
    return None


def _bytes_text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return "u" + bytes(value).decode()
    except UnicodeDecodeError:
        return "b" + base64.b64encode(value).decode()


def read_line(line: bytes, columns: Sequence[Column[Any]]) -> list[Any]:
    """The values of a row; BadRow for anything that :func:`lines` does not write."""
    try:
        values = json.loads(line)
        if not isinstance(values, list) or len(values) != len(columns):
            raise BadRow("another number of columns")
        return [_value(value, column) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, IndexError, RecursionError) as fault:
        raise BadRow("no row of this table") from fault


def _value(value: Any, column: Column[Any]) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        if value[0] == "u":
            return value[1:].encode()
        return base64.b64decode(value[1:], validate=True)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(value, (list, dict, float)):
        raise BadRow("no value of a column")
    return value


def read_head(lines: Iterator[bytes], table: Table) -> list[Column[Any]]:
    """The columns that the first line names, all that the table has; BadRow if it does not."""
    try:
        names = json.loads(next(lines, b""))
        if sorted(names) == sorted(column.name for column in table.columns):
            return [table.columns[name] for name in names]
    except (ValueError, TypeError, RecursionError) as fault:
        raise BadRow("no columns") from fault
    raise BadRow("other columns")


def read_rows(lines: Iterator[bytes], name: str) -> Iterator[dict[str, Any]]:
    """The rows of a table by their columns, as this program knows it."""
    columns = read_head(lines, schema.metadata.tables[name])
    names = [column.name for column in columns]
    for line in lines:
        yield dict(zip(names, read_line(line, columns), strict=True))


# ---- into an empty database --------------------------------------------------------------------


def is_empty(engine: Engine) -> bool:
    """Whether a database has no tables at all."""
    with engine.connect() as conn, conn.begin():
        return not inspect(conn).get_table_names()


def make_tables(engine: Engine, version: str) -> None:
    """The tables of ``version`` in an empty database; Refused if it is not empty."""
    if not is_empty(engine):
        raise Refused(
            finding(
                "database-in-use", "此数据库中已有数据表",
                "there are tables in this database already",
                "给出一个空的数据库：--url", "give an empty database: --url",
            )
        )  # fmt: skip
    if version == migrations.HEAD:
        migrations.upgrade(engine, None)
    else:
        migrations.make(engine, version)


def tables_there(engine: Engine) -> MetaData:
    """The tables as they are in a database that an older program's backup went into."""
    found = MetaData()
    found.reflect(engine)
    return found


def load(
    conn: Connection, name: str, given: Iterator[bytes], tables: MetaData = schema.metadata
) -> list[str]:
    """Enter all rows of a table; the names of its columns as the lines have them.

    BadRow for a line that is none, or that the database does not take.
    """
    table = tables.tables[name]
    columns = read_head(given, table)
    names = [column.name for column in columns]
    own = _refers_to_itself(table, names)
    rows: Iterator[list[Any]] = (read_line(line, columns) for line in given)
    if own is not None:
        rows = iter(_parents_first(list(rows), *own))
    try:
        while batch := list(islice(rows, _BATCH)):
            insert_many(conn, table, names, batch)
    except (IntegrityError, DataError, StatementError) as fault:
        raise BadRow("the database does not take it") from fault
    return names


def _refers_to_itself(table: Table, names: list[str]) -> tuple[list[int], list[int]] | None:
    """Where a row names another row of its own table, and where that row says who it is."""
    for key in table.foreign_key_constraints:
        if key.referred_table is table:
            said = [names.index(part.parent.name) for part in key.elements]
            return said, [names.index(part.column.name) for part in key.elements]
    return None


def _parents_first(rows: list[list[Any]], said: list[int], own: list[int]) -> list[list[Any]]:
    known = {tuple(row[at] for at in own) for row in rows}
    done: set[tuple[Any, ...]] = set()
    found: list[list[Any]] = []
    left = rows
    while left:
        later = []
        for row in left:
            parent = tuple(row[at] for at in said)
            if parent in done or parent not in known:
                found.append(row)
                done.add(tuple(row[at] for at in own))
            else:
                later.append(row)
        if len(later) == len(left):
            raise BadRow("rows refer to each other in a circle")
        left = later
    return found


def set_counters(conn: Connection, tables: MetaData) -> None:
    """Have numbers that the database gives go on behind those that were entered."""
    if conn.dialect.name != "postgresql":
        return
    for table in tables.sorted_tables:
        if "id" not in table.columns or table.columns["id"].type.python_type is not int:
            continue
        sequence = func.pg_get_serial_sequence(table.name, "id")
        last = select(func.max(table.columns["id"])).scalar_subquery()
        conn.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def empty(engine: Engine) -> None:
    """Take every table out again that a load which did not succeed left behind."""
    found = tables_there(engine)
    with engine.connect() as conn, conn.begin():
        found.drop_all(conn)
        conn.execute(text("DROP TABLE IF EXISTS alembic_version"))
