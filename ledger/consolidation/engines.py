"""Consolidating a subtree for somebody: who may, which units have a book, which engine computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.consolidation import duck, spark
from ledger.consolidation.consolidating import Consolidation, Engine, consolidate
from ledger.errors import Refused, finding
from ledger.layout import unit_folder
from ledger.registry import units

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow

ENGINES: Final[dict[str, Engine]] = {"duckdb": duck.ask, "spark": spark.ask}


def consolidated(
    registry: Registry, root: str, period: Period, engine: str = "duckdb", *, each: bool = True
) -> Consolidation:
    """The subtree of ``root`` in ``period`` as one; whoever shows it asks ``demand_tree``.

    ``each``: with the sums of each unit. A unit that began after the period, or has no book, is
    none of it. Refused if none is.
    """
    taken = [row.id for row in taken_units(registry, root, period)]
    return consolidate(registry.folder, root, taken, period, ENGINES[engine], engine, each=each)


def taken_units(registry: Registry, root: str, period: Period) -> list[UnitRow]:
    """The units of the subtree that have a book in the period; Refused if none has."""
    with registry.read() as conn:
        rows = units.subtree(conn, root)
    taken = [row for row in rows if row.opened < period.end and _has_book(registry, row.id)]
    if not taken:
        raise Refused(
            finding(
                "before-book",
                f"{root} 及其下属单位在 {period} 没有账",
                f"{root} and the units below it have nothing of {period}",
                "选择建账以后的期间",
                "choose a later period",
            )
        )
    return taken


def _has_book(registry: Registry, unit: str) -> bool:
    return (unit_folder(registry.folder, unit) / "chart.bean").is_file()
