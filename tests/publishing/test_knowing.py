"""What the registry adds to a projection: one person's ids, companies, names in labels."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ledger.entry import Draft, Posting, meta_of
from ledger.money import Money
from ledger.period import Period
from ledger.publishing.knowing import project_unit
from ledger.registry import donors, member_merges, members, persons
from tests.house import BANK, DUES, PAYABLE, UNIT

if TYPE_CHECKING:
    from tests.house import House

MARCH = Period.parse("2026-03")
DAY = date(2026, 3, 5)


def dues(house: House, who: str, fen: int) -> None:
    given = meta_of({"member" if who.startswith("m") else "donor": who})
    lines = (Posting(BANK, Money(fen), "F01"), Posting(DUES, Money(-fen), "F01", given))
    house.post(Draft(UNIT, DAY, "收", "会费", lines))


def test_two_ids_of_one_person_count_once(house: House) -> None:
    with house.registry.write() as conn:
        ids = [
            members.add(
                conn,
                person=persons.add(
                    conn, house.registry.vault, persons.PersonData(f"测试{name}"), house.now
                ),
                unit=UNIT,
                number=str(place),
                joined=date(2026, 1, 1),
            )
            for place, name in enumerate("甲乙丙丁戊")
        ]
    for place, who in enumerate(ids):
        dues(house, who, 1_000 + place)
    assert len(project_unit(house.registry, UNIT, MARCH).groups) == 1
    with house.registry.write() as conn:
        member_merges.add(
            conn, member=ids[3], into=ids[4], since=DAY, sealed=b"", was_state="active",
            was_left=None, user=house.maker.id, now=house.now,
        )  # fmt: skip
    found = project_unit(house.registry, UNIT, MARCH)
    assert (found.groups, len(found.held)) == ((), 5)


def test_a_company_is_no_person(small_house: House) -> None:
    registry = small_house.registry
    with registry.write() as conn:
        company, person = donors.add_many(
            conn, registry.vault, UNIT,
            [
                donors.New(kind, persons.PersonData(name), consent="anonymous")
                for kind, name in ((donors.COMPANY, "示例实业公司"), (donors.PERSON, "测试庚"))
            ],
            small_house.maker.id, small_house.now,
        )  # fmt: skip
    dues(small_house, company, 70_000)
    dues(small_house, person, 80_000)
    found = project_unit(registry, UNIT, MARCH)
    assert [row.lines[0].amount.fen for row in found.rows] == [70_000]
    assert len(found.held) == 1
    text = "".join(found.texts.values())
    assert company not in text
    assert "示例实业" not in text


def test_an_account_named_after_somebody_is_published_by_its_code(small_house: House) -> None:
    name = f"{PAYABLE}:07-测试辛"
    small_house.open(name)
    lines = (Posting(BANK, Money(500), "F02"), Posting(name, Money(-500), "F02"))
    small_house.post(Draft(UNIT, DAY, "收", "暂收", lines))
    registry = small_house.registry
    assert "测试辛" in "".join(project_unit(registry, UNIT, MARCH).texts.values())
    with registry.write() as conn:
        persons.add(conn, registry.vault, persons.PersonData("测试辛"), small_house.now)
    found = project_unit(registry, UNIT, MARCH)
    assert "测试辛" not in "".join(found.texts.values()) + repr(found)
    assert [one.rule for one in found.findings] == ["name-published"]
    assert {line.account for line in found.rows[0].lines} >= {f"{PAYABLE}:07"}
