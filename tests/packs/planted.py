"""A unit with one of everything in which names and numbers of persons are planted in every field.

What people type without knowing better: names, telephones, cards and identity numbers, none of them
of a person who is registered, in narrations, papers, purposes, parties, places. The names that are
published, of the unit, its funds, accounts and campaigns, hold the name of a person who is
registered: 金丝雀, or Goldie Canary in English. The posting path would refuse the numbers, so it
does not look while they are planted: what is published has to hold by itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from ledger import closing, privacy, reopening
from ledger.aid.paying import Order as UnitAid
from ledger.aid.paying import pay
from ledger.aid.recipients import Wanted
from ledger.assets.adding import add as add_asset
from ledger.assets.said import SaidAsset
from ledger.audit import evaluations
from ledger.audit.evaluations import Said as Evaluated
from ledger.audit.findings import Said as Raised
from ledger.audit.findings import answer, open_finding
from ledger.budgetcheck import NONE
from ledger.budgets import deciding
from ledger.clock import CHINA
from ledger.contracts import signing
from ledger.decisions.recording import Said
from ledger.decisions.recording import record as decide
from ledger.disclosing import objections
from ledger.entry import Draft, Posting, meta_of
from ledger.founding import Founding, declare_fund, found_unit, open_accounts
from ledger.gifts import campaigns
from ledger.gifts.campaigns import Terms
from ledger.gifts.donors import SaidDonor, enter_donors
from ledger.gifts.given import Given
from ledger.gifts.recording import record
from ledger.journal import open_pen
from ledger.money import yuan
from ledger.period import Month
from ledger.privacy import luhn
from ledger.registry import Registry, drafts, entries, members, papers, persons, users, waivers
from ledger.registry.persons import PersonData
from ledger.registry.schema import audit_evaluation, objection, objection_answer, stocktake
from ledger.sealing import acting
from ledger.transfers.entering import order
from ledger.transfers.expecting import Order
from reports.web.app import create_app
from tests.allocations.test_allocations import Grant
from tests.budgets.plans import plan
from tests.contracts.deal import terms
from tests.house import (
    ACCOUNTS,
    ACTIVITY,
    BANK,
    CASH,
    DUES,
    FUNDS,
    LEVY,
    OFFICE,
    PASSWORD,
    UNIT,
    House,
)
from tests.venues.rooms import Room
from tests.web import everything
from tests.web.everything import CHART, FAR, OPENED, OTHER, UPPER, Everything

NOW = datetime(2026, 3, 10, 10, 0, 0, tzinfo=CHINA)
#: A person who is registered, after whom the unit and what it has are called.
REGISTERED = ("金丝雀", "Goldie Canary")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "燁翀犇骉淼焱垚鑫麤猋羴鱻瞐嘂歮毳磊矗"


class Canaries:
    """Names of rare characters and numbers of every kind, each once; ``planted`` are all given."""

    def __init__(self, seed: int) -> None:
        self.planted: list[str] = []
        self._seen: set[str] = set()
        self._draw = random.Random(seed)
        self._source = self._all()

    def __call__(self) -> str:
        one = next(self._source)
        while one in self._seen:
            one = next(self._source)
        self._seen.add(one)
        self.planted.append(one)
        return one

    def public(self) -> str:
        """What somebody typed where everybody reads it: whom it names is registered."""
        self.planted.append(f"139{self._draw.randrange(10**8):08d}")
        return f"请 金丝雀 致电 {self.planted[-1]}"

    def word(self) -> str:
        """One that tags, links and logins hold."""
        self.planted.append(f"zhang{self._draw.randrange(10**12):012d}")
        return self.planted[-1]

    def _all(self) -> Iterator[str]:
        draw = self._draw
        while True:
            yield draw.choice(_SURNAMES) + draw.choice(_GIVEN) + draw.choice(_GIVEN)
            yield f"1{draw.randrange(3, 10)}{draw.randrange(10**9):09d}"
            card = f"6222{draw.randrange(10**14):014d}"
            yield card + next(digit for digit in "0123456789" if luhn(card + digit))
            yield _identity(f"1101051949123{draw.randrange(10**4):04d}")
            yield f"canary{draw.randrange(10**9):09d}@example.org"


def _identity(digits: str) -> str:
    """Seventeen digits with their check digit (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(one) for weight, one in zip(weights, digits, strict=True))
    return digits + "10X98765432"[total % 11]


