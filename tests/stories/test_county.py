"""A county's federation lives four months, scaled down: its totals stand, and what is odd shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from beancount import loader

from importers.read import read_file
from ledger.allocations.standing import stands
from ledger.budgets.standing import compare
from ledger.cli.demo.county.facts import WHOLE, read_county
from ledger.cli.demo.county.names import BANK, COLLECTING, HELD
from ledger.cli.demo.county.run import ODD, TOTALS
from ledger.layout import unit_folder
from ledger.period import Period
from ledger.registry import (
    Registry,
    budgets,
    claims,
    dues_schemes,
    member_transfers,
    members,
    month_states,
    statement_files,
    units,
)
from ledger.transfers.matrix import Matrix, build_matrix

#: One process builds what these tests look at, and runs them all.
pytestmark = pytest.mark.xdist_group("county")

_GOLDEN = Path(__file__).parent / "golden" / "county-small.txt"
_LAST = date(2026, 4, 30)


@pytest.fixture(scope="module")
def county(small_county: Path) -> Iterator[Registry]:
    registry = Registry.open(small_county)
    yield registry
    registry.close()


def matrix(county: Registry) -> Matrix:
    with county.read() as conn:
        everyone = [row.id for row in units.all_units(conn)]
    return build_matrix(county, everyone, Period.parse("2026"), _LAST)


def test_the_totals_are_those_that_are_committed(county: Registry) -> None:
    assert (county.folder / TOTALS).read_text(encoding="utf-8") == _GOLDEN.read_text("utf-8")


def test_the_whole_county_has_its_units_and_members() -> None:
    places = read_county(WHOLE).places
    basic = [place for place in places if place.is_basic]
    assert (len(places), len(basic)) == (22, 16)
    assert sum(place.members for place in basic) == 2600
    assert [place.id for place in places if place.opened == date(2026, 3, 1)] == ["qishou"]
    assert [(p.id, p.into) for p in places if p.merged] == [("zhuanchang", "chachang")]


def test_only_what_was_made_odd_is_an_exception(county: Registry) -> None:
    found = {(one.payer, one.state) for one in matrix(county).exceptions}
    assert found == {(odd.unit, odd.how) for odd in ODD}


def test_the_matrix_nets_to_nothing_but_what_came_short(county: Registry) -> None:
    found = matrix(county)
    apart = {pair.payer: pair.difference for pair in found.pairs if pair.difference}
    assert apart == {"fangzhi": 100_00}
    assert sum(one.difference for one in found.exceptions) == 100_00


def test_the_plan_of_april_arrived_whole(county: Registry) -> None:
    down = [pair for pair in matrix(county).pairs if pair.payer == "xian" and pair.payee != "shi"]
    assert len(down) == 16
    assert sum(pair.arrived for pair in down) == 180_000_00


def test_every_book_is_closed_through_april(county: Registry) -> None:
    with county.read() as conn:
        closed = {row.id: month_states.last_closed(conn, row.id) for row in units.all_units(conn)}
    assert len(closed) == 22
    assert set(closed.values()) == {"2026-04"}


def test_beancount_finds_nothing_in_any_book(county: Registry) -> None:
    for unit in ("shi", "yiyuan", "fangzhi"):  # the demonstration has checked all of them
        _, errors, _ = loader.load_file(str(unit_folder(county.folder, unit) / "book.bean"))
        assert errors == []


# ---- people ------------------------------------------------------------------------------------


def test_lists_settle_claims_and_some_stay_open(county: Registry) -> None:
    with county.read() as conn:
        months = [claims.of_month(conn, "yiyuan", f"2026-0{number}") for number in range(1, 5)]
    states = {row.state for rows in months for row in rows}
    assert states == {claims.PAID, claims.OPEN}


def test_units_collect_by_share_by_month_by_year_and_for_the_party(county: Registry) -> None:
    with county.read() as conn:
        found = {
            unit: {row.rule for row in dues_schemes.of_unit(conn, unit)}
            for unit in ("xuexiao", "yiyuan", "qishou", "tuixiu")
        }
        owed = {
            unit: {row.fen for row in claims.of_month(conn, unit, month) if row.kind == claims.DUES}
            for unit, month in (("qishou", "2026-04"), ("tuixiu", "2026-01"))
        }
        first = members.by_numbers(conn, "yiyuan", {"yiy0001"})["yiy0001"]
        party = [
            row.fen
            for row in claims.of_member(conn, "yiyuan", first.id)
            if row.rule == "party" and row.account == HELD
        ]
    assert found["xuexiao"] == {"union-member"}
    assert found["yiyuan"] == {"union-member", "party"}
    assert found["qishou"] == found["tuixiu"] == {"association"}
    assert owed == {"qishou": {10_00}, "tuixiu": {60_00}}
    assert party == [15_00] * 4  # exactly 3,000 a month, at 0.5 %


def test_members_go_from_unit_to_unit_by_the_consent_of_two(county: Registry) -> None:
    with county.read() as conn:
        asked = [
            row for unit in units.all_units(conn) for row in member_transfers.of_unit(conn, unit.id)
        ]  # fmt: skip
    assert len({row.id for row in asked}) >= 6
    assert all(row.state == member_transfers.ACCEPTED for row in asked)


# ---- statements --------------------------------------------------------------------------------


def test_five_banks_write_five_layouts_and_each_is_known_and_proven(county: Registry) -> None:
    wanted = {
        "xuexiao": "icbc-debit", "yiyuan": "abc-corporate-2", "jixie": "boc-corporate",
        "fangzhi": "ccb-corporate-3", "zhongxue": "ofx",
    }  # fmt: skip
    for unit, profile in wanted.items():
        paths = sorted((county.folder / "statements" / unit).glob("basic-2026-0*"))
        assert len(paths) == 4
        for path in paths:
            reading = read_file(path)
            assert reading.profile == profile
            assert "fail" not in reading.proofs.values()
            assert not reading.parked


def test_every_book_holds_what_its_banks_say(county: Registry) -> None:
    """The close compares both: each account's last statement ends with the book's balance."""
    with county.read() as conn:
        for unit, account in (("jixie", BANK), ("fangzhi", BANK), ("lvyou", COLLECTING)):
            assert statement_files.balance_at(conn, unit, account, _LAST) is not None


def test_a_gap_was_found_and_filled_and_overlaps_changed_nothing(county: Registry) -> None:
    with county.read() as conn:
        gap = [row for row in statement_files.files(conn, "fangzhi") if row.account == BANK]
        overlapping = [row for row in statement_files.files(conn, "xuexiao") if row.account == BANK]
    assert len(gap) == 5  # April came in two parts
    assert {row.grade for row in gap} == {"A"}
    starts = [row.start for row in overlapping]
    assert any(start is not None and start.day >= 25 for start in starts)


# ---- budgets and grants ------------------------------------------------------------------------


def test_a_grant_is_capped_and_another_drawn_as_it_comes(county: Registry) -> None:
    found = {one.row.fund: one for one in stands(county, "xian", _LAST)}
    assert set(found) == {"Z01", "Z02", "Z03"}
    capped = found["Z02"]
    assert (capped.state, capped.spent_fen, capped.held_fen) == ("spent", 50_000_00, 0)
    assert found["Z01"].held_fen == 26_500_00
    assert (found["Z03"].state, found["Z03"].outstanding_fen) == ("released", 80_000_00)


def test_three_units_keep_a_budget_with_hard_and_soft_lines(county: Registry) -> None:
    for unit in ("xian", "zhen-bei", "jiaowei"):
        with county.read() as conn:
            (version,) = budgets.versions(conn, unit, 2026)
        assert version.state == budgets.APPROVED
        lines = compare(county, unit, 2026)
        assert {one.line.control for one in lines} == {"hard", "soft", "none"}
        assert any(one.actual for one in lines)


def test_the_year_is_told_in_the_words_of_what_happened(
    small_county: Path,
) -> None:
    told = (small_county.parent / "told.txt").read_text(encoding="utf-8")
    for words in (
        "超预算被拒 beyond its budget, refused", "超支 13,000.00 被拒 overspending, refused",
        "再次导入，没有变化 imported again", "没有对账单", "补齐后重新匹配",
    ):  # fmt: skip
        assert words in told
