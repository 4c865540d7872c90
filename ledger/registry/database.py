"""The registry of a federation: where its tables are, and transactions on them.

SQLite is the default, PostgreSQL is reached by URL; both are asked to have every commit on disk
before they answer.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from ledger.errors import CannotRun, Finding, Refused, finding
from ledger.layout import UNIT_NAME
from ledger.registry.vault import Vault, create_key_file, load_master_key

SETTINGS: Final = "federation.toml"
URL_VARIABLE: Final = "MINGBAI_DATABASE_URL"
DEFAULT_URL: Final = "sqlite:///registry.db"
_BUSY_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class FederationSettings:
    """``federation.toml``; ``url`` and ``key_file`` are relative to the folder."""

    id: str
    name: str
    name_en: str
    url: str
    key_file: str


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

        Refused if a federation is there already.
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
        path = folder / SETTINGS
        if path.exists():
            raise Refused(
                finding(
                    "federation-exists",
                    "此目录已有一个联合会",
                    "there is a federation in this folder already",
                    "换一个空目录",
                    "choose an empty folder",
                    file=SETTINGS,
                )
            )
        folder.mkdir(parents=True, exist_ok=True)
        create_key_file(folder / "master.key")
        # A URL may hold a password: it is written only as it was given to this command, and the
        # environment variable keeps it out of the file altogether.
        settings = {
            "federation": {"id": id, "name": name, "name_en": name_en},
            "registry": {"url": url},
            "key": {"file": "master.key"},
        }
        _write_settings(path, settings)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Registry:
        """The registry of a federation folder, its tables brought up to date."""
        settings = read_settings(folder)
        vault = Vault(load_master_key(folder / settings.key_file))
        engine = _engine(folder, os.environ.get(URL_VARIABLE) or settings.url)
        try:
            _bring_up_to_date(engine)
        except OperationalError as fault:
            engine.dispose()
            raise CannotRun(_no_database()) from fault
        except BaseException:
            engine.dispose()
            raise
        return cls(folder, settings, engine, vault)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: committed at the end, rolled back on an exception."""
        options: dict[str, Any] = {"mingbai_write": True}
        with self.engine.connect().execution_options(**options) as conn, conn.begin():
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: everything in it sees the same state."""
        with self.engine.connect() as conn, conn.begin():
            yield conn

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


def read_settings(folder: Path) -> FederationSettings:
    """``federation.toml`` of a folder; CannotRun if it is missing or not as it should be."""
    path = folder / SETTINGS
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        federation = raw["federation"]
        settings = FederationSettings(
            id=federation["id"],
            name=federation["name"],
            name_en=federation.get("name_en", ""),
            url=raw.get("registry", {}).get("url", DEFAULT_URL),
            key_file=raw.get("key", {}).get("file", "master.key"),
        )
        if not all(isinstance(getattr(settings, name), str) for name in settings.__slots__):
            raise TypeError(SETTINGS)
    except FileNotFoundError as fault:
        raise CannotRun(
            finding(
                "no-federation",
                "这里没有联合会目录（缺 federation.toml）",
                "this is no federation folder: it has no federation.toml",
                "检查路径；新建用 mingbai init 或 mingbai demo",
                "check the path; make one with mingbai init or mingbai demo",
                file=SETTINGS,
            )
        ) from fault
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        AttributeError,
    ) as bad:
        raise CannotRun(
            finding(
                "bad-settings",
                "federation.toml 无法读取",
                "federation.toml cannot be read",
                "从备份恢复；其中须有 [federation] id 与 name",
                "restore it from a backup; it holds [federation] with id and name",
                file=SETTINGS,
            )
        ) from bad
    return settings


def _write_settings(path: Path, settings: dict[str, dict[str, str]]) -> None:
    # A JSON string is a TOML basic string.
    lines = []
    for table, values in settings.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in values.items()]
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")


def _engine(folder: Path, given: str) -> Engine:
    try:
        url = make_url(given)
    except ArgumentError as fault:
        raise CannotRun(_no_database()) from fault
    if url.get_backend_name() == "sqlite":
        place = folder / (url.database or "registry.db")
        engine = create_engine(
            url.set(database=str(place)), connect_args={"timeout": _BUSY_SECONDS}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        try:
            return create_engine(
                url, connect_args={"options": "-c synchronous_commit=on -c timezone=UTC"}
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
    raise CannotRun(_no_database())


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, below
    cursor = connection.cursor()
    # FULL: with NORMAL a power cut loses commits that were acknowledged.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    # A transaction that will write says so first, or two of them could deadlock half way.
    writes = conn.get_execution_options().get("mingbai_write", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(engine: Engine) -> None:
    from ledger.registry import migrations

    with engine.connect() as conn, conn.begin():
        have = migrations.version_of(conn)
    if have == migrations.HEAD:
        return
    migrations.upgrade(engine, have)


def _no_database() -> Finding:
    return finding(
        "no-database",
        "无法连接登记册数据库",
        "the registry's database cannot be reached",
        f"检查 federation.toml 的 [registry] url，或环境变量 {URL_VARIABLE}",
        f"check [registry] url in federation.toml, or the variable {URL_VARIABLE}",
        file=SETTINGS,
    )
