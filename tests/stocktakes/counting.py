"""A unit that counts its things: who opens, who counts, who closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ledger.registry import User, assets, stocktakes, users
from ledger.registry.stocktakes import DifferenceRow, ResolutionRow, StocktakeRow
from ledger.stocktakes.closing import close_stocktake
from ledger.stocktakes.counting import Judged, Sight, count
from ledger.stocktakes.opening import Opening, known, open_stocktake
from ledger.stocktakes.resolving import Settled, approve, propose
from ledger.stocktakes.standing import Stand, stand
from tests.assets.keeping import NOW, PASSWORD, UNIT, Keeping

DAY = date(2026, 6, 1)
PLACE = "办公室 301"


@dataclass
class Counting:
    """``keeping`` with a user who only counts; ``second`` closes and approves."""

    keeping: Keeping
    counter: User
    now: datetime = NOW

    @property
    def registry(self):  # type: ignore[no-untyped-def]
        return self.keeping.registry

    def open(self, scope: str = "all", of: str = "", day: date = DAY, **said: object) -> str:
        opening = Opening(UNIT, day, scope, of, **{"counters": ("he",), **said})  # type: ignore[arg-type]
        row, _ = open_stocktake(self.registry, opening, self.keeping.maker, self.now)
        return row.code

    def see(self, code: str, *assets: str, place: str = PLACE, by: User | None = None,
            **said: object) -> list[Judged]:  # fmt: skip
        sights = [Sight(asset, place, **said) for asset in assets]  # type: ignore[arg-type]
        return count(self.registry, UNIT, code, sights, by or self.counter, self.now)

    def find(self, code: str, what: str, place: str = PLACE, **said: object) -> Judged:
        sight = Sight(place=place, found=what, **said)  # type: ignore[arg-type]
        return count(self.registry, UNIT, code, [sight], self.counter, self.now)[0]

    def close(self, code: str, day: date = date(2026, 6, 5)) -> list[DifferenceRow]:
        return close_stocktake(self.registry, UNIT, code, day, self.keeping.second, self.now)

    def settle(self, code: str, number: int, way: str, **said: object) -> ResolutionRow:
        settled = Settled(way, **said)  # type: ignore[arg-type]
        propose(self.registry, UNIT, code, number, settled, self.keeping.maker, self.now)
        return approve(self.registry, UNIT, code, number, self.keeping.checker, self.now)

    def row(self, code: str) -> StocktakeRow:
        with self.registry.read() as conn:
            return known(conn, UNIT, code)

    def stands(self, code: str, on: date = date(2026, 6, 30)) -> Stand:
        return stand(self.registry, self.row(code), on)

    def alarms(self) -> list[str]:
        with self.registry.read() as conn:
            return [one.ref for one in stocktakes.differences(conn, UNIT, alarms=True)]

    def events(self, asset: str) -> list[assets.EventRow]:
        with self.registry.read() as conn:
            return assets.events(conn, UNIT, [asset])[asset]


def counting_in(keeping: Keeping) -> Counting:
    """The unit with somebody who may only look, and is named to count."""
    with keeping.registry.write() as conn:
        roles = frozenset({(UNIT, "auditor")})
        he = users.add(conn, login="he", password=PASSWORD, roles=roles, now=NOW)
    return Counting(keeping, he)
