"""Whether texts hold something of a person, asked of many at once.

What holds the name of a registered person, or a number that is somebody's, is replaced. Each text
is asked once; those that are known beforehand are asked together, by one connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import privacy
from ledger.registry import persons
from reports.sources import WITHHELD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.registry import Registry


class Scanner:
    """Texts as they are, or what stands for one that holds something of a person."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._seen: dict[str, str] = {"": ""}

    def __call__(self, text: str) -> str:
        if text not in self._seen:
            self.look([text])
        return self._seen[text]

    def look(self, texts: Iterable[str]) -> None:
        """Ask of several texts at once, before each is told."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._seen]
        if not fresh:
            return
        with self._registry.read() as conn:
            vault = self._registry.vault
            # Hardly any text names anybody, so that all are asked together first.
            named = set(fresh) if persons.names_in(conn, vault, "\n".join(fresh)) else set()
            named = {text for text in named if persons.names_in(conn, vault, text)}
        for text in fresh:
            is_somebodys = text in named or privacy.kinds_in(text)
            self._seen[text] = WITHHELD if is_somebodys else text
