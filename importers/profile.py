"""Layouts that are known by name, as TOML: what has to stand in the header, and what it means."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from importers.cells import folded

_FOLDER: Final = Path(__file__).parent / "profiles"


@dataclass(frozen=True)
class Profile:
    """One layout. ``roles`` name columns by their header, for where the dictionary is not enough.

    ``chain`` is False where the platform says that row balances do not run on; ``totals`` is False
    where it says that printed sums may differ. ``good`` are the statuses of completed movements.
    ``signed`` says that a plus in the one column of amounts is money in; ``orders`` that the rows
    are orders, not movements: the account's own bill has those, after fees and refunds.
    """

    id: str
    name: str
    kind: str = "bank"
    require: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chain: bool = True
    totals: bool = True
    good: tuple[str, ...] = ()
    signed: bool = False
    orders: bool = False


GENERIC: Final = Profile("generic", "未知版式 unknown layout", kind="")


@cache
def profiles() -> tuple[Profile, ...]:
    """Every profile, those with the most required columns first."""
    found = [_read(path) for path in sorted(_FOLDER.glob("*.toml"))]
    return tuple(sorted(found, key=lambda profile: (-len(profile.require), profile.id)))


def _read(path: Path) -> Profile:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Profile(
        id=path.stem,
        name=data["name"],
        kind=data["kind"],
        require=tuple(folded(cell) for cell in data["require"]),
        roles={
            role: tuple(folded(cell) for cell in ([cells] if isinstance(cells, str) else cells))
            for role, cells in data.get("roles", {}).items()
        },
        chain=data.get("chain", True),
        totals=data.get("totals", True),
        good=tuple(data.get("good", ())),
        signed=data.get("signed", False),
        orders=data.get("orders", False),
    )


def profile_of(header: list[str]) -> Profile:
    """The profile whose required columns all stand in the header; the generic one if none."""
    have = {folded(cell) for cell in header}
    return next((one for one in profiles() if set(one.require) <= have), GENERIC)
