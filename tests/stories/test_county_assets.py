"""What the county keeps for long: entered, worn, moved and gone, and the ledger says the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import convert
from beancount.core.data import Transaction

from ledger.account import account_code
from ledger.assets import tie_out
from ledger.assets.standing import AssetStanding, overdue, register
from ledger.assets.suspects import suspects
from ledger.cli.demo.county.asset_totals import ASSETS
from ledger.cli.demo.county.facts import WHOLE, read_county
from ledger.cli.demo.county.things import counted
from ledger.layout import unit_folder
from ledger.money import total, yuan
from ledger.period import Month, Period
from ledger.registry import Registry, asset_requests, decisions, units, users
from ledger.rules import rulebook
from ledger.rules.assets import AssetTable
from ledger.stocktakes.standing import closed_in
from ledger.venues.sharing import divide
from ledger.venues.standing import booked, stands

#: One process builds what these tests look at, and runs them all.
pytestmark = pytest.mark.xdist_group("county")

_GOLDEN = Path(__file__).parent / "golden"
_LAST = date(2026, 4, 30)
_YEAR = (date(2026, 1, 1), date(2027, 1, 1))
_MONTHS = [Month(2025, 12), *(Month(2026, number) for number in range(1, 5))]
#: Things at cost, and intangible ones; what was depreciated of both.
_COST, _WORN = ("162", "171"), ("163", "172")


@pytest.fixture(scope="module")
def county(small_county: Path) -> Iterator[Registry]:
    registry = Registry.open(small_county)
    yield registry
    registry.close()


@pytest.fixture(scope="module")
def everyone(county: Registry) -> list[str]:
    with county.read() as conn:
        return [row.id for row in units.all_units(conn)]


@pytest.fixture(scope="module")
def every(county: Registry, everyone: list[str]) -> dict[str, list[AssetStanding]]:
    return {unit: register(county, unit, _LAST) for unit in everyone}


def test_the_totals_of_assets_are_those_that_are_committed(county: Registry) -> None:
    told = (county.folder / ASSETS).read_text(encoding="utf-8")
    assert told == (_GOLDEN / "county-small-assets.txt").read_text("utf-8")


def test_register_and_ledger_tie_in_every_unit_and_every_month(
    county: Registry, everyone: list[str]
) -> None:
    assert len(everyone) == 22
    for unit in everyone:
        for month in _MONTHS:
            assert tie_out.faults(county, unit, month) == [], (unit, month)


def test_each_class_is_what_beancount_adds_up_by_itself(
    county: Registry, everyone: list[str]
) -> None:
    """By the lots in the text: what is there at each month's end, and what was worn of it."""
    for unit in everyone:
        lines = list(_things(county, unit))
        for month in _MONTHS:
            found = register(county, unit, month.period.last)
            kinds = {one.row.code: one.row.class_id for one in found}
            held: dict[tuple[str, str], int] = defaultdict(int)
            for day, what, code, fen in lines:
                if day <= month.period.last:
                    held[what, kinds[code]] += fen
            ties = {one.class_id: one for one in tie_out.by_class(found)}
            for kind in kinds.values():
                tie = ties.get(kind)
                said = (tie.register_fen, -tie.worn_fen) if tie else (0, 0)
                assert (held["cost", kind], held["worn", kind]) == said, (unit, month, kind)


def _things(county: Registry, unit: str) -> Iterator[tuple[date, str, str, int]]:
    """Day, what, asset and fen of every posting on accounts of things, as Beancount reads them."""
    entries, errors, _ = loader.load_file(str(unit_folder(county.folder, unit) / "book.bean"))
    assert errors == []
    for entry in entries:
        for line in entry.postings if isinstance(entry, Transaction) else ():
            code, weight = account_code(line.account), convert.get_weight(line)  # type: ignore[no-untyped-call]
            fen = int(weight.number * 100)
            if code in _COST:
                assert line.units is not None
                yield entry.date, "cost", line.units.currency, fen
            elif code in _WORN:
                assert line.meta is not None
                yield entry.date, "worn", line.meta["asset"], fen


def test_the_clean_county_has_no_suspects(county: Registry, everyone: list[str]) -> None:
    assert [found for unit in everyone for found in suspects(county, unit, _LAST)] == []


