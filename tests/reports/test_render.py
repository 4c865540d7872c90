"""One door to every format."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ledger.errors import CannotRun, Finding
from reports.render import FORMATS, render
from tests.reports.house import ROOT, annual

BEGINNINGS = {"pdf": b"%PDF-1.7", "xlsx": b"PK\x03\x04"}


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_every_format_is_written_and_is_the_same_twice(format: str) -> None:
    first = render(annual(), format)
    assert first.startswith(BEGINNINGS.get(format, b""))
    assert first == render(annual(), format)


def test_findings_of_drawing_reach_the_caller() -> None:
    found: list[Finding] = []
    render(annual(note="\U000f1234"), "pdf", findings=found)
    assert [finding.rule for finding in found] == ["glyph-missing"]


def test_an_unknown_format_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(CannotRun) as refused:
        render(annual(), "docx")
    assert "text, pdf, xlsx, csv, json" in str(refused.value)


def test_the_door_itself_is_cheap() -> None:
    heavy = "reportlab", "xlsxwriter"
    script = (
        f"import sys, reports.render, reports.pdf, reports.pdf.glyphs; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
