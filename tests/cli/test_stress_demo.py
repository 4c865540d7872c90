"""A federation to measure is whole, agrees between its units, and is the same each time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger import checking
from ledger.cli.main import main
from ledger.period import Period
from ledger.registry import Registry, units
from ledger.transfers.matrix import build_matrix


def make(folder: Path) -> None:
    words = ["demo", str(folder), "--size", "stress", "--units", "5", "--vouchers", "300"]
    assert main(words) == 0


def texts(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.bean"))
    }


def test_it_verifies_and_agrees_between_its_units_and_a_seed_repeats_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    make(first)
    make(second)
    assert texts(first) == texts(second)
    registry = Registry.open(first)
    assert checking.check_federation(registry) == []
    with registry.read() as conn:
        every = [row.id for row in units.all_units(conn)]
    found = build_matrix(registry, every, Period.parse("2026"), date(2026, 12, 31))
    assert found.exceptions == ()
    assert len(found.standings) == 48
    registry.close()


@pytest.mark.parametrize("words", [["--units", "0"], ["--units", "9", "--vouchers", "10"]])
def test_a_size_that_makes_no_sense_cannot_run(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", str(tmp_path / "x"), "--size", "stress", *words]) == 2
    assert "bad-size" in capsys.readouterr().err
