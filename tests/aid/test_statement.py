"""The public statement tells cells of five, the register names whom, and both are the book's."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import update

from ledger import closing, reversing, workflow
from ledger.cli.main import main
from ledger.errors import Refused
from ledger.period import Month, Period
from ledger.registry import oplog, persons
from ledger.registry.schema import aid_payment
from reports.opendata import render_json
from reports.render import render
from reports.sources import known_source
from reports.statement import Statement
from reports.statements import catalogue
from tests.aid.world import SECRETS, WANG, World, by_number, person, to
from tests.house import PASSWORD, UNIT

FEBRUARY, MARCH = Month(2026, 2), Month(2026, 3)


def report(world: World, period: str) -> Statement:
    whole = Period.parse(period)
    return catalogue.build("aid", known_source(world.registry, UNIT, "aid", whole), whole)


def cells(statement: Statement) -> dict[str, tuple[object, ...]]:
    return {
        line.code: tuple(str(cell).removesuffix(" CNY") for cell in line.cells)
        for line in statement.lines
    }


def close(world: World, *months: Month) -> None:
    for month in months:
        closing.close_month(
            world.registry, UNIT, month, world.house.maker, world.house.later(days=40)
        )


@pytest.fixture
def paid(small_world: World) -> World:
    """February: seven in hardship, six who are ill, two hit by a flood, one of them also ill."""
    world = small_world
    day = date(2026, 2, 10)
    wanted = [to(person(at), "hardship", f"{500 + at}.00", line=at) for at in range(7)]
    wanted += [to(person(at), "illness", f"{900 + at}.00", line=at) for at in range(10, 16)]
    wanted += [to(person(at), "disaster", f"{300 + at}.00", line=at + 9) for at in (15, 20)]
    world.approve(world.pay(*wanted, day=day))
    return world


def test_nothing_is_told_of_an_open_month(paid: World) -> None:
    with pytest.raises(Refused, match="month-open"):
        report(paid, "2026-02")
    assert report(paid, "2026").lines == ()


def test_small_kinds_are_taken_together_and_cells_add_up(paid: World) -> None:
    close(paid, FEBRUARY)
    found = report(paid, "2026-02")
    illness = sum(900 + at for at in range(10, 16)) + 315 + 320
    hardship = sum(500 + at for at in range(7))
    assert cells(found) == {
        "hardship": ("7", f"{hardship}.00"),
        "disaster+illness": ("8", f"{illness}.00"),
        "all": ("15", f"{hardship + illness}.00"),
    }
    year = report(paid, "2026")
    assert cells(year) == {"2026-02": ("15", f"{hardship + illness}.00")}
    for line in (*found.lines, *year.lines):
        whole = Period.parse(found.period if line in found.lines else "2026")
        source = known_source(paid.registry, UNIT, "aid", whole)
        backing = catalogue.backing(source, line.ref)
        assert backing.closing is not None
        assert sum(one.amount.fen for one in backing.postings) == backing.closing.fen
    assert not any(secret in render(found, "text").decode() for secret in SECRETS)


def test_what_is_withheld_opens_to_nothing(paid: World) -> None:
    close(paid, FEBRUARY)
    paid.approve(paid.pay(to(person(1), "hardship", "50.00")))
    close(paid, MARCH)
    found = report(paid, "2026-03")
    assert cells(found) == {"all": ("None", "None")}
    source = known_source(paid.registry, UNIT, "aid", MARCH.period)
    for ref in ("all", "hardship", "all/persons", "nosuch"):
        with pytest.raises(Refused, match="no-figure"):
            catalogue.backing(source, f"{UNIT}/aid/2026-03/{ref}")


def test_one_kind_whose_difference_would_tell_is_withheld(paid: World) -> None:
    """A second month repeats the first but for one person: their amount would be the difference."""
    close(paid, FEBRUARY)
    wanted = [to(person(at), "hardship", f"{500 + at}.00", line=at) for at in range(8)]
    paid.approve(paid.pay(*wanted))
    close(paid, MARCH)
    assert cells(report(paid, "2026-03"))["all"] == ("8", "None")


def test_a_reversal_stands_in_its_own_month(paid: World) -> None:
    close(paid, FEBRUARY)
    before = cells(report(paid, "2026-02"))
    number = known_source(paid.registry, UNIT, "aid", FEBRUARY.period).aid
    assert number is not None
    draft = reversing.reverse(
        paid.registry, UNIT, number.paid[0].number, paid.house.maker, paid.house.now,
        day=date(2026, 3, 5), reason="发错",
    )  # fmt: skip
    workflow.approve(paid.registry, draft, paid.house.checker, paid.house.now)
    close(paid, MARCH)
    assert cells(report(paid, "2026-02")) == before
    march = report(paid, "2026-03")
    assert cells(march)["all"] == ("15", "-" + str(before["all"][1]))


def test_a_row_altered_in_the_registry_stops_the_statement(paid: World) -> None:
    close(paid, FEBRUARY)
    with paid.registry.write() as conn:
        conn.execute(update(aid_payment).where(aid_payment.c.kind == "illness").values(fen=1))
    with pytest.raises(Refused, match="figure-unbacked"):
        report(paid, "2026-02")


def test_the_statement_of_a_unit_without_aid_says_so(small_world: World) -> None:
    assert report(small_world, "2026-02").lines == ()
    told = json.loads(render_json(report(small_world, "2026")))
    assert told["lines"] == []


# ---- the register ------------------------------------------------------------------------------


def register(
    world: World, login: str, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str]:
    argv = ["report", str(world.registry.folder), "--unit", UNIT, "aid", "--audience", "register"]
    status = main([*argv, "--user", login, *words])
    told = capsys.readouterr()
    return status, told.out + told.err


def test_the_register_names_whom_for_maker_and_checker_and_logs_it(
    paid: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    paid.approve(paid.pay(by_number("0001"), day=date(2026, 2, 11)))
    for login in ("zhou", "lin"):
        status, text = register(paid, login, capsys, "--period", "2026-02")
        assert status == 0 and WANG.name in text and person(3).name in text and "0001" in text
    for login in ("shen", "admin", "dongzhou"):
        status, text = register(paid, login, capsys, "--period", "2026-02")
        assert status == 1 and "not-allowed" in text
        assert WANG.name not in text and person(3).name not in text
    with paid.registry.read() as conn:
        acts = [act for act in oplog.entries(conn, UNIT) if act.action == "aid.names"]
        assert len(acts) == 2
        (mine,) = persons.find(conn, paid.registry.vault, "identity", WANG.identity)
    with paid.registry.write() as conn:
        persons.erase(conn, mine)
    status, text = register(paid, "zhou", capsys, "--period", "2026-02")
    assert status == 0 and WANG.name not in text and "erased" in text
