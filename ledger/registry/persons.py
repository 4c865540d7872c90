"""Persons: their data sealed under a key of their own, found by keyed digests.

Erasing a person's key makes their data unreadable for good, here and in every backup of the
database that is made afterwards; the ids in the books stay.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from ledger.errors import Refused, finding
from ledger.registry import ids
from ledger.registry.schema import learnt, member, person, person_digest, person_key
from ledger.registry.sets import among
from ledger.registry.vault import Vault, seal_with, unseal_with

_CHUNK: Final = 500
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")
_LATIN = re.compile(r"[^\W\d_]+(?:[ '.-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class PersonData:
    """What is known of a person; only ``name`` has to be."""

    name: str
    phone: str = ""
    identity: str = ""
    accounts: tuple[str, ...] = ()


def add(conn: Connection, vault: Vault, data: PersonData, now: datetime) -> str:
    """Register a person; the new id ``p-…``."""
    if not data.name.strip():
        raise Refused(
            finding(
                "no-name",
                "人员须有姓名",
                "a person has a name",
                "补上姓名后重试",
                "add the name and try again",
            )
        )
    new = ids.new("p")
    key, wrapped = vault.new_person_key(new)
    plain = json.dumps(asdict(data), ensure_ascii=False).encode()
    conn.execute(
        insert(person).values(
            id=new,
            sealed=seal_with(key, plain, context=f"person {new}"),
            created=now.isoformat(timespec="seconds"),
        )
    )
    conn.execute(insert(person_key).values(person=new, wrapped=wrapped))
    digests = {(kind, vault.digest(kind, text)) for kind, text in _findable(data)}
    conn.execute(
        insert(person_digest),
        [{"person": new, "kind": kind, "digest": digest} for kind, digest in sorted(digests)],
    )
    return new


def _findable(data: PersonData) -> Iterator[tuple[str, str]]:
    yield "name", data.name
    if data.phone:
        yield "phone", data.phone
    if data.identity:
        yield "identity", data.identity
    for account in data.accounts:
        yield "account", account


def find(conn: Connection, vault: Vault, kind: str, text: str) -> list[str]:
    """The persons known by this name, account, phone or identity number."""
    rows = conn.execute(
        select(person_digest.c.person)
        .where(person_digest.c.kind == kind, person_digest.c.digest == vault.digest(kind, text))
        .order_by(person_digest.c.person)
    )
    return [row.person for row in rows]


def find_many(
    conn: Connection, vault: Vault, kind: str, texts: Collection[str]
) -> dict[str, list[str]]:
    """:func:`find` for many texts at once; texts that nobody is known by are left out."""
    digests = {text: vault.digest(kind, text) for text in texts}
    rows = conn.execute(
        select(person_digest.c.digest, person_digest.c.person)
        .where(person_digest.c.kind == kind, among(conn, person_digest.c.digest, digests.values()))
        .order_by(person_digest.c.person)
    )
    found: dict[str, list[str]] = {}
    for digest, person_id in rows:
        found.setdefault(digest, []).append(person_id)
    return {text: found[digest] for text, digest in digests.items() if digest in found}


def read(conn: Connection, vault: Vault, person_id: str) -> PersonData | None:
    """A person's data; None if it was erased or never there."""
    row = conn.execute(
        select(person.c.sealed, person_key.c.wrapped)
        .join(person_key, person_key.c.person == person.c.id)
        .where(person.c.id == person_id)
    ).first()
    if row is None:
        return None
    key = vault.person_key(person_id, row.wrapped)
    raw = json.loads(unseal_with(key, row.sealed, context=f"person {person_id}"))
    return PersonData(**{**raw, "accounts": tuple(raw["accounts"])})


def read_many(conn: Connection, vault: Vault, ids: Collection[str]) -> dict[str, PersonData]:
    """The data of several persons at once; who was erased is left out."""
    rows = conn.execute(
        select(person.c.id, person.c.sealed, person_key.c.wrapped)
        .join(person_key, person_key.c.person == person.c.id)
        .where(among(conn, person.c.id, ids))
    )
    found = {}
    for person_id, sealed, wrapped in rows:
        key = vault.person_key(person_id, wrapped)
        raw = json.loads(unseal_with(key, sealed, context=f"person {person_id}"))
        found[person_id] = PersonData(**{**raw, "accounts": tuple(raw["accounts"])})
    return found


