"""What ``mingbai show`` found in the registry, drawn as text or as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """What was found: a heading, facts as pairs of label and text, and a table of rows."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    data: dict[str, Any]

    def drawn(self, *, as_json: bool) -> str:
        """As text, or as one line of JSON."""
        if as_json:
            return json.dumps(self.data, ensure_ascii=False)
        from reports.table import aligned

        lines = [self.heading, *(f"{label}: {text}" for label, text in self.facts if text)]
        if self.rows:
            lines.append(aligned([self.head, *self.rows], right=self.right))
        return "\n".join(lines)
