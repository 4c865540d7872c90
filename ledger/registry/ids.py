"""Random ids such as ``m-7F3K2QXA5T``: what books and logs hold in place of a name."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

# Crockford's base 32: no I, L, O or U, so that an id survives being read aloud and written down.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 10  # 50 random bits: a million ids collide with a chance of 1 in 2,000

# Two characters for every ten bits, the lower five first.
_PAIRS: Final = tuple(ALPHABET[bits & 31] + ALPHABET[bits >> 5] for bits in range(1024))

_source: ContextVar[random.Random] = ContextVar("source", default=secrets.SystemRandom())  # noqa: B039


def new(prefix: str) -> str:
    """A new id of a kind: ``p`` person, ``m`` member, ``u`` user, ``dr`` draft, ``v`` voucher."""
    bits = _source.get().getrandbits(5 * LENGTH)
    return (
        f"{prefix}-{_PAIRS[bits & 1023]}{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits >> 20 & 1023]}"
        f"{_PAIRS[bits >> 30 & 1023]}{_PAIRS[bits >> 40]}"
    )


@contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Draw ids from a seed within the block: for demonstrations, which anyone can rebuild.

    Ids of a real federation are drawn from the system, so that they say nothing of each other.
    """
    token = _source.set(random.Random(seed))  # noqa: S311
    try:
        yield
    finally:
        _source.reset(token)
