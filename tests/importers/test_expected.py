"""Lists of what is to come: one deposit settles the tax office's, the bureau's, the platform's."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from importers import expected, notices, payroll, roster
from importers.levies import announce_tax
from importers.listing import ListEntered, Target
from importers.reference import find_documents
from ledger.allocations import entering
from ledger.allocations.standing import stands
from ledger.cli.main import main
from ledger.dues.enrolling import Enrolled
from ledger.dues.levy_coming import Announced
from ledger.errors import LedgerError, NotAllowed, Refused
from ledger.money import Money
from ledger.period import Month
from ledger.reference import make_code
from ledger.registry import allocations, claims, levies, members, persons
from ledger.registry.levies import ShareRow
from tests.house import DUES, LEVY, OFFICE, PASSWORD, PAYABLE, UNIT, House
from tests.importers.desk import Desk

FEES = Target(LEVY, "F02")
GIFTS, KEPT = Target(DUES, "F03"), Target(OFFICE, "F03")
DOCUMENT = "青财预〔2026〕12号"


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


@pytest.fixture
def small_desk(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    return Desk(small_house)


def fee_list(*amounts: str, code: str = "", total: str = "") -> bytes:
    rows = [
        f"示例企业{n}有限公司,91110000MA0000000{n},100000.00,{amount}"
        for n, amount in enumerate(amounts)
    ]
    head = [
        "单位名称,小河工会",
        f"清单编号,{code}",
        "所属月份,2026-03",
        "代收机关,青禾县税务局",
        "",
        "缴费单位,统一社会信用代码,职工工资总额,实缴",
    ]
    return "\n".join([*head, *rows, *([f"合计,,,{total}"] if total else [])]).encode()


def notice(*items: str, document: str = DOCUMENT) -> bytes:
    head = [
        "收款单位,小河工会",
        f"文号,{document}",
        "发文日期,2026-03-02",
        "预算年度,2026",
        "财政级次,县级",
        "拨款单位,青禾县财政局",
        "",
        "项目名称,类别,支出性质,批复数,本次下达",
    ]
    return "\n".join([*head, *items]).encode()


NOTICE = notice(
    "工会经费补助,一般性,基本支出,80000.00,2000.00", "职工书屋,专项,项目支出,5000.00,500.00"
)


def gift_list(*rows: str, code: str = "") -> bytes:
    head = [
        "单位名称,小河工会",
        f"清单编号,{code}",
        "平台,某某公益",
        "募捐项目,助学",
        "结算日期,2026-03-20",
        "",
        "订单号,捐赠日期,捐赠人,公开方式,捐赠金额,平台费用,到账金额",
    ]
    return "\n".join([*head, *rows]).encode()


GIFT_LIST = gift_list(
    "A-1,2026-03-18,示例甲,实名,100.00,0.60,99.40", "A-2,2026-03-19,,匿名,50.00,0.30,49.70"
)


def held(desk: Desk) -> None:
    """What employers without a union pay is held for the union to come."""
    rule, house = "union-preparation", desk.house
    with desk.registry.write() as conn:
        row = ShareRow(UNIT, rule, "held", PAYABLE, "F02")
        levies.put_shares(conn, UNIT, rule, [row], user=house.maker.id, now=house.now)


def fees(desk: Desk, data: bytes) -> Announced:
    held(desk)
    return announce_tax(desk.registry, UNIT, data, "fees.csv", desk.house.maker, desk.house.now)


def allotment(desk: Desk, data: bytes = NOTICE, to: dict[str, Target] | None = None) -> ListEntered:
    both = to or {notices.GENERAL: FEES, notices.SPECIAL: Target(DUES, "F03")}
    return notices.enter_notice(
        desk.registry, UNIT, data, "notice.csv", both, desk.house.maker, desk.house.now
    )


def gifts(desk: Desk, data: bytes = GIFT_LIST) -> ListEntered:
    return expected.enter_gifts(
        desk.registry, UNIT, data, "gifts.csv", GIFTS, KEPT, desk.house.maker, desk.house.now
    )


def sides(desk: Desk) -> list[tuple[str, str, str]]:
    (waits,) = desk.drafts()
    return [(p.account, p.amount.text, p.fund) for p in waits.draft.postings]


def rule_of(act: object) -> str:
    with pytest.raises(LedgerError) as refused:
        act()  # type: ignore[operator]
    return str(refused.value.findings[0].rule)


def test_the_tax_offices_deposit_settles_every_employer_of_its_list(desk: Desk) -> None:
    done = fees(desk, fee_list("200.00", "150.50", total="350.50"))
    assert done.code == make_code("DS", 2026, 1)
    assert (len(done.claims), done.amount.text) == (2, "350.50")
    assert len(desk.one("350.50", memo=f"代收工会经费 {done.code}").drafts) == 1
    assert [side[1:] for side in sides(desk)] == [
        ("350.50", "F02"), ("-200.00", "F02"), ("-150.50", "F02"),
    ]  # fmt: skip
    (waits,) = desk.drafts()
    assert waits.draft.narration == f"2026-03 建会筹备金 {done.code}"
    list(desk.approve_all())
    with desk.registry.read() as conn:
        assert {row.state for row in claims.of_list(conn, UNIT, done.code)} == {"paid"}


def test_without_the_code_the_named_payer_and_the_exact_total_suggest_it(desk: Desk) -> None:
    done = fees(desk, fee_list("200.00", "150.50"))
    assert desk.one("350.50", memo="三月", name="青禾县税务局").drafts == ()
    (question,) = desk.questions()
    assert question.suggestion is not None
    assert len(question.suggestion.claims) == 2
    assert done.code in question.reason


def test_a_list_is_corrected_under_its_code_until_its_payment_comes(desk: Desk) -> None:
    first = fees(desk, fee_list("200.00", "150.50"))
    assert fees(desk, fee_list("200.00", "150.50")) == first
    again = fees(desk, fee_list("200.00", "160.00", code=first.code))
    assert (again.code, again.amount.text) == (first.code, "360.00")
    with desk.registry.read() as conn:
        assert len(claims.of_list(conn, UNIT, first.code)) == 2
        assert {row.code for row in claims.in_state(conn, UNIT, claims.VOID)} >= {*first.claims}
    assert desk.one("350.50", memo=first.code).drafts == ()
    assert len(desk.one("360.00", memo=first.code).drafts) == 1
    assert rule_of(lambda: fees(desk, fee_list("1.00", code=first.code))) == "payroll-paid"


def confirmed(desk: Desk, data: bytes = NOTICE) -> list[str]:
    """The codes of a notice's allocations, each confirmed by a second person."""
    done = allotment(desk, data)
    with desk.registry.read() as conn:
        rows = allocations.of_document(conn, UNIT, done.code)
    waiting = [row.code for row in rows if row.state == "waiting"]
    for code in waiting:
        entering.confirm(desk.registry, UNIT, code, desk.house.checker, desk.house.now)
    return waiting


