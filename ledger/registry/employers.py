"""Employers that owe a unit a levy. Their names are sealed: a small employer may be a person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from ledger.registry import ids
from ledger.registry.schema import employer as table
from ledger.registry.vault import Vault


@dataclass(frozen=True, slots=True)
class EmployerRow:
    """``union_since`` is the first day of its own union; None while it has none."""

    id: str
    unit: str
    name: str
    credit_code: str
    union_since: date | None

    def has_union(self, day: date) -> bool:
        return self.union_since is not None and self.union_since <= day


def add(
    conn: Connection,
    vault: Vault,
    unit: str,
    name: str,
    credit_code: str,
    *,
    union_since: date | None,
    user: str,
    now: datetime,
) -> EmployerRow:
    """Enter an employer; the database refuses a name that the unit has already."""
    row = EmployerRow(ids.new("e"), unit, name, credit_code, union_since)
    conn.execute(
        insert(table).values(
            id=row.id, unit=unit, name_digest=vault.digest("employer", name),
            code_digest=_code(vault, credit_code),
            sealed=vault.seal(
                json.dumps([name, credit_code], ensure_ascii=False).encode(), context=row.id
            ),
            union_since=union_since, user=user, at=now.isoformat(timespec="seconds"),
        )
    )  # fmt: skip
    return row


def called(conn: Connection, vault: Vault, unit: str, word: str) -> EmployerRow | None:
    """The employer of this id, name or credit code; None if there is none, or not one only."""
    digest = vault.digest("employer", word)
    rows = conn.execute(
        select(table).where(
            table.c.unit == unit,
            (table.c.id == word)
            | (table.c.name_digest == digest)
            | ((table.c.code_digest == _code(vault, word)) & (table.c.code_digest != "")),
        )
    ).all()
    return _row(vault, rows[0]) if len(rows) == 1 else None


def of_unit(conn: Connection, vault: Vault, unit: str) -> list[EmployerRow]:
    """The unit's employers, by id."""
    rows = conn.execute(select(table).where(table.c.unit == unit).order_by(table.c.id))
    return [_row(vault, row) for row in rows]


def set_union(conn: Connection, employer: str, since: date) -> None:
    """The employer has a union of its own from a day on."""
    conn.execute(update(table).where(table.c.id == employer).values(union_since=since))


def _code(vault: Vault, credit_code: str) -> str:
    return vault.digest("credit-code", credit_code) if credit_code else ""


def _row(vault: Vault, row: object) -> EmployerRow:
    found = row._mapping  # type: ignore[attr-defined]
    name, code = json.loads(vault.unseal(found["sealed"], context=found["id"]))
    return EmployerRow(found["id"], found["unit"], name, code, found["union_since"])
