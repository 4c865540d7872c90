"""The demonstration, of a test's own, and a place to export it to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.cli.command import UNIT as CHUNFENG
from tests.cli.command import Office, Told


@dataclass(frozen=True)
class Desk:
    """A demonstration of the test's own, and a place to export to."""

    office: Office
    place: Path

    def export(self, format: str, out: Path, *words: object, period: str = "2026") -> Told:
        asked = ("--unit", CHUNFENG, "--period", period, "--format", format, "-o", out, *words)
        if format == "archive":
            return self.office.by("shen", "export", *asked)
        return self.office.asks("export", *asked)
