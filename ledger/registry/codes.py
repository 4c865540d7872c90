"""The numbers of reference codes: what the next one of a kind and year is made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, select


def greatest_number(
    conn: Connection, code: Column[Any], begins: str, *where: ColumnElement[bool]
) -> int:
    """The greatest number of the codes that begin so, as ``HY2026-``; 0 if there are none."""
    # Numbers have four digits or more: of the longest codes the last one.
    last = conn.execute(
        select(code)
        .where(code.startswith(begins), *where)
        .order_by(func.length(code).desc(), code.desc())
        .limit(1)
    ).scalar()
    return 0 if last is None else int(last.split("-")[1])
