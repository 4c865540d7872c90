"""A whole import taken back: at once, or by reversals where its lines are in the book."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from importers import staging, undoing
from importers.drafting import OtherSide
from ledger import closing, reversing, workflow
from ledger.cli.main import main
from ledger.entry import Voucher
from ledger.errors import LedgerError, NotAllowed, Refused
from ledger.money import Money
from ledger.period import Month, Period
from ledger.reference import make_code
from ledger.registry import oplog, statement_files, undoings
from ledger.registry import staging as kept
from reports.reconciling import reconcile
from tests.house import ACTIVITY, BANK, DUES, PASSWORD, UNIT, House
from tests.importers.desk import FULL, Desk, Layout, Move, history

MOVES = history([2500, -1250, 99])
CODE = make_code("HY", 2026, 7)
PAID = [replace(MOVES[0], memo=f"会费 {CODE}"), *MOVES[1:]]


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


@pytest.fixture
def small_desk(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    return Desk(small_house)


def answer(desk: Desk, number: int, account: str = DUES, fund: str = "F01") -> str:
    line = staging.question(desk.registry, UNIT, number)
    side = OtherSide(account, fund, Money(line.fen))
    return staging.answer(desk.registry, UNIT, number, [side], desk.house.maker, desk.house.now)


def undo(desk: Desk, number: int, reason: str = "导错账户") -> undoing.Undone:
    return undoing.undo(
        desk.registry, UNIT, number, desk.house.maker, desk.house.later(hours=1), reason
    )


def give_up(desk: Desk, number: int) -> int:
    return undoing.give_up(desk.registry, UNIT, number, desk.house.maker, desk.house.now)


def posted(desk: Desk, *, layout: Layout = FULL, account: str | None = None) -> staging.Imported:
    """Three lines: the first in the book under a claim, the second drafted, the third open."""
    desk.claim(CODE, "25.00", desk.member("示例会员甲", "007"))
    done = desk.read_in(layout.csv(PAID), account=account)
    assert list(desk.approve_all()) == ["收-202603-0001"]
    answer(desk, desk.questions()[0].number, ACTIVITY)
    return done


def evidence(desk: Desk, file: int) -> list[tuple[int, str]]:
    """The file's lines with their states, whether it was undone or not."""
    with desk.registry.read() as conn:
        row = statement_files.file_by_number(conn, UNIT, file)
        assert row is not None
        return [(line, state) for line, _, state in kept.lines_of_file(conn, row)]


def test_what_is_in_the_book_is_undone_by_reversals_that_a_checker_signs(desk: Desk) -> None:
    done = posted(desk)
    waits = desk.drafts()
    result = undo(desk, done.number)
    assert (result.lines, len(result.withdrawn), len(result.reversals)) == (3, 1, 1)
    assert result.withdrawn == (waits[0].id,)
    assert not result.done
    assert desk.questions() == []
    (reversal,) = desk.drafts()
    assert (reversal.draft.reverses, reversal.draft.day) == ("收-202603-0001", date(2026, 3, 2))
    assert (reversal.maker, reversal.needed) == (desk.house.maker.id, 1)
    assert desk.claim_state(CODE) == "paid"
    (leaving,) = undoing.under_way(desk.registry, UNIT)
    assert (leaving.posted, leaving.reversals, leaving.without) == (1, (reversal.id,), ())
    with pytest.raises(NotAllowed, match="not-allowed"):
        workflow.approve(desk.registry, reversal.id, desk.house.maker, desk.house.now)
    assert list(desk.approve_all()) == ["收-202603-0002"]
    assert desk.claim_state(CODE) == "open"
    assert undoing.under_way(desk.registry, UNIT) == []
    assert (desk.lines(), desk.questions(), desk.drafts()) == ([], [], [])
    assert [state for _, state in evidence(desk, done.number)] == ["undone"] * 3


