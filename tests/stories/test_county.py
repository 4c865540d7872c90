"""A county's federation lives four months, scaled down: its totals stand, and what is odd shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from beancount import loader

from ledger.cli.demo.county.facts import WHOLE, Scale, read_county
from ledger.cli.demo.county.run import ODD, TOTALS, run_county
from ledger.layout import unit_folder
from ledger.period import Period
from ledger.registry import Registry, claims, entries, units
from ledger.transfers.matrix import Matrix, build_matrix

_GOLDEN = Path(__file__).parent / "golden" / "county-small.txt"
_LAST = date(2026, 4, 30)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("county") / "federation"
    assert run_county(folder, 2026, scale=Scale(Fraction(1, 40), 4)) == 0
    registry = Registry.open(folder)
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
        closed = {row.id: entries.last_closed(conn, row.id) for row in units.all_units(conn)}
    assert len(closed) == 22
    assert set(closed.values()) == {"2026-04"}


def test_beancount_finds_nothing_in_any_book(county: Registry) -> None:
    for unit in ("shi", "yiyuan", "fangzhi"):  # the demonstration has checked all of them
        _, errors, _ = loader.load_file(str(unit_folder(county.folder, unit) / "book.bean"))
        assert errors == []


def test_lists_settle_claims_and_some_stay_open(county: Registry) -> None:
    with county.read() as conn:
        months = [claims.of_month(conn, "yiyuan", f"2026-0{number}") for number in range(1, 5)]
    states = {row.state for rows in months for row in rows}
    assert states == {claims.PAID, claims.OPEN}
