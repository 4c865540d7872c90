"""What many tests begin with is built once in a process, and every test gets a copy of its own."""

from __future__ import annotations

import inspect
import os
import shutil
import tempfile
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from ledger.registry import Registry
from ledger.registry.settings import DEFAULT_URL, SETTINGS
from ledger.registry.trouble import URL_VARIABLE
from ledger.registry.vault import KEY_VARIABLE
from tests import postgres, refilling

Build = TypeVar("Build", bound=Callable[..., Any])


@dataclass(frozen=True)
class _Start:
    """What was built: its folder, its database's address, what the builder gave, its rows."""

    folder: Path
    url: str
    begun: Any
    rows: refilling.Start | None = None


def copied(build: Build) -> Build:
    """``build``, which makes a federation in a folder once for each of its words.

    All later ones are copies of that: the same persons' ids, the same master key. What is built
    has its ``registry``, or a ``house`` that has it. The word ``url``, where the builder knows one,
    names the database; PostgreSQL's is there, and empty.
    """
    made: dict[Hashable, _Start] = {}
    known = inspect.signature(build)

    @wraps(build)
    def begin(folder: Path, *args: Any, **kwargs: Any) -> Any:
        if URL_VARIABLE in os.environ or KEY_VARIABLE in os.environ:
            return build(folder, *args, **kwargs)
        bound = known.bind(folder, *args, **kwargs)
        bound.apply_defaults()
        words = dict(list(bound.arguments.items())[1:])
        url = words.get("url", DEFAULT_URL)
        key = tuple(words.items())
        if url.startswith("postgresql"):
            key = tuple((words | {"url": url.rpartition("/")[0]}).items())
        if key not in made:
            made[key] = _built(build, url, words)
        return _copy(made[key], folder, url)

    return cast(Build, begin)


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="mingbai-starts-")


def _built(build: Callable[..., Any], url: str, words: dict[str, Any]) -> _Start:
    folder = Path(tempfile.mkdtemp(dir=_place().name)) / "federation"
    if url.startswith("postgresql"):
        own = f"{url}_start"
        postgres.administer(url, f"CREATE DATABASE {postgres.name_of(own)}")
        begun = build(folder, **words | {"url": own})
        begun.registry.close()
        return _Start(folder, own, begun, refilling.read_start(own))
    begun = build(folder, **words)
    begun.registry.close()
    return _Start(folder, url, begun)


def _copy(start: _Start, folder: Path, url: str) -> Any:
    shutil.copytree(start.folder, folder, dirs_exist_ok=True)
    if start.rows is not None:
        refilling.fill(url, start.rows, start.url)
        settings = folder / SETTINGS
        said = settings.read_text(encoding="utf-8")
        settings.write_text(said.replace(start.url, url), encoding="utf-8")
    registry = Registry.open(folder)
    if "house" in vars(start.begun):
        return replace(start.begun, house=replace(start.begun.house, registry=registry))
    return replace(start.begun, registry=registry)