@pytest.mark.parametrize("account", ["基本户", "第二户"])
def test_the_same_bytes_come_again_once_the_reversals_are_posted(desk: Desk, account: str) -> None:
    layout = Layout(number="")
    first = posted(desk, layout=layout, account="基本户")
    data = layout.csv(PAID)
    undo(desk, first.number)
    with pytest.raises(Refused, match=r"being-undone|imported-elsewhere"):
        desk.read_in(data, account=account)
    list(desk.approve_all())
    again = desk.read_in(data, account=account)
    assert (again.new, again.known, again.again) == (3, 0, False)
    assert again.number != first.number
    assert desk.read_in(data, account=account).again
    number = next(line.id for line in desk.lines() if line.fen == 2500)
    assert "收-202603-0003" in list(desk.approve_all())
    assert desk.claim_state(CODE) == "paid"
    # The undone lines stay, and are nobody's questions.
    assert [state for _, state in evidence(desk, first.number)] == ["undone"] * 3
    assert number not in {line for line, _ in evidence(desk, first.number)}
    with pytest.raises(Refused, match="no-question"):
        answer(desk, evidence(desk, first.number)[0][0])


def test_undoing_twice_does_what_once_does(desk: Desk) -> None:
    done = posted(desk)
    first = undo(desk, done.number)
    again = undo(desk, done.number)
    assert (again.reversals, again.withdrawn) == (first.reversals, ())
    assert len(desk.drafts()) == 1
    workflow.withdraw(desk.registry, first.reversals[0], desk.house.maker, desk.house.now)
    (leaving,) = undoing.under_way(desk.registry, UNIT)
    assert leaving.without == ("收-202603-0001",)
    third = undo(desk, done.number)
    assert len(third.reversals) == 1
    assert third.reversals != first.reversals
    list(desk.approve_all())
    last = undo(desk, done.number)
    assert (last.done, last.reversals, last.lines) == (True, (), 3)
    with desk.registry.read() as conn:
        acts = [act.action for act in oplog.entries(conn)]
        assert acts.count("statement.undo") == 1
        assert oplog.verify(conn) == []


def test_a_reversal_that_waits_already_is_the_one_that_is_used(desk: Desk) -> None:
    done = posted(desk)
    mine = reversing.reverse(
        desk.registry, UNIT, "收-202603-0001", desk.house.maker, desk.house.now,
        day=date(2026, 3, 4), reason="记错",
    )  # fmt: skip
    assert undo(desk, done.number).reversals == (mine,)
    list(desk.approve_all())
    assert undo(desk, done.number).done


def test_a_voucher_that_was_reversed_before_needs_no_second_reversal(desk: Desk) -> None:
    done = posted(desk)
    reversing.reverse(
        desk.registry, UNIT, "收-202603-0001", desk.house.maker, desk.house.now,
        day=date(2026, 3, 4), reason="记错",
    )  # fmt: skip
    for waits in desk.drafts():
        if waits.draft.reverses:
            workflow.approve(desk.registry, waits.id, desk.house.checker, desk.house.now)
    assert undo(desk, done.number).done
    assert desk.lines() == []


def test_in_a_closed_month_the_reversal_is_of_the_first_open_one(desk: Desk) -> None:
    done = desk.read_in(FULL.csv(MOVES))
    for question in desk.questions():
        answer(desk, question.number, DUES if question.amount.fen > 0 else ACTIVITY)
    assert len(list(desk.approve_all())) == 3
    desk.house.now = desk.house.later(days=40)
    closing.close_month(desk.registry, UNIT, Month(2026, 3), desk.house.maker, desk.house.now)
    assert len(undo(desk, done.number).reversals) == 3
    assert {waits.draft.day for waits in desk.drafts()} == {date(2026, 4, 1)}
    assert len(list(desk.approve_all())) == 3
    assert desk.lines() == []


def test_nothing_is_undone_where_one_reversal_cannot_be(desk: Desk) -> None:
    """The first line's money was spent since: without it the fund would be overdrawn."""
    done = posted_to_restricted(desk)
    desk.house.post(
        desk.house.draft("25.00", debit=ACTIVITY, credit=desk.lines()[0].account, fund="F03",
                         day=date(2026, 3, 4), kind="付")
    )  # fmt: skip
    before = (desk.questions(), desk.drafts(), evidence(desk, done.number))
    with pytest.raises(Refused, match="overdrawn"):
        undo(desk, done.number)
    assert (desk.questions(), desk.drafts(), evidence(desk, done.number)) == before
    assert undoing.under_way(desk.registry, UNIT) == []


