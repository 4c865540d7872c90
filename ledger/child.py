"""Asking a child process: what breaks, never ends or takes all memory does so in the child.

A child gets bytes on standard input and answers with JSON on standard output; nothing of the
parent's environment reaches it unless it is given. It bounds itself before it touches what it was
sent: by :func:`bound`, or, where a child is run by its path and imports nothing of ours, by itself.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

#: The environment of a child that reads what strangers wrote.
BARE: Final[Mapping[str, str]] = MappingProxyType({"PATH": "", "LC_ALL": "C.UTF-8"})


class NoAnswer(Exception):
    """The child died, or said nothing that can be read; ``slow`` if it did not end in time."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__("it took too long" if slow else "it died")
        self.slow = slow


def ask(
    words: Sequence[str],
    given: bytes = b"",
    *,
    seconds: int,
    environment: Mapping[str, str] = BARE,
    folder: str | None = "/",
    largest: int | None = None,
) -> Any:
    """What a Python child answers that is started with ``words``; NoAnswer if it does not.

    It is ended after ``seconds``; an answer of more than ``largest`` bytes is none.
    """
    try:
        child = subprocess.run(
            [sys.executable, *words],
            input=given,
            capture_output=True,
            env=dict(environment),
            cwd=folder,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise NoAnswer(slow=True) from fault
    except (subprocess.SubprocessError, OSError) as fault:
        raise NoAnswer(slow=False) from fault
    if child.returncode != 0 or (largest is not None and len(child.stdout) > largest):
        raise NoAnswer(slow=False)
    try:
        return json.loads(child.stdout)
    except ValueError as fault:
        raise NoAnswer(slow=False) from fault


def bound(limits: Iterable[tuple[int, int]]) -> None:
    """In the child: never more than this of each resource."""
    for limit, value in limits:
        resource.setrlimit(limit, (value, value))
