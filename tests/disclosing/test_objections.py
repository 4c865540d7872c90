"""What people say of a published line: sealed, answered by one, confirmed by another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ledger.disclosing import objections
from ledger.disclosing.calendar import reckon
from ledger.disclosing.objection_standing import late, standing, standings
from ledger.disclosing.objections import Said
from ledger.disclosing.packs import Pack, record_pack
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.period import Period
from ledger.registry import objections as table
from ledger.registry import oplog
from ledger.registry.objections import ObjectionRow
from tests.disclosing.test_calendar import local
from tests.gifts.giving import UNIT, Giving

LINE = f"{UNIT}/付-202603-0001"
TEXT = "我是欧阳文远，电话 13812345678，这笔钱去哪了？"


def say(giving: Giving, **changed: Any) -> ObjectionRow:
    facts = {
        "unit": UNIT, "kind": "question", "reference": LINE, "day": date(2026, 3, 10), "text": TEXT,
    }  # fmt: skip
    return objections.add(
        giving.registry, Said(**{**facts, **changed}), giving.maker, giving.now, lambda ref: ref
    )


def answer(
    giving: Giving, code: str, words: str = "用于三月活动，见凭证。", note: str = ""
) -> None:
    objections.answer(giving.registry, UNIT, code, words, giving.maker, giving.now, note)


def confirm(giving: Giving, code: str) -> None:
    objections.confirm(giving.registry, UNIT, code, giving.checker, giving.now)


def test_what_was_written_is_sealed_and_everybody_reads_the_line_alone(given: Giving) -> None:
    given.donor("欧阳文远")
    row = say(given)
    assert row.code.startswith("YJ2026-0001-")
    (one,) = standings(given.registry, UNIT, given.now.date())
    assert (one.state, one.public()["words"], one.duty) == ("open", "", None)
    told = repr(one.as_json()) + repr(one.public())
    assert "欧阳" not in told
    assert "138" not in told
    with given.registry.read() as conn:
        stored = table.find(conn, UNIT, row.code)
        assert all("138" not in act.detail + act.object for act in oplog.entries(conn))
    assert stored is not None
    assert "欧阳".encode() not in stored.sealed
    read = objections.original(given.registry, UNIT, row.code, given.checker, given.now)
    assert read == TEXT
    with given.registry.read() as conn:
        assert any(act.action == "objection.read" for act in oplog.entries(conn))
    with pytest.raises(NotAllowed):
        objections.original(given.registry, UNIT, row.code, given.reader, given.now)


def test_an_original_that_was_moved_to_another_row_does_not_open(giving: Giving) -> None:
    one, other = say(giving), say(giving, text="另一件")
    with pytest.raises(CannotRun, match="sealed"):
        giving.registry.vault.unseal(one.sealed, context=f"objection {UNIT} {other.code}")


def test_words_come_out_with_the_answer_that_another_confirmed(given: Giving) -> None:
    row = say(given, words="问这笔活动费的用途")
    answer(given, row.code)
    (one,) = standings(given.registry, UNIT, given.now.date())
    assert (one.state, one.public()["words"], one.public()["answer"]) == ("waiting", "", None)
    confirm(given, row.code)
    public = standing(given.registry, UNIT, row.code, given.now.date()).public()
    assert (public["state"], public["words"], public["answer"], public["answered"]) == (
        "published", "问这笔活动费的用途", "用于三月活动，见凭证。", "2026-06-30",
    )  # fmt: skip


def test_nobody_confirms_their_own_words(giving: Giving) -> None:
    row = say(giving)
    answer(giving, row.code)
    for user in (giving.maker, giving.reader):
        with pytest.raises(NotAllowed):
            objections.confirm(giving.registry, UNIT, row.code, user, giving.now)
    both = _both(giving)
    objections.send_back(giving.registry, UNIT, row.code, giving.checker, giving.now)
    objections.answer(giving.registry, UNIT, row.code, "重写的答复", both, giving.now)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        objections.confirm(giving.registry, UNIT, row.code, both, giving.now)
    confirm(giving, row.code)


def _both(giving: Giving) -> Any:
    from ledger.registry import users
    from tests.gifts.giving import PASSWORD

    with giving.registry.write() as conn:
        return users.add(
            conn, login="liang", password=PASSWORD, now=giving.now,
            roles=frozenset({(UNIT, "accountant")}),
        )  # fmt: skip


def test_who_wrote_the_words_does_not_publish_them(giving: Giving) -> None:
    both = _both(giving)
    maker, giving.maker = giving.maker, both
    row = say(giving, words="问用途")
    giving.maker = maker
    answer(giving, row.code)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        objections.confirm(giving.registry, UNIT, row.code, both, giving.now)


def test_an_answer_stays_and_another_one_explains_itself(giving: Giving) -> None:
    row = say(giving)
    answer(giving, row.code)
    with pytest.raises(Refused, match="an answer waits"):
        answer(giving, row.code)
    confirm(giving, row.code)
    with pytest.raises(Refused, match="is explained"):
        answer(giving, row.code, "改正：用于四月活动。")
    answer(giving, row.code, "改正：用于四月活动。", "月份写错")
    one = standing(giving.registry, UNIT, row.code, giving.now.date())
    assert (one.state, one.public()["answer"]) == ("waiting", "用于三月活动，见凭证。")
    confirm(giving, row.code)
    one = standing(giving.registry, UNIT, row.code, giving.now.date())
    assert (one.public()["answer"], one.public()["corrected"]) == (
        "改正：用于四月活动。",
        "月份写错",
    )
    assert [each.state for each in one.answers] == ["published", "published"]
    with pytest.raises(Refused, match="no answer"):
        confirm(giving, row.code)


def test_by_a_local_rule_it_is_late_on_the_calendar_until_it_is_answered(given: Giving) -> None:
    local(given, objection=15)
    row = say(given)
    today = given.now.date()
    for on, state in ((date(2026, 3, 25), "due"), (date(2026, 3, 26), "overdue")):
        (line,) = [
            each for each in reckon(given.registry, [UNIT], on).lines if each.duty == "objection"
        ]
        assert (line.state, line.due, line.about) == (state, date(2026, 3, 25), LINE)
    assert [one.row.code for one in late(standings(given.registry, UNIT, today))] == [row.code]
    answer(given, row.code)
    (line,) = [
        one for one in reckon(given.registry, [UNIT], today).lines if one.duty == "objection"
    ]
    assert (line.state, line.right) == ("waiting", "approve")
    confirm(given, row.code)
    (line,) = [
        one for one in reckon(given.registry, [UNIT], today).lines if one.duty == "objection"
    ]
    assert (line.state, line.days_late) == ("met-late", 97)
    (one,) = late(standings(given.registry, UNIT, today))
    assert one.days_late == 97
    before = standing(given.registry, UNIT, row.code, today - timedelta(days=1))
    assert (before.state, before.days_late) == ("open", 96)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"kind": "praise"}, "a kind is one of"),
        ({"channel": "crow"}, "it came by one of"),
        ({"reference": "other/付-202603-0001"}, "a published line of the unit"),
        ({"reference": f"{UNIT}/HY2026-0001-3"}, "a published line of the unit"),
        ({"reference": f"{UNIT}/line-17"}, "a published line of the unit"),
        ({"reference": "m-0123456789"}, "a published line of the unit"),
        ({"reference": f"{UNIT}/balance-sheet/2026-03/{'1' * 200}"}, "a published line"),
        ({"reference": f"{UNIT}/packs/2026-Q1/public/v1/funds/1"}, "no such version"),
        ({"day": date(2026, 7, 1)}, "received by today"),
        ({"text": " "}, "not empty"),
        ({"text": "长" * 4001}, "up to 4000"),
        ({"words": "长" * 501}, "up to 500"),
        ({"words": "问欧阳文远的钱"}, "name-in-text"),
        ({"words": "电话 138 1234 5678"}, "number-in-text"),
        ({"words": "证件 11010519491231002X"}, "number-in-text"),
        ({"words": "卡号 6222 0212 3456 7894"}, "number-in-text"),
        ({"words": "写信给 a.b@example.org"}, "number-in-text"),
        ({"words": "１３８１２３４５６７８"}, "number-in-text"),
    ],
)
def test_what_may_not_be_entered_is_refused(
    giving: Giving, changed: dict[str, Any], told: str
) -> None:
    giving.donor("欧阳文远")
    with pytest.raises(Refused, match=told) as refusal:
        say(giving, **changed)
    assert "欧阳" not in str(refusal.value)
    assert standings(giving.registry, UNIT, giving.now.date()) == []


@pytest.mark.parametrize(
    "words", ["2026-03-05 与 2026-03-06 两笔，合计 1234567.89 元", "凭证 付-202603-0004 的用途"]
)
def test_days_sums_and_numbers_of_vouchers_are_no_telephones(giving: Giving, words: str) -> None:
    assert say(giving, words=words).words == words


def test_an_answer_names_nobody(giving: Giving) -> None:
    giving.donor("欧阳文远")
    row = say(giving)
    for words in ("给了欧阳文远", "请拨 13812345678"):
        with pytest.raises(Refused, match="in-text"):
            answer(giving, row.code, words)


def test_a_line_of_a_published_pack_may_be_asked_about(giving: Giving) -> None:
    pack = Pack(UNIT, Period.parse("2026-Q1"), "public", 1, "a" * 64, 9, "b" * 64, date(2026, 4, 9))
    record_pack(giving.registry, pack, giving.maker, giving.now)
    say(giving, reference=f"{UNIT}/packs/2026-Q1/public/v1/funds/1")
    with pytest.raises(Refused, match="no such version"):
        say(giving, reference=f"{UNIT}/packs/2026-Q1/public/v2/funds/1")


def test_roles_decide_who_enters_and_who_answers(giving: Giving) -> None:
    row = say(giving)
    giving.maker = giving.checker
    with pytest.raises(NotAllowed):
        say(giving)
    with pytest.raises(NotAllowed):
        answer(giving, row.code)


def test_the_commands_work_as_written(giving: Giving) -> None:
    refused = giving.run(
        "objection", "add", "--ref", LINE, "--on", "2026-03-10", "--text", TEXT, "--json"
    )
    assert refused.status != 0  # no such voucher
    giving.give("100.00", fund="F02")
    added = giving.run(
        "objection", "add", "--ref", f"{UNIT}/收-202603-0001", "--on", "2026-03-10", "--text", TEXT,
        "--json",
    )  # fmt: skip
    code = added.json["code"]
    assert giving.run("objection", "answer", code, "--words", "用于活动").status == 0
    assert giving.run("objection", "confirm", code).status == 1
    assert giving.run("objection", "confirm", code, user="lin").status == 0
    listed = giving.run("objection", "list", "--json", user="shen").json["objections"]
    assert [(one["code"], one["state"]) for one in listed] == [(code, "published")]
    assert (
        "no rule loaded: disclosure-objection" in giving.run("objection", "list", user="shen").out
    )
    assert "欧阳" not in giving.run("objection", "show", code, user="shen").out
    assert giving.run("objection", "show", code, "--original", user="shen").status == 1
    assert TEXT in giving.run("objection", "show", code, "--original", user="lin").out
    assert giving.run("objection", "back", "YJ2026-0009-0").status == 2
