"""The tables of a new registry without alembic: what it did once is done again, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

Upgrade = Callable[[Engine, str | None], None]
_MAKES = ("CREATE", "INSERT", "UPDATE", "ALTER", "DROP")


def replaying(upgrade: Upgrade) -> Upgrade:
    """``upgrade``, which for a new database repeats the statements of the first of its kind."""
    made: dict[str, list[tuple[str, Any]]] = {}

    def run(engine: Engine, have: str | None) -> None:
        kind = engine.dialect.name
        if have is not None:
            upgrade(engine, have)
        elif kind in made:
            _repeat(engine, made[kind])
        else:
            made[kind] = _recorded(engine, upgrade)

    return run


def _recorded(engine: Engine, upgrade: Upgrade) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = []

    def hear(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(_MAKES):
            told.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        upgrade(engine, None)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return told


def _repeat(engine: Engine, told: list[tuple[str, Any]]) -> None:
    writing = engine.connect().execution_options(mingbai_write=True)
    with writing as conn, conn.begin():
        for statement, parameters in told:
            conn.exec_driver_sql(statement, parameters or None)
