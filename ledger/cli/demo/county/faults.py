"""``--faults``: known faults are planted into a year that was lived clean, with a key to them.

What the posting path takes is recorded in the month after the year, as ordinary drafts. What it
would refuse is planted past it (:mod:`ledger.cli.demo.county.forging`). A clean and a faulty
demonstration differ by these only.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.assets import accounts
from ledger.assets.suspects import EXPENSED
from ledger.cli.demo.county.acts import approve_waiting, payment
from ledger.cli.demo.county.answers import CHECK, KEY, MATRIX, SUSPECTS, Fault, key_text
from ledger.cli.demo.county.facts import County
from ledger.cli.demo.county.forging import Forger
from ledger.cli.demo.county.names import BANK, CARE, CASH, INTEREST, OTHER, UPPER
from ledger.clock import CHINA
from ledger.dues import cash
from ledger.dues.receiving import Payment
from ledger.entry import Draft, Meta, Posting, Voucher, meta_of
from ledger.gifts.donors import SaidDonor, enter_donors
from ledger.gifts.given import Given
from ledger.gifts.marks import DONOR, GIFT
from ledger.gifts.recording import record
from ledger.journal import open_pen
from ledger.money import Money, total, yuan
from ledger.registry import gifts, ids, members, users
from ledger.registry.donors import COMPANY
from ledger.registry.persons import PersonData
from ledger.transfers.marks import COUNTER

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry, User

_SUNDAY: Final = 6
#: The unit that people give to.
GIVEN_TO: Final = "xian"


def plant_faults(registry: Registry, county: County) -> list[Fault]:
    """Plant every fault, and write the key into the folder; what was planted."""
    with registry.read() as conn:
        people = {user.login: user for user in users.all_users(conn)}
    month = county.months[-1].next()
    planted = _Drafts(registry, people, month).plant()
    planted += Forger(registry, people, month).forge()
    planted.sort(key=lambda fault: fault.name)
    (registry.folder / KEY).write_text(key_text(planted), encoding="utf-8")
    return planted


class _Drafts:
    """Faults that are recorded, approved and posted as anything else."""

    def __init__(self, registry: Registry, people: dict[str, User], month: Month) -> None:
        self._registry = registry
        self._people = people
        self._month = month

    def plant(self) -> list[Fault]:
        return [
            self._split(), self._weekend(), self._round(), self._twice(), self._loose(),
            self._rounded(), self._late(), self._receipt_gap(), self._wrong_fund(), self._expired(),
            self._expensed(),
        ]  # fmt: skip

    def _day(self, day: int) -> date:
        return self._month.first.replace(day=day)

    def _at(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), CHINA).replace(hour=17)

    def _post(self, unit: str, draft_ids: list[str], now: datetime) -> list[Voucher]:
        return approve_waiting(self._registry, unit, self._people, now, draft_ids)

    def _pay(
        self, unit: str, day: date, what: str, payee: str, amount: Money, *, account: str = OTHER,
        money: str = BANK, meta: Meta = (), source: str = "", posted: date | None = None,
    ) -> str:  # fmt: skip
        """A payment of unit money, recorded and approved; the voucher's number."""
        draft = payment(
            unit, day, what, account, "F02", amount, payee=payee, money=money, meta=meta,
            source=f"county:fault:{source or what}:{day}:{amount.text}",
        )  # fmt: skip
        now = self._at(posted or day)
        waits = workflow.propose_many(self._registry, unit, [draft], self._people["zhou"], now)
        return self._post(unit, waits, now + timedelta(minutes=20))[0].number

    # ---- one fault each ------------------------------------------------------------------------

    def _split(self) -> Fault:
        unit, parts = "gongmao", (yuan("49000.00"), yuan("48600.00"))
        found = [
            self._pay(unit, self._day(11), f"职工运动会（{place}）", "示例体育公司", amount)
            for place, amount in enumerate(parts, start=1)
        ]
        return Fault(
            "split-under-limit", "拆分规避审批限额", unit, " ".join(found), total(parts),
            "同日付同一单位两笔，各低于 50,000.00 的限额，合计超过",
            "two payments to one payee on one day, each below the limit of 50,000.00, not together",
        )  # fmt: skip

    def _weekend(self) -> Fault:
        unit, amount = "zhen-nan", yuan("1860.50")
        sunday = next(self._day(day) for day in range(5, 12) if self._day(day).weekday() == _SUNDAY)
        friday = sunday - timedelta(days=2)
        self._pay(unit, friday, "提取现金", "", yuan("2000.00"), account=CASH)
        found = self._pay(unit, sunday, "现金付餐费", "示例餐馆", amount, money=CASH)
        return Fault(
            "weekend-cash", "周末现金支出", unit, found, amount,
            f"{sunday} 为星期日，以现金支付", f"{sunday} is a Sunday, and cash was paid",
        )  # fmt: skip

    def _round(self) -> Fault:
        unit, amount = "wuliu", yuan("10000.00")
        found = [
            self._pay(unit, self._day(day), "咨询服务", "示例咨询公司", amount)
            for day in (6, 13, 20)
        ]
        return Fault(
            "round-sums", "整数金额", unit, " ".join(found), Money(3 * amount.fen),
            "三笔整 10,000.00 付同一单位", "three payments of exactly 10,000.00 to one payee",
        )  # fmt: skip

    def _twice(self) -> Fault:
        unit, amount = "jiaowei", yuan("8460.00")
        invoice = meta_of({"doc": "26312000000045170001"})
        found = [
            self._pay(unit, self._day(day), "会刊印刷", "示例印刷厂", amount, meta=invoice)
            for day in (7, 22)
        ]
        return Fault(
            "duplicate-invoice", "重复报销发票", unit, " ".join(found), amount,
            "同一发票号付款两次", "one invoice number was paid twice",
        )  # fmt: skip

    def _loose(self) -> Fault:
        unit, amount = "linchang", yuan("1200.00")
        found = self._pay(
            unit, self._day(14), "上缴经费", "南屏乡总工会（示例）", amount, account=UPPER,
            meta=meta_of({COUNTER: "zhen-nan"}),
        )  # fmt: skip
        return Fault(
            "unmatched-remittance", "无法对应的上缴", unit, found, amount,
            "没有调拨编号，收款单位也没有记账",
            "it names no transfer, and the payee has no entry of it", MATRIX, "no-reference",
        )  # fmt: skip

    def _rounded(self) -> Fault:
        """1,234.56 dollars at 7.1055 are 8,772.16608 yuan: 8,772.17, not 8,772.16."""
        unit, amount = "shi", yuan("8772.16")
        said = meta_of({"memo": "USD 1234.56 @ 7.1055"})
        found = self._pay(
            unit, self._day(12), "国际交流会费 USD 1,234.56", "示例国际组织", amount, meta=said
        )
        return Fault(
            "currency-rounding", "外币折算尾差", unit, found, Money(1),
            "1,234.56 美元按 7.1055 折算为 8,772.17，入账 8,772.16",
            "1,234.56 dollars at 7.1055 are 8,772.17; 8,772.16 was entered",
        )  # fmt: skip

    def _wrong_fund(self) -> Fault:
        """A gift for employees in hardship is entered where anything may be spent."""
        unit, amount, day = GIVEN_TO, yuan("8800.00"), self._day(9)
        now, zhou = self._at(day), self._people["zhou"]
        giver = SaidDonor(1, "", COMPANY, PersonData("示例误记公司", identity="EXAMPLE-FAULT"))
        done = enter_donors(self._registry, unit, [giver], "donors.csv", zhou, now)
        donor = done.fresh[0][1]
        given = Given(unit, "cash", donor, day, amount, fund="J02", purpose="帮扶困难职工")
        code = record(self._registry, given, zhou, now).row.code
        said = meta_of({GIFT: code, DONOR: donor})
        draft = Draft(
            unit, day, "收", f"捐赠 {code}",
            (Posting(BANK, amount, "J01"), Posting(INTEREST, -amount, "J01", said)),
            source=f"county:fault:wrong-fund:{day}",
        )  # fmt: skip
        with open_pen(self._registry, unit, now) as pen:  # the posting path would refuse it
            found = pen.voucher(
                draft, id=ids.new("v"), maker=zhou.id, checkers=(self._people["lin"].id,),
                key=f"forged:{unit}:{day}:gift",
            ).number  # fmt: skip
        return Fault(
            "gift-on-wrong-fund", "捐赠记错资金", unit, found, amount,
            f"{code} 限用于帮扶困难职工（J02），却记入不限定的 J01",
            f"{code} is for employees in hardship (J02), and stands in J01, which has no limits",
            CHECK, "gift-differs", True,
        )  # fmt: skip

    def _expired(self) -> Fault:
        """What was to be used by the end of March is still spent, and not given back."""
        unit, amount = GIVEN_TO, yuan("1800.00")
        with self._registry.read() as conn:
            code = next(row.code for row in gifts.of_unit(conn, unit) if "逾期退还" in row.purpose)
        draft = payment(
            unit, self._day(16), "慰问困难职工", CARE, "J02", amount, payee="示例商行",
            meta=meta_of({GIFT: code}), source=f"county:fault:expired:{self._day(16)}",
        )  # fmt: skip
        now = self._at(self._day(16))
        waits = workflow.propose_many(self._registry, unit, [draft], self._people["zhou"], now)
        found = self._post(unit, waits, now + timedelta(minutes=20))[0].number
        return Fault(
            "expired-restriction", "限定期满仍支出", unit, found, amount,
            f"{code} 限三月底前使用，逾期退还，期满后仍支出",
            f"{code} was to be used by the end of March, or given back; it was spent later",
        )  # fmt: skip

    def _late(self) -> Fault:
        unit, amount = "nancun", yuan("2340.00")
        day = self._day(2)
        posted = self._month.next().first.replace(day=20)
        found = self._pay(unit, day, "活动场地费", "示例场馆", amount, posted=posted)
        return Fault(
            "late-posting", "银行付款迟入账", unit, found, amount,
            f"{day} 付款，{posted} 才入账", f"it was paid on {day} and entered on {posted}",
        )  # fmt: skip

    def _expensed(self) -> Fault:
        """A computer is bought on capital expenditure, and comes into no register."""
        unit, amount, day = "lvyou", yuan("6980.00"), self._day(13)
        role = "spending:50706"
        zhou = self._people["zhou"]
        there = accounts.ready(self._registry, unit, [role], zhou, self._at(day))
        found = self._pay(unit, day, "笔记本电脑", "示例数码商店", amount, account=there[role])
        return Fault(
            "asset-expensed", "固定资产直接列支", unit, found, amount,
            "超过 1,000.00 的电脑列作支出，没有登记为固定资产",
            "a computer above 1,000.00 was spent, and stands in no register of assets",
            SUSPECTS, EXPENSED,
        )  # fmt: skip

    def _receipt_gap(self) -> Fault:
        """Three receipts for cash are given, and the second one is made away with."""
        unit, amount, day = "beicun", yuan("30.00"), self._day(15)
        now = datetime.combine(day, datetime.min.time(), CHINA).replace(hour=10)
        with self._registry.read() as conn:
            known = [row for row in members.all_members(conn, unit) if row.left is None][:3]
        taken = [
            cash.take(
                self._registry, unit, Payment(row.id, amount, day), CASH, self._people["zhou"], now
            )
            for row in known
        ]
        self._post(unit, [one.draft for one in taken], now + timedelta(hours=2))
        with self._registry.write() as conn:
            conn.exec_driver_sql(
                f"DELETE FROM receipt WHERE unit = '{unit}' "  # noqa: S608 - own words
                f"AND year = {day.year} AND number = 2"
            )
        return Fault(
            "receipt-gap", "收据断号", unit, f"{day.year}-000002", amount,
            "收据 2 号不在，其前后都在", "receipt 2 is gone; the ones before and after are there",
            below=True,
        )  # fmt: skip
