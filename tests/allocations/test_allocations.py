"""Allocations from the promise to the last fen: drawn, capped, partly lapsed and given back."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ledger import workflow
from ledger.allocations import entering
from ledger.allocations.entering import Promise
from ledger.allocations.standing import Standing, stands
from ledger.cli.main import main
from ledger.entry import Voucher
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import claims
from reports.sources import known_source
from reports.statements import catalogue
from tests.house import ACTIVITY, BANK, LEVY, UNIT, House

MARCH = date(2026, 3, 2)


def promise(**changed: object) -> Promise:
    facts: dict[str, object] = {
        "unit": UNIT, "document": "青财预〔2026〕12号", "giver": "青禾区财政局", "level": "county",
        "year": 2026, "nature": "special", "use": "project", "name": "职工技能竞赛",
        "amount": yuan("1000.00"), "account": LEVY, "fund": "F03", "approved": date(2026, 3, 1),
        "release_by": date(2026, 3, 2), "arrive_by": date(2026, 3, 3), "spend_by": None,
    }  # fmt: skip
    return Promise(**{**facts, **changed})  # type: ignore[arg-type]


class Grant:
    """One allocation of the house, and what people do with it."""

    def __init__(self, house: House, **changed: object) -> None:
        self.house = house
        self.code = entering.approve(
            house.registry, promise(**changed), house.maker, house.now
        ).code

    def arrive(self, amount: str, day: date = date(2026, 3, 4)) -> Voucher:
        draft = entering.arrive(
            self.house.registry, UNIT, self.code, yuan(amount), BANK, day, self.house.maker,
            self.house.now,
        )  # fmt: skip
        return self.approve(draft)

    def give_back(self, amount: str) -> Voucher:
        draft = entering.give_back(
            self.house.registry, UNIT, self.code, yuan(amount), BANK, date(2026, 3, 5),
            "青财预〔2026〕80号", self.house.maker, self.house.now,
        )  # fmt: skip
        return self.approve(draft)

    def approve(self, draft: str) -> Voucher:
        done = workflow.approve(self.house.registry, draft, self.house.checker, self.house.now)
        assert isinstance(done, Voucher)
        return done

    def spend(self, amount: str) -> None:
        self.house.post(
            self.house.draft(amount, debit=ACTIVITY, credit=BANK, fund="F03", kind="付")
        )

    def event(self, act: str, amount: str, day: date = MARCH) -> Standing:
        done: Standing = getattr(entering, act)(
            self.house.registry, UNIT, self.code, yuan(amount), day, "", self.house.maker,
            self.house.now,
        )  # fmt: skip
        return done

    def now(self) -> Standing:
        return entering.standing(self.house.registry, UNIT, self.code, self.house.now.date())

    def check(self) -> Standing:
        one = self.now()
        assert one.row.fen == one.outstanding_fen + one.arrived_fen + one.lapsed_fen
        assert one.arrived_fen == one.spent_fen + one.held_fen + one.returned_fen
        return one


def test_a_grant_is_drawn_to_the_last_fen(house: House) -> None:
    grant = Grant(house)
    assert grant.check().state == "approved"
    assert grant.event("release", "1000.00").state == "released"
    grant.arrive("1000.00")
    one = grant.check()
    assert (one.state, one.days_late["arrive"]) == ("arrived", 1)
    with house.registry.read() as conn:
        claim = claims.find(conn, UNIT, grant.code)
    assert claim is not None
    assert claim.state == claims.PAID
    grant.spend("400.00")
    grant.spend("600.00")
    assert grant.check().state == "spent"


def test_a_capped_grant_refuses_to_be_overspent(house: House) -> None:
    grant = Grant(house)
    grant.arrive("1000.00")
    grant.spend("900.00")
    with pytest.raises(Refused, match="overdrawn"):
        grant.spend("100.01")
    assert Money(grant.check().held_fen).text == "100.00"


def test_a_grant_comes_in_parts_lapses_in_part_and_the_rest_goes_back(house: House) -> None:
    grant = Grant(house)
    grant.arrive("300.00")
    grant.arrive("300.00", date(2026, 3, 5))
    assert grant.check().state == "arrived"
    assert grant.event("lapse", "400.00").outstanding_fen == 0
    grant.spend("550.00")
    grant.give_back("50.00")
    one = grant.check()
    assert (one.state, Money(one.returned_fen).text, Money(one.lapsed_fen).text) == (
        "spent", "50.00", "400.00",
    )  # fmt: skip


def test_what_never_came_lapses(house: House) -> None:
    grant = Grant(house)
    assert grant.event("lapse", "1000.00").state == "lapsed"
    with house.registry.read() as conn:
        claim = claims.find(conn, UNIT, grant.code)
    assert claim is not None
    assert claim.state == claims.VOID


def test_drafts_that_wait_count_against_what_may_come_and_go_back(house: House) -> None:
    grant = Grant(house)

    def draft(amount: str) -> None:
        entering.arrive(
            house.registry, UNIT, grant.code, yuan(amount), BANK, date(2026, 3, 4), house.maker,
            house.now,
        )  # fmt: skip

    draft("600.00")
    with pytest.raises(Refused, match="too-much"):
        draft("400.01")
    draft("400.00")


def test_a_lapse_that_is_undone_lets_the_bank_line_find_it_again(house: House) -> None:
    grant = Grant(house)
    grant.event("lapse", "300.00")
    with house.registry.read() as conn:
        assert claims.exactly(conn, UNIT, [grant.code])[grant.code].state == claims.VOID
    entering.undo(house.registry, UNIT, grant.code, 1, house.maker, house.now)
    with house.registry.read() as conn:
        assert claims.exactly(conn, UNIT, [grant.code])[grant.code].state == claims.OPEN


def test_an_event_is_undone_and_both_stay(house: House) -> None:
    grant = Grant(house)
    grant.event("release", "1000.00")
    one = entering.undo(house.registry, UNIT, grant.code, 1, house.maker, house.now)
    assert (one.state, one.events) == ("approved", ())
    with pytest.raises(Refused, match="no-event"):
        entering.undo(house.registry, UNIT, grant.code, 1, house.maker, house.now)


def test_a_reversed_arrival_is_outstanding_again_and_no_return(house: House) -> None:
    grant = Grant(house)
    voucher = grant.arrive("1000.00")
    draft = workflow.reverse(
        house.registry, UNIT, voucher.number, house.maker, house.now, day=date(2026, 3, 5),
        reason="误记",
    )  # fmt: skip
    grant.approve(draft)
    one = grant.check()
    assert (one.state, one.arrived_fen, one.returned_fen) == ("approved", 0, 0)


def test_days_late_count_until_it_is_done_or_until_today(house: House) -> None:
    grant = Grant(house)
    later = house.now.date() + timedelta(days=10)
    (one,) = stands(house.registry, UNIT, later)
    assert one.days_late == {
        "release": (later - date(2026, 3, 2)).days, "arrive": (later - date(2026, 3, 3)).days,
        "spend": 0,
    }  # fmt: skip
    assert grant.now().row.code == one.row.code


@pytest.mark.parametrize(
    "changed",
    [
        {"fund": "F01"}, {"fund": "F99"}, {"account": BANK}, {"account": "Income:499-没有"},
        {"nature": "odd"}, {"level": "galaxy"}, {"document": " "}, {"amount": yuan("0.00")},
        {"arrive_by": date(2026, 2, 1)},
    ],
)  # fmt: skip
def test_a_promise_that_makes_no_sense_is_refused(house: House, changed: dict[str, object]) -> None:
    with pytest.raises(Refused, match="bad-allocation"):
        Grant(house, **changed)
    assert stands(house.registry, UNIT, MARCH) == []


def test_a_document_is_entered_once_and_by_who_may_record(house: House) -> None:
    Grant(house)
    with pytest.raises(Refused, match="已登记"):
        Grant(house)
    with pytest.raises(NotAllowed):
        entering.approve(house.registry, promise(name="另一项"), house.reader, house.now)


def test_more_than_there_is_is_refused_at_every_step(house: House) -> None:
    grant = Grant(house)
    for act in ("release", "lapse"):
        with pytest.raises(Refused, match="too-much"):
            grant.event(act, "1000.01")
    with pytest.raises(Refused, match="too-much"):
        grant.arrive("1000.01")
    with pytest.raises(Refused, match="too-much"):
        grant.give_back("0.01")
    with pytest.raises(Refused, match="bad-day"):
        grant.event("release", "1.00", date(2026, 2, 1))
    with pytest.raises(CannotRun, match="no-allocation"):
        entering.standing(house.registry, UNIT, "BK2026-0099-0", MARCH)


def test_the_command_lives_the_whole_way(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINGBAI_PASSWORD", "correct horse")
    monkeypatch.setattr("ledger.clock.now", lambda: house.now)

    def run(part: str, *words: str, user: str = "zhou") -> tuple[int, Any]:
        place = [str(house.registry.folder), "--unit", UNIT, "--user", user]
        status = main(["allocation", part, *place, *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    status, told = run(
        "approve", "--document", "青财预〔2026〕12号", "--giver", "青禾区财政局", "--name", "补助",
        "--year", "2026", "--amount", "500.00", "--account", LEVY, "--fund", "F02", "--on",
        "2026-03-01",
    )  # fmt: skip
    assert status == 0
    code = str(told["code"])
    assert (
        run("release", code, "--amount", "500.00", "--on", "2026-03-02")[1]["state"] == "released"
    )
    status, told = run("arrive", code, "--amount", "500.00", "--money", BANK, "--on", "2026-03-03")
    workflow.approve(house.registry, str(told["draft"]), house.checker, house.now)
    (one,) = run("list")[1]["allocations"]
    assert (one["state"], one["arrived"], one["outstanding"]) == ("arrived", "500.00", "0.00")
    vouchers = run("show", code)[1]["vouchers"]
    assert len(vouchers["arrived"]) == 1
    assert run("lapse", code, "--amount", "1.00", "--on", "2026-03-03")[0] == 1
    assert (
        main(["allocation", "list", str(house.registry.folder), "--unit", UNIT, "--user", "zhou"])
        == 0
    )
    assert "到账 arrived 500.00" in capsys.readouterr().out


def test_two_special_grants_in_one_fund_count_what_names_them(house: House) -> None:
    first, second = Grant(house), Grant(house, name="另一项竞赛")
    first.arrive("1000.00")
    second.arrive("1000.00")
    first.spend("10.00")
    assert (first.check().spent_fen, second.check().spent_fen) == (0, 0)
    assert isinstance(house.now, datetime)


def test_the_arrival_ledger_opens_every_figure(house: House) -> None:
    grant = Grant(house)
    grant.arrive("600.00")
    grant.spend("100.00")
    grant.event("lapse", "400.00")
    grant.give_back("50.00")
    period = Period.parse("2026-03")
    source = known_source(house.registry, UNIT, "arrivals", period)
    statement = catalogue.build("arrivals", source, period)
    row = next(line for line in statement.lines if line.code == grant.code)
    assert [cell.text for cell in row.cells if isinstance(cell, Money)] == [
        "1000.00", "600.00", "600.00", "100.00", "50.00", "400.00", "450.00",
    ]  # fmt: skip
    for line in statement.lines:
        for column, cell in zip(statement.columns, line.cells, strict=False):
            if isinstance(cell, Money):
                ref = line.refs.get(column.key, line.ref)
                assert catalogue.backing(source, ref).closing == cell, ref
