"""The county's facts, from three files beside this one, and how much of them is lived."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from ledger.period import Month

YEAR: Final = 2026
#: When the books of all units that were there before were opened.
OPENED: Final = date(YEAR - 1, 12, 1)
_FILE: Final = Path(__file__).parent / "county.toml"
_GIFTS: Final = Path(__file__).parent / "gifts.toml"
_ASSETS: Final = Path(__file__).parent / "assets.toml"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is lived: each unit's members come to this part, so many months, spending vouchers
    of a whole year, and this part of the gifts that are drawn."""

    members: Fraction = Fraction(1)
    months: int = 12
    vouchers: int = 900
    gifts: Fraction = Fraction(1)


WHOLE: Final = Scale()


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of the county; ``into`` is the unit that takes it over on ``merged``.

    ``rules`` names a table of dues of its own; ``party`` is how many members pay Party dues too,
    which the unit collects for the Party branch. A unit that ``imports`` enters its basic account
    from the files of its ``bank``; on a ``platform`` some of its members pay their dues.
    """

    id: str
    name: str
    name_en: str
    upper: str
    level: str
    regions: tuple[str, ...]
    members: int
    opened: date
    into: str
    merged: date | None
    retired: bool
    rules: str = ""
    party: int = 0
    bank: str = ""
    imports: bool = False
    platform: str = ""
    platform_share: Fraction = Fraction(0)

    @property
    def is_basic(self) -> bool:
        return self.level == "grass-roots"

    def lives(self, month: Month) -> bool:
        """Whether the unit's book is kept in a month."""
        return Month.of(self.opened) <= month and (
            self.merged is None or month < Month.of(self.merged)
        )


@dataclass(frozen=True)
class County:
    """Everything in the three files, with the scale it is lived at."""

    data: dict[str, Any]
    scale: Scale
    gifts: dict[str, Any]
    assets: dict[str, Any]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every unit, upper units first."""
        return tuple(
            Place(
                row["id"], row["name"], row["name_en"], row.get("upper", ""), row["level"],
                tuple(row.get("regions", ())),
                max(2, round(row["members"] * self.scale.members)) if "members" in row else 0,
                row.get("opened", OPENED), row.get("into", ""), row.get("merged"),
                row.get("retired", False), row.get("rules", ""),
                max(6, round(row["party"] * self.scale.members)) if "party" in row else 0,
                row.get("bank", ""), row.get("imports", False), row.get("platform", ""),
                Fraction(row.get("platform_share", 0)),
            )
            for row in self.data["unit"]
        )  # fmt: skip

    @property
    def months(self) -> list[Month]:
        return [Month(YEAR, number) for number in range(1, self.scale.months + 1)]

    def happens(self, what: str, unit: str) -> Fraction:
        """How often something happens to a member of a unit in a month."""
        said = self.data["people"]
        return Fraction(said.get("of", {}).get(unit, {}).get(what, said[what]))

    def kept(self, place: Place) -> int:
        """What stays of a levy at a level, in hundredths."""
        return int(self.data["levy"].get(place.level, 100))


def read_county(scale: Scale = WHOLE) -> County:
    """The county as it is in the source."""
    data, gifts, assets = (
        tomllib.loads(file.read_text(encoding="utf-8")) for file in (_FILE, _GIFTS, _ASSETS)
    )
    return County(data, scale, gifts, assets)
