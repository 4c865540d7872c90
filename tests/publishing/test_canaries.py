"""Names, telephones, cards and identity numbers planted in every field: none is published.

The suite plants a thousand, ``make canaries`` ten thousand.
"""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.entry import CLASSES, Draft, Posting, meta_of
from ledger.money import Money
from ledger.period import Period
from ledger.privacy import luhn
from ledger.publishing.projecting import project
from tests.publishing.books import ACCOUNTS, AID, BANK, DUES, FUNDS, GIFTS, OPENED, SPORTS, UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY = int(os.environ.get("MINGBAI_CANARIES", "1000"))
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "燁翀犇骉淼焱垚鑫麤猋羴鱻瞐嘂歮毳磊矗"


def canaries(draw: random.Random) -> Iterator[str]:
    """Names of rare characters that no label has, and numbers of every kind."""
    while True:
        yield draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(GIVEN)
        yield f"1{draw.randrange(3, 10)}{draw.randrange(10**9):09d}"
        card = f"6222{draw.randrange(10**14):014d}"
        yield card + next(digit for digit in "0123456789" if luhn(card + digit))
        yield f"1101051949123{draw.randrange(10**4):04d}X"
        yield f"canary{draw.randrange(10**9):09d}@example.org"


def test_none_is_published(tmp_path: Path) -> None:
    draw = random.Random(20260301)
    source = canaries(draw)
    planted: list[str] = []

    def plant() -> str:
        planted.append(next(source))
        return planted[-1]

    def word() -> str:
        """One that tags and links hold: short ASCII without an at."""
        planted.append(f"zhang{draw.randrange(10**12):012d}")
        return planted[-1]

    book = BookWriter(tmp_path, UNIT, OPENED)
    named = f"Liabilities:215-其他应付款:02-{(first := plant())}"
    book.found(
        (*ACCOUNTS, AccountLine(named, plant())),
        (*FUNDS, FundLine("F09", plant())),
        name=f"{plant()}工会",
    )
    place = 0
    while len(planted) < MANY:
        place += 1
        amount = Money(draw.randrange(1, 10**6))
        who = {
            0: meta_of({"member": f"m-{draw.randrange(40):010d}"}),
            1: meta_of({"donor": f"d-{draw.randrange(40):010d}", "gift": "JZ2026-0001-7"}),
        }.get(place % 4, ())
        other = (DUES, GIFTS, SPORTS, AID, named)[place % 5]
        lines = (
            Posting(BANK, amount, "F01", meta_of({"memo": plant()})),
            Posting(other, -amount, "F01", tuple(sorted((*who, ("doc", plant()))))),
        )
        book.post(
            Draft(
                UNIT, OPENED + timedelta(days=place % 300), CLASSES[place % 3], plant(), lines,
                payee=plant(), tags=(word(),), links=(word(),), source=f"user:{plant()}",
                meta=tuple(sorted((("decision", plant()), ("line", plant())))),
            )
        )  # fmt: skip
    folder = book.save()
    assert all(text in _all_text(folder) for text in planted)

    names = set(planted)
    for period in ("2025-Q1", "2025"):
        found = project(
            tmp_path, UNIT, Period.parse(period),
            named=lambda text: any(name in text for name in names),
        )  # fmt: skip
        told = "".join(found.texts.values()) + repr(found)
        assert found.rows
        assert found.groups
        assert [text for text in planted if text in told] == []
        assert {word for finding in found.findings for word in ("F09", first)} == {"F09", first}
        assert first not in repr(found.findings)
    assert date(2025, 12, 31) >= found.groups[-1].day


def _all_text(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.bean"))
