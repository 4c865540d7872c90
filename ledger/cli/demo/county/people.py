"""Who is a member, month by month: a list each month says who came, went and changed.

Members join, leave, retire, take parental leave, are given a reduction, earn more, and go from one
unit to another by a letter that somebody else accepts. Everything is drawn from the seed.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from importers.roster import enter_roster
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.founding import rule_of
from ledger.cli.demo.county.names import PARTY
from ledger.dues import transferring
from ledger.period import Month
from ledger.registry import members

if TYPE_CHECKING:
    from ledger.registry import Registry, User

_HEAD: Final = (
    "会员编号", "姓名", "入会日期", "离会日期", "缴费身份", "起始日期", "工资基数", "减免后数额",
    "减免止月", "减免原因", "支部研究", "上级批准",
)  # fmt: skip
_PARTY_HEAD: Final = "会员编号,姓名,起始日期,缴费身份,工资基数"
#: Pay after tax on which the rates of Party dues turn, and the wages before tax that go with it.
_TURNS: Final = ((3000, 3300), (5000, 5500), (10000, 11000))
_AFTER_TAX: Final = 92  # hundredths of the wage


@dataclass(slots=True)
class Person:
    """A member as the unit's own list knows them; ``back`` ends a parental leave."""

    number: str
    name: str
    base: int
    status: str = ""
    back: Month | None = None
    reduced_until: Month | None = None
    in_party: bool = False


