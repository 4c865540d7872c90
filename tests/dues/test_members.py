"""The registry of members: lists that bring and change them, single changes, doubles, transfers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from importers.roster import enter_roster
from importers.templates import MEMBERS, Template
from ledger.dues import merging, transferring
from ledger.dues.assessing import assess_month
from ledger.dues.change import Change
from ledger.dues.changing import change_member
from ledger.dues.dossier import dossier_from_json
from ledger.dues.enrolling import Enrolled
from ledger.dues.member_file import member_file
from ledger.errors import Finding, NotAllowed, Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import (
    User,
    claims,
    dues_schemes,
    member_facts,
    members,
    oplog,
    persons,
    units,
    users,
)
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.members import MemberRow
from ledger.registry.schema import operation
from ledger.rules import rulebook
from ledger.rules.reading import read_tables
from ledger.rules.table import SHIPPED
from ledger.rules.tables import Table
from tests.conftest import NOW
from tests.house import DUES, PASSWORD, UNIT, House, build_house
from tests.rules.tables import ASSOCIATION

OTHER = "dahe"
HEAD = "会员编号,姓名,入会日期,缴费身份,起始日期,工资基数,手机,证件号,缴费账号,工作单位,同意事项\n"
LIST = (
    HEAD + "1,甲示例,2020-05-01,,,3001,13800000000,110101199001010011,6222000000009991,"
    "示例厂,工资代扣\n"
    "2,乙示例,2020-05-01,离退休,2024-01-01,4000,,110101199001010022,,,\n"
)


@dataclass
class Office:
    """Two units that collect Party dues; ``other`` records in the second one."""

    house: House
    other: User

    def enroll(self, text: str, *, accept: bool = False, rule: str | None = None) -> Enrolled:
        house = self.house
        return enter_roster(
            house.registry, UNIT, text.encode(), "m.csv", house.maker, house.now,
            accept=accept, rule=rule,
        )  # fmt: skip

    def row(self, number: str, unit: str = UNIT) -> MemberRow:
        with self.house.registry.read() as conn:
            found = members.by_number(conn, unit, number)
        assert found is not None
        return found

    def change(self, number: str, change: Change) -> None:
        house = self.house
        change_member(house.registry, self.row(number), change, house.maker, house.now)

    def owes(self, row: MemberRow, month: Month) -> str | None:
        """What the member is assessed for the month now; None for nothing."""
        house = self.house
        user = house.maker if row.unit == UNIT else self.other
        assess_month(house.registry, row.unit, month, user, house.now)
        with house.registry.read() as conn:
            owed = [c for c in claims.of_member(conn, row.unit, row.id) if c.month == str(month)]
        open_ones = [c.fen for c in owed if c.state == claims.OPEN]
        return f"{sum(open_ones) / 100:.2f}" if open_ones else None

    def ask(self, number: str, day: date, paid: Month) -> str:
        house = self.house
        return transferring.ask(
            house.registry, self.row(number), OTHER, day, paid, "介字第1号", house.maker, house.now
        )

    def accept(self, transfer: str, number: str = "A1") -> MemberRow:
        transferring.accept(self.house.registry, transfer, number, self.other, self.house.now)
        return self.row(number, OTHER)


def open_office(house: House) -> Office:
    registry = house.registry
    with registry.write() as conn:
        units.add(
            conn, unit=OTHER, name="大河工会（示例）", name_en="Dahe", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=1_000_000, upper=None,
        )  # fmt: skip
        other = users.add(
            conn, login="tian", password=PASSWORD, roles=frozenset({(OTHER, "treasurer")}), now=NOW
        )
        for unit in (UNIT, OTHER):
            row = SchemeRow(unit, "party", DUES, "F01", "HY")
            dues_schemes.put(conn, row, user=house.maker.id, now=NOW)
    return Office(house, other)


@pytest.fixture
def office(small_house: House) -> Office:
    return open_office(small_house)


@pytest.fixture
def anywhere(house: House) -> Office:
    """On SQLite and on PostgreSQL."""
    return open_office(house)


# ---- lists -------------------------------------------------------------------------------------


def test_a_list_brings_members_with_what_their_dues_need(anywhere: Office) -> None:
    office = anywhere
    done = office.enroll(LIST)
    assert (done.entered, len(done.fresh), done.rule) == (True, 2, "party")
    assert office.owes(office.row("1"), Month(2026, 3)) == "30.01"
    assert office.owes(office.row("2"), Month(2026, 3)) == "20.00"
    registry = office.house.registry
    with registry.read() as conn:
        [person] = persons.find(conn, registry.vault, "account", "6222000000009991")
        assert office.row("1").person == person
    told = member_file(registry, office.row("1"), office.house.maker, NOW)
    facts = " ".join(fact.zh for fact in told.rules[0].facts)
    assert "示例厂" in facts and "工资代扣" in facts and "甲示例" not in facts


def test_the_same_list_again_changes_nothing(office: Office) -> None:
    office.enroll(LIST)
    again = office.enroll(LIST)
    assert (again.entered, len(again.fresh), len(again.changed), again.same) == (True, 0, 0, 2)
    assert versions(office, "1") == 1


def test_the_rules_are_read_once_however_many_days_a_list_names(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(data: bytes, name: str, origin: int = SHIPPED) -> tuple[list[Table], list[Finding]]:
        read.append(name)
        return read_tables(data, name, origin)

    rulebook.load()  # what is shipped is read once for all
    monkeypatch.setattr(rulebook, "read_tables", counted)
    (office.house.registry.folder / "rules").mkdir()
    (office.house.registry.folder / "rules" / "own.toml").write_text(ASSOCIATION, encoding="utf-8")
    rows = "".join(f"{n},甲示例{n},2020-05-{n:02d},,,3001,,,,,\n" for n in range(1, 21))
    assert len(office.enroll(HEAD + rows).fresh) == 20
    assert read == ["rules/own.toml"]


def test_a_list_that_differs_asks_and_then_adds_a_version(office: Office) -> None:
    office.enroll(LIST)
    text = HEAD + "1,甲示例,2020-05-01,,2027-01-01,5001,,,,,\n3,丙示例,2026-03-01,,,3000,,,,,\n"
    asks = office.enroll(text)
    assert (asks.entered, len(asks.fresh), asks.changed[0].number) == (False, 1, "1")
    assert [told.zh for told in asks.changed[0].changes] == [
        "+ 基数 5,001.00（工资），自 2027-01-01"
    ]
    with office.house.registry.read() as conn:
        assert members.by_number(conn, UNIT, "3") is None
    done = office.enroll(text, accept=True)
    assert done.entered and versions(office, "1") == 2
    bases = facts_of(office, office.row("1")).bases
    assert [base.fen for base in bases] == [300_100, 500_100]


def test_a_known_member_changes_only_from_a_day_that_is_said(office: Office) -> None:
    office.enroll(LIST)
    with pytest.raises(Refused) as refused:
        office.enroll(HEAD + "1,甲示例,,,,5001,,,,,\n")
    assert [(one.rule, one.line) for one in refused.value.findings] == [("member-row", 2)]


def test_a_number_never_passes_to_another_name(office: Office) -> None:
    office.enroll(LIST)
    with pytest.raises(Refused, match="member-row"):
        office.enroll(HEAD + "1,丁示例,,,,,,,,,\n", accept=True)
    renamed = HEAD + "1,甲新例,,,,,,110101199001010011,,,\n"
    assert [told.zh for told in office.enroll(renamed).changed[0].changes] == ["姓名改变"]
    office.enroll(renamed, accept=True)
    registry = office.house.registry
    with registry.read() as conn:
        person = office.row("1").person
        known, past = (persons.read(conn, registry.vault, person),
                       persons.past(conn, registry.vault, person))  # fmt: skip
        assert known is not None and known.name == "甲新例" and known.phone == "13800000000"
        assert [one.data.name for one in past] == ["甲示例"]
        assert persons.find(conn, registry.vault, "name", "甲示例") == []


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("9,壬示例,2026-01-01,国王,,100,,,,,", "no-status"),
        ("9,壬示例,2026-01-01,,,-5,,,,,", "bad-fact"),
        ("9,壬示例,2026-01-01,,,100,,,,,万岁", "member-row"),
        ("9,,2026-01-01,,,100,,,,,", "list-missing"),
        ("9,壬示例,明天,,,100,,,,,", "list-value"),
        ("壬示例,壬示例,2026-01-01,,,100,,,,,", "member-row"),
        ("13912345678,壬示例,2026-01-01,,,100,,,,,", "member-row"),
        ("11010119900101003X,壬示例,2026-01-01,,,100,,,,,", "member-row"),
    ],
)
def test_one_wrong_row_refuses_the_list_and_says_where(office: Office, row: str, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        office.enroll(LIST + row + "\n")
    assert [(one.rule, one.line) for one in refused.value.findings] == [(rule, 4)]
    assert all("壬示例" not in str(one) for one in refused.value.findings)
    with office.house.registry.read() as conn:
        assert members.count(conn, UNIT) == 0


def test_hardship_exemption_and_coming_from_elsewhere_are_facts_with_papers(
    office: Office,
) -> None:
    head = "会员编号,姓名,入会日期,状态,转接缴至,工资基数,减免后数额,减免原因,支部研究,上级批准\n"
    office.enroll(
        head + "1,甲示例,2025-01-01,困难减免,,3001,5.00,重病,支字1号,党字2号\n"
        "2,乙示例,2025-01-01,免交,,3001,,重病,支字1号,\n"
        "3,丙示例,2026-02-10,转入,2026-03,3001,,,,\n"
        "4,丁示例,2025-01-01,退休,,3001,,,,\n"
    )
    assert office.owes(office.row("1"), Month(2026, 3)) == "5.00"
    assert office.owes(office.row("2"), Month(2026, 3)) == "30.01"  # nobody above approved
    assert office.owes(office.row("3"), Month(2026, 3)) is None
    assert office.owes(office.row("3"), Month(2026, 4)) == "30.01"
    assert office.owes(office.row("4"), Month(2026, 3)) == "15.01"


def test_facts_without_a_rule_are_refused_not_dropped(small_house: House) -> None:
    def enter(text: str) -> Enrolled:
        return enter_roster(
            small_house.registry, UNIT, text.encode(), "m.csv", small_house.maker, small_house.now
        )

    with pytest.raises(Refused, match="no-rule"):
        enter("会员编号,姓名,工资基数\n1,甲示例,3001\n")
    assert len(enter("会员编号,姓名\n1,甲示例\n").fresh) == 1


def test_a_retired_union_member_keeps_the_membership_and_owes_nothing(office: Office) -> None:
    with office.house.registry.write() as conn:
        row = SchemeRow(UNIT, "union-member", DUES, "F01", "GH")
        dues_schemes.put(conn, row, user=office.house.maker.id, now=NOW)
    text = "会员编号,姓名,入会日期,状态,工资基数\n1,甲示例,2020-05-01,退休,\n"
    done = office.enroll(f"{text}2,乙示例,2020-05-01,,3005\n", rule="union-member")
    assert len(done.fresh) == 2
    assessed = assess_month(
        office.house.registry, UNIT, Month(2026, 3), office.house.maker, NOW, "union-member"
    )[0]
    assert (assessed.missing, assessed.total.text) == ((), "15.00")


def test_the_template_is_filled_in_as_a_workbook(office: Office) -> None:
    data = filled(MEMBERS, {"number": "1", "name": "甲示例", "joined": date(2020, 5, 1),
                            "base": 3001, "identity": "110101199001010011",
                            "consent": "工资代扣"})  # fmt: skip
    house = office.house
    done = enter_roster(house.registry, UNIT, data, "m.xlsx", house.maker, house.now)
    assert len(done.fresh) == 1
    assert office.owes(office.row("1"), Month(2026, 3)) == "30.01"


def filled(template: Template, values: dict[str, object]) -> bytes:
    """The template with one row, as a spreadsheet program keeps it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for column, field in enumerate(template.columns):
        sheet.write(0, column, f"{field.name.zh}\n{field.name.en}")
        if field.key in values:
            sheet.write(1, column, values[field.key])
    book.close()
    return out.getvalue()


