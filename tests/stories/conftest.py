"""What the stories share: one demonstration, built as a newcomer builds it."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path

import pytest

from ledger.cli.demo.county.facts import Scale
from ledger.cli.demo.county.run import run_county
from tests.cli.command import Office, copy_of

#: The part of the county that the suite lives; the whole year is ``make county``.
SMALL = Scale(Fraction(1, 40), 4, 220, Fraction(1, 4))


@pytest.fixture(scope="session")
def demonstration(lived: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(lived.folder, tmp_path_factory.mktemp("demo") / "federation").folder


@pytest.fixture(scope="session")
def small_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of the county, scaled down; what it told stands beside it in ``told.txt``."""
    folder = tmp_path_factory.mktemp("county") / "federation"
    with (
        (folder.parent / "told.txt").open("w", encoding="utf-8") as told,
        contextlib.redirect_stdout(told),
    ):
        assert run_county(folder, 2026, scale=SMALL) == 0
    return folder
