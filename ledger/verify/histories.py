"""Whether what somebody holds of a unit's history leads to what is there now.

A history is a row of seals, and of a book the chain at its last entry besides. A seal's root covers
every entry before it: where the older seals are those with which the newer row begins, nothing that
they cover was altered since. So an older book, publication or pack finds a rewriting that is
consistent in itself, unsigned seals and all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, Words, finding

if TYPE_CHECKING:
    from ledger.verify.books import Verified
    from ledger.verify.standalone import Pack

_REMEDY: Final = Words(
    "以较早的一份为准，查明是谁改动的", "the older copy decides: find out who changed it"
)


@dataclass(frozen=True)
class History:
    """``seals`` are texts, the oldest first; ``head`` is (seq, chain) of a book's last entry."""

    unit: str
    seals: tuple[str, ...]
    head: tuple[int, str] | None = None


def of_book(done: Verified) -> History:
    last = max(done.chains, default=0)
    head = (last, done.chains[last]) if last else None
    return History(done.unit, tuple(seal.text.decode() for seal in done.seals), head)


def of_pack(pack: Pack) -> History:
    return History(pack.name[0], tuple(seal["text"] for seal in pack.seals))


def against(
    old: Iterable[History], books: Iterable[Verified], packs: Iterable[Pack]
) -> list[Finding]:
    """What of the older histories does not go on in these; every older unit has to be there."""
    known = list(books)
    now: dict[str, History] = {}
    for history in (*map(of_pack, packs), *map(of_book, known)):
        before = now.get(history.unit)
        if before is None or len(history.seals) >= len(before.seals):
            now[history.unit] = history
    chains = {done.unit: done.chains for done in known}
    found: list[Finding] = []
    for history in old:
        if history.unit not in now:
            found.append(_gone(history.unit))
            continue
        found += _seal_faults(history, now[history.unit])
        if history.head and history.unit in chains:
            seq, chain = history.head
            if chains[history.unit].get(seq) != chain:
                found.append(_rewritten(history.unit, seq))
        elif not history.seals:
            found.append(_nothing(history.unit))
    return found


def _seal_faults(older: History, newer: History) -> Iterator[Finding]:
    for place, text in enumerate(older.seals):
        if newer.seals[place : place + 1] != (text,):
            month = text.split("\n")[2].removeprefix("month: ")
            yield finding(
                "history-differs",
                f"{older.unit} 的 {month} 月封存与较早的不同，或已不在：其前被改写",
                f"the seal of {month} of {older.unit} is not that of the older copy, or is gone: "
                "what it covers was rewritten",
                _REMEDY.zh, _REMEDY.en, file=f"units/{older.unit}/seals",
            )  # fmt: skip
            return


def _rewritten(unit: str, seq: int) -> Finding:
    return finding(
        "history-differs",
        f"较早的账簿止于第 {seq} 条，现在的到此不同：其前被改写",
        f"up to entry {seq}, where the older book ends, this one is another: it was rewritten",
        _REMEDY.zh, _REMEDY.en, file=f"units/{unit}",
    )  # fmt: skip


def _gone(unit: str) -> Finding:
    return finding(
        "history-gone", f"较早的一份中有单位 {unit}，现在没有",
        f"the older copy has the unit {unit}, and this one has not",
        "给出该单位的账簿或公开包", "give that unit's book or pack too",
        file=f"units/{unit}",
    )  # fmt: skip


def _nothing(unit: str) -> Finding:
    return finding(
        "history-unsealed", f"较早的一份中 {unit} 没有封存，无从比对",
        f"the older copy of {unit} has no seal: there is nothing to compare with",
        "与该单位的账簿比对，或用已封存的一份", "compare with its book, or with a sealed copy",
        file=f"units/{unit}",
    )  # fmt: skip
