"""Every byte of a sealed book altered three ways, and every voucher: is each found at its place?

``python -m tests.verify.flips 200000`` builds a book of about so many bytes and goes through all
of it; a seed as the second word repeats a run.

Verifying is a fold: what stands before an altered entry is as it was, so the state before it may be
used again. A file is a row of entries that end with an empty line, so an alteration within an entry
is seen in the entry and the one behind it, or not at all. One alteration in five hundred, drawn by
chance, goes the whole way through :func:`ledger.verify.books.verify_book` and has to be found there
too, in the same file.
"""

from __future__ import annotations

import random
import sys
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ledger import canonical, canonical_reader
from ledger.canonical_reader import EntryText, NotCanonical
from ledger.sealing.proving import proof_faults
from ledger.verify.books import read_seals, verify_book
from tests.verify.packs import key, log_of, save_seals, seal_all, write_book

WHOLE_WAY: Final = 500
_PRINTABLE: Final = bytes(range(33, 127))


@dataclass
class Told:
    """How many alterations were tried and found; ``missed`` says each that was not."""

    tried: int = 0
    whole: int = 0
    missed: list[str] = field(default_factory=list)


def three_ways(data: bytes, at: int, dice: random.Random) -> Iterator[bytes]:
    """A bit turned, another printable character in its place, and the byte taken out."""
    byte = data[at]
    yield data[:at] + bytes([byte ^ 1 << dice.randrange(8)]) + data[at + 1 :]
    other = dice.choice(_PRINTABLE.replace(bytes([byte]), b""))
    yield data[:at] + bytes([other]) + data[at + 1 :]
    yield data[:at] + data[at + 1 :]


class SealedBook:
    """A book with seals in a folder of its own, and the chain before each of its entries."""

    def __init__(self, place: Path, size: int) -> None:
        each = max(3, size // 6_000)
        self.folder = write_book(place / "federation", months=6, each=each)
        save_seals(self.folder, seal_all(log_of(self.folder), key()))
        assert verify_book(self.folder, with_beancount=False).findings == []
        self.files = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }
        self.entries = {
            name: canonical_reader.entries(data)
            for name, data in self.files.items()
            if name not in ("book.bean",) and name.endswith(".bean")
        }
        chain = canonical.first_chain(self.folder.name)
        self.before: dict[int, str] = {}
        for entry in sorted((one for row in self.entries.values() for one in row), key=_seq):
            self.before[entry.seq] = chain
            chain = entry.chain
        self.log = log_of(self.folder)

    @property
    def size(self) -> int:
        return sum(len(self.files[name]) for name in self.entries)

    # ---- one alteration ------------------------------------------------------------------------

    def is_found(self, name: str, first: EntryText, window: bytes, count: int) -> bool:
        """Whether the fold over ``count`` entries from ``first`` on, altered so, goes wrong."""
        row = self.entries[name]
        place = row.index(first)
        expected = row[place : place + count]
        try:
            found = canonical_reader.entries(window, name)
        except NotCanonical as fault:
            return fault.line <= window.count(b"\n") + 1
        if len(found) != len(expected):
            return True
        return any(
            entry.seq != due.seq
            or canonical.next_chain(self.before[due.seq], entry.text.decode()) != entry.chain
            or entry.chain != due.chain
            for entry, due in zip(found, expected, strict=True)
        )

    def is_found_whole(self, name: str, data: bytes, lines: range, seq: int = 0) -> bool:
        """The whole way: a finding names the file, and a line of what was altered or next to it.

        What is missing at the end of a file is found where the next entry stands, by its ``seq``.
        """
        path = self.folder / name
        path.write_bytes(data)
        found = verify_book(self.folder, with_beancount=False).findings
        path.write_bytes(self.files[name])
        shown = f"units/{self.folder.name}/{name}"
        return any(
            (one.file == shown and (one.line is None or one.line in lines))
            or (seq and f"number {seq} is missing" in one.what.en)
            for one in found
        )


def _seq(entry: EntryText) -> int:
    return entry.seq