def test_who_may_not_record_enters_nobody(office: Office) -> None:
    house = office.house
    with pytest.raises(NotAllowed):
        enter_roster(house.registry, UNIT, LIST.encode(), "m.csv", house.checker, house.now)


def test_members_are_found_page_by_page_by_the_beginning_of_their_number(
    anywhere: Office,
) -> None:
    office = anywhere
    office.enroll(
        "会员编号,姓名\n"
        + "".join(f"{place:03d},示例{chr(0x4E00 + place)}\n" for place in range(120))
    )
    with office.house.registry.read() as conn:
        first = members.page(conn, UNIT, most=50)
        rest = members.page(conn, UNIT, after=first[-1].number)
        assert [int(row.number) for row in [*first, *rest]] == list(range(120))
        assert [row.number for row in members.page(conn, UNIT, begins="11")] == [
            f"11{place}" for place in range(10)
        ]
        assert members.count(conn, UNIT, begins="0", state="active") == 100
        assert members.count(conn, UNIT, begins="%") == 0


def test_of_who_was_erased_nothing_is_recorded_any_more(office: Office) -> None:
    office.enroll(LIST)
    registry, maker = office.house.registry, office.house.maker
    with registry.write() as conn:
        persons.erase(conn, office.row("1").person)
    with pytest.raises(Refused, match="erased"):
        office.change("1", Change(date(2026, 3, 1), base=1))
    with pytest.raises(Refused, match="erased"):
        office.ask("1", date(2026, 3, 16), Month(2026, 3))
    with pytest.raises(Refused, match="erased"):
        merging.merge(registry, office.row("1"), office.row("2"), "x", maker, NOW)
    with pytest.raises(Refused, match="member-row"):
        office.enroll(HEAD + "1,甲示例,,,,,,,,,\n")
    told = member_file(registry, office.row("1"), maker, NOW, names=True)
    assert (told.rules, told.person) == ((), None)


