"""The site's own words, all in ``words.toml``, and nowhere else."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from ledger.errors import Words


@cache
def catalogue() -> dict[str, Words]:
    """Every text by its key, such as ``fund.opening``.

    >>> catalogue()["fund.opening"].en
    'Opening'
    """
    text = (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
    return {
        f"{group}.{name}": Words(*both)
        for group, them in tomllib.loads(text).items()
        for name, both in them.items()
    }
