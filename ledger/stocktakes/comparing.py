"""What was expected beside what was seen: pure functions, from which every page and report reads.

Two things are no difference: what is lent, leased or being repaired and is not seen, and what was
properly moved, lent or disposed of after the stocktake had begun.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.registry.assets import (
    ADDED,
    BACK,
    GONE,
    LEASED,
    LENT,
    MOVED,
    REPAIRING,
    RETURNED,
    EventRow,
)
from ledger.registry.stocktakes import (
    FOUND,
    MISSING,
    NOT_AWAY,
    WRONG_HOLDER,
    WRONG_PLACE,
    DifferenceRow,
    ItemRow,
    ScanRow,
)

AWAY: Final = (LENT, LEASED, REPAIRING)
_THERE: Final = (ADDED, MOVED, RETURNED, BACK)
#: How a thing of the list stands: it was seen, it need not be there, nobody saw it; or it is not
#: of the list.
SEEN, EXCUSED, UNSEEN, BESIDE = "seen", "excused", "unseen", "beside"


@dataclass(frozen=True, slots=True)
class Compared:
    """A thing with what was seen of it last, and the kinds of its differences."""

    item: ItemRow
    scan: ScanRow | None
    how: str
    kinds: tuple[str, ...]


def compare(
    items: Iterable[ItemRow], scans: Iterable[ScanRow], events: Mapping[str, Sequence[EventRow]]
) -> list[Compared]:
    """Everything that was expected, and what was seen beside it, each once.

    ``scans`` in the order in which they were made: the last one of a thing counts. ``events`` is
    what happened to each thing in its whole life.
    """
    last = last_scans(scans)
    found = []
    for item in items:
        since = since_opened(item, events.get(item.asset, ()))
        scan = last.get(item.asset)
        kinds = tuple(kinds_of(item, scan, since))
        found.append(Compared(item, scan, _how(item, scan, since), kinds))
    return found


def concluded(
    items: Iterable[ItemRow], scans: Iterable[ScanRow], differences: Iterable[DifferenceRow]
) -> list[Compared]:
    """:func:`compare` of a stocktake that is over: what was found different then stays so."""
    last = last_scans(scans)
    kinds: dict[str | None, list[str]] = {}
    for one in differences:
        kinds.setdefault(one.asset, []).append(one.kind)
    found = []
    for item in items:
        of, scan = tuple(kinds.get(item.asset, ())), last.get(item.asset)
        how = UNSEEN if MISSING in of else EXCUSED
        if not item.expected:
            how = BESIDE
        elif scan is not None and scan.seen:
            how = SEEN
        found.append(Compared(item, scan, how, of))
    return found


def last_scans(scans: Iterable[ScanRow]) -> dict[str, ScanRow]:
    """What counts of each thing of the register."""
    return {one.asset: one for one in scans if one.asset is not None}


def unknown_things(scans: Iterable[ScanRow]) -> list[ScanRow]:
    """Things that were seen and that no register names."""
    return [one for one in scans if one.asset is None]


def since_opened(item: ItemRow, events: Sequence[EventRow]) -> list[EventRow]:
    """What happened to a thing after the list was made."""
    return [one for one in events if one.number > item.event]


def kinds_of(item: ItemRow, scan: ScanRow | None, since: Sequence[EventRow]) -> Iterator[str]:
    """How what was seen of a thing differs from the register; nothing where they agree."""
    if scan is None or not scan.seen:
        if item.expected and not _excused(item, since):
            yield MISSING
        return
    if item.state == GONE and not any(one.kind == BACK for one in since):
        yield FOUND
        return
    if item.state in AWAY and not any(one.kind in _THERE for one in since):
        if not _seen_away(item, scan, since):
            yield NOT_AWAY
        return
    if same_place(scan.place) not in _places(item, since):
        yield WRONG_PLACE
    keepers = {item.keeper, *(one.keeper for one in since)} - {""}
    if scan.keeper and scan.keeper not in keepers:
        yield WRONG_HOLDER


def same_place(text: str) -> str:
    """A place without what two people write differently: blanks, wide forms, capitals.

    >>> same_place("办公室 ３０１ ") == same_place("办公室301")
    True
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _how(item: ItemRow, scan: ScanRow | None, since: Sequence[EventRow]) -> str:
    if not item.expected:
        return BESIDE
    if scan is not None and scan.seen:
        return SEEN
    return EXCUSED if _excused(item, since) else UNSEEN


def _excused(item: ItemRow, since: Sequence[EventRow]) -> bool:
    """Whether nobody need have seen it: it is away, or went properly in the meantime."""
    return item.state in AWAY or any(one.kind in (*AWAY, GONE) for one in since)


def _seen_away(item: ItemRow, scan: ScanRow, since: Sequence[EventRow]) -> bool:
    """Whether it was seen where, or with whom, it may be while it is away."""
    with_whom = bool(scan.keeper) and scan.keeper == item.keeper
    return with_whom or same_place(scan.place) in _places(item, since)


def _places(item: ItemRow, since: Sequence[EventRow]) -> set[str]:
    return {same_place(one) for one in (item.place, *(event.place for event in since))} - {""}
