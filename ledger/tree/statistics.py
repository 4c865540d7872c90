"""Base statistics of a subtree as of a day: members, staff, venues, each with its source and day.

Members are counted from the registry where a unit keeps them there; what else is known is what the
unit entered (``mingbai unit figure``). A unit without a figure is listed, never counted as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.errors import NotAllowed, Words, finding
from ledger.registry import figures, members, units
from ledger.tree.words import CHANNELS, LEVELS

if TYPE_CHECKING:
    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow

#: What is counted, in the order in which it is shown.
KEYS: Final = ("members", "staff", "venues")
LEVEL_WORDS: Final = dict(
    zip(
        LEVELS,
        (
            Words("全国", "national"), Words("省", "province"), Words("市", "city"),
            Words("县", "county"), Words("乡镇街道", "township"), Words("基层", "grass roots"),
        ),
        strict=True,
    )
)  # fmt: skip
CHANNEL_WORDS: Final = dict(
    zip(
        CHANNELS,
        (
            Words("区县财政", "district finance"), Words("原渠道", "original channel"),
            Words("列入村级组织经费", "within a village's funds"), Words("自筹", "its own"),
        ),
        strict=True,
    )
)  # fmt: skip
REGISTRY: Final = Words("会员登记册", "register of members")


@dataclass(frozen=True, slots=True)
class Count:
    """How many, as of which day, by which source; ``counted`` if the program counted them."""

    value: int
    day: date
    source: str
    counted: bool = False


@dataclass(frozen=True, slots=True)
class UnitStatistics:
    """One unit; ``counts`` holds what is known, by key."""

    row: UnitRow
    counts: dict[str, Count]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(key for key in KEYS if key not in self.counts)

    def as_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "unit": row.id, "name": row.name, "level": row.level, "regions": row.regions.split(),
            "channel": row.channel, "missing": list(self.missing),
            **{
                key: None if one is None else {
                    "value": one.value, "day": one.day.isoformat(), "source": one.source,
                }
                for key in KEYS
                for one in (self.counts.get(key),)
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rolled:
    """Some units as one: how many there are, the sums of what is known, and who has none."""

    units: int
    sums: dict[str, int]
    without: dict[str, int]


def statistics(registry: Registry, root: str, user: User, on: date) -> list[UnitStatistics]:
    """The units from ``root`` downwards that exist on a day and that the user may browse.

    NotAllowed if the user may not browse ``root`` itself.
    """
    workflow.demand(user, "browse", root)
    return [one for one in of_subtree(registry, root, on) if user.may("browse", one.row.id)]


def everywhere(registry: Registry, user: User, on: date) -> list[UnitStatistics]:
    """Every unit that the user may browse, upper units first; NotAllowed if there is none."""
    with registry.read() as conn:
        roots = [row.id for row in units.all_units(conn) if row.upper is None]
    found = [
        one
        for root in roots
        for one in of_subtree(registry, root, on)
        if user.may("browse", one.row.id)
    ]
    if not found:
        raise NotAllowed(
            finding(
                "not-allowed", f"用户 {user.id} 没有可查看的单位",
                f"user {user.id} may see no unit",
                "职责由管理员设置", "an administrator sets roles",
            )
        )  # fmt: skip
    return found


def of_subtree(registry: Registry, root: str, on: date) -> list[UnitStatistics]:
    """The units from ``root`` downwards that exist on a day, upper units first.

    Whoever shows it to a person has asked for the right to browse each of them.
    """
    with registry.read() as conn:
        rows = [
            row for row in units.subtree(conn, root)
            if row.opened <= on and (row.closed is None or row.closed > on)
        ]  # fmt: skip
        ids = [row.id for row in rows]
        known = {key: figures.last(conn, ids, key, on) for key in KEYS}
        counted = members.heads(conn, ids, on)
        keeps = members.keeping(conn, ids)
    found = []
    for row in rows:
        counts = {
            key: Count(one.value, one.day, one.source)
            for key in KEYS
            if (one := known[key].get(row.id)) is not None
        }
        if row.id in keeps:
            source = f"{REGISTRY.zh} {REGISTRY.en}"
            counts["members"] = Count(counted.get(row.id, 0), on, source, counted=True)
        found.append(UnitStatistics(row, counts))
    return found


def roll_up(found: Sequence[UnitStatistics]) -> Rolled:
    """The sums over units of what each of them knows."""
    return Rolled(
        len(found),
        {
            key: sum(one.counts[key].value for one in found if key in one.counts) for key in KEYS
        },
        {key: sum(key not in one.counts for one in found) for key in KEYS},
    )  # fmt: skip


def by_level(found: Sequence[UnitStatistics]) -> dict[str, list[UnitStatistics]]:
    """Units by level from the top down; those of which nobody said it last, under nothing."""
    return {
        level: own
        for level in (*LEVELS, "")
        if (own := [one for one in found if one.row.level == level])
    }


def by_region(found: Sequence[UnitStatistics]) -> dict[str, list[UnitStatistics]]:
    """Units by each tag of their regions; one with two tags stands under both."""
    tags = sorted({tag for one in found for tag in one.row.regions.split()})
    return {tag: [one for one in found if tag in one.row.regions.split()] for tag in tags}