def posted_to_restricted(desk: Desk) -> staging.Imported:
    done = desk.read_in(FULL.csv(MOVES))
    answer(desk, desk.questions()[0].number, DUES, "F03")
    list(desk.approve_all())
    return done


def test_an_undoing_that_breaks_off_leaves_everything_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = posted(desk)
    before = (desk.questions(), desk.drafts(), evidence(desk, done.number))

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(undoings, "finish", dies)
        with pytest.raises(KeyboardInterrupt):
            undo(desk, done.number)
    assert (desk.questions(), desk.drafts(), evidence(desk, done.number)) == before


def test_a_later_file_of_the_same_days_is_named_and_goes_first(desk: Desk) -> None:
    first = desk.read_in(FULL.csv(MOVES[:2]), "1.csv")
    second = desk.read_in(FULL.csv(MOVES), "2.csv")
    answer(desk, desk.questions()[2].number)
    list(desk.approve_all())
    with pytest.raises(Refused, match="import-overlapped") as refused:
        undo(desk, first.number)
    assert f"文件 {second.number}" in str(refused.value)
    assert not undo(desk, second.number).done
    with pytest.raises(Refused, match="import-overlapped"):
        undo(desk, first.number)
    list(desk.approve_all())
    assert undo(desk, first.number).done
    assert desk.lines() == []


def test_while_its_reversals_wait_no_file_of_the_same_days_comes_in(desk: Desk) -> None:
    """Its lines still count as known; they would be lost with the file that is undone."""
    done = posted(desk)
    undo(desk, done.number)
    longer = history([2500, -1250, 99, 500])
    with pytest.raises(Refused, match="being-undone"):
        desk.read_in(FULL.csv(longer), "longer.csv")
    later = [Move(MOVES[2].at + timedelta(days=20), 100, 101_449, ref="77001")]
    assert desk.read_in(FULL.csv(later), "later.csv").new == 1
    list(desk.approve_all())
    assert desk.read_in(FULL.csv(longer), "longer.csv").new == 4


def test_an_undoing_may_be_given_up(desk: Desk) -> None:
    done = posted(desk)
    undo(desk, done.number)
    assert give_up(desk, done.number) == 1
    assert (len(desk.questions()), desk.drafts()) == (2, [])
    assert desk.claim_state(CODE) == "paid"
    assert undoing.under_way(desk.registry, UNIT) == []
    with pytest.raises(Refused, match="not-being-undone"):
        give_up(desk, done.number)
    assert len(undo(desk, done.number).reversals) == 1


def test_what_was_set_aside_is_so_again_when_an_undoing_is_given_up(desk: Desk) -> None:
    done = posted(desk)
    aside = next(question.number for question in desk.questions())
    maker, now = desk.house.maker, desk.house.now
    staging.set_aside(desk.registry, UNIT, aside, maker, now, "无须入账")
    undo(desk, done.number)
    give_up(desk, done.number)
    assert dict(evidence(desk, done.number))[aside] == "set-aside"
    assert sorted(state for _, state in evidence(desk, done.number)) == [
        "posted", "question", "set-aside",
    ]  # fmt: skip


def test_a_reconciliation_explains_what_is_being_undone(desk: Desk) -> None:
    done = posted(desk, layout=Layout(opening=True))
    period = Period(date(2026, 3, 2), date(2026, 3, 4))
    before = reconcile(desk.registry, UNIT, BANK, period)
    undo(desk, done.number)
    during = reconcile(desk.registry, UNIT, BANK, period)
    assert (len(before.only_bank), len(during.only_bank)) == (2, 2)
    assert during.difference == before.difference
    list(desk.approve_all())
    after = reconcile(desk.registry, UNIT, BANK, period)
    assert (after.bank.closing, after.only_bank) == (None, ())


def test_withdrawing_a_reversal_leaves_what_was_paid_paid(desk: Desk) -> None:
    done = posted(desk)
    (reversal,) = undo(desk, done.number).reversals
    workflow.withdraw(desk.registry, reversal, desk.house.maker, desk.house.now)
    assert desk.claim_state(CODE) == "paid"
    assert [state for _, state in evidence(desk, done.number)] == ["posted", "undone", "undone"]


