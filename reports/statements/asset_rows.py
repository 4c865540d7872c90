"""What the register and the book know of lasting things, as values.

Every figure is a sum of moves: postings on accounts of things, each told by what it did to which
thing, and why. So a figure and what stands behind it cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.assets import life
from ledger.assets.called import KINDS, SOURCES
from ledger.errors import Words
from ledger.money import Money
from ledger.registry.assets import GONE, MEMO
from reports.statement import Backing

if TYPE_CHECKING:
    from datetime import date

    from ledger.assets.standing import AssetStanding
    from ledger.period import Month
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.assets import AssetRow, EstimateRow, EventRow
    from ledger.rules.assets import AssetTable
    from reports.statement import VoucherLine

COST, WORN, NET = "cost", "worn", "net"
PARTS: Final = {
    COST: Words("原值", "Cost"),
    WORN: Words("累计折旧", "Depreciated"),
    NET: Words("净值", "Net value"),
}
_SIGNS: Final[Mapping[str, Mapping[str, int]]] = {
    COST: {COST: 1}, WORN: {WORN: 1}, NET: {COST: 1, WORN: -1},
}  # fmt: skip
#: Why a move came about, beside the sources of cards and the kinds of requests.
CHARGE, OTHER = "charge", "other"
WHYS: Final[Mapping[str, Words]] = {
    **SOURCES, **KINDS, CHARGE: Words("计提", "charged"),
    OTHER: Words("其他", "other"),
}  # fmt: skip
#: When a figure is of: before the period, what came in it, what went in it, or its end.
AT_BEGIN, ADDED, LEFT, AT_END = "begin", "added", "left", "end"
_AHEAD: Final = 12  # months of a plan
#: The class of things in the book that have no card, and the line that holds all.
UNCARDED, TOTAL = "uncarded", "total"
NO_CARD: Final = Words("未建卡", "no card")
ALL: Final = Words("合计", "Total")


@dataclass(frozen=True, slots=True)
class AssetMove:
    """One posting on an account of things. ``early``: it stood before the period began.

    ``line`` counts as its ``part`` does: cost where it is debited, depreciation where credited.
    """

    asset: str
    part: str
    why: str
    early: bool
    millionths: int
    line: VoucherLine


@dataclass(frozen=True, slots=True)
class Planned:
    """What a thing is to be charged with in the twelve months after ``reached``, in fen.

    ``worn_fen`` is what will be charged of it by then.
    """

    card: AssetRow
    estimates: Sequence[EstimateRow]
    worn_fen: int
    reached: Month

    @property
    def fen(self) -> int:
        last = self.reached
        for _ in range(_AHEAD):
            last = last.next()
        return life.due(self.card, last, self.worn_fen, self.estimates)

    @property
    def months(self) -> list[tuple[Month, int]]:
        """Each month with its charge."""
        found, worn, month = [], self.worn_fen, self.reached
        for _ in range(_AHEAD):
            month = month.next()
            fen = life.due(self.card, month, worn, self.estimates)
            found.append((month, fen))
            worn += fen
        return found


@dataclass(frozen=True)
class AssetRows:
    """The unit's things as of a period's end; ``stands`` go by code, those that are gone too.

    ``ledger`` is what each account of things holds by month cells, debit positive, ``costs`` are
    those that keep cost; ``decisions`` the number of the last decision by thing; ``tables`` the
    rules by which cards were made, by the key that cards keep. ``due`` and ``plans`` are what is
    not charged by ``reached``, and what is planned for the twelve months after it; ``only`` is the
    one thing that is asked for.
    """

    stands: Sequence[AssetStanding] = ()
    moves: Sequence[AssetMove] = ()
    ledger: Mapping[str, int] = field(default_factory=dict)
    costs: Collection[str] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, AssetTable] = field(default_factory=dict)
    events: Mapping[str, Sequence[EventRow]] = field(default_factory=dict)
    requests: Mapping[str, Sequence[RequestRow]] = field(default_factory=dict)
    due: Mapping[str, int] = field(default_factory=dict)
    plans: Mapping[str, Planned] = field(default_factory=dict)
    reached: Month | None = None
    on: date | None = None
    only: str = ""

    def of(self, asset: str) -> AssetRows:
        """The same with one thing alone."""
        return replace(
            self, only=asset, stands=[one for one in self.stands if one.row.code == asset],
            moves=[one for one in self.moves if one.asset == asset],
        )  # fmt: skip

    # ---- which things --------------------------------------------------------------------------

    @cached_property
    def by_code(self) -> dict[str, AssetStanding]:
        return {one.row.code: one for one in self.stands}

    def card(self, asset: str) -> AssetRow | None:
        found = self.by_code.get(asset)
        return None if found is None else found.row

    def class_of(self, asset: str) -> str:
        found = self.by_code.get(asset)
        return UNCARDED if found is None else found.row.class_id

    @cached_property
    def memo(self) -> list[AssetStanding]:
        """What the unit does not own: on cards alone."""
        return [one for one in self.stands if one.row.source == MEMO and one.state != GONE]

    @cached_property
    def classes(self) -> dict[str, Words]:
        """The classes of what ever stood in the book, in the order of the rule; without a card
        last."""
        named = {one.row.class_id: one.class_words for one in self.stands}
        order = {
            id: (number, place)
            for number, table in enumerate(self.tables.values())
            for place, id in enumerate(table.by_id)
        }
        last = (len(self.tables), 0)
        found = sorted(
            {self.class_of(asset) for asset in self._sums},
            key=lambda id: (id == UNCARDED, order.get(id, last), id),
        )
        return {id: named.get(id, NO_CARD) for id in found}

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {id: [] for id in self.classes}
        for asset in self._sums:
            found[self.class_of(asset)].append(asset)
        return {id: sorted(codes, key=lambda one: (len(one), one)) for id, codes in found.items()}

    def members(self, key: str) -> Sequence[str]:
        """The things that a line holds: a thing's own code, a class, or all of them."""
        if key == TOTAL:
            return [asset for codes in self._members.values() for asset in codes]
        if key in self._members:
            return self._members[key]
        return [key] if key in self._sums else []

    def standing(self, key: str) -> list[str]:
        """Those of a line's things that are in the book at the period's end."""
        return [asset for asset in self.members(key) if self.pieces[asset] > 0]

    # ---- sums ----------------------------------------------------------------------------------

    @cached_property
    def _sums(self) -> dict[str, dict[tuple[str, str, bool], int]]:
        """By thing: what moved its part, for which reason, before the period or in it."""
        found: dict[str, dict[tuple[str, str, bool], int]] = {}
        for move in self.moves:
            sums = found.setdefault(move.asset, {})
            key = (move.part, move.why, move.early)
            sums[key] = sums.get(key, 0) + move.line.amount.fen
        return found

    @cached_property
    def pieces(self) -> dict[str, int]:
        """How many millionths of each thing there are at the period's end."""
        return self._pieces(early=False)

    @cached_property
    def pieces_before(self) -> dict[str, int]:
        return self._pieces(early=True)

    def _pieces(self, *, early: bool) -> dict[str, int]:
        found = dict.fromkeys(self._sums, 0)
        for move in self.moves:
            if move.early or not early:
                found[move.asset] += move.millionths
        return found

    def fen(
        self, assets: Iterable[str], part: str, *, early: bool | None = None,
        whys: Collection[str] | None = None,
    ) -> int:  # fmt: skip
        """A part of some things: before the period (``early``), moved in it, or at its end."""
        signs = _SIGNS[part]
        return sum(
            signs.get(moved, 0) * fen
            for asset in assets
            for (moved, why, before), fen in self._sums[asset].items()
            if (early is None or early == before) and (whys is None or why in whys)
        )

    def moved(self, asset: str, part: str) -> bool:
        """Whether anything moved this part of a thing within the period."""
        return any(one == part and not early for one, _, early in self._sums[asset])

    def lines(
        self, assets: Collection[str], part: str, *, early: bool | None = None,
        whys: Collection[str] | None = None, taken: bool = False,
    ) -> Iterator[VoucherLine]:  # fmt: skip
        """The postings behind :meth:`fen`, signed as it is; the other way round if ``taken``."""
        signs, wanted = _SIGNS[part], set(assets)
        for move in self.moves:
            sign = signs.get(move.part, 0)
            if (
                sign and move.asset in wanted
                and (early is None or early == move.early)
                and (whys is None or move.why in whys)
            ):  # fmt: skip
                line = move.line
                yield line if (sign > 0) != taken else replace(line, amount=-line.amount)

    def at(
        self, assets: Collection[str], part: str, when: str, whys: Collection[str] | None = None
    ) -> int:
        """A part of some things at a time, in fen; what went is positive."""
        if when in (AT_BEGIN, AT_END):
            return self.fen(assets, part, early=True if when == AT_BEGIN else None)
        fen = self.fen(assets, part, early=False, whys=_whys_of(when, whys))
        return -fen if when == LEFT else fen

    # ---- what stands behind --------------------------------------------------------------------

    def held(self, ref: str, label: Words, assets: Collection[str], part: str) -> Backing:
        """What some things come to at the period's end: before it, and what moved since.

        Of one thing every posting is told.
        """
        if len(assets) == 1:
            return behind(ref, label, self.lines(assets, part))
        opening = self.fen(assets, part, early=True)
        return behind(ref, label, self.lines(assets, part, early=False), opening)

    def behind_at(
        self, ref: str, label: Words, assets: Collection[str], part: str, when: str,
        whys: Collection[str] | None = None,
    ) -> Backing:  # fmt: skip
        """The postings behind :meth:`at`."""
        if when == AT_END:
            return self.held(ref, label, assets, part)
        if when == AT_BEGIN:
            return behind(ref, label, self.lines(assets, part, early=True))
        found = self.lines(assets, part, early=False, whys=_whys_of(when, whys), taken=when == LEFT)
        return behind(ref, label, found)


def when_of(why: str) -> str:
    """Whether a reason is one by which things come, or go."""
    return LEFT if why in KINDS else ADDED


def _whys_of(when: str, whys: Collection[str] | None) -> list[str]:
    return [one for one in (WHYS if whys is None else whys) if when_of(one) == when]


def behind(
    ref: str, label: Words, lines: Iterable[VoucherLine], opening: int | None = None
) -> Backing:
    """Postings, what stood before them if there is any such thing, and what they come to."""
    found = tuple(lines)
    whole = sum(line.amount.fen for line in found) + (opening or 0)
    return Backing(
        ref, label, None if opening is None else Money(opening), found, Money(whole)
    )  # fmt: skip
