"""What a person does about questions and parked rows, through the command line as they type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from importers import staging
from importers.drafting import OtherSide
from ledger import workflow
from ledger.cli.main import main
from ledger.errors import NotAllowed, Refused
from ledger.money import Money
from ledger.registry import oplog
from tests.house import DUES, PASSWORD, PAYABLE, UNIT, House
from tests.importers.desk import FULL, Desk, Layout, history

MOVES = history([2500, -1250, 99])
PARKED = FULL.csv(MOVES) + "\r\n不是日期,5.00,,,某单位,,待查,".encode("gb18030")


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


@pytest.fixture
def small_desk(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    return Desk(small_house)


def run(desk: Desk, command: str, *words: str, user: str = "zhou") -> int:
    folder = str(desk.registry.folder)
    return main([command, folder, "--unit", UNIT, "--user", user, *words])


def answer(desk: Desk, number: int, account: str = DUES) -> str:
    line = staging.question(desk.registry, UNIT, number)
    side = OtherSide(account, "F01", Money(line.fen))
    return staging.answer(desk.registry, UNIT, number, [side], desk.house.maker, desk.house.now)


def test_an_answer_may_be_changed_until_it_is_posted(desk: Desk) -> None:
    desk.read_in(FULL.csv(MOVES))
    number = desk.questions()[0].number
    first = answer(desk, number)
    second = answer(desk, number, PAYABLE)
    assert first != second
    assert [waits.id for waits in desk.drafts()] == [second]
    assert staging.inbox(desk.registry, UNIT).lines == {second: number}
    list(desk.approve_all())
    with pytest.raises(Refused, match="line-posted"):
        answer(desk, number)


def test_a_returned_answer_is_given_again_and_an_approval_of_the_old_one_counts_no_more(
    desk: Desk,
) -> None:
    desk.read_in(FULL.csv(MOVES))
    number = desk.questions()[0].number
    first = answer(desk, number)
    workflow.send_back(desk.registry, first, desk.house.checker, desk.house.now, "科目不对")
    second = answer(desk, number, PAYABLE)
    with pytest.raises(Refused, match="no-draft"):
        workflow.approve(desk.registry, first, desk.house.checker, desk.house.now)
    workflow.approve(desk.registry, second, desk.house.checker, desk.house.now)


def test_a_line_set_aside_may_be_answered_later(desk: Desk) -> None:
    desk.read_in(FULL.csv(MOVES))
    number = desk.questions()[0].number
    staging.set_aside(desk.registry, UNIT, number, desk.house.maker, desk.house.now, "待查")
    assert number not in {question.number for question in desk.questions()}
    answer(desk, number)
    staging.set_aside(desk.registry, UNIT, number, desk.house.maker, desk.house.now, "还是待查")
    assert desk.drafts() == []


def test_a_parked_row_stays_in_sight_until_a_reason_is_given(desk: Desk) -> None:
    desk.read_in(PARKED)
    (row,) = staging.inbox(desk.registry, UNIT).parked
    now = desk.house.now
    for reason in ("", " \u200b "):
        with pytest.raises(Refused, match="no-reason"):
            staging.dispose(desk.registry, UNIT, row.file, row.row, desk.house.maker, now, reason)
    with pytest.raises(NotAllowed):
        staging.dispose(desk.registry, UNIT, row.file, row.row, desk.house.checker, now, "x")
    staging.dispose(desk.registry, UNIT, row.file, row.row, desk.house.maker, now, "表尾说明")
    assert staging.inbox(desk.registry, UNIT).parked == ()
    with pytest.raises(Refused, match="no-parked-row"):
        staging.dispose(desk.registry, UNIT, row.file, row.row, desk.house.maker, now, "再次")


def test_an_import_is_undone_and_may_come_again_for_another_account(desk: Desk) -> None:
    data = Layout(number="").csv(MOVES)
    first = desk.read_in(data, account="基本户")
    answer(desk, desk.questions()[0].number)
    now, maker = desk.house.now, desk.house.maker
    done = staging.undo(desk.registry, UNIT, first.number, maker, now, "导错账户")
    assert (done.lines, done.done) == (3, True)
    assert (desk.lines(), desk.drafts()) == ([], [])
    assert desk.read_in(data, account="第二户").new == 3
    with desk.registry.read() as conn:
        assert "statement.undo" in {act.action for act in oplog.entries(conn)}
        assert oplog.verify(conn) == []


def test_new_rules_are_applied_to_questions_but_not_to_what_a_person_took_back(
    desk: Desk,
) -> None:
    desk.read_in(FULL.csv(MOVES))
    taken_back = answer(desk, desk.questions()[0].number)
    workflow.withdraw(desk.registry, taken_back, desk.house.maker, desk.house.now)
    desk.rules(f'[[rule]]\ntitle="甲"\nmemo="笔"\nto={{account="{PAYABLE}", fund="F01"}}\n')
    done = staging.match_again(desk.registry, UNIT, desk.house.maker, desk.house.now)
    assert len(done.drafts) == 2
    assert len(desk.questions()) == 1


# ---- as it is typed ----------------------------------------------------------------------------


def test_a_net_deposit_is_entered_gross_with_its_fee(
    small_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    small_desk.one("997.00")
    number = str(small_desk.questions()[0].number)
    words = ("--credit", "401", "1000.00", "F01", "--debit", "504", "3.00", "F01")
    assert run(small_desk, "answer", number, *words) == 0
    (waits,) = small_desk.drafts()
    amounts = [p.amount.text for p in waits.draft.postings]
    assert amounts == ["997.00", "-1000.00", "3.00"]
    assert run(small_desk, "answer", number, "--credit", "401", "996.00", "F01") == 1
    assert "line-amount" in capsys.readouterr().err
    assert len(small_desk.drafts()) == 1


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("--debit", "504", "F01"), "wrong-side"),
        (("--credit", "999", "F01"), "bad-line"),
        (("--credit", "401", "1", "F01", "--credit", "401", "F01"), "bad-line"),
        (("--credit", "401", "F09"), "fund"),
        (("--credit", "401", "f 9"), "bad"),
        (("--credit", "401", "F01", "--date", "2026-02-30"), "usage"),
        (("--credit", "401", "F01", "--paper", "/none/x.pdf"), "bad-paper"),
    ],
)
def test_a_wrong_answer_is_a_finding_and_changes_nothing(
    small_desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], rule: str
) -> None:
    small_desk.one("25.00")
    status = run(small_desk, "answer", str(small_desk.questions()[0].number), *words)
    assert status in (1, 2)
    assert rule in capsys.readouterr().err
    assert small_desk.drafts() == []


def test_import_tells_each_file_and_goes_on_after_a_bad_one(
    small_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(PARKED)
    bad.write_text("没有表格", encoding="utf-8")
    names = [str(bad), str(tmp_path / "none.csv"), str(good), str(good)]
    assert run(small_desk, "import", *names, "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert [one["imported"] for one in told] == [False, False, True, False]
    assert set(told[2]) == {
        "file", "number", "imported", "account", "profile", "proofs", "grade", "lines", "drafts",
        "questions", "findings",
    }  # fmt: skip
    assert told[2]["lines"] == {"new": 3, "known": 0, "parked": 1}
    assert told[3]["lines"] == {"new": 0, "known": 3, "parked": 1}


def test_inbox_json_holds_questions_parked_rows_and_drafts(
    small_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    small_desk.read_in(PARKED)
    number = small_desk.questions()[0].number
    answer(small_desk, number)
    assert run(small_desk, "inbox", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["questions"][0]) == {
        "line", "day", "amount", "currency", "account", "counterparty", "memo", "reason",
    }  # fmt: skip
    assert set(told["parked"][0]) == {"file", "name", "row", "reason", "cells"}
    assert told["drafts"][0]["line"] == number
    row = f"{told['parked'][0]['file']}:{told['parked'][0]['row']}"
    assert run(small_desk, "set-aside", row, "--reason", "表尾") == 0
    assert run(small_desk, "set-aside", row, "--reason", "表尾") == 1
    capsys.readouterr()
    assert run(small_desk, "inbox") == 0
    assert "待审核 drafts" in capsys.readouterr().out


@pytest.mark.parametrize("user", ["lin", "shen", "admin"])
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("import", ("x.csv",)),
        ("answer", ("1", "--credit", "401")),
        ("set-aside", ("1", "--reason", "x")),
        ("set-aside", ("1:1", "--reason", "x")),
        ("match", ()),
        ("undo", ("1", "--reason", "x")),
    ],
)
def test_a_wrong_role_is_told_so(
    small_desk: Desk, capsys: pytest.CaptureFixture[str], user: str, command: str,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    assert run(small_desk, command, *words, user=user) == 1
    assert "not-allowed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["inbox", "--unit", "none", "--user", "zhou"],
        ["inbox", "--unit", UNIT],
        ["undo", "--unit", UNIT, "--user", "zhou", "99999999999999999999", "--reason", "x"],
        ["answer", "--unit", UNIT, "--user", "zhou", "99999999999999999999", "--credit", "401"],
        ["set-aside", "--unit", UNIT, "--user", "zhou", "a:b", "--reason", "x"],
        ["rules", "--unit", UNIT, "--user", "zhou", "/none/rules.toml"],
        ["payroll", "--unit", UNIT, "--user", "zhou", "/none/list.csv"],
    ],
)
def test_whatever_is_not_there_is_a_finding(
    small_desk: Desk, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main([words[0], str(small_desk.registry.folder), *words[1:]]) in (1, 2)
    err = capsys.readouterr().err
    assert err.startswith("[") or ": [" in err
    assert "→" in err
