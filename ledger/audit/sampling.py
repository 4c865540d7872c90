"""Samples that anybody draws again: of a seed, and of the digest of the population.

Random numbers are SHA-256 over the seed, the population's digest and a counter, so that a sample
depends on neither machine nor version; whoever posts one more voucher draws another one.

Monetary-unit sampling 货币单元抽样: every fen has the same chance, exactly, so that large vouchers
are drawn more often, and those of the interval or more always (the top stratum, which the interval
is then reckoned without). Random sampling: every voucher has the same chance.

Source: 审计准则第1314号 (CSA 1314, ISA 530), A13 and appendix 4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from ledger.errors import CannotRun, Finding, finding

MUS: Final = "mus"
RANDOM: Final = "random"
METHODS: Final = (MUS, RANDOM)
#: So many vouchers are more than anybody looks at.
MOST: Final = 10_000
_FIRST: Final = "mingbai-sample-1"


class Item(NamedTuple):
    """A voucher of the population: what it is called, and its size in fen."""

    ref: str
    fen: int


class Drawn(NamedTuple):
    """One drawn voucher; ``top`` if it was above the interval and could not be missed."""

    ref: str
    fen: int
    top: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """``population`` and ``total`` are the number and the sum, in fen, of what was drawn from;
    ``interval`` that of monetary units below the top stratum, rounded up to the fen, 0 for the
    other method and where everything is in that stratum."""

    method: str
    seed: int
    size: int
    digest: str
    population: int
    total: int
    interval: int
    drawn: tuple[Drawn, ...]

    @property
    def id(self) -> str:
        """What this sample is known by: the same terms and the same vouchers give the same id."""
        lines = [
            _FIRST, self.method, str(self.seed), str(self.size), self.digest, str(self.population),
            str(self.total), *(f"{one.ref} {one.fen}" for one in self.drawn),
        ]  # fmt: skip
        return hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()

    def terms(self) -> dict[str, Any]:
        return {
            "method": self.method, "seed": self.seed, "size": self.size, "digest": self.digest,
            "population": self.population, "total_fen": self.total, "interval_fen": self.interval,
        }  # fmt: skip


def draw(items: Sequence[Item], digest: str, *, seed: int, size: int, method: str) -> Sample:
    """Draw ``size`` of ``items``, which come in the order of the book, or all if there are fewer.

    Raises: CannotRun for a size below one or above 10,000, a negative seed, another method.

    >>> few = [Item("u/1", 100), Item("u/2", 200), Item("u/3", 700)]
    >>> [one.ref for one in draw(few, "", seed=7, size=1, method="mus").drawn]
    ['u/3']
    """
    if not 0 < size <= MOST or seed < 0 or method not in METHODS:
        raise CannotRun(_bad_terms())
    worth = [one for one in items if one.fen > 0]
    total = sum(one.fen for one in worth)
    if method == RANDOM:
        drawn, interval = _random(worth, _Numbers(seed, digest), size), 0
    else:
        drawn, interval = _monetary(worth, _Numbers(seed, digest), size)
    return Sample(method, seed, size, digest, len(worth), total, interval, tuple(drawn))


class _Numbers:
    """An endless row of numbers that follow from a seed and a digest alone."""

    def __init__(self, seed: int, digest: str) -> None:
        self._head = f"{_FIRST}\n{seed}\n{digest}\n"
        self._place = 0

    def below(self, bound: int) -> int:
        """A number from 0 to less than ``bound``, each as likely as the others."""
        span = 1 << 256
        most = span - span % bound
        while True:
            text = f"{self._head}{self._place}\n"
            self._place += 1
            number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
            if number < most:
                return number % bound


def _random(items: Sequence[Item], numbers: _Numbers, size: int) -> list[Drawn]:
    """The first ``size`` of a shuffled row (Fisher and Yates), in the order of the book."""
    places = list(range(len(items)))
    for place in range(min(size, len(items))):
        other = place + numbers.below(len(items) - place)
        places[place], places[other] = places[other], places[place]
    return [Drawn(*items[place], top=False) for place in sorted(places[:size])]


def _monetary(items: Sequence[Item], numbers: _Numbers, size: int) -> tuple[list[Drawn], int]:
    rest, left = sum(one.fen for one in items), size
    top: set[int] = set()
    # Each that is drawn for sure leaves a smaller interval to the others, never a greater one.
    for place in sorted(range(len(items)), key=lambda place: -items[place].fen):
        if not left or items[place].fen * left < rest:
            break
        top.add(place)
        rest, left = rest - items[place].fen, left - 1
    interval, met = 0, set[int]()
    if rest and left:
        interval = -(-rest // left)
        start = numbers.below(rest)
        met = set(_met(items, top, ((start + step * rest) // left for step in range(left))))
    return [Drawn(*items[place], top=place in top) for place in sorted(top | met)], interval


def _met(items: Sequence[Item], top: set[int], wanted: Iterator[int]) -> Iterator[int]:
    """The places at which these fens lie, counted without the top stratum."""
    before = 0
    one = next(wanted, None)
    for place, item in enumerate(items):
        if place in top:
            continue
        before += item.fen
        while one is not None and one < before:
            yield place
            one = next(wanted, None)


def _bad_terms() -> Finding:
    return finding(
        "bad-sample", f"样本量为 1 至 {MOST}，种子不为负，方法为 mus 或 random",
        f"a size is 1 to {MOST}, a seed not negative, a method mus or random",
        "例如 --seed 7 --size 30 --method mus", "for example --seed 7 --size 30 --method mus",
    )  # fmt: skip
