"""For whom a venue is: members, the public, another unit, or an organisation; never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding
from ledger.registry import counterparties, persons, units
from ledger.registry.venue_days import MEMBERS, PUBLIC, SHARED

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


def whom(
    conn: Connection, registry: Registry, unit: str, text: str, user: User, now: datetime
) -> tuple[str, str]:
    """Audience and party of what is typed: ``members``, ``public``, a unit, or an organisation."""
    plain = safe_text(text)[:120]
    if plain == PUBLIC:
        return PUBLIC, ""
    if plain in (MEMBERS, unit):
        return MEMBERS, ""
    return SHARED, party_of(conn, registry, unit, plain, user, now)


def party_of(
    conn: Connection, registry: Registry, unit: str, text: str, user: User, now: datetime
) -> str:
    """The unit, or the id of the organisation that is entered if it is new.

    Refused for nothing, for an id that is not known, and for a registered person's name.
    """
    plain = safe_text(text)[:120]
    if any(row.id == plain for row in units.all_units(conn)):
        return plain
    if plain in counterparties.names(conn, unit):
        return plain
    if not plain or plain.startswith("cp-") or plain in (MEMBERS, PUBLIC):
        raise Refused(_nobody(plain))
    if persons.names_in(conn, registry.vault, plain):
        raise Refused(
            finding(
                "names-person", "这里只写单位，不写人名",
                "organisations only: this is a registered person's name",
                "写共用单位的全称", "write the organisation's full name",
            )
        )  # fmt: skip
    return counterparties.named(conn, unit, plain, user.id, now)


def names(conn: Connection, unit: str) -> dict[str, str]:
    """What units and organisations are called, by what the rows hold."""
    return counterparties.names(conn, unit) | {
        row.id: row.name for row in units.all_units(conn)
    }  # fmt: skip


def no_names(conn: Connection, registry: Registry, *texts: str) -> list[Finding]:
    """A finding if one of the texts holds a registered person's name."""
    if not persons.names_in(conn, registry.vault, "\n".join(texts)):
        return []
    return [
        finding(
            "names-person", "文字中有已登记人员的姓名",
            "the texts hold a registered person's name",
            "只写事项与单位，不写人名", "write what it is about, not who",
        )
    ]  # fmt: skip


def _nobody(plain: str) -> Finding:
    return finding(
        "no-party", f"没有这个单位：{plain[:24]}", f"there is no such party: {plain[:24]}",
        "写 members、public、单位代号，或共用单位的全称",
        "write members, public, a unit's id, or an organisation's full name",
    )  # fmt: skip