def furnished(folder: Path, plant: Canaries, many: int) -> Everything:
    """The unit with ``many`` canaries or more; its first quarter closed and sealed."""
    registry = Registry.create(
        folder, id="qinghe", name="青禾县总工会（示例）", url="sqlite:///registry.db"
    )
    for unit, name, upper in (
        (UPPER, "青禾区总工会（示例）", ""), (UNIT, "金丝雀工会", UPPER),
        (OTHER, "别的工会（示例）", UPPER), (FAR, "远处工会（示例）", ""),
    ):  # fmt: skip
        english = "Goldie Canary" if unit == UNIT else ""
        found_unit(
            registry, Founding(unit, name, CHART, OPENED, yuan("100000.00"), english, upper), NOW
        )
    _names(registry)
    with registry.write() as conn:
        people = [
            users.add(
                conn, login=login, password=PASSWORD, roles=frozenset({role}), now=NOW
            )
            for login, role in (
                ("treasurer", (UNIT, "treasurer")), ("checker", (UNIT, "checker")),
                ("second", (UNIT, "checker")), (plant.word(), ("*", "auditor")),
                ("admin", ("*", "administrator")),
            )
        ]  # fmt: skip
    house = House(registry, NOW, *people)
    app = create_app(folder, clock=lambda: NOW)
    made = Everything(app, house, {}, NOW)
    with mock.patch.object(privacy, "kinds_in", lambda text: frozenset()):
        everything._fill(made)
        _gifts(house, plant)
        _asked(house, plant)
        _audited(made, plant)
        _planned(house, plant)
        _people(house, plant)
        _things(house, plant)
        while len(plant.planted) < many:
            _voucher(house, plant, len(plant.planted))
        for row in _waiting(house):
            house.approve(row)
        _close(house, plant)
    with registry.write() as conn:
        for name in REGISTERED:
            persons.add(conn, registry.vault, PersonData(name), NOW)
    return made


def _names(registry: Registry) -> None:
    """Accounts and funds that are called after somebody."""
    with open_pen(registry, UNIT, NOW) as pen:
        known = entries.accounts(pen.conn, UNIT)
        open_accounts(
            pen,
            [
                entries.AccountRow(name, "Goldie Canary", "CNY", capital, OPENED, None)
                for name, _, capital in ACCOUNTS
                if name not in known
            ],
        )
        for code, name, restriction in FUNDS:
            declare_fund(
                pen,
                entries.FundRow(
                    code, f"{name}金丝雀", "Goldie Canary", restriction, "示例", OPENED, None
                ),
            )  # fmt: skip


def _waiting(house: House) -> list[str]:
    with house.registry.read() as conn:
        return [row.id for row in drafts.in_states(conn, UNIT, drafts.UNDECIDED)]


def _people(house: House, plant: Canaries) -> None:
    """Members and donors whose every field is somebody's."""
    with house.registry.write() as conn:
        for number in range(8):
            data = PersonData(plant(), plant(), plant(), (plant(),))
            person = persons.add(conn, house.registry.vault, data, NOW)
            members.add(
                conn, person=person, unit=UNIT, number=f"c-{number}", joined=date(2020, 1, 1)
            )