# ---- single changes ----------------------------------------------------------------------------


def test_a_change_is_a_version_that_says_who_and_the_log_says_no_figure(office: Office) -> None:
    office.enroll(LIST)
    office.change("1", Change(date(2026, 3, 10), base=510_000, decision="支部决议3号"))
    assert office.owes(office.row("1"), Month(2026, 2)) == "30.01"
    assert office.owes(office.row("1"), Month(2026, 3)) == "76.50"
    registry, maker = office.house.registry, office.house.maker
    told = member_file(registry, office.row("1"), maker, NOW).rules[0].versions
    assert [(one.number, one.user) for one in told] == [(2, maker.id), (1, maker.id)]
    assert [words.zh for words in told[0].changes] == [
        "+ 基数 5,100.00（工资），自 2026-03-10，年内重新核定（支部决议3号）"
    ]
    with registry.read() as conn:
        acts = conn.execute(select(operation.c.action, operation.c.object, operation.c.detail))
        [(changed, detail)] = [(row[1], row[2]) for row in acts if row[0] == "member.change"]
    assert (changed, detail) == (office.row("1").id, "party: base")


def test_a_retired_member_takes_a_pension_and_who_leaves_owes_no_more(office: Office) -> None:
    office.enroll(LIST)
    office.change("1", Change(date(2026, 4, 1), status="退休", base=600_000))
    assert office.owes(office.row("1"), Month(2026, 4)) == "60.00"
    office.change("1", Change(date(2026, 5, 15), left=True))
    assert office.row("1").state == "left"
    assert office.owes(office.row("1"), Month(2026, 5)) == "60.00"
    assert office.owes(office.row("1"), Month(2026, 6)) is None
    office.change("1", Change(date(2026, 8, 1), returned=True))
    assert office.row("1").state == "active"
    assert office.owes(office.row("1"), Month(2026, 8)) == "60.00"


