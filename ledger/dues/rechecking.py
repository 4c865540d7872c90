"""Every assessment of a unit made again from the facts that were kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.dues.assessing import rulebook_for
from ledger.dues.explaining import again
from ledger.errors import LedgerError
from ledger.registry import assessments
from ledger.rules.reassessment import recompute

if TYPE_CHECKING:
    from ledger.registry import Registry


class Rechecked(NamedTuple):
    """What is owed in all by an assessment, and what its facts give by its own table, in fen."""

    member: str
    rule: str
    month: str
    fen: int
    again: int
    holds: bool


def recheck(registry: Registry, unit: str) -> list[Rechecked]:
    """Every assessment of a unit, made again; who was erased is left out, nothing is kept of them.

    One whose rule's table is not what it was cannot be made again, and does not hold.
    """
    book, _ = rulebook_for(registry, unit)
    with registry.read() as conn:
        rows = assessments.of_unit(conn, registry.vault, unit)
    found = []
    for row in rows:
        if row.record is None:
            continue
        try:
            kept, holds = again(row, book)
        except LedgerError:
            gives, holds = 0, False
        else:
            gives = 0 if kept is None else recompute(kept).fen
        found.append(Rechecked(row.member, row.rule, row.month, row.total_fen, gives, holds))
    return found
