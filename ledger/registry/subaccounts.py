"""Parts of money accounts that the bank numbers, and whose they are.

Whoever pays in on such a number (虚拟子账户、记账子单元) is told by it. A number belongs to one
member, to one code (a claim's or a payroll list's), or to one fund. It is sealed, and found by its
keyed digest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ledger.registry.schema import sub_account as table
from ledger.registry.sets import among
from ledger.registry.vault import Vault


@dataclass(frozen=True, slots=True)
class SubAccount:
    """One number of a unit's ledger ``account``; exactly one of the last three says whose it is."""

    unit: str
    account: str
    number: str
    member: str | None = None
    code: str | None = None
    fund: str | None = None


def add_many(
    conn: Connection, vault: Vault, rows: Sequence[SubAccount], user: str, now: datetime
) -> None:
    """Enter numbers; the database refuses one that is taken."""
    if rows:
        at = now.isoformat(timespec="seconds")
        conn.execute(
            insert(table),
            [
                {
                    "unit": row.unit,
                    "account": row.account,
                    "digest": _digest(vault, row.account, row.number),
                    "sealed": vault.seal(row.number.encode(), context=_context(row)),
                    "member": row.member,
                    "code": row.code,
                    "fund": row.fund,
                    "user": user,
                    "at": at,
                }
                for row in rows
            ],
        )


def find_many(
    conn: Connection, vault: Vault, unit: str, account: str, numbers: Collection[str]
) -> dict[str, SubAccount]:
    """Whose these numbers of an account are, by number; those nobody has are left out."""
    digests = {number: _digest(vault, account, number) for number in numbers}
    rows = conn.execute(
        select(table.c.digest, table.c.member, table.c.code, table.c.fund).where(
            table.c.unit == unit,
            table.c.account == account,
            among(conn, table.c.digest, digests.values()),
        )
    )
    found = {digest: (member, code, fund) for digest, member, code, fund in rows}
    return {
        number: SubAccount(unit, account, number, *found[digest])
        for number, digest in digests.items()
        if digest in found
    }


def of_unit(conn: Connection, vault: Vault, unit: str) -> list[SubAccount]:
    """Every number of the unit, by account and number."""
    rows = conn.execute(select(table).where(table.c.unit == unit))
    found = [
        SubAccount(
            unit,
            row.account,
            vault.unseal(row.sealed, context=f"sub-account {unit} {row.account}").decode(),
            row.member,
            row.code,
            row.fund,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.account, row.number))


def remove(conn: Connection, vault: Vault, unit: str, account: str, number: str) -> bool:
    """Take a number out; False if nobody has it."""
    gone = conn.execute(
        delete(table).where(
            table.c.unit == unit,
            table.c.account == account,
            table.c.digest == _digest(vault, account, number),
        )
    )
    return gone.rowcount > 0


def _context(row: SubAccount) -> str:
    return f"sub-account {row.unit} {row.account}"


def _digest(vault: Vault, account: str, number: str) -> str:
    return vault.digest("sub-account", f"{account} {number}")
