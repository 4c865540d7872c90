"""Which table of a duty is in force for a unit on a day."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ledger.rules.deadlines import rule_of
from ledger.rules.disclosure_tables import DeadlineTable
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.table import Place

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ledger.registry.units import UnitRow
    from ledger.rules.deadlines import Rules


def place_of(unit: UnitRow) -> Place:
    """Where rules look for a unit; a scope's ``kind`` is one of its kinds, or its level."""
    place = Place.of(unit)
    return replace(place, kinds=place.kinds | {unit.level}) if unit.level else place


def rules_of(folder: Path, unit: UnitRow) -> Rules:
    """By duty and day the table in force for a unit, shipped or local, or None."""
    book, _ = load(folder, unit.id)
    place = place_of(unit)

    @cache
    def rules(duty: str, day: date) -> DeadlineTable | None:
        try:
            return book.in_force(DeadlineTable, rule_of(duty), day, place)
        except NoRuleLoaded:
            return None

    return rules
