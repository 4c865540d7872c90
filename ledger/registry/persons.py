"""Persons: their data sealed under a key of their own, found by keyed digests.

Erasing a person's key makes their data unreadable for good, here and in every backup of the
database that is made afterwards; the ids in the books stay.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from ledger.errors import Refused, finding
from ledger.registry import ids, member_merges
from ledger.registry.schema import (
    donor,
    learnt,
    member,
    person,
    person_digest,
    person_key,
    person_past,
)
from ledger.registry.sets import among, insert_many
from ledger.registry.vault import Vault, folded, seal_with, unseal_with

_CHUNK: Final = 500
#: What stands before the kind of a donor's digests.
DONOR: Final = "donor-"
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
    return add_many(conn, vault, [data], now)[0]


def add_many(
    conn: Connection, vault: Vault, known: Sequence[PersonData], now: datetime, found_as: str = ""
) -> list[str]:
    """Register persons; their new ids in the same order. Refused if one of them has no name.

    Donors are found as donors only (``found_as``): who gives is not taken for a member of the same
    name, nor for a second one.
    """
    if not all(data.name.strip() for data in known):
        raise Refused(
            finding(
                "no-name",
                "人员须有姓名",
                "a person has a name",
                "补上姓名后重试",
                "add the name and try again",
            )
        )
    at = now.isoformat(timespec="seconds")
    new = [ids.new("p") for _ in known]
    keys = [secrets.token_bytes(32) for _ in known]
    sealed = [
        (one, seal_with(key, _plain(data), context=_context(one)), at)
        for one, key, data in zip(new, keys, known, strict=True)
    ]
    wrapped = vault.seal_many([(key, f"key {one}") for one, key in zip(new, keys, strict=True)])
    digests = [
        (one, f"{found_as}{kind}", digest)
        for one, data in zip(new, known, strict=True)
        for kind, digest in sorted(_digests(vault, data))
    ]
    insert_many(conn, person, ("id", "sealed", "created"), sealed)
    insert_many(conn, person_key, ("person", "wrapped"), list(zip(new, wrapped, strict=True)))
    insert_many(conn, person_digest, ("person", "kind", "digest"), digests)
    return new


def change(
    conn: Connection, vault: Vault, person_id: str, data: PersonData, *, user: str, now: datetime
) -> None:
    """Put other data in place of what is known; that is kept, and found no more.

    KeyError if the person was erased or never there.
    """
    row = conn.execute(
        select(person.c.sealed, person_key.c.wrapped)
        .join(person_key, person_key.c.person == person.c.id)
        .where(person.c.id == person_id)
    ).first()
    if row is None:
        raise KeyError(person_id)
    key = vault.person_key(person_id, row.wrapped)
    before = _person_data(unseal_with(key, row.sealed, context=_context(person_id)))
    last = conn.execute(
        select(func.max(person_past.c.number)).where(person_past.c.person == person_id)
    ).scalar()
    conn.execute(
        insert(person_past).values(
            person=person_id, number=(last or 0) + 1, sealed=row.sealed, user=user,
            at=now.isoformat(timespec="seconds"),
        )
    )  # fmt: skip
    sealed = seal_with(key, _plain(data), context=_context(person_id))
    conn.execute(update(person).where(person.c.id == person_id).values(sealed=sealed))
    old, new = _digests(vault, before), _digests(vault, data)
    for kind, digest in sorted(old - new):
        conn.execute(
            delete(person_digest).where(
                person_digest.c.person == person_id,
                person_digest.c.kind == kind,
                person_digest.c.digest == digest,
            )
        )
    rows = [(person_id, kind, digest) for kind, digest in sorted(new - old)]
    insert_many(conn, person_digest, ("person", "kind", "digest"), rows)


@dataclass(frozen=True, slots=True)
class PastData:
    """What was known of a person until ``user`` changed it."""

    data: PersonData
    user: str
    at: str


def past(conn: Connection, vault: Vault, person_id: str) -> list[PastData]:
    """What was known before each change, oldest first; nothing of who was erased."""
    rows = conn.execute(
        select(person_past.c.sealed, person_past.c.user, person_past.c.at, person_key.c.wrapped)
        .join(person_key, person_key.c.person == person_past.c.person)
        .where(person_past.c.person == person_id)
        .order_by(person_past.c.number)
    )
    found = []
    for sealed, user, at, wrapped in rows:
        key = vault.person_key(person_id, wrapped)
        data = _person_data(unseal_with(key, sealed, context=_context(person_id)))
        found.append(PastData(data, user, at))
    return found


def _context(person_id: str) -> str:
    return f"person {person_id}"


def _plain(data: PersonData) -> bytes:
    known = {name: getattr(data, name) for name in data.__slots__}
    return json.dumps(known, ensure_ascii=False).encode()


def _person_data(plain: bytes) -> PersonData:
    raw = json.loads(plain)
    return PersonData(**{**raw, "accounts": tuple(raw["accounts"])})


def _digests(vault: Vault, data: PersonData) -> set[tuple[str, str]]:
    return {(kind, vault.digest(kind, text)) for kind, text in _findable(data)}


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
    return find_many(conn, vault, kind, [text]).get(text, [])


def find_many(
    conn: Connection, vault: Vault, kind: str, texts: Collection[str], found_as: str = ""
) -> dict[str, list[str]]:
    """:func:`find` for many texts at once; texts that nobody is known by are left out.

    Persons who turned out to be one are one: the person whom the other was merged into.
    """
    digests = {text: vault.digest(kind, text) for text in texts}
    rows = conn.execute(
        select(person_digest.c.digest, person_digest.c.person)
        .where(
            person_digest.c.kind == f"{found_as}{kind}",
            among(conn, person_digest.c.digest, digests.values()),
        )
        .order_by(person_digest.c.person)
    )
    same = member_merges.persons(conn)
    found: dict[str, set[str]] = {}
    for digest, person_id in rows:
        found.setdefault(digest, set()).add(same.get(person_id, person_id))
    return {text: sorted(found[digest]) for text, digest in digests.items() if digest in found}


def read(conn: Connection, vault: Vault, person_id: str) -> PersonData | None:
    """A person's data; None if it was erased or never there."""
    return read_many(conn, vault, [person_id]).get(person_id)


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
        found[person_id] = _person_data(unseal_with(key, sealed, context=_context(person_id)))
    return found