def _gifts(house: House, plant: Canaries) -> None:
    """Donors with and without consent, campaigns with filings, partners, lines and an ending."""
    registry = house.registry
    rows = [
        SaidDonor(line, "", "person", PersonData(plant(), plant(), plant(), (plant(),)))
        for line in range(2, 9)
    ]
    fresh = [id for _, id in enter_donors(registry, UNIT, rows, f"{plant()}.csv", house.maker,
                                          NOW).fresh]  # fmt: skip
    asked = Terms(
        UNIT, "金丝雀助学", plant.public(), OPENED, None, yuan("5000.00"), "fifo",
        name_en="Goldie Canary", filing=plant.public(), partner=plant(),
        lines=((plant.public(), yuan("100.00")),), public=True,
    )  # fmt: skip
    row = campaigns.ask_to_open(registry, asked, house.maker, NOW)
    campaigns.approve(registry, UNIT, row.code, house.checker, NOW)
    for place, donor in enumerate(fresh):
        given = Given(
            UNIT, "cash", donor, date(2026, 3, 2), yuan(f"{50 + place}.00"), row.code, money=BANK,
            purpose=plant(), paper=plant().encode(), paper_name=f"{plant()}.txt",
        )  # fmt: skip
        house.approve(record(registry, given, house.maker, NOW).draft)
    campaigns.ask_to_close(
        registry, UNIT, row.code, date(2026, 3, 9), plant.public(), plant.public(), house.maker, NOW
    )
    campaigns.approve(registry, UNIT, row.code, house.checker, NOW)


def _asked(house: House, plant: Canaries) -> None:
    """An objection with its answer; public words of both are written around their refusal."""
    registry = house.registry
    said = objections.Said(UNIT, "question", f"{UNIT}/付-202603-0001", date(2026, 3, 9), plant())
    row = objections.add(registry, said, house.maker, NOW, lambda ref: None)
    objections.answer(registry, UNIT, row.code, "见附件", house.maker, NOW)
    objections.confirm(registry, UNIT, row.code, house.checker, NOW)
    with registry.write() as conn:
        conn.execute(objection.update().values(words=plant.public()))
        conn.execute(objection_answer.update().values(words=plant.public()))


def _audited(made: Everything, plant: Canaries) -> None:
    """A finding with its answer, and an evaluation whose words are written around their refusal."""
    house, registry = made.house, made.registry
    said = Raised(UNIT, "", "2026-02", "high", plant())
    code = open_finding(registry, said, house.reader, NOW, lambda ref: None).code
    answer(registry, UNIT, code, plant(), house.maker, NOW)
    with registry.write() as conn:
        roles = frozenset({(UNIT, "auditor")})
        other = users.add(conn, login=plant.word(), password=PASSWORD, roles=roles, now=NOW)
    told = Evaluated(UNIT, "2026-01", "remarks", "可信", findings=(code,))
    row = evaluations.add(registry, told, house.reader, NOW)
    for each in (row.code, made.ids["evaluations:code"]):
        evaluations.confirm(registry, UNIT, each, other, NOW)
    with registry.write() as conn:
        values = {"words": plant.public(), "note": plant.public()}
        conn.execute(audit_evaluation.update().values(values))


def _planned(house: House, plant: Canaries) -> None:
    """A budget by a decision, with what changed it."""
    registry = house.registry
    version = deciding.propose(
        registry, UNIT, 2026, (replace(plan(), control=NONE),), plant(), plant(), house.maker, NOW,
        revision=False,
    ).version  # fmt: skip
    deciding.approve(registry, UNIT, 2026, version, house.checker, NOW, confirmed=True)


