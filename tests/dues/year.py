"""A year of units for tests: joiners, leavers, a rate that rises in July, payments of all kinds.

Seeded: the same year each time. Payments are vouchers of the real posting path, taken as cash; some
are reversed, some withdrawn, credits are paid back, dues are given up and owed again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from ledger import reversing, workflow
from ledger.dues import cash, writing_off
from ledger.dues.assessing import assess_month
from ledger.dues.credits import held_by
from ledger.dues.dossier import Dossier, dossier_to_json
from ledger.dues.receiving import Payment
from ledger.entry import Voucher
from ledger.errors import Refused
from ledger.founding import declare_fund, open_accounts
from ledger.journal import open_pen
from ledger.money import Money
from ledger.period import Month
from ledger.registry import (
    User,
    claims,
    dues_schemes,
    entries,
    member_facts,
    members,
    persons,
    units,
    users,
)
from ledger.registry.claims import DUES as KIND
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.persons import PersonData
from ledger.rules.facts import Base, MemberFacts, StatusSince, Stay
from tests.house import CASH, DUES, PASSWORD, House

OPENED = date(2026, 1, 1)
RULE = "union-member"
_SHIPPED = Path(__file__).parents[2] / "ledger/rules/data/union.toml"


def local_rate() -> str:
    """The federation's own table: from July on the rate is 0.6 %."""
    first = _SHIPPED.read_text(encoding="utf-8").split("[[table]]")[1]
    return "[[table]]" + (
        first.replace('id = "union-dues"', 'id = "higher-dues"')
        .replace('version = "1978"', 'version = "2026"')
        .replace("issued = 1978-11-13", "issued = 2026-05-01")
        .replace("effective_from = 1978-11-13", "effective_from = 2026-07-01")
        .replace('rate = "0.005"', 'rate = "0.006"')
    )


