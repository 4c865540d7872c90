"""Making many objects at once without the garbage collector walking them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Stop the collector within the block, if it runs.

    For work that makes objects by the hundred thousand and keeps them: each of the collector's
    rounds would look at all of them and find nothing to free.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
