"""Lists that one deposit pays: the paper each came from, who is to pay it, and what stands in it.

Who pays and what the rows are called is sealed: it may name persons.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from ledger.registry.schema import claim_list as table
from ledger.registry.sets import among
from ledger.registry.vault import Vault


@dataclass(frozen=True, slots=True)
class ClaimList:
    """``template`` is the sheet that it was written on, ``digest`` its paper; ``keys`` are what
    tells its rows from all others, such as the numbers of orders."""

    unit: str
    code: str
    template: str
    digest: str
    payer: str
    keys: tuple[str, ...]
    user: str
    at: str


_COLUMNS = tuple(
    table.c[name] for name in ("unit", "code", "template", "digest", "sealed", "user", "at")
)


def put(conn: Connection, vault: Vault, row: ClaimList) -> None:
    """Keep a list; one of the same code gives way to it."""
    words = json.dumps([row.payer, list(row.keys)], ensure_ascii=False).encode()
    conn.execute(delete(table).where(table.c.unit == row.unit, table.c.code == row.code))
    conn.execute(
        insert(table).values(
            unit=row.unit, code=row.code, template=row.template, digest=row.digest,
            sealed=vault.seal(words, context=f"list {row.unit} {row.code}"), user=row.user,
            at=row.at,
        )
    )  # fmt: skip


def all_lists(conn: Connection, vault: Vault, unit: str) -> dict[str, ClaimList]:
    """The unit's lists by code."""
    rows = conn.execute(select(*_COLUMNS).where(table.c.unit == unit).order_by(table.c.code))
    return {row.code: _list(vault, tuple(row)) for row in rows}


def with_codes(
    conn: Connection, vault: Vault, unit: str, codes: Collection[str]
) -> dict[str, ClaimList]:
    """Those of the unit's lists that have one of these codes."""
    rows = conn.execute(
        select(*_COLUMNS).where(table.c.unit == unit, among(conn, table.c.code, codes))
    )
    return {row.code: _list(vault, tuple(row)) for row in rows}


def _list(vault: Vault, row: tuple[Any, ...]) -> ClaimList:
    unit, code, template, digest, sealed, user, at = row
    payer, keys = json.loads(vault.unseal(sealed, context=f"list {unit} {code}"))
    return ClaimList(unit, code, template, digest, payer, tuple(keys), user, at)