class People:
    """The members of every unit, and what becomes of them."""

    def __init__(self, county: County, seed: int) -> None:
        self._county = county
        self._seed = seed
        self._of: dict[str, dict[str, Person]] = defaultdict(dict)
        self._last: dict[str, int] = defaultdict(int)

    # ---- the beginning -------------------------------------------------------------------------

    def enroll(self, registry: Registry, place: Place, user: User, now: datetime) -> int:
        """Enter a unit's members by one list, and those in the Party branch by another."""
        draw = random.Random(f"{self._seed}:{place.id}:roll")
        rows = []
        for number in range(place.members):
            joined = min(place.opened.isoformat(), f"{draw.randrange(2005, YEAR)}-03-01")
            one = self._person(place, draw)
            if place.retired or draw.random() < 0.02:
                one.status = "retired"
            if number < place.party:
                one.in_party, one.status = True, ""
                if number < len(_TURNS):
                    one.base = _TURNS[number][1]
            rows.append(_row(one, joined=joined, status=one.status, base=_base(place, one)))
        self._enter(registry, place, rows, "members.csv", user, now)
        self._enter_party(registry, place, user, now)
        return len(rows)

    def _enter_party(self, registry: Registry, place: Place, user: User, now: datetime) -> None:
        inside = [one for one in self._of[place.id].values() if one.in_party]
        if not inside:
            return
        turns = {wage: pay for pay, wage in _TURNS}
        rows = [
            f"{one.number},{one.name},{place.opened},staff,"
            f"{turns.get(one.base, one.base * _AFTER_TAX // 100)}"
            for one in inside
        ]
        data = "\n".join((_PARTY_HEAD, *rows, "")).encode()
        enter_roster(
            registry, place.id, data, "party-members.csv", user, now, rule=PARTY, accept=True
        )

    def _person(self, place: Place, draw: random.Random) -> Person:
        said, names = self._county.data["dues"], self._county.data["names"]
        self._last[place.id] += 1
        name = draw.choice(names["surnames"]) + "".join(draw.choices(names["given"], k=2))
        base = draw.randrange(said["lowest"], said["highest"])
        one = Person(f"{place.id[:3]}{self._last[place.id]:04d}", name, base)
        self._of[place.id][one.number] = one
        return one

    # ---- a month -------------------------------------------------------------------------------

    def change(
        self, registry: Registry, place: Place, month: Month, user: User, now: datetime
    ) -> dict[str, int]:
        """Enter the month's list of one unit; how many of what happened."""
        draw = random.Random(f"{self._seed}:{place.id}:{month}:people")
        rows: list[str] = []
        count: dict[str, int] = defaultdict(int)
        # Of who left, their own unit's list is the last word: nobody is told twice.
        for one in list(self._of[place.id].values()):
            told = self._happens(place, one, month, draw)
            if told is not None:
                what, row = told
                rows.append(row)
                count[what] += 1
        coming = self._county.happens("joining", place.id) * place.members
        fresh = int(coming) + (draw.random() < coming - int(coming))
        for _ in range(fresh):
            day = month.first.replace(day=draw.randrange(1, 28))
            one = self._person(place, draw)
            rows.append(_row(one, joined=day.isoformat(), base=_base(place, one)))
            count["joined"] += 1
        if rows:
            self._enter(registry, place, rows, f"members-{month}.csv", user, now)
        return count

    def _happens(
        self, place: Place, one: Person, month: Month, draw: random.Random
    ) -> tuple[str, str] | None:
        """What happens to a member in a month, as a row of the list."""
        luck, since = draw.random(), month.first.isoformat()
        if one.back == month:
            one.status, one.back = "", None
            status = "staff" if not place.rules else "person"
            return "back", _row(one, status=status, since=since)
        if one.in_party or one.status or (one.reduced_until or month) > month:
            return None
        said = self._county.data["people"]
        for what in ("leaving", "retiring", "parental", "hardship", "raised"):
            luck -= float(self._county.happens(what, place.id))
            if luck >= 0:
                continue
            if what == "leaving":
                del self._of[place.id][one.number]
                day = month.first.replace(day=draw.randrange(2, 28))
                return "left", _row(one, left=day.isoformat())
            if what == "hardship" and not place.rules:
                one.reduced_until = _later(month, said["hardship_months"])
                return "reduced", _row(
                    one, since=since, reduced=said["hardship_to"], until=str(one.reduced_until),
                    reason="家庭困难", study=said["study"], approval=said["approval"],
                )  # fmt: skip
            if what == "raised" and not place.rules:
                one.base += draw.randrange(100, 900)
                return "raised", _row(one, since=since, base=str(one.base))
            if what in ("retiring", "parental"):
                one.status = "retired" if what == "retiring" else "parental"
                if what == "parental":
                    one.back = _later(month, said["parental_months"])
                return one.status, _row(one, status=one.status, since=since)
            return None
        return None

    def _enter(
        self, registry: Registry, place: Place, rows: list[str], name: str, user: User,
        now: datetime,
    ) -> None:  # fmt: skip
        data = "\n".join((",".join(_HEAD), *rows, "")).encode()
        enter_roster(registry, place.id, data, name, user, now, rule=rule_of(place), accept=True)

    # ---- between units -------------------------------------------------------------------------

    def transfer(
        self, registry: Registry, month: Month, asking: User, accepting: User, now: datetime
    ) -> int:
        """Some go from one unit to another; how many."""
        draw = random.Random(f"{self._seed}:{month}:transfers")
        alive = [
            one
            for one in self._county.places
            if one.members and one.lives(month) and not one.rules and one.merged is None
        ]
        count = 0
        for _ in range(self._county.data["people"]["transfers"]):
            old, new = draw.sample(alive, 2)
            known = [
                one
                for one in self._of[old.id].values()
                if not one.in_party and not one.status and one.reduced_until is None
            ]
            if len(known) > 1:
                self._go(registry, old, new, draw.choice(known), month, asking, accepting, now)
                count += 1
        return count

    def _go(
        self, registry: Registry, old: Place, new: Place, one: Person, month: Month, asking: User,
        accepting: User, now: datetime,
    ) -> None:  # fmt: skip
        with registry.read() as conn:
            row = members.by_numbers(conn, old.id, {one.number})[one.number]
        day = date(month.year, month.month, 28)
        letter = f"会籍转接介绍信 {month}（示例）"
        asked = transferring.ask(registry, row, new.id, day, month, letter, asking, now)
        self._last[new.id] += 1
        number = f"{new.id[:3]}{self._last[new.id]:04d}"
        transferring.accept(registry, asked, number, accepting, now)
        del self._of[old.id][one.number]
        self._of[new.id][number] = Person(number, one.name, one.base)


def _later(month: Month, months: int) -> Month:
    for _ in range(months):
        month = month.next()
    return month


def _base(place: Place, one: Person) -> str:
    """The wage that a list says; where dues are a fixed sum it says none."""
    return "" if place.rules else str(one.base)


def _row(
    one: Person, *, joined: str = "", left: str = "", status: str = "", since: str = "",
    base: str = "", reduced: str = "", until: str = "", reason: str = "", study: str = "",
    approval: str = "",
) -> str:  # fmt: skip
    return ",".join((
        one.number, one.name, joined, left, status, since, base, reduced, until, reason, study,
        approval,
    ))  # fmt: skip