def keys_of_unit(conn: Connection, vault: Vault, unit: str) -> dict[str, bytes]:
    """The keys of a unit's members, by member; who was erased is left out."""
    return _keys(conn, vault, member.c.unit == unit)


def keys_of_members(conn: Connection, vault: Vault, members: Collection[str]) -> dict[str, bytes]:
    """The keys of these members, by member; who was erased is left out."""
    return _keys(conn, vault, among(conn, member.c.id, members))


def _keys(conn: Connection, vault: Vault, which: ColumnElement[bool]) -> dict[str, bytes]:
    rows = conn.execute(
        select(member.c.id, person_key.c.person, person_key.c.wrapped)
        .join(person_key, person_key.c.person == member.c.person)
        .where(which)
    )
    return {one: vault.person_key(person_id, wrapped) for one, person_id, wrapped in rows}


def learn(
    conn: Connection, vault: Vault, person_id: str, kind: str, text: str, draft_id: str
) -> None:
    """Make a person findable by ``text`` too, by its digest alone; erasing them forgets it.

    It is known as long as one of the drafts that taught it stands: see :func:`forget_taught`.
    """
    digest = vault.digest(kind, text)
    conn.execute(insert(learnt).values(draft=draft_id, person=person_id, kind=kind, digest=digest))
    known = conn.execute(
        select(person_digest.c.id).where(
            person_digest.c.person == person_id,
            person_digest.c.kind == kind,
            person_digest.c.digest == digest,
        )
    ).first()
    if known is None:
        conn.execute(insert(person_digest).values(person=person_id, kind=kind, digest=digest))


def forget_taught(conn: Connection, draft_id: str) -> None:
    """Take back what :func:`learn` kept for a draft, unless another one taught the same."""
    taught = conn.execute(
        select(learnt.c.person, learnt.c.kind, learnt.c.digest).where(learnt.c.draft == draft_id)
    ).all()
    conn.execute(delete(learnt).where(learnt.c.draft == draft_id))
    for person_id, kind, digest in taught:
        same = (learnt.c.person == person_id, learnt.c.kind == kind, learnt.c.digest == digest)
        if conn.execute(select(learnt.c.draft).where(*same).limit(1)).first() is None:
            conn.execute(
                delete(person_digest).where(
                    person_digest.c.person == person_id,
                    person_digest.c.kind == kind,
                    person_digest.c.digest == digest,
                )
            )


def erase(conn: Connection, person_id: str) -> None:
    """Erase a person: the key and every digest go, the id stays."""
    conn.execute(delete(learnt).where(learnt.c.person == person_id))
    conn.execute(delete(person_digest).where(person_digest.c.person == person_id))
    conn.execute(delete(person_key).where(person_key.c.person == person_id))


def names_in(conn: Connection, vault: Vault, text: str) -> bool:
    """Whether ``text`` contains the full name of a registered person.

    Every run of two to four Chinese characters is tried, longer runs with a middle dot, and every
    run of Latin words; all of it by digests.
    """
    candidates = set(_candidates(unicodedata.normalize("NFKC", text)))
    digests = sorted({vault.digest("name", candidate) for candidate in candidates})
    for start in range(0, len(digests), _CHUNK):
        found = conn.execute(
            select(person_digest.c.id)
            .where(
                person_digest.c.kind == "name",
                person_digest.c.digest.in_(digests[start : start + _CHUNK]),
            )
            .limit(1)
        ).first()
        if found is not None:
            return True
    return False


def _candidates(text: str) -> Iterator[str]:
    for run in _HAN.findall(text):
        for size in (2, 3, 4):
            for start in range(len(run) - size + 1):
                yield run[start : start + size]
        if "·" in run:
            # 阿依古丽·买买提: names with a dot are long; each part may reach over its run's edge.
            for start in range(len(run)):
                for size in range(5, min(16, len(run) - start) + 1):
                    if "·" in run[start : start + size]:
                        yield run[start : start + size]
    for run in _LATIN.findall(text):
        words = run.split(" ")
        for start in range(len(words)):
            for size in (2, 3, 4):
                if start + size <= len(words):
                    yield " ".join(words[start : start + size])
