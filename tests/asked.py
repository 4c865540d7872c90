"""What a database is asked while something is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import event

from ledger.registry import Registry


class Question(NamedTuple):
    """A statement of SQL, and the values that go with it."""

    text: str
    values: object


@contextmanager
def asked(registry: Registry) -> Iterator[list[Question]]:
    """The questions that the registry is asked meanwhile, in order."""
    heard: list[Question] = []

    def hear(_conn: object, _cursor: object, text: str, values: object, *_: object) -> None:
        heard.append(Question(text, values))

    event.listen(registry.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(registry.engine, "before_cursor_execute", hear)


def count(registry: Registry, do: Callable[[], object]) -> int:
    """How many questions the registry is asked while ``do`` does it."""
    with asked(registry) as heard:
        do()
    return len(heard)
