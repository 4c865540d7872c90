"""Allocations from the promise to the last fen: drawn, capped, partly lapsed and given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ledger import workflow
from ledger.allocations import entering, expecting, moving, standing
from ledger.allocations.entering import Promise
from ledger.allocations.standing import Standing, stands
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import allocations, claims
from reports.sources import known_source
from reports.statements import catalogue
from tests.cli.command import by_user
from tests.house import ACTIVITY, BANK, LEVY, UNIT, House
from tests.reports.opening import every_figure_opens

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
        self.confirm()

    def confirm(self, number: int | None = None) -> Standing:
        """The second person confirms what waits."""
        return entering.confirm(
            self.house.registry, UNIT, self.code, self.house.checker, self.house.now, number
        )

    def arrive(self, amount: str, day: date = date(2026, 3, 4)) -> Voucher:
        draft = moving.arrive(
            self.house.registry, UNIT, self.code, yuan(amount), BANK, day, self.house.maker,
            self.house.now,
        )  # fmt: skip
        return self.house.approve(draft)

    def give_back(self, amount: str) -> Voucher:
        draft = moving.give_back(
            self.house.registry, UNIT, self.code, yuan(amount), BANK, date(2026, 3, 5),
            "青财预〔2026〕80号", self.house.maker, self.house.now,
        )  # fmt: skip
        return self.house.approve(draft)

    def spend(self, amount: str) -> None:
        self.house.post(
            self.house.draft(amount, debit=ACTIVITY, credit=BANK, fund="F03", kind="付")
        )

    def event(self, act: str, amount: str, day: date = MARCH) -> Standing:
        done: Standing = getattr(entering, act)(
            self.house.registry, UNIT, self.code, yuan(amount), day, "", self.house.maker,
            self.house.now,
        )  # fmt: skip
        return done if act == "release" else self.confirm()

    def undo(self, number: int) -> Standing:
        entering.undo(
            self.house.registry, UNIT, self.code, number, self.house.maker, self.house.now
        )
        return self.confirm()

    def now(self) -> Standing:
        return standing.standing(self.house.registry, UNIT, self.code, self.house.now.date())

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
        moving.arrive(
            house.registry, UNIT, grant.code, yuan(amount), BANK, date(2026, 3, 4), house.maker,
            house.now,
        )  # fmt: skip

    draft("600.00")
    with pytest.raises(Refused, match="too-much"):
        draft("400.01")
    draft("400.00")


def open_claims(house: House, code: str) -> list[tuple[str, str]]:
    """The code and amount under which money of the allocation is expected now."""
    with house.registry.read() as conn:
        row = allocations.find(conn, UNIT, code)
        assert row is not None
        return [
            (one.code, Money(one.fen).text)
            for one in expecting.claims_of(conn, row)
            if one.state == claims.OPEN
        ]


def test_what_is_expected_follows_what_is_still_to_come(house: House) -> None:
    grant = Grant(house)
    assert open_claims(house, grant.code) == [(grant.code, "1000.00")]
    grant.event("lapse", "300.00")
    ((code, amount),) = open_claims(house, grant.code)
    assert (code != grant.code, amount) == (True, "700.00")
    grant.undo(1)
    assert [amount for _, amount in open_claims(house, grant.code)] == ["1000.00"]
    grant.event("release", "400.00")
    assert [amount for _, amount in open_claims(house, grant.code)] == ["400.00"]
    first = grant.arrive("400.00")
    assert [amount for _, amount in open_claims(house, grant.code)] == ["600.00"]
    house.reverse(first)
    assert [amount for _, amount in open_claims(house, grant.code)] == ["400.00"]
    # On the day before the lapse was undone and the arrival reversed, 300.00 was still to come.
    with pytest.raises(Refused, match=r"too-much.*300\.00"):
        grant.arrive("1000.00", date(2026, 3, 4))
    grant.arrive("1000.00", date(2026, 3, 5))
    assert open_claims(house, grant.code) == []


def test_an_event_is_undone_and_both_stay(house: House) -> None:
    grant = Grant(house)
    grant.event("release", "1000.00")
    one = grant.undo(1)
    assert (one.state, one.events) == ("approved", ())
    assert [event.kind for event in one.every] == ["released", "undone"]
    with pytest.raises(Refused, match="no-event"):
        entering.undo(house.registry, UNIT, grant.code, 1, house.maker, house.now)


def test_an_undone_event_still_counts_on_the_days_before_it_was_undone(house: House) -> None:
    grant = Grant(house)
    grant.event("release", "1000.00", MARCH)
    grant.undo(1)  # on 2026-03-05

    def state(day: int) -> str:
        return standing.standing(house.registry, UNIT, grant.code, date(2026, 3, day)).state

    assert [state(day) for day in (1, 2, 4, 5)] == ["approved", "released", "released", "approved"]


def test_a_reversed_arrival_is_outstanding_again_and_no_return(house: House) -> None:
    grant = Grant(house)
    house.reverse(grant.arrive("1000.00"))
    one = grant.check()
    assert (one.state, one.arrived_fen, one.returned_fen) == ("approved", 0, 0)


def test_a_reversed_return_is_held_again_and_no_arrival(house: House) -> None:
    grant = Grant(house)
    grant.arrive("1000.00")
    house.reverse(grant.give_back("400.00"))
    one = grant.check()
    assert (one.arrived_fen, one.returned_fen, one.held_fen) == (1000_00, 0, 1000_00)
    grant.spend("1000.00")


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


def test_nobody_promises_lapses_or_undoes_alone(house: House) -> None:
    registry, now = house.registry, house.now
    code = entering.approve(registry, promise(), house.maker, now).code
    one = standing.standing(registry, UNIT, code, now.date())
    assert (one.state, one.approved_fen, one.outstanding_fen) == ("waiting", 0, 0)
    with registry.read() as conn:
        assert claims.find(conn, UNIT, code) is None  # nothing is expected yet
    amount = yuan("1.00")
    for act in (
        lambda: entering.release(registry, UNIT, code, amount, MARCH, "", house.maker, now),
        lambda: entering.lapse(registry, UNIT, code, amount, MARCH, "", house.maker, now),
        lambda: moving.arrive(registry, UNIT, code, amount, BANK, MARCH, house.maker, now),
        lambda: moving.give_back(registry, UNIT, code, amount, BANK, MARCH, "x", house.maker, now),
    ):
        with pytest.raises(Refused, match="allocation-waiting"):
            act()
    for user in (house.maker, house.reader, house.administrator):
        with pytest.raises(NotAllowed):
            entering.confirm(registry, UNIT, code, user, now)
    assert entering.confirm(registry, UNIT, code, house.checker, now).state == "approved"
    with pytest.raises(Refused, match="nothing-waits"):
        entering.confirm(registry, UNIT, code, house.second, now)
    entering.lapse(registry, UNIT, code, yuan("10.00"), MARCH, "", house.maker, now)
    waits = standing.standing(registry, UNIT, code, now.date())
    assert (waits.lapsed_fen, [event.kind for event in waits.waiting]) == (0, ["lapsed"])
    with pytest.raises(NotAllowed):
        entering.confirm(registry, UNIT, code, house.maker, now)
    assert entering.confirm(registry, UNIT, code, house.checker, now).lapsed_fen == 10_00
    entering.undo(registry, UNIT, code, 1, house.maker, now)
    with pytest.raises(NotAllowed):
        entering.confirm(registry, UNIT, code, house.maker, now)
    assert entering.refuse(registry, UNIT, code, "仍然失效", house.checker, now).lapsed_fen == 10_00


def test_who_enters_and_may_approve_too_does_not_confirm_their_own(house: House) -> None:
    both = replace(house.checker, roles=house.checker.roles | house.maker.roles)
    code = entering.approve(house.registry, promise(), both, house.now).code
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        entering.confirm(house.registry, UNIT, code, both, house.now)


def test_what_was_refused_stays_and_its_document_may_be_entered_again(house: House) -> None:
    registry, now = house.registry, house.now
    code = entering.approve(registry, promise(), house.maker, now).code
    with pytest.raises(NotAllowed):
        entering.refuse(registry, UNIT, code, "文号不符", house.reader, now)
    assert entering.refuse(registry, UNIT, code, "文号不符", house.checker, now).state == "refused"
    assert stands(registry, UNIT, now.date(), waiting=True) == []
    again = entering.approve(registry, promise(), house.maker, now).code
    assert again != code
    assert entering.refuse(registry, UNIT, again, "写错", house.maker, now).state == "refused"


def test_a_lapse_leaves_to_waiting_drafts_what_they_will_enter(house: House) -> None:
    grant = Grant(house)
    draft = moving.arrive(
        house.registry, UNIT, grant.code, yuan("600.00"), BANK, date(2026, 3, 4), house.maker,
        house.now,
    )  # fmt: skip
    with pytest.raises(Refused, match=r"too-much.*400\.00"):
        grant.event("lapse", "400.01")
    # Two lapses that wait may both be entered; the second is refused where it would be confirmed.
    for _ in range(2):
        entering.lapse(
            house.registry, UNIT, grant.code, yuan("400.00"), MARCH, "", house.maker, house.now
        )
    grant.confirm(1)
    with pytest.raises(Refused, match="too-much"):
        grant.confirm(2)
    house.approve(draft)
    assert grant.check().outstanding_fen == 0


def test_a_draft_that_came_another_way_counts_and_is_held_to_the_promise(house: House) -> None:
    """One is typed, one comes by our own form; together they are more than was promised."""
    grant = Grant(house)
    said = (("allocation", grant.code),)

    def typed(amount: str) -> str:
        money = yuan(amount)
        lines = (Posting(BANK, money, "F03"), Posting(LEVY, -money, "F03", said))
        draft = Draft(UNIT, date(2026, 3, 4), "收", "财政拨款", lines)
        return workflow.propose(house.registry, draft, house.maker, house.now)

    with pytest.raises(Refused, match="allocation-exceeded"):
        typed("1000.01")
    first, second = typed("600.00"), typed("600.00")
    with pytest.raises(Refused, match="too-much"):
        grant.arrive("0.01")
    house.approve(first)
    with pytest.raises(Refused, match=f"allocation-exceeded.*{grant.code}"):
        house.approve(second)
    assert grant.check().arrived_fen == 600_00


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
        standing.standing(house.registry, UNIT, "BK2026-0099-0", MARCH)


def test_the_command_lives_the_whole_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: house.now)
    folder = house.registry.folder

    def run(part: str, *words: str, user: str = "zhou") -> tuple[int, Any]:
        told = by_user(folder, user, f"allocation {part}", "--unit", UNIT, *words, "--json")
        return told.status, told.json

    status, told = run(
        "approve", "--document", "青财预〔2026〕12号", "--giver", "青禾区财政局", "--name", "补助",
        "--year", "2026", "--amount", "500.00", "--account", LEVY, "--fund", "F02", "--on",
        "2026-03-01",
    )  # fmt: skip
    assert status == 0
    code = str(told["code"])
    assert run("confirm", code)[0] == 1  # by who entered it
    assert run("confirm", code, user="lin")[1]["state"] == "approved"
    assert (
        run("release", code, "--amount", "500.00", "--on", "2026-03-02")[1]["state"] == "released"
    )
    status, told = run("arrive", code, "--amount", "500.00", "--money", BANK, "--on", "2026-03-03")
    house.approve(str(told["draft"]))
    (one,) = run("list")[1]["allocations"]
    assert (one["state"], one["arrived"], one["outstanding"]) == ("arrived", "500.00", "0.00")
    vouchers = run("show", code)[1]["vouchers"]
    assert len(vouchers["arrived"]) == 1
    assert run("lapse", code, "--amount", "1.00", "--on", "2026-03-03")[0] == 1
    listed = by_user(folder, "zhou", "allocation list", "--unit", UNIT)
    assert listed.status == 0
    assert "到账 arrived 500.00" in listed.out


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
        "1000.00", "600.00", "600.00", "100.00", "50.00", "400.00", "0.00", "450.00",
    ]  # fmt: skip
    assert every_figure_opens(source, statement)
