"""Members and their dues: enrolled by lists, assessed by the month, paid through employers.

The employer's list puts claims under one code; the bank's line that names the code settles them.
Most are paid; some members stop in the course of the year, and now and then one is missed.
"""

from __future__ import annotations

import random
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from importers import payroll, staging
from importers.read import read_bytes
from importers.roster import enter_roster
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.founding import COLLECTING
from ledger.cli.demo.files import icbc
from ledger.cli.demo.month import Movement
from ledger.dues.assessing import assess_month
from ledger.money import Money, total
from ledger.reference import make_code
from ledger.registry import claims, members

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry, User

_HEAD = "会员编号,姓名,入会日期,缴费身份,工资基数"


class Dues:
    """The dues of every unit, with what its collecting account holds."""

    def __init__(self, county: County, seed: int) -> None:
        self._county = county
        self._seed = seed
        self._held: dict[str, Money] = {}
        self._lists: dict[str, int] = {}

    def enroll(self, registry: Registry, place: Place, user: User, now: datetime) -> int:
        """Enter a unit's members by one list; how many."""
        draw = random.Random(f"{self._seed}:{place.id}:roll")
        said, names = self._county.data["dues"], self._county.data["names"]
        rows = []
        for number in range(1, place.members + 1):
            name = draw.choice(names["surnames"]) + "".join(draw.choices(names["given"], k=2))
            joined = min(place.opened.isoformat(), f"{draw.randrange(2005, YEAR)}-03-01")
            status = "retired" if place.retired or draw.random() < 0.02 else ""
            base = draw.randrange(said["lowest"], said["highest"])
            rows.append(f"{place.id[:3]}{number:04d},{name},{joined},{status},{base}")
        data = "\n".join((_HEAD, *rows, "")).encode()
        return len(enter_roster(registry, place.id, data, "members.csv", user, now).fresh)

    def collect(
        self, registry: Registry, place: Place, month: Month, user: User, now: datetime
    ) -> Money:
        """Assess a month, enter the employer's list and the bank's file; what came."""
        assess_month(registry, place.id, month, user, now)
        with registry.read() as conn:
            owed = [
                row
                for row in claims.of_month(conn, place.id, str(month))
                if row.fen and row.member is not None
            ]
            numbers = {row.id: row.number for row in members.all_members(conn, place.id)}
        paying = [
            (numbers[row.member or ""], Money(row.fen))
            for row in owed
            if self._pays(numbers[row.member or ""], month)
        ]
        if not paying:
            return Money(0)
        self._lists[place.id] = place_number = self._lists.get(place.id, 0) + 1
        code = make_code("DK", YEAR, place_number)
        whole = total(amount for _, amount in paying)
        text = [
            "工会会费代扣清单", f"清单编号 {code},所属月份 {month}", "会员编号,实缴",
            *(f"{number},{amount.text}" for number, amount in paying), f"合计,{whole.text}", "",
        ]  # fmt: skip
        data = "\n".join(text).encode("utf-8-sig")
        payroll.enter_list(registry, place.id, data, f"payroll-{month}.csv", user, now)
        held = self._held.get(place.id, Money(0)) + whole
        self._held[place.id] = held
        at = datetime(month.year, month.month, 12, 10, 30)
        row = Movement(at, whole, "转账", "示例用人单位", f"{month.month}月会费代扣 {code}")
        file = icbc([(row, held)], self._number(place))
        name = f"bank-{month}.csv"
        staging.import_statement(
            registry, place.id, read_bytes(file, name), file, user, now, account=COLLECTING
        )
        return whole

    def _number(self, place: Place) -> str:
        number = [one.id for one in self._county.places].index(place.id)
        return f"62000000000000{number:05d}"

    def _pays(self, number: str, month: Month) -> bool:
        said = self._county.data["dues"]
        of_member = random.Random(f"{self._seed}:{number}")
        if of_member.random() < Fraction(said["stopping"]):
            return month.month < of_member.randrange(2, 13)
        once = random.Random(f"{self._seed}:{number}:{month}")
        return once.random() >= Fraction(said["missing"])
