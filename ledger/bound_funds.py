"""Which funds of a unit are bound to which uses, by the directives of its own book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger import usecheck
from ledger.canonical_directives import CustomEntry, parse_directives
from ledger.registry import entries
from ledger.usecheck import Binding

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Funds are declared and bound here; a unit has some dozens of them.
FILE: Final = "funds.bean"


def bindings(conn: Connection, unit: str) -> list[Binding]:
    """Every binding of the unit's funds, in the order of entry, from the journal itself."""
    found = []
    for text in entries.texts_of_kind(conn, unit, FILE, "uses"):
        for entry in parse_directives(text.decode()):
            if isinstance(entry, CustomEntry) and entry.type == usecheck.DIRECTIVE:
                fund, rule, table = entry.values
                found.append(usecheck.binding_of(fund, rule, table, entry.day, entry.meta))
    return found
