"""What is scanned is asked of the registry together, however much there is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ledger.errors import Words
from ledger.registry import persons
from ledger.registry.persons import PersonData
from reports.packs.scanning import Scanner
from reports.packs.telling import _scanned
from reports.sources import WITHHELD
from reports.statement import Column, Line, Statement
from tests.asked import count
from tests.house import UNIT, House


def statement(lines: int) -> Statement:
    words = Words("某表", "A statement")
    columns = (Column("day", Words("天", "Days"), "count"),)
    found = tuple(
        Line(f"n{at}", Words(f"用途第{at}项", f"Item number {at}"), (at,)) for at in range(lines)
    )
    return Statement("venue-use", words, UNIT, words, "2026-01", columns, found)


def test_a_statement_is_asked_of_together_however_many_lines_it_has(small_house: House) -> None:
    registry = small_house.registry
    few, many = (
        count(registry, partial(_scanned, statement(at), Scanner(registry))) for at in (3, 60)
    )
    assert few == many <= 4


def test_a_text_that_is_known_is_not_asked_again(small_house: House) -> None:
    scan = Scanner(small_house.registry)
    scan.look(["会费", "活动", "会费"])
    assert count(small_house.registry, lambda: [scan("会费"), scan("活动"), scan("")]) == 0
    assert count(small_house.registry, lambda: scan("新的用途")) > 0


def test_one_text_that_names_somebody_is_replaced_and_its_neighbours_are_not(
    small_house: House,
) -> None:
    registry = small_house.registry
    with registry.write() as conn:
        persons.add(conn, registry.vault, PersonData("欧阳若兰"), small_house.now)
    scan = Scanner(registry)
    scan.look(["慰问欧阳若兰", "慰问", "欧阳", "致电 13912345678"])
    assert [scan(one) for one in ("慰问欧阳若兰", "慰问", "欧阳")] == [WITHHELD, "慰问", "欧阳"]
    assert scan("致电 13912345678") == WITHHELD
    # What was not looked at before is asked all the same.
    made = replace(statement(1), notes=(Words("欧阳若兰", ""),))
    assert _scanned(made, scan).notes[0].zh == WITHHELD
