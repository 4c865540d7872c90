"""What a unit's imports go by: its money accounts, and its rule table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from ledger.registry.schema import bank_account, import_rule
from ledger.registry.vault import Vault


@dataclass(frozen=True, slots=True)
class MoneyAccount:
    """A ledger account that statements come for. ``number`` is sealed in the database; ``fund``
    is the one that unmarked money belongs to."""

    unit: str
    account: str
    kind: str  # bank, wechat, alipay, cash
    label: str
    number: str
    fund: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as it is kept: ``terms`` are what must hold and what follows, see importers."""

    position: int
    title: str
    terms: dict[str, object]
    since: date
    until: date | None
    user: str


def add_account(conn: Connection, vault: Vault, row: MoneyAccount) -> None:
    context = f"account {row.unit} {row.account}"
    conn.execute(
        insert(bank_account).values(
            unit=row.unit,
            account=row.account,
            kind=row.kind,
            label=row.label,
            number_digest=vault.digest("account", row.number),
            sealed=vault.seal(row.number.encode(), context=context),
            fund=row.fund,
        )
    )


def accounts(conn: Connection, vault: Vault, unit: str) -> list[MoneyAccount]:
    """The unit's money accounts, by ledger account."""
    rows = conn.execute(
        select(bank_account).where(bank_account.c.unit == unit).order_by(bank_account.c.account)
    )
    return [
        MoneyAccount(
            row.unit,
            row.account,
            row.kind,
            row.label,
            vault.unseal(row.sealed, context=f"account {row.unit} {row.account}").decode(),
            row.fund,
        )
        for row in rows
    ]


def set_rules(conn: Connection, vault: Vault, unit: str, rows: list[RuleRow]) -> None:
    """Replace the unit's rule table; the operation log keeps that it was replaced."""
    conn.execute(delete(import_rule).where(import_rule.c.unit == unit))
    for row in rows:
        plain = json.dumps(row.terms, ensure_ascii=False, sort_keys=True)
        conn.execute(
            insert(import_rule).values(
                unit=unit,
                position=row.position,
                title=row.title,
                sealed=vault.seal(plain.encode(), context=f"rule {unit} {row.position}"),
                since=row.since,
                until=row.until,
                user=row.user,
            )
        )


def rules(conn: Connection, vault: Vault, unit: str) -> list[RuleRow]:
    """The unit's rules in the order in which they are tried."""
    rows = conn.execute(
        select(import_rule)
        .where(import_rule.c.unit == unit)
        .order_by(import_rule.c.position, import_rule.c.id)
    )
    return [
        RuleRow(
            row.position,
            row.title,
            json.loads(vault.unseal(row.sealed, context=f"rule {unit} {row.position}")),
            row.since,
            row.until,
            row.user,
        )
        for row in rows
    ]