def test_a_notices_items_are_allocations_that_wait_for_a_second_person(desk: Desk) -> None:
    done = allotment(desk)
    assert (done.code, done.members, done.amount.text) == (DOCUMENT, 2, "2500.00")
    found = stands(desk.registry, UNIT, desk.house.now.date(), waiting=True)
    assert [
        (one.state, one.row.name, one.row.nature, one.row.use, one.row.level, one.row.fen)
        for one in found
    ] == [
        ("waiting", "工会经费补助", "general", "basic", "county", 80_000_00),
        ("waiting", "职工书屋", "special", "project", "county", 5_000_00),
    ]
    digest = hashlib.sha256(NOTICE).hexdigest()
    assert {one.row.paper for one in found} == {digest}
    # Nothing is expected of what nobody confirmed.
    assert desk.one("2500.00", memo=f"拨付{DOCUMENT}").drafts == ()


def test_an_allotment_is_expected_under_its_documents_number(desk: Desk) -> None:
    codes = confirmed(desk)
    memo = "拨付青财预[2026]12号补助"
    assert len(desk.one("2500.00", memo=memo, name="青禾县财政局").drafts) == 1
    assert [side[1:] for side in sides(desk)] == [
        ("2000.00", "F02"), ("500.00", "F03"), ("-2000.00", "F02"), ("-500.00", "F03"),
    ]  # fmt: skip
    (waits,) = desk.drafts()
    assert waits.draft.narration == f"2026-03 拨款 {DOCUMENT}"
    list(desk.approve_all())
    found = stands(desk.registry, UNIT, desk.house.now.date())
    assert [(one.row.code, one.arrived_fen, one.outstanding_fen) for one in found] == [
        (codes[0], 2_000_00, 78_000_00), (codes[1], 500_00, 4_500_00),
    ]  # fmt: skip


