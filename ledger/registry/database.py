"""The registry of a federation: where its tables are, and transactions on them.

SQLite is the default, PostgreSQL is reached by URL; both are asked to have every commit on disk
before they answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ledger.errors import CannotRun, Refused, finding
from ledger.layout import UNIT_NAME
from ledger.registry import identity
from ledger.registry.settings import (
    DEFAULT_URL,
    SETTINGS,
    FederationSettings,
    all_or_nothing,
    read_settings,
    refuse_used,
    write_settings,
)
from ledger.registry.trouble import URL_VARIABLE, no_database, told
from ledger.registry.vault import KEY_VARIABLE, Vault, create_key_file, load_master_key

_BUSY_SECONDS: Final = 30


class Registry:
    """An open registry; made by :meth:`create` and :meth:`open`."""

    def __init__(self, folder: Path, settings: FederationSettings, engine: Engine, vault: Vault):
        self.folder = folder
        self.settings = settings
        self.engine = engine
        self.vault = vault

    @classmethod
    def create(
        cls, folder: Path, *, id: str, name: str, name_en: str = "", url: str = DEFAULT_URL
    ) -> Registry:
        """A new federation folder with its settings, master key and tables.

        Refused if the folder or the database is in use. What cannot be finished leaves nothing.
        With a master key in the environment no key file is made.
        """
        if not UNIT_NAME.fullmatch(id) or not name.strip():
            raise Refused(
                finding(
                    "bad-federation",
                    "联合会须有名称，代号用小写字母、数字与连字符",
                    "a federation has a name, and an id of small letters, digits and hyphens",
                    "例如：--id qinghe --name 青禾县总工会",
                    "for example: --id qinghe --name 青禾县总工会",
                )
            )
        refuse_used(folder)
        settings = FederationSettings(id, name, name_en, url, "master.key")
        with all_or_nothing(folder):
            if KEY_VARIABLE not in os.environ:
                create_key_file(folder / settings.key_file)
            vault = Vault(load_master_key(folder / settings.key_file))
            engine = _engine(folder, os.environ.get(URL_VARIABLE) or url)
            try:
                with told():
                    identity.found(engine, settings, vault)
            except BaseException:
                engine.dispose()
                raise
            # Last, because it is what makes the folder a federation.
            write_settings(folder / SETTINGS, settings)
        return cls(folder, settings, engine, vault)

    @classmethod
    def open(cls, folder: Path) -> Registry:
        """The registry of a federation folder, its tables brought up to date.

        CannotRun if there is no database of this federation, or another master key than the one
        that it was made with: a missing database is never replaced by an empty one.
        """
        settings = read_settings(folder)
        vault = Vault(load_master_key(folder / settings.key_file))
        engine = _engine(folder, os.environ.get(URL_VARIABLE) or settings.url)
        try:
            with told():
                identity.bring_up_to_date(engine, settings, vault)
        except BaseException:
            engine.dispose()
            raise
        return cls(folder, settings, engine, vault)

    @classmethod
    def at(cls, folder: Path, settings: FederationSettings, vault: Vault) -> Registry:
        """A registry whose database is still to be filled: nothing is asked of it."""
        return cls(folder, settings, _engine(folder, settings.url), vault)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A reading transaction in which nothing changes, however long it takes, whoever writes."""
        options = {"isolation_level": "REPEATABLE READ"}
        if self.engine.dialect.name == "sqlite":
            options = {}  # its log gives every reader the state that was there when it began
        with told(), self.engine.connect().execution_options(**options) as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: committed at the end, rolled back on an exception."""
        options: dict[str, Any] = {"mingbai_write": True}
        with told(), self.engine.connect().execution_options(**options) as conn, conn.begin():
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction. PostgreSQL shows it what others commit meanwhile."""
        with told(), self.engine.connect() as conn, conn.begin():
            yield conn

    def wipe(self) -> None:
        """Overwrite on disk what was deleted from the tables that hold persons' keys."""
        sqlite = self.engine.dialect.name == "sqlite"
        # SQLite zeroes what it deletes (see secure_delete below); the log still holds it. In
        # PostgreSQL a deleted row stays in its table's file until the table is written anew.
        words = ["PRAGMA wal_checkpoint(TRUNCATE)"]
        if not sqlite:
            words = ["VACUUM FULL person_key", "VACUUM FULL person_digest"]
        with told(), self.engine.connect() as conn:
            conn.execution_options(isolation_level="AUTOCOMMIT")
            for word in words:
                conn.exec_driver_sql(word)

    def lock_unit(self, conn: Connection, unit: str) -> None:
        """Hold the unit's journal until the transaction ends.

        SQLite's writing transaction holds the whole database already.
        """
        lock(conn, f"unit {unit}")

    def close(self) -> None:
        self.engine.dispose()


def lock(conn: Connection, name: str) -> None:
    """A lock of this name until the transaction ends, where one writer is not the rule anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def _engine(folder: Path, given: str) -> Engine:
    try:
        url = make_url(given)
    except ArgumentError as fault:
        raise CannotRun(no_database()) from fault
    if url.get_backend_name() == "sqlite":
        place = folder / (url.database or "registry.db")
        engine = create_engine(
            url.set(database=str(place)), connect_args={"timeout": _BUSY_SECONDS},
            hide_parameters=True,  # an error may be logged; what was asked holds names
        )  # fmt: skip
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        try:
            return create_engine(
                url,
                connect_args={"options": "-c synchronous_commit=on -c timezone=UTC"},
                hide_parameters=True,
            )
        except ModuleNotFoundError as fault:
            raise CannotRun(
                finding(
                    "no-driver",
                    "没有安装 PostgreSQL 驱动",
                    "the PostgreSQL driver is not installed",
                    "安装：pip install 'mingbai[postgresql]'",
                    "install it: pip install 'mingbai[postgresql]'",
                )
            ) from fault
    raise CannotRun(no_database())


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, below
    cursor = connection.cursor()
    # FULL: with NORMAL a power cut loses commits that were acknowledged.
    # secure_delete: what is erased is overwritten, not left in free pages.
    # cache_size: 32 MB, so that a long statement does not write an index's pages many times.
    wanted = (
        "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON",
        "cache_size=-32768",
    )  # fmt: skip
    for pragma in wanted:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    # A transaction that will write says so first, or two of them could deadlock half way.
    writes = conn.get_execution_options().get("mingbai_write", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
