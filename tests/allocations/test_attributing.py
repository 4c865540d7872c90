"""Which allocation a voucher spends: what it names, else first in first out, never beyond."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction

from ledger import clock, rebuild, workflow
from ledger.allocations import entering, moving, standing
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import Refused
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import allocation_moves, entries
from reports.sources import known_source
from reports.statements import catalogue
from tests.allocations.test_allocations import MARCH, Grant, promise
from tests.asked import asked
from tests.cli.command import Told, by_user
from tests.house import ACTIVITY, ASSET_FUND, BANK, DUES, LEVY, OPENING, UNIT, House
from tests.reports.opening import every_figure_opens

Lines = list[tuple[str, str, str | None]]


def draft_of(lines: Lines, day: date = MARCH, fund: str = "F03", **fields: Any) -> Draft:
    """A draft of accounts, signed amounts and the allocations that they name."""
    postings = tuple(
        Posting(account, yuan(amount) if amount[0] != "-" else -yuan(amount[1:]), fund,
                () if code is None else (("allocation", code),))
        for account, amount, code in lines
    )  # fmt: skip
    return Draft(UNIT, day, "转", "业务", postings, **fields)


def post(house: House, lines: Lines, day: date = MARCH, fund: str = "F03", **more: Any) -> Voucher:
    return house.post(draft_of(lines, day, fund, **more))


def spend(house: House, amount: str, code: str | None = None, day: date = MARCH) -> Voucher:
    return post(house, [(ACTIVITY, amount, code), (BANK, f"-{amount}", None)], day)


def other_money(house: House, amount: str, day: date = MARCH) -> None:
    """Money of the same fund that no allocation brought."""
    post(house, [(BANK, amount, None), (DUES, f"-{amount}", None)], day)


def held(house: House, grant: Grant, day: date | None = None) -> str:
    on = day or house.now.date()
    return Money(standing.standing(house.registry, UNIT, grant.code, on).held_fen).text


def two(house: House) -> tuple[Grant, Grant]:
    return Grant(house), Grant(house, name="另一项竞赛")


def rules(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [found.rule for found in refused.value.findings]


# ---- beyond what there is ----------------------------------------------------------------------


def test_a_capped_grant_is_not_overspent_from_the_funds_other_money(house: House) -> None:
    """A grant of 1,000.00 lies in a fund with 500.00 of other money.

    900.00 is spent. 150.00 more is refused and the grant named; said to be the other money's it is
    posted, and the grant still holds 100.00.
    """
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)
    other_money(house, "500.00")
    spend(house, "900.00")
    with pytest.raises(Refused, match=rf"{grant.code}.*100\.00.*150\.00.*50\.00") as refused:
        spend(house, "150.00")
    assert rules(refused) == ["allocation-overspent"]
    with pytest.raises(Refused, match="allocation-overspent"):
        spend(house, "150.00", grant.code)
    spend(house, "150.00", "other")
    assert held(house, grant) == "100.00"
    with pytest.raises(Refused, match="allocation-overspent"):
        spend(house, "350.01", "other")  # 0.01 of it would be the grant's
    spend(house, "350.00", "other")
    assert grant.check().fund_fen == grant.check().held_fen == 100_00


def test_money_that_leaves_the_fund_otherwise_does_not_take_the_grants(house: House) -> None:
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)
    other_money(house, "500.00")
    with pytest.raises(Refused, match="allocation-overspent"):
        post(house, [(DUES, "500.01", None), (BANK, "-500.01", None)])
    post(house, [(DUES, "500.00", None), (BANK, "-500.00", None)])
    assert held(house, grant) == "1000.00"


def test_a_day_before_the_money_came_has_nothing_to_spend(house: House) -> None:
    grant = Grant(house)
    grant.arrive("1000.00", date(2026, 3, 4))
    with pytest.raises(Refused, match="allocation-overspent"):
        spend(house, "1.00", grant.code, date(2026, 3, 3))
    spend(house, "600.00", None, date(2026, 3, 5))
    with pytest.raises(Refused, match="allocation-overspent"):
        spend(house, "400.01", grant.code, date(2026, 3, 4))  # the later day would lack it
    spend(house, "400.00", grant.code, date(2026, 3, 4))


def test_an_arrival_that_was_spent_is_not_reversed(house: House) -> None:
    grant = Grant(house)
    arrival = grant.arrive("1000.00", MARCH)
    other_money(house, "1000.00")
    spent = spend(house, "300.00")
    with pytest.raises(Refused, match=f"allocation-overspent.*{grant.code}"):
        house.reverse(arrival)
    house.reverse(spent)
    house.reverse(arrival)
    one = grant.check()
    assert (one.arrived_fen, one.spent_fen, one.outstanding_fen) == (0, 0, 1000_00)


# ---- whose is it? ------------------------------------------------------------------------------


def test_of_two_grants_in_one_fund_the_first_that_came_is_spent_first(house: House) -> None:
    first, second = two(house)
    second.arrive("500.00", date(2026, 3, 3))
    first.arrive("1000.00", date(2026, 3, 4))
    spend(house, "600.00", None, date(2026, 3, 5))
    assert (held(house, second), held(house, first)) == ("0.00", "900.00")
    spend(house, "50.00", first.code, date(2026, 3, 5))
    assert held(house, first) == "850.00"


def test_a_later_grant_changes_nothing_of_what_an_earlier_one_shows(house: House) -> None:
    first = Grant(house)
    first.arrive("1000.00", date(2026, 3, 3))
    spend(house, "600.00", None, date(2026, 3, 3))
    before = [
        standing.standing(house.registry, UNIT, first.code, date(2026, 3, day)).as_json()
        for day in (2, 3, 4, 5)
    ]
    second = Grant(house, name="另一项竞赛", approved=date(2026, 1, 1))
    second.arrive("1000.00", date(2026, 3, 2))  # dated before the first one's money
    after = [
        standing.standing(house.registry, UNIT, first.code, date(2026, 3, day)).as_json()
        for day in (2, 3, 4, 5)
    ]
    holds = [one.pop("fund_holds") for one in before], [one.pop("fund_holds") for one in after]
    assert holds[0] != holds[1]
    assert before == after


def test_what_comes_back_goes_to_the_grant_that_was_spent_last(house: House) -> None:
    first, second = two(house)
    first.arrive("100.00", date(2026, 3, 3))
    second.arrive("100.00", date(2026, 3, 4))
    spend(house, "150.00", None, date(2026, 3, 5))
    post(house, [(BANK, "70.00", None), (ACTIVITY, "-70.00", None)], date(2026, 3, 5))
    assert (held(house, first), held(house, second)) == ("20.00", "100.00")


def test_general_money_is_spent_by_what_names_it(house: House) -> None:
    grant = Grant(house, nature="general", fund="F02")
    grant.arrive("1000.00", MARCH)
    post(house, [(ACTIVITY, "30.00", None), (BANK, "-30.00", None)], fund="F02")
    assert grant.check().spent_fen == 0
    post(house, [(ACTIVITY, "40.00", grant.code), (BANK, "-40.00", None)], fund="F02")
    assert grant.check().spent_fen == 40_00
    # A voucher that named nothing is corrected by one that does, line against line.
    post(house, [(ACTIVITY, "30.00", grant.code), (ACTIVITY, "-30.00", None)], fund="F02")
    assert grant.check().spent_fen == 70_00
    with pytest.raises(Refused, match=f"allocation-overspent.*{grant.code}"):
        post(house, [(ACTIVITY, "930.01", grant.code), (BANK, "-930.01", None)], fund="F02")


def test_what_is_bought_is_spent_once_and_its_wear_is_not(house: House) -> None:
    stock = "Assets:141-库存物品"
    with open_pen(house.registry, UNIT, house.now) as pen:
        row = entries.AccountRow(stock, "Stock", "CNY", True, date(2026, 1, 1), None)
        open_accounts(pen, [row])
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)
    bought: Lines = [
        (ACTIVITY, "600.00", None), (BANK, "-600.00", None), (stock, "600.00", None),
        (ASSET_FUND, "-600.00", None),
    ]  # fmt: skip
    post(house, bought)
    assert grant.check().spent_fen == 600_00
    post(house, [(ASSET_FUND, "50.00", None), (stock, "-50.00", None)])
    assert grant.check().spent_fen == 600_00
    twice: Lines = [(a, x, None if a in (BANK, ASSET_FUND) else grant.code) for a, x, _ in bought]
    with pytest.raises(Refused, match="allocation-line"):
        post(house, twice)


def test_carrying_over_and_opening_balances_spend_nothing(house: House) -> None:
    grant = Grant(house, approved=date(2026, 1, 1), release_by=None, arrive_by=None)
    opening = draft_of([(BANK, "80.00", None), (OPENING, "-80.00", None)], date(2026, 1, 1))
    house.post(replace(opening, tags=("opening",)))
    grant.arrive("1000.00", MARCH)
    spend(house, "100.00")
    post(house, [(LEVY, "1000.00", None), (OPENING, "-1000.00", None)])
    post(house, [(OPENING, "100.00", None), (ACTIVITY, "-100.00", None)])
    one = grant.check()
    assert (one.arrived_fen, one.spent_fen, one.returned_fen) == (1000_00, 100_00, 0)


# ---- naming ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "fund", "rule"),
    [
        ([(ACTIVITY, "1.00", "BK2026-0009-1"), (BANK, "-1.00", None)], "F03", "no-allocation"),
        ([(ACTIVITY, "1.00", "CODE"), (BANK, "-1.00", None)], "F02", "allocation-fund"),
        ([(ACTIVITY, "1.00", None), (BANK, "-1.00", "CODE")], "F03", "allocation-line"),
        ([(BANK, "1.00", None), (DUES, "-1.00", "CODE")], "F03", "allocation-account"),
        ([(LEVY, "1.00", "CODE"), (BANK, "-1.00", None)], "F03", "no-decision"),
        ([(BANK, "1.00", None), (ACTIVITY, "-1.00", "CODE")], "F03", "allocation-taken-back"),
    ],
)
def test_naming_an_allocation_wrongly_is_refused(
    house: House, lines: Lines, fund: str, rule: str
) -> None:
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)
    post(house, [(BANK, "9.00", None), (DUES, "-9.00", None)], fund="F02")
    said: Lines = [(a, x, grant.code if c == "CODE" else c) for a, x, c in lines]
    with pytest.raises(Refused) as refused:
        post(house, said, fund=fund)
    assert rules(refused) == [rule]


def test_a_voucher_before_the_promise_or_of_one_that_waits_is_refused(house: House) -> None:
    grant = Grant(house)
    with pytest.raises(Refused, match="allocation-day"):
        post(
            house, [(BANK, "1.00", None), (LEVY, "-1.00", grant.code)], date(2026, 2, 27)
        )  # fmt: skip
    waits = entering.approve(house.registry, promise(name="另"), house.maker, house.now).code
    with pytest.raises(Refused, match="allocation-waiting"):
        post(house, [(BANK, "1.00", None), (LEVY, "-1.00", waits)])


def test_a_unit_without_allocations_knows_none(house: House) -> None:
    with pytest.raises(Refused, match="no-allocation"):
        spend(house, "1.00", "BK2026-0001-3")


def test_the_command_names_an_allocation_on_the_lines_that_spend(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: house.now)
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)

    def draft(code: str) -> Told:
        return by_user(
            house.registry.folder, "zhou", "draft", "--unit", UNIT, "--date", "2026-03-05",
            "--narration", "竞赛", "--fund", "F03", "--debit", ACTIVITY, "250.00", "--credit",
            BANK, "250.00", "--json", "--allocation", code,
        )  # fmt: skip

    refused, told = draft("BK2026-0009-1"), draft(grant.code)
    assert (refused.status, "no-allocation" in refused.out) == (1, True)
    assert told.status == 0
    house.approve(told.json["draft"])
    assert grant.check().spent_fen == 250_00
    text = (house.folder / "2026" / "03.bean").read_text(encoding="utf-8")
    assert text.count(f'allocation: "{grant.code}"') == 2  # on the arrival, and on the spending


# ---- derived, and at a cost that does not grow -------------------------------------------------


def lived(house: House) -> Grant:
    first, second = two(house)
    first.arrive("600.00", MARCH)
    second.arrive("300.00", MARCH)
    spend(house, "650.00", None, date(2026, 3, 3))
    first.arrive("400.00", date(2026, 3, 4))
    house.post(draft_of(
        [(ACTIVITY, "100.00", first.code), (BANK, "-100.00", None)], date(2026, 3, 5)
    ))  # fmt: skip
    house.reverse(spend(house, "20.00", None, date(2026, 3, 5)))
    return first


def moves(house: House) -> list[allocation_moves.Move]:
    with house.registry.read() as conn:
        return allocation_moves.until(conn, UNIT, date.max)


def test_the_moves_are_what_the_journal_says_however_often_it_is_read(house: House) -> None:
    lived(house)
    before = moves(house)
    with house.registry.write() as conn:
        allocation_moves.forget(conn, UNIT)
    standing.stands(house.registry, UNIT, house.now.date())
    assert moves(house) == before
    rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
    standing.stands(house.registry, UNIT, house.now.date())
    assert moves(house) == before


def test_checking_a_voucher_asks_as_much_after_many_vouchers_as_after_few(house: House) -> None:
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)

    def questions() -> int:
        with asked(house.registry) as heard:
            spend(house, "1.00")
        return len(heard)

    few = questions()
    for _ in range(20):
        spend(house, "1.00")
    assert questions() <= few


def test_statements_of_allocations_open_every_figure(house: House) -> None:
    lived(house)
    Grant(house, name="一般补助", nature="general", fund="F02", use="basic").arrive("70.00", MARCH)
    for period in ("2026-03", "2026"):
        whole = Period.parse(period)
        for name in ("arrivals", "allocation-use", "special-unspent"):
            source = known_source(house.registry, UNIT, name, whole)
            statement = catalogue.build(name, source, whole)
            assert every_figure_opens(source, statement, openings=False) > 10


def test_allocation_use_carries_what_is_left_into_the_next_year(house: House) -> None:
    """1,000.00 of 2026 came and 700.00 was spent: 2027 begins with 300.00, and has no budget."""
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)
    spend(house, "700.00")
    whole = Period.parse("2027")
    source = known_source(house.registry, UNIT, "allocation-use", whole)
    statement = catalogue.build("allocation-use", source, whole)
    row = next(line for line in statement.lines if line.code == grant.code)
    assert [cell.text for cell in row.cells if isinstance(cell, Money)] == [
        "300.00", "0.00", "0.00", "0.00", "0.00", "0.00", "300.00",
    ]  # fmt: skip
    ledger = catalogue.build("arrivals", source, whole)
    assert grant.code in [line.code for line in ledger.lines]


def test_a_figure_of_the_book_itself_says_the_same(house: House) -> None:
    """Beancount's own loader is asked what was credited and debited under the code."""
    first = lived(house)
    entries, errors, _ = loader.load_file(str(house.folder / "book.bean"))
    assert errors == []
    arrived = sum(
        -posting.units.number
        for entry in entries
        if isinstance(entry, Transaction)
        for posting in entry.postings
        if (posting.meta or {}).get("allocation") == first.code
        and posting.account == LEVY
        and posting.units is not None
        and posting.units.number is not None
    )
    assert Money(first.check().arrived_fen).text == str(arrived)


