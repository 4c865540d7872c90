"""What is compiled alike again and again is compiled once: templates, addresses, and statements.

A desk that serves has one app and one registry, which compile at their start and on first use;
every test has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from ledger.registry import database


class Compiled(BytecodeCache):
    """Compiled templates of one kind of app, kept in memory; asked by name, file and text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


def compile_once(patch: pytest.MonkeyPatch) -> None:
    """From here on, until the patch is undone."""
    patch.setattr(Flask, "create_jinja_environment", _keeping(Flask.create_jinja_environment))
    patch.setattr(Rule, "_compile_builder", _remembering(Rule._compile_builder))


def share_statements(patch: pytest.MonkeyPatch) -> None:
    """All registries on databases of one kind know the statements that any of them compiled."""
    kinds: dict[str, Engine] = {}
    make = database._engine

    def made(folder: Path, given: str) -> Engine:
        engine = make(folder, given)
        first = kinds.setdefault(engine.dialect.name, engine)
        # What was compiled is remembered by its text's meaning and its dialect, which are equal.
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    patch.setattr(database, "_engine", made)


def _keeping(create: Callable[[Flask], Environment]) -> Callable[[Flask], Environment]:
    kinds: dict[str, Compiled] = {}

    def created(app: Flask) -> Environment:
        made = create(app)
        kind = f"{app.import_name} {sorted(app.jinja_options.items())}"
        made.bytecode_cache = kinds.setdefault(kind, Compiled())
        return made

    return created


def _remembering(compile: Callable[[Rule, bool], Any]) -> Callable[[Rule, bool], Any]:
    known: dict[object, Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile(rule, append_unknown)
        key = (rule.rule, append_unknown, tuple(rule._trace))
        if key not in known:
            known[key] = compile(rule, append_unknown)
        return known[key]

    return compiled
