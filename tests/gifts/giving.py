"""A unit that people give to, on any chart, with a bank account and who may act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from beancount import loader
from beancount.core import convert

from ledger import reversing, workflow
from ledger.account import account_code
from ledger.assets.adding import add
from ledger.assets.depreciating import depreciate
from ledger.assets.said import SaidAsset
from ledger.clock import CHINA
from ledger.entry import Draft, Posting, Voucher, voucher_class
from ledger.founding import Founding, declare_fund, found_unit, open_accounts
from ledger.gifts import campaigns
from ledger.gifts.campaigns import Terms
from ledger.gifts.donors import SaidDonor, enter_donors
from ledger.gifts.given import Given
from ledger.gifts.recording import Recorded, record
from ledger.gifts.standing import GiftStanding, gift_standing
from ledger.journal import open_pen
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.registry import Registry, User, entries, users
from ledger.registry.campaigns import CampaignRow
from ledger.registry.persons import PersonData
from tests.cli.command import Told, mingbai
from tests.starts import copied

UNIT = "ai"
NOW = datetime(2026, 6, 30, 10, 0, tzinfo=CHINA)
OPENED = date(2026, 1, 1)
PASSWORD = "correct horse"
CHARTS = ("union-2021-basic", "npo-2004", "npo-2024")
HEAD = "捐赠人编号,捐赠人类别,捐赠人,证件号或信用代码,手机,境内境外,公开方式,关联方\n"


@dataclass
class Giving:
    """``maker`` records and closes, ``checker`` and ``second`` approve, ``reader`` audits."""

    registry: Registry
    chart: str
    bank: str
    maker: User
    checker: User
    second: User
    reader: User
    now: datetime = NOW
    lines: int = field(default=1)

    @property
    def folder(self) -> Path:
        return unit_folder(self.registry.folder, UNIT)

    def account(self, code: str) -> str:
        """The unit's account of a code."""
        with self.registry.read() as conn:
            known = entries.accounts(conn, UNIT)
        return next(name for name in known if account_code(name) == code)

    def donor(self, name: str = "", kind: str = "person", **said: object) -> str:
        """A new donor; anonymous where no name is given."""
        self.lines += 1
        data = PersonData(name, identity=f"ID{self.lines}") if name else None
        one = SaidDonor(self.lines, "", kind if name else "anonymous", data, **said)  # type: ignore[arg-type]
        done = enter_donors(self.registry, UNIT, [one], "donors.csv", self.maker, self.now)
        return done.fresh[0][1]

    def campaign(self, rule: str = "fifo", **changed: object) -> CampaignRow:
        """A campaign that is open, with its fund."""
        terms: dict[str, object] = {
            "unit": UNIT, "name": "防汛救灾", "purpose": "救助受灾群众", "start": date(2026, 1, 1),
            "end": date(2026, 8, 31), "target": yuan("0.00"), "rule": rule,
        }  # fmt: skip
        row = campaigns.ask_to_open(
            self.registry, Terms(**{**terms, **changed}), self.maker, self.now  # type: ignore[arg-type]
        )  # fmt: skip
        return campaigns.approve(self.registry, UNIT, row.code, self.checker, self.now)

    def record(self, **said: object) -> Recorded:
        """A gift as it is recorded; what is not said is a plain one of a fund."""
        facts: dict[str, object] = {"unit": UNIT, "kind": "cash", "day": date(2026, 3, 2)}
        if "donor" not in said:
            facts["donor"] = self.donor()
        return record(self.registry, Given(**{**facts, **said}), self.maker, self.now)  # type: ignore[arg-type]

    def give(self, amount: str, day: date = date(2026, 3, 2), **said: object) -> str:
        """The code of a gift of money that is in the book."""
        done = self.record(amount=yuan(amount), day=day, money=self.bank, **said)
        self.approve(done.draft)
        return done.row.code

    def stands(self, code: str, on: date = date(2026, 6, 30)) -> GiftStanding:
        """A gift as of a day; what came is what was used, is held and went back."""
        one = gift_standing(self.registry, UNIT, code, on)
        assert one.received_fen == one.used_fen + one.held_fen + one.returned_fen
        for part in one.parts:
            assert part.units == part.units_used + part.units_held + part.units_returned
        return one

    def sums(self, code: str) -> tuple[str, str, str, str]:
        """Received, used, held, returned."""
        told = self.stands(code).as_json()
        return told["received"], told["used"], told["held"], told["returned"]

    def buy(self, cost: str, fund: str, day: date) -> str:
        """The code of a thing of lasting use that is bought from a fund, and in the book."""
        charged = "" if self.chart.startswith("union") else self.account("5101")
        said = SaidAsset(
            UNIT, "电脑", "computer", day, "bought", fund, yuan(cost), "zhou", "办公室",
            money=self.bank, charged=charged, bulk=True, life_months=72,
        )  # fmt: skip
        done = add(self.registry, said, self.maker, self.now)
        self.approve(done.draft)
        return done.row.code

    def wear(self, month: str) -> None:
        """A month's depreciation is charged."""
        done = depreciate(self.registry, UNIT, Month.parse(month), self.maker, self.now)
        for draft in done.drafts:
            self.approve(draft)

    def balance(self, code: str, fund: str = "") -> str:
        """What an account of a code holds by Beancount's own loader, in yuan, debit positive."""
        entries_, errors, _ = loader.load_file(str(self.folder / "book.bean"))
        assert not errors, errors
        fen = 0
        for entry in entries_:
            for line in getattr(entry, "postings", ()):
                if account_code(line.account) == code and fund in ("", line.meta["fund"]):
                    weight = convert.get_weight(line)  # type: ignore[no-untyped-call]
                    assert weight.currency == "CNY"
                    fen += int(weight.number * 100)
        return Money(fen).text

    def approve(self, draft: str) -> Voucher:
        """What a draft becomes; by two where the limit demands it."""
        done = workflow.approve(self.registry, draft, self.checker, self.now)
        if isinstance(done, workflow.Waiting):
            done = workflow.approve(self.registry, draft, self.second, self.now)
        assert isinstance(done, Voucher)
        return done

    def post(
        self, *lines: Posting, day: date, narration: str = "支出", source: str = "user",
        papers: tuple[str, ...] = (),
    ) -> Voucher:  # fmt: skip
        draft = Draft(
            UNIT, day, voucher_class(lines), narration, lines, source=source, papers=papers
        )
        return self.approve(workflow.propose(self.registry, draft, self.maker, self.now))

    def spend(self, amount: str, fund: str, day: date, code: str = "", **meta: str) -> Voucher:
        """Money of a fund for an activity."""
        account = self.account(code or ("50404" if self.chart.startswith("union") else "5101"))
        said = tuple(sorted(meta.items()))
        money = yuan(amount)
        return self.post(
            Posting(account, money, fund, said), Posting(self.bank, -money, fund), day=day
        )

    def reverse(self, voucher: Voucher, day: date) -> Voucher:
        draft = reversing.reverse(
            self.registry, UNIT, voucher.number, self.maker, self.now, day=day, reason="误记"
        )
        return self.approve(draft)

    def run(self, *words: object, user: str = "zhou") -> Told:
        """A command about this unit, by a user."""
        group, part, *rest = words
        return mingbai(
            group, part, self.registry.folder, "--unit", UNIT, *rest, "--user", user,
            MINGBAI_PASSWORD=PASSWORD,
        )  # fmt: skip


