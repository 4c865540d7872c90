"""Deadlines of a unit as of a day: what happened, what was published, which rule is in force."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.decisions import recording
from ledger.disclosing.deadlines import Deadlines, deadlines_of, visible
from ledger.disclosing.publishing import Said, confirm, record
from ledger.errors import NotAllowed
from ledger.founding import Founding, found_unit
from ledger.gifts import campaigns
from ledger.gifts.donors import SaidDonor, enter_donors
from ledger.money import Money, yuan
from ledger.registry import units, users
from ledger.registry.persons import PersonData
from tests.asked import asked
from tests.cli.command import mingbai
from tests.gifts.giving import NOW, OPENED, PASSWORD, UNIT, Giving

JUNE = date(2026, 6, 30)
FLOOD: dict[str, Any] = {
    "public": True, "filing": "BA2026001", "start": date(2026, 3, 1), "end": date(2026, 10, 31),
}  # fmt: skip


def say(giving: Giving, *kinds: str) -> None:
    with giving.registry.write() as conn:
        units.set_place(conn, UNIT, "", " ".join(kinds))


def found(giving: Giving, on: date = JUNE) -> Deadlines:
    return deadlines_of(giving.registry, UNIT, on, giving.reader)


def publish(giving: Giving, kind: str, last: date, day: date, **more: Any) -> int:
    said = Said(UNIT, kind, day, last, b"report", "report.pdf", "慈善中国", **more)
    row = record(giving.registry, said, giving.maker, giving.now)
    confirm(giving.registry, UNIT, row.number, giving.checker, giving.now)
    return row.number


def told(one: Deadlines) -> list[tuple[str, str, str, int]]:
    return [
        (each.duty.duty, str(each.duty.due), each.duty.state, each.duty.days_late)
        for each in one.owed
    ]


def test_three_months_of_a_campaign_are_owed_by_who_records_there(giving: Giving) -> None:
    row = giving.campaign(**FLOOD)
    (first, second) = found(giving).owed
    assert told(found(giving)) == [
        ("interim", "2026-06-01", "overdue", 29), ("interim", "2026-09-01", "due", 0),
    ]  # fmt: skip
    assert (first.right, first.users, first.duty.subject) == (
        "record", (giving.maker.id,), row.code,
    )  # fmt: skip
    assert second.duty.missing == ((date(2026, 6, 1), date(2026, 8, 31)),)


def test_what_waits_is_owed_by_who_confirms(given: Giving) -> None:
    row = given.campaign(**FLOOD)
    said = Said(
        UNIT, "interim", date(2026, 6, 10), date(2026, 5, 31), b"report", "r.pdf", "慈善中国",
        row.code,
    )  # fmt: skip
    waiting = record(given.registry, said, given.maker, given.now)
    first = found(given).owed[0]
    assert (first.right, first.waits) == ("approve", (waiting.number,))
    assert set(first.users) == {given.checker.id, given.second.id}
    confirm(given.registry, UNIT, waiting.number, given.checker, given.now)
    assert told(found(given))[0] == ("interim", "2026-06-01", "met", 9)


def test_an_emergency_runs_until_its_end_is_announced(giving: Giving) -> None:
    row = giving.campaign(**FLOOD, emergency=True)
    assert len(found(giving, date(2026, 3, 12)).owed) == 3
    publish(giving, "emergency-over", date(2026, 3, 8), date(2026, 3, 9), campaign=row.code)
    publish(giving, "interim", date(2026, 3, 5), date(2026, 3, 6), campaign=row.code)
    publish(giving, "interim", date(2026, 3, 10), date(2026, 3, 11), campaign=row.code)
    assert told(found(giving, date(2026, 5, 1)))[:2] == [
        ("emergency", "2026-03-06", "met", 0), ("emergency", "2026-03-11", "met", 0),
    ]  # fmt: skip


def test_a_related_party_s_gift_is_a_charity_s_to_tell_of_from_the_day_it_came(
    giving: Giving,
) -> None:
    data = PersonData("示例公司", identity="91000000000000000X")
    one = SaidDonor(1, "", "company", data, related=True)
    done = enter_donors(giving.registry, UNIT, [one], "d.csv", giving.maker, giving.now)
    donor = done.fresh[0][1]
    code = giving.give("500.00", date(2026, 4, 20), fund="F01", donor=donor)
    lacking = found(giving).lacking
    assert [(each.duty, each.subject) for each in lacking] == [("related-party", code)]
    say(giving, "charity", "association", "no-public-fundraising")
    assert told(found(giving)) == [("related-party", "2026-05-20", "overdue", 41)]
    publish(giving, "related-party", date(2026, 4, 20), date(2026, 5, 21), about=code)
    assert told(found(giving)) == [("related-party", "2026-05-20", "met", 1)]


def test_years_of_a_charity_s_book_are_reported_by_the_end_of_may(giving: Giving) -> None:
    later = date(2027, 6, 2)
    assert [each.rule for each in found(giving, later).lacking] == ["disclosure-annual"]
    say(giving, "charity", "association", "no-public-fundraising")
    assert told(found(giving, later)) == [("annual", "2027-05-31", "overdue", 2)]
    assert found(giving, date(2026, 12, 31)).owed == ()


def test_a_local_rule_binds_a_unit_that_the_national_one_does_not(giving: Giving) -> None:
    folder = giving.registry.folder / "rules"
    folder.mkdir()
    (folder / "ours.toml").write_text(
        '[[table]]\nkind = "deadline"\nid = "ours"\nversion = "2026"\nrule = "disclosure-annual"\n'
        'name = "本会规定"\nname_en = "Ours"\nsource = "示会〔2026〕9号"\n'
        'effective_from = 2026-01-01\nconfidence = "confirmed"\nby = "03-31"\n',
        encoding="utf-8",
    )
    ((one,), lacking) = (found(giving, date(2027, 2, 1)).owed, found(giving).lacking)
    assert (str(one.duty.due), one.duty.rule.head.key, lacking) == ("2027-03-31", "ours@2026", ())


def test_a_decision_on_what_is_left_is_published_three_months_after_closing(
    giving: Giving,
) -> None:
    row = giving.campaign(**{**FLOOD, "end": date(2026, 4, 30)})
    giving.give("100.00", campaign=row.code)
    campaigns.ask_to_close(
        giving.registry, UNIT, row.code, date(2026, 5, 20), "会〔2026〕9号", "转入助学",
        giving.maker, giving.now,
    )  # fmt: skip
    assert [each.duty.duty for each in found(giving).owed] == ["closing"]
    campaigns.approve(giving.registry, UNIT, row.code, giving.checker, giving.now)
    assert told(found(giving)) == [
        ("closing", "2026-07-30", "due", 0), ("leftover", "2026-08-20", "due", 0),
    ]  # fmt: skip
    # As of a day before it was closed, nothing was left by decision.
    assert [each.duty.duty for each in found(giving, date(2026, 5, 1)).owed] == ["closing"]


def test_a_campaign_that_waits_or_was_taken_back_owes_nothing(giving: Giving) -> None:
    terms = campaigns.Terms(
        UNIT, "防汛", "救助", date(2026, 1, 1), None, Money(0), "fifo", public=True, filing="BA1"
    )
    row = campaigns.ask_to_open(giving.registry, terms, giving.maker, giving.now)
    assert found(giving).owed == ()
    campaigns.send_back(giving.registry, UNIT, row.code, giving.maker, giving.now)
    assert found(giving).owed == ()


def test_days_of_gifts_themselves_are_told_and_owed_to_nobody(giving: Giving) -> None:
    row = giving.campaign(end=date(2026, 8, 31))
    giving.give("100.00", campaign=row.code)
    later = giving.give("30.00", fund="F02", until=date(2026, 9, 1))
    giving.give("40.00", fund="F02", until=date(2026, 12, 1))
    near = [(each.kind, each.subject, str(each.day), each.fen) for each in found(giving).nearing]
    assert near == [
        ("campaign-end", row.code, "2026-08-31", 100_00), ("until", later, "2026-09-01", 30_00),
    ]  # fmt: skip
    giving.spend("100.00", row.fund, date(2026, 5, 1))
    assert [each.kind for each in found(giving).nearing] == ["until"]


def test_what_nobody_said_of_the_unit_is_told(giving: Giving) -> None:
    assert [one.rule for one in found(giving).unknown] == ["unknown-fact"]
    say(giving, "charity", "association")
    (public, major) = found(giving).unknown
    assert (public.rule, major.rule) == ("unknown-fact", "no-rule-loaded")
    assert "major-items" in major.what.en
    say(giving, "not-charity")
    assert found(giving).unknown == ()


def test_a_charity_s_major_items_are_told_of_within_thirty_days_of_its_own_threshold(
    giving: Giving,
) -> None:
    """Two payments by one decision reach the threshold with the second."""
    say(giving, "charity", "association", "no-public-fundraising")
    folder = giving.registry.folder / "rules"
    folder.mkdir()
    (folder / "major.toml").write_text(
        '[[table]]\nkind = "major"\nid = "ours"\nversion = "2026"\nrule = "major-items"\n'
        'name = "重大事项标准"\nname_en = "Major items"\nsource = "章程"\n'
        'effective_from = 2026-01-01\nconfidence = "confirmed"\nthreshold = "1000.00"\ndays = 1\n',
        encoding="utf-8",
    )
    decided = recording.Said(
        "会〔2026〕9号", date(2026, 2, 1), "理事会", 5, 5, 0, 0, "助学", yuan("5000.00"),
        [("minutes.pdf", b"minutes")], {},
    )  # fmt: skip
    recording.record(giving.registry, UNIT, decided, giving.maker, giving.now)
    giving.give("3000.00", fund="F01")
    giving.spend("600.00", "F01", date(2026, 4, 1), decision="会〔2026〕9号")
    assert found(giving).owed == ()
    giving.spend("500.00", "F01", date(2026, 5, 20), decision="会〔2026〕9号")
    assert told(found(giving)) == [("major", "2026-06-19", "overdue", 11)]
    assert found(giving).unknown == ()
    publish(giving, "major", date(2026, 5, 20), date(2026, 6, 19), about="会〔2026〕9号")
    assert told(found(giving)) == [("major", "2026-06-19", "met", 0)]


def test_queries_do_not_grow_with_campaigns_gifts_and_publications(giving: Giving) -> None:
    row = giving.campaign(**FLOOD)
    giving.give("10.00", campaign=row.code)
    found(giving)
    with asked(giving.registry) as few:
        found(giving)
    for number in range(4):
        other = giving.campaign(**FLOOD)
        giving.give("10.00", campaign=other.code)
        publish(giving, "interim", date(2026, 4, 1 + number), date(2026, 5, 1), campaign=other.code)
    with asked(giving.registry) as many:
        found(giving)
    assert len(many) == len(few)


# ---- the command ---------------------------------------------------------------------------------


def run(giving: Giving, *words: object, user: str = "zhou") -> Any:
    return mingbai(*words, "--user", user, MINGBAI_PASSWORD=PASSWORD)


def test_the_commands_work_as_written(giving: Giving, tmp_path: Path) -> None:
    folder = giving.registry.folder
    row = giving.campaign(**FLOOD, partner="示例公益")
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"report")
    published = run(
        giving, "campaign", "published", folder, row.code, "--unit", UNIT, "--kind", "interim",
        "--through", "2026-05-31", "--on", "2026-06-10", "--paper", paper, "--where", "慈善中国",
    )  # fmt: skip
    assert (published.status, "待另一人确认" in published.out) == (0, True), published.err
    text = run(giving, "deadlines", folder, "--on", "2026-06-30").out
    assert "逾期 overdue 1  待公开 due 1" in text
    assert "已登记待确认 entered, not confirmed: 1" in text
    assert giving.checker.id in text and "lin" not in text
    assert run(giving, "disclosure", "approve", folder, "1", "--unit", UNIT).status == 1
    done = run(giving, "disclosure", "approve", folder, "1", "--unit", UNIT, "--json", user="lin")
    assert (done.json["state"], done.json["first"]) == ("published", "2026-03-01")
    shown = run(giving, "deadlines", folder, "--on", "2026-06-30", "--unit", UNIT, "--json")
    (unit,) = shown.json["units"]
    met, due = unit["duties"]
    assert (met["state"], met["days_late"], met["owed_by"]) == ("met", 9, None)
    assert (due["due"], due["missing"]) == ("2026-09-01", [["2026-06-01", "2026-08-31"]])
    assert due["owed_by"] == {"right": "record", "users": [giving.maker.id]}
    assert due["source"].endswith("第七十九条第二款")
    (one,) = run(giving, "disclosure", "list", folder, "--unit", UNIT, "--json").json["disclosures"]
    assert (one["paper"], one["corrected_by"]) == (done.json["paper"], None)


def test_the_unit_s_own_publications_are_entered_and_sent_back(
    giving: Giving, tmp_path: Path
) -> None:
    folder = giving.registry.folder
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"report")
    words = (
        "disclosure", "record", folder, "--unit", UNIT, "--kind", "annual", "--on", "2026-05-20",
        "--paper", paper, "--where", "慈善中国",
    )  # fmt: skip
    half = run(giving, *words, "--through", "2025-06-30", "--json")
    assert half.json["findings"][0]["rule"] == "bad-disclosure"
    whole = run(giving, *words, "--through", "2025-12-31", "--json").json
    assert (whole["first"], whole["campaign"], whole["about"]) == ("2025-01-01", None, "")
    back = run(giving, "disclosure", "back", folder, "1", "--unit", UNIT, "--json", user="lin")
    assert back.json["state"] == "withdrawn"
    assert "withdrawn" in run(giving, "disclosure", "list", folder, "--unit", UNIT).out


def test_only_units_that_one_may_see_are_told_of(giving: Giving) -> None:
    founding = Founding("yuan", "幼儿园（示例）", "union-2021-basic", OPENED, Money(10**9))
    found_unit(giving.registry, founding, NOW)
    with giving.registry.write() as conn:
        mine = users.add(
            conn, login="wei", password=PASSWORD, now=NOW, roles=frozenset({("yuan", "treasurer")})
        )
    giving.campaign(**FLOOD)
    assert visible(giving.registry, mine) == ["yuan"]
    with pytest.raises(NotAllowed):
        deadlines_of(giving.registry, UNIT, JUNE, mine)
    folder = giving.registry.folder
    shown = run(giving, "deadlines", folder, "--on", "2026-06-30", "--json", user="wei").json
    assert [one["unit"] for one in shown["units"]] == ["yuan"]
    assert UNIT not in json.dumps(shown).replace("charity", "")
    for words in (("deadlines", folder, "--on", "2026-06-30", "--unit", UNIT),
                  ("disclosure", "list", folder, "--unit", UNIT)):  # fmt: skip
        assert run(giving, *words, user="wei").status == 1
    nobody = run(giving, "deadlines", folder, "--on", "2026-06-30", user="admin")
    assert (nobody.status, "[no-unit]" in nobody.err) == (2, True)
