"""Two unions of one county that know nothing of each other, and persons whom both might aid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ledger import canonical, workflow
from ledger.aid.paying import Order, Paid, pay
from ledger.aid.recipients import Wanted
from ledger.entry import Voucher
from ledger.founding import declare_fund, open_accounts
from ledger.journal import open_pen, write_book_file
from ledger.money import Money, yuan
from ledger.registry import Registry, User, entries, members, persons, units, users
from ledger.registry.persons import PersonData
from tests.house import ACCOUNTS, ACTIVITY, BANK, FUNDS, PASSWORD, UNIT, House, build_house
from tests.starts import copied

OTHER = "dong"
DECISION = "示工〔2026〕3号"
MARCH = date(2026, 3, 5)
#: Invented persons; nothing of them may stand outside the sealed registry.
WANG = PersonData("王例甲", "13900000001", "340101199001010011", ("6222000000000101",))
LIU = PersonData("刘例乙", "13900000002", "340101199002020022", ("6222000000000202",))
CHEN = PersonData("陈例丙", "13900000003", "", ("6222000000000303",))
SECRETS = tuple(
    text
    for one in (WANG, LIU, CHEN)
    for text in (one.name, one.phone, one.identity, *one.accounts)
    if text
)


@dataclass
class World:
    """``house`` is the unit ``tiny``; ``maker`` and ``checker`` of the other are its own."""

    house: House
    maker: User
    checker: User
    member: str

    @property
    def registry(self) -> Registry:
        return self.house.registry

    def order(self, unit: str = UNIT, **fields: object) -> Order:
        given: dict[str, object] = {
            "unit": unit, "day": MARCH, "fund": "F01", "money": BANK, "decision": DECISION,
            "accounts": {"": ACTIVITY},
        }  # fmt: skip
        return Order(**(given | fields))  # type: ignore[arg-type]

    def pay(
        self, *wanted: Wanted, unit: str = UNIT, maker: User | None = None, **fields: object
    ) -> Paid:
        who = maker or (self.house.maker if unit == UNIT else self.maker)
        return pay(self.registry, self.order(unit, **fields), wanted, who, self.house.now)

    def approve(self, paid: Paid) -> Voucher:
        unit = paid.preview.order.unit
        checker = self.house.checker if unit == UNIT else self.checker
        done = workflow.approve(self.registry, paid.draft, checker, self.house.now)
        assert isinstance(done, Voucher)
        return done

    def province(self, name: str, unit: str = UNIT) -> None:
        with self.registry.write() as conn:
            units.set_place(conn, unit, name, "")

    def rule(self, text: str) -> None:
        """A rule file of the federation."""
        folder = self.registry.folder / "rules"
        folder.mkdir(exist_ok=True)
        (folder / "aid.toml").write_text(text, encoding="utf-8")


def to(
    data: PersonData, kind: str = "hardship", amount: str = "800.00", reason: str = "",
    line: int = 1,
) -> Wanted:  # fmt: skip
    return Wanted(line, kind, reason, yuan(amount), "", data)


def by_number(
    number: str, kind: str = "hardship", amount: str = "800.00", reason: str = "", line: int = 1
) -> Wanted:
    return Wanted(line, kind, reason, yuan(amount), number)


def person(at: int) -> PersonData:
    """One of many invented persons."""
    name = "赵钱孙李周吴郑王冯陈"[at % 10] + "例" + "甲乙丙丁戊己庚辛壬癸"[at // 10 % 10]
    return PersonData(name, f"1380000{at:04d}", f"34010119800101{at:04d}", (f"62220000{at:08d}",))


@copied
def build_world(folder: Path, now: datetime, url: str = "sqlite:///registry.db") -> World:
    house = build_house(folder, url=url, now=now)
    opened = date(2026, 1, 1)
    with house.registry.write() as conn:
        units.add(
            conn, unit=OTHER, name="大东工会（示例）", name_en="Dadong union (example)",
            chart="union-2021-basic", opened=opened, limit_fen=10_000_00, upper=None,
        )  # fmt: skip
        maker, checker = (
            users.add(conn, login=login, password=PASSWORD, roles=frozenset({role}), now=now)
            for login, role in (("dongzhou", (OTHER, "treasurer")), ("donglin", (OTHER, "checker")))
        )
        wang = persons.add(conn, house.registry.vault, WANG, now)
        member = members.add(conn, person=wang, unit=UNIT, number="0001", joined=opened)
    facts = canonical.unit_text(
        opened.isoformat(), OTHER, "大东工会（示例）", "union-2021-basic",
        name_en="Dadong union (example)", limit=Money(10_000_00), upper="",
    )  # fmt: skip
    with open_pen(house.registry, OTHER, now) as pen:
        pen.directives("unit", facts, file="chart.bean", day=opened, key="unit")
        open_accounts(
            pen,
            [
                entries.AccountRow(name, name_en, "CNY", capital, opened, None)
                for name, name_en, capital in ACCOUNTS
            ],
        )
        for code, name, restriction in FUNDS:
            declare_fund(
                pen, entries.FundRow(code, name, f"Fund {code}", restriction, "示例", opened, None)
            )
    write_book_file(house.registry, OTHER)
    return World(house, maker, checker, member)
