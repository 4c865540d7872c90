"""The demonstration's roll: what is known of its members, and the months they are assessed for.

January and February were collected before the books were taken over: their vouchers name the
claims that they paid. March is collected as the month goes on.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.cli.demo.start import DUES
from ledger.dues.assessing import Assessed, assess_month
from ledger.dues.dossier import Dossier, dossier_to_json
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.period import Month
from ledger.registry import claims, dues_schemes, member_facts
from ledger.registry.dues_schemes import SchemeRow
from ledger.rules.facts import Base, MemberFacts, StatusSince, Stay

if TYPE_CHECKING:
    from ledger.cli.demo.facts import Facts
    from ledger.registry import Registry, User

RULE: Final = "union-member"
PREFIX: Final = "HY"
MONTHS: Final = (Month(2026, 1), Month(2026, 2), Month(2026, 3))


def enter_roll(registry: Registry, facts: Facts, user: User, now: datetime) -> None:
    """What each member is and earns, and where the unit enters their dues."""
    texts = {
        one.id: dossier_to_json(
            Dossier(
                MemberFacts(
                    one.id,
                    (Stay(one.joined),),
                    (StatusSince("staff", one.joined),),
                    (Base(one.monthly_base.fen, one.joined),),
                )
            )
        )
        for one in facts.members
    }
    with registry.write() as conn:
        scheme = SchemeRow(facts.id, RULE, DUES, "F01", PREFIX)
        dues_schemes.put(conn, scheme, user=user.id, now=now)
        member_facts.add_versions(conn, registry.vault, RULE, texts, user=user.id, now=now)


def assess(registry: Registry, unit: str, user: User, now: datetime) -> list[Assessed]:
    """January to March; the claims that the taken-over vouchers name are paid on their days."""
    done = [assess_month(registry, unit, month, user, now)[0] for month in MONTHS]
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        paid: dict[date, list[str]] = defaultdict(list)
        for line in model.lines(accounts=[DUES]):
            paid[line.day] += [value for key, value in line.meta if key == "claim"]
    finally:
        model.close()
    with registry.write() as conn:
        for day, codes in paid.items():
            claims.set_state(conn, unit, codes, claims.PAID, day)
    return done
