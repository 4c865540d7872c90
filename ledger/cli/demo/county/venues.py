"""Venues of the county: registered by two, open by their hours, shared by a key, and used."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ledger.cli.demo.county.acts import refusal_of
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.registry.venues import OWN
from ledger.venues.booking import Wish, book, cancel, confirm, no_show
from ledger.venues.calendar import Span
from ledger.venues.opening import set_hours
from ledger.venues.registering import Facts, add, approve
from ledger.venues.sharing import set_key
from ledger.venues.using import Used, use

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.cli.demo.county.assets import Held
    from ledger.cli.demo.county.facts import County
    from ledger.registry import Registry, User

_PURPOSES: Final = ("文艺汇演排练", "技能培训", "读书会", "政策宣讲", "健康讲座", "劳动竞赛动员会")
#: Each booked day has one span of these hours.
_BEGINS: Final = (9, 13, 14, 18)
_HOURS: Final = 2
#: The month in which one booking is cancelled, one is of nobody, and one meets another.
_ODD_MONTH: Final = 3


@dataclass
class _Booked:
    """A booking of the running month, for the end of it."""

    unit: str
    venue: str
    code: str
    wish: Wish


class Venues:
    """The venues that ``assets.toml`` tells of."""

    def __init__(self, registry: Registry, county: County, held: Held, seed: int) -> None:
        self._registry = registry
        self._said: list[dict[str, Any]] = county.assets["venue"]
        self._held = held
        self._seed = seed
        self._codes: dict[str, str] = {}
        self._booked: list[_Booked] = []

    def begin(self, month: Month, people: Mapping[str, User], now: datetime) -> list[str]:
        """Venues that are there from a month on are registered; the month's bookings are made."""
        told = [
            self._register(said, people, now)
            for said in self._said
            if Month.of(said["since"]) == month
        ]
        self._booked = []
        for said in self._said:
            if said["name"] in self._codes:
                told += self._book(said, month, people, now)
        return told

    def end(self, people: Mapping[str, User], now: datetime) -> int:
        """What was booked is entered as it was used; how many uses."""
        uses = 0
        for number, one in enumerate(self._booked):
            odd = one.wish.day.month == _ODD_MONTH
            if odd and number == 1:
                no_show(self._registry, one.unit, one.code, people["zhou"], now)
                continue
            draw = random.Random(f"{self._seed}:{one.code}")
            wish = one.wish
            said = Used(wish.day, wish.span, max(1, wish.heads - draw.randrange(8)),
                        booking=one.code)  # fmt: skip
            use(self._registry, one.unit, one.venue, said, people["zhou"], now)
            uses += 1
        return uses

    # ---- registering ---------------------------------------------------------------------------

    def _register(self, said: dict[str, Any], people: Mapping[str, User], now: datetime) -> str:
        """What it is, when it is open and who shares it: entered by one, approved by another."""
        registry, unit, maker = self._registry, said["unit"], people["zhou"]
        asset = self._held.codes[said["asset"]][1] if said["owner"] == OWN else ""
        facts = Facts(
            said["name"], said["kind"], said["place"], said["area"], said["capacity"], True,
            said["basis"], said["owner"], asset=asset, name_en=said["name_en"],
        )  # fmt: skip
        code = add(registry, unit, facts, said["since"], maker, now).code
        hours = (Span.parse(said["hours"]),)
        week = {day: hours if day in said["open"] else () for day in range(1, 8)}
        set_hours(registry, unit, code, week, said["since"], "", maker, now)
        if "key" in said:
            parts = [(party, Fraction(share)) for party, share in said["key"].items()]
            set_key(registry, unit, code, parts, said["since"], said["key_reason"], maker, now)
        approve(registry, unit, code, people["lin"], now)
        self._codes[said["name"]] = code
        return f"{unit} {code} {said['name']} 登记并审批 registered"

    # ---- booking -------------------------------------------------------------------------------

    def _book(
        self, said: dict[str, Any], month: Month, people: Mapping[str, User], now: datetime
    ) -> Iterator[str]:
        registry, unit, code = self._registry, said["unit"], self._codes[said["name"]]
        made = []
        for wish in self._wishes(said, month):
            row = book(registry, unit, code, wish, people["zhou"], now)
            confirm(registry, unit, row.booking, people["lin"], now)
            made.append(_Booked(unit, code, row.booking, wish))
        if month.month == _ODD_MONTH and len(made) > 1:
            again = made[-1].wish
            why = refusal_of(
                lambda: book(registry, unit, code, again, people["zhou"], now), "the same hours"
            )
            yield f"{unit} {code} 重复预约被拒 booked twice, refused: {why}"
            gone = made.pop()
            cancel(registry, unit, gone.code, "活动改期", people["lin"], now)
        self._booked += made

    def _wishes(self, said: dict[str, Any], month: Month) -> Iterator[Wish]:
        """So many days of a month on which it is open, each for another audience."""
        draw = random.Random(f"{self._seed}:{said['name']}:{month}")
        first: date = month.first
        days = [
            day
            for day in (first + timedelta(days=number) for number in range(27))
            if day.isoweekday() in said["open"]
        ]
        audiences: list[str] = said["audiences"]
        for number, day in enumerate(sorted(draw.sample(days, said["bookings"]))):
            turn = (month.month - 1) * said["bookings"] + number
            whom = audiences[turn % len(audiences)]
            begins = draw.choice(_BEGINS[1:] if said["kind"] == "library" else _BEGINS) * 60
            fee = yuan(said["fee"]) if whom in said.get("paying", ()) else Money(0)
            yield Wish(
                day, Span(begins, begins + _HOURS * 60), whom, draw.choice(_PURPOSES),
                draw.randrange(20, said["capacity"] * 2 // 3), fee.fen,
            )  # fmt: skip
