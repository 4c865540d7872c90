"""Sources that end in a number: what one act proposed of one thing, time after time.

``asset:out:ZB2026-0001:2`` is proposed where a voucher of ``…:1`` stands, or a draft of it waits.
One whose draft was withdrawn, or whose voucher was reversed, is free again.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from ledger.registry import drafts, entries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from ledger.registry.drafts import DraftRow

_AT_ONCE: Final = 100


def free(conn: Connection, unit: str, head: str) -> Iterator[str]:
    """The sources ``head:1``, ``head:2`` … that no draft waits of and no voucher stands of."""
    for names in _numbered([head]):
        taken = set(drafts.by_sources(conn, unit, names, drafts.UNDECIDED))
        taken.update(entries.standing_sources(conn, unit, names))
        yield from (name for name in names if name not in taken)


def standing(conn: Connection, unit: str, heads: Collection[str]) -> Iterator[dict[str, str]]:
    """The vouchers that stand of sources that begin so: numbers by source, many at once."""
    for names in _numbered(heads):
        found = entries.standing_sources(conn, unit, names)
        if not found:
            return
        yield found


def waiting(conn: Connection, unit: str, head: str) -> Iterator[DraftRow]:
    """The drafts of sources that begin so, and wait or were returned to their maker."""
    for names in _numbered([head]):
        found = drafts.by_sources(conn, unit, names, drafts.UNDECIDED)
        if not found:
            return
        yield from found.values()


def _numbered(heads: Collection[str]) -> Iterator[list[str]]:
    """The sources that begin so, a number of each at once, without an end."""
    for first in count(1, _AT_ONCE):
        yield [f"{head}:{number}" for head in heads for number in range(first, first + _AT_ONCE)]
