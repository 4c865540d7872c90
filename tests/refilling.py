"""Databases of PostgreSQL that begin alike: one that a test is done with is put back for the next.

Making one with its tables takes half a second of the server's time, putting one back a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.postgres import administer, connected, name_of, set_aside

# What was made in the database, and when it was last altered: every alteration writes the row anew.
_SHAPE = """
SELECT md5(string_agg(said, ' ' ORDER BY said)) FROM (
  SELECT 'trigger' || oid || ':' || xmin AS said FROM pg_trigger WHERE oid >= 16384
  UNION ALL SELECT 'constraint' || oid || ':' || xmin FROM pg_constraint WHERE oid >= 16384
  UNION ALL SELECT 'function' || oid || ':' || xmin FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT 'class' || oid || ':' || relname || ':' || relkind::text FROM pg_class
    WHERE oid >= 16384 AND relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'column' || attrelid || '.' || attnum || ':' || a.xmin
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
) AS everything
"""
_USED = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  AND pg_relation_size(oid) > 0
"""
_COUNTERS = "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


@dataclass
class Start:
    """What a database holds where tests begin, and those that stand ready to hold it again."""

    shape: str
    rows: dict[str, bytes]
    counters: list[tuple[str, int, bool]]
    ready: list[str] = field(default_factory=list)


_given: dict[str, Start] = {}


def read_start(url: str) -> Start:
    """What the database of this address holds."""
    with connected(url) as conn:
        rows = {}
        for (table,) in conn.execute(_USED).fetchall():
            with conn.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)') as copy:
                rows[table] = b"".join(copy)
        return Start(_shape(conn), rows, conn.execute(_COUNTERS).fetchall())


def fill(url: str, start: Start, start_url: str) -> None:
    """Put a database that begins like ``start`` in place of the empty one of this address."""
    name = name_of(url)
    set_aside(url)
    orders = []
    while start.ready:
        ready = start.ready.pop()
        if _put_back(ready, start):
            orders.append(f"ALTER DATABASE {name_of(ready)} RENAME TO {name}")
            break
        orders.append(f"DROP DATABASE {name_of(ready)}")
    else:
        orders.append(f"CREATE DATABASE {name} TEMPLATE {name_of(start_url)}")
    administer(url, *orders)
    _given[url] = start


def give_back(url: str) -> None:
    """The test that had this database is over; whoever is still connected is cut off."""
    start = _given.pop(url, None)
    if start is None:
        return
    ready = f"{url}_ready"
    administer(
        url, _OTHERS.format(name_of(url)),
        f"ALTER DATABASE {name_of(url)} RENAME TO {name_of(ready)}",
    )  # fmt: skip
    start.ready.append(ready)


def _put_back(url: str, start: Start) -> bool:
    """Whether the database has the tables that it began with; then it has their rows again."""
    with connected(url) as conn:
        if _shape(conn) != start.shape:
            return False
        # Neither triggers nor references are asked.
        conn.execute("SET session_replication_role = replica")
        used = [f'"{table}"' for (table,) in conn.execute(_USED).fetchall()]
        conn.execute(";".join(f"DELETE FROM {table}" for table in used))
        # Or the next rows would stand in the gaps, in another order than in a new database.
        conn.execute(f"VACUUM {', '.join(used)}")
        with conn.transaction():
            for table, rows in start.rows.items():
                with conn.cursor().copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
                    copy.write(rows)
            for counter, last, counted in start.counters:
                conn.execute("SELECT setval(%s::regclass, %s, %s)", (f'"{counter}"', last, counted))
    return True


def _shape(conn: Any) -> str:
    return str(conn.execute(_SHAPE).fetchone()[0])