def test_a_notice_is_corrected_until_somebody_confirms_it(desk: Desk) -> None:
    first = allotment(desk)
    assert allotment(desk) == first
    better = notice("工会经费补助,一般性,基本支出,80000.00,2100.00")
    assert allotment(desk, better).amount.text == "2100.00"
    found = stands(desk.registry, UNIT, desk.house.now.date(), waiting=True)
    assert [Money(one.released_fen).text for one in found] == ["2100.00"]
    confirmed(desk, better)
    assert rule_of(lambda: allotment(desk)) == "document-confirmed"
    assert allotment(desk, better).members == 1  # the same again changes nothing


def test_another_document_or_amount_settles_nothing(desk: Desk) -> None:
    confirmed(desk)
    assert desk.one("2500.00", memo="青财预〔2026〕13号").drafts == ()
    assert desk.one("2499.00", memo=DOCUMENT).drafts == ()
    assert desk.one("2500.00", memo=f"某{DOCUMENT}").drafts == ()
    assert find_documents("第12号文") == []


@pytest.mark.parametrize("document", ["无文号", "青财预2026年12号", "长" * 16 + "〔2026〕12345号"])
def test_a_document_without_a_number_is_refused(small_desk: Desk, document: str) -> None:
    data = notice("补助,一般性,基本支出,1.00,1.00", document=document)
    assert rule_of(lambda: allotment(small_desk, data)) == "no-document"


def test_a_nature_without_an_account_is_told_by_row(small_desk: Desk) -> None:
    with pytest.raises(Refused, match="no-target") as refused:
        allotment(small_desk, to={notices.GENERAL: FEES})
    assert [found.line for found in refused.value.findings] == [10]


def test_gifts_are_entered_gross_with_the_platforms_fee_beside_them(desk: Desk) -> None:
    done = gifts(desk)
    assert (done.amount.text, done.code) == ("149.10", make_code("PT", 2026, 1))
    assert len(desk.one("149.10", memo=f"结算{done.code}").drafts) == 1
    assert sorted(side[1] for side in sides(desk)) == ["-100.00", "-50.00", "0.90", "149.10"]
    assert (KEPT.account, "0.90", "F03") in sides(desk)
    assert list(desk.approve_all()) == ["收-202603-0001"]
    (waits,) = [row for row in desk.lines() if row.state == "posted"]
    assert waits.fen == 149_10


def test_the_platform_that_the_list_names_speaks_for_its_payout(desk: Desk) -> None:
    gifts(desk)
    desk.one("149.10", memo="", name="某某公益")
    (question,) = desk.questions()
    assert question.suggestion is not None
    assert [side.amount.text for side in question.suggestion.sides] == ["100.00", "50.00", "-0.90"]


def test_an_order_is_entered_once(desk: Desk) -> None:
    first = gifts(desk)
    assert gifts(desk) == first
    more = gift_list("A-3,2026-03-20,,匿名,5.00,0,5.00", "A-2,2026-03-19,,匿名,50.00,0.30,49.70")
    with pytest.raises(Refused, match="order-known") as refused:
        gifts(desk, more)
    assert [found.line for found in refused.value.findings] == [9]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("B-1,2026-03-18,,匿名,100.00,0.60,99.50", "list-sum"),
        ("B-1,2026-03-18,,匿名,-5.00,0,-5.00", "list-value"),
        ("B-1,2026-03-18,,匿名,USD 5.00,0,5.00", "list-value"),
        ("B-1,2026-03-18,,别的,5.00,0,5.00", "list-value"),
        ("B-1,2026-03-18,,匿名,5.00,5.00,0.00", "nothing-comes"),
    ],
)
def test_a_row_that_does_not_add_up_refuses_the_list(small_desk: Desk, row: str, rule: str) -> None:
    assert rule_of(lambda: gifts(small_desk, gift_list(row))) == rule


