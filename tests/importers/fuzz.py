"""Files of every format, damaged at random: what must hold of a reader, whatever it is given.

``python -m tests.importers.fuzz COUNT [SEED]`` runs COUNT of them and tells how far it is; a file
that breaks a law is told by its number, and the same seed makes it again.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from types import FrameType

from importers.read import read_bytes
from importers.readers.grid import read_grids
from importers.table import is_filled
from ledger.errors import LedgerError
from tests.importers import exchanged, printed, wallets
from tests.importers.banks import CORPORATE
from tests.importers.other_statements import OTHERS
from tests.importers.truth import movements

SECONDS = 5
MEGABYTES = 512
#: One in so many files is one that a child process opens, and costs a tenth of a second and more.
_ONE_IN = 150


class Broken(Exception):
    """A law that did not hold: of which file, and what was wrong with it."""

    def __init__(self, number: int, layout: str, what: str) -> None:
        super().__init__(f"file {number} ({layout}): {what}")


@cache
def _plain() -> dict[str, bytes]:
    """Files that are read in this process: text, pages, archives and what banks exchange."""
    rows, moved = movements(8), printed.history(8)
    made = {
        name: make(rows)
        for name, make in {**CORPORATE, **OTHERS, **wallets.READ_WHOLE, **wallets.ORDERS}.items()
    }
    made |= {"ofx": exchanged.ofx(moved), "mt940": exchanged.mt940(moved)}
    made |= {"camt": exchanged.camt(moved)}
    return {name: data for name, data in made.items() if not _needs_child(data)}


@cache
def _heavy() -> dict[str, bytes]:
    """Files that a child process opens: spreadsheets and PDF."""
    rows, moved = movements(6), printed.history(6)
    made = {name: make(rows) for name, make in CORPORATE.items()}
    made |= {f"pdf-{name}": make(moved) for name, make in printed.LAYOUTS.items()}
    return {name: data for name, data in made.items() if _needs_child(data)}


def _needs_child(data: bytes) -> bool:
    if data.startswith(b"PK") and b".csv" in data[:80]:
        return False
    return data.startswith((b"PK", b"\xd0\xcf", b"%PDF"))


# ---- damage ------------------------------------------------------------------------------------

Damage = Callable[[random.Random, bytes, bytes], bytes]


def _flip(dice: random.Random, data: bytes, other: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(dice.randint(1, 12)):
        out[dice.randrange(len(out))] = dice.randrange(256)
    return bytes(out)


def _cut(dice: random.Random, data: bytes, other: bytes) -> bytes:
    first, last = sorted(dice.sample(range(len(data) + 1), 2))
    return data[:first] + data[last:] if dice.random() < 0.5 else data[first:last]


def _splice(dice: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: dice.randrange(len(data))] + other[dice.randrange(len(other)) :]


def _repeat(dice: random.Random, data: bytes, other: bytes) -> bytes:
    first, last = sorted(dice.sample(range(len(data) + 1), 2))
    piece = data[first:last] or data
    return data[:last] + piece * dice.randint(1, max(1, min(50, 200_000 // len(piece))))


def _recode(dice: random.Random, data: bytes, other: bytes) -> bytes:
    read, write = (
        dice.choice(("utf-8", "gb18030", "latin-1")),
        dice.choice(("utf-8", "gb18030", "utf-16", "utf-16-be", "latin-1")),
    )
    return data.decode(read, "replace").encode(write, "replace")


def _words(dice: random.Random, data: bytes, other: bytes) -> bytes:
    """A mark that means something to some reader, in the middle of another's."""
    mark = dice.choice(
        (b'"', b",", b"\t", b"\r", b"\n", b"\0", b"=", b"-", b"9" * 40, b"e+18", b"<table>",
         b"</td>", b"<tr>", b"&#0;", b":61:", b":62F:", b"<STMTTRN>", b"PK\x03\x04", b"\x1f\x8b",
         b"%PDF", b"1e999", b"NaN", b"2026-02-30", b"\xef\xbb\xbf", b"\xff\xfe", "合计".encode(),
         "余额".encode("gb18030"), "日期,金额\n".encode())
    )  # fmt: skip
    place = dice.randrange(len(data))
    return data[:place] + mark * dice.choice((1, 1, 1, 50)) + data[place:]


_DAMAGES: tuple[Damage, ...] = (_flip, _cut, _splice, _repeat, _recode, _words)


def damaged(count: int, seed: int) -> Iterator[tuple[int, str, bytes]]:
    """``count`` damaged files with their numbers and layouts, the same for the same seed."""
    for number in range(count):
        dice = random.Random(f"{seed}/{number}")
        pool = _heavy() if number % _ONE_IN == _ONE_IN - 1 else _plain()
        layout, other = dice.choice(sorted(pool)), dice.choice(sorted(pool))
        data = pool[layout]
        for _ in range(dice.choice((1, 1, 2, 3))):
            data = dice.choice(_DAMAGES)(dice, data, pool[other]) or b"\n"
        yield number, layout, data


# ---- the laws ----------------------------------------------------------------------------------


def check(number: int, layout: str, data: bytes) -> None:
    """Read one file. Raises Broken if it is neither read nor refused, late, or lost."""

    def late(_: int, __: FrameType | None) -> None:
        raise Broken(number, layout, f"it took more than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        reading = read_bytes(data, "damaged.dat")
        if not _needs_child(data):
            rows = sum(is_filled(row) for grid in read_grids(data, "x") for row in grid.rows)
            told = len(reading.lines) + len(reading.parked) + reading.aside
            if not rows == reading.rows == told:
                raise Broken(number, layout, f"it has {rows} rows, {told} were told of")
    except LedgerError as fault:
        if not fault.findings:
            raise Broken(number, layout, "it was refused without a word") from fault
    except Broken:
        raise
    except BaseException as fault:
        if isinstance(fault, KeyboardInterrupt):
            raise
        raise Broken(number, layout, f"{type(fault).__name__}: {fault}"[:300]) from fault
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def most_megabytes() -> int:
    """The most memory that this process and its children have had."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in both) // 1024


def main(words: list[str]) -> int:
    """Run COUNT files; 0 if every law held."""
    count = int(words[0]) if words else 5_000
    seed = int(words[1]) if len(words) > 1 else int(time.time())
    print(f"{count} files, seed {seed}", flush=True)
    began = time.monotonic()
    broken = 0
    for number, layout, data in damaged(count, seed):
        try:
            check(number, layout, data)
        except Broken as fault:
            broken += 1
            print(fault, flush=True)
        if number % 1000 == 999 or number == count - 1:
            took = time.monotonic() - began
            told = f"{number + 1:>8} in {took:.0f} s, {broken} broken, {most_megabytes()} MB"
            print(told, flush=True)
    return 1 if broken or most_megabytes() > MEGABYTES else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
