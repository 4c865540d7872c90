"""The units of the federation, as their books name them, and the read model of one."""

from __future__ import annotations

from pathlib import Path

from ledger.errors import CannotRun
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.unitfacts import UnitFacts, read_facts


def find_unit(federation: Path, unit: str) -> UnitFacts | None:
    """The facts of a unit; None if there is no such unit, or no book of it."""
    try:
        return read_facts(federation, unit)
    except CannotRun:
        return None


def model_of(federation: Path, unit: str) -> Model:
    """The read model of a unit's book."""
    return Model(unit_folder(federation, unit))