def alike(conn: Connection, unit: str) -> list[tuple[str, str, str]]:
    """Pairs of a unit's members who have the same name and an identity number, telephone or payer
    account in common: ``(member, other, what)``, the one with the smaller number first."""
    mine, name = person_digest.alias("mine"), person_digest.alias("name")
    shared = (
        select(mine.c.kind, mine.c.digest)
        .join(member, member.c.person == mine.c.person)
        .where(member.c.unit == unit, mine.c.kind.in_(("identity", "phone", "account")))
        .group_by(mine.c.kind, mine.c.digest)
        .having(func.count() > 1)
        .subquery()
    )
    rows = conn.execute(
        select(shared.c.kind, shared.c.digest, member.c.id, name.c.digest.label("name"))
        .join(mine, (mine.c.kind == shared.c.kind) & (mine.c.digest == shared.c.digest))
        .join(member, member.c.person == mine.c.person)
        .join(name, (name.c.person == mine.c.person) & (name.c.kind == "name"))
        .where(member.c.unit == unit)
        .order_by(member.c.number)
    )
    groups: dict[tuple[str, str, str], list[str]] = {}
    for kind, digest, one, named in rows:
        groups.setdefault((kind, digest, named), []).append(one)
    pairs: dict[tuple[str, str], str] = {}
    for (kind, _, _), same in sorted(groups.items()):
        for other in same[1:]:
            if same[0] != other:
                pairs.setdefault((same[0], other), kind)
    return [(one, other, kind) for (one, other), kind in pairs.items()]


def keys_of_unit(conn: Connection, vault: Vault, unit: str) -> dict[str, bytes]:
    """The keys of a unit's members, by member; who was erased is left out."""
    return _keys(conn, vault, member.c.unit == unit)


def keys_of_members(conn: Connection, vault: Vault, members: Collection[str]) -> dict[str, bytes]:
    """The keys of these members, by member; who was erased is left out."""
    return _keys(conn, vault, among(conn, member.c.id, members))


def keys_of(conn: Connection, vault: Vault, people: Collection[str]) -> dict[str, bytes]:
    """The keys of these persons; who was erased is left out."""
    rows = conn.execute(
        select(person_key.c.person, person_key.c.wrapped).where(
            among(conn, person_key.c.person, people)
        )
    ).all()
    wrapped = [(row.person, row.wrapped) for row in rows]
    keys = vault.person_keys(wrapped)
    return {person_id: key for (person_id, _), key in zip(wrapped, keys, strict=True)}


def seal_for(conn: Connection, vault: Vault, member_id: str, text: str, context: str) -> bytes:
    """A text about a member, under the person's own key; KeyError for one who was erased."""
    key = keys_of_members(conn, vault, [member_id])[member_id]
    return seal_with(key, text.encode(), context=f"{context} {member_id}")


def unseal_for(
    conn: Connection, vault: Vault, member_id: str, sealed: bytes | None, context: str
) -> str:
    """What :func:`seal_for` sealed; nothing where nothing was, or the person was erased."""
    key = keys_of_members(conn, vault, [member_id]).get(member_id)
    if sealed is None or key is None:
        return ""
    return unseal_with(key, sealed, context=f"{context} {member_id}").decode()


def _keys(conn: Connection, vault: Vault, which: ColumnElement[bool]) -> dict[str, bytes]:
    rows = conn.execute(
        select(member.c.id, person_key.c.person, person_key.c.wrapped)
        .join(person_key, person_key.c.person == member.c.person)
        .where(which)
    ).all()
    keys = vault.person_keys((person_id, wrapped) for _, person_id, wrapped in rows)
    return {row[0]: key for row, key in zip(rows, keys, strict=True)}


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
    run of Latin words; of donors whose names are of another kind, such as companies', every run as
    long as one of these is. All of it by digests.
    """
    candidates = set(_candidates(unicodedata.normalize("NFKC", text)))
    sizes = long_names(conn)
    for line in map(folded, text.splitlines() if sizes else ()):
        for size in sizes:
            candidates.update(line[at : at + size] for at in range(len(line) - size + 1))
    digests = sorted({vault.digest("name", candidate) for candidate in candidates})
    for start in range(0, len(digests), _CHUNK):
        found = conn.execute(
            select(person_digest.c.id)
            .where(
                person_digest.c.kind.in_(("name", f"{DONOR}name")),
                person_digest.c.digest.in_(digests[start : start + _CHUNK]),
            )
            .limit(1)
        ).first()
        if found is not None:
            return True
    return False


def needs_letters(name: str) -> int:
    """How long a name is, folded, that no run of :func:`_candidates` may be; 0 for one that is."""
    plain = unicodedata.normalize("NFKC", name).strip()
    return 0 if plain in set(_candidates(plain)) else len(folded(plain))


def long_names(conn: Connection) -> list[int]:
    """The lengths of donors' names that are looked for by their length."""
    return list(
        conn.execute(select(donor.c.letters).where(donor.c.letters > 0).distinct()).scalars()
    )


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
