"""A month of dues as a unit lives it: facts read, members assessed, all of it stored and claimed.

Each run assesses a month of its own, so that none finds its work done; then the last one is
assessed again, when nothing is left to enter.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from ledger import clock, rebuild
from ledger.cli.bench.books import ACCOUNTS, UNIT, write_random_book
from ledger.cli.bench.median import median
from ledger.dues.assessing import assess_month
from ledger.dues.dossier import Dossier, dossier_to_json
from ledger.period import Month
from ledger.registry import Registry, User, dues_schemes, member_facts, members, persons, users
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.members import ACTIVE, MemberRow
from ledger.registry.persons import PersonData
from ledger.rules.facts import MemberFacts

_FIRST = Month(2026, 7)


def measure_month(facts: Sequence[MemberFacts], runs: int) -> tuple[str, str]:
    """Medians of assessing a month for the first time, and of assessing it again."""
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.create(Path(folder) / "bench", id="bench", name="测量")
        try:
            now = clock.now()
            user = _fill(registry, facts, now)
            months = [_FIRST]
            while len(months) < runs:
                months.append(months[-1].next())
            waiting = iter(months)
            first = median(lambda: assess_month(registry, UNIT, next(waiting), user, now), runs)
            again = median(lambda: assess_month(registry, UNIT, months[-1], user, now), runs)
        finally:
            registry.close()
    return first, again


def _fill(registry: Registry, facts: Sequence[MemberFacts], now: datetime) -> User:
    """A unit whose members these are, and its treasurer."""
    write_random_book(registry.folder, 100)
    rebuild.journal_from_text(registry, UNIT, "u-BENCH00000", now)
    with registry.write() as conn:
        user = users.add(
            conn, login="maker", password="measured only", now=now,  # noqa: S106
            roles=frozenset({(UNIT, "treasurer")}),
        )  # fmt: skip
        scheme = SchemeRow(UNIT, "party", ACCOUNTS[6].name, "F01", "HY")
        dues_schemes.put(conn, scheme, user=user.id, now=now)
        named = [PersonData(f"示例{place}") for place in range(len(facts))]
        known = persons.add_many(conn, registry.vault, named, now)
        rows = members.add_many(
            conn,
            [
                MemberRow("", person, UNIT, f"{place:06d}", ACTIVE, date(2020, 1, 1), None)
                for place, person in enumerate(known)
            ],
        )
        texts = {
            row.id: dossier_to_json(Dossier(one)) for row, one in zip(rows, facts, strict=True)
        }
        member_facts.add_versions(conn, registry.vault, "party", texts, user=user.id, now=now)
    return user
