"""A unit that has one of everything, each with a canary word in it, and everyone who may come.

``tiny`` stands below ``qu``, beside ``other``, which has nothing; ``far`` stands apart. Whatever
people wrote in ``tiny`` holds the word 金丝雀 or ``canary``, so that any of it is seen at once
where it should not be.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from importers.read import read_bytes
from importers.staging import import_statement
from ledger import workflow
from ledger.aid.paying import Order as UnitAid
from ledger.aid.paying import pay
from ledger.aid.recipients import Wanted
from ledger.allocations import entering
from ledger.assets.adding import add as add_asset
from ledger.assets.asked import Asked
from ledger.assets.requesting import ask as ask_asset
from ledger.assets.said import SaidAsset
from ledger.audit import evaluations, working_papers
from ledger.audit.drawing import Terms as Drawing
from ledger.audit.drawing import draw_sample
from ledger.audit.evaluations import Said as Evaluated
from ledger.audit.findings import Said as Raised
from ledger.audit.findings import open_finding
from ledger.decisions.recording import Said
from ledger.decisions.recording import record as decide
from ledger.dues import writing_off
from ledger.dues.cash import take
from ledger.dues.receiving import Payment
from ledger.founding import Founding, declare_fund, found_unit, open_accounts
from ledger.gifts import campaigns
from ledger.gifts.campaigns import Terms
from ledger.gifts.donors import SaidDonor, enter_donors
from ledger.gifts.given import Given
from ledger.gifts.recording import record
from ledger.journal import open_pen
from ledger.money import Money, yuan
from ledger.registry import (
    Registry,
    User,
    claims,
    entries,
    imports,
    members,
    papers,
    persons,
    plans,
    recurring,
    sessions,
    staging,
    statement_files,
    users,
)
from ledger.registry.persons import PersonData
from ledger.registry.plans import PlanRow, PlanVersion
from ledger.stocktakes.opening import Opening, open_stocktake
from ledger.transfers.entering import order
from ledger.transfers.expecting import Order
from reports.web.app import create_app
from reports.web.work import waiting
from tests.allocations.test_allocations import promise
from tests.contracts.deal import Deal
from tests.dues.roll import Roll
from tests.house import ACCOUNTS, ACTIVITY, BANK, CASH, FUNDS, LEVY, PASSWORD, UNIT, House
from tests.venues.rooms import Room
from tests.web.desk import STATEMENT

OTHER, UPPER, FAR, MISSING = "other", "qu", "far", "nowhere"
DATABASE = "registry.db"
CHART = "union-2021-basic"
OPENED = date(2026, 1, 1)
#: What nobody may see who may not look at ``tiny``.
CANARIES = ("金丝雀", "canary", "黄例莺", "13900001111")
ROLES = ("auditor", "treasurer", "checker", "cashier", "accountant", "administrator")
#: Where a role is held: in the unit, in another, in all below their upper one, everywhere.
PLACES = {"own": UNIT, "another": OTHER, "below": f"{UPPER}/", "everywhere": "*"}


@dataclass
class Everything:
    """``ids`` are, by the name of a part of an address, things of ``tiny`` that are there.

    Where one name means different things it stands behind the folder: ``gifts:code``.
    """

    app: Flask
    house: House
    ids: dict[str, str]
    now: datetime
    users: dict[tuple[str, str], User] = field(default_factory=dict)
    sessions: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)

    @property
    def registry(self) -> Registry:
        return self.house.registry

    def caller(self, who: str) -> tuple[FlaskClient, str]:
        """A browser, and the token of its forms. ``who`` is a role and where it is held.

        ``nobody`` never signed in; ``expired`` did so yesterday, ``disabled`` was kept out since.
        """
        if who not in self.sessions:
            client = self.app.test_client()
            token = self._token(who)
            if token:
                client.set_cookie("mingbai", token)
            form = hashlib.sha256(f"form {token}".encode()).hexdigest() if token else ""
            self.sessions[who] = client, form
        return self.sessions[who]

    def _token(self, who: str) -> str:
        if who == "nobody":
            return ""
        role, _, place = who.partition("@")
        at = self.now - timedelta(days=1) if role == "expired" else self.now
        user = self.users[(role, place) if place else ("treasurer", "own")]
        with self.registry.write() as conn:
            token = sessions.open(conn, user, "web", at)
            if role == "disabled":
                one = users.of_login(conn, "gone")
                token = sessions.open(conn, one, "web", at)
                # Whoever is kept out loses their sessions; this one is as if it had stayed.
                users.set_active(conn, one, active=False)
                conn.exec_driver_sql(
                    "insert into session (digest, user, created, expires, purpose)"
                    " select ?, ?, created, expires, purpose from session limit 1",
                    (hashlib.sha256(token.encode()).hexdigest(), one.id),
                )
        return token


def furnish(folder: Path, now: datetime) -> Everything:
    """The federation, with its pages."""
    registry = Registry.create(
        folder, id="qinghe", name="青禾县总工会（示例）", url=f"sqlite:///{DATABASE}"
    )
    for unit, name, upper in (
        (UPPER, "青禾区总工会（示例）", ""), (UNIT, "金丝雀工会（示例）", UPPER),
        (OTHER, "别的工会（示例）", UPPER), (FAR, "远处工会（示例）", ""),
    ):  # fmt: skip
        english = "Canary union" if unit == UNIT else ""
        found_unit(
            registry, Founding(unit, name, CHART, OPENED, yuan("100000.00"), english, upper), now
        )
    _money_and_funds(registry, now)
    people: dict[tuple[str, str], User] = {}
    with registry.write() as conn:
        for role in ROLES:
            for place, said in PLACES.items():
                people[role, place] = users.add(
                    conn, login=f"{role[:4]}-{place}", password=PASSWORD,
                    roles=frozenset({(said, role)}), now=now,
                )  # fmt: skip
        second = users.add(
            conn, login="canary-second", password=PASSWORD,
            roles=frozenset({(UNIT, "checker")}), now=now,
        )  # fmt: skip
        users.add(
            conn, login="gone", password=PASSWORD, roles=frozenset({(UNIT, "treasurer")}), now=now
        )
    house = House(
        registry, now, people["treasurer", "own"], people["checker", "own"], second,
        people["auditor", "own"], people["administrator", "everywhere"],
    )  # fmt: skip
    app = create_app(folder, clock=lambda: now)
    made = Everything(app, house, {}, now, people)
    _fill(made)
    return made


def _money_and_funds(registry: Registry, now: datetime) -> None:
    """A bank account and funds in ``tiny``."""
    with open_pen(registry, UNIT, now) as pen:
        known = entries.accounts(pen.conn, UNIT)
        open_accounts(
            pen,
            [
                entries.AccountRow(name, f"Canary {english}", "CNY", capital, OPENED, None)
                for name, english, capital in ACCOUNTS
                if name not in known
            ],
        )
        for code, name, restriction in FUNDS:
            declare_fund(
                pen,
                entries.FundRow(code, f"{name}金丝雀", "Canary", restriction, "示例", OPENED, None),
            )


def _fill(made: Everything) -> None:
    """One of each thing that has an address."""
    house, ids, now = made.house, made.ids, made.now
    registry, maker = house.registry, house.maker
    paper = papers.store_bytes(
        registry, UNIT, b"%PDF-1.4 canary", "金丝雀发票.pdf", user=maker.id, now=now
    )
    ids["digest"] = paper
    voucher = house.post(house.draft(
        "9000.00", narration="金丝雀会费", payee="金丝雀商店", papers=(paper,),
    ))  # fmt: skip
    house.post(house.draft("500.00", narration="金丝雀专项", fund="F03"))
    ids["vouchers:number"] = voucher.number
    draft = house.draft("25.00", narration="金丝雀午餐", payee="Canary shop")
    ids["draft_id"] = workflow.propose(registry, draft, maker, now)
    with registry.write() as conn:
        ids["template_id"] = recurring.add(conn, UNIT, "金丝雀模板", "{}", user=maker.id, now=now)
        imports.add_account(
            conn, registry.vault,
            imports.MoneyAccount(UNIT, BANK, "bank", "金丝雀户", "6222000000000018", "F01"),
        )  # fmt: skip
    _money_of_members(made)
    _gifts_and_aid(made)
    _things(made)


def _money_of_members(made: Everything) -> None:
    """A member who owes, what is given up, a receipt, a bank file, a transfer, a plan."""
    house, ids, now = made.house, made.ids, made.now
    registry, maker = house.registry, house.maker
    roll = Roll(house)
    with registry.write() as conn:
        data = PersonData("黄例莺", "13900001111")
        person = persons.add(conn, registry.vault, data, now)
        ids["member"] = members.add(
            conn, person=person, unit=UNIT, number="canary-1", joined=date(2020, 1, 1)
        )
    owing = roll.add("3001")
    roll.assess()
    with registry.read() as conn:
        claim = claims.of_member(conn, UNIT, owing)[0].code
    ids["write-offs:code"] = writing_off.propose(
        registry, UNIT, claim, maker, now, reason="金丝雀失联", decision="金丝雀2026-8号"
    )
    payment = Payment(ids["member"], yuan("20.00"), date(2026, 3, 4))
    receipt = take(registry, UNIT, payment, CASH, maker, now).receipt
    ids["year"], ids["receipts:number"] = str(receipt.year), str(receipt.number)
    data_file = STATEMENT.replace("青禾示例公司".encode(), "金丝雀公司".encode())
    reading = read_bytes(data_file, "金丝雀.csv")
    import_statement(registry, UNIT, reading, data_file, maker, now)
    with registry.read() as conn:
        ids["files:number"] = str(statement_files.files(conn, UNIT)[0].id)
        ids["lines:number"] = str(staging.lines(conn, registry.vault, UNIT)[0].id)
    ids["row"] = "1"
    to_far = Order(UNIT, FAR, "support", yuan("50.00"), date(2026, 4, 9), "金丝雀调拨")
    ids["reference"] = order(registry, to_far, maker, now).reference
    ids["plan"] = "plan-2026"
    version = PlanVersion(
        UNIT, "plan-2026", 1, "金丝雀计划", 900_00, "金丝雀3号", "0" * 64, b"[plan]\n",
        ids["draft_id"], maker.id, now.isoformat(),
    )  # fmt: skip
    key = "k" * 22
    sealed = registry.vault.seal(data_file, context=f"waiting {key}")
    room: waiting.Room = made.app.extensions.setdefault("mingbai-waiting", waiting.Room())
    room.put(waiting.Waiting(key, UNIT, maker.id, "金丝雀.csv", "", now, sealed))
    ids["key"] = key
    with registry.write() as conn:
        plans.add(conn, version, [PlanRow(UNIT, "1", "1", 900_00)])


def _gifts_and_aid(made: Everything) -> None:
    house, ids, now = made.house, made.ids, made.now
    registry, maker = house.registry, house.maker
    data = PersonData("黄例莺", "13900001111", identity="canary-identity")
    said = SaidDonor(2, "", "person", data)
    done = enter_donors(registry, UNIT, [said], "canary.csv", maker, now)
    ids["donor"] = done.fresh[0][1]
    terms = Terms(
        UNIT, "金丝雀救助", "救助金丝雀", OPENED, date(2026, 8, 31), yuan("0.00"), "fifo",
        name_en="Canary relief",
    )  # fmt: skip
    row = campaigns.ask_to_open(registry, terms, maker, now)
    ids["campaigns:code"] = row.code
    campaigns.approve(registry, UNIT, row.code, house.checker, now)
    given = Given(UNIT, "cash", ids["donor"], date(2026, 3, 2), yuan("66.00"), row.code, money=BANK)
    gift = record(registry, given, maker, now)
    house.approve(gift.draft)
    ids["gifts:code"] = gift.row.code
    order_ = UnitAid(UNIT, date(2026, 3, 3), "F01", BANK, "金丝雀3号", {"": ACTIVITY})
    wanted = Wanted(1, "hardship", "", yuan("80.00"), "canary-1")
    ids["batch"] = pay(registry, order_, [wanted], maker, now).batch
    grant = entering.approve(
        registry, promise(name="金丝雀竞赛", giver="金丝雀财政局", account=LEVY), maker, now
    )
    ids["allocations:code"] = grant.code


def _things(made: Everything) -> None:
    house, ids, now = made.house, made.ids, made.now
    registry, maker = house.registry, house.maker
    decided = Said(
        "金丝雀〔2026〕1号", date(2026, 1, 5), "金丝雀委员会", 5, 5, 0, 0, "资产处置", Money(0),
        [("金丝雀.txt", b"canary minutes")], {},
    )  # fmt: skip
    decide(registry, UNIT, decided, maker, now)
    said = SaidAsset(
        UNIT, "金丝雀电脑", "computer", date(2026, 3, 2), "bought", "F01", yuan("6000.00"),
        maker.login, "金丝雀办公室", money=BANK, serial="CANARY-1",
    )  # fmt: skip
    thing = add_asset(registry, said, maker, now)
    house.approve(thing.draft)
    ids["assets:code"] = thing.row.code
    asked = Asked(
        UNIT, "move", (thing.row.code,), decided.number, date(2026, 3, 4), to=maker.login,
        to_place="金丝雀活动室",
    )  # fmt: skip
    ids["requests:code"] = ask_asset(registry, asked, maker, now).code
    opening = Opening(UNIT, date(2026, 3, 4), "all", "", (maker.login,), "金丝雀盘点")
    ids["stocktakes:code"] = open_stocktake(registry, opening, maker, now)[0].code
    ids["contracts:code"] = Deal(house, "buyer", purpose="金丝雀培训").code
    room = Room(
        house, "1-5=09:00-12:00", name="金丝雀之家", name_en="Canary home", place="金丝雀楼"
    )
    ids["venues:code"] = room.code
    _found(made)


def _found(made: Everything) -> None:
    """What an auditor found and says, with canaries in both."""
    house, ids, now = made.house, made.ids, made.now
    canary = Raised(UNIT, f"sha256:{ids['digest']}", "2026-03", "high", "金丝雀发票与摘要不符")
    found = open_finding(house.registry, canary, house.reader, now, lambda ref: ref)
    ids["findings:code"] = found.code
    drawn = draw_sample(house.registry, Drawing(UNIT, 7, 3, "mus"))
    ids["papers:code"] = working_papers.keep_sample(house.registry, drawn, house.reader, now).code
    said = Evaluated(UNIT, "2026", "remarks", "金丝雀专项尚可", "fund", "F03")
    ids["evaluations:code"] = evaluations.add(house.registry, said, house.reader, now).code
