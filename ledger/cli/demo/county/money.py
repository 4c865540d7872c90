"""Money between units and out of them: levies and what goes up, a plan paid down, spending."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.founding import BANK, DOWN, GRANT, LEVY, UPPER
from ledger.entry import Draft, Posting
from ledger.money import Money
from ledger.period import Month
from ledger.plans.plan_file import read_plan
from ledger.plans.planning import propose as propose_plan
from ledger.registry import transfers
from ledger.transfers.entering import Side, order, pay, payer_draft, receive
from ledger.transfers.expecting import Order

if TYPE_CHECKING:
    from ledger.registry import Registry, User

#: Spending vouchers of the whole county in a whole year.
VOUCHERS: Final = 900
PLAN_MONTH: Final = Month(YEAR, 4)


@dataclass(frozen=True, slots=True)
class Odd:
    """A remittance that goes wrong: whose, of which month, and how."""

    unit: str
    month: Month
    how: str  # late, short, double


ODD: Final = (
    Odd("jixie", Month(YEAR, 2), "late"),
    Odd("fangzhi", Month(YEAR, 3), "short"),
    Odd("yiyuan", Month(YEAR, 4), "double"),
)
_LATE_BY: Final = 2  # months
_SHORT: Final = Money(100_00)
#: The days on which a level pays, and the next one receives.
_DAYS: Final = {"grass-roots": (10, 11), "township": (15, 16), "county": (20, 21)}


class Flow:
    """What moves between units, month by month."""

    def __init__(self, registry: Registry, county: County, seed: int) -> None:
        self._registry = registry
        self._county = county
        self._seed = seed
        self._late: dict[Month, list[tuple[str, Place]]] = defaultdict(list)

    # ---- up ------------------------------------------------------------------------------------

    def levies(self, month: Month, user: User, now: datetime) -> Money:
        """Levies arrive at the grass roots; each level passes its share on. What the city got."""
        arrived: dict[str, Money] = defaultdict(lambda: Money(0))
        alive = [place for place in self._county.places if place.lives(month)]
        for reference, place in self._late.pop(month, []):
            self._pay(reference, place, month, user, now)
            arrived[place.upper] += self._receive(reference, place, month, user, now)
        for level in ("grass-roots", "township", "county"):
            for place in (one for one in alive if one.level == level):
                if level == "grass-roots":
                    arrived[place.id] = self._levied(place, month)
                arrived[place.upper] += self._up(place, month, arrived[place.id], user, now)
        return arrived["shi"]

    def _levied(self, place: Place, month: Month) -> Money:
        said = self._county.data["levy"]
        draw = random.Random(f"{self._seed}:{place.id}:{month}:levy")
        return Money(sum(
            draw.randrange(said["lowest"] * 100, said["highest"] * 100)
            for _ in range(place.members)
        ))  # fmt: skip

    def _up(self, place: Place, month: Month, came: Money, user: User, now: datetime) -> Money:
        """One unit's month: the share that goes is a debt, then it is ordered, paid, received."""
        kept = self._county.kept(place)
        own, share = came.split([kept, 100 - kept])
        if not share:
            return Money(0)
        day = date(month.year, month.month, _DAYS[place.level][0])
        lines: tuple[Posting, ...]
        if place.is_basic:
            lines = (
                Posting(BANK, came, "F02"), Posting(LEVY, -own, "F02"),
                Posting(UPPER, -share, "F02"),
            )  # fmt: skip
            kind, said = "收", "税务代收工会经费"
        else:
            lines = (Posting(LEVY, share, "F02"), Posting(UPPER, -share, "F02"))
            kind, said = "转", "应上缴经费"
        draft = Draft(
            place.id, day, kind, f"{said} {month}", lines, source=f"county:levy:{month}",
            payee="示例税务局" if place.is_basic else "",
        )  # fmt: skip
        workflow.propose_many(self._registry, place.id, [draft], user, now)
        due = date(month.year, month.month, 25)
        one = Order(place.id, place.upper, "remittance", share, due, f"{month} 经费上缴")
        reference = order(self._registry, one, user, now).reference
        how = next((o.how for o in ODD if (o.unit, o.month) == (place.id, month)), "")
        if how == "late":
            later = Month(month.year, month.month + _LATE_BY)
            self._late[later].append((reference, place))
            return Money(0)
        self._pay(reference, place, month, user, now)
        got = self._receive(reference, place, month, user, now, short=how == "short")
        if how == "double":
            self._pay(reference, place, month, user, now, again=True)
            got += self._receive(reference, place, month, user, now, again=True)
        return got

    def _pay(
        self, reference: str, place: Place, month: Month, user: User, now: datetime,
        *, again: bool = False,
    ) -> None:  # fmt: skip
        day = date(month.year, month.month, _DAYS[place.level][0])
        side = Side(BANK, UPPER, "F02", day)
        if not again:
            pay(self._registry, reference, side, user, now)
            return
        with self._registry.read() as conn:
            row = transfers.find(conn, reference)
        if row is None:
            raise LookupError(reference)
        draft = payer_draft(row, side, Money(row.fen))
        twice = replace(draft, source=f"{draft.source}:2")
        workflow.propose_many(self._registry, place.id, [twice], user, now)

    def _receive(
        self, reference: str, place: Place, month: Month, user: User, now: datetime,
        *, short: bool = False, again: bool = False,
    ) -> Money:  # fmt: skip
        with self._registry.read() as conn:
            row = transfers.find(conn, reference)
        if row is None:
            raise LookupError(reference)
        amount = Money(row.fen) - (_SHORT if short else Money(0))
        day = date(month.year, month.month, _DAYS[place.level][1] + again)
        # The second time nothing waits for the money: the payee keeps it to be given back.
        account = "Liabilities:215-其他应付款" if again else LEVY
        side = Side(BANK, account, "F02", day)
        receive(self._registry, reference, side, amount, user, now)
        return Money(0) if again else amount

    # ---- down ----------------------------------------------------------------------------------

    def propose_plan(self, user: User, now: datetime) -> tuple[str, ...]:
        """April's plan, by heads and regions; the references of its transfers."""
        said = self._county.data["plan"]
        text = f"""\
[plan]
id = "county-{YEAR}"
name = "基层活动补助"
payer = "xian"
pool = "{said["pool"]}"
due = {YEAR}-04-28
decision = "{said["decision"]}"
account = "{DOWN}"
fund = "F03"
money = "{BANK}"

[base]
kind = "heads"
on = {YEAR}-03-31

[units]
below = "xian"
level = "grass-roots"

[weights.region]
"革命老区" = "1.2"
"民族地区" = "1.1"
"""
        data = text.encode()
        plan = read_plan(data, "plan.toml")
        return propose_plan(self._registry, plan, data, user, now).references

    def receive_plan(self, references: tuple[str, ...], user: User, now: datetime) -> None:
        """Every payee enters what arrived."""
        for reference in references:
            with self._registry.read() as conn:
                row = transfers.find(conn, reference)
            if row is not None:
                side = Side(BANK, GRANT, "F03", now.date())
                receive(self._registry, reference, side, Money(row.fen), user, now)

    # ---- spending ------------------------------------------------------------------------------

    def spend(self, month: Month, user: User, now: datetime) -> int:
        """The month's spending vouchers of all units; how many."""
        alive = [place for place in self._county.places if place.lives(month)]
        draw = random.Random(f"{self._seed}:{month}:spending")
        count = VOUCHERS * month.month // 12 - VOUCHERS * (month.month - 1) // 12
        by_unit: dict[str, list[Draft]] = defaultdict(list)
        for number in range(count):
            place = alive[number % len(alive)]
            said = draw.choice(self._county.data["spending"])
            amount = Money(draw.randrange(said["lowest"] * 100, said["highest"] * 100))
            day = date(month.year, month.month, draw.randrange(1, 29))
            lines = (
                Posting(said["account"], amount, said["fund"]),
                Posting(BANK, -amount, said["fund"]),
            )
            by_unit[place.id].append(
                Draft(
                    place.id, day, "付", said["what"], lines, payee="示例商行",
                    source=f"county:spending:{month}:{number}",
                )
            )  # fmt: skip
        for unit, found in by_unit.items():
            workflow.propose_many(self._registry, unit, found, user, now)
        return count
