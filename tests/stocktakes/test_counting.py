"""What is frozen, what counts, and what is seen beside the list."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.money import yuan
from tests.asked import count as asked
from tests.assets.keeping import UNIT
from tests.stocktakes.counting import PLACE, Counting


def test_the_list_is_of_the_opening_day(counting: Counting) -> None:
    """What came later is not expected; what left later was."""
    keeping = counting.keeping
    first = keeping.own(acquired=date(2026, 3, 1))
    second = keeping.own(acquired=date(2026, 6, 10))
    keeping.leave("scrap", first, on=date(2026, 6, 12))
    code = counting.open(day=date(2026, 6, 5))
    shown = counting.stands(code)
    assert [one.item.asset for one in shown.compared] == [first]
    assert shown.compared[0].item.cost_fen == yuan("12000.00").fen
    (beside,) = counting.see(code, second)
    assert beside.item is not None and not beside.item.expected and beside.kinds == ()


@pytest.mark.parametrize(
    ("scope", "of", "expected"),
    [
        ("class", "computer", ["FA-00001", "FA-00003"]),
        ("class", "车辆", ["FA-00002"]),
        ("place", "车 库", ["FA-00002", "FA-00003"]),
        ("keeper", "chen", ["FA-00001", "FA-00003"]),
        ("keeper", "zhou", ["FA-00002"]),
        ("all", "", ["FA-00001", "FA-00002", "FA-00003"]),
    ],
)
def test_a_stocktake_is_of_all_or_of_a_part(
    counting: Counting, scope: str, of: str, expected: list[str]
) -> None:
    counting.keeping.own()
    counting.keeping.own(class_id="vehicle", place="车库", keeper="zhou")
    counting.keeping.own(place="车库")
    code = counting.open(scope, of)
    assert [one.item.asset for one in counting.stands(code).compared] == expected


def test_what_has_no_body_is_not_counted(counting: Counting) -> None:
    counting.keeping.own()
    counting.keeping.own(name="办公软件", class_id="software", life_months=36)
    code = counting.open()
    assert [one.item.asset for one in counting.stands(code).compared] == ["FA-00001"]


def test_the_last_scan_counts_and_all_are_kept(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    counting.see(code, asset, place="走廊")
    (again,) = counting.see(code, asset)
    assert again.again and again.kinds == ()
    counting.see(code, asset, seen=False)
    assert [one.kinds for one in counting.stands(code).compared] == [("missing",)]
    counting.see(code, asset)
    assert counting.close(code) == []
    with counting.registry.read() as conn:
        from ledger.registry import stocktakes

        assert len(stocktakes.scans(conn, UNIT, code)) == 4


def test_what_was_sold_and_is_still_there_was_found(counting: Counting) -> None:
    keeping = counting.keeping
    sold, other = keeping.own(), keeping.own()
    voucher = keeping.leave("sale", sold)
    code = counting.open()
    counting.see(code, other)
    (seen,) = counting.see(code, sold)
    assert seen.kinds == ("found",)
    (found,) = counting.close(code)
    assert (found.kind, found.asset) == ("found", sold)
    with pytest.raises(Exception, match="不在账上"):
        counting.settle(code, 1, "card", asset=sold)
    keeping.reverse(voucher, date(2026, 6, 10))
    counting.settle(code, 1, "card", asset=sold)
    assert counting.alarms() == []


def test_what_is_lent_and_stands_here_is_told_until_it_is_returned(counting: Counting) -> None:
    from ledger.assets.handing import give_back

    keeping = counting.keeping
    lent = keeping.own()
    loan = keeping.handed("loan", lent)
    code = counting.open()
    (seen,) = counting.see(code, lent)
    assert seen.kinds == ("not-away",)
    counting.close(code)
    with pytest.raises(Exception, match="尚未办结"):
        counting.settle(code, 1, "request", request=loan.code)
    give_back(counting.registry, UNIT, loan.code, date(2026, 6, 20), keeping.maker, counting.now)
    counting.settle(code, 1, "request", request=loan.code)
    assert counting.alarms() == []


def test_a_move_during_the_count_is_no_difference(counting: Counting) -> None:
    keeping = counting.keeping
    asset = keeping.own()
    code = counting.open()
    keeping.handed("move", asset, day=date(2026, 6, 2), on=date(2026, 6, 3))
    (seen,) = counting.see(code, asset, place="活动室", keeper="lin")
    assert seen.kinds == () and counting.close(code, date(2026, 6, 5)) == []


def test_the_same_person_is_one_keeper_as_member_and_as_user(counting: Counting) -> None:
    from ledger.registry import members, persons, users

    keeping = counting.keeping
    with counting.registry.write() as conn:
        vault = counting.registry.vault
        person = persons.add(conn, vault, persons.PersonData("欧阳示例"), counting.now)
        members.add(conn, person=person, unit=UNIT, number="001", joined=date(2020, 1, 1))
        users.add(
            conn, login="ouyang", password="correct horse", now=counting.now, person=person,
            roles=frozenset({(UNIT, "cashier")}),
        )  # fmt: skip
    asset = keeping.own(keeper="001")
    (seen,) = counting.see(counting.open(), asset, keeper="ouyang")
    assert seen.kinds == ()


def test_alarms_stand_in_the_register_until_they_are_settled(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    counting.find(code, "铁皮柜")
    counting.close(code)
    (alarm,) = counting.keeping.stands(asset).alarms
    assert (alarm.kind, alarm.ref) == ("missing", f"{code}/1")
    told = counting.keeping.run("asset", "list", "--json").json
    assert told["alarms"] == [f"{code}/1", f"{code}/2"]
    assert told["assets"][0]["alarms"] == [{"difference": f"{code}/1", "kind": "missing"}]
    counting.settle(code, 1, "seen", place=PLACE)
    assert counting.keeping.stands(asset).alarms == ()


def test_a_scan_costs_the_same_among_few_and_many(counting: Counting) -> None:
    keeping = counting.keeping
    keeping.own()
    code = counting.open()
    few = asked(counting.registry, lambda: counting.see(code, "1"))
    for _ in range(6):
        keeping.own()
    more = counting.open("keeper", "chen")
    many = asked(counting.registry, lambda: counting.see(more, "1"))
    assert few == many
    batch = asked(
        counting.registry, lambda: counting.see(more, *(str(number) for number in range(1, 8)))
    )
    assert batch <= many + 1


def test_a_sibling_neither_sees_nor_alters_a_stocktake(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    counting.see(code, asset)
    for part, more in (
        ("show", (code,)), ("list", ()), ("scan", (code, "1", "--place", "x")), ("close", (code,)),
        ("resolve", (code, "1", "--seen", "x")), ("approve", (code, "1")),
    ):  # fmt: skip
        told = counting.keeping.run("stocktake", part, *more, user="qian")
        assert told.status == 1 and "not-allowed" in told.err, part
        assert PLACE not in told.said


def test_what_pages_ask_is_answered_on_both_databases(counted: Counting) -> None:
    from ledger.registry import stocktakes
    from ledger.stocktakes.due import warnings

    keeping = counted.keeping
    for number in range(1, 4):
        keeping.own(place="车库" if number == 3 else PLACE)
    code = counted.open()
    counted.see(code, "1")
    counted.see(code, "1", place="走廊")
    with counted.registry.read() as conn:
        assert stocktakes.progress(conn, UNIT, code) == (3, 1)
        assert sorted(stocktakes.places(conn, UNIT, code)) == sorted([PLACE, "车库"])
        assert stocktakes.unseen_in(conn, UNIT, code, PLACE, 30) == ["FA-00002"]
        assert stocktakes.all_numbered(conn, UNIT, code, "FA-")
        recent = stocktakes.recent(conn, UNIT, code, counted.counter.id, 1)
        assert [one.place for one in recent] == ["走廊"]
        assert stocktakes.counted_since(conn, UNIT, date(2026, 1, 1), date(2027, 1, 1)) == set()
    counted.close(code)
    with counted.registry.read() as conn:
        there = stocktakes.counted_since(conn, UNIT, date(2026, 1, 1), date(2027, 1, 1))
        assert there == {"FA-00001", "FA-00002", "FA-00003"}
        assert stocktakes.last_number(conn, UNIT, 2026) == 1
    told = warnings(counted.registry, UNIT, date(2026, 6, 30))
    assert [one.rule for one in told] == ["stocktake-alarm"] and "3 项" in told[0].what.zh
    assert [one.ref for one in keeping.stands("FA-00001").alarms] == [f"{code}/1"]
