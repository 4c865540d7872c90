"""A county above two schools, with people in each, whose transfers go every way they can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ledger import rebuild, reversing, workflow
from ledger.cli.bench.books import BookWriter
from ledger.clock import CHINA
from ledger.entry import Draft, Voucher
from ledger.money import yuan
from ledger.registry import Registry, User, users
from ledger.transfers import entering
from ledger.transfers.entering import Side
from ledger.transfers.expecting import Order
from tests.consolidation.tree import ACCOUNTS, BANK, DOWN, FUNDS, GRANT, SURPLUS, UNITS, line

PASSWORD = "correct horse"
NOW = datetime(2026, 6, 30, 9, tzinfo=CHINA)
#: Logins and their roles: the accountant of the county stands above both schools.
PEOPLE = (
    ("maker", "*", "treasurer"), ("checker", "*", "checker"), ("county", "xian", "accountant"),
    ("reader", "*", "auditor"), ("xueren", "xue", "accountant"), ("yuanren", "yuan", "accountant"),
)  # fmt: skip


@dataclass
class County:
    """``xian`` above ``xue`` and ``yuan``; everything is entered through the usual ways."""

    registry: Registry
    people: dict[str, User]

    def order(
        self, amount: str, by: date, payee: str = "xue", payer: str = "xian", kind: str = "support"
    ) -> str:
        one = Order(payer, payee, kind, yuan(amount), by, "示例补助")
        return entering.order(self.registry, one, self.people["maker"], NOW).reference

    def pay(self, reference: str, day: date, account: str = DOWN) -> Voucher:
        side = Side(BANK, account, "F01", day)
        draft = entering.pay(self.registry, reference, side, self.people["maker"], NOW)
        return self.approve(draft)

    def receive(self, reference: str, amount: str, day: date, account: str = GRANT) -> Voucher:
        side = Side(BANK, account, "F01", day)
        draft = entering.receive(
            self.registry, reference, side, yuan(amount), self.people["maker"], NOW
        )
        return self.approve(draft)

    def post(self, unit: str, day: date, account: str, amount: str, **meta: str) -> Voucher:
        """A voucher typed by hand: money goes out by ``amount``, or comes in below zero."""
        back = (-yuan(amount)).text
        lines = (line(account, amount, **meta), line(BANK, back))
        kind = "付" if yuan(amount).fen > 0 else "收"
        draft = Draft(unit, day, kind, "示例往来", lines, source="user")
        return self.approve(workflow.propose(self.registry, draft, self.people["maker"], NOW))

    def reverse(self, unit: str, number: str, day: date) -> Voucher:
        draft = reversing.reverse(
            self.registry, unit, number, self.people["maker"], NOW, day=day, reason="重复"
        )
        return self.approve(draft)

    def approve(self, draft: str) -> Voucher:
        posted = workflow.approve(self.registry, draft, self.people["checker"], NOW)
        assert isinstance(posted, Voucher)
        return posted


def found(folder: Path) -> County:
    """The county where its year begins: every unit holds 100,000 yuan."""
    registry = Registry.create(folder, id="shiyan", name="示例县总工会")
    writers = {}
    for unit, upper in UNITS:
        writers[unit] = writer = BookWriter(folder, unit, date(2025, 1, 1))
        writer.found(ACCOUNTS, FUNDS, "union-2021-county", name=f"示例单位 {unit}", upper=upper)
        opening = line(BANK, "100000.00"), line(SURPLUS, "-100000.00")
        writer.post(Draft(unit, date(2025, 1, 1), "转", "年初余额", opening, source="test:1"))
        writer.save()
    with registry.write() as conn:
        admin = users.add(
            conn, login="admin", password=PASSWORD,
            roles=frozenset({("*", "administrator")}), now=NOW,
        )  # fmt: skip
    for unit, _ in UNITS:
        rebuild.journal_from_text(registry, unit, admin.id, NOW)
    with registry.write() as conn:
        people = {
            login: users.add(
                conn, login=login, password=PASSWORD, roles=frozenset({(unit, role)}), now=NOW
            )
            for login, unit, role in PEOPLE
        }
    return County(registry, people)


@dataclass
class Story:
    """The references of the transfers, by what went wrong with them."""

    county: County
    references: dict[str, str]
    double: str  # the voucher that was entered twice, of ``xian``
    loose: str  # the voucher of ``xue`` that names no reference


def live(folder: Path) -> Story:
    """One late, one short, one double, one refused, one without a reference, one over the year."""
    county = found(folder)
    may = date(2026, 5, 10)
    named = {}
    named["agreed"] = county.order("1000.00", date(2026, 5, 20))
    county.pay(named["agreed"], may)
    county.receive(named["agreed"], "1000.00", date(2026, 5, 12))
    named["late"] = county.order("300.00", date(2026, 6, 1), payer="yuan", payee="xian")
    named["short"] = county.order("500.00", date(2026, 5, 20), payee="yuan")
    county.pay(named["short"], may)
    county.receive(named["short"], "480.00", date(2026, 5, 13))
    named["double"] = county.order("200.00", date(2026, 5, 20))
    county.pay(named["double"], may)
    again = county.post("xian", date(2026, 5, 11), DOWN, "200.00",
                        transfer=named["double"], counter="xue")  # fmt: skip
    county.receive(named["double"], "200.00", date(2026, 5, 12))
    named["refused"] = county.order("70.00", date(2026, 5, 20))
    county.pay(named["refused"], may)
    named["transit"] = county.order("90.00", date(2026, 1, 8))
    county.pay(named["transit"], date(2025, 12, 30))
    county.receive(named["transit"], "90.00", date(2026, 1, 6))
    named["unreferenced"] = county.order("60.00", date(2026, 6, 29))
    county.pay(named["unreferenced"], date(2026, 6, 25))
    loose = county.post("xue", date(2026, 6, 26), GRANT, "-60.00")
    return Story(county, named, again.number, loose.number)
