"""What a piece of work takes, of several runs the one in the middle."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def median(work: Callable[[], object], runs: int) -> str:
    """Seconds on the clock, and of the processor: the machine may be busy with other things."""
    times, worked = [], []
    for _ in range(runs):
        began, began_work = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - began)
        worked.append(time.process_time() - began_work)
    return f"{statistics.median(times):.2f} s (CPU {statistics.median(worked):.2f} s)"
