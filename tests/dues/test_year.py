"""The law of collection over a year: for every member, unit and month, and equal to the books."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date

from ledger.dues.arrears import arrears_on
from ledger.registry import assessments, claims, receipts
from tests.dues.till import every_claim, prove
from tests.dues.year import RULE, Year
from tests.house import House

#: The whole year is 2,600 members in 16 units; MINGBAI_WHOLE_YEAR=1 lives it.
WHOLE = os.environ.get("MINGBAI_WHOLE_YEAR") == "1"


def test_a_year_adds_up_for_every_member_unit_and_month_and_equals_the_books(
    small_house: House,
) -> None:
    year = Year(small_house, *((16, 2_600, 40) if WHOLE else (2, 20, 8)))
    year.build()
    year.live()
    kinds: Counter[tuple[str, str]] = Counter()
    for unit in year.who:
        with small_house.registry.read() as conn:
            sums = prove(conn, RULE, unit)
            kinds.update((row.kind, row.state) for row in every_claim(conn, unit))
            given = receipts.of_unit(conn, unit, 2026)
            rates = {
                row.table_key.partition("@")[0]
                for member in year.who[unit]
                for row in assessments.of_member(conn, small_house.registry.vault, member)
            }
        assert len(rates) == 2, rates  # the rate rose in July
        assert [row.number for row in given] == list(range(1, len(given) + 1))
        found = arrears_on(small_house.registry, unit, date(2026, 12, 31))
        told = {
            "assessed": sum(line.assessed for line in found.months),
            "collected": sum(line.collected for line in found.months),
            "used": sum(line.used for line in found.months),
            "off": sum(line.off for line in found.months),
            "owed": sum(found.ages),
            "held": found.held,
        }
        assert told == {name: sums.get(name, 0) for name in told}
        assert told["collected"] + told["used"] + told["held"] == sums["book"]
    # The year is no calm one: everything that can become of a claim has become of some.
    wanted = {("dues", claims.OPEN), ("dues", claims.PAID), ("dues", claims.WRITTEN_OFF),
              ("prepaid", claims.CREDIT), ("prepaid", claims.USED)}  # fmt: skip
    assert wanted <= kinds.keys()
