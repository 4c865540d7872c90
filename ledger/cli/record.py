"""What ``mingbai show`` found in the registry, drawn as text or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.errors import Refused, finding


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


def only_one(
    units: Sequence[str], code: str, of: Callable[[str], Record | None]
) -> Record | None:  # fmt: skip
    """What one of the units has under a code, as ``of`` tells of a unit; None if none has it.

    Refused where several have it: each unit counts its own.
    """
    found = [told for unit in units if (told := of(unit)) is not None]
    if len(found) > 1:
        raise Refused(
            finding(
                "several-units", f"不止一个单位有 {code}", f"several units have {code}",
                f"写明单位，如 {units[0]}/{code}", f"name the unit, as in {units[0]}/{code}",
            )
        )  # fmt: skip
    return found[0] if found else None
