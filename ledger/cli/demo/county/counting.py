"""Stocktakes of the county: what was seen, what was not where it should be, and how that ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ledger.assets.labels import label_text
from ledger.cli.demo.county.assets import Held, keepers_of
from ledger.money import yuan
from ledger.registry import asset_requests, stocktakes
from ledger.registry.asset_requests import DONE
from ledger.registry.stocktakes import BY_CARD, BY_REQUEST, CLOSED
from ledger.stocktakes.closing import close_stocktake
from ledger.stocktakes.comparing import AWAY
from ledger.stocktakes.counting import Sight, count
from ledger.stocktakes.opening import Opening, open_stocktake
from ledger.stocktakes.resolving import Settled, approve, propose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.cli.demo.county.facts import County, Place
    from ledger.period import Month
    from ledger.registry import Registry, User
    from ledger.registry.stocktakes import StocktakeRow

#: On which days of a month it is counted, and closed.
_COUNTED: Final = 20
_CLOSED: Final = 26


class Counting:
    """Lives the stocktakes that ``assets.toml`` tells of, month by month."""

    def __init__(
        self, registry: Registry, county: County, held: Held, people: Mapping[str, User]
    ) -> None:
        self._registry = registry
        self._said: list[dict[str, Any]] = county.assets["stocktake"]
        self._places: dict[str, Place] = {place.id: place for place in county.places}
        self._held = held
        self._people = people

    def live(self, month: Month, now: datetime) -> list[str]:
        """What is counted in a month, and which differences are settled, in words."""
        told = [self._count(said, month, now) for said in self._said
                if said["month"] == month.month]  # fmt: skip
        return told + [
            self._settle(said["unit"], one, now)
            for said in self._said
            for one in said.get("resolve", ())
            if one["month"] == month.month
        ]

    # ---- counting ------------------------------------------------------------------------------

    def _count(self, said: dict[str, Any], month: Month, now: datetime) -> str:
        """One opens it, those who were named count, another closes it."""
        registry, unit = self._registry, said["unit"]
        opening = Opening(
            unit, month.first.replace(day=_COUNTED), counters=said["counters"], note="年度清查盘点"
        )
        row, expected = open_stocktake(registry, opening, self._people["zhou"], now)
        sights = list(self._sights(said, row))
        count(registry, unit, row.code, sights, self._people[said["counters"][0]], now)
        day = month.first.replace(day=_CLOSED)
        found = close_stocktake(registry, unit, row.code, day, self._people["lin"], now)
        kinds = "、".join(one.kind for one in found)
        return (
            f"{unit} 盘点 stocktake {row.code}：应盘 expected {expected}，差异 differences {kinds}"
        )

    def _sights(self, said: dict[str, Any], row: StocktakeRow) -> Iterator[Sight]:
        """What was seen of each thing, most by its label; what is lent or let is elsewhere."""
        with self._registry.read() as conn:
            items = stocktakes.items(conn, row.unit, row.code)
        unseen = set(self._held.of(row.unit, said.get("missing", ())))
        moved = {
            self._held.codes[one["thing"]][1]: one["place"] for one in said.get("moved", ())
        }  # fmt: skip
        others = set(self._held.of(row.unit, said.get("held", ())))
        keepers = keepers_of(self._registry, self._places[row.unit])
        for code, item in items.items():
            if code not in unseen and item.state not in AWAY:
                yield Sight(
                    label_text(row.unit, code), moved.get(code, item.place),
                    keeper=keepers[0] if code in others else "",
                )  # fmt: skip
        for one in said.get("found", ()):
            yield Sight(found=one["what"], place=one["place"], worth=yuan(one["worth"]))

    # ---- settling ------------------------------------------------------------------------------

    def _settle(self, unit: str, said: dict[str, Any], now: datetime) -> str:
        """One person says how a difference was settled, another one approves it."""
        with self._registry.read() as conn:
            rows = [row for row in stocktakes.of_unit(conn, unit) if row.state == CLOSED]
            of = stocktakes.differences(conn, unit, rows[-1].code)
            (number,) = [one.number for one in of if one.kind == said["kind"]]
        code, way = rows[-1].code, said["way"]
        settled = Settled(
            way, request=self._request(unit, said["thing"]) if way == BY_REQUEST else "",
            asset=self._held.codes[said["thing"]][1] if way == BY_CARD else "",
            place=said.get("place", ""), note=said.get("note", ""),
        )  # fmt: skip
        propose(self._registry, unit, code, number, settled, self._people["zhou"], now)
        done = approve(self._registry, unit, code, number, self._people["lin"], now)
        what = done.request or done.asset or done.place
        return f"{unit} {code}/{number} {said['kind']} 处理完毕 settled: {what}"

    def _request(self, unit: str, thing: str) -> str:
        """The request by which a thing left last."""
        (code,) = self._held.of(unit, [thing])
        with self._registry.read() as conn:
            found = asset_requests.of_assets(conn, unit, [code])[code]
        return next(one.code for one in found if one.state == DONE)
