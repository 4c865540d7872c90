"""Is the journal whole by itself? Its rows, followed in their order, without the book's text.

Whoever makes a book from its journal, or keeps both apart from the machine, has to know first that
no row of it was altered, put in or taken out: the chain tells, as it does of the text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ledger import canonical
from ledger.errors import Finding, finding
from ledger.registry import entries

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Row(NamedTuple):
    """What of an entry's row is followed."""

    seq: int
    file: str
    offset: int
    text: bytes
    chain: str


@dataclass
class Followed:
    """One unit's journal as far as it was followed; ``finding`` is the first fault in it."""

    unit: str
    seq: int = 0
    chain: str = ""
    lengths: dict[str, int] = field(default_factory=dict)
    finding: Finding | None = None
    _digests: dict[str, hashlib._Hash] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chain = canonical.first_chain(self.unit)

    def take(self, row: Row) -> None:
        """The next row by ``seq``; nothing more is followed behind a fault."""
        if self.finding is not None:
            return
        try:
            chain = canonical.next_chain(self.chain, row.text.decode())
        except ValueError:
            chain = ""
        at = self.lengths.get(row.file, 0)
        if (row.seq, row.chain, row.offset) != (self.seq + 1, chain, at):
            self.finding = broken(self.unit, self.seq + 1)
            return
        self.seq, self.chain = row.seq, chain
        self.lengths[row.file] = at + len(row.text)
        self._digests.setdefault(row.file, hashlib.sha256()).update(row.text)

    def digest(self, file: str) -> str:
        """The SHA-256 of a file as the journal has it; of nothing where no entry stands in it."""
        digest = self._digests.get(file)
        return (digest or hashlib.sha256()).hexdigest()


def follow(conn: Connection, unit: str) -> Followed:
    """A unit's journal, row by row, and against the head and the lengths that are kept of it."""
    done = Followed(unit)
    for row in entries.all_entries(conn, unit):
        done.take(Row(row.seq, row.file, row.offset, row.text, row.chain))
    if done.finding is None:
        head = entries.head(conn, unit) or (0, canonical.first_chain(unit))
        if head != (done.seq, done.chain) or entries.files(conn, unit) != done.lengths:
            done.finding = broken(unit, done.seq)
    return done


def broken(unit: str, seq: int) -> Finding:
    return finding(
        "journal-broken",
        f"单位 {unit} 的日志在第 {seq} 条处断链：此条或其前有改动、插入或删除",
        f"the journal of unit {unit} breaks at entry {seq}: it, or one before, was altered",
        "以账簿为准：mingbai rebuild --from books；账簿也不完整时从备份恢复：mingbai restore",
        "let the book decide: mingbai rebuild --from books; if the book is broken too, restore a "
        "backup: mingbai restore",
        file=f"units/{unit}",
    )  # fmt: skip
