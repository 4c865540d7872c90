"""An evaluation: written by one auditor, confirmed by another, corrected by a later version."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.audit import evaluations
from ledger.audit.evaluation_standing import evaluations as standing_of
from ledger.audit.evaluation_standing import last_published
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.registry import oplog, persons
from ledger.registry.persons import PersonData
from tests.audit.bench import another, answered, closed, confirmed, evaluated, opened, voucher
from tests.house import UNIT, House


def public(house: House) -> list[dict[str, Any]]:
    return [
        told
        for one in standing_of(house.registry, [UNIT], house.now.date())
        for told in one.public()
    ]


def person(house: House, name: str = "欧阳文远") -> str:
    with house.registry.write() as conn:
        return persons.add(conn, house.registry.vault, PersonData(name=name), house.now)


def test_nothing_is_read_until_another_auditor_confirmed_it(house: House) -> None:
    gu = another(house, "gu")
    row = evaluated(house)
    assert row.code.startswith("PJ2026-0001-")
    assert public(house) == []
    assert confirmed(house, row.code, gu).state == "published"
    (told,) = public(house)
    assert told == {
        "unit": UNIT, "code": row.code, "version": 1, "scope": "period", "subject": None,
        "period": "2026-02", "result": "remarks", "words": "账目可信，附件应更完整。", "note": None,
        "findings": [], "published": "2026-03-05", "superseded": None,
    }  # fmt: skip
    assert last_published(house.registry, [UNIT]) == house.now.date()
    with house.registry.read() as conn:
        acts = [act.action for act in oplog.entries(conn)]
    assert {"audit-evaluation.add", "audit-evaluation.confirm"} <= set(acts)


def test_nobody_confirms_their_own_under_whichever_login(house: House) -> None:
    who = person(house)
    gu, double = (another(house, login, person=who) for login in ("gu", "double"))
    row = evaluated(house, by=gu)
    for user in (gu, double):
        with pytest.raises(NotAllowed, match="maker-is-checker"):
            confirmed(house, row.code, user)
    for user in (house.maker, house.checker, house.administrator):
        with pytest.raises(NotAllowed, match="no right to audit"):
            confirmed(house, row.code, user)
        with pytest.raises(NotAllowed, match="no right to audit"):
            evaluated(house, by=user)
    assert public(house) == []
    confirmed(house, row.code, house.reader)
    with pytest.raises(Refused, match="no version"):
        confirmed(house, row.code, house.reader)


def test_a_name_keeps_it_from_being_written_and_from_being_confirmed(house: House) -> None:
    person(house)
    for words in ("与欧阳文远面谈后无保留。", "电话 13812345678", "Mail a.b@example.org"):
        with pytest.raises(Refused, match="in-text"):
            evaluated(house, words=words)
    with pytest.raises(Refused, match="in-text"):
        evaluated(house, note="欧阳文远提出")
    row = evaluated(house, words="司马青云经手的账目可信。")
    person(house, "司马青云")
    with pytest.raises(Refused, match="name-in-text"):
        confirmed(house, row.code, another(house, "gu"))
    assert public(house) == []


def test_a_correction_is_the_next_version_and_explains_itself(house: House) -> None:
    gu = another(house, "gu")
    row = evaluated(house)
    with pytest.raises(Refused, match="a version waits"):
        evaluated(house, corrects=row.code)
    confirmed(house, row.code, gu)
    with pytest.raises(Refused, match="is explained"):
        evaluated(house, corrects=row.code, result="adverse")
    with pytest.raises(Refused, match="same thing and period"):
        evaluated(house, corrects=row.code, period="2026-01", note="期间写错")
    again = evaluated(house, corrects=row.code, result="adverse", note="复核后更正")
    assert (again.code, again.version) == (row.code, 2)
    assert [told["result"] for told in public(house)] == ["remarks"]
    confirmed(house, row.code, gu)
    first, second = public(house)
    assert (first["result"], first["superseded"]) == ("remarks", 2)
    assert (second["result"], second["superseded"], second["note"]) == (
        "adverse", None, "复核后更正",
    )  # fmt: skip


def test_what_was_sent_back_stays_and_is_written_anew(house: House) -> None:
    row = evaluated(house)
    evaluations.send_back(house.registry, UNIT, row.code, house.reader, house.now)
    again = evaluated(house, corrects=row.code, words="改写。")
    confirmed(house, row.code, another(house, "gu"))
    (told,) = public(house)
    assert (told["version"], told["words"]) == (again.version, "改写。")
    with pytest.raises(CannotRun):
        confirmed(house, "PJ2026-0099-1", house.reader)


def test_the_findings_behind_it_are_told_as_counts_as_they_stand(house: House) -> None:
    wrong = voucher(house)
    row = opened(house, wrong.number, severity="high")
    gone = opened(house, "", period="2026-03", severity="low")
    opened(house, "", period="2026-01", severity="low")
    from ledger.audit import findings

    findings.withdraw(house.registry, UNIT, gone.code, "提错", house.reader, house.now)
    with pytest.raises(Refused, match="is not over"):
        evaluated(house, period="2026-03")
    house.now = house.later(days=30)
    one = evaluated(house, period="2026-03")
    confirmed(house, one.code, another(house, "gu"))
    (told,) = public(house)
    assert told["findings"] == [{"severity": "high", "state": "open", "count": 1}]
    assert row.code not in repr(told) and wrong.number not in repr(told)
    house.now = house.later(days=1)
    reversal = house.reverse(wrong)
    answered(house, row.code, reversal.number)
    closed(house, row.code)
    (told,) = public(house)
    assert told["findings"] == [{"severity": "high", "state": "closed", "count": 1}]
    with pytest.raises(Refused, match="was withdrawn"):
        evaluated(house, period="2026", scope="fund", subject="F01", findings=(gone.code,))
    with pytest.raises(Refused, match="is none"):
        evaluated(house, period="2026", scope="fund", subject="F01", findings=("SJ2026-0099-1",))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"result": "fine"}, "unqualified"),
        ({"scope": "member"}, "campaign"),
        ({"words": "  "}, "not empty"),
        ({"words": "长" * 2001}, "up to 2000"),
        ({"note": "长" * 301}, "up to 300"),
        ({"period": "soon"}, "2026-Q1"),
        ({"period": "2026-04"}, "not begun"),
        ({"period": "2026"}, "not over"),
        ({"subject": "F01"}, "has no such"),
        ({"scope": "fund", "subject": "F99"}, "no such fund"),
        ({"scope": "fund"}, "no such fund"),
        ({"scope": "campaign", "subject": "HD2026-0001-5"}, "no such campaign"),
        ({"scope": "allocation", "subject": "BK2026-0001-5"}, "no such allocation"),
    ],
)
def test_what_is_said_is_looked_at(house: House, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=told):
        evaluated(house, **changed)


def test_a_fund_is_evaluated_in_a_year_that_runs(house: House) -> None:
    row = evaluated(house, scope="fund", subject="F01", period="2026")
    confirmed(house, row.code, another(house, "gu"))
    (told,) = public(house)
    assert (told["scope"], told["subject"], told["findings"]) == ("fund", "F01", [])


def test_as_of_an_earlier_day_it_still_waited(house: House) -> None:
    row = evaluated(house)
    confirmed(house, row.code, another(house, "gu"), house.later(days=2))
    assert public(house) == []
    house.now = house.later(days=2)
    assert len(public(house)) == 1
