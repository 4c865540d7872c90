"""The calendar of all units and streams: what is due, met, late, waits, lacks, and who owes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.allocations import entering
from ledger.decisions import recording
from ledger.disclosing.calendar import Line, calendar_of, reckon
from ledger.disclosing.packs import Pack, record_pack
from ledger.disclosing.publishing import Said, confirm, record
from ledger.entry import Posting
from ledger.errors import NotAllowed, Refused
from ledger.money import yuan
from ledger.period import Period
from ledger.registry import dues_schemes, units
from ledger.registry.disclosures import DisclosureRow
from tests.allocations.test_allocations import promise
from tests.asked import count
from tests.cli.command import mingbai
from tests.gifts.giving import OPENED, PASSWORD, UNIT, Giving

JUNE = date(2026, 6, 30)
LOCAL = """[[table]]
kind = "deadline"
id = "{duty}"
version = "1"
rule = "disclosure-{duty}"
name = "本地规定"
name_en = "Local"
source = "示例〔2026〕1号"
effective_from = 2026-01-01
confidence = "confirmed"
within_days = {days}
audience = "members"
"""


def local(giving: Giving, **days: int) -> None:
    folder = giving.registry.folder / "rules"
    folder.mkdir(exist_ok=True)
    text = "".join(
        LOCAL.format(duty=duty.replace("_", "-"), days=count) for duty, count in days.items()
    )
    (folder / "calendar.toml").write_text(text, encoding="utf-8")


def lines(giving: Giving, on: date = JUNE, audience: str = "") -> dict[tuple[str, str], Line]:
    found = calendar_of(giving.registry, [UNIT], on, giving.reader, audience)
    return {(one.duty, one.subject): one for one in found.lines}


def publish(giving: Giving, kind: str, last: date, day: date, **more: Any) -> DisclosureRow:
    said = Said(UNIT, kind, day, last, b"report", "report.pdf", "公告栏", **more)
    return record(giving.registry, said, giving.maker, giving.now)


def agree(giving: Giving, row: DisclosureRow) -> None:
    confirm(giving.registry, UNIT, row.number, giving.checker, giving.now)


def decide(
    giving: Giving, number: str = "议1", day: date = date(2026, 3, 1), **steps: date
) -> None:
    said = recording.Said(
        number,
        day,
        "村民会议",
        30,
        28,
        1,
        1,
        "修路",
        yuan("900.00"),
        [("a.pdf", b"minutes")],
        steps,
    )
    recording.record(giving.registry, UNIT, said, giving.maker, giving.now)


def scheme(giving: Giving, rule: str) -> None:
    with giving.registry.write() as conn:
        row = dues_schemes.SchemeRow(UNIT, rule, giving.account("4201"), "F01", "HY")
        dues_schemes.put(conn, row, user=giving.maker.id, now=giving.now)


def test_an_allocation_of_public_finance_is_told_of_within_twenty_days(given: Giving) -> None:
    account = given.account("4401")
    one = promise(
        unit=UNIT, account=account, fund="F02", approved=date(2026, 3, 1), nature="special"
    )
    row = entering.approve(given.registry, one, given.maker, given.now)
    assert ("allocation", one.document) not in lines(given)  # it waits to be confirmed
    entering.confirm(given.registry, UNIT, row.code, given.checker, given.now)
    line = lines(given)["allocation", one.document]
    assert (line.due, line.state, line.days_late, line.audience, line.right, line.users) == (
        date(2026, 3, 21), "overdue", 101, "public", "record", (given.maker.id,),
    )  # fmt: skip
    said = publish(given, "allocation", date(2026, 3, 1), date(2026, 3, 25), about=one.document)
    line = lines(given)["allocation", one.document]
    assert (line.state, line.waits, line.right) == ("waiting", (said.number,), "approve")
    agree(given, said)
    line = lines(given)["allocation", one.document]
    assert (line.state, line.met, line.days_late, line.users) == (
        "met-late", date(2026, 3, 25), 4, (),
    )  # fmt: skip
    assert lines(given, date(2026, 3, 24))["allocation", one.document].state == "overdue"


def test_a_decision_is_told_of_twice_by_local_rules(given: Giving) -> None:
    decide(given)
    found = lines(given)
    assert (found["decision", "议1"].state, found["decision", "议1"].about) == ("no-rule", "修路")
    assert ("outcome", "议1") not in found  # nothing was paid by it yet
    local(given, decision=7, outcome=10)
    assert lines(given)["decision", "议1"].due == date(2026, 3, 8)
    recording.step(
        given.registry, UNIT, "议1", "published", date(2026, 3, 8), None, given.maker, given.now
    )
    assert lines(given)["decision", "议1"].state == "met"
    cost = Posting(given.account("5101"), yuan("400.00"), "F01", (("decision", "议1"),))
    given.post(
        Posting(given.bank, yuan("900.00"), "F01"),
        Posting(given.account("4901"), yuan("-900.00"), "F01"), day=date(2026, 3, 2),
        narration="收入",
    )  # fmt: skip
    voucher = given.post(cost, Posting(given.bank, yuan("-400.00"), "F01"), day=date(2026, 4, 1))
    line = lines(given)["outcome", "议1"]
    assert (line.first, line.due, line.state) == (date(2026, 4, 1), date(2026, 4, 11), "overdue")
    recording.step(
        given.registry, UNIT, "议1", "outcome", date(2026, 4, 12), None, given.maker, given.now
    )
    line = lines(given)["outcome", "议1"]
    assert (line.state, line.days_late, line.audience) == ("met-late", 1, "members")
    given.reverse(voucher, date(2026, 5, 1))
    assert lines(given)["outcome", "议1"].met == date(2026, 4, 12)


def test_a_decision_that_was_not_carried_or_is_to_come_is_no_line(giving: Giving) -> None:
    said = recording.Said(
        "议9", date(2026, 3, 1), "村民会议", 30, 10, 19, 1, "修路", yuan("900.00"),
        [("a.pdf", b"minutes")], {},
    )  # fmt: skip
    recording.record(giving.registry, UNIT, said, giving.maker, giving.now)
    decide(giving, "议2", date(2026, 6, 1))
    assert ("decision", "议9") not in lines(giving)
    assert ("decision", "议2") not in lines(giving, date(2026, 5, 31))


def test_a_pack_of_the_year_meets_what_the_rule_lets_it(giving: Giving) -> None:
    with giving.registry.write() as conn:
        units.set_place(conn, UNIT, "", "association not-charity")
    scheme(giving, "association")
    on, now = date(2027, 3, 1), giving.now.replace(year=2027)
    assert lines(giving, on)["dues-accounts", "2026"].state == "due"
    pack = Pack(UNIT, Period.parse("2026"), "members", 1, "a" * 64, 9, "b" * 64, date(2027, 2, 5))
    record_pack(giving.registry, pack, giving.maker, now)
    found = lines(giving, on)
    assert (found["dues-accounts", "2026"].state, found["dues-accounts", "2026"].met) == (
        "met", date(2027, 2, 5),
    )  # fmt: skip
    assert found["accounts", "2026"].state == "due"  # it goes to above
    assert lines(giving, date(2027, 2, 4))["dues-accounts", "2026"].state == "due"


def test_what_no_rule_names_takes_its_audience_from_who_enters_it(giving: Giving) -> None:
    with pytest.raises(Refused, match="say to whom with --audience"):
        publish(giving, "venue-hours", date(2026, 3, 1), date(2026, 3, 1))
    row = publish(giving, "venue-hours", date(2026, 3, 1), date(2026, 3, 1), audience="public")
    assert (row.first, row.last, row.audience) == (OPENED, OPENED, "public")
    with pytest.raises(Refused, match="for the public"):
        publish(giving, "annual", date(2025, 12, 31), date(2026, 3, 1), audience="members")
    with pytest.raises(Refused, match="a whole year"):
        publish(giving, "accounts", date(2026, 3, 31), date(2026, 4, 1))
    with pytest.raises(Refused, match="a whole month"):
        publish(giving, "union-monthly", date(2026, 3, 30), date(2026, 4, 1), audience="superior")
    with pytest.raises(Refused, match="say to whom"):
        publish(giving, "venue-hours", date(2026, 3, 1), date(2026, 3, 2), audience="nobody")


def test_one_audience_is_shown_by_itself_and_years_without_a_rule_are_one_line(
    giving: Giving,
) -> None:
    scheme(giving, "league")
    on = date(2028, 3, 1)
    every, members = lines(giving, on), lines(giving, on, "superior")
    assert {one.audience for one in members.values()} == {"superior"}
    assert len(members) < len(every)
    lacking = every["league-members", "2026 … 2027"]
    assert (lacking.state, lacking.first, lacking.last, lacking.rule) == (
        "no-rule", OPENED, date(2027, 12, 31), None,
    )  # fmt: skip


def test_only_units_that_one_may_see(giving: Giving) -> None:
    with pytest.raises(NotAllowed):
        calendar_of(giving.registry, [UNIT], JUNE, _nobody(giving))


def _nobody(giving: Giving) -> Any:
    from ledger.registry import users

    with giving.registry.write() as conn:
        return users.add(
            conn, login="nobody", password=PASSWORD, now=giving.now,
            roles=frozenset({("*", "administrator")}),
        )  # fmt: skip


def test_queries_do_not_grow_with_what_happened(giving: Giving) -> None:
    decide(giving, published=date(2026, 3, 4))
    agree(giving, publish(giving, "dues-standard", date(2026, 3, 1), date(2026, 3, 2), about="x"))
    before = count(giving.registry, lambda: reckon(giving.registry, [UNIT], JUNE))
    for number in range(2, 8):
        decide(giving, f"议{number}", published=date(2026, 3, 4))
        agree(
            giving,
            publish(
                giving, "dues-standard", date(2026, 3, 1), date(2026, 3, 2), about=f"x{number}"
            ),
        )
    assert count(giving.registry, lambda: reckon(giving.registry, [UNIT], JUNE)) == before


def test_the_command_says_who_owes_what_by_which_rule(giving: Giving) -> None:
    decide(giving)
    words = ("calendar", giving.registry.folder, "--on", "2026-06-30", "--user", "shen")
    told = mingbai(*words, MINGBAI_PASSWORD=PASSWORD)
    assert told.status == 0, told.err
    assert "没有装入规则 no rule loaded: disclosure-decision" in told.out
    assert giving.maker.id in told.out
    found = mingbai(*words, "--unit", UNIT, "--json", MINGBAI_PASSWORD=PASSWORD).json
    (line,) = [one for one in found["lines"] if one["duty"] == "decision"]
    assert (line["state"], line["rule"], line["asked"], line["missing"]) == (
        "no-rule", None, "disclosure-decision", [["2026-03-01", "2026-03-01"]],
    )  # fmt: skip
    assert found["counts"]["no-rule"] >= 1
    refused = mingbai(*words, "--unit", "nowhere", MINGBAI_PASSWORD=PASSWORD)
    assert refused.status == 2
    assert "no-unit" in refused.said


def test_a_publication_of_a_stream_is_entered_by_command(giving: Giving, tmp_path: Any) -> None:
    paper = tmp_path / "决算.pdf"
    paper.write_bytes(b"%PDF-1.4")
    told = giving.run(
        "disclosure", "record", "--kind", "dues-standard", "--through", "2026-03-01", "--on",
        "2026-03-02", "--paper", paper, "--where", "公告栏", "--about", "charter-dues@2026",
        "--json",
    )  # fmt: skip
    assert told.json["audience"] == "members"
