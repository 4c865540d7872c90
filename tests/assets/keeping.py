"""A unit that keeps assets, on any chart, with money, decisions and who may act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import convert

from ledger import reversing, workflow
from ledger.account import account_code
from ledger.assets.adding import Added, add
from ledger.assets.asked import Asked
from ledger.assets.depreciating import depreciate
from ledger.assets.disposing import Leaving, dispose
from ledger.assets.handing import hand_over
from ledger.assets.requesting import approve, ask
from ledger.assets.said import SaidAsset
from ledger.assets.standing import AssetStanding, find_asset
from ledger.clock import CHINA
from ledger.decisions.recording import Said, record
from ledger.entry import Draft, Posting, Voucher, voucher_class
from ledger.founding import Founding, declare_fund, found_unit, open_accounts
from ledger.journal import open_pen
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.registry import Registry, User, entries, units, users
from ledger.registry.asset_requests import RequestRow
from tests.cli.command import Told, mingbai
from tests.starts import copied

UNIT, SISTER = "gong", "jie"
NOW = datetime(2026, 6, 30, 10, 0, tzinfo=CHINA)
OPENED = date(2026, 1, 1)
PASSWORD = "correct horse"
CHARTS = ("union-2021-basic", "npo-2024", "government-2019")
DECISION = "决〔2026〕1号"


@dataclass
class Keeping:
    """``maker`` records and closes, ``checker`` and ``second`` approve, ``keeper`` only keeps."""

    registry: Registry
    chart: str
    bank: str
    maker: User
    checker: User
    second: User
    keeper: User
    reader: User
    sister: User  # who records in the other unit
    sister_checker: User
    now: datetime = NOW
    lines: int = field(default=1)

    @property
    def folder(self) -> Path:
        return unit_folder(self.registry.folder, UNIT)

    def account(self, code: str, unit: str = UNIT) -> str:
        """A unit's account of a code."""
        with self.registry.read() as conn:
            known = entries.accounts(conn, unit)
        return next(name for name in known if account_code(name) == code)

    def decide(self, number: str = DECISION, *, carried: bool = True, unit: str = UNIT,
               day: date = date(2026, 1, 5)) -> str:  # fmt: skip
        """A recorded decision."""
        votes = (5, 0) if carried else (1, 4)
        user = self.maker if unit == UNIT else self.sister
        record(
            self.registry, unit,
            Said(number, day, "委员会", 5, *votes, 0, "资产处置", Money(0), [("m.txt", b"minutes")],
                 {}),
            user, self.now,
        )  # fmt: skip
        return number

    def said(self, **said: object) -> SaidAsset:
        """An asset as it is entered; what is not said is a computer that was bought."""
        facts: dict[str, object] = {
            "unit": UNIT, "name": "台式计算机", "class_id": "computer", "source": "bought",
            "acquired": date(2026, 3, 15), "fund": "F01", "cost": yuan("12000.00"),
            "keeper": "chen", "place": "办公室 301",
        }  # fmt: skip
        facts |= said
        if facts["source"] == "bought" and "money" not in facts and not facts.get("opening"):
            facts["money"] = self.bank
        return SaidAsset(**facts)  # type: ignore[arg-type]

    def add(self, **said: object) -> Added:
        return add(self.registry, self.said(**said), self.maker, self.now)

    def own(self, **said: object) -> str:
        """The code of an asset that is in the book."""
        done = self.add(**said)
        if done.draft:
            self.approve(done.draft)
        return done.row.code

    def ask(self, kind: str, *codes: str, **said: object) -> RequestRow:
        """A request that waits, for what such a request needs at least."""
        facts: dict[str, object] = {"decision": DECISION, "day": date(2026, 5, 6)}
        usual: dict[str, dict[str, object]] = {
            "move": {"to": "lin", "to_place": "活动室"},
            "transfer": {"to_unit": SISTER},
            "loan": {"to": "lin", "until": date(2026, 6, 20)},
            "lease": {"party": "某文化公司（示例）", "until": date(2026, 12, 31),
                      "price": yuan("600.00")},
            "repair": {"party": "某维修部（示例）", "until": date(2026, 6, 10)},
            "scrap": {"ground": "worn-out", "reason": "已无法使用"},
            "sale": {"party": "某回收公司（示例）", "price": yuan("3000.00")},
            "donation": {"party": "某小学（示例）"},
            "loss": {"reason": "盘点未见"},
            "correction": {"reason": "误记"},
            "estimate": {"month": Month(2026, 7), "life_months": 24, "reason": "使用强度增加"},
        }  # fmt: skip
        facts |= usual[kind] | said
        return ask(self.registry, Asked(UNIT, kind, codes, **facts), self.maker, self.now)  # type: ignore[arg-type]

    def approved(self, kind: str, *codes: str, **said: object) -> RequestRow:
        row = self.ask(kind, *codes, **said)
        row = approve(self.registry, UNIT, row.code, self.checker, self.now)
        if kind == "transfer":
            row = approve(self.registry, SISTER, row.code, self.sister_checker, self.now)
        return row

    def handed(
        self, kind: str, *codes: str, on: date = date(2026, 5, 8), **said: Any
    ) -> RequestRow:
        row = self.approved(kind, *codes, **said)
        return hand_over(
            self.registry, UNIT, row.code, on, self.maker, self.now, b"signed", "s.txt"
        )

    def leave(
        self, kind: str, *codes: str, on: date = date(2026, 5, 10), handed: date = date(2026, 5, 8),
        **said: Any,
    ) -> Voucher:  # fmt: skip
        """The voucher by which things left the book."""
        if kind == "loss":
            row = self.approved(kind, *codes, **said)
        else:
            row = self.handed(kind, *codes, on=handed, **said)
        money = self.bank if kind == "sale" else ""
        how = Leaving(on, money)
        return self.approve(dispose(self.registry, UNIT, row.code, how, self.maker, self.now))

    def wear(self, *months: str) -> list[Voucher]:
        """The vouchers that charge some months."""
        found = []
        for month in months:
            done = depreciate(self.registry, UNIT, Month.parse(month), self.maker, self.now)
            found += [self.approve(one) for one in done.drafts]
        return found

    def stands(self, code: str, on: date = date(2026, 6, 30)) -> AssetStanding:
        return find_asset(self.registry, UNIT, code, on)

    def balance(self, code: str, fund: str = "", unit: str = UNIT) -> str:
        """What an account of a code holds by Beancount's own loader, in yuan, debit positive."""
        book = unit_folder(self.registry.folder, unit) / "book.bean"
        entries_, errors, _ = loader.load_file(str(book))
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
        self, *lines: Posting, day: date, narration: str = "其他", source: str = "user"
    ) -> Voucher:
        draft = Draft(UNIT, day, voucher_class(lines), narration, lines, source=source)
        return self.approve(workflow.propose(self.registry, draft, self.maker, self.now))

    def reverse(self, voucher: Voucher, day: date = date(2026, 6, 1)) -> Voucher:
        draft = reversing.reverse(
            self.registry, UNIT, voucher.number, self.maker, self.now, day=day, reason="误记"
        )
        return self.approve(draft)

    def run(self, *words: object, user: str = "zhou", unit: str = UNIT) -> Told:
        """A command about a unit, by a user."""
        group, part, *rest = words
        return mingbai(
            group, part, self.registry.folder, "--unit", unit, *rest, "--user", user,
            MINGBAI_PASSWORD=PASSWORD,
        )  # fmt: skip