def test_accounts_and_funds_have_to_be_there(small_desk: Desk) -> None:
    nowhere = {notices.GENERAL: Target("Income:499-没有", "F02"), notices.SPECIAL: FEES}
    assert rule_of(lambda: allotment(small_desk, to=nowhere)) == "account-not-open"
    no_fund = {notices.GENERAL: Target(LEVY, "F99"), notices.SPECIAL: FEES}
    assert rule_of(lambda: allotment(small_desk, to=no_fund)) == "no-fund"
    with small_desk.registry.read() as conn:
        assert claims.in_state(conn, UNIT, claims.OPEN) == []


def test_only_who_records_enters_them(small_desk: Desk) -> None:
    checker, now = small_desk.house.checker, small_desk.house.now
    registry = small_desk.registry
    for act in (
        lambda: announce_tax(registry, UNIT, b"", "x", checker, now),
        lambda: notices.enter_notice(registry, UNIT, b"", "x", {}, checker, now),
        lambda: expected.enter_gifts(registry, UNIT, b"", "x", GIFTS, KEPT, checker, now),
        lambda: roster.enter_roster(registry, UNIT, b"", "x", checker, now),
        lambda: payroll.enter_owed(registry, UNIT, Month(2026, 3), b"", "x", FEES, checker, now),
    ):
        with pytest.raises(NotAllowed):
            act()


# ---- members and dues --------------------------------------------------------------------------


def enter_roster(desk: Desk, text: str) -> Enrolled:
    return roster.enter_roster(
        desk.registry, UNIT, text.encode(), "m.csv", desk.house.maker, desk.house.now
    )


def test_members_come_from_the_template_or_from_two_columns(desk: Desk) -> None:
    enter_roster(desk, "会员编号,姓名\n1,甲示例\n")
    enter_roster(
        desk,
        "编号,姓名,入会日期,状态,离会日期,电话,身份证号,账号\n"
        "2,乙示例,2020年1月5日,退会,2025-12-31,13800000000,,6222000000000018\n",
    )
    with desk.registry.read() as conn:
        one, two = members.all_members(conn, UNIT)
        known = persons.read(conn, desk.vault, two.person)
    assert (one.joined, one.state) == (desk.house.now.date(), "active")
    assert (str(two.joined), two.state, str(two.left)) == ("2020-01-05", "left", "2025-12-31")
    assert known is not None
    assert (known.phone, known.accounts) == ("13800000000", ("6222000000000018",))


@pytest.mark.parametrize(
    ("text", "rule", "lines"),
    [
        ("会员编号,姓名\n1,甲示例\n1,乙示例\n", "list-double", [3]),
        ("会员编号,姓名\n7,丙示例\n8,\n", "list-missing", [3]),
        ("会员编号,姓名\n0,丙示例\n9,丁示例\n", "member-row", [2]),
        ("会员编号,姓名,入会日期,离会日期\n3,丙,2026-01-02,2026-01-01\n", "member-row", [2]),
        (f"会员编号,姓名\n{'9' * 21},丙示例\n", "member-row", [2]),
        ("名字\n丙示例\n", "list-columns", [None]),
    ],
)
def test_a_list_of_members_is_taken_whole_or_not_at_all(
    small_desk: Desk, text: str, rule: str, lines: list[int]
) -> None:
    enter_roster(small_desk, "会员编号,姓名\n0,某示例\n")
    with pytest.raises(Refused) as refused:
        enter_roster(small_desk, text)
    assert [(found.rule, found.line) for found in refused.value.findings] == [
        (rule, line) for line in lines
    ]
    with small_desk.registry.read() as conn:
        assert len(members.all_members(conn, UNIT)) == 1


def test_codes_of_dues_go_on_behind_the_greatest_there_is(small_desk: Desk) -> None:
    """Codes may have been given from 121 on; counting them would give one of them twice."""
    member = small_desk.member("示例会员甲", "1")
    small_desk.claim(make_code("HY", 2026, 2), "20.00", member, month="2026-01")
    data = "会员编号,应缴\n1,30.00\n".encode()
    done = payroll.enter_owed(
        small_desk.registry, UNIT, Month(2026, 3), data, "d.csv", Target(DUES, "F01"),
        small_desk.house.maker, small_desk.house.now,
    )  # fmt: skip
    assert [code for _, code, _ in done.claims] == [make_code("HY", 2026, 3)]