def test_parked_rows_go_with_their_file(desk: Desk) -> None:
    data = FULL.csv(MOVES) + "\r\n不是日期,5.00,,,某单位,,待查,".encode("gb18030")
    done = desk.read_in(data)
    answer(desk, desk.questions()[0].number)
    list(desk.approve_all())
    undo(desk, done.number)
    assert staging.inbox(desk.registry, UNIT).parked == ()
    give_up(desk, done.number)
    assert len(staging.inbox(desk.registry, UNIT).parked) == 1
    undo(desk, done.number)
    list(desk.approve_all())
    assert staging.inbox(desk.registry, UNIT).parked == ()


@pytest.mark.parametrize("number", [999, 0, 2**70])
def test_a_file_that_is_not_there_is_a_finding(small_desk: Desk, number: int) -> None:
    for act in (lambda: undo(small_desk, number), lambda: give_up(small_desk, number)):
        with pytest.raises(Refused, match="no-import"):
            act()


def test_undoing_needs_the_right_and_a_reason(small_desk: Desk) -> None:
    done = small_desk.read_in(FULL.csv(MOVES))
    with pytest.raises(Refused, match="no-reason"):
        undo(small_desk, done.number, " \u200b ")
    checker, now = small_desk.house.checker, small_desk.house.now
    with pytest.raises(NotAllowed):
        undoing.undo(small_desk.registry, UNIT, done.number, checker, now, "x")
    with pytest.raises(NotAllowed):
        undoing.give_up(small_desk.registry, UNIT, done.number, checker, now)


def test_a_draft_of_another_maker_is_theirs_to_withdraw(small_desk: Desk) -> None:
    done = small_desk.read_in(FULL.csv(MOVES))
    draft = answer(small_desk, small_desk.questions()[0].number)
    with small_desk.registry.write() as conn:
        conn.exec_driver_sql("UPDATE draft SET maker = 'u-other'")
    with pytest.raises(LedgerError, match="not-your-draft"):
        undo(small_desk, done.number)
    assert [waits.id for waits in small_desk.drafts()] == [draft]


def test_the_commands_tell_what_waits(small_desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    done = posted(small_desk)
    folder = str(small_desk.registry.folder)
    words = ["--unit", UNIT, "--user", "zhou"]

    def run(command: str, *more: str) -> str:
        assert main([command, folder, *words, *more]) == 0
        return capsys.readouterr().out

    told = json.loads(run("undo", str(done.number), "--reason", "导错", "--json"))
    assert (told["done"], len(told["reversals"]), told["lines"]) == (False, 1, 3)
    leaving = json.loads(run("inbox", "--json"))["undoing"]
    assert leaving[0]["file"] == done.number
    assert leaving[0]["reversals"] == told["reversals"]
    assert "正在撤销" in run("inbox")
    assert json.loads(run("undo", str(done.number), "--keep", "--json"))["withdrawn"] == 1
    assert "待审核" in run("undo", str(done.number), "--reason", "导错")
    list(small_desk.approve_all())
    assert "已撤销" in run("undo", str(done.number), "--reason", "导错")
    assert json.loads(run("inbox", "--json"))["undoing"] == []


def test_a_file_is_undone_without_a_reason_and_the_reversal_says_so(
    small_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    done = posted(small_desk)
    words = ["--unit", UNIT, "--user", "zhou", str(done.number)]
    assert main(["undo", str(small_desk.registry.folder), *words]) == 0
    assert "待审核" in capsys.readouterr().out
    narrations = [waits.draft.narration for waits in small_desk.drafts()]
    assert any(text.endswith("未说明原因 no reason given") for text in narrations), narrations


def test_the_reversal_is_a_voucher_like_any_other(small_desk: Desk) -> None:
    done = posted(small_desk)
    (reversal,) = undo(small_desk, done.number).reversals
    voucher = workflow.approve(
        small_desk.registry, reversal, small_desk.house.checker, small_desk.house.now
    )
    assert isinstance(voucher, Voucher)
    assert voucher.draft.narration == f"冲销 收-202603-0001：撤销导入 {done.number}，导错账户"