@pytest.mark.parametrize(
    "change",
    [
        Change(date(2026, 3, 1), status="国王"),
        Change(date(2026, 3, 1), base=-1),
        Change(date(2026, 3, 1), base=1, base_kind="luck"),
        Change(date(2026, 3, 1), chosen=20),
        Change(date(2026, 3, 1), reduction=0),
        Change(date(2026, 3, 1), reduction=0, reason="x", until=Month(2026, 2)),
        Change(date(2026, 3, 1), frequency="quarterly"),
        Change(date(2026, 3, 1), consents=("everything",)),
        Change(date(2026, 3, 1), consent_ends="named-in-roll"),
        Change(date(2026, 3, 1), returned=True),
        Change(date(2019, 3, 1), left=True),
        Change(date(9999, 3, 1), base=1),
        Change(date(2026, 3, 1), base=1, rule="luck"),
        Change(date(2026, 3, 1), base=10**16),
        Change(date(2026, 3, 1)),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(office: Office, change: Change) -> None:
    office.enroll(LIST)
    with pytest.raises(Refused):
        office.change("1", change)
    assert versions(office, "1") == 1 and office.row("1").state == "active"


def test_with_two_kinds_of_dues_a_base_says_for_which(office: Office) -> None:
    office.enroll(LIST)
    with office.house.registry.write() as conn:
        row = SchemeRow(UNIT, "league", DUES, "F01", "TF")
        dues_schemes.put(conn, row, user=office.house.maker.id, now=NOW)
    with pytest.raises(Refused, match="which-rule"):
        office.change("1", Change(date(2026, 3, 1), base=100))
    office.change("1", Change(date(2026, 3, 1), rule="league", base=550_000))
    office.change("1", Change(date(2026, 6, 1), left=True))
    assert versions(office, "1") == 2 and versions(office, "1", "league") == 2


# ---- doubles -----------------------------------------------------------------------------------


def with_double(office: Office) -> None:
    office.enroll(LIST)
    twice = office.enroll(HEAD + "7,甲示例,2026-02-01,,,3001,,110101199001010011,,,\n")
    assert [found.rule for found in twice.warnings] == ["perhaps-double"]


def test_a_double_is_found_merged_owes_no_more_and_is_taken_apart_again(
    anywhere: Office,
) -> None:
    office = anywhere
    with_double(office)
    registry, maker = office.house.registry, office.house.maker
    [found] = merging.doubles(registry, UNIT, maker)
    assert (found.member.number, found.other.number, found.what.zh) == ("1", "7", "证件号")
    double, one = office.row("7"), office.row("1")
    assert office.owes(double, Month(2026, 2)) == "30.01"
    merging.merge(registry, double, one, "同一人", maker, NOW, date(2026, 3, 1))
    assert office.owes(double, Month(2026, 2)) == "30.01"
    assert office.owes(double, Month(2026, 3)) is None
    assert office.owes(one, Month(2026, 3)) == "30.01"
    with registry.read() as conn:
        assert persons.find(conn, registry.vault, "name", "甲示例") == [one.person]
    assert merging.doubles(registry, UNIT, maker) == []
    told = member_file(registry, one, maker, NOW)
    assert [row.id for row in told.same] == [double.id]
    assert {month.member for month in told.months} == {one.id, double.id}
    assert told.merges[0].reason == "同一人"
    merging.unmerge(registry, office.row("7"), "误并", maker, NOW)
    assert office.row("7").state == "active" and office.row("7").left is None
    assert office.owes(double, Month(2026, 3)) == "30.01"
    with registry.read() as conn:
        assert len(persons.find(conn, registry.vault, "name", "甲示例")) == 2


def test_merged_from_the_beginning_a_double_gives_its_claims_back(office: Office) -> None:
    with_double(office)
    double = office.row("7")
    assert office.owes(double, Month(2026, 2)) == "30.01"
    merging.merge(
        office.house.registry, double, office.row("1"), "同一人", office.house.maker, NOW,
        date(2026, 2, 1),
    )  # fmt: skip
    assert office.owes(double, Month(2026, 2)) is None


def test_who_is_merged_changes_no_more_and_nobody_is_merged_twice_or_without_reason(
    office: Office,
) -> None:
    with_double(office)
    registry, maker = office.house.registry, office.house.maker
    double, one = office.row("7"), office.row("1")
    for first, second, why in ((double, one, " "), (one, one, "x")):
        with pytest.raises(Refused, match="no-merge"):
            merging.merge(registry, first, second, why, maker, NOW)
    merging.merge(registry, double, one, "同一人", maker, NOW)
    with pytest.raises(Refused, match="merged-member"):
        office.change("7", Change(date(2026, 3, 1), base=1))
    for first, second in ((double, one), (one, double)):
        with pytest.raises(Refused, match="no-merge"):
            merging.merge(registry, first, second, "x", maker, NOW)
    with pytest.raises(Refused, match="no-merge"):
        merging.unmerge(registry, one, "x", maker, NOW)
    with pytest.raises(NotAllowed):
        merging.merge(registry, double, one, "x", office.other, NOW)


# ---- transfers ---------------------------------------------------------------------------------


def test_nothing_changes_until_the_new_unit_accepts(anywhere: Office) -> None:
    office = anywhere
    office.enroll(LIST)
    transfer = office.ask("1", date(2026, 3, 16), Month(2026, 3))
    registry = office.house.registry
    assert office.owes(office.row("1"), Month(2026, 4)) == "30.01"
    [waits] = transferring.waiting(registry, OTHER, office.other)
    assert (waits.row.id, waits.letter, waits.number) == (transfer, "介字第1号", "1")
    there = office.accept(transfer)
    assert office.row("1").state == "transferred" and there.person == office.row("1").person
    assert transferring.waiting(registry, OTHER, office.other) == []
    for month, old, new in (("2026-03", "30.01", None), ("2026-04", None, "30.01")):
        assert office.owes(office.row("1"), Month.parse(month)) == old
        assert office.owes(there, Month.parse(month)) == new


def test_a_transfer_is_refused_or_withdrawn_with_a_reason_and_may_be_asked_again(
    office: Office,
) -> None:
    office.enroll(LIST)
    registry, now = office.house.registry, office.house.now
    first = office.ask("1", date(2026, 3, 16), Month(2026, 3))
    with pytest.raises(Refused, match="no-transfer"):
        office.ask("1", date(2026, 3, 16), Month(2026, 3))
    with pytest.raises(Refused, match="no-transfer"):
        transferring.refuse(registry, first, " ", office.other, now)
    transferring.refuse(registry, first, "名额已满", office.other, now)
    office.house.now = office.house.later(minutes=1)
    second = office.ask("1", date(2026, 3, 16), Month(2026, 3))
    transferring.withdraw(registry, second, "本人不去了", office.house.maker, now)
    for done in (first, second):
        with pytest.raises(Refused, match="no-transfer"):
            office.accept(done)
    told = member_file(registry, office.row("1"), office.house.maker, now)
    assert [(one.row.state, one.answer) for one in told.transfers] == [
        ("refused", "名额已满"), ("withdrawn", "本人不去了"),
    ]  # fmt: skip
    assert office.row("1").state == "active"


def test_each_side_does_its_own_part_and_nobody_both(office: Office) -> None:
    office.enroll(LIST)
    registry, now, maker = office.house.registry, office.house.now, office.house.maker
    transfer = office.ask("1", date(2026, 3, 16), Month(2026, 3))
    with pytest.raises(NotAllowed):
        transferring.accept(registry, transfer, "A1", maker, now)
    with pytest.raises(NotAllowed):
        transferring.refuse(registry, transfer, "x", maker, now)
    with pytest.raises(NotAllowed):
        transferring.withdraw(registry, transfer, "x", office.other, now)
    with registry.write() as conn:
        both = users.add(
            conn, login="both", password=PASSWORD, roles=frozenset({("*", "accountant")}), now=NOW
        )
    transferring.withdraw(registry, transfer, "x", maker, now)
    own = transferring.ask(
        registry, office.row("1"), OTHER, date(2026, 3, 16), Month(2026, 3), "", both, now
    )
    with pytest.raises(NotAllowed, match="own-transfer"):
        transferring.accept(registry, own, "A1", both, now)


@pytest.mark.parametrize(
    ("day", "paid"),
    [
        (date(2026, 3, 16), Month(2020, 3)),  # April 2020 nobody would collect, or both
        (date(2020, 5, 1), Month(2026, 3)),
        (date(2026, 3, 16), Month(2027, 4)),
        (date(9998, 3, 16), Month(2999, 12)),
    ],
)
def test_a_letter_that_leaves_a_month_to_both_or_none_is_refused(
    office: Office, day: date, paid: Month
) -> None:
    office.enroll(LIST)
    with pytest.raises(Refused, match=r"no-transfer|bad-fact"):
        office.ask("1", day, paid)


def test_the_old_unit_does_not_take_back_by_itself_who_went(office: Office) -> None:
    office.enroll(LIST)
    office.accept(office.ask("1", date(2026, 3, 16), Month(2026, 3)))
    with pytest.raises(Refused, match="member-elsewhere"):
        office.change("1", Change(date(2026, 5, 1), returned=True))
    with pytest.raises(Refused, match="bad-fact"):
        office.change("1", Change(date(2026, 5, 1), left=True))


def test_who_comes_back_is_who_they_were(office: Office) -> None:
    office.enroll(LIST)
    there = office.accept(office.ask("1", date(2026, 3, 16), Month(2026, 3)))
    registry, now = office.house.registry, office.house.now
    back = transferring.ask(
        registry, there, UNIT, date(2026, 6, 10), Month(2026, 5), "", office.other, now
    )
    again = transferring.accept(registry, back, "", office.house.maker, now)
    assert again == office.row("1").id and office.row("1").state == "active"
    for month, here, other in (
        ("2026-03", "30.01", None), ("2026-05", None, "30.01"), ("2026-06", "30.01", None),
    ):  # fmt: skip
        assert office.owes(office.row("1"), Month.parse(month)) == here, month
        assert office.owes(office.row("A1", OTHER), Month.parse(month)) == other, month


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(10, 70), st.integers(-2, 3)), min_size=1, max_size=3))
def test_exactly_one_unit_collects_each_month(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int]]
) -> None:
    """However often a member goes to and fro, and whatever month the letters say."""
    folder: Path = tmp_path_factory.mktemp("moves") / "federation"
    house = build_house(folder, url="sqlite:///registry.db", now=NOW)
    try:
        office = open_office(house)
        office.enroll(HEAD + "1,甲示例,2025-05-01,,,3001,,,,,\n")
        where, row, day = UNIT, office.row("1"), date(2026, 1, 5)
        for days, months in moves:
            day = date.fromordinal(day.toordinal() + days)
            paid = Month.of(day)
            for _ in range(abs(months)):
                paid = paid.next() if months > 0 else paid.previous()
            to = OTHER if where == UNIT else UNIT
            asks, takes = (
                (house.maker, office.other) if where == UNIT else (office.other, house.maker)
            )
            try:
                new = transferring.ask(house.registry, row, to, day, paid, "", asks, house.now)
            except Refused:
                continue  # the letter would leave a month to nobody
            member = transferring.accept(house.registry, new, "A1", takes, house.now)
            with house.registry.read() as conn:
                found = members.find(conn, member)
            assert found is not None
            where, row = to, found
        for month in months_of_2026():
            for unit, user in ((UNIT, house.maker), (OTHER, office.other)):
                assess_month(house.registry, unit, month, user, house.now)
            with house.registry.read() as conn:
                owed = [
                    claim
                    for unit in (UNIT, OTHER)
                    for claim in claims.in_state(conn, unit, claims.OPEN)
                    if claim.month == str(month)
                ]
            assert [claim.fen for claim in owed] == [yuan("30.01").fen], month
    finally:
        house.registry.close()


