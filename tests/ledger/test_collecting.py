"""Work that makes many objects is not slowed down by the garbage collector, nor leaves it off."""

from __future__ import annotations

import gc

import pytest

from ledger.collecting import uncollected


def is_young(one: object) -> bool:
    return any(one is other for other in gc.get_objects(generation=0))


def test_what_was_made_counts_as_old_and_the_collector_runs_again() -> None:
    gc.unfreeze()  # whatever another test's books left frozen in this process
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        made = [[number] for number in range(10)]
        assert is_young(made)
    assert gc.isenabled()
    assert not is_young(made)


def test_what_somebody_froze_stays_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with uncollected():
            made = [[number] for number in range(10)]
        # Some of what was frozen may end meanwhile; all of it would be thawed at once.
        assert gc.get_freeze_count() > frozen // 2
        assert made
    finally:
        gc.unfreeze()


def test_an_exception_leaves_the_collector_as_it_was() -> None:
    with pytest.raises(RuntimeError), uncollected():
        raise RuntimeError
    assert gc.isenabled()
