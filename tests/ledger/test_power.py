"""kill -9 while posting: nothing acknowledged is lost, nothing is doubled; ``make power`` does 500.

A child process posts vouchers one after another and tells each number on a pipe only when posting
has returned. The parent kills it at a random moment, again and again, on the same book.
"""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger import canonical_reader, journal, workflow
from ledger.checking import check_unit
from ledger.clock import CHINA
from ledger.entry import Voucher
from ledger.registry import Registry, entries
from tests.house import UNIT, House, build_house

NOW = datetime(2026, 3, 5, 10, 0, 0, tzinfo=CHINA)
KILLS = int(os.environ.get("MINGBAI_KILLS", "30"))  # on each of the two databases


def post_until_killed(house: House, told: int, seed: int) -> None:
    """In the child: its own connections, and as many vouchers as it gets to post."""
    registry = Registry.open(house.registry.folder)
    if journal.behind(registry, UNIT):
        journal.recover(registry, UNIT, NOW)
    for place in range(1000):
        draft = house.draft(f"{place + 1}.{seed % 100:02d}")
        draft_id = workflow.propose(registry, draft, house.maker, NOW)
        done = workflow.approve(registry, draft_id, house.checker, NOW + timedelta(seconds=place))
        assert isinstance(done, Voucher)
        os.write(told, f"{done.number} {done.chain}\n".encode())


def killed_child(house: House, seed: int, after: float) -> list[str]:
    """Run a child, kill it ``after`` seconds from its first sign of life; what it acknowledged."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover
        os.close(reader)
        try:
            post_until_killed(house, writer, seed)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        first = pipe.readline()
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL, "the child ended before it was killed"
        rest = pipe.read()
    return [line for line in (first + rest).decode().split("\n")[:-1] if line]


@pytest.fixture
def crash_house(tmp_path: Path, database_url: str) -> House:
    built = build_house(tmp_path / "federation", url=database_url, now=NOW)
    # Children open their own connections; none of the parent's may be shared with them.
    built.registry.close()
    return built


def test_nothing_acknowledged_is_lost_and_nothing_doubled(crash_house: House) -> None:
    house, draw = crash_house, random.Random(20260305)
    acknowledged: dict[str, str] = {}
    for kill in range(KILLS):
        for line in killed_child(house, kill, draw.uniform(0, 0.03)):
            number, chain = line.split(" ")
            assert number not in acknowledged, "a number was given twice"
            acknowledged[number] = chain
    registry = Registry.open(house.registry.folder)
    journal.recover(registry, UNIT, NOW)
    assert check_unit(registry, UNIT) == []
    with registry.read() as conn:
        posted = {r.number: r.chain for r in entries.all_entries(conn, UNIT) if r.number}
    assert acknowledged.items() <= posted.items()
    in_text = {
        voucher.number
        for voucher in map(
            canonical_reader.parse_voucher,
            (
                entry.text.decode()
                for entry in canonical_reader.entries((house.folder / "2026/03.bean").read_bytes())
                if entry.kind == "voucher"
            ),
        )
    }
    assert in_text == set(posted)
    # Each kill leaves one voucher in doubt at the most: committed, but never told.
    assert len(posted) - len(acknowledged) <= KILLS
    registry.close()
