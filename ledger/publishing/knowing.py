"""What the registry knows for a projection: whose ids are one person's, and who got aid.

The book alone would count a member who also gives, or who was entered twice, as two; and a voucher
that pays a list of aid as one. Nobody's name leaves the registry: persons are keyed digests here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ledger.publishing.projecting import project_book
from ledger.publishing.reading import read_book
from ledger.publishing.values import PUBLIC
from ledger.registry import aid, donors, gifts, member_merges, members, persons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.period import Period
    from ledger.publishing.values import PublicBook, Published
    from ledger.registry import Registry, Vault


def project_unit(
    registry: Registry,
    unit: str,
    period: Period,
    audience: str = PUBLIC,
    *,
    through: int | None = None,
    published: Sequence[Published] = (),
) -> PublicBook:
    """:func:`ledger.publishing.projecting.project` with what the registry knows.

    Raises: as that does.
    """
    full = read_book(registry.folder, unit, through)
    with registry.read() as conn:
        numbers = recipients(conn, unit)
        return project_book(
            full,
            period,
            audience,
            published=published,
            known={v.seq: numbers[v.number] for v in full.vouchers if v.number in numbers},
            same=same_persons(conn, registry.vault, unit),
            organisations=organisations(conn, unit),
            named=lambda text: persons.names_in(conn, registry.vault, text),
        )


def same_persons(conn: Connection, vault: Vault, unit: str) -> dict[str, str]:
    """One key per person for the ids of the unit's members and donors."""
    merged = member_merges.persons(conn)
    found = {row.id: row.person for row in members.all_members(conn, unit)}
    found |= {row.id: row.person for row in donors.of_unit(conn, unit) if row.person}
    keys = {one: merged.get(one, one) for one in set(found.values())}
    digests = {one: aid.recipient_digest(vault, key) for one, key in keys.items()}
    return {id: digests[one] for id, one in found.items()}


def organisations(conn: Connection, unit: str) -> set[str]:
    """The unit's donors that are companies and the like, and the codes of their gifts."""
    found = {row.id for row in donors.of_unit(conn, unit) if row.kind == donors.COMPANY}
    return found | {row.code for row in gifts.of_unit(conn, unit) if row.donor in found}


def recipients(conn: Connection, unit: str) -> dict[str, list[str]]:
    """Who got aid by which voucher, and by which it was taken back."""
    found: dict[str, list[str]] = defaultdict(list)
    for paid in aid.of_unit(conn, unit):
        for number in filter(None, (paid.number, paid.reversed_by)):
            found[number].append(paid.row.recipient)
    return dict(found)
