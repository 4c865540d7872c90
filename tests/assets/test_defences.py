"""What somebody who may record tries with a thing that nobody approved: refused, and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from ledger import workflow
from ledger.assets.asked import Asked
from ledger.assets.depreciating import depreciate
from ledger.assets.disposing import Leaving, dispose
from ledger.assets.handing import give_back
from ledger.assets.receiving import Received, receive
from ledger.assets.requesting import approve, ask, withdraw
from ledger.draft_text import draft_from_json
from ledger.entry import Draft, Lot, Posting, Voucher
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.money import Money, yuan
from ledger.period import Month
from ledger.registry import asset_requests, drafts, persons, users
from ledger.registry.asset_requests import RequestRow
from ledger.registry.persons import PersonData
from tests.assets.keeping import DECISION, NOW, PASSWORD, SISTER, UNIT, Keeping

MAY = date(2026, 5, 10)


def rules(act: Callable[[], object]) -> set[str]:
    """The rules by which an act is refused; it has to be."""
    with pytest.raises((Refused, NotAllowed, CannotRun)) as told:
        act()
    return {found.rule for found in told.value.findings}


def content(keeping: Keeping, draft: str) -> Draft:
    with keeping.registry.read() as conn:
        row = drafts.find(conn, draft)
    assert row is not None
    return draft_from_json(row.payload)


def amended(keeping: Keeping, draft: str, *lines: Posting, **changed: object) -> set[str]:
    """The rules that speak against a draft's being changed to these lines."""
    old = content(keeping, draft)
    new = replace(old, postings=lines or old.postings, **changed)  # type: ignore[arg-type]
    return rules(lambda: workflow.amend(keeping.registry, draft, new, keeping.maker, keeping.now))


def money(keeping: Keeping, fen: int, fund: str = "F01", **meta: str) -> tuple[Posting, Posting]:
    """Money that moves from one account to another, and is no thing."""
    other = {"union": "408", "npo-2": "490101", "gover": "4001"}[keeping.chart[:5]]
    said = tuple(meta.items())
    return (
        Posting(keeping.bank, Money(fen), fund, said),
        Posting(keeping.account(other), Money(-fen), fund, said),
    )


# ---- drafts of our acts, changed by their maker -------------------------------------------------


def test_a_disposal_is_not_changed_into_something_that_moves_no_thing(keeping: Keeping) -> None:
    code = keeping.own()
    row = keeping.handed("scrap", code)
    draft = dispose(keeping.registry, UNIT, row.code, Leaving(MAY), keeping.maker, keeping.now)
    lines = money(keeping, 100, asset=code, request=row.code)
    assert "asset-disposal" in amended(keeping, draft, *lines)
    assert keeping.stands(code).state == "in-use"


def test_an_addition_is_not_changed_into_plain_spending(keeping: Keeping) -> None:
    done = keeping.add()
    assert "asset-card" in amended(keeping, done.draft, *money(keeping, 100))


def test_a_charge_is_not_changed_into_something_else(keeping: Keeping) -> None:
    keeping.own()
    made = depreciate(keeping.registry, UNIT, Month(2026, 4), keeping.maker, keeping.now)
    assert amended(keeping, made.drafts[0], *money(keeping, 100))


def test_depreciation_is_borne_by_what_the_rule_names(any_chart: Keeping) -> None:
    any_chart.own()
    made = depreciate(any_chart.registry, UNIT, Month(2026, 4), any_chart.maker, any_chart.now)
    old = content(any_chart, made.drafts[0])
    worn = [line for line in old.postings if line.meta]
    fen = -sum(line.amount.fen for line in worn)
    lines = (Posting(any_chart.bank, Money(fen), "F01"), *worn)
    assert "depreciation-differs" in amended(any_chart, made.drafts[0], *lines)


def test_a_disposal_takes_nothing_else_along(any_chart: Keeping) -> None:
    code = any_chart.own()
    any_chart.wear("2026-04")
    row = any_chart.handed("sale", code)
    how = Leaving(MAY, any_chart.bank)
    draft = dispose(any_chart.registry, UNIT, row.code, how, any_chart.maker, any_chart.now)
    old = content(any_chart, draft)
    more = money(any_chart, -100_00)
    assert "asset-disposal" in amended(any_chart, draft, *old.postings, *more)


def test_a_disposal_is_not_dated_before_it_was_handed_over(keeping: Keeping) -> None:
    code = keeping.own()
    row = keeping.handed("scrap", code)
    draft = dispose(keeping.registry, UNIT, row.code, Leaving(MAY), keeping.maker, keeping.now)
    assert "asset-disposal" in amended(keeping, draft, day=date(2026, 4, 30))


