"""What the registry and the book know of gifts, as values: funds, and what vouchers did to them.

A donor stands here as they consented to be shown, and in no other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.errors import Words

if TYPE_CHECKING:
    from ledger.gifts.consented import Shown
    from ledger.gifts.following import FundFollowed
    from ledger.gifts.published import PublishedCampaign
    from ledger.registry.gifts import GiftRow

RECEIVED, MOVED_IN, USED, RETURNED, MOVED_OUT = (
    "received", "moved-in", "used", "returned", "moved-out",
)  # fmt: skip
#: What each kind does to what is held; of one day what comes goes before what leaves.
SIGNS: Final = {RECEIVED: 1, MOVED_IN: 1, USED: -1, RETURNED: -1, MOVED_OUT: -1}
_ORDER: Final = tuple(SIGNS)


class _Key(NamedTuple):
    kind: str
    gift: str
    voucher: str


@dataclass(frozen=True, slots=True)
class GiftMove:
    """What a voucher did to the gifts of a fund in a period, in fen.

    ``gift`` is empty for uses, which are of many. ``corrects`` names the earlier voucher of which
    another is told in this period; ``fen`` is negative where a reversal takes back.
    """

    kind: str
    gift: str
    voucher: str
    day: date
    fen: int
    purpose: str
    papers: tuple[str, ...]
    corrects: str = ""

    @property
    def held_fen(self) -> int:
        """What it adds to what is held."""
        return SIGNS[self.kind] * self.fen


@dataclass(frozen=True)
class GiftFund:
    """A fund in which gifts stand, before a period begins and at its end.

    ``code`` is its campaign's, or the fund's own. ``free``: other money of the unit stands in it
    and is bound by nothing, so that it says little how much of what it spent gifts paid.
    """

    code: str
    fund: str
    name: Words
    before: FundFollowed
    now: FundFollowed
    free: bool = False

    @cached_property
    def opening_fen(self) -> int:
        return sum(one.held_fen for one in self.before.gifts.values())

    @cached_property
    def closing_fen(self) -> int:
        return sum(one.held_fen for one in self.now.gifts.values())

    @cached_property
    def moves(self) -> tuple[GiftMove, ...]:
        """What vouchers did in the period, in order of days."""
        return tuple(self._between(_moves(self.before), _moves(self.now)))

    @cached_property
    def earlier(self) -> tuple[GiftMove, ...]:
        """What they did before it began."""
        return tuple(self._between({}, _moves(self.before), self.before))

    @property
    def is_idle(self) -> bool:
        """Whether nothing of it is to be told."""
        return not (self.moves or self.opening_fen or self.closing_fen)

    def of(self, *kinds: str) -> list[GiftMove]:
        return [one for one in self.moves if one.kind in kinds]

    def _between(
        self, before: Mapping[_Key, int], now: Mapping[_Key, int],
        known: FundFollowed | None = None,
    ) -> list[GiftMove]:  # fmt: skip
        known = known or self.now
        found = []
        for key in dict.fromkeys([*now, *before]):
            fen = now.get(key, 0) - before.get(key, 0)
            if not fen:
                continue
            voucher, corrects = key.voucher, ""
            if key in before:
                voucher = known.reversal_of(key.voucher) or key.voucher
                corrects = key.voucher
            one = known.effects(voucher)
            found.append(
                GiftMove(
                    key.kind, key.gift, voucher, one.day, fen, one.purpose, one.papers, corrects
                )
            )
        return sorted(
            found, key=lambda one: (one.day, _ORDER.index(one.kind), one.voucher, one.gift)
        )


def _moves(followed: FundFollowed) -> dict[_Key, int]:
    """What each voucher did, as known on the day; a reversed receipt never was."""
    found: dict[_Key, int] = {}

    def add(kind: str, gift: str, voucher: str, fen: int) -> None:
        key = _Key(kind, gift, voucher)
        found[key] = found.get(key, 0) + fen

    for one in followed.gifts.values():
        for use in one.came:
            moved = one.code in followed.effects(use.voucher).moved
            add(MOVED_IN if moved else RECEIVED, one.code, use.voucher, use.fen)
    for voucher, fen in followed.used.items():
        add(USED, "", voucher, fen)
    for one in followed.given_back:
        for use in one.returns:
            effects = followed.effects(use.voucher)
            if effects.reverses:
                effects = followed.effects(effects.reverses)
            kind = MOVED_OUT if one.code in effects.moved else RETURNED
            add(kind, one.code, use.voucher, use.fen)
    return {key: fen for key, fen in found.items() if fen}


@dataclass(frozen=True)
class NumberedMove:
    """A move with its code on a statement and what the fund holds after it."""

    code: str
    fund: GiftFund
    move: GiftMove
    held_fen: int


@dataclass(frozen=True)
class GiftMoves:
    """The unit's gifts as of a period's end. ``shown`` goes by donor, ``receipts`` by gift and
    voucher; ``only`` is the code of the one campaign that is asked for."""

    funds: Sequence[GiftFund] = ()
    gifts: Mapping[str, GiftRow] = field(default_factory=dict)
    shown: Mapping[str, Shown] = field(default_factory=dict)
    receipts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    campaigns: Sequence[PublishedCampaign] = ()
    only: str = ""

    @cached_property
    def told(self) -> list[GiftFund]:
        """The funds of which there is something to tell."""
        return [fund for fund in self.funds if not fund.is_idle]

    @cached_property
    def numbered(self) -> dict[str, NumberedMove]:
        """Every move by its code: the gift's, or of a use the voucher's; a second is ``….2``."""
        found: dict[str, NumberedMove] = {}
        seen: dict[str, int] = {}
        for fund in self.told:
            held = fund.opening_fen
            for move in fund.moves:
                held += move.held_fen
                code = move.gift or move.voucher
                if move.kind in (RETURNED, MOVED_IN, MOVED_OUT):
                    code = f"{code}.{move.kind}"
                seen[code] = seen.get(code, 0) + 1
                if seen[code] > 1:
                    code = f"{code}.{seen[code]}"
                found[code] = NumberedMove(code, fund, move, held)
        return found

    @cached_property
    def wholes(self) -> dict[str, GiftFund]:
        """The funds of the campaigns, with everything that ever happened to them, by code."""
        found = {}
        for one in self.campaigns:
            row = one.row
            name = Words(row.name, row.name_en or row.code)
            nothing = one.fund.read.nothing(row.rule)
            found[row.code] = GiftFund(row.code, row.fund, name, nothing, one.fund)
        return found

    def of(self, code: str) -> GiftMoves:
        """Those of one campaign."""
        return replace(
            self, only=code, funds=_with(self.funds, code),
            campaigns=[one for one in self.campaigns if one.row.code == code],
        )  # fmt: skip


def _with(funds: Iterable[GiftFund], code: str) -> list[GiftFund]:
    return [one for one in funds if one.code == code]