@copied
def begin(
    folder: Path, chart: str = "union-2021-basic", url: str = "sqlite:///registry.db",
    opened: date = OPENED,
) -> Keeping:  # fmt: skip
    registry = Registry.create(folder, id="gonghui", name="某工会（示例）", url=url)
    bank_code = "102" if chart.startswith("union-2021") else "1002"
    bank = f"Assets:{bank_code}-银行存款:01-基本户"
    for unit, name in ((UNIT, "某工会（示例）"), (SISTER, "某街道工会（示例）")):
        found_unit(registry, Founding(unit, name, chart, opened, Money(10**12)), NOW)
        with open_pen(registry, unit, NOW) as pen:
            open_accounts(pen, [entries.AccountRow(bank, "Bank", "CNY", False, opened, None)])
            for one, called, restriction in (("F01", "一般", "none"), ("F02", "助学", "purpose")):
                declare_fund(
                    pen, entries.FundRow(one, called, "", restriction, "示例", opened, None)
                )
    people = {}
    with registry.write() as conn:
        for login, role in (
            ("zhou", (UNIT, "treasurer")), ("lin", (UNIT, "checker")), ("gao", (UNIT, "checker")),
            ("chen", (UNIT, "cashier")), ("shen", ("*", "auditor")),
            ("admin", ("*", "administrator")), ("qian", (SISTER, "treasurer")),
            ("sun", (SISTER, "checker")),
        ):  # fmt: skip
            people[login] = users.add(
                conn, login=login, password=PASSWORD, roles=frozenset({role}), now=NOW
            )
    if chart == "government-2019":
        with registry.write() as conn:
            for unit in (UNIT, SISTER):
                units.set_place(conn, unit, "", "administrative-unit")
    made = Keeping(
        registry, chart, bank, people["zhou"], people["gao"], people["lin"], people["chen"],
        people["shen"], people["qian"], people["sun"],
    )  # fmt: skip
    made.decide()
    for fund in ("F01", "F02"):
        _money(made, fund)
    return made


def _money(made: Keeping, fund: str) -> None:
    """Money in the bank, which income of the chart brought."""
    code = {
        "union-2021-basic": "408", "union-2021-county": "408", "government-2019": "4001",
        "npo-2004": "490101", "npo-2024": "490101",
    }[made.chart]  # fmt: skip
    worth = yuan("1000000.00")
    made.post(
        Posting(made.bank, worth, fund), Posting(made.account(code), -worth, fund),
        day=date(2026, 1, 2), narration="收入",
    )  # fmt: skip
