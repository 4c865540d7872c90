"""What vouchers brought of gifts: each arrival is what a receipt is given for.

A gift arrives with the voucher that enters its money, its things or its service; a pledge arrives
by parts. Money that only changes its fund, and a condition that is met later, bring nothing new.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.gifts.effects import read_effects
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY

if TYPE_CHECKING:
    from ledger.gifts.effects import Effects
    from ledger.model import PostedLine
    from ledger.period import Period
    from ledger.registry import Registry


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a voucher brought of a gift, in fen: money, things at their worth, a service."""

    gift: str
    voucher: str
    day: date
    fen: int


def arrivals(
    registry: Registry, unit: str, funds: Collection[str], period: Period | None = None
) -> list[Arrival]:
    """What came of gifts in these funds, within ``period`` if given, in the order of days.

    Vouchers that were reversed are among them; their reversals are not.
    """
    months = list(period.months()) if period is not None else []
    since, through = (months[0], months[-1]) if months else (None, None)
    found: dict[tuple[str, str], Arrival] = {}
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        capital = {name for name, facts in model.accounts().items() if facts.capital}
        for fund in sorted(funds):
            vouchers: dict[str, list[PostedLine]] = {}
            for line in model.lines(since=since, through=through, fund=fund):
                if line.amount.currency == CNY:
                    vouchers.setdefault(line.number, []).append(line)
            for lines in vouchers.values():
                effects = read_effects(lines, capital)
                if effects is not None and effects.brings and not effects.reverses:
                    _gather(found, effects)
    finally:
        model.close()
    return sorted(found.values(), key=lambda one: (one.day, one.voucher, one.gift))


def _gather(found: dict[tuple[str, str], Arrival], effects: Effects) -> None:
    for gift in {*effects.came, *effects.held, *effects.things}:
        fen = effects.came.get(gift, 0) + effects.held.get(gift, 0)
        fen -= effects.freed.get(gift, 0) + effects.moved.get(gift, 0)
        things = effects.things.get(gift)
        if things is not None and things.units > 0:
            fen += things.fen
        if fen > 0:
            key = (effects.number, gift)
            before = found[key].fen if key in found else 0
            found[key] = Arrival(gift, effects.number, effects.day, before + fen)
