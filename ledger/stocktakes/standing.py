"""How stocktakes stand as of a day: what was expected and seen by class, and each difference.

As of a day a difference is resolved if its resolution was approved by then; so a report of a past
period stays what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.assets.standing import CardClasses
from ledger.errors import Words
from ledger.money import Money
from ledger.registry import assets, stocktakes
from ledger.registry.stocktakes import (
    APPROVED,
    CLOSED,
    FOUND,
    KIND_WORDS,
    PROPOSED,
    REFUSED,
    RESOLVED,
    SCOPE_WORDS,
    UNRESOLVED,
    WAY_WORDS,
    DifferenceRow,
    ResolutionRow,
    StocktakeRow,
)
from ledger.rules import rulebook
from ledger.stocktakes.comparing import (
    BESIDE,
    EXCUSED,
    SEEN,
    UNSEEN,
    Compared,
    compare,
    concluded,
    unknown_things,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.assets import AssetRow
    from ledger.registry.stocktakes import ScanRow


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference as of a day. ``last`` is what was said of it last, ``name`` the thing's."""

    row: DifferenceRow
    state: str
    last: ResolutionRow | None
    name: str
    class_id: str

    @property
    def said(self) -> Words:
        """How it was settled, or is to be: ``已办结的资产申请 ZB2026-0004-1``."""
        if self.last is None or self.last.state == REFUSED:
            return Words("", "")
        words = WAY_WORDS[self.last.way]
        what = self.last.request or self.last.asset or ""
        return Words(f"{words.zh} {what}".strip(), f"{words.en} {what}".strip())

    def as_json(self) -> dict[str, object]:
        row, last = self.row, self.last
        return {
            "difference": row.number, "kind": row.kind, "kind_name": KIND_WORDS[row.kind].zh,
            "asset": row.asset, "name": self.name, "class": self.class_id,
            "expected_place": row.place, "expected_keeper": row.keeper,
            "seen_place": row.seen_place, "seen_keeper": row.seen_keeper,
            "amount": Money(row.fen).text, "state": self.state,
            "way": last.way if last else None, "request": last.request if last else None,
            "card": last.asset if last else None, "paper": last.paper if last else "",
            "note": last.note if last else "", "by": last.maker if last else None,
            "approved_by": last.checker if last else None,
            "refused": last.reason if last and last.state == REFUSED else "",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """One class of a stocktake, pieces and fen: expected = seen + excused + missing."""

    class_id: str
    words: Words
    expected: int
    expected_fen: int
    seen: int
    seen_fen: int
    excused: int
    excused_fen: int
    missing: int
    missing_fen: int


@dataclass(frozen=True, slots=True)
class Stand:
    """A stocktake with everything in it, as of a day."""

    row: StocktakeRow
    compared: tuple[Compared, ...]
    found: tuple[ScanRow, ...]
    differences: tuple[Difference, ...]
    cards: Mapping[str, AssetRow]
    class_words: Mapping[str, Words]

    @property
    def expected(self) -> int:
        return sum(one.item.expected for one in self.compared)

    @property
    def looked(self) -> int:
        """Of how many expected things somebody said anything."""
        return sum(one.item.expected and one.scan is not None for one in self.compared)

    @property
    def alarms(self) -> int:
        """How many differences are not resolved."""
        return sum(one.state != RESOLVED for one in self.differences)

    def of_how(self, how: str) -> list[Compared]:
        return [one for one in self.compared if one.how == how]

    def tallies(self) -> list[Tally]:
        """The stocktake by class, in the order of the things."""
        by_class: dict[str, list[Compared]] = {}
        for one in self.compared:
            if one.how != BESIDE:
                by_class.setdefault(self.cards[one.item.asset].class_id, []).append(one)
        return [self._tally(key, found) for key, found in sorted(by_class.items())]

    def _tally(self, class_id: str, found: Sequence[Compared]) -> Tally:
        pieces, fen = {}, {}
        for how in (SEEN, EXCUSED, UNSEEN):
            of = [one for one in found if one.how == how]
            pieces[how], fen[how] = len(of), sum(one.item.cost_fen for one in of)
        return Tally(
            class_id, self.class_words[class_id], len(found),
            sum(one.item.cost_fen for one in found), pieces[SEEN], fen[SEEN], pieces[EXCUSED],
            fen[EXCUSED], pieces[UNSEEN], fen[UNSEEN],
        )  # fmt: skip

    def as_json(self) -> dict[str, object]:
        """What commands print; amounts as text in yuan."""
        return {
            **row_json(self.row), "expected": self.expected, "looked": self.looked,
            "seen": len(self.of_how(SEEN)), "away": len(self.of_how(EXCUSED)),
            "missing": len(self.of_how(UNSEEN)), "beside": len(self.of_how(BESIDE)),
            "found": sum(one.row.kind == FOUND for one in self.differences), "alarms": self.alarms,
            "by_class": [
                {
                    "class": one.class_id, "class_name": one.words.zh, "expected": one.expected,
                    "expected_cost": Money(one.expected_fen).text, "seen": one.seen,
                    "seen_cost": Money(one.seen_fen).text, "away": one.excused,
                    "away_cost": Money(one.excused_fen).text, "missing": one.missing,
                    "missing_cost": Money(one.missing_fen).text,
                }
                for one in self.tallies()
            ],
            "differences": [one.as_json() for one in self.differences],
        }  # fmt: skip


def row_json(row: StocktakeRow) -> dict[str, object]:
    return {
        "stocktake": row.code, "unit": row.unit, "day": row.day.isoformat(), "scope": row.scope,
        "of": row.of, "counters": row.counters.split(), "state": row.state, "opened_by": row.maker,
        "closed": row.closed.isoformat() if row.closed else None, "closed_by": row.checker,
        "note": row.note,
    }  # fmt: skip


def scope_of(row: StocktakeRow) -> Words:
    """``一个地点：仓库``."""
    words = SCOPE_WORDS[row.scope]
    return Words(f"{words.zh}：{row.of}", f"{words.en}: {row.of}") if row.of else words


def stand(registry: Registry, row: StocktakeRow, on: date) -> Stand:
    """One stocktake as of a day."""
    with registry.read() as conn:
        items = stocktakes.items(conn, row.unit, row.code)
        scans = stocktakes.scans(conn, row.unit, row.code)
        cards = assets.with_codes(conn, row.unit, items)
        found = _differences(conn, row, scans, cards, on)
        if row.state != CLOSED:
            compared = compare(items.values(), scans, assets.events(conn, row.unit, items))
        else:
            # What happened since it was closed says nothing about what was seen.
            compared = concluded(items.values(), scans, [one.row for one in found])
    book, _ = rulebook.load(registry.folder, row.unit)
    classes = CardClasses(book)
    words = {card.class_id: classes.words(card) for card in cards.values()}
    return Stand(row, tuple(compared), tuple(unknown_things(scans)), found, cards, words)


def closed_in(registry: Registry, unit: str, first: date, last: date) -> list[Stand]:
    """The stocktakes that were closed from ``first`` to ``last``, as of ``last``."""
    with registry.read() as conn:
        rows = stocktakes.of_unit(conn, unit)
    return [
        stand(registry, row, last)
        for row in rows
        if row.closed is not None and first <= row.closed <= last
    ]


def _differences(
    conn: Connection, row: StocktakeRow, scans: Sequence[ScanRow], cards: Mapping[str, AssetRow],
    on: date,
) -> tuple[Difference, ...]:  # fmt: skip
    said: dict[int, list[ResolutionRow]] = {}
    for one in stocktakes.resolutions(conn, row.unit, row.code):
        if date.fromisoformat(one.made_at[:10]) <= on:
            said.setdefault(one.difference, []).append(one)
    by_number = {one.number: one for one in scans}
    found = []
    for difference in stocktakes.differences(conn, row.unit, row.code):
        of = said.get(difference.number, [])
        card = cards.get(difference.asset or "")
        if card is None and difference.scan is not None:
            name, class_id = by_number[difference.scan].note, ""
        else:
            name, class_id = (card.name, card.class_id) if card is not None else ("", "")
        last = of[-1] if of else None
        found.append(Difference(difference, _state(last, on), last, name, class_id))
    return tuple(found)


def _state(last: ResolutionRow | None, on: date) -> str:
    if last is None or (last.state == REFUSED and last.checked is not None and last.checked <= on):
        return UNRESOLVED
    approved = last.state == APPROVED and last.checked is not None and last.checked <= on
    return RESOLVED if approved else PROPOSED
