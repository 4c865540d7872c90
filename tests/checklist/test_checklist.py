"""Each item of the checklist blocks a close by itself, and lets it through once it is mended."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime

import pytest
from sqlalchemy import update

from ledger import closing
from ledger.checklist import checks, waivers
from ledger.checklist.items import NOT_ASKED, OPEN, WARNS
from ledger.checklist.numbers import totals
from ledger.checklist.overdue import overdue_waivers
from ledger.checklist.papers import exempt
from ledger.checklist.waivers import Paper
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.errors import Finding, NotAllowed, Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import (
    closing_rules,
    imports,
    month_states,
    oplog,
    papers,
    persons,
    schema,
    units,
    users,
)
from ledger.registry.waivers import BANK, PAPERS, TRANSFER
from tests.cli.command import by_user
from tests.house import BANK as ACCOUNT
from tests.house import CASH, DUES, OPENING, UNIT, House

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
TODAY = date(2026, 3, 5)
SLIP = Paper("月末盘点表".encode(), "count.txt")


def require(house: House, *keys: str, day: date = date(2026, 1, 1)) -> None:
    with house.registry.write() as conn:
        for key in keys:
            closing_rules.add(
                conn, UNIT, key, day, required=True, reason="示例", user="u", now=house.now
            )


def found(house: House, month: Month = JANUARY, today: date = TODAY) -> list[Finding]:
    return closing.checklist(house.registry, UNIT, month, today)


def rules(found: Collection[Finding], severity: str = "error") -> list[str]:
    return [one.rule for one in found if one.severity == severity]


def close(house: House, month: Month = JANUARY, now: datetime | None = None) -> closing.Closed:
    return closing.close_month(house.registry, UNIT, month, house.maker, now or house.now)


def paper(house: House, text: str) -> str:
    return papers.store_bytes(
        house.registry, UNIT, text.encode(), "slip.txt", user=house.maker.id, now=house.now
    )


# ---- papers ------------------------------------------------------------------------------------


def test_a_voucher_without_a_paper_blocks_until_two_have_waived_it(house: House) -> None:
    require(house, "papers")
    voucher = house.post(house.draft(day=date(2026, 1, 5)))
    (missing,) = found(house)
    assert (missing.rule, missing.severity) == ("papers-missing", "error")
    assert voucher.number in missing.what.zh and "mingbai waiver add" in missing.remedy.en
    with pytest.raises(Refused, match="papers-missing"):
        close(house)
    row = waivers.ask(
        house.registry, UNIT, PAPERS, voucher.number, house.maker, house.now,
        until=date(2026, 3, 31), reason="发票在途",
    )  # fmt: skip
    assert rules(found(house)) == ["papers-missing"]  # nobody confirmed it
    with pytest.raises(NotAllowed):
        waivers.confirm(house.registry, UNIT, row.code, house.maker, house.now)
    waivers.confirm(house.registry, UNIT, row.code, house.checker, house.now)
    assert [one.rule for one in close(house).warnings] == ["papers-waived"]
    with house.registry.read() as conn:
        acts = [act.action for act in oplog.entries(conn, UNIT) if act.object == row.code]
        assert acts == ["waiver.ask", "waiver.confirm"]
        assert oplog.verify(conn) == []


def test_a_waiver_that_ran_out_blocks_later_months_until_the_paper_is_there(house: House) -> None:
    require(house, "papers")
    voucher = house.post(house.draft(day=date(2026, 1, 5)))
    row = waivers.ask(
        house.registry, UNIT, PAPERS, voucher.number, house.maker, house.now,
        until=date(2026, 3, 10), reason="发票在途",
    )  # fmt: skip
    waivers.confirm(house.registry, UNIT, row.code, house.checker, house.now)
    close(house)
    house.post(house.draft("9.00", day=date(2026, 2, 3), papers=(paper(house, "回单"),)))
    assert found(house, FEBRUARY) == []
    late = datetime(2026, 3, 11, 9, tzinfo=CHINA)
    assert rules(found(house, FEBRUARY, late.date())) == ["waiver-overdue"]
    assert [one.code for one in overdue_waivers(house.registry, UNIT, late.date())] == [row.code]
    with pytest.raises(Refused, match="waiver-overdue"):
        close(house, FEBRUARY, late)
    with pytest.raises(Refused, match="needs-paper"):
        waivers.end(house.registry, UNIT, row.code, house.maker, late, note="不会来了")
    done = waivers.end(house.registry, UNIT, row.code, house.maker, late, paper=SLIP)
    assert done.end_paper
    assert overdue_waivers(house.registry, UNIT, late.date()) == []
    close(house, FEBRUARY, late)


def test_where_papers_are_not_required_a_close_tells_of_them(small_house: House) -> None:
    house = small_house
    house.post(house.draft(day=date(2026, 1, 5)))
    assert rules(found(house)) == []
    assert rules(close(house).warnings, "warning") == ["papers-missing"]


def test_a_later_rule_of_the_same_day_holds_and_none_reaches_back(small_house: House) -> None:
    house = small_house
    house.post(house.draft(day=date(2026, 1, 5)))
    require(house, "papers", day=date(2026, 2, 1))
    assert rules(found(house)) == []
    require(house, "papers")
    assert rules(found(house)) == ["papers-missing"]
    admin = house.administrator
    waivers.set_rule(
        house.registry, UNIT, "papers", admin, house.now, day=date(2026, 1, 1), required=False,
        reason="接管中",
    )  # fmt: skip
    assert rules(found(house)) == []
    close(house)
    with pytest.raises(Refused, match="bad-rule"):
        waivers.set_rule(
            house.registry, UNIT, "papers", admin, house.now, day=date(2026, 1, 31),
            required=True, reason="x",
        )  # fmt: skip


def test_openings_reversals_and_what_rules_reckon_need_no_paper(small_house: House) -> None:
    house = small_house
    require(house, "papers")
    house.post(
        house.draft("90.00", credit=OPENING, day=date(2026, 1, 1), kind="转", tags=("opening",))
    )
    wrong = house.post(house.draft(day=date(2026, 1, 5)))
    house.reverse(wrong, day=date(2026, 1, 6))
    kinds, _ = exempt()
    for place, kind in enumerate(kinds):
        if kind.begins not in ("reverse:", "asset:depreciation:", "gift:release:"):
            house.post(house.draft("1.00", day=date(2026, 1, 7), source=f"{kind.begins}{place}"))
    assert found(house) == []
    assert all(kind.words.zh and kind.words.en for kind in kinds)


def test_who_waives_is_not_who_confirms_and_readers_do_neither(small_house: House) -> None:
    house = small_house
    voucher = house.post(house.draft(day=date(2026, 1, 5)))
    ask = {"until": date(2026, 3, 31), "reason": "发票在途"}
    for user in (house.checker, house.reader, house.administrator):
        with pytest.raises(NotAllowed):
            waivers.ask(
                house.registry, UNIT, PAPERS, voucher.number, user, house.now, **ask  # type: ignore[arg-type]
            )  # fmt: skip
    row = waivers.ask(
        house.registry, UNIT, PAPERS, voucher.number, house.maker, house.now, **ask  # type: ignore[arg-type]
    )  # fmt: skip
    for user in (house.reader, house.administrator):
        with pytest.raises(NotAllowed):
            waivers.confirm(house.registry, UNIT, row.code, user, house.now)
    for user in (house.maker, house.checker, house.reader):
        with pytest.raises(NotAllowed):
            waivers.set_rule(
                house.registry, UNIT, "papers", user, house.now, day=TODAY, required=False,
                reason="x",
            )  # fmt: skip
    both = users.User(house.maker.id, "zhou", frozenset({(UNIT, "accountant")}))
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        waivers.confirm(house.registry, UNIT, row.code, both, house.now)


def test_a_waiver_has_a_day_a_reason_and_something_that_lacks_its_paper(small_house: House) -> None:
    house = small_house
    bare = house.post(house.draft(day=date(2026, 1, 5))).number
    whole = house.post(house.draft("2.00", papers=(paper(house, "x"),))).number
    for number, until, reason, rule in (
        (bare, date(2026, 3, 4), "在途", "bad-until"),
        (bare, date(2027, 3, 10), "在途", "bad-until"),
        (bare, date(2026, 3, 31), " ", "no-reason"),
        (whole, date(2026, 3, 31), "在途", "has-paper"),
        ("付-202601-0099", date(2026, 3, 31), "在途", "no-voucher"),
    ):
        with pytest.raises(Refused, match=rule):
            waivers.ask(
                house.registry, UNIT, PAPERS, number, house.maker, house.now, until=until,
                reason=reason,
            )  # fmt: skip
    ask = {"until": date(2026, 3, 31), "reason": "在途"}
    row = waivers.ask(house.registry, UNIT, PAPERS, bare, house.maker, house.now, **ask)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="waiver-asked"):
        waivers.ask(house.registry, UNIT, PAPERS, bare, house.maker, house.now, **ask)  # type: ignore[arg-type]
    # What nobody confirmed is taken back with a note, and asked anew under the next number.
    waivers.end(house.registry, UNIT, row.code, house.maker, house.now, note="写错期限")
    again = waivers.ask(house.registry, UNIT, PAPERS, bare, house.maker, house.now, **ask)  # type: ignore[arg-type]
    assert (row.code[:11], again.code[:11]) == ("HM2026-0001", "HM2026-0002")
    with pytest.raises(Refused, match="no-waiver"):
        waivers.confirm(house.registry, UNIT, row.code, house.checker, house.now)


def test_a_reason_names_nobody(small_house: House) -> None:
    house = small_house
    number = house.post(house.draft(day=date(2026, 1, 5))).number
    with house.registry.write() as conn:
        persons.add(conn, house.registry.vault, persons.PersonData("欧阳示例"), house.now)
    with pytest.raises(Refused, match="name-in-reason") as caught:
        waivers.ask(
            house.registry, UNIT, PAPERS, number, house.maker, house.now,
            until=date(2026, 3, 31), reason="欧阳示例未交发票",
        )  # fmt: skip
    assert "欧阳" not in str(caught.value)


# ---- money -------------------------------------------------------------------------------------


def with_statements(house: House, account: str = ACCOUNT) -> None:
    with house.registry.write() as conn:
        imports.add_account(
            conn, house.registry.vault,
            imports.MoneyAccount(UNIT, account, "bank", "Bank", "6222000011112222", "F01"),
        )  # fmt: skip


def test_money_that_nothing_proves_blocks_until_it_is_confirmed_with_a_paper(house: House) -> None:
    with_statements(house)
    house.post(house.draft(day=date(2026, 1, 5)))
    assert rules(found(house), "warning") == ["no-statement", "papers-missing"]
    require(house, "bank")
    assert rules(found(house)) == ["bank-unreconciled"]
    count = {"paper": SLIP, "reason": "银行函证"}
    row = waivers.count(
        house.registry, UNIT, ACCOUNT, JANUARY, yuan("24.00"), house.maker, house.now, **count  # type: ignore[arg-type]
    )  # fmt: skip
    assert rules(found(house)) == ["bank-unreconciled"]
    waivers.confirm(house.registry, UNIT, row.code, house.checker, house.now)
    (differs,) = [one for one in found(house) if one.rule == "count-differs"]
    assert "1.00" in differs.what.en
    right = waivers.count(
        house.registry, UNIT, ACCOUNT, JANUARY, yuan("25.00"), house.maker, house.now, **count  # type: ignore[arg-type]
    )  # fmt: skip
    waivers.confirm(house.registry, UNIT, right.code, house.checker, house.now)
    assert rules(found(house)) == []
    close(house)


def test_a_statement_to_come_is_waived_until_a_day(small_house: House) -> None:
    house = small_house
    with_statements(house)
    require(house, "bank")
    house.post(house.draft(day=date(2026, 1, 5)))
    row = waivers.ask(
        house.registry, UNIT, BANK, ACCOUNT, house.maker, house.now, until=date(2026, 3, 20),
        reason="银行系统升级", month=JANUARY,
    )  # fmt: skip
    waivers.confirm(house.registry, UNIT, row.code, house.checker, house.now)
    assert rules(found(house)) == []
    assert "bank-waived" in rules(found(house), "warning")
    late = date(2026, 3, 21)
    assert rules(found(house, today=late)) == ["bank-unreconciled", "waiver-overdue"]
    with pytest.raises(Refused, match="no-money-account"):
        waivers.ask(
            house.registry, UNIT, BANK, "999", house.maker, house.now, until=date(2026, 3, 20),
            reason="x", month=JANUARY,
        )  # fmt: skip


def test_cash_that_nobody_counted_is_told_and_what_was_counted_has_to_agree(
    small_house: House,
) -> None:
    house = small_house
    house.post(house.draft(debit=CASH, day=date(2026, 1, 5)))
    assert "cash-not-counted" in rules(found(house), "warning")
    row = waivers.count(
        house.registry, UNIT, "101", JANUARY, yuan("20.00"), house.maker, house.now, paper=SLIP,
        reason="月末盘点",
    )  # fmt: skip
    waivers.confirm(house.registry, UNIT, row.code, house.second, house.now)
    assert rules(found(house)) == ["count-differs"]


# ---- money between units -----------------------------------------------------------------------


def test_money_between_units_without_a_reference_blocks_until_it_is_settled_or_waived(
    small_house: House,
) -> None:
    house = small_house
    upper = "Liabilities:211-应付上级经费"
    house.open(upper)
    with house.registry.write() as conn:
        units.add(
            conn, unit="shang", name="上级（示例）", name_en="", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
    money = yuan("30.00")
    lines = (
        Posting(upper, money, "F01", (("counter", "shang"),)), Posting(ACCOUNT, -money, "F01")
    )  # fmt: skip
    voucher = house.post(Draft(UNIT, date(2026, 1, 9), "付", "上缴", lines))
    assert "transfer-open" in rules(found(house), "warning")
    require(house, "transfers")
    (one,) = [fault for fault in found(house) if fault.severity == "error"]
    assert one.rule == "transfer-open" and voucher.number in one.what.zh
    row = waivers.ask(
        house.registry, UNIT, TRANSFER, voucher.number, house.maker, house.now,
        until=date(2026, 3, 20), reason="待上级核对", month=JANUARY,
    )  # fmt: skip
    waivers.confirm(house.registry, UNIT, row.code, house.checker, house.now)
    assert rules(found(house)) == []
    house.reverse(voucher, day=date(2026, 1, 31))
    assert "transfer-open" not in rules(found(house), "warning")


# ---- what went around the posting path ---------------------------------------------------------


def item(house: House, key: str, month: Month = JANUARY) -> tuple[str, list[str]]:
    items = checks.checklist(house.registry, UNIT, month, TODAY, whole=True)
    (one,) = [one for one in items if one.key == key]
    return one.state, [fault.rule for fault in one.findings or ()]


def test_a_number_that_was_left_out_blocks(house: House) -> None:
    house.post(house.draft(day=date(2026, 1, 5)))
    assert item(house, "numbers") == ("done", [])
    with house.registry.write() as conn:
        conn.execute(update(schema.voucher_count).values(last=3))
    assert item(house, "numbers") == (OPEN, ["number-gap"])
    assert "number-gap" in rules(found(house))


def test_a_restricted_fund_that_was_overdrawn_on_one_day_blocks(house: House) -> None:
    house.post(house.draft("50.00", fund="F03", day=date(2026, 1, 5)))
    house.post(house.draft("50.00", fund="F03", day=date(2026, 1, 9)))
    assert item(house, "funds") == ("done", [])
    days = schema.fund_day
    with house.registry.write() as conn:
        conn.execute(update(days).where(days.c.day == date(2026, 1, 5)).values(fen=-1))
    assert item(house, "funds") == (OPEN, ["fund-overdrawn"])


def test_work_that_is_open_is_told_first_and_the_rest_is_not_asked(small_house: House) -> None:
    from ledger import workflow

    house = small_house
    house.post(house.draft(day=date(2026, 1, 5)))
    workflow.propose(
        house.registry, house.draft("3.00", day=date(2026, 1, 6)), house.maker, house.now
    )
    items = checks.checklist(house.registry, UNIT, JANUARY, TODAY)
    assert {one.key: one.state for one in items}["drafts"] == OPEN
    assert {one.state for one in items if one.key in ("bank", "papers", "book")} == {NOT_ASKED}
    whole = checks.checklist(house.registry, UNIT, JANUARY, TODAY, whole=True)
    assert {one.key: one.state for one in whole}["papers"] == WARNS
    running = checks.checklist(house.registry, UNIT, JANUARY, date(2026, 1, 20), whole=True)
    assert {one.key: one.state for one in running}["order"] == OPEN
    assert {one.key: one.state for one in running}["papers"] == WARNS
    other = checks.checklist(house.registry, UNIT, Month(2026, 3), TODAY, whole=True)
    assert {one.key: one.state for one in other}["papers"] == NOT_ASKED


def test_a_month_out_of_order_is_told_the_same_in_both_languages(small_house: House) -> None:
    house = small_house
    house.post(house.draft(day=date(2026, 1, 5)))
    house.post(house.draft(day=date(2026, 2, 5)))
    (early,) = [one for one in found(house, FEBRUARY) if one.rule == "close-order"]
    assert "应先结 2026-01 月" in early.what.zh and "2026-01 comes first" in early.what.en
    close(house)
    (again,) = [one for one in found(house) if one.rule == "close-order"]
    assert "2026-01 月已结账；下一个要结的是 2026-02 月" in again.what.zh
    assert "2026-01 is closed already; the month to close next is 2026-02" in again.what.en
    for said in (again.remedy.zh, again.remedy.en):
        assert "mingbai close … 2026-02" in said and "mingbai reopen … 2026-01" in said
    (before,) = [one for one in found(house, Month(2025, 12)) if one.rule == "close-order"]
    assert "已结账" not in before.what.zh and "already" not in before.what.en


def test_december_tells_that_the_year_is_not_carried_over(small_house: House) -> None:
    house = small_house
    later = date(2027, 1, 10)
    house.now = datetime(2027, 1, 10, 9, tzinfo=CHINA)
    house.post(house.draft(day=date(2026, 12, 5), papers=(paper(house, "回单"),)))
    december = Month(2026, 12)
    assert rules(found(house, december, later), "warning") == ["year-not-carried"]
    require(house, "year-end")
    assert rules(found(house, december, later)) == ["year-not-carried"]


# ---- totals and the command --------------------------------------------------------------------


def test_totals_of_a_month_and_of_all_time(small_house: House) -> None:
    house = small_house
    house.post(house.draft("25.00", day=date(2026, 1, 5)))
    house.post(house.draft("10.00", debit=DUES, credit=ACCOUNT, kind="付", day=date(2026, 2, 5)))
    house.post(house.draft("7.00", day=date(2026, 3, 5)))
    known = totals(house.registry, UNIT, FEBRUARY)
    assert known.as_json() == {
        "vouchers": {"付": 1}, "month_debits": "10.00", "perpetual_vouchers": 2,
        "perpetual_debits": "35.00",
    }  # fmt: skip


def test_the_command_shows_the_list_and_closes_nothing(small_house: House) -> None:
    house = small_house
    folder = house.registry.folder
    require(house, "papers")
    number = house.post(house.draft(day=date(2026, 1, 5))).number
    seen = by_user(folder, "zhou", "close", "--unit", UNIT, "2026-01", "--check", "--json")
    said = json.loads(seen.out)
    assert (seen.status, said["closable"]) == (1, False)
    assert [one["key"] for one in said["items"] if one["state"] == OPEN] == ["papers"]
    assert said["totals"]["month_debits"] == "25.00"
    told = by_user(folder, "zhou", "close", "--unit", UNIT, "2026-01", "--dry-run")
    assert "✗ 附件齐全" in told.out and "尚不能结账" in told.out
    words = ("--voucher", number, "--until", "2026-12-31", "--reason", "发票在途", "--json")
    code = by_user(folder, "zhou", "waiver add", "--unit", UNIT, *words).json["code"]
    assert by_user(folder, "lin", "waiver confirm", "--unit", UNIT, code).status == 0
    listed = by_user(folder, "shen", "waiver list", "--unit", UNIT, "--json").json
    assert [row["state"] for row in listed["waivers"]] == ["confirmed"]
    with house.registry.read() as conn:
        assert month_states.last_closed(conn, UNIT) is None
    done = by_user(folder, "zhou", "close", "--unit", UNIT, "2026-01", "--json").json
    assert done["totals"]["vouchers"] == {"收": 1}
