"""Disks that fail or run full, and writers who share one: nothing acknowledged is lost."""

from __future__ import annotations

import errno
import multiprocessing
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger import journal, workflow
from ledger.checking import check_unit
from ledger.entry import Voucher
from ledger.errors import CannotRun, Refused
from ledger.journal import open_pen
from ledger.registry import Registry, entries
from tests.house import UNIT, House

MARCH = "2026/03.bean"


@pytest.fixture(autouse=True)
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose disk has not failed yet, before and after each test."""
    monkeypatch.setattr(journal, "_disk_failed", False)


def committed(house: House) -> list[str]:
    with house.registry.read() as conn:
        return [row.number for row in entries.all_entries(conn, UNIT) if row.number]


def waiting(house: House) -> str:
    return workflow.propose(house.registry, house.draft("30.00"), house.maker, house.now)


def test_the_first_sync_that_fails_stops_the_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.post(house.draft())
    draft_id, later = waiting(house), waiting(house)
    real = os.fsync

    def fails(_handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(CannotRun, match="disk-failed"):
        workflow.approve(house.registry, draft_id, house.checker, house.now)
    # The disk seems well again; what it holds is unknown until a new process reads it back.
    monkeypatch.setattr(os, "fsync", real)
    with pytest.raises(CannotRun, match="disk-failed"):
        workflow.approve(house.registry, later, house.checker, house.now)
    monkeypatch.setattr(journal, "_disk_failed", False)  # a new process
    journal.recover(house.registry, UNIT, house.now)
    assert committed(house) == ["收-202603-0001", "收-202603-0002"]
    assert check_unit(house.registry, UNIT) == []


@pytest.mark.parametrize("kept", [0, 1, 200])
def test_a_full_disk_loses_nothing_that_was_committed(
    house: House, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    house.post(house.draft())
    draft_id = waiting(house)
    before = (house.folder / MARCH).read_bytes()
    real = os.write
    written: list[int] = []

    def full(handle: int, data: bytes) -> int:
        if kept and not written:
            written.append(real(handle, data[:kept]))
            return written[0]
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(CannotRun, match="disk-failed"):
        workflow.approve(house.registry, draft_id, house.checker, house.now)
    monkeypatch.setattr(os, "write", real)
    assert len((house.folder / MARCH).read_bytes()) == len(before) + kept
    assert journal.behind(house.registry, UNIT)
    monkeypatch.setattr(journal, "_disk_failed", False)  # a new process, with space again
    journal.recover(house.registry, UNIT, house.now)
    assert committed(house) == ["收-202603-0001", "收-202603-0002"]
    assert check_unit(house.registry, UNIT) == []


# ---- several at once ---------------------------------------------------------------------------


def post_some(folder: Path, house: House, seed: int, results: Any) -> None:
    """In a child: vouchers, and between them drafts that are refused and blocks that fail."""
    registry = Registry.open(folder)
    for place in range(8):
        now = house.now + timedelta(seconds=place)
        draft = house.draft(f"{place + 1}.{seed:02d}")
        draft_id = workflow.propose(registry, draft, house.maker, now)
        try:
            with open_pen(registry, UNIT, now) as pen:
                pen.voucher(
                    draft, id=f"v-{seed}{place}", maker="u", checkers=("c",), key=f"{seed}:{place}"
                )
                raise InterruptedError
        except InterruptedError:
            pass
        done = workflow.approve(registry, draft_id, house.checker, now)
        assert isinstance(done, Voucher)
        results.put(done.number)
    registry.close()


def test_numbers_have_no_gap_when_processes_post_together(house: House) -> None:
    house.registry.close()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    children = [
        context.Process(target=post_some, args=(house.registry.folder, house, seed, results))
        for seed in range(3)
    ]
    for child in children:
        child.start()
    told = sorted(results.get(timeout=120) for _ in range(24))
    for child in children:
        child.join()
        assert child.exitcode == 0
    assert told == [f"收-202603-{place:04d}" for place in range(1, 25)]
    assert sorted(committed(house)) == told
    assert check_unit(house.registry, UNIT) == []


# ---- the same request again --------------------------------------------------------------------


def test_the_same_request_again_gives_the_same_voucher_and_other_content_is_refused(
    house: House,
) -> None:
    draft = house.draft()

    def ask(amount: str, checkers: tuple[str, ...] = ("u-CHECKER000",)) -> Voucher:
        with open_pen(house.registry, UNIT, house.now) as pen:
            return pen.voucher(
                house.draft(amount), id="v-1", maker="u-MAKER00000", checkers=checkers, key="k"
            )

    first = ask("25.00")
    assert first.draft == draft
    size = (house.folder / MARCH).stat().st_size
    assert ask("25.00") == first
    with pytest.raises(Refused, match="key-used"):
        ask("26.00")
    with pytest.raises(Refused, match="key-used"):
        ask("25.00", ("u-OTHER00000",))
    with pytest.raises(Refused, match="key-used"), open_pen(house.registry, UNIT, house.now) as pen:
        pen.directives("note", "2026-03-05 note x\n", file=MARCH, day=house.now.date(), key="k")
    assert (house.folder / MARCH).stat().st_size == size
    assert committed(house) == [first.number]