@dataclass
class Year:
    """``units`` units with ``members`` members in all; ``acts`` are done to each in each month."""

    house: House
    units: int
    members: int
    acts: int
    draw: random.Random = field(default_factory=lambda: random.Random(20260101))
    who: dict[str, list[str]] = field(default_factory=dict)
    posted: dict[str, list[Voucher]] = field(default_factory=dict)
    people: list[User] = field(default_factory=list)

    def build(self) -> None:
        house = self.house
        (house.registry.folder / "rules").mkdir()
        path = house.registry.folder / "rules" / "higher.toml"
        path.write_text(local_rate(), encoding="utf-8")
        roles = (("maker", "treasurer"), ("first", "checker"), ("second", "checker"))
        with house.registry.write() as conn:
            self.people = [
                users.add(
                    conn, login=f"year-{login}", password=PASSWORD,
                    roles=frozenset({("*", role)}), now=house.now,
                )
                for login, role in roles
            ]  # fmt: skip
            for place in range(self.units):
                units.add(
                    conn, unit=f"u{place:02d}", name=f"第{place}工会（示例）",
                    name_en=f"Union {place}", chart="union-2021-basic", opened=OPENED,
                    limit_fen=10_000_00, upper=None,
                )  # fmt: skip
        for place in range(self.units):
            self._unit(f"u{place:02d}", self.members // self.units)

    def _unit(self, unit: str, count: int) -> None:
        house, draw = self.house, self.draw
        with open_pen(house.registry, unit, house.now) as pen:
            open_accounts(
                pen,
                [
                    entries.AccountRow(name, name, "CNY", False, OPENED, None)
                    for name in (CASH, DUES)
                ],
            )
            declare_fund(pen, entries.FundRow("F01", "会费", "Fund", "none", "示例", OPENED, None))
        texts = {}
        with house.registry.write() as conn:
            vault = house.registry.vault
            dues_schemes.put(
                conn, SchemeRow(unit, RULE, DUES, "F01", "HY"), user=self.people[0].id,
                now=house.now,
            )  # fmt: skip
            for place in range(count):
                person = persons.add(conn, vault, PersonData(f"示例{unit}{place}"), house.now)
                since = date(2020, 5, 1)
                if draw.random() < 0.1:
                    since = OPENED + timedelta(days=draw.randrange(300))
                end = since + timedelta(days=draw.randrange(30, 300))
                stay = Stay(since, end if end > OPENED and draw.random() < 0.5 else None)
                member = members.add(
                    conn, person=person, unit=unit, number=f"{place:04d}", joined=since
                )
                bases = [Base(draw.randrange(2000_00, 9000_00), since, "pay")]
                if draw.random() < 0.15:
                    changed = max(since, date(2026, draw.randrange(2, 12), 1)) + timedelta(days=1)
                    bases.append(
                        Base(draw.randrange(2000_00, 9000_00), changed, "pay", True, "决议")
                    )
                facts = MemberFacts(member, (stay,), (StatusSince("staff", since),), tuple(bases))
                texts[member] = dossier_to_json(Dossier(facts))
            member_facts.add_versions(
                conn, vault, RULE, texts, user=self.people[0].id, now=house.now
            )
        self.who[unit], self.posted[unit] = list(texts), []

    def live(self) -> None:
        """Twelve months of all units."""
        for month in range(1, 13):
            self.house.now = self.house.now.replace(month=month, day=28)
            for unit in self.who:
                assess_month(self.house.registry, unit, Month(2026, month), self.people[0],
                             self.house.now, RULE)  # fmt: skip
                for _ in range(self.acts):
                    try:
                        self._act(unit, date(2026, month, self.draw.randrange(1, 28)))
                    except Refused as refused:
                        rules = {found.rule for found in refused.findings}
                        assert rules <= {"credit-refunded", "reversal", "no-credit"}, rules

    def _act(self, unit: str, day: date) -> None:
        draw, registry = self.draw, self.house.registry
        member = draw.choice(self.who[unit])
        with registry.read() as conn:
            rows = claims.of_member(conn, unit, member)
            held = held_by(conn, unit, member)
        owed = [row for row in rows if row.kind == KIND and row.state == claims.OPEN]
        kind = draw.random()
        if kind < 0.08 and held:
            fen = draw.randrange(1, sum(row.fen for row in held) + 1)
            with registry.read() as conn:
                row = members.find(conn, member)
            assert row is not None
            self._post(unit, cash.refund(
                registry, unit, row.number, fen, CASH, self.people[0], self.house.now, day=day
            ))  # fmt: skip
        elif kind < 0.18 and self.posted[unit]:
            self._reverse(unit, draw.choice(self.posted[unit]))
        elif kind < 0.22 and owed:
            self._give_up(unit, draw.choice(owed).code)
        else:
            self._pay(unit, member, sum(row.fen for row in owed), day)

    def _pay(self, unit: str, member: str, owed: int, day: date) -> None:
        """In part, in full, above, or where nothing is owed at all."""
        amount = self.draw.choice((owed, owed, owed // 3, owed + 12_34, 2 * owed, 50_00)) or 9_99
        payment = Payment(member, Money(amount), day)
        taken = cash.take(self.house.registry, unit, payment, CASH, self.people[0], self.house.now)
        if self.draw.random() < 0.08:
            workflow.withdraw(self.house.registry, taken.draft, self.people[0], self.house.now)
        else:
            self._post(unit, taken.draft)

    def _post(self, unit: str, draft: str) -> None:
        done = workflow.approve(self.house.registry, draft, self.people[1], self.house.now)
        assert isinstance(done, Voucher)
        self.posted[unit].append(done)

    def _reverse(self, unit: str, voucher: Voucher) -> None:
        house = self.house
        day = max(voucher.draft.day, house.now.date())
        draft = reversing.reverse(
            house.registry, unit, voucher.number, self.people[0], house.now, day=day, reason="误"
        )
        workflow.approve(house.registry, draft, self.people[1], house.now)
        self.posted[unit].remove(voucher)

    def _give_up(self, unit: str, claim: str) -> None:
        registry, now = self.house.registry, self.house.now
        code = writing_off.propose(
            registry, unit, claim, self.people[0], now, reason="失联", decision="8号"
        )
        for user in self.people[1:]:
            writing_off.approve(registry, unit, code, user, now)
        if self.draw.random() < 0.3:
            writing_off.reopen(registry, unit, code, self.people[0], now, "补交")
