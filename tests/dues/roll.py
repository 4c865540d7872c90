"""Members of the unit ``tiny`` with what is known of them, and dues that the unit collects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ledger.dues.assessing import Assessed, assess_month
from ledger.dues.dossier import Dossier, dossier_from_json, dossier_to_json
from ledger.dues.explaining import Explanation, explain
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import claims, dues_schemes, member_facts, members, persons
from ledger.registry.claims import ClaimRow
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.persons import PersonData
from ledger.rules.facts import Base, MemberFacts, StatusSince, Stay
from tests.house import DUES, UNIT, House

MARCH = Month(2026, 3)
SINCE = date(2020, 5, 1)


@dataclass
class Roll:
    """A roll of members who pay by one rule."""

    house: House
    rule: str = "party"
    members: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.house.registry.write() as conn:
            scheme = SchemeRow(UNIT, self.rule, DUES, "F01", "HY")
            dues_schemes.put(conn, scheme, user=self.house.maker.id, now=self.house.now)

    def add(self, base: str | None = "3001", *, status: str = "staff", since: date = SINCE) -> str:
        """A member with one base from a day on; with None of whom nothing is known."""
        house = self.house
        with house.registry.write() as conn:
            number = f"{len(members.all_members(conn, UNIT)) + 1:03d}"
            data = PersonData(f"示例会员{number}")
            person = persons.add(conn, house.registry.vault, data, house.now)
            member = members.add(conn, person=person, unit=UNIT, number=number, joined=since)
        self.members.append(member)
        if base is not None:
            kind = "pension" if status == "retired" else "pay"
            bases = (Base(yuan(base).fen, since, kind),)
            self.put(MemberFacts(member, (Stay(since),), (StatusSince(status, since),), bases))
        return member

    def put(self, facts: MemberFacts) -> None:
        """A new version of what is known."""
        house = self.house
        with house.registry.write() as conn:
            member_facts.add_versions(
                conn, house.registry.vault, self.rule,
                {facts.member: dossier_to_json(Dossier(facts))}, user=house.maker.id, now=house.now,
            )  # fmt: skip

    def facts(self, member: str) -> MemberFacts:
        with self.house.registry.read() as conn:
            vault = self.house.registry.vault
            last = member_facts.of_member(conn, vault, member, self.rule)[-1]
        return dossier_from_json(member, last.text).facts

    def base(self, member: str, amount: str, since: date, decision: str = "支部决议") -> None:
        """A base that is fixed again within the year."""
        facts = self.facts(member)
        again = Base(yuan(amount).fen, since, "pay", refixed=True, decision=decision)
        self.put(replace(facts, bases=(*facts.bases, again)))

    def assess(self, month: Month = MARCH) -> Assessed:
        house = self.house
        return assess_month(house.registry, UNIT, month, house.maker, house.now)[0]

    def explain(self, member: str, month: Month = MARCH) -> Explanation:
        with self.house.registry.read() as conn:
            row = members.find(conn, member)
        assert row is not None
        return explain(self.house.registry, row, month)[0]

    def claims(self, member: str, *states: str) -> Sequence[ClaimRow]:
        with self.house.registry.read() as conn:
            rows = claims.of_member(conn, UNIT, member)
        return [row for row in rows if not states or row.state in states]