# ---- the commands ------------------------------------------------------------------------------


def test_the_commands_enter_lists_and_say_what_the_deposit_has_to_be(
    small_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(small_desk.registry.folder)

    def run(command: str, data: bytes, *words: str) -> dict[str, object]:
        path = tmp_path / f"{command}.csv"
        path.write_bytes(data)
        line = [command, folder, "--unit", UNIT, "--user", "zhou", str(path), *words]
        assert main([*line, "--json"]) == 0
        told: dict[str, object] = json.loads(capsys.readouterr().out)
        assert main(line) == 0
        assert str(told["code"]) in capsys.readouterr().out
        return told

    held(small_desk)
    told = run("fees", fee_list("200.00"))
    assert (told["total"], told["channel"]) == ("200.00", "tax")
    assert told == run("fees", fee_list("200.00"))
    one_account = ["--account", "402", "--fund", "F02"]
    line = ["fees", folder, "--unit", UNIT, "--user", "zhou", str(tmp_path / "fees.csv")]
    assert main([*line, *one_account]) == 1
    assert "fees-shared" in capsys.readouterr().err
    told = run("allotment", NOTICE, "--general", "402", "F02", "--special", "402", "F03")
    assert (told["code"], told["total"]) == (DOCUMENT, "2500.00")
    confirmed(small_desk)
    assert main(["show", folder, DOCUMENT, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [claim["amount"] for claim in shown["claims"]] == ["2000.00", "500.00"]
    assert shown["paper"] == f"sha256:{hashlib.sha256(NOTICE).hexdigest()}"
    told = run("gifts", GIFT_LIST, "--account", "401", "--fund", "F03", "--fee-account", "504")
    assert told["total"] == "149.10"


def test_a_filled_template_is_checked_without_entering_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(GIFT_LIST)
    bad.write_bytes(gift_list("B-1,2026-03-18,,匿名,100.00,0.60,99.50", "B-2,x,,匿名,5.00,0,5.00"))
    assert main(["template", "check", "donation-export", str(good), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": 2, "total": "149.10", "findings": []}
    assert main(["template", "check", "donation-export", str(good)]) == 0
    assert "2 行" in capsys.readouterr().out
    assert main(["template", "check", "donation-export", str(bad), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(found["rule"], found["line"]) for found in told["findings"]] == [
        ("list-sum", 8), ("list-value", 9),
    ]  # fmt: skip
    assert main(["template", "check", "donation-export", str(bad)]) == 1
    assert "bad.csv:8" in capsys.readouterr().err
    for words in (["check"], ["check", "members"], ["check", "members", "/none/x.csv"],
                  ["members"], ["members", "x", "-o", "y"]):  # fmt: skip
        assert main(["template", *words]) == 2
        assert "→" in capsys.readouterr().err


def test_a_list_of_assets_is_checked_for_what_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "assets.csv"
    head = "资产编号,名称,类别,来源,权属,取得日期,原值,累计折旧,存放地点,保管人编号\n"
    row = "GD-1,投影仪,计算机及办公设备,购置,本单位,2024-05-01,{0},{1},会议室,001\n"
    path.write_text("单位名称,小河工会\n" + head + row.format("5000", "1200"), encoding="utf-8")
    assert main(["template", "check", "assets", str(path)]) == 0
    path.write_text("单位名称,小河工会\n" + head + row.format("5000", "5200"), encoding="utf-8")
    assert main(["template", "check", "assets", str(path)]) == 1
    assert "累计折旧大于原值" in capsys.readouterr().err


def test_an_empty_sheet_is_never_written_over_one_that_was_filled_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "members.xlsx"
    for _ in range(2):
        assert main(["template", "members", "-o", str(path)]) == 0
    path.write_bytes(b"filled in")
    assert main(["template", "members", "-o", str(path)]) == 2
    assert path.read_bytes() == b"filled in"
    assert "[file-exists]" in capsys.readouterr().err
