"""Whose registry a database holds: entered when it is made, asked whenever it is opened.

A missing database, one of another federation, or another master key would each look like an empty
and faultless federation; they are refused instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, insert, inspect, select

from ledger.errors import CannotRun, Finding, Refused, finding
from ledger.registry import migrations, schema
from ledger.registry.settings import SETTINGS
from ledger.registry.trouble import URL_VARIABLE
from ledger.registry.vault import KEY_VARIABLE, Vault

if TYPE_CHECKING:
    from ledger.registry.settings import FederationSettings


def found(engine: Engine, settings: FederationSettings, vault: Vault) -> None:
    """Make the tables of a new federation; Refused if the database holds any already."""
    with engine.connect() as conn, conn.begin():
        if inspect(conn).get_table_names():
            raise Refused(
                finding(
                    "database-in-use",
                    "此数据库中已有数据表",
                    "there are tables in this database already",
                    "每个联合会用一个空的数据库",
                    "give every federation an empty database of its own",
                )
            )
    migrations.upgrade(engine, None)
    enter(engine, settings, vault)


def bring_up_to_date(engine: Engine, settings: FederationSettings, vault: Vault) -> None:
    """The tables as this program knows them; CannotRun unless they are this federation's."""
    place = engine.url.database
    if engine.dialect.name == "sqlite" and not Path(place or "").is_file():
        raise CannotRun(_no_registry())
    with engine.connect() as conn, conn.begin():
        have = migrations.version_of(conn)
    if have is None:
        raise CannotRun(_no_registry())
    if have != migrations.HEAD:
        migrations.upgrade(engine, have)
    row = _read(engine)
    if row is None and have != migrations.HEAD:
        # Its tables came from a program that did not ask yet whose they are.
        enter(engine, settings, vault)
        row = _read(engine)
    if row is None or row[0] != settings.id:
        raise CannotRun(_no_registry())
    if row[1] != key_digest(vault):
        raise CannotRun(
            finding(
                "other-key",
                "主密钥不是建立此登记册时的那一把",
                "this is not the master key that the registry was made with",
                f"恢复原来的密钥文件或环境变量 {KEY_VARIABLE}",
                f"restore the key file that belongs to it, or set {KEY_VARIABLE}",
                file=settings.key_file,
            )
        )


def _read(engine: Engine) -> tuple[str, str] | None:
    """The federation's id and the digest of its key; None if the database does not say."""
    with engine.connect() as conn, conn.begin():
        row = conn.execute(select(schema.federation)).first()
    return None if row is None else (row.id, row.key_digest)


def enter(engine: Engine, settings: FederationSettings, vault: Vault) -> None:
    """Say in an empty registry whose it is."""
    with engine.connect().execution_options(mingbai_write=True) as conn, conn.begin():
        row = {"id": settings.id, "key_digest": key_digest(vault)}
        conn.execute(insert(schema.federation).values(row))


def key_digest(vault: Vault) -> str:
    """What a registry keeps of its master key: enough to tell another one from it."""
    return vault.digest("master-key", "which")


def _no_registry() -> Finding:
    return finding(
        "no-registry",
        "数据库不在，或不是这个联合会的登记册",
        "the database is missing, or is not the registry of this federation",
        f"从备份恢复 registry.db，或核对 [registry] url 与环境变量 {URL_VARIABLE}；不会另建空库",
        f"restore registry.db from a backup, or check [registry] url and {URL_VARIABLE}; "
        "no empty one is made in its place",
        file=SETTINGS,
    )
