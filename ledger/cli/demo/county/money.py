"""Money between units and out of them: levies and what goes up, a plan paid down, spending."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from importers.drafting import OtherSide
from ledger import workflow
from ledger.cli.demo.county.acts import payment
from ledger.cli.demo.county.banking import Banking
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.names import BANK, DOWN, GRANT, LEVY, UPPER
from ledger.cli.demo.month import Movement
from ledger.entry import Draft, Posting, meta_of
from ledger.money import Money
from ledger.period import Month
from ledger.plans.plan_file import read_plan
from ledger.plans.planning import propose as propose_plan
from ledger.registry import transfers
from ledger.transfers.entering import Side, order, pay, payer_draft, receive
from ledger.transfers.expecting import Order
from ledger.transfers.marks import COUNTER, TRANSFER

if TYPE_CHECKING:
    from ledger.registry import Registry, User
    from ledger.registry.transfers import Transfer

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
_SHORT: Final = Money(100_00)
#: The days on which a level pays, and the next one receives.
_DAYS: Final = {"grass-roots": (10, 11), "township": (15, 16), "county": (20, 21)}


class Flow:
    """What moves between units, month by month."""

    def __init__(self, registry: Registry, county: County, banking: Banking, seed: int) -> None:
        self._registry = registry
        self._county = county
        self._banking = banking
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
        self._owe(place, month, day, came, own, share, user, now)
        due = date(month.year, month.month, 25)
        one = Order(place.id, place.upper, "remittance", share, due, f"{month} 经费上缴")
        reference = order(self._registry, one, user, now).reference
        how = next((o.how for o in ODD if (o.unit, o.month) == (place.id, month)), "")
        if how == "late":
            self._late[month.next().next()].append((reference, place))
            return Money(0)
        self._pay(reference, place, month, user, now)
        got = self._receive(reference, place, month, user, now, short=how == "short")
        if how == "double":
            self._pay(reference, place, month, user, now, again=True)
            got += self._receive(reference, place, month, user, now, again=True)
        return got

    def _owe(
        self, place: Place, month: Month, day: date, came: Money, own: Money, share: Money,
        user: User, now: datetime,
    ) -> None:  # fmt: skip
        """What came at the grass roots, and what a unit owes of it; or the bank's line of it."""
        if place.imports:
            at = datetime(day.year, day.month, day.day, 9, 12, 5)
            paid = Movement(at, came, "转账", "示例税务局", f"代收工会经费 {month}")
            self._banking.move(place, BANK, paid)
            return
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

    def _pay(
        self, reference: str, place: Place, month: Month, user: User, now: datetime,
        *, again: bool = False,
    ) -> None:  # fmt: skip
        day = date(month.year, month.month, _DAYS[place.level][0])
        side = Side(BANK, UPPER, "F02", day)
        row = self._transfer(reference)
        if place.imports:
            self._pay_by_bank(row, place, day)
            return
        if not again:
            pay(self._registry, reference, side, user, now)
            return
        draft = payer_draft(row, side, Money(row.fen))
        twice = replace(draft, source=f"{draft.source}:2")
        workflow.propose_many(self._registry, place.id, [twice], user, now)

    def _receive(
        self, reference: str, place: Place, month: Month, user: User, now: datetime,
        *, short: bool = False, again: bool = False,
    ) -> Money:  # fmt: skip
        row = self._transfer(reference)
        amount = Money(row.fen) - (_SHORT if short else Money(0))
        day = date(month.year, month.month, _DAYS[place.level][1] + again)
        # The second time nothing waits for the money: the payee keeps it to be given back.
        account = "Liabilities:215-其他应付款" if again else LEVY
        side = Side(BANK, account, "F02", day)
        receive(self._registry, reference, side, amount, user, now)
        return Money(0) if again else amount

    def _transfer(self, reference: str) -> Transfer:
        with self._registry.read() as conn:
            row = transfers.find(conn, reference)
        if row is None:
            raise LookupError(reference)
        return row

    def _pay_by_bank(self, row: Transfer, place: Place, day: date) -> None:
        """The order goes to the bank; the line comes back, and the treasurer knows what it is."""
        at = datetime(day.year, day.month, day.day, 15, 2, 40)
        paid = Movement(
            at, -Money(row.fen), "网银", self._name(place.upper), f"{row.narration} {row.reference}"
        )
        self._banking.move(place, BANK, paid)
        said = meta_of({COUNTER: row.payee, TRANSFER: row.reference})
        sides = [OtherSide(UPPER, "F02", -Money(row.fen), said)]
        self._banking.know_sides(place.id, row.reference, sides, f"{row.narration} {row.reference}")

    def _name(self, unit: str) -> str:
        return next(place.name for place in self._county.places if place.id == unit)

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
        importing = {place.id: place for place in self._county.places if place.imports}
        for reference in references:
            row = self._transfer(reference)
            if row.payee in importing:
                at = datetime(now.year, now.month, 28, 11, 20, 9)
                said = f"{row.narration} {reference}"
                came = Movement(at, Money(row.fen), "转账", self._name(row.payer), said)
                self._banking.move(importing[row.payee], BANK, came)
                continue
            side = Side(BANK, GRANT, "F03", now.date())
            receive(self._registry, reference, side, Money(row.fen), user, now)

    # ---- spending ------------------------------------------------------------------------------

    def spend(self, month: Month, user: User, now: datetime) -> int:
        """The month's spending vouchers of all units; how many."""
        alive = [place for place in self._county.places if place.lives(month)]
        draw = random.Random(f"{self._seed}:{month}:spending")
        vouchers = self._county.scale.vouchers
        count = vouchers * month.month // 12 - vouchers * (month.month - 1) // 12
        by_unit: dict[str, list[Draft]] = defaultdict(list)
        for number in range(count):
            place = alive[number % len(alive)]
            said = draw.choice(self._county.data["spending"])
            amount = Money(draw.randrange(said["lowest"] * 100, said["highest"] * 100))
            day = date(month.year, month.month, draw.randrange(1, 29))
            if place.imports:
                at = datetime(day.year, day.month, day.day, 14, number % 60)
                paid = Movement(at, -amount, "网银", "示例商行", said["what"])
                self._banking.move(place, BANK, paid)
                continue
            by_unit[place.id].append(
                payment(
                    place.id, day, said["what"], said["account"], said["fund"], amount,
                    payee="示例商行", source=f"county:spending:{month}:{number}",
                )
            )  # fmt: skip
        for unit, found in by_unit.items():
            workflow.propose_many(self._registry, unit, found, user, now)
        for place in (one for one in alive if one.imports):
            self._charge(place, month)
        return count

    def _charge(self, place: Place, month: Month) -> None:
        """The bank's fee at a month's end, and its interest at a quarter's."""
        day = month.period.last
        at = datetime(day.year, day.month, day.day, 17, 30)
        self._banking.move(place, BANK, Movement(at, Money(-15_00), "收费", "", "账户管理费"))
        if month.month % 3 == 0:
            draw = random.Random(f"{self._seed}:{place.id}:{month}:interest")
            at = datetime(month.year, month.month, 21, 0, 12)
            earned = Money(draw.randrange(20_00, 90_00))
            self._banking.move(place, BANK, Movement(at, earned, "结息", "", "结息"))