def months_of_2026() -> Iterator[Month]:
    month = Month(2026, 1)
    while month.year == 2026:
        yield month
        month = month.next()


# ---- what everybody may rely on ----------------------------------------------------------------


def test_no_log_line_holds_a_name_a_base_or_an_account(office: Office) -> None:
    with_double(office)
    registry, maker = office.house.registry, office.house.maker
    office.change("1", Change(date(2026, 3, 1), employer="甲示例家"))
    merging.merge(registry, office.row("7"), office.row("1"), "甲示例", maker, NOW)
    transferring.withdraw(
        registry, office.ask("2", date(2026, 3, 16), Month(2026, 3)), "乙示例", maker, NOW
    )
    member_file(registry, office.row("1"), maker, NOW, names=True)
    with registry.read() as conn:
        text = repr(oplog.entries(conn))
    for secret in ("甲示例", "乙示例", "3001", "6222000000009991", "13800000000"):
        assert secret not in text
    data = b"".join(path.read_bytes() for path in registry.folder.glob("registry.db*"))
    for secret in ("甲示例", "示例厂", "支部", "6222000000009991"):
        assert secret.encode() not in data


def versions(office: Office, number: str, rule: str = "party") -> int:
    registry = office.house.registry
    with registry.read() as conn:
        return len(member_facts.of_member(conn, registry.vault, office.row(number).id, rule))


def facts_of(office: Office, row: MemberRow):  # type: ignore[no-untyped-def]
    registry = office.house.registry
    with registry.read() as conn:
        last = member_facts.of_member(conn, registry.vault, row.id, "party")[-1]
    return dossier_from_json(row.id, last.text).facts