def test_moving_is_refused_in_the_library_for_who_may_not(house: House) -> None:
    grant = Grant(house)
    for user in (house.checker, house.reader, house.administrator):
        with pytest.raises(Refused, match="not-allowed"):
            moving.arrive(
                house.registry, UNIT, grant.code, yuan("1.00"), BANK, MARCH, user, house.now
            )
    for account in ("102", LEVY, "Assets:199-没有"):
        with pytest.raises(Refused, match="account-not-open"):
            moving.arrive(
                house.registry, UNIT, grant.code, yuan("1.00"), account, MARCH, house.maker,
                house.now,
            )  # fmt: skip
    assert workflow.waiting(house.registry, UNIT) == []


def test_carrying_the_year_over_gives_nothing_back_to_a_grant(small_house: House) -> None:
    """What came and what was spent go to net assets when the year ends; no money moves."""
    house = small_house
    grant = Grant(house)
    grant.arrive("1000.00", MARCH)
    spend(house, "900.00")
    over: Lines = [(LEVY, "1000.00", None), (ACTIVITY, "-900.00", None), (OPENING, "-100.00", None)]
    voucher = post(house, over, date(2026, 3, 31))
    assert held(house, grant, date(2026, 4, 1)) == "100.00"
    assert grant.check().fund_fen == grant.check().held_fen == 100_00
    house.reverse(voucher, day=date(2026, 3, 31))
    assert held(house, grant, date(2026, 4, 1)) == "100.00"