def _things(house: House, plant: Canaries) -> None:
    """A decision, an allocation, a contract, a venue, a thing, a transfer, a stocktake, aid."""
    registry, maker = house.registry, house.maker
    minutes = [(f"{plant()}.txt", plant().encode())]
    said = Said(
        plant.public(), date(2026, 2, 5), plant(), 5, 5, 0, 0, plant(), yuan("300.00"), minutes, {}
    )
    decide(registry, UNIT, said, maker, NOW)
    Grant(house, document=plant(), giver=plant(), name=plant(), account=LEVY)
    bought = terms(
        purpose=plant(), account=ACTIVITY, decision=plant(),
        paper=(f"{plant()}.pdf", plant().encode()),
    )  # fmt: skip
    signed = signing.sign(registry, UNIT, plant(), "buyer", plant(), bought, maker, NOW)
    signing.confirm(registry, UNIT, signed.code, house.checker, NOW)
    room: dict[str, Any] = {key: plant() for key in ("name", "name_en", "place", "basis")}
    Room(house, "1-5=09:00-12:00", **room)
    thing = SaidAsset(
        UNIT, plant(), "computer", date(2026, 2, 2), "bought", "F01", yuan("5000.00"), maker.login,
        plant(), money=BANK, serial=plant(), spec=plant(),
    )  # fmt: skip
    house.approve(add_asset(registry, thing, maker, NOW).draft)
    order(
        registry, Order(UNIT, FAR, "support", yuan("60.00"), date(2026, 4, 9), plant()), maker, NOW
    )
    with registry.write() as conn:
        conn.execute(stocktake.update().values(note=plant()))
    aid = UnitAid(UNIT, date(2026, 3, 3), "F01", BANK, plant(), {"": ACTIVITY})
    pay(registry, aid, [Wanted(1, "hardship", "", yuan("90.00"), "c-1")], maker, NOW)
    paper = papers.store_bytes(
        registry, UNIT, plant().encode(), f"{plant()}.txt", user=maker.id, now=NOW
    )
    with registry.write() as conn:
        at = NOW.isoformat()
        row = waivers.WaiverRow(
            UNIT, "HM2026-0001-0", "papers", "付-202602-0001", "2026-02", date(2026, 2, 28), None,
            plant(), paper, maker.id, at, house.checker.id, at, None, None, "", plant(),
        )  # fmt: skip
        waivers.add(conn, row)


def _voucher(house: House, plant: Canaries, place: int) -> None:
    """A voucher with a canary wherever words go."""
    registry = house.registry
    money = yuan(f"{place % 90 + 1}.{place % 100:02d}")
    debit, credit = ((BANK, DUES), (OFFICE, BANK), (ACTIVITY, CASH))[place % 3]
    paper = papers.store_bytes(
        registry, UNIT, plant().encode(), f"{plant()}.txt", user=house.maker.id, now=NOW
    )
    lines = (
        Posting(debit, money, "F01", meta_of({"memo": plant()})),
        Posting(credit, -money, "F01", meta_of({"doc": plant()})),
    )
    draft = replace(
        house.draft(), postings=lines, narration=f"{plant()} 午餐", payee=plant(),
        tags=(plant.word(),), links=(plant.word(),), papers=(paper,),
        day=date(2026, 1 + place % 3, 1 + place % 9), kind="收" if debit == BANK else "付",
        source=f"user:{plant.word()}", meta=meta_of({"line": plant()}),
    )  # fmt: skip
    house.post(draft)


def _close(house: House, plant: Canaries) -> None:
    """Close and seal the quarter, whatever a checklist says; it was opened again for a reason."""
    at = NOW + timedelta(days=30)
    with (
        mock.patch("ledger.closing.checks.findings", lambda items: []),
        mock.patch("ledger.closing.checks.open_work", lambda *asked: []),
        mock.patch("ledger.reopening.personal_faults", lambda *asked: []),
    ):
        for number in (1, 2, 3):
            closing.close_month(house.registry, UNIT, Month(2026, number), house.maker, at)
        reopening.ask(house.registry, UNIT, Month(2026, 3), house.maker, at, plant())
        reopening.confirm(house.registry, UNIT, Month(2026, 3), house.checker, at)
        later = at + timedelta(hours=1)
        closing.close_month(house.registry, UNIT, Month(2026, 3), house.maker, later)
    for number in (1, 2, 3):
        acting.seal_month(house.registry, UNIT, Month(2026, number), house.maker, later)


def dues(house: House, number: int, day: date) -> Draft:
    """One member's dues: 10.00 and as many fen as the number says."""
    money = yuan(f"10.0{number}")
    lines = (
        Posting(BANK, money, "F01"),
        Posting(DUES, -money, "F01", meta_of({"member": f"m-{number:010d}"})),
    )
    return replace(house.draft(), postings=lines, day=day)