def test_every_group_and_source_of_the_rule_is_there(
    county: Registry, every: dict[str, list[AssetStanding]]
) -> None:
    book, _ = rulebook.load(county.folder, "xian")
    (table,) = [
        one for one in book.tables
        if isinstance(one, AssetTable) and one.head.rule == "union-2021"
    ]  # fmt: skip
    found = [one for of in every.values() for one in of]
    assert {one.group for one in found} == {kind.group for kind in table.classes}
    assert {one.row.source for one in found} == {
        "bought", "built", "found", "gift", "granted", "memo", "moved-in",
    }  # fmt: skip
    assert {one.row.ownership for one in found} == {"unit", "state", "employer", "other"}
    assert {one.state for one in found} >= {"in-use", "lent", "leased", "repairing", "gone"}
    assert {one.row.method for one in found} == {"", "straight-line", "units"}
    assert sorted(one.cost_fen for one in found if one.group == "relics") == [100, 520_000]


def test_what_was_bought_when_the_year_was_over_still_waits(county: Registry) -> None:
    found = register(county, "xian", date(2026, 5, 4))
    assert [one.row.name for one in found if one.state == "waiting"] == ["便携式计算机"]


def test_the_hall_has_parts_and_the_service_car_wears_by_what_it_is_driven(
    every: dict[str, list[AssetStanding]],
) -> None:
    by_name = {one.row.name: one for one in every["xian"]}
    hall = by_name["职工活动中心楼"]
    parts = {one.row.name for one in every["xian"] if one.row.parent == hall.row.code}
    assert parts == {"活动中心电梯", "礼堂中央空调", "礼堂座椅一批", "舞台灯光一套"}
    driven = 1860 + 2140 + 3320 + 2975
    assert by_name["流动服务车"].worn_fen == round(18_600_000 * driven / 300_000)
    assert by_name["活动中心用地"].worn_fen == 0


def test_nothing_moved_without_a_decision_and_nobody_approved_their_own(county: Registry) -> None:
    with county.read() as conn:
        names = [row.id for row in units.all_units(conn)]
        found = [row for unit in names for row in asset_requests.of_unit(conn, unit)]
        decided = {unit: {row.number for row in decisions.of_unit(conn, unit)} for unit in names}
    assert {row.kind for row in found} == {
        "estimate", "lease", "loan", "move", "repair", "sale", "scrap", "transfer",
    }  # fmt: skip
    for row in found:
        assert row.decision in decided[row.unit]
        assert row.checker and row.checker != row.maker
        assert row.kind == "estimate" or row.state == "refused" or row.sign_paper
    (refused,) = [row for row in found if row.state == "refused"]
    assert refused.kind == "sale" and refused.note


def test_the_sale_that_was_refused_left_the_car_where_it_was(
    county: Registry, every: dict[str, list[AssetStanding]]
) -> None:
    (car,) = [one for one in every["xian"] if one.row.name == "公务用车"]
    assert (car.state, car.open, car.cost_fen) == ("in-use", None, 16_800_000)


def test_a_transfer_is_in_both_registers_at_what_it_was_still_worth(
    every: dict[str, list[AssetStanding]],
) -> None:
    (there,) = [one for one in every["xian"] if one.row.name == "高速扫描仪"]
    (here,) = [one for one in every["zhen-bei"] if one.row.name == "高速扫描仪"]
    assert (there.state, here.state, here.row.source) == ("gone", "in-use", "moved-in")
    assert (there.row.cost_fen, here.cost_fen) == (860_000, 860_000)  # it came and went in a month


def test_the_projector_that_is_not_back_is_overdue(every: dict[str, list[AssetStanding]]) -> None:
    (late,) = overdue(every["xian"])
    assert (late.row.name, str(late.until), late.overdue_days) == (
        "礼堂工程投影机", "2026-04-20", 10,
    )  # fmt: skip


def test_a_stocktake_finds_what_stood_elsewhere_and_another_closes_it(county: Registry) -> None:
    (stood,) = closed_in(county, "zhen-bei", date(2026, 4, 1), _LAST)
    assert (stood.expected, stood.looked, stood.alarms) == (11, 11, 0)
    (one,) = stood.differences
    assert (one.row.kind, one.row.seen_place, one.state) == ("wrong-place", "会议室", "resolved")
    assert one.last is not None and one.last.maker != one.last.checker
    assert stood.row.checker not in (stood.row.maker, *stood.row.counters.split())


