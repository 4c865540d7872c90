"""What is refused in a stocktake, and that nothing of it is left behind."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.assets.labels import label_text
from ledger.errors import CannotRun, LedgerError, NotAllowed, Refused
from ledger.registry import oplog
from ledger.stocktakes import opening, resolving
from ledger.stocktakes.closing import close_stocktake
from ledger.stocktakes.counting import Sight, count
from ledger.stocktakes.resolving import Settled, propose
from tests.assets.keeping import NOW, SISTER, UNIT
from tests.stocktakes.counting import DAY, PLACE, Counting


def acts(counting: Counting) -> int:
    with counting.registry.read() as conn:
        return len(list(oplog.entries(conn, UNIT)))


# ---- opening -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"day": date(2026, 7, 1)}, "到今天|与今天"),
        ({"day": date(2025, 12, 31)}, "账簿开始"),
        ({"scope": "room"}, "范围为"),
        ({"scope": "place"}, "写明是哪一个"),
        ({"of": "仓库"}, "写明是哪一个"),
        ({"scope": "place", "of": "没有的地点"}, "没有在册资产"),
        ({"scope": "class", "of": "vehicle"}, "没有在册资产"),
        ({"scope": "keeper", "of": "lin"}, "没有在册资产"),
        ({"scope": "keeper", "of": "nobody"}, "没有在册资产"),
        ({"counters": ("nobody",)}, "盘点人须是"),
        ({"counters": ("qian",)}, "盘点人须是"),  # of the other unit
        ({"counters": ("admin",)}, "盘点人须是"),
    ],
)
def test_a_stocktake_that_makes_no_sense_is_not_opened(
    counting: Counting, said: dict[str, Any], match: str
) -> None:
    counting.keeping.own()
    before = acts(counting)
    with pytest.raises(Refused, match=match):
        counting.open(**said)
    assert acts(counting) == before


def test_a_unit_that_owns_nothing_counts_nothing(counting: Counting) -> None:
    with pytest.raises(Refused, match="没有在册资产"):
        counting.open()


def test_the_same_is_not_counted_twice_at_once(counting: Counting) -> None:
    counting.keeping.own()
    counting.open()
    with pytest.raises(Refused, match="尚未结束"):
        counting.open()
    counting.open("place", "办公室  301")
    with pytest.raises(Refused, match="尚未结束"):
        counting.open("place", "办公室301")


@pytest.mark.parametrize("who", ["checker", "keeper", "reader", "sister"])
def test_only_who_records_opens(counting: Counting, who: str) -> None:
    counting.keeping.own()
    user = getattr(counting.keeping, who)
    with pytest.raises(NotAllowed):
        opening.open_stocktake(counting.registry, opening.Opening(UNIT, DAY), user, NOW)


def test_one_opened_by_an_error_is_taken_back_until_something_was_seen(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    opening.withdraw(counting.registry, UNIT, code, counting.keeping.maker, NOW)
    with pytest.raises(Refused, match="withdrawn"):
        counting.see(code, asset)
    code = counting.open()
    counting.see(code, asset)
    with pytest.raises(Refused, match="已有盘点记录"):
        opening.withdraw(counting.registry, UNIT, code, counting.keeping.maker, NOW)


# ---- counting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sight", "match"),
    [
        (Sight("FA-00099", PLACE), "没有资产"),
        (Sight("张三", PLACE), "不是资产编号"),
        (Sight("", PLACE), "不是资产编号"),
        (Sight("FA-00001"), "在哪里看到"),
        (Sight(label_text(SISTER, "FA-00001"), PLACE), "另一单位的标签"),
        (Sight("FA-00001", PLACE, keeper="nobody"), "没有保管人"),
        (Sight("FA-00001", PLACE, found="铁皮柜"), "不写编号"),
        (Sight(found="铁皮柜"), "在哪里看到"),
        (Sight("FA-00002", PLACE), "尚未入账"),
    ],
)
def test_what_cannot_have_been_seen_is_not_entered(
    counting: Counting, sight: Sight, match: str
) -> None:
    """One wrong line refuses the whole batch."""
    asset = counting.keeping.own()
    counting.keeping.add()  # FA-00002: its draft waits
    code = counting.open()
    with pytest.raises(Refused, match=match):
        count(counting.registry, UNIT, code, [Sight(asset, PLACE), sight], counting.counter, NOW)
    assert counting.stands(code).looked == 0


def test_every_fault_of_a_file_is_told_with_its_line(counting: Counting, tmp_path: Path) -> None:
    counting.keeping.own()
    code = counting.open()
    file = tmp_path / "scans.csv"
    file.write_text("FA-00001\nFA-00077\n???\n", encoding="utf-8")
    told = counting.keeping.run("stocktake", "scan", code, "--file", file, "--place", PLACE)
    assert told.status == 1
    assert "FA-00077" in told.err and "不是资产编号" in told.err
    assert counting.stands(code).looked == 0


def test_a_file_without_a_code_is_refused(counting: Counting, tmp_path: Path) -> None:
    counting.keeping.own()
    code = counting.open()
    file = tmp_path / "scans.csv"
    file.write_text("编号,地点\n,仓库\n", encoding="utf-8")
    told = counting.keeping.run("stocktake", "scan", code, "--file", file)
    assert (told.status, "bad-scans" in told.err) == (1, True)


def test_who_was_not_named_does_not_count(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open(counters=())
    for user in (counting.counter, counting.keeping.keeper, counting.keeping.checker):
        with pytest.raises(NotAllowed, match="not-a-counter"):
            counting.see(code, asset, by=user)
    with pytest.raises(NotAllowed):
        counting.see(code, asset, by=counting.keeping.sister)
    counting.see(code, asset, by=counting.keeping.maker)


def test_nothing_is_entered_after_the_end(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    counting.see(code, asset)
    counting.close(code)
    with pytest.raises(Refused, match="已结束"):
        counting.see(code, asset)
    with pytest.raises(Refused, match="已结束"):
        counting.close(code)


def test_a_name_is_not_written_into_a_stocktake(counting: Counting) -> None:
    from ledger.registry import members, persons

    asset = counting.keeping.own()
    with counting.registry.write() as conn:
        vault = counting.registry.vault
        person = persons.add(conn, vault, persons.PersonData("欧阳示例"), NOW)
        members.add(conn, person=person, unit=UNIT, number="001", joined=date(2020, 1, 1))
    with pytest.raises(Refused, match="name-in-text"):
        counting.open(note="由欧阳示例负责")
    code = counting.open()
    with pytest.raises(Refused, match="name-in-text"):
        counting.see(code, asset, place="欧阳示例处")
    with pytest.raises(Refused, match="name-in-text"):
        counting.find(code, "欧阳示例的柜子")


# ---- closing -----------------------------------------------------------------------------------


def test_who_opened_or_counted_does_not_close(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open(counters=("he", "lin"))
    counting.see(code, asset)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        counting.close(code)  # lin was named to count
    with pytest.raises(NotAllowed):
        close_stocktake(
            counting.registry, UNIT, code, DAY + timedelta(4), counting.keeping.maker, NOW
        )
    found = close_stocktake(
        counting.registry, UNIT, code, DAY + timedelta(4), counting.keeping.checker, NOW
    )
    assert found == []


@pytest.mark.parametrize("day", [DAY - timedelta(1), date(2026, 7, 1)])
def test_it_ends_between_its_beginning_and_today(counting: Counting, day: date) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    counting.see(code, asset)
    with pytest.raises(Refused, match="结束日"):
        counting.close(code, day)


def test_what_nobody_looked_at_is_not_closed(counting: Counting) -> None:
    counting.keeping.own()
    code = counting.open()
    with pytest.raises(Refused, match="还没有盘点记录"):
        counting.close(code)


# ---- resolving ---------------------------------------------------------------------------------


@pytest.fixture
def alarms(counting: Counting) -> tuple[Counting, str]:
    """1: FA-00001 is missing; 2: FA-00002 in the wrong place; 3: a cupboard was found."""
    one, other = counting.keeping.own(), counting.keeping.own()
    assert (one, other) == ("FA-00001", "FA-00002")
    code = counting.open()
    counting.see(code, other, place="活动室")
    counting.find(code, "铁皮柜")
    assert len(counting.close(code)) == 3
    return counting, code


@pytest.mark.parametrize(
    ("number", "settled", "match"),
    [
        (1, Settled("lost"), "处理方式为"),
        (1, Settled("request"), "写明已办结的申请"),
        (1, Settled("request", request="ZB2026-0099-1"), "没有这项资产的申请"),
        (1, Settled("explained", note="找过了"), "须附材料"),
        (1, Settled("explained", paper=b"x"), "写明"),
        (1, Settled("card", asset="FA-00001"), "只有盘盈"),
        (1, Settled("seen", place="活动室"), "存放地点是"),
        (3, Settled("seen", place=PLACE), "盘盈须建卡"),
        (3, Settled("card", asset="FA-00099"), "没有这件实物的卡片"),
        (3, Settled("card", asset="FA-00003"), "不在账上"),
        (3, Settled("card", asset="FA-00004"), "之前就有卡片"),
    ],
)
def test_a_difference_is_not_settled_by_what_is_not_there(
    alarms: tuple[Counting, str], number: int, settled: Settled, match: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    counting, code = alarms
    if settled.asset == "FA-00003":
        counting.keeping.add(source="found", decision="决〔2026〕1号")
    if settled.asset == "FA-00004":
        settled = Settled("card", asset="FA-00002")  # it was listed, and not missed
        later = lambda *_: _opened_later(counting, code)  # noqa: E731
        monkeypatch.setattr(resolving, "known", later)
    before = counting.alarms()
    with pytest.raises(Refused, match=match):
        propose(counting.registry, UNIT, code, number, settled, counting.keeping.maker, NOW)
    assert counting.alarms() == before
    assert counting.stands(code).differences[number - 1].state == "open"


def _opened_later(counting: Counting, code: str):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(counting.row(code), made_at="2026-12-31T00:00:00+08:00")


def test_a_request_settles_only_once_it_was_carried_out(alarms: tuple[Counting, str]) -> None:
    counting, code = alarms
    keeping = counting.keeping
    waiting = keeping.ask("move", "FA-00002", day=date(2026, 6, 6))
    with pytest.raises(Refused, match="尚未办结"):
        counting.settle(code, 2, "request", request=waiting.code)
    with pytest.raises(Refused, match="没有这项资产的申请"):
        counting.settle(code, 1, "request", request=waiting.code)


def test_an_old_move_settles_nothing(counting: Counting) -> None:
    asset = counting.keeping.own()
    old = counting.keeping.handed("move", asset)
    code = counting.open()
    counting.see(code, asset, place="走廊")
    counting.close(code)
    with pytest.raises(Refused, match="清单之前已办理"):
        counting.settle(code, 1, "request", request=old.code)


def test_one_card_settles_one_find(alarms: tuple[Counting, str]) -> None:
    counting, code = alarms
    card = counting.keeping.own(source="found", decision="决〔2026〕1号", acquired=date(2026, 6, 8))
    counting.settle(code, 3, "card", asset=card)
    again = counting.open("place", PLACE, date(2026, 6, 20))
    counting.find(again, "又一个铁皮柜")
    number = len(counting.close(again, date(2026, 6, 21)))
    with pytest.raises(Refused, match="已用于"):
        counting.settle(again, number, "card", asset=card)


def test_nobody_approves_what_they_proposed_or_keep(alarms: tuple[Counting, str]) -> None:
    counting, code = alarms
    keeping = counting.keeping
    with pytest.raises(Refused, match="difference-state"):
        resolving.approve(counting.registry, UNIT, code, 1, keeping.checker, NOW)
    explained = Settled("explained", note="另行说明", paper=b"x", paper_name="x.txt")
    propose(counting.registry, UNIT, code, 1, explained, keeping.maker, NOW)
    for user in (keeping.maker, keeping.reader, keeping.sister_checker):
        with pytest.raises(NotAllowed):
            resolving.approve(counting.registry, UNIT, code, 1, user, NOW)
    with pytest.raises(Refused, match="difference-state"):
        propose(counting.registry, UNIT, code, 1, explained, keeping.maker, NOW)
    with pytest.raises(Refused, match="退回须写明理由"):
        resolving.refuse(counting.registry, UNIT, code, 1, " ", keeping.checker, NOW)
    resolving.refuse(counting.registry, UNIT, code, 1, "材料不清", keeping.checker, NOW)
    assert f"{code}/1" in counting.alarms()
    counting.settle(code, 1, "explained", note="再次说明", paper=b"y", paper_name="y.txt")
    assert f"{code}/1" not in counting.alarms()


def test_who_has_a_thing_does_not_approve_what_is_said_of_it(counting: Counting) -> None:
    asset = counting.keeping.own()
    code = counting.open()
    counting.see(code, asset, keeper="gao")
    counting.close(code)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        counting.settle(code, 1, "explained", note="暂用", paper=b"x", paper_name="x.txt")


@pytest.mark.parametrize("code", ["PD2026-0099-1", "张三", ""])
def test_a_stocktake_that_is_not_there_is_a_finding(counting: Counting, code: str) -> None:
    keeping = counting.keeping
    with pytest.raises(CannotRun, match="no-stocktake"):
        counting.see(code, "FA-00001", by=keeping.maker)
    with pytest.raises(CannotRun, match="no-stocktake"):
        counting.close(code)
    with pytest.raises(LedgerError) as told:
        counting.settle(code, 1, "explained", note="x", paper=b"x", paper_name="x.txt")
    assert "张三" not in str(told.value)


def test_a_difference_that_is_not_there_is_a_finding(alarms: tuple[Counting, str]) -> None:
    counting, code = alarms
    with pytest.raises(CannotRun, match="no-difference"):
        counting.settle(code, 9, "seen", place=PLACE)


# ---- who may do what ---------------------------------------------------------------------------

_WHO = ("zhou", "gao", "lin", "chen", "shen", "he", "admin", "qian", "sun")


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("list", {"zhou", "gao", "lin", "chen", "shen", "he"}),
        ("show", {"zhou", "gao", "lin", "chen", "shen", "he"}),
        ("open", {"zhou"}),
        ("withdraw", {"zhou"}),
        ("scan", {"zhou", "he"}),  # who records, and who was named
        ("close", {"gao", "lin"}),
        ("resolve", {"zhou"}),
        ("approve", {"gao", "lin"}),
        ("refuse", {"gao", "lin"}),
    ],
)
def test_each_act_is_for_those_who_may(counting: Counting, act: str, allowed: set[str]) -> None:
    """Everybody else is told that it is not for them, before anything is looked at."""
    counting.keeping.own()
    code = counting.open()
    words = {
        "list": (), "show": (code,), "open": (), "withdraw": (code,),
        "scan": (code, "1", "--place", PLACE), "close": (code,),
        "resolve": (code, "9", "--seen", PLACE), "approve": (code, "9"),
        "refuse": (code, "9", "--note", "x"),
    }[act]  # fmt: skip
    for who in _WHO:
        told = counting.keeping.run("stocktake", act, *words, user=who)
        refused = "not-allowed" in told.err or "not-a-counter" in told.err
        assert refused == (who not in allowed), (who, told.err)
        if refused:
            assert told.status == 1 and code not in told.out


def test_nothing_said_is_nothing_counted(counting: Counting) -> None:
    counting.keeping.own()
    told = counting.keeping.run("stocktake", "scan", counting.open())
    assert told.status == 1 and "没有写看到了什么" in told.err


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("open", "--scope", "room"), "usage"),
        (("open", "--on", "2026-13-01"), "usage"),
        (("scan", "PD2026-0001-0", "1", "--worth", "x"), "usage"),
        (("scan", "PD2026-0001-0", "1", "--photo", "/nowhere.png"), "bad-paper"),
        (("scan", "PD2026-0001-0", "--file", "/nowhere.csv"), "no-file"),
        (("resolve", "PD2026-0001-0", "1"), "usage"),
        (("resolve", "PD2026-0001-0", "1", "--seen", "x", "--asset", "y"), "usage"),
        (("resolve", "PD2026-0001-0", "x", "--seen", "x"), "usage"),
        (("approve", "PD2026-0001-0"), "usage"),
        (("show", "PD2026-0009-9"), "no-stocktake"),
    ],
)
def test_what_is_written_wrong_is_a_finding(
    counting: Counting, words: tuple[str, ...], rule: str
) -> None:
    counting.keeping.own()
    counting.open()
    told = counting.keeping.run("stocktake", *words)
    assert told.status in (1, 2) and f"[{rule}]" in told.err, told.err
    assert "Traceback" not in told.err