def test_a_sale_is_at_the_price_that_was_approved(any_chart: Keeping) -> None:
    code = any_chart.own()
    row = any_chart.handed("sale", code)
    how = Leaving(MAY, any_chart.bank, proceeds=yuan("2999.99"))
    assert rules(
        lambda: dispose(any_chart.registry, UNIT, row.code, how, any_chart.maker, any_chart.now)
    ) == {"bad-disposal"}
    draft = dispose(
        any_chart.registry, UNIT, row.code, Leaving(MAY, any_chart.bank), any_chart.maker,
        any_chart.now,
    )  # fmt: skip
    halved = [
        replace(line, amount=Money(line.amount.fen // 2)) if line.amount.fen in (300000, -300000)
        else line
        for line in content(any_chart, draft).postings
    ]  # fmt: skip
    assert amended(any_chart, draft, *halved)


def test_what_a_sale_brings_stays_in_the_fund_of_the_thing(any_chart: Keeping) -> None:
    code = any_chart.own(fund="F02")
    row = any_chart.handed("sale", code)
    how = Leaving(MAY, any_chart.bank)
    draft = dispose(any_chart.registry, UNIT, row.code, how, any_chart.maker, any_chart.now)
    moved = [
        replace(line, fund="F01") if line.lot is None and abs(line.amount.fen) == 300000 else line
        for line in content(any_chart, draft).postings
    ]
    assert amended(any_chart, draft, *moved)


# ---- entries by hand ----------------------------------------------------------------------------


def lot(keeping: Keeping, code: str, units: int, cost: str = "12000.00") -> Posting:
    account = {"union": "162", "npo-2": "1501", "gover": "1601"}[keeping.chart[:5]]
    one = Lot(Decimal(units), code, yuan(cost))
    return Posting(keeping.account(account), one.weight, "F01", (), one)


def test_a_thing_that_has_a_card_does_not_come_a_second_time_by_hand(any_chart: Keeping) -> None:
    code = any_chart.own()
    for cost in ("12000.00", "5000.00"):
        line = lot(any_chart, code, 1, cost)
        paid = Posting(any_chart.bank, -line.amount, "F01")
        assert "asset-twice" in rules(partial(any_chart.post, line, paid, day=MAY))


def test_a_thing_that_is_gone_does_not_come_back_by_hand(keeping: Keeping) -> None:
    code = keeping.own()
    keeping.leave("scrap", code)
    line = lot(keeping, code, 1)
    paid = Posting(keeping.bank, -line.amount, "F01")
    assert "asset-twice" in rules(lambda: keeping.post(line, paid, day=date(2026, 6, 1)))


def test_what_waits_for_a_card_comes_by_its_own_draft_only(keeping: Keeping) -> None:
    keeping.own()
    code = keeping.add(name="打印机").row.code
    line = lot(keeping, code, 1)
    paid = Posting(keeping.bank, -line.amount, "F01")
    assert "asset-twice" in rules(lambda: keeping.post(line, paid, day=MAY))


@pytest.mark.parametrize("code", ["FA-999999999999", "FA-7", "FA-0000000012"])
def test_an_entry_by_hand_leaves_codes_for_the_next_asset(keeping: Keeping, code: str) -> None:
    keeping.own()
    line = lot(keeping, code, 1)
    paid = Posting(keeping.bank, -line.amount, "F01")
    assert "asset-code" in rules(lambda: keeping.post(line, paid, day=MAY))
    last = lot(keeping, "FA-999999999", 1)
    keeping.post(last, paid, day=MAY)
    assert [keeping.own(name=name) for name in ("甲", "乙")] == ["FA-1000000000", "FA-1000000001"]


# ---- custody ------------------------------------------------------------------------------------


def test_what_is_back_is_where_it_was_and_not_with_somebody_else(keeping: Keeping) -> None:
    code = keeping.own()
    row = keeping.handed("loan", code)
    with_whom = partial(
        give_back, keeping.registry, UNIT, row.code, date(2026, 6, 1), keeping.maker, keeping.now,
        to="zhou", place="家中",
    )  # fmt: skip
    assert "asset-undecided" in rules(with_whom)
    assert keeping.stands(code).state == "lent"
    give_back(
        keeping.registry, UNIT, row.code, date(2026, 6, 1), keeping.maker, keeping.now, to="chen",
        place="办公室 301",
    )  # fmt: skip
    stood = keeping.stands(code)
    assert (stood.state, stood.keeper, stood.place) == ("in-use", keeping.keeper.id, "办公室 301")


def test_who_asked_does_not_approve_as_another_user_of_theirs(keeping: Keeping) -> None:
    code = keeping.own()
    with keeping.registry.write() as conn:
        person = persons.add(conn, keeping.registry.vault, PersonData("示例甲"), NOW)
        once, again = (
            users.add(
                conn, login=login, password=PASSWORD, roles=frozenset({(UNIT, role)}), now=NOW,
                person=person,
            )
            for login, role in (("yi", "treasurer"), ("yi2", "checker"))
        )  # fmt: skip
    asked = Asked(UNIT, "scrap", [code], DECISION, date(2026, 5, 6), "坏了", "worn-out")
    row = ask(keeping.registry, asked, once, keeping.now)
    assert rules(lambda: approve(keeping.registry, UNIT, row.code, again, keeping.now)) == {
        "maker-is-checker"
    }


def request_of(keeping: Keeping, code: str) -> RequestRow:
    with keeping.registry.read() as conn:
        row = asset_requests.find(conn, UNIT, code)
    assert row is not None
    return row


def transferred(keeping: Keeping) -> tuple[str, Voucher, str, Received]:
    """A thing that left for the other unit: its code, voucher and request, and what is received."""
    code = keeping.own()
    voucher = keeping.leave("transfer", code)
    with keeping.registry.read() as conn:
        (row,) = asset_requests.of_assets(conn, UNIT, [code])[code]
    got = Received(SISTER, row.code, date(2026, 5, 12), "F01", "qian", "一楼")
    return code, voucher, row.code, got


def test_a_transfer_that_the_other_unit_entered_is_not_taken_back_alone(keeping: Keeping) -> None:
    code, voucher, _, got = transferred(keeping)
    (came,) = receive(keeping.registry, got, keeping.sister, keeping.now)
    assert "asset-received" in rules(lambda: keeping.reverse(voucher))
    workflow.withdraw(keeping.registry, came.draft, keeping.sister, keeping.now)
    keeping.reverse(voucher)
    assert keeping.stands(code).state == "in-use"


def test_what_one_unit_took_back_for_good_the_other_does_not_receive(keeping: Keeping) -> None:
    code, voucher, request, got = transferred(keeping)
    keeping.reverse(voucher)
    withdraw(keeping.registry, UNIT, request, keeping.maker, keeping.now)
    assert rules(lambda: receive(keeping.registry, got, keeping.sister, keeping.now)) == {
        "bad-asset"
    }
    keeping.leave("scrap", code, on=date(2026, 6, 2))


def test_nothing_leaves_in_a_month_before_the_last_that_was_charged(any_chart: Keeping) -> None:
    code = any_chart.own()
    any_chart.wear("2026-06")
    row = any_chart.handed("scrap", code)
    assert "asset-charged" in rules(
        lambda: dispose(
            any_chart.registry, UNIT, row.code, Leaving(MAY), any_chart.maker, any_chart.now
        )
    )


def test_a_month_that_lies_ahead_is_not_proposed(keeping: Keeping) -> None:
    keeping.own()
    ahead = partial(
        depreciate, keeping.registry, UNIT, Month(2027, 12), keeping.maker, keeping.now
    )  # fmt: skip
    assert rules(ahead) == {"day-ahead"}
    assert workflow.waiting(keeping.registry, UNIT) == []


def test_a_memo_that_is_lost_is_told_and_nothing_breaks(keeping: Keeping) -> None:
    code = keeping.own(
        source="memo", ownership="employer", cost=Money(0), fund="", name="行政借用的桌子",
        class_id="furniture",
    )  # fmt: skip
    row = keeping.approved("loss", code)
    assert (row.state, keeping.stands(code).state) == ("done", "gone")
    assert rules(
        lambda: dispose(keeping.registry, UNIT, row.code, Leaving(MAY), keeping.maker, keeping.now)
    ) == {"asset-undecided"}


def test_a_correction_is_done_with_the_last_of_its_assets(keeping: Keeping) -> None:
    done = [keeping.add(name=name) for name in ("甲", "乙")]
    vouchers = [keeping.approve(one.draft) for one in done]
    row = keeping.approved("correction", *(one.row.code for one in done))
    states = []
    for voucher in vouchers:
        keeping.reverse(voucher)
        states.append(request_of(keeping, row.code).state)
    assert states == ["approved", "done"]


def test_what_was_handed_over_and_stays_after_all_is_free_for_another_request(
    keeping: Keeping,
) -> None:
    code = keeping.own()
    row = keeping.handed("sale", code)
    how = Leaving(MAY, keeping.bank)
    draft = dispose(keeping.registry, UNIT, row.code, how, keeping.maker, keeping.now)
    back = partial(
        withdraw, keeping.registry, UNIT, row.code, keeping.maker, keeping.now
    )  # fmt: skip
    assert rules(back) == {"request-state"}
    workflow.withdraw(keeping.registry, draft, keeping.maker, keeping.now)
    assert back().state == "withdrawn"
    assert rules(
        lambda: dispose(keeping.registry, UNIT, row.code, how, keeping.maker, keeping.now)
    ) == {"asset-undecided"}
    keeping.leave("scrap", code)
    assert keeping.stands(code).state == "gone"
