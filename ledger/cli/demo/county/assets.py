"""Fixed assets of the county: entered at first, bought, given, built, and charged month by month.

What happens to them between is :mod:`ledger.cli.demo.county.custody`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from importers.drafting import OtherSide
from ledger import workflow
from ledger.assets import accounts
from ledger.assets.adding import add_each
from ledger.assets.charging import charges_due
from ledger.assets.depreciating import depreciate
from ledger.assets.using import enter_use
from ledger.cli.demo.county.acts import approve_waiting
from ledger.cli.demo.county.banking import Banking
from ledger.cli.demo.county.facts import County, Place
from ledger.cli.demo.county.names import BANK, PAYABLE
from ledger.cli.demo.county.things import FUND, Thing, Things
from ledger.cli.demo.month import Movement
from ledger.entry import Draft, Posting
from ledger.money import Money, yuan
from ledger.registry import assets, members

if TYPE_CHECKING:
    from ledger.assets.adding import Added
    from ledger.assets.said import SaidAsset
    from ledger.period import Month
    from ledger.registry import Registry, User

#: Who keeps things in units that have no members of their own, one after another.
_USERS: Final = ("zhou", "he")
#: How many of a unit's members keep its things.
_KEEPERS: Final = 3
#: On which day of a month a part of what is being built is paid.
_PAID: Final = 22


@dataclass
class Held:
    """Where each thing of ``assets.toml`` stands by now: its unit and its code there, by its id."""

    codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, unit: str, ids: Iterable[str]) -> list[str]:
        """The codes of some things in a unit; LookupError for one that stands elsewhere."""
        found = [self.codes[one] for one in ids]
        if any(where != unit for where, _ in found):
            raise LookupError(f"{unit}: {found}")
        return [code for _, code in found]


def keepers_of(registry: Registry, place: Place) -> list[str]:
    """Who keeps a unit's things: numbers of members, or logins."""
    if not place.members:
        return list(_USERS)
    with registry.read() as conn:
        known = members.all_members(conn, place.id)
    return sorted(row.number for row in known if row.state == members.ACTIVE)[:_KEEPERS]


