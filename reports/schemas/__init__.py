"""The schemas of what is published, as JSON Schema (draft 2020-12)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

#: Each kind of published data by its name; ``<name>.schema.json`` beside this module.
KINDS: Final = ("statement", "pack", "leaf", "publication", "grants", "gifts", "evaluations")


@cache
def schema(kind: str) -> dict[str, Any]:
    """The schema of one of :data:`KINDS`; it is not to be changed."""
    text = files(__name__).joinpath(f"{kind}.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def text_of(kind: str) -> bytes:
    """The schema's file as it stands, to be put beside the data that it is of."""
    return files(__name__).joinpath(f"{kind}.schema.json").read_bytes()
