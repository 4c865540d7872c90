"""What the demonstration shows while it runs: numbered steps with what each did, and the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Steps:
    """Prints a head per step and lines below it, with a spinner while it runs on a terminal."""

    def __init__(self, count: int) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._count = count
        self._at = 0
        self._began = time.perf_counter()

    @contextmanager
    def step(self, zh: str, en: str) -> Iterator[None]:
        """One step of the story."""
        self._at += 1
        self._console.print(f"({self._at}/{self._count}) {zh} {en}", style="bold", markup=False)
        if self._console.is_terminal:
            with self._console.status("…"):
                yield
        else:
            yield

    def say(self, text: str) -> None:
        """A line that belongs to the step."""
        self._console.print("      " + text.replace("\n", "\n      "), markup=False)

    @property
    def seconds(self) -> float:
        """How long the story has taken so far."""
        return time.perf_counter() - self._began
