"""Who sees more than a unit's books: a whole subtree, since a sum tells of each of its parts, and
the names behind ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import workflow
from ledger.registry import units

if TYPE_CHECKING:
    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow


def demand_tree(registry: Registry, root: str, user: User) -> list[UnitRow]:
    """``root`` and every unit below it, upper units first; NotAllowed unless all may be browsed.

    CannotRun if there is no such unit, which only who may browse it is told.
    """
    workflow.demand(user, "browse", root)
    with registry.read() as conn:
        rows = units.subtree(conn, root)
    for row in rows:
        workflow.demand(user, "browse", row.id)
    return rows


def may_know(user: User, unit: str) -> bool:
    """Whoever records or checks in a unit sees who gives and who is aided, and nobody else."""
    return user.may("record", unit) or user.may("approve", unit)
