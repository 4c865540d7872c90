"""Two thousand damaged files through all readers; ``make fuzz`` runs two hundred thousand."""

from __future__ import annotations

import pytest

from tests.importers.fuzz import Broken, check, damaged

SEED = 2026
COUNT = 2_000
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_damaged_is_read_or_refused_soon_and_no_row_is_lost(part: int) -> None:
    share = COUNT // PARTS
    broken = []
    for number, layout, data in damaged(share, SEED + part):
        try:
            check(number, layout, data)
        except Broken as fault:
            broken.append(str(fault))
    assert not broken


def test_the_wizard_answers_damaged_files_in_words_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from importers import wizard
    from importers.profile import GENERIC
    from importers.wizard_golden import redacted
    from ledger.errors import LedgerError

    monkeypatch.setattr(wizard, "profile_of", lambda header: GENERIC)  # none is known
    proven = 0
    for number, layout, data in damaged(500, SEED):
        if number % 150 == 149:
            continue  # those that a child process opens cost a second each
        try:
            found = wizard.propose(data, layout)
        except LedgerError as fault:
            assert fault.findings
            continue
        assert (found.profile is None) == (found.reading is None) == bool(found.findings)
        if found.profile is not None and found.reading is not None:
            proven += 1
            assert redacted(found.profile, found.header, found.reading)
    assert proven > 5


def test_the_same_seed_makes_the_same_files() -> None:
    first, second = list(damaged(30, 7)), list(damaged(30, 7))
    assert first == second and first != list(damaged(30, 8))
    assert len({layout for _, layout, _ in damaged(300, 7)}) > 40


def test_a_lost_row_and_an_exception_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from importers.read import read_bytes
    from tests.importers import fuzz
    from tests.importers.banks import chongqing_rural
    from tests.importers.truth import movements

    data = chongqing_rural(movements(8))
    check(0, "whole", data)

    def loses(data: bytes, name: str) -> object:
        reading = read_bytes(data, name)
        return replace(reading, lines=reading.lines[1:])

    def breaks(data: bytes, name: str) -> object:
        raise IndexError(name)

    for broken in (loses, breaks):
        monkeypatch.setattr(fuzz, "read_bytes", broken)
        with pytest.raises(Broken):
            check(0, "broken", data)
