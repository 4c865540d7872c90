"""Reminders: letters and a list for messages, only where they are welcome, and never sent by us."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from ledger.cli.main import main
from ledger.dues.dossier import Consent, Dossier, dossier_from_json, dossier_to_json
from ledger.dues.reminding import wants_none
from ledger.registry import member_facts, members, oplog, persons, reminders
from ledger.registry.persons import PersonData
from tests.dues.roll import SINCE, Roll
from tests.dues.till import Till
from tests.house import PASSWORD, UNIT, House


@pytest.fixture
def till(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Till:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    return Till(Roll(small_house))


def add(till: Till, phone: str = "") -> str:
    """A member whose phone may be known."""
    house, roll = till.roll.house, till.roll
    one = roll.add("3001")
    facts = roll.facts(one)
    with house.registry.write() as conn:
        data = PersonData(f"提示会员{len(roll.members)}", phone)
        person = persons.add(conn, house.registry.vault, data, house.now)
        number = f"9{len(roll.members):02d}"
        new = members.add(conn, person=person, unit=UNIT, number=number, joined=SINCE)
    roll.put(type(facts)(new, facts.stays, facts.statuses, facts.bases))
    return new


def opt_out(till: Till, member: str) -> None:
    house = till.roll.house
    with house.registry.write() as conn:
        vault = house.registry.vault
        last = member_facts.of_member(conn, vault, member, "party")[-1]
        facts = dossier_from_json(member, last.text).facts
        told = Dossier(facts, (), (Consent("no-reminders", date(2026, 1, 1)),))
        member_facts.add_versions(
            conn, vault, "party", {member: dossier_to_json(told)}, user=house.maker.id,
            now=house.now,
        )  # fmt: skip


def run(till: Till, *words: str, user: str = "zhou") -> int:
    folder = str(till.roll.house.registry.folder)
    return main(["dues", "remind", folder, "--unit", UNIT, "--user", user, *words])


def test_messages_go_to_known_phones_only_and_to_nobody_who_asked_not(
    till: Till, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reached = add(till, "13800000001")
    quiet = add(till, "13800000002")
    opt_out(till, quiet)
    till.roll.assess()
    file = tmp_path / "sms.csv"
    assert run(till, "--sms", str(file), "--on", "2026-06-30", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["reminded"] == ["901"] and told["opted_out"] == ["902"]
    assert told["unreachable"] == ["001", "003"]  # without a phone
    head, row = csv.reader(file.read_text("utf-8-sig").splitlines())
    assert head == ["会员编号", "手机号", "金额", "缴费码"]
    (claim,) = till.roll.claims(reached)
    assert row == ["901", "13800000001", "30.01", claim.code]
    with till.roll.house.registry.read() as conn:
        kept = reminders.of_unit(conn, UNIT)
        acts = [act for act in oplog.entries(conn) if act.action == "dues.remind"]
    assert [(one.member, one.how, one.fen) for one in kept] == [(reached, "sms", 30_01)]
    # Neither name nor phone stands in the log.
    assert len(acts) == 1 and "1380" not in acts[0].detail and "提示" not in acts[0].detail


def test_letters_are_a_page_each_and_name_no_other_member(till: Till, tmp_path: Path) -> None:
    add(till)
    add(till)
    till.roll.assess()
    file = tmp_path / "letters.pdf"
    assert run(till, "--letters", str(file), "--on", "2026-06-30") == 0
    data = file.read_bytes()
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") == 4
    again = tmp_path / "again.pdf"
    assert run(till, "--letters", str(again), "--on", "2026-06-30", "--member", "001") == 0
    assert len(again.read_bytes()) < len(data)


def test_nobody_is_reminded_of_what_is_not_late_or_was_paid(till: Till, tmp_path: Path) -> None:
    member = add(till, "13800000001")
    till.roll.assess()
    file = tmp_path / "sms.csv"
    assert run(till, "--sms", str(file), "--on", "2026-03-31") == 0
    assert len(file.read_text("utf-8-sig").splitlines()) == 1
    till.pay(member, "30.01")
    assert run(till, "--sms", str(file), "--on", "2026-06-30") == 0
    assert len(file.read_text("utf-8-sig").splitlines()) == 1
    for user in ("shen", "admin", "lin"):
        assert run(till, "--sms", str(file), user=user) != 0


def test_a_phone_that_would_be_a_formula_is_text(till: Till, tmp_path: Path) -> None:
    add(till, "=HYPERLINK(1)")
    till.roll.assess()
    file = tmp_path / "sms.csv"
    assert run(till, "--sms", str(file), "--on", "2026-06-30") == 0
    assert "'=HYPERLINK" in file.read_text("utf-8-sig")


def test_consent_to_reminders_can_be_given_and_taken_back() -> None:
    day = date(2026, 6, 30)
    agreed = Consent("reminders", date(2026, 1, 1))
    ended = Consent("reminders", date(2026, 1, 1), date(2026, 3, 1))
    asked = Consent("no-reminders", date(2026, 5, 1))
    assert not wants_none((), day)
    assert not wants_none((agreed,), day)
    assert wants_none((ended,), day) and not wants_none((ended,), date(2026, 2, 1))
    assert wants_none((agreed, asked), day) and not wants_none((asked,), date(2026, 4, 1))
