"""The registry of a backup put into a database, and compared with the backup row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from ledger.backup import faults
from ledger.backup.archive import Archive
from ledger.backup.manifest import TABLES
from ledger.errors import Finding, Refused
from ledger.registry import dump, identity, migrations, schema
from ledger.registry.database import Registry
from ledger.registry.trouble import told as trouble_told

if TYPE_CHECKING:
    from ledger.registry.settings import FederationSettings

Told = Callable[[str, int, int], None]


def load(archive: Archive, registry: Registry, but: Collection[str], told: Told) -> None:
    """Fill a new registry with all tables of a backup ``but`` some, and compare what it holds.

    A backup of an older program goes into the tables as they were, which are then brought up.
    """
    version = archive.manifest.schema
    dump.make_tables(registry.engine, version)
    tables = dump.tables_there(registry.engine)
    members = {member.name: member for member in archive.manifest.members}
    wanted = [
        name
        for name in [table.name for table in tables.sorted_tables]
        if f"{TABLES}{name}.jsonl" in members and name not in but
    ]
    with registry.write() as conn:
        for done, name in enumerate(wanted):
            told("登记册 registry", done, len(wanted))
            member = members[f"{TABLES}{name}.jsonl"]
            try:
                columns = dump.load(conn, name, archive.lines(member), tables)
            except dump.BadRow as fault:
                raise Refused(_no_row(member.name)) from fault
            if _digest(dump.lines(conn, name, tables, columns)) != member.sha256:
                raise Refused(_no_row(member.name))
        dump.set_counters(conn, tables)
    if version != migrations.HEAD:
        migrations.upgrade(registry.engine, version)


def begin(registry: Registry) -> None:
    """An empty registry of this federation and key, for what is made from books alone."""
    dump.make_tables(registry.engine, migrations.HEAD)
    identity.enter(registry.engine, registry.settings, registry.vault)


def settle(registry: Registry) -> None:
    """Have a SQLite database in one file, without its log, before it is moved."""
    registry.engine.dispose()
    with registry.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    registry.engine.dispose()


def move_to(registry: Registry, settings: FederationSettings, told: Told) -> None:
    """Fill the database that ``settings`` name from a registry, in one transaction; that one goes.

    Refused if it is in use; what cannot be finished leaves it as empty as it was.
    """
    other = Registry.at(registry.folder, settings, registry.vault)
    try:
        with trouble_told():
            dump.make_tables(other.engine, migrations.HEAD)
        try:
            _fill(registry, other, told)
        except BaseException:
            dump.empty(other.engine)
            raise
    finally:
        other.close()
    registry.close()
    for path in registry.folder.glob("registry.db*"):
        path.unlink()


def _fill(registry: Registry, other: Registry, told: Told) -> None:
    names = dump.table_names()
    with registry.read() as source, other.write() as conn:
        for done, name in enumerate(names):
            told("数据库 database", done, len(names))
            try:
                dump.load(conn, name, dump.lines(source, name))
            except dump.BadRow as fault:
                raise Refused(_no_row(name)) from fault
            if _digest(dump.lines(conn, name)) != _digest(dump.lines(source, name)):
                raise Refused(_no_row(name))
        dump.set_counters(conn, schema.metadata)


def _digest(lines: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()


def _no_row(name: str) -> Finding:
    return faults.damaged(name, "装入后与备份不同", "is not the same once it is in the database")
