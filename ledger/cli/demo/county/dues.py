"""Dues: assessed by the month, paid through employers and, in two units, on a platform.

The employer's list puts claims under one code; the bank's line that names the code settles them. On
a platform each member pays under the code of their own claim, and the platform takes its fee.
Most are paid; some members stop in the course of the year, and now and then one is missed.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from importers import payroll
from importers.answering import OfMember, answer_member
from ledger.cli.demo.county.banking import Banking, put_file
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.founding import platform_of
from ledger.cli.demo.county.names import COLLECTING
from ledger.cli.demo.month import FEE, Movement
from ledger.dues.assessing import assess_month
from ledger.money import Money, total
from ledger.period import Month
from ledger.reference import make_code
from ledger.registry import claims, members

if TYPE_CHECKING:
    from importers.staging import OpenLine
    from ledger.registry import Registry, User
    from ledger.registry.claims import ClaimRow

#: The unit and month in which a member pays the same dues twice on the platform.
TWICE: Final = ("qishou", Month(YEAR, 5))
#: What the bank takes each month for the account that dues come in on.
_SERVICE: Final = Money(2_00)
_PAYOUT_DAY: Final = 26
_NAMES: Final = {
    "wechat": ("财付通支付科技有限公司", "42000", "WX"),
    "alipay": ("支付宝（中国）网络技术有限公司", "20260", "ZFB"),
}


class Dues:
    """The dues of every unit."""

    def __init__(self, registry: Registry, county: County, banking: Banking, seed: int) -> None:
        self._registry = registry
        self._county = county
        self._banking = banking
        self._seed = seed
        self._lists: dict[str, int] = {}

    def collect(self, place: Place, month: Month, user: User, now: datetime) -> Money:
        """Assess a month, enter the employers' lists, and let members pay; what is paid."""
        assess_month(self._registry, place.id, month, user, now)
        with self._registry.read() as conn:
            owed = [
                row
                for row in claims.of_month(conn, place.id, str(month))
                if row.state == claims.OPEN and row.member is not None
            ]
            numbers = {row.id: row.number for row in members.all_members(conn, place.id)}
        paying: dict[str, list[tuple[str, ClaimRow]]] = {}
        for row in owed:
            number = numbers[row.member or ""]
            if self._pays(number, month):
                how = "platform" if self._on_platform(place, number) else row.rule or ""
                paying.setdefault(how, []).append((number, row))
        at = datetime(month.year, month.month, 20, 23, 5)
        self._banking.move(place, COLLECTING, Movement(at, -_SERVICE, "收费", "", "账户服务费"))
        came = Money(0)
        for how, found in sorted(paying.items()):
            if how == "platform":
                came += self._on_page(place, month, found)
            else:
                came += self._by_list(place, month, how, found, user, now)
        if place.merged is not None and month.next() == Month.of(place.merged):
            self._close_account(place, month)
        return came

    def _close_account(self, place: Place, month: Month) -> None:
        """Before a unit hands its book over, its account of dues is paid out to the other one."""
        last = month.period.last
        at = datetime(last.year, last.month, last.day, 16, 40)
        held = self._banking.held(place, COLLECTING, at)
        said = Movement(at, -held, "销户", place.name, "销户转入基本户")
        self._banking.move(place, COLLECTING, said)

    # ---- through employers ---------------------------------------------------------------------

    def _by_list(
        self, place: Place, month: Month, rule: str, paying: list[tuple[str, ClaimRow]],
        user: User, now: datetime,
    ) -> Money:  # fmt: skip
        """The employer's list of one kind of dues, and the one payment behind it."""
        self._lists[place.id] = place_number = self._lists.get(place.id, 0) + 1
        code = make_code("DK", YEAR, place_number)
        whole = total(Money(row.fen) for _, row in paying)
        text = [
            "工会会费代扣清单", f"清单编号 {code},所属月份 {month}", "会员编号,实缴",
            *(f"{number},{Money(row.fen).text}" for number, row in paying), f"合计,{whole.text}",
            "",
        ]  # fmt: skip
        data = "\n".join(text).encode("utf-8-sig")
        name = f"payroll-{rule}-{month}.csv"
        put_file(self._registry, place, name, data)
        payroll.enter_list(self._registry, place.id, data, name, user, now)
        at = datetime(month.year, month.month, 12, 10, 30, self._lists[place.id] % 60)
        paid = Movement(at, whole, "转账", "示例用人单位", f"{month.month}月会费代扣 {code}")
        self._banking.move(place, COLLECTING, paid)
        return whole

    # ---- on a platform -------------------------------------------------------------------------

    def _on_page(self, place: Place, month: Month, paying: list[tuple[str, ClaimRow]]) -> Money:
        """Each pays under their own claim's code; fees go off, and what is left is paid out."""
        draw = random.Random(f"{self._seed}:{place.id}:{month}:platform")
        account = platform_of(place)
        company, prefix, payout = _NAMES[place.platform]
        whole = Money(0)
        twice = 1 if (place.id, month) == TWICE else 0
        for number, (who, row) in enumerate([*paying, *paying[:twice]]):
            whole += Money(row.fen)
            day, hour = draw.randrange(2, 25), draw.randrange(8, 21)
            if number >= len(paying):
                day = 25  # the second time is the later one
                self._know_twice(place, row.code, who)
            at = datetime(month.year, month.month, day, hour, draw.randrange(60))
            at += timedelta(seconds=draw.randrange(60))
            order = f"{prefix}{at:%y%m}{number:04d}{draw.randrange(10**6):06d}"
            paid = Movement(at, Money(row.fen), "交易", "", f"会费 {row.code}", order)
            self._banking.move(place, account, paid)
            fee = Money(row.fen).times(FEE)
            if fee:
                self._banking.move(
                    place, account, Movement(at, -fee, "收费", "", f"服务费[{order}]", order)
                )
        at = datetime(month.year, month.month, _PAYOUT_DAY, 9, 30, 4)
        held, order = self._banking.held(place, account, at), f"P-{payout}-{at:%y%m}"
        out = Movement(at, -held, "提现", place.name, f"提现到银行卡 {order}", order)
        self._banking.move(place, account, out)
        came = Movement(at + timedelta(hours=2), held, "转账", company, f"商户提现 {order}")
        self._banking.move(place, COLLECTING, came)
        return whole

    def _know_twice(self, place: Place, code: str, number: str) -> None:
        """Who paid twice keeps a credit, which settles the next month."""

        def keep(line: OpenLine, user: User, now: datetime) -> None:
            answer_member(self._registry, place.id, line.number, OfMember(number), user, now)

        self._banking.know(place.id, code, keep)

    def _on_platform(self, place: Place, number: str) -> bool:
        return random.Random(f"{self._seed}:{number}:way").random() < place.platform_share

    def _pays(self, number: str, month: Month) -> bool:
        said = self._county.data["dues"]
        of_member = random.Random(f"{self._seed}:{number}")
        if of_member.random() < Fraction(said["stopping"]):
            return month.month < of_member.randrange(2, 13)
        once = random.Random(f"{self._seed}:{number}:{month}")
        return once.random() >= Fraction(said["missing"])
