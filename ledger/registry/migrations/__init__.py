"""The steps by which the tables came to be as they are; run by Alembic.

Reading the version is cheap and needs no Alembic, so that commands may do it every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, inspect, text

from ledger.errors import CannotRun, Finding, finding

HEAD: Final = "0035"
KNOWN: Final = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012",
    "0013", "0014", "0015", "0016", "0017", "0018", "0019", "0020", "0021", "0022", "0023", "0024",
    "0025", "0026", "0027", "0028", "0029", "0030", "0031", "0032", "0033", "0034", "0035",
)  # fmt: skip


def version_of(conn: Connection) -> str | None:
    """The version that the tables have; None if there are none."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    row = conn.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])


def upgrade(engine: Engine, have: str | None) -> None:
    """Bring the tables to :data:`HEAD`; CannotRun if a newer program made them."""
    if have is not None and have not in KNOWN:
        raise CannotRun(_newer())
    _go_to(engine, HEAD)


def make(engine: Engine, version: str) -> None:
    """The tables as they were at ``version``, in an empty database; CannotRun for one unknown."""
    if version not in KNOWN:
        raise CannotRun(_newer())
    _go_to(engine, version)


def _go_to(engine: Engine, version: str) -> None:
    from alembic import command
    from alembic.config import Config

    from ledger.registry.database import lock

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    options: dict[str, Any] = {"mingbai_write": True}
    with engine.connect().execution_options(**options) as conn, _loose_keys(conn), conn.begin():
        lock(conn, "migrations")
        config.attributes["connection"] = conn
        command.upgrade(config, version)
        if conn.dialect.name == "sqlite" and conn.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise CannotRun(_loose_rows())


@contextmanager
def _loose_keys(conn: Connection) -> Iterator[None]:
    """SQLite changes a table by writing it anew; what refers to it is looked at afterwards."""
    if conn.dialect.name != "sqlite":
        yield
        return
    # Outside of a transaction, where alone the setting can be changed.
    driver: Any = conn.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _newer() -> Finding:
    return finding(
        "newer-registry",
        "登记册由更新版本的程序建立",
        "the registry was made by a newer version of this program",
        "请升级程序",
        "upgrade the program",
    )


def _loose_rows() -> Finding:
    return finding(
        "registry-broken",
        "登记册的数据表之间引用不全，未作升级",
        "rows of the registry refer to others that are missing; it was not upgraded",
        "从备份恢复 registry.db 后重试",
        "restore registry.db from a backup and try again",
    )
