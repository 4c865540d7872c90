"""kill -9 while months are sealed: a seal stands in both witnesses afterwards, or in neither."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from ledger.registry import Registry, seals
from ledger.sealing import files
from ledger.sealing.acting import seal_month
from tests.house import UNIT, House
from tests.sealing.months import FEBRUARY, JANUARY, KEY, copied, faults

ROUNDS = 6


def seal_until_killed(house: House, told: int) -> None:
    """In the child: its own connections; it tells when it begins."""
    registry = Registry.open(house.registry.folder)
    os.write(told, b".")
    for month in (JANUARY, FEBRUARY):
        seal_month(registry, UNIT, month, house.maker, house.now, KEY)
        os.write(told, b"+")


def test_whoever_is_killed_while_sealing_leaves_a_seal_whole_or_not_at_all(
    lived_months: House, tmp_path: Path
) -> None:
    draw = random.Random(20260505)
    for place in range(ROUNDS):
        house = copied(lived_months, tmp_path / str(place))
        house.registry.close()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover
            os.close(reader)
            try:
                seal_until_killed(house, writer)
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            pipe.read(1)
            time.sleep(draw.random() * 0.06)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            acknowledged = len(pipe.read())
        files.bring_up(house.registry, [UNIT], house.now)
        assert faults(house) == []
        with house.registry.read() as conn:
            done = len(seals.of_unit(conn, UNIT))
        assert done >= acknowledged
        for month in (JANUARY, FEBRUARY)[done:]:
            seal_month(house.registry, UNIT, month, house.maker, house.now, KEY)
        assert faults(house) == []
        house.registry.close()