@copied
def begin(
    folder: Path, chart: str = "npo-2024", url: str = "sqlite:///registry.db",
    opened: date = OPENED,
) -> Giving:  # fmt: skip
    registry = Registry.create(folder, id="aixin", name="爱心会（示例）", url=url)
    found_unit(registry, Founding(UNIT, "爱心会（示例）", chart, opened, Money(10**12)), NOW)
    code = "102" if chart.startswith("union") else "1002"
    bank = f"Assets:{code}-银行存款:01-基本户"
    with open_pen(registry, UNIT, NOW) as pen:
        open_accounts(pen, [entries.AccountRow(bank, "Bank", "CNY", False, opened, None)])
        for one, name, restriction in (("F01", "一般", "none"), ("F02", "助学", "purpose")):
            declare_fund(pen, entries.FundRow(one, name, "", restriction, "示例", opened, None))
    with registry.write() as conn:
        people = [
            users.add(conn, login=login, password=PASSWORD, roles=frozenset({role}), now=NOW)
            for login, role in (
                ("zhou", (UNIT, "treasurer")), ("lin", (UNIT, "checker")),
                ("gao", (UNIT, "checker")), ("shen", ("*", "auditor")),
                ("admin", ("*", "administrator")),
            )
        ]  # fmt: skip
    maker, checker, second, reader, _ = people
    return Giving(registry, chart, bank, maker, checker, second, reader)
