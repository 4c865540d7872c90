"""Gifts to the county federation: campaigns are opened, gifts come, month by month.

Most come by the bank under their code, some over the counter, many by a platform's list. What
becomes of them afterwards is :mod:`ledger.cli.demo.county.giving`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from importers.drafting import OtherSide
from importers.expected import enter_gifts
from importers.gift_list import targets
from ledger.cli.demo.county.banking import Banking, put_file
from ledger.cli.demo.county.facts import County, Place
from ledger.cli.demo.county.givers import Drawn, Givers
from ledger.cli.demo.county.names import BANK, GIVING
from ledger.cli.demo.month import Movement
from ledger.gifts import campaigns
from ledger.gifts.donors import SaidDonor, enter_donors
from ledger.gifts.given import Given
from ledger.gifts.pledging import Promise, pledge
from ledger.gifts.recording import record
from ledger.money import Money, total, yuan
from ledger.registry.gifts import ASSET, GOODS, OWN, PLEDGE

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry, User

#: The day on which a platform pays out, and the hour at which what came is moved.
_PAID_OUT = 22
_PAPER = "示例凭据，仅供演示：{}\nAn example of a paper: {}\n"


@dataclass
class Known:
    """What later months need: codes and funds of campaigns by id, codes of gifts by id."""

    codes: dict[str, str] = field(default_factory=dict)
    funds: dict[str, str] = field(default_factory=dict)
    gifts: dict[str, str] = field(default_factory=dict)


def paper_of(what: str) -> bytes:
    """What stands for an invoice, an appraisal or a letter."""
    return _PAPER.format(what, what).encode()


class Gifts:
    """What comes to the federation that people give to."""

    def __init__(self, registry: Registry, county: County, banking: Banking, seed: int) -> None:
        self._registry = registry
        self._said = county.gifts
        self._banking = banking
        self._seed = seed
        self._givers = Givers(county, seed)
        self._place: Place = next(one for one in county.places if one.id == self._said["unit"])
        self.known = Known()

    @property
    def givers(self) -> Givers:
        return self._givers

    # ---- campaigns -----------------------------------------------------------------------------

    def open(self, month: Month, maker: User, checker: User, now: datetime) -> list[str]:
        """The campaigns that begin in a month: asked for by one, opened by another."""
        told = []
        for said in self._said["campaign"]:
            start: date = said["start"]
            if (start.year, start.month) != (month.year, month.month):
                continue
            row = campaigns.ask_to_open(self._registry, self._terms(said), maker, now)
            row = campaigns.approve(self._registry, row.unit, row.code, checker, now)
            self.known.codes[said["id"]] = row.code
            self.known.funds[said["id"]] = row.fund
            told.append(f"{said['name']} 开始 opened：{row.code}")
        return told

    def _terms(self, said: dict[str, Any]) -> campaigns.Terms:
        return campaigns.Terms(
            self._place.id, said["name"], said["purpose"], said["start"], said["end"],
            yuan(said["target"]), said["rule"], restriction=said["restriction"],
            name_en=said["name_en"], public=said.get("public", False),
            emergency=said.get("emergency", False), filing=said.get("filing", ""),
            partner=said.get("partner", ""),
            lines=[(line["purpose"], yuan(line["amount"])) for line in said.get("lines", ())],
        )  # fmt: skip

    # ---- what comes ----------------------------------------------------------------------------

    def come(self, month: Month, user: User, now: datetime) -> list[str]:
        """A month's gifts: their givers and the gifts are entered, and what came by bank moves."""
        drawn = [
            (said, one)
            for said in (*self._said["campaign"], *self._said["stream"])
            for one in self._givers.drawn(said, month)
        ]
        special = [
            (said, self._givers.special(said))
            for said in self._said["special"]
            if said["on"].month == month.month
        ]
        ids = self._enter(month, [one.donor for _, one in drawn] + [who for _, who in special],
                          user, now)  # fmt: skip
        came: dict[str, Money] = defaultdict(lambda: Money(0))
        for said, one in sorted(drawn, key=lambda pair: pair[1].day):
            self._plain(said, one, ids[one.donor.line], came, user, now)
        for said, who in special:
            self.known.gifts[said["id"]] = self._special(said, ids[who.line], user, now)
        count = len(drawn) + len(special)
        for said in self._said["list"]:
            if said["month"] == month.month:
                count += self._platform(said, month, came, user, now)
        self._sweep(month, came)
        return [f"捐赠 gifts {count}"] if count else []

    def _enter(
        self, month: Month, said: list[SaidDonor], user: User, now: datetime
    ) -> dict[int, str]:  # fmt: skip
        if not said:
            return {}
        done = enter_donors(
            self._registry, self._place.id, said, f"donors-{month}.csv", user, now
        )  # fmt: skip
        return dict(done.fresh)

    def _where(self, said: dict[str, Any]) -> tuple[str, str]:
        """The campaign and the fund of a gift, one of them empty, as entering it asks for it."""
        if "fund" in said:
            return "", said["fund"]
        return self.known.codes[said.get("campaign", said["id"])], ""

    def _plain(
        self, said: dict[str, Any], one: Drawn, donor: str, came: dict[str, Money], user: User,
        now: datetime,
    ) -> None:  # fmt: skip
        given = Given(
            self._place.id, "cash", donor, one.day, one.amount, *self._where(said),
            money="" if one.by_bank else BANK, until=said.get("until"),
        )  # fmt: skip
        row = record(self._registry, given, user, now).row
        if one.by_bank:
            at = datetime(one.day.year, one.day.month, one.day.day, 10, len(came) % 60, 7)
            name = one.donor.data.name if one.donor.data is not None else ""
            self._moved(at, one.amount, name, f"捐赠 {row.code}")
            came[row.fund] += one.amount

    def _special(self, said: dict[str, Any], donor: str, user: User, now: datetime) -> str:
        where = self._where(said)
        if said["kind"] == PLEDGE:
            parts = [(part["due"], yuan(part["amount"])) for part in said["parts"]]
            promise = Promise(self._place.id, donor, said["on"], parts, *where,
                              paper=paper_of(said["id"]), paper_name="promise.txt")  # fmt: skip
            return pledge(self._registry, promise, user, now).code
        is_money = said["kind"] == "cash"
        foreign = yuan(said["foreign"], said["currency"]) if "foreign" in said else None
        given = Given(
            self._place.id, said["kind"], donor, said["on"], yuan(said.get("amount", "0")), *where,
            money=BANK if is_money else "", foreign=foreign, rate=said.get("rate", ""),
            rate_source=said.get("rate_source", ""), quantity=said.get("quantity", ""),
            measure=said.get("measure", ""), commodity=said.get("commodity", ""),
            basis=said.get("basis", ""), purpose=said.get("purpose", ""),
            until=said.get("until"), nature=said.get("nature", OWN), terms=said.get("terms", ""),
            paper=paper_of(said["id"]) if said["kind"] in (GOODS, ASSET) else b"",
            paper_name="paper.txt",
        )  # fmt: skip
        return record(self._registry, given, user, now).row.code

    def _platform(
        self, said: dict[str, Any], month: Month, came: dict[str, Money], user: User, now: datetime
    ) -> int:  # fmt: skip
        """A platform's list, and the one deposit of it, net of the fee; how many gifts."""
        code = self.known.codes[said["campaign"]]
        rows, net, count = [], Money(0), 0
        for day, name, consent, amount in self._givers.on_platform(said, month, month.first):
            count += 1
            fee = Money(amount.fen * said["fee"] // 1000)
            net += amount - fee
            order = f"GY{month.first:%y%m}{count:05d}"
            rows.append(
                f"{order},{day},{name},{consent},{amount.text},{fee.text},{(amount - fee).text}"
            )
        paid = month.first.replace(day=_PAID_OUT)
        text = [
            f"单位名称,{self._place.name}", "清单编号,", "平台,示例公益平台", "募捐项目,春汛救灾",
            f"结算日期,{paid}", "", "订单号,捐赠日期,捐赠人,公开方式,捐赠金额,平台费用,到账金额",
            *rows, "",
        ]  # fmt: skip
        data, name = "\n".join(text).encode("utf-8-sig"), f"platform-gifts-{month}.csv"
        put_file(self._registry, self._place, name, data)
        unit = self._place.id
        to, fee_to = targets(self._registry, unit, code, user, now)
        done = enter_gifts(self._registry, unit, data, name, to, fee_to, user, now)
        at = datetime(paid.year, paid.month, paid.day, 9, 5)
        self._moved(at, net, "示例公益平台", f"捐赠结算 {done.code}")
        came[to.fund] += net
        return count

    # ---- the account ---------------------------------------------------------------------------

    def _moved(self, at: datetime, amount: Money, who: str, memo: str) -> None:
        self._banking.move(self._place, GIVING, Movement(at, amount, "转账", who, memo))

    def _sweep(self, month: Month, came: dict[str, Money]) -> None:
        """What came in a month is moved to the basic account, of each fund its own."""
        if not came:
            return
        last = month.period.last
        memo = f"{month.month:02d}月归集转入基本户"
        whole = total(came.values())
        at = datetime(last.year, last.month, last.day, 16, 50)
        self._moved(at, -whole, self._place.name, memo)
        sides = [OtherSide(BANK, fund, -amount) for fund, amount in sorted(came.items())]
        self._banking.know_sides(self._place.id, memo, sides, f"捐赠户{memo}")
