"""The prefix of identifiers in open data of grants, from ``federation.toml``.

    [opendata]
    prefix = "360G-qinghe"

360Giving registers such prefixes, so that two publishers never give one identifier. A federation
that has none gets one of its own id, ``360G-mingbai-<id>``, which is not registered.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from ledger.errors import CannotRun, finding
from ledger.registry.settings import SETTINGS, read_settings

_PREFIX: Final = re.compile(r"360G-[A-Za-z0-9]{1,40}")
_OTHER: Final = re.compile(r"[^A-Za-z0-9]+")


class GrantPrefix(NamedTuple):
    """``text`` begins every identifier; ``registered`` if the federation says it has it."""

    text: str
    registered: bool


def read_grant_prefix(folder: Path) -> GrantPrefix:
    """The prefix of a federation's folder; CannotRun where the setting is none."""
    settings = read_settings(folder)
    table = tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8")).get("opendata", {})
    given = table.get("prefix") if isinstance(table, dict) else table
    if given is None:
        own = _OTHER.sub("_", settings.id).strip("_") or "own"
        return GrantPrefix(f"360G-mingbai-{own}", registered=False)
    if not (isinstance(given, str) and _PREFIX.fullmatch(given)):
        raise CannotRun(
            finding(
                "bad-settings", "opendata.prefix 不是 360Giving 的前缀",
                "opendata.prefix is no prefix of 360Giving",
                '写作 prefix = "360G-qinghe"，或删去此行',
                'write prefix = "360G-qinghe", or take the line out',
                file=SETTINGS,
            )
        )  # fmt: skip
    return GrantPrefix(given, registered=True)
