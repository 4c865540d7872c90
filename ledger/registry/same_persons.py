"""Who is the same person, in whatever unit, found by keyed digests alone: no name is read.

The same identity number is the same person. The same name with the same telephone or payer account
is too, unless both have identity numbers and these differ: households share a telephone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from ledger.registry import member_merges, persons
from ledger.registry.persons import PersonData
from ledger.registry.schema import person_digest
from ledger.registry.sets import among
from ledger.registry.vault import Vault


def same_as(conn: Connection, vault: Vault, known: Sequence[PersonData]) -> list[list[str]]:
    """For each of these, the ids of the registered persons who are this one, in order."""
    by_identity = persons.find_many(conn, vault, "identity", {d.identity for d in known} - {""})
    by_phone = persons.find_many(conn, vault, "phone", {d.phone for d in known} - {""})
    by_account = persons.find_many(
        conn, vault, "account", {account for d in known for account in d.accounts} - {""}
    )
    named = persons.find_many(conn, vault, "name", {d.name for d in known} - {""})
    near: list[set[str]] = []
    for data in known:
        hits = set(by_phone.get(data.phone, ()))
        hits.update(one for account in data.accounts for one in by_account.get(account, ()))
        near.append(hits & set(named.get(data.name, ())))
    identities = _identities(conn, {one for hits in near for one in hits})
    found = []
    for data, hits in zip(known, near, strict=True):
        mine = vault.digest("identity", data.identity) if data.identity else ""
        same = {one for one in hits if not mine or mine in identities.get(one, {mine})}
        found.append(sorted(same | set(by_identity.get(data.identity, ()))))
    return found


def with_merged(conn: Connection, found: Collection[str]) -> dict[str, set[str]]:
    """Each of these persons with all ids under which they were entered twice, itself among them."""
    merged: dict[str, set[str]] = {}
    for one, into in member_merges.persons(conn).items():
        merged.setdefault(into, set()).add(one)
    return {one: {one, *merged.get(one, ())} for one in found}


def _identities(conn: Connection, of: Collection[str]) -> dict[str, set[str]]:
    """The digests of the identity numbers that these persons have, for those who have one."""
    rows = conn.execute(
        select(person_digest.c.person, person_digest.c.digest).where(
            person_digest.c.kind == "identity", among(conn, person_digest.c.person, of)
        )
    )
    found: dict[str, set[str]] = {}
    for person, digest in rows:
        found.setdefault(person, set()).add(digest)
    return found
