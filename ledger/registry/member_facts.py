"""What is known of members for their dues, in versions, each sealed under the person's key.

A version is the whole of it, as :mod:`ledger.dues.dossier` writes it. None is ever written over;
what was known on a day is the last version of that day. Erasing a person makes all unreadable.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from ledger.registry import persons
from ledger.registry.schema import member as member_table
from ledger.registry.schema import member_facts as table
from ledger.registry.sets import among, insert_many
from ledger.registry.vault import Vault, seal_with, unseal_each, unseal_with


@dataclass(frozen=True, slots=True)
class Version:
    """One version of what is known of a member: its text, who entered it, and when."""

    number: int
    text: str
    user: str
    at: str


def of_member(conn: Connection, vault: Vault, member: str, rule: str) -> list[Version]:
    """Every version, oldest first; none where the person was erased."""
    key = persons.keys_of_members(conn, vault, [member]).get(member)
    if key is None:
        return []
    rows = conn.execute(
        select(table.c.version, table.c.sealed, table.c.user, table.c.at)
        .where(table.c.member == member, table.c.rule == rule)
        .order_by(table.c.version)
    )
    return [
        Version(number, _open(key, sealed, member, rule, number), user, at)
        for number, sealed, user, at in rows
    ]


def last_of_members(
    conn: Connection, vault: Vault, members: Collection[str]
) -> dict[str, dict[str, str]]:
    """The last version of these members for each rule, by member and rule."""
    keys = persons.keys_of_members(conn, vault, members)
    last = (
        select(table.c.member, table.c.rule, func.max(table.c.version).label("version"))
        .where(among(conn, table.c.member, members))
        .group_by(table.c.member, table.c.rule)
        .subquery()
    )
    rows = conn.execute(
        select(table.c.member, table.c.rule, table.c.version, table.c.sealed)
        .join(
            last,
            (last.c.member == table.c.member)
            & (last.c.rule == table.c.rule)
            & (last.c.version == table.c.version),
        )
        .order_by(table.c.member, table.c.rule)
    )
    found: dict[str, dict[str, str]] = {}
    for member, rule, version, sealed in rows:
        if member in keys:
            text = _open(keys[member], sealed, member, rule, version)
            found.setdefault(member, {})[rule] = text
    return found


def of_unit(conn: Connection, keys: Mapping[str, bytes], unit: str, rule: str) -> dict[str, str]:
    """The last version of every member of a unit of whom something is known, by member, in the
    order of their numbers.

    ``keys`` are the unit's, as :func:`ledger.registry.persons.keys_of_unit` gives them.
    """
    other = table.alias()
    last = (
        select(func.max(other.c.version))
        .where(other.c.member == member_table.c.id, other.c.rule == rule)
        .scalar_subquery()
    )
    rows = conn.execute(
        select(table.c.member, table.c.version, table.c.sealed)
        .join(member_table, member_table.c.id == table.c.member)
        .where(member_table.c.unit == unit, table.c.rule == rule, table.c.version == last)
        .order_by(member_table.c.number)
    ).all()
    known = [row for row in rows if row[0] in keys]
    texts = unseal_each(
        (keys[member], sealed, _context(member, rule, version)) for member, version, sealed in known
    )
    return {row[0]: text.decode() for row, text in zip(known, texts, strict=True)}


def add_versions(
    conn: Connection, vault: Vault, rule: str, texts: Mapping[str, str], *, user: str, now: datetime
) -> None:
    """A new version for each of these members; KeyError for one whose person was erased."""
    keys = persons.keys_of_members(conn, vault, texts)
    versions = _last(conn, texts, rule)
    at = now.isoformat(timespec="seconds")
    rows = []
    for member, text in texts.items():
        number = versions.get(member, 0) + 1
        sealed = seal_with(keys[member], text.encode(), context=_context(member, rule, number))
        rows.append((member, rule, number, sealed, user, at))
    insert_many(conn, table, ("member", "rule", "version", "sealed", "user", "at"), rows)


def _last(conn: Connection, members: Collection[str], rule: str) -> dict[str, int]:
    rows = conn.execute(
        select(table.c.member, func.max(table.c.version))
        .where(table.c.rule == rule, among(conn, table.c.member, members))
        .group_by(table.c.member)
    )
    return {row.member: row[1] for row in rows}


def _open(key: bytes, sealed: bytes, member: str, rule: str, number: int) -> str:
    return unseal_with(key, sealed, context=_context(member, rule, number)).decode()


def _context(member: str, rule: str, number: int) -> str:
    return f"facts {member} {rule} {number}"
