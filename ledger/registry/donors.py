"""Donors: who gives to a unit, sealed, and what they consent to, in versions.

Each donor has a salt that nobody else knows. A gift's *opening* is made of it and of the gift's
code; its *commitment* is published beside the gift. Whoever shows the opening proves that the line
is theirs, and shows nothing of their other gifts.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select

from ledger.registry import ids, persons
from ledger.registry.persons import PersonData
from ledger.registry.schema import donor as table
from ledger.registry.schema import donor_consent, person_key
from ledger.registry.sets import among, insert_many
from ledger.registry.vault import Vault, seal_with, unseal_with

PERSON, COMPANY, ANONYMOUS = "person", "company", "anonymous"
KINDS: Final = (PERSON, COMPANY, ANONYMOUS)
#: What is published of a donor: the name, a part of it, or nothing.
NAMED, MASKED, UNNAMED = "named", "masked", "anonymous"
CONSENTS: Final = (NAMED, MASKED, UNNAMED)


@dataclass(frozen=True, slots=True)
class DonorRow:
    """A donor with the consent in force. ``version`` counts its consents from 1."""

    id: str
    unit: str
    kind: str
    person: str | None
    abroad: bool
    consent: str
    related: bool
    version: int


@dataclass(frozen=True, slots=True)
class ConsentRow:
    number: int
    consent: str
    related: bool
    paper: str
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class New:
    """A donor to be entered; ``data`` is None for one who stays unknown."""

    kind: str
    data: PersonData | None
    consent: str = UNNAMED
    related: bool = False
    abroad: bool = False


def add_many(
    conn: Connection, vault: Vault, unit: str, new: Sequence[New], user: str, now: datetime,
    paper: str = "",
) -> list[str]:  # fmt: skip
    """Enter donors; their new ids in the same order. ``paper`` is what says their consent."""
    at = now.isoformat(timespec="seconds")
    known = [one.data for one in new if one.data is not None]
    people = iter(persons.add_many(conn, vault, known, now, persons.DONOR) if known else ())
    made = [ids.new("d") for _ in new]
    owners = [None if one.data is None else next(people) for one in new]
    keys = _keys(conn, vault, {one for one in owners if one is not None})
    rows = []
    for id, one, owner in zip(made, new, owners, strict=True):
        salt, context = secrets.token_bytes(32), _context(id)
        sealed = (
            vault.seal(salt, context=context)
            if owner is None
            else seal_with(keys[owner], salt, context=context)
        )
        letters = 0 if one.data is None else persons.needs_letters(one.data.name)
        rows.append((id, unit, one.kind, owner, one.abroad, letters, sealed, user, at))
    insert_many(
        conn, table,
        ("id", "unit", "kind", "person", "abroad", "letters", "salt", "user", "at"), rows,
    )  # fmt: skip
    insert_many(
        conn, donor_consent, ("donor", "number", "consent", "related", "paper", "user", "at"),
        [
            (id, 1, one.consent, one.related, paper, user, at)
            for id, one in zip(made, new, strict=True)
        ],
    )  # fmt: skip
    return made


def add_consent(
    conn: Connection, row: DonorRow, consent: str, paper: str, user: str, now: datetime,
    *, related: bool,
) -> None:  # fmt: skip
    """Another version of what a donor consents to; earlier ones stay."""
    conn.execute(
        insert(donor_consent).values(
            donor=row.id, number=row.version + 1, consent=consent, related=related, paper=paper,
            user=user, at=now.isoformat(timespec="seconds"),
        )
    )  # fmt: skip


def of_unit(conn: Connection, unit: str, ids: Collection[str] | None = None) -> list[DonorRow]:
    """The unit's donors in the order they were entered; only these of them, if given."""
    last = (
        select(donor_consent.c.donor, func.max(donor_consent.c.number).label("number"))
        .group_by(donor_consent.c.donor)
        .subquery()
    )
    query = (
        select(
            table.c.id, table.c.unit, table.c.kind, table.c.person, table.c.abroad,
            donor_consent.c.consent, donor_consent.c.related, donor_consent.c.number,
        )
        .join(last, last.c.donor == table.c.id)
        .join(
            donor_consent,
            (donor_consent.c.donor == table.c.id) & (donor_consent.c.number == last.c.number),
        )
        .where(table.c.unit == unit)
        .order_by(table.c.at, table.c.id)
    )  # fmt: skip
    if ids is not None:
        query = query.where(among(conn, table.c.id, ids))
    return [DonorRow(*row) for row in conn.execute(query)]


def find(conn: Connection, unit: str, id: str) -> DonorRow | None:
    rows = of_unit(conn, unit, [id])
    return rows[0] if rows else None


def consents(conn: Connection, id: str) -> list[ConsentRow]:
    """Every version of a donor's consent, oldest first."""
    columns = [donor_consent.c[name] for name in ConsentRow.__slots__]
    rows = conn.execute(
        select(*columns).where(donor_consent.c.donor == id).order_by(donor_consent.c.number)
    )
    return [ConsentRow(*row) for row in rows]


def of_persons(conn: Connection, unit: str, people: Collection[str]) -> dict[str, str]:
    """The unit's donors that are these persons: ids by person."""
    rows = conn.execute(
        select(table.c.person, table.c.id).where(
            table.c.unit == unit, among(conn, table.c.person, people)
        )
    )
    return {str(row.person): row.id for row in rows}


def names(conn: Connection, vault: Vault, rows: Collection[DonorRow]) -> dict[str, str]:
    """The donors' names by id; who is anonymous or was erased is left out."""
    people = persons.read_many(conn, vault, {row.person for row in rows if row.person is not None})
    return {row.id: people[row.person].name for row in rows if row.person in people}


def openings(
    conn: Connection, vault: Vault, gifts: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """``(opening, commitment)`` of each gift, whose donor ``gifts`` names by the gift's code.

    A donor who was erased has none any more.
    """
    rows = conn.execute(
        select(table.c.id, table.c.person, table.c.salt).where(
            among(conn, table.c.id, gifts.values())
        )
    ).all()
    keys = _keys(conn, vault, {row.person for row in rows if row.person is not None})
    salts: dict[str, bytes] = {}
    for id, owner, sealed in rows:
        if owner is None:
            salts[id] = vault.unseal(sealed, context=_context(id))
        elif owner in keys:
            salts[id] = unseal_with(keys[owner], sealed, context=_context(id))
    found = {}
    for code, id in gifts.items():
        if id in salts:
            opening = hmac.digest(salts[id], code.encode(), "sha256").hex()
            found[code] = (opening, commitment(opening, code))
    return found


def commitment(opening: str, code: str) -> str:
    """What is published beside a gift: SHA-256 over its opening and its code, in hexadecimal.

    Anyone can compute it from what a donor shows, with ``sha256sum`` alone.
    """
    return hashlib.sha256(f"{opening} {code}".encode()).hexdigest()


def _keys(conn: Connection, vault: Vault, people: Collection[str]) -> dict[str, bytes]:
    rows = conn.execute(
        select(person_key.c.person, person_key.c.wrapped).where(
            among(conn, person_key.c.person, people)
        )
    ).all()
    opened = vault.person_keys((person, wrapped) for person, wrapped in rows)
    return {row.person: key for row, key in zip(rows, opened, strict=True)}


def _context(id: str) -> str:
    return f"salt {id}"