def test_the_hall_is_shared_by_a_key_and_its_cost_divides_whole(county: Registry) -> None:
    (hall,) = stands(county, "xian", Period(date(2026, 1, 1), date(2026, 5, 1)))
    with county.read() as conn:
        (shen,) = [user for user in users.all_users(conn) if user.login == "shen"]
    assert hall.facts.asset == register(county, "xian", _LAST, [hall.facts.asset or ""])[0].row.code
    shared = [user for user in hall.key if user != "xian"]
    assert len(shared) == 3 and sum(hall.key.values()) == 1
    assert all(tally.uses for user, tally in hall.by_user().items())
    cost, period = yuan("36000.01"), Period.parse("2026-04")
    shares = divide(county, "xian", hall.row.code, cost, period, shen)
    assert len(shares) == 4 and total(one.amount for one in shares) == cost
    states = Counter(one.state for one in booked(county, "xian", None, *_YEAR))
    assert states == {"used": 14, "cancelled": 1, "no-show": 1}


def test_what_an_employer_owns_is_a_venue_for_memory_only(county: Registry) -> None:
    (library,) = stands(county, "jixie", Period(date(2026, 1, 1), date(2026, 5, 1)))
    assert library.facts.is_memo and library.facts.asset is None
    assert library.used.uses == 4 and library.benefit.minutes == library.used.minutes


# ---- the whole year ----------------------------------------------------------------------------


def test_the_county_keeps_a_hundred_and_sixty_assets() -> None:
    assert counted(read_county(WHOLE).assets) == 160


def test_the_years_totals_as_they_are_committed_add_up() -> None:
    """What ``make county`` compares with is itself whole: to the fen."""
    text = (_GOLDEN / "county-assets.txt").read_text("utf-8")
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    said: dict[str, list[int]] = {}
    for line in text.split("\n\n")[0].splitlines()[1:]:
        *head, count, cost, worn, net = line.split("  ")
        row = [int(count), *(yuan(one).fen for one in (cost, worn, net))]
        assert row[3] == row[1] - row[2]
        if head[-1] == "合计 total":
            said[head[0]] = row
            continue
        for name in (head[0], "合计 total"):
            totals[name] = [a + b for a, b in zip(totals[name], row, strict=True)]
    assert said == totals and len(said) == 23
    assert said["合计 total"][0] == 159  # and one that waits since the year was over


def test_six_disposals_were_asked_for_and_one_was_refused() -> None:
    text = (_GOLDEN / "county-assets.txt").read_text("utf-8")
    asked = _section(text, "申请 requests")
    left = [row[2:4] for row in asked if row[2] in ("donation", "loss", "sale", "scrap")]
    assert sorted(left) == [
        ["donation", "done"], ["loss", "done"], ["sale", "done"], ["sale", "done"],
        ["sale", "refused"], ["scrap", "done"],
    ]  # fmt: skip
    gone = _section(text, "处置 disposals")
    assert ["xian", "sale", "AMBULANCE", "J04", "215000.00"] in gone  # in its own fund
    assert ["zhen-bei", "scrap", "FA-00002", "F02", "60.00"] in gone
    assert [row[0] for row in gone if row[1] == "transfer"] == ["xian", "zhuanchang"]
    assert _section(text, "逾期未还 overdue") == [["xian", "FA-00004", "2026-12-15", "16"]]


def test_the_stocktake_of_the_year_left_two_of_four_differences_open() -> None:
    text = (_GOLDEN / "county-assets.txt").read_text("utf-8")
    of_xian = [row[3:] for row in _section(text, "盘点差异 differences") if row[0] == "xian"]
    assert [(row[0], row[2]) for row in sorted(of_xian)] == [
        ("found", "resolved"), ("missing", "resolved"),
        ("wrong-holder", "open"), ("wrong-place", "open"),
    ]  # fmt: skip
    settled = {row[0]: row[3].split()[0] for row in of_xian if row[2] == "resolved"}
    assert settled == {"found": "card", "missing": "request"}


def _section(text: str, title: str) -> list[list[str]]:
    """The rows below a title of the totals."""
    (found,) = [part for part in text.split("\n\n") if part.startswith(title)]
    return [line.split("  ") for line in found.strip().splitlines()[1:]]
