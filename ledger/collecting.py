"""Making many objects at once without the garbage collector walking them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Stop the collector within the block, if it runs.

    For work that makes objects by the hundred thousand and keeps them: each of the collector's
    rounds would look at all of them and find nothing to free. What was made counts as old
    afterwards, unless somebody froze objects for good: thawing ours would thaw theirs.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()
