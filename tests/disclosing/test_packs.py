"""Packs that were published: every version stays, a correction explains itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.disclosing.packs import Pack, next_version, packs_of, record_pack
from ledger.errors import NotAllowed, Refused
from ledger.period import Period
from ledger.registry import oplog
from ledger.registry.packs import PackRow
from tests.gifts.giving import UNIT, Giving

QUARTER = Period.parse("2026-Q1")
ROOT = "a" * 64


def publish(giving: Giving, version: int = 1, **changed: Any) -> PackRow:
    facts: dict[str, Any] = {
        "unit": UNIT, "period": QUARTER, "audience": "public", "version": version,
        "digest": f"{version}" * 64, "seal_size": 12, "seal_root": ROOT, "day": date(2026, 4, 9),
    }  # fmt: skip
    if version > 1:
        facts |= {"supersedes": version - 1, "explanation": "第二版改正一处科目"}
    pack = Pack(**{**facts, **changed})
    return record_pack(giving.registry, pack, giving.maker, giving.now)


def test_a_correction_is_the_next_version_and_the_old_one_stays(given: Giving) -> None:
    assert next_version(given.registry, UNIT, QUARTER, "public") == 1
    publish(given)
    assert next_version(given.registry, UNIT, QUARTER, "public") == 2
    assert next_version(given.registry, UNIT, QUARTER, "members") == 1
    publish(given, 2)
    rows = packs_of(given.registry, UNIT)
    assert [(row.version, row.supersedes, row.digest[0], row.explanation) for row in rows] == [
        (1, None, "1", ""), (2, 1, "2", "第二版改正一处科目"),
    ]  # fmt: skip
    assert (rows[0].first, rows[0].last) == (date(2026, 1, 1), date(2026, 3, 31))
    with given.registry.read() as conn:
        acts = [one for one in oplog.entries(conn) if one.action == "pack.publish"]
    assert [one.object for one in acts] == ["2026-Q1 public v1", "2026-Q1 public v2"]


def test_a_rebuild_of_the_same_pack_is_the_one_that_is_there(giving: Giving) -> None:
    first = publish(giving)
    assert publish(giving, day=date(2026, 5, 1)) == first
    assert len(packs_of(giving.registry, UNIT)) == 1


@pytest.mark.parametrize(
    ("version", "changed", "told"),
    [
        (1, {"digest": "b" * 64}, "it stays as it is"),
        (3, {}, "the next version is 2"),
        (2, {"supersedes": None}, "which version it supersedes"),
        (2, {"explanation": "  "}, "a correction is explained"),
        (2, {"explanation": "长" * 301}, "up to 300"),
        (2, {"day": date(2026, 4, 8)}, "no earlier"),
        (2, {"day": date(2026, 7, 1)}, "from 2026-03-31 to today"),
        (2, {"day": date(2026, 3, 30)}, "from 2026-03-31 to today"),
        (2, {"digest": "B" * 64}, "64 small hex"),
        (2, {"seal_root": "x"}, "64 small hex"),
        (2, {"seal_size": 0}, "one entry or more"),
        (1, {"audience": "superior"}, "members or public"),
    ],
)
def test_what_does_not_follow_is_refused(
    giving: Giving, version: int, changed: dict[str, Any], told: str
) -> None:
    publish(giving)
    with pytest.raises(Refused, match=told):
        publish(giving, version, **changed)
    assert len(packs_of(giving.registry, UNIT)) == 1


def test_an_explanation_names_nobody(giving: Giving) -> None:
    giving.donor("欧阳文远")
    publish(giving)
    with pytest.raises(Refused, match="name-in-text") as refusal:
        publish(giving, 2, explanation="欧阳文远的一笔改正")
    assert "欧阳文远" not in str(refusal.value)


def test_only_who_records_there_publishes(giving: Giving) -> None:
    for user in (giving.reader, giving.checker):
        giving.maker = user
        with pytest.raises(NotAllowed):
            publish(giving)


def test_they_are_listed_with_what_was_published(giving: Giving) -> None:
    publish(giving)
    publish(giving, 2)
    told = giving.run("disclosure", "list", "--json", user="shen")
    assert [(one["version"], one["supersedes"]) for one in told.json["packs"]] == [
        (1, None),
        (2, 1),
    ]
    assert "更正 corrects v1" in giving.run("disclosure", "list", user="shen").out