class Assets:
    """What the county's units keep for long."""

    def __init__(self, registry: Registry, county: County, banking: Banking, seed: int) -> None:
        self._registry = registry
        self._county = county
        self._banking = banking
        self._things = Things(registry, county, seed)
        self.held = Held()

    # ---- what comes ----------------------------------------------------------------------------

    def begin(self, place: Place, user: User, now: datetime) -> int:
        """What a unit has when its book begins is entered, parts after wholes; how many things."""
        told = self._things.kept(place)
        for part in (False, True):
            self._enter(place, [one for one in told if bool(one.parent) is part], user, now)
        return len(told)

    def come(self, month: Month, user: User, now: datetime) -> int:
        """What comes in a month, but for gifts, is entered and paid for; how many things."""
        count = 0
        for place in self._county.places:
            if not place.lives(month):
                continue
            told = self._things.bought(place, month)
            for one in self._enter(place, told, user, now):
                if place.imports and one.row.source == assets.BOUGHT:
                    self._pay_by_bank(place, one)
            count += len(told)
        self._build(month, user, now)
        return count

    def card(self, month: Month, gifts: Mapping[str, str], user: User, now: datetime) -> list[str]:
        """The gifts of a month that are things get their cards: the book has them by now."""
        told = []
        for place in self._county.places:
            for said in self._things.given(place, month):
                if said["gift"] not in gifts:
                    continue
                thing = self._things.special(said)
                gift = replace(thing.said, gift=gifts[said["gift"]], fund="")
                (added,) = self._enter(place, [replace(thing, said=gift)], user, now)
                told.append(f"{place.id} {added.row.code} {said['name']} 建卡 has its card")
        return told

    def leave_waiting(self, day: date, user: User, now: datetime) -> str:
        """The year is over: what was bought since still waits to be approved."""
        said = self._county.assets["waiting"]
        place = next(one for one in self._county.places if one.id == said["unit"])
        thing = self._things.special({**said, "acquired": day})
        (added,) = self._enter(place, [thing], user, now)
        return f"{place.id} {added.row.code} {said['name']} 待审核 waits to be approved"

    def _enter(self, place: Place, told: list[Thing], user: User, now: datetime) -> list[Added]:
        if not told:
            return []
        keepers = keepers_of(self._registry, place)
        every = [
            self._whole(place, one, keepers[number % len(keepers)])
            for number, one in enumerate(told)
        ]
        done = add_each(self._registry, every, user, now)
        for thing, one in zip(told, done, strict=True):
            if thing.id:
                self.held.codes[thing.id] = (place.id, one.row.code)
        return done

    def _whole(self, place: Place, thing: Thing, keeper: str) -> SaidAsset:
        """With who keeps it, what it is a part of, and what it is paid from or owed on."""
        said = replace(thing.said, keeper=keeper)
        if thing.parent:
            said = replace(said, parent=self.held.codes[thing.parent][1])
        if said.source == assets.BOUGHT and not said.opening:
            said = replace(said, money=PAYABLE if place.imports else BANK)
        return said

    def _pay_by_bank(self, place: Place, one: Added) -> None:
        """What is owed for a thing is paid three days later; the line comes with the statement."""
        day, amount = one.row.acquired + timedelta(days=3), Money(one.row.cost_fen)
        memo = f"设备款 {one.row.code}"
        at = datetime(day.year, day.month, day.day, 10, 40, 18)
        self._banking.move(place, BANK, Movement(at, -amount, "网银", "示例设备公司", memo))
        sides = [OtherSide(PAYABLE, FUND, -amount)]
        self._banking.know_sides(place.id, memo, sides, f"付{memo}")

    def _build(self, month: Month, user: User, now: datetime) -> None:
        """What is being built is paid for in parts."""
        for said in self._county.assets["special"]:
            for number, part in enumerate(said.get("paid", ()), start=1):
                if part["month"] == month.month:
                    self._part(said, number, yuan(part["amount"]), month, user, now)

    def _part(
        self, said: dict[str, Any], number: int, amount: Money, month: Month, user: User,
        now: datetime,
    ) -> None:  # fmt: skip
        unit, spending = said["unit"], "spending:50701"
        roles = ("construction", "construction-fund", spending)
        there = accounts.ready(self._registry, unit, roles, user, now)
        lines = (
            Posting(there["construction"], amount, FUND),
            Posting(there["construction-fund"], -amount, FUND),
            Posting(there[spending], amount, FUND), Posting(BANK, -amount, FUND),
        )  # fmt: skip
        draft = Draft(
            unit, month.first.replace(day=_PAID), "付", f"{said['name']}工程款 {number}", lines,
            payee="示例建筑公司", source=f"county:building:{said['id']}:{number}",
        )  # fmt: skip
        workflow.propose_many(self._registry, unit, [draft], user, now)

    # ---- what wears ----------------------------------------------------------------------------

    def wear(
        self, places: Iterable[Place], month: Month, people: Mapping[str, User], now: datetime
    ) -> int:
        """A month is charged in units where anything wears; how many things are charged."""
        self._drive(month, people["zhou"], now)
        count = 0
        for place in places:
            with self._registry.read() as conn:
                due = bool(charges_due(conn, place.id, month))
            if not due:
                continue
            done = depreciate(self._registry, place.id, month, people["zhou"], now)
            approve_waiting(self._registry, place.id, people, now, done.drafts)
            count += done.assets
        return count

    def _drive(self, month: Month, user: User, now: datetime) -> None:
        """What wears by use: how much it was used."""
        for said in self._county.assets["special"]:
            if "used" in said and said["acquired"] < month.next().first:
                unit, code = self.held.codes[said["id"]]
                enter_use(
                    self._registry, unit, code, month, said["used"][month.month - 1],
                    "行车记录", user, now,
                )  # fmt: skip
