"""Nobody approves alone: makers, checkers, limits and reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from ledger import closing, reopening, reversing, workflow
from ledger.checking import check_unit
from ledger.entry import Draft, Lot, Posting, Voucher
from ledger.errors import NotAllowed, Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import oplog, persons, schema, sessions
from tests.house import ACTIVITY, BANK, DUES, OPENING, UNIT, House


def propose(house: House, draft: Draft | None = None) -> str:
    return workflow.propose(house.registry, draft or house.draft(), house.maker, house.now)


def test_a_maker_never_checks_their_own(house: House) -> None:
    draft_id = propose(house)
    both = replace(house.maker, roles=frozenset({(UNIT, "accountant")}))
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        workflow.approve(house.registry, draft_id, both, house.now)


def test_only_the_right_role_acts(house: House) -> None:
    with pytest.raises(NotAllowed, match="not-allowed"):
        workflow.propose(house.registry, house.draft(), house.checker, house.now)
    draft_id = propose(house)
    for user in (house.reader, house.administrator):
        with pytest.raises(NotAllowed, match="not-allowed"):
            workflow.approve(house.registry, draft_id, user, house.now)
        with pytest.raises(NotAllowed, match="not-allowed"):
            workflow.send_back(house.registry, draft_id, user, house.now, "x")
        with pytest.raises(NotAllowed, match="not-allowed"):
            closing.close_month(house.registry, UNIT, Month(2026, 1), user, house.now)


@pytest.mark.parametrize(("amount", "needed"), [("10000.00", 1), ("10000.01", 2)])
def test_above_the_limit_two_checkers_sign(house: House, amount: str, needed: int) -> None:
    draft_id = propose(house, house.draft(amount))
    first = workflow.approve(house.registry, draft_id, house.checker, house.now)
    if needed == 1:
        assert isinstance(first, Voucher)
        return
    assert isinstance(first, workflow.Waiting)
    assert first.needed == 2
    with pytest.raises(Refused, match="approved-already"):
        workflow.approve(house.registry, draft_id, house.checker, house.now)
    second = workflow.approve(house.registry, draft_id, house.second, house.now)
    assert isinstance(second, Voucher)
    assert second.checkers == (house.checker.id, house.second.id)


def test_a_correction_needs_new_approvals(house: House) -> None:
    draft_id = propose(house, house.draft("20000.00"))
    workflow.approve(house.registry, draft_id, house.checker, house.now)
    workflow.amend(house.registry, draft_id, house.draft("30000.00"), house.maker, house.now)
    result = workflow.approve(house.registry, draft_id, house.second, house.now)
    assert isinstance(result, workflow.Waiting)
    assert result.approvals == (house.second.id,)
    posted = workflow.approve(house.registry, draft_id, house.checker, house.now)
    assert isinstance(posted, Voucher)


def test_a_returned_draft_goes_back_with_its_reason(house: House) -> None:
    draft_id = propose(house)
    workflow.send_back(house.registry, draft_id, house.checker, house.now, "附件不清")
    (waiting,) = workflow.waiting(house.registry, UNIT)
    assert (waiting.state, waiting.note) == ("returned", "附件不清")
    with pytest.raises(Refused, match="draft-returned"):
        workflow.approve(house.registry, draft_id, house.checker, house.now)
    workflow.amend(house.registry, draft_id, house.draft("26.00"), house.maker, house.now)
    assert isinstance(workflow.approve(house.registry, draft_id, house.checker, house.now), Voucher)


def test_only_its_maker_changes_or_withdraws_a_draft(house: House) -> None:
    draft_id = propose(house)
    other = replace(house.maker, id="u-OTHER00000")
    with pytest.raises(NotAllowed, match="not-your-draft"):
        workflow.withdraw(house.registry, draft_id, other, house.now)
    with pytest.raises(NotAllowed, match="not-your-draft"):
        workflow.amend(house.registry, draft_id, house.draft(), other, house.now)
    workflow.withdraw(house.registry, draft_id, house.maker, house.now)
    assert workflow.waiting(house.registry, UNIT) == []
    with pytest.raises(Refused, match="no-draft"):
        workflow.approve(house.registry, draft_id, house.checker, house.now)


def test_every_act_is_in_the_operation_log(house: House) -> None:
    draft_id = propose(house)
    workflow.send_back(house.registry, draft_id, house.checker, house.now, "x")
    workflow.amend(house.registry, draft_id, house.draft("26.00"), house.maker, house.now)
    workflow.approve(house.registry, draft_id, house.checker, house.now)
    with house.registry.read() as conn:
        acts = [(act.user, act.action) for act in oplog.entries(conn, UNIT)]
        assert oplog.verify(conn) == []
    assert acts == [
        (house.maker.id, "draft.propose"),
        (house.checker.id, "draft.return"),
        (house.maker.id, "draft.amend"),
        (house.checker.id, "draft.approve"),
        (house.checker.id, "voucher.post"),
    ]


def test_several_drafts_are_approved_together_or_not_at_all(house: House) -> None:
    good, bad = propose(house), propose(house, house.draft("27.00"))
    workflow.send_back(house.registry, bad, house.checker, house.now, "x")
    with pytest.raises(Refused, match="draft-returned"):
        workflow.approve_many(house.registry, UNIT, [good, bad], house.checker, house.now)
    assert len(workflow.waiting(house.registry, UNIT)) == 2
    assert house.post(house.draft("28.00")).number == "收-202603-0001"


def test_one_source_gives_one_voucher_until_it_is_reversed(house: House) -> None:
    draft = house.draft(source="bank:abc")
    voucher = house.post(draft)
    with pytest.raises(Refused, match="source-used"):
        propose(house, draft)
    back = reversing.reverse(
        house.registry, UNIT, voucher.number, house.maker, house.now,
        day=date(2026, 3, 6), reason="记错科目",
    )  # fmt: skip
    workflow.approve(house.registry, back, house.checker, house.now)
    assert house.post(draft).number == "收-202603-0003"


# ---- funds -------------------------------------------------------------------------------------


def spend(house: House, amount: str, day: date) -> Draft:
    return house.draft(amount, debit=ACTIVITY, credit=BANK, fund="F03", kind="付", day=day)


def test_a_restricted_fund_is_not_overdrawn_by_a_fen_on_any_day(house: House) -> None:
    house.post(house.draft("100.00", fund="F03", day=date(2026, 3, 3)))
    with pytest.raises(Refused, match="fund-overdrawn"):
        house.post(spend(house, "100.01", date(2026, 3, 4)))
    with pytest.raises(Refused, match="fund-overdrawn"):
        house.post(spend(house, "100.00", date(2026, 3, 2)))
    house.post(spend(house, "60.00", date(2026, 3, 10)))
    # Dated before, it would overdraw the fund on the tenth.
    with pytest.raises(Refused, match="fund-overdrawn"):
        house.post(spend(house, "40.01", date(2026, 3, 5)))
    house.post(spend(house, "40.00", date(2026, 3, 5)))


def test_reversing_what_a_fund_received_may_not_overdraw_it(house: House) -> None:
    received = house.post(house.draft("100.00", fund="F03", day=date(2026, 3, 3)))
    house.post(spend(house, "60.00", date(2026, 3, 4)))
    with pytest.raises(Refused, match="fund-overdrawn"):
        reversing.reverse(
            house.registry, UNIT, received.number, house.maker, house.now,
            day=date(2026, 3, 5), reason="x",
        )  # fmt: skip


def test_money_moves_between_funds_by_decision_only(house: House) -> None:
    lines = (
        Posting(OPENING, yuan("5.00"), "F01"),
        Posting(BANK, yuan("-5.00"), "F01"),
        Posting(BANK, yuan("5.00"), "F03"),
        Posting(OPENING, yuan("-5.00"), "F03"),
    )
    draft = Draft(UNIT, date(2026, 3, 5), "转", "拨入专项", lines)
    house.post(house.draft("100.00"))
    with pytest.raises(Refused, match="transfer-undecided"):
        propose(house, draft)
    house.post(replace(draft, meta=(("decision", "会纪〔2026〕3号"),)))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"fund": "F99"}, "fund-not-open"),
        ({"debit": "Assets:199-没有"}, "account-not-open"),
        ({"day": date(2025, 12, 31)}, "account-not-open"),
    ],
)
def test_what_is_not_open_is_refused(house: House, change: dict[str, object], rule: str) -> None:
    with pytest.raises(Refused, match=rule):
        house.post(house.draft("1.00", **change))  # type: ignore[arg-type]


def test_what_does_not_balance_in_each_fund_is_refused(house: House) -> None:
    lines = (Posting(BANK, yuan("5.00"), "F01"), Posting(DUES, yuan("-5.00"), "F02"))
    with pytest.raises(Refused, match="unbalanced"):
        propose(house, Draft(UNIT, date(2026, 3, 5), "收", "跨资金", lines))
    lines = (Posting(BANK, yuan("5.00"), "F01"), Posting(DUES, yuan("-4.99"), "F01"))
    with pytest.raises(Refused, match="unbalanced"):
        propose(house, Draft(UNIT, date(2026, 3, 5), "收", "差一分", lines))


def test_a_tag_of_opening_balances_frees_nobody_from_a_decision_later(house: House) -> None:
    lines = (
        Posting(BANK, yuan("5.00"), "F01"),
        Posting(OPENING, yuan("-5.00"), "F01"),
        Posting(BANK, yuan("5.00"), "F03"),
        Posting(OPENING, yuan("-5.00"), "F03"),
    )
    first = Draft(UNIT, date(2026, 1, 1), "转", "年初余额", lines, tags=("opening",))
    with pytest.raises(Refused, match="transfer-undecided"):
        propose(house, replace(first, day=date(2026, 3, 5)))
    house.post(first)


def test_a_day_beyond_next_month_is_a_slip_of_the_pen(house: House) -> None:
    house.post(house.draft("1.00", day=date(2026, 4, 30)))
    for day in (date(2026, 5, 1), date(2062, 3, 5)):
        with pytest.raises(Refused, match="day-ahead"):
            house.post(house.draft("1.00", day=day))


def test_a_name_is_found_in_the_label_of_a_lot_too(house: House) -> None:
    with house.registry.write() as conn:
        persons.add(conn, house.registry.vault, persons.PersonData("欧阳明白"), house.now)
    lot = Lot(Decimal(1), "FA-1", yuan("5.00"), "欧阳明白的电脑")
    lines = (Posting(BANK, lot.weight, "F01", (), lot), Posting(BANK, -lot.weight, "F01"))
    with pytest.raises(Refused, match="name-in-book"):
        propose(house, Draft(UNIT, date(2026, 3, 5), "转", "设备", lines))


# ---- reversals ---------------------------------------------------------------------------------


def test_a_reversal_takes_back_exactly_what_was_posted(house: House) -> None:
    voucher = house.post(house.draft("25.00", day=date(2026, 3, 4)))

    def back(**changes: object) -> Draft:
        draft = house.draft("-25.00", reverses=voucher.number, source="user", kind="收")
        return replace(draft, **changes)  # type: ignore[arg-type]

    for wrong in (
        back(postings=house.draft("-24.99").postings),
        back(postings=house.draft("-25.00", fund="F02").postings),
        back(postings=house.draft("-25.00", debit=OPENING).postings),
        back(day=date(2026, 3, 3)),
        back(reverses="收-202603-0099"),
    ):
        with pytest.raises(Refused, match=r"\[reversal\]"):
            propose(house, wrong)
    done = house.post(back())
    with pytest.raises(Refused, match="not reversed again"):
        reversing.reverse(
            house.registry, UNIT, done.number, house.maker, house.now,
            day=date(2026, 3, 6), reason="冲销的冲销",
        )  # fmt: skip


def test_two_reversals_of_one_voucher_do_not_wait_together(house: House) -> None:
    voucher = house.post(house.draft())

    def ask() -> str:
        return reversing.reverse(
            house.registry, UNIT, voucher.number, house.maker, house.now,
            day=date(2026, 3, 6), reason="记错",
        )  # fmt: skip

    ask()
    with pytest.raises(Refused, match="source-used"):
        ask()


# ---- who acts ----------------------------------------------------------------------------------


def test_approving_what_was_changed_and_changed_back_counts_anew(house: House) -> None:
    first = house.draft("20000.00")
    draft_id = propose(house, first)
    workflow.approve(house.registry, draft_id, house.checker, house.now)
    workflow.amend(house.registry, draft_id, house.draft("30000.00"), house.maker, house.now)
    workflow.amend(house.registry, draft_id, first, house.maker, house.now)
    result = workflow.approve(house.registry, draft_id, house.second, house.now)
    assert isinstance(result, workflow.Waiting)
    assert result.approvals == (house.second.id,)


def test_a_user_who_left_has_no_session(house: House) -> None:
    with house.registry.write() as conn:
        token = sessions.open(conn, house.checker, "cli", house.now)
        assert sessions.user(conn, token, house.now) is not None
        conn.execute(
            update(schema.user).where(schema.user.c.id == house.checker.id).values(state="left")
        )
        assert sessions.user(conn, token, house.now) is None


# ---- closing -----------------------------------------------------------------------------------


def test_a_closed_month_takes_nothing_more(house: House) -> None:
    house.post(house.draft(day=date(2026, 1, 5)))
    done = closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    assert "Beancount" in done.checked
    with pytest.raises(Refused, match="month-closed"):
        house.post(house.draft(day=date(2026, 1, 31)))
    with pytest.raises(Refused, match="close-order"):
        closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    with pytest.raises(Refused, match="close-order"):
        closing.close_month(house.registry, UNIT, Month(2026, 3), house.maker, house.now)


def test_a_month_with_open_work_or_not_over_is_not_closed(house: House) -> None:
    house.post(house.draft(day=date(2026, 1, 5)))
    propose(house, house.draft("3.00", day=date(2026, 1, 6)))
    with pytest.raises(Refused, match="drafts-open"):
        closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)


def reopen(house: House, month: Month, reason: str) -> None:
    """Asked for by one, confirmed by another."""
    reopening.ask(house.registry, UNIT, month, house.maker, house.now, reason)
    reopening.confirm(house.registry, UNIT, month, house.checker, house.now)


def test_a_reopened_month_leaves_its_trace_and_is_closed_again(house: House) -> None:
    house.post(house.draft(day=date(2026, 1, 5)))
    closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    reopen(house, Month(2026, 1), "补记利息")
    house.post(house.draft("2.00", day=date(2026, 1, 31)))
    closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.later(minutes=1))
    text = (house.folder / "2026/01.bean").read_text()
    assert text.count('custom "close"') == 2
    assert text.count('custom "reopen"') == 1
    with pytest.raises(Refused, match="not-last-closed"):
        reopen(house, Month(2026, 2), "x")


def test_a_reason_is_made_fit_for_the_book(house: House) -> None:
    house.post(house.draft(day=date(2026, 1, 5)))
    closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    with pytest.raises(Refused, match="not-last-closed"):
        reopen(house, Month(2026, 1), "\u200b")
    reason = '两行\n"引号" \u202e' + "长" * 400
    reopen(house, Month(2026, 1), reason)
    assert check_unit(house.registry, UNIT) == []