def lines_about(row: list[EntryText], place: int) -> range:
    """The lines of an entry and its neighbours, where an alteration of it may show."""
    first = row[max(0, place - 1)]
    last = row[min(len(row) - 1, place + 2)]
    return range(first.line, last.line + last.text.count(b"\n") + 1)


def flip_bytes(book: SealedBook, told: Told, dice: random.Random, share: float = 1.0) -> None:
    """Each byte of each file of entries, or that ``share`` of them."""
    for name, row in book.entries.items():
        data = book.files[name]
        offsets = [entry.offset for entry in row]
        for at in range(len(data)):
            if share < 1 and dice.random() >= share:
                continue
            place = bisect_right(offsets, at) - 1
            # The empty line at its end keeps an entry apart from the one behind it.
            inside = at < offsets[place] + row[place].length - 2
            first, count = row[place], 1 if inside else min(2, len(row) - place)
            end = row[place + count - 1].offset + row[place + count - 1].length
            for spoiled in three_ways(data[first.offset : end], at - first.offset, dice):
                told.tried += 1
                where = f"{name} byte {at}"
                if not book.is_found(name, first, spoiled, count):
                    told.missed.append(where)
                if dice.randrange(WHOLE_WAY) == 0:
                    told.whole += 1
                    whole = data[: first.offset] + spoiled + data[end:]
                    if not book.is_found_whole(name, whole, lines_about(row, place)):
                        told.missed.append(f"{where}, the whole way")


def spoil_vouchers(book: SealedBook, told: Told, dice: random.Random, every: int = 1) -> None:
    """Each voucher, or one in ``every``, deleted, exchanged with the next, and moved to F02."""
    for name, row in book.entries.items():
        data = book.files[name]
        for place, entry in enumerate(row):
            if entry.kind != "voucher" or dice.randrange(every):
                continue
            end = entry.offset + entry.length
            before, behind = data[: entry.offset], data[end:]
            moved = entry.text.replace(b'fund: "F01"', b'fund: "F02"')
            ways = {"deleted": before + behind, "moved": before + moved + behind}
            if place + 1 < len(row):
                follower = row[place + 1]
                rest = data[end + follower.length :]
                ways["exchanged"] = before + follower.text + entry.text + rest
            for way, spoiled in ways.items():
                told.tried += 1
                told.whole += 1
                if not book.is_found_whole(name, spoiled, lines_about(row, place), entry.seq):
                    told.missed.append(f"{name} {entry.seq} {way}")


def flip_others(book: SealedBook, told: Told, dice: random.Random, share: float = 1.0) -> None:
    """Each byte of ``book.bean`` and of every seal, all the way but for the log."""
    for name, data in book.files.items():
        if name in book.entries or not (name == "book.bean" or name.startswith("seals/")):
            continue
        for at in range(len(data)):
            if share < 1 and dice.random() >= share:
                continue
            for spoiled in three_ways(data, at, dice):
                told.tried += 1
                path = book.folder / name
                if name == "book.bean":
                    found = book.is_found_whole(name, spoiled, range(10_000))
                else:
                    path.write_bytes(spoiled)
                    seals, faults = read_seals(book.folder)
                    faults += proof_faults(book.log, seals)
                    path.write_bytes(data)
                    found = any((one.file or "").endswith(name) for one in faults)
                if not found:
                    told.missed.append(f"{name} byte {at}")


def main(words: list[str]) -> int:
    seed = int(words[1]) if len(words) > 1 else random.SystemRandom().randrange(10**6)
    dice, told = random.Random(seed), Told()
    with tempfile.TemporaryDirectory() as place:
        book = SealedBook(Path(place), int(words[0]))
        print(
            f"seed {seed}: {book.size:,} bytes of entries, {len(book.before)} entries", flush=True
        )
        flip_bytes(book, told, dice)
        print(f"bytes: {told.tried:,} tried, {told.whole:,} of them the whole way", flush=True)
        spoil_vouchers(book, told, dice)
        flip_others(book, told, dice)
    print(
        f"in all: {told.tried:,} tried, {len(told.missed)} not found", *told.missed[:20], sep="\n"
    )
    return bool(told.missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
