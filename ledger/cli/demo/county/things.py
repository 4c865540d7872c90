"""What units keep for long: as it was there when the year began, and as it is bought."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger.assets.said import SaidAsset, regime_for
from ledger.cli.demo.county.facts import OPENED
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.registry import units
from ledger.rules.assets import STRAIGHT_LINE
from ledger.rules.depreciation import accumulated
from ledger.rules.wearing import Choice, class_of, wear

if TYPE_CHECKING:
    from ledger.cli.demo.county.facts import County, Place
    from ledger.registry import Registry
    from ledger.rules.assets import AssetTable

FUND: Final = "F02"
#: What was acquired last before the books began.
_LATEST: Final = OPENED - timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing to be entered; ``id`` is the one of ``assets.toml`` where things happen to it."""

    said: SaidAsset
    id: str = ""
    parent: str = ""


class Things:
    """Draws what is not told of singly, and reckons what was worn when the books began."""

    def __init__(self, registry: Registry, county: County, seed: int) -> None:
        self._registry = registry
        self._said = county.assets
        self._seed = seed
        self._kinds = {one["id"]: one for one in self._said["kind"]}
        self._table: AssetTable | None = None

    def kept(self, place: Place) -> list[Thing]:
        """What a unit has when its book begins."""
        told = [self.special(one) for one in self._of(place) if one["acquired"] < OPENED]
        draw = random.Random(f"{self._seed}:{place.id}:kept")
        for kind, count in self._said["units"].get(place.id, {}).get("kept", {}).items():
            said = self._kinds[kind]
            for _ in range(count):
                since = date(said["since"], 1, 1)
                day = since + timedelta(days=draw.randrange((_LATEST - since).days))
                cost = Money(draw.randrange(said["lowest"], said["highest"], 10) * 100)
                told.append(Thing(self._asset(place.id, said, day, cost)))
        return told

    def bought(self, place: Place, month: Month) -> list[Thing]:
        """What is bought in a month, or comes otherwise; of gifts only their cards are missing."""
        told = [
            self.special(one) for one in self._of(place)
            if one["acquired"] >= OPENED and Month.of(one["acquired"]) == month
            and "gift" not in one
        ]  # fmt: skip
        draw = random.Random(f"{self._seed}:{place.id}:{month}:bought")
        months = self._said["units"].get(place.id, {}).get("bought", {})
        for kind in months.get(str(month.month), ()):
            said = self._kinds[kind]
            day = month.first.replace(day=draw.randrange(8, 24))
            cost = Money(draw.randrange(said["lowest"], said["highest"], 10) * 100)
            told.append(Thing(self._asset(place.id, said, day, cost)))
        return told

    def given(self, place: Place, month: Month) -> list[dict[str, Any]]:
        """The gifts of a month that need a card, as they are said."""
        return [
            one for one in self._of(place)
            if "gift" in one and Month.of(one["acquired"]) == month
        ]  # fmt: skip

    # ---- one thing -----------------------------------------------------------------------------

    def _of(self, place: Place) -> Iterator[dict[str, Any]]:
        return (one for one in self._said["special"] if one["unit"] == place.id)

    def special(self, said: dict[str, Any]) -> Thing:
        """A thing that is said singly."""
        cost = yuan(said.get("cost", "0"))
        return Thing(
            self._asset(said["unit"], said, said["acquired"], cost), said["id"],
            said.get("parent", ""),
        )  # fmt: skip

    def _asset(self, unit: str, said: dict[str, Any], day: date, cost: Money) -> SaidAsset:
        source = said.get("source", "bought")
        opening = day < OPENED and source != "memo"
        return SaidAsset(
            unit, said["name"], said["class"], day, source,
            "" if source == "memo" else said.get("fund", FUND), cost, place=said["place"],
            ownership=said.get("ownership", "unit"), life_months=said.get("life_months"),
            method=said.get("method", STRAIGHT_LINE), units_total=said.get("units_total", 0),
            decision=said.get("decision", ""), opening=opening,
            depreciated=self._worn(unit, said, day, cost) if opening else Money(0),
        )  # fmt: skip

    def _worn(self, unit: str, said: dict[str, Any], day: date, cost: Money) -> Money:
        """What the rule had charged when the books began."""
        if self._table is None:
            with self._registry.read() as conn:
                self._table = regime_for(self._registry, units.find(conn, unit), day)
        choice = Choice(cost.fen, day, life_months=said.get("life_months"), worn=True)
        terms = wear(self._table, class_of(self._table, said["class"]), choice).terms
        if terms is None:
            return Money(0)
        return Money(accumulated(terms, Month.of(OPENED).previous()))


def counted(said: dict[str, Any]) -> int:
    """How many cards the year makes in all, those of what another unit gives among them."""
    drawn = sum(
        sum(one.get("kept", {}).values()) + sum(len(of) for of in one.get("bought", {}).values())
        for one in said["units"].values()
    )
    moved = sum(len(one["things"]) for one in said["event"] if one["kind"] == "transfer")
    return int(drawn + len(said["special"]) + moved) + ("waiting" in said)
