"""Receipts of gifts: one for all that is posted, numbered without gaps, void by two, printed."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from ledger.checking import check_unit
from ledger.closing import close_month
from ledger.entry import Posting
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.founding import Founding, found_unit
from ledger.gifts import receipting
from ledger.gifts.accounts import ready
from ledger.gifts.donors import erase
from ledger.gifts.handing import meet_condition
from ledger.gifts.pledging import Promise, pledge, receive
from ledger.gifts.proving import code_text, judge
from ledger.gifts.refunding import Refund, refund
from ledger.gifts.sealing import sealed_of
from ledger.gifts.terms import approve_terms, ask_change
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.registry import Registry, gift_receipts, oplog, users
from ledger.registry.database import _engine
from ledger.registry.gift_receipts import GiftReceiptRow
from reports.gift_receipts import gift_pdf, receipt_pages
from tests.asked import asked
from tests.gifts.giving import NOW, OPENED, PASSWORD, UNIT, Giving

YEAR = Period.parse("2026")


def give_all(world: Giving) -> list[GiftReceiptRow]:
    return receipting.give_all(world.registry, UNIT, YEAR, world.maker, world.now)


def rules(world: Giving) -> set[str]:
    """What ``mingbai check`` finds, by rule."""
    return {one.rule for one in check_unit(world.registry, UNIT)}


def said(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "read.pdf"
    path.write_bytes(pdf)
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


# ---- giving ------------------------------------------------------------------------------------


def test_everything_that_is_posted_gets_one_receipt_and_nothing_else_does(giving: Giving) -> None:
    campaign = giving.campaign()
    cash = giving.give("500.00", campaign=campaign.code)
    platform = giving.record(
        kind="platform", amount=yuan("1000.00"), fee=yuan("6.00"), money=giving.bank, fund="F01",
        order="W1",
    )  # fmt: skip
    goods = giving.record(
        kind="goods", amount=yuan("300.00"), quantity="7", measure="床", basis="invoice",
        fund="F02", paper=b"invoice", paper_name="i.pdf",
    )  # fmt: skip
    service = giving.record(kind="service", amount=yuan("800.00"), fund="F01")
    for one in (platform, goods, service):
        giving.approve(one.draft)
    giving.record(kind="memo", fund="F01", purpose="一面锦旗")
    waits = giving.record(amount=yuan("9.00"), money=giving.bank, fund="F01")
    giving.record(amount=yuan("8.00"), fund="F01")  # whose bank line did not come yet

    rows = give_all(giving)
    assert [(row.gift, row.kind, row.fen) for row in rows] == [
        (cash, "cash", 50000), (platform.row.code, "platform", 100000),
        (goods.row.code, "goods", 30000), (service.row.code, "service", 80000),
    ]  # fmt: skip
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[0].code == "JS2026-0001-9"
    assert give_all(giving) == rows, "a second time gives nothing new"
    giving.approve(waits.draft)
    assert [row.number for row in give_all(giving)] == [1, 2, 3, 4, 5]
    assert rules(giving) == set()


def test_each_part_of_a_pledge_has_its_own(giving: Giving) -> None:
    parts = [(date(2026, 3, 1), yuan("60.00")), (date(2026, 5, 1), yuan("40.00"))]
    promise = Promise(UNIT, giving.donor(), date(2026, 2, 1), parts, fund="F02")
    code = pledge(giving.registry, promise, giving.maker, NOW).code
    with pytest.raises(Refused, match="nothing of gift"):
        receipting.give_for(giving.registry, UNIT, code, giving.maker, NOW)
    for day, amount in parts:
        giving.approve(
            receive(giving.registry, UNIT, code, amount, giving.bank, day, giving.maker, NOW)
        )
    rows = receipting.give_for(giving.registry, UNIT, code, giving.maker, NOW)
    assert [(row.fen, row.day) for row in rows] == [
        (6000, date(2026, 3, 1)), (4000, date(2026, 5, 1)),
    ]  # fmt: skip


def test_what_is_met_or_moved_later_brings_nothing_new(giving: Giving) -> None:
    """A conditional gift is received once, and so is one that goes to another purpose."""
    conditional = giving.give("100.00", fund="F02", nature="conditional", terms="项目立项")
    draft = meet_condition(
        giving.registry, UNIT, conditional, yuan("100.00"), date(2026, 4, 1), giving.maker, NOW,
        b"yes", "yes.pdf",
    )  # fmt: skip
    giving.approve(draft)
    campaign = giving.campaign()
    other = giving.give("50.00", fund="F02")
    number = ask_change(
        giving.registry, UNIT, other, campaign.code, "", date(2026, 4, 2), "救灾", b"consent",
        "c.pdf", giving.maker, NOW,
    )  # fmt: skip
    giving.approve(approve_terms(giving.registry, UNIT, other, number, giving.second, NOW))
    assert [(row.gift, row.fen) for row in give_all(giving)] == [
        (conditional, 10000),
        (other, 5000),
    ]
    assert rules(giving) == set()


def test_receipts_add_up_to_what_was_received_on_every_chart(any_chart: Giving) -> None:
    """Of each kind and nature, spent and given back in part meanwhile."""
    paper = {"basis": "invoice", "paper": b"i", "paper_name": "i.pdf", "measure": "件"}
    said: list[dict[str, object]] = [
        {"amount": yuan("100.00")},
        {"amount": yuan("50.00"), "nature": "agency", "terms": "山区小学"},
        {"amount": yuan("40.00"), "nature": "conditional", "terms": "项目立项"},
        {"foreign": yuan("10.00", "USD"), "rate": "7.1234", "rate_source": "外汇交易中心"},
        {"kind": "platform", "amount": yuan("30.00"), "fee": yuan("0.18"), "order": "W1"},
        {"kind": "goods", "amount": yuan("100.00"), "quantity": "3", **paper},
        {"kind": "goods", "amount": yuan("9.00"), "quantity": "9", "nature": "agency",
         "terms": "山区小学", **paper},
    ]  # fmt: skip
    if any_chart.chart.startswith("union"):
        said.pop()  # its rule keeps no things for others
    codes = []
    for facts in said:
        goods = facts.get("kind") == "goods"
        done = any_chart.record(fund="F02", **facts, **({} if goods else {"money": any_chart.bank}))
        any_chart.approve(done.draft)
        codes.append(done.row.code)
    any_chart.spend("70.00", "F02", date(2026, 4, 1))
    one = Refund(UNIT, codes[0], date(2026, 4, 2), yuan("5.00"), any_chart.bank)
    any_chart.approve(refund(any_chart.registry, one, any_chart.maker, NOW))
    by_gift = {row.gift: row.fen for row in give_all(any_chart)}
    assert by_gift == {code: any_chart.stands(code).received_fen for code in codes}
    assert rules(any_chart) == set()


def test_one_voucher_of_a_platforms_list_has_a_receipt_for_each_gift(giving: Giving) -> None:
    """Gross: the fee that the platform kept of the list is of no single line."""
    donor = giving.donor()
    codes = [
        giving.record(amount=yuan(amount), fund="F01", donor=donor).row.code
        for amount in ("100.00", "50.00")
    ]
    accounts = ready(giving.registry, UNIT, ["income", "fee"], giving.maker, NOW)
    lines = [
        Posting(
            accounts["income"],
            -yuan(amount),
            "F01",
            (("claim", code), ("donor", donor), ("gift", code)),
        )
        for code, amount in zip(codes, ("100.00", "50.00"), strict=True)
    ]
    giving.post(
        Posting(giving.bank, yuan("149.10"), "F01"),
        Posting(accounts["fee"], yuan("0.90"), "F01"), *lines, day=date(2026, 3, 3),
    )  # fmt: skip
    rows = give_all(giving)
    assert [(row.gift, row.fen) for row in rows] == list(zip(codes, (10000, 5000), strict=True))
    assert len({row.voucher for row in rows}) == 1


def test_a_memo_and_a_gift_that_is_not_there_are_refused(giving: Giving) -> None:
    memo = giving.record(kind="memo", fund="F01", purpose="一面锦旗").row.code
    with pytest.raises(Refused, match="memo register"):
        receipting.give_for(giving.registry, UNIT, memo, giving.maker, NOW)
    with pytest.raises(CannotRun, match="no-gift"):
        receipting.give_for(giving.registry, UNIT, "JZ2026-9999-1", giving.maker, NOW)


def test_only_who_records_gives_and_only_who_records_or_checks_prints(giving: Giving) -> None:
    code = giving.give("5.00", fund="F01")
    with pytest.raises(NotAllowed):
        receipting.give_for(giving.registry, UNIT, code, giving.checker, NOW)
    with pytest.raises(NotAllowed):
        receipting.give_all(giving.registry, UNIT, YEAR, giving.reader, NOW)
    with pytest.raises(Refused, match="no receipt yet"):
        gift_pdf(giving.registry, UNIT, code, giving.checker, NOW)
    assert gift_pdf(giving.registry, UNIT, code, giving.maker, NOW).startswith(b"%PDF")
    assert gift_pdf(giving.registry, UNIT, code, giving.checker, NOW).startswith(b"%PDF")
    with pytest.raises(NotAllowed):
        gift_pdf(giving.registry, UNIT, code, giving.reader, NOW)


def test_a_batch_asks_the_registry_a_constant_number_of_questions(giving: Giving) -> None:
    counts = []
    for day, many in ((date(2026, 3, 2), 2), (date(2026, 4, 2), 9)):
        for _ in range(many):
            giving.give("5.00", fund="F01", day=day)
        with asked(giving.registry) as questions:
            rows = receipting.give_all(
                giving.registry, UNIT, Period.parse(f"{day:%Y-%m}"), giving.maker, NOW
            )
            receipt_pages(giving.registry, UNIT, rows, giving.maker, NOW)
        assert len(rows) == many
        counts.append(len(questions))
    assert counts[0] == counts[1]


def test_two_at_once_leave_no_gap_and_give_nothing_twice(given: Giving) -> None:
    """Two processes, each with a registry of its own, on both databases."""
    for _ in range(6):
        given.give("5.00", fund="F01")
    url = given.registry.engine.url.render_as_string(hide_password=False)
    others = [
        Registry(
            given.registry.folder,
            given.registry.settings,
            _engine(Path("/"), url),
            given.registry.vault,
        )
        for _ in range(4)
    ]
    start, faults = threading.Barrier(len(others)), []

    def work(registry: Registry) -> None:
        start.wait()
        try:
            receipting.give_all(registry, UNIT, YEAR, given.maker, NOW)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in others:
        one.close()
    assert faults == []
    with given.registry.read() as conn:
        rows = gift_receipts.of_unit(conn, UNIT)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert len({row.gift for row in rows}) == 6


# ---- void --------------------------------------------------------------------------------------


def test_a_receipt_is_void_when_two_say_so_and_its_number_stays(giving: Giving) -> None:
    code = giving.give("5.00", fund="F01")
    row = give_all(giving)[0]
    with pytest.raises(Refused, match="for a reason"):
        receipting.ask_void(giving.registry, UNIT, row.code, " ", giving.maker, NOW)
    asked_for = receipting.ask_void(giving.registry, UNIT, row.code, "写错", giving.maker, NOW)
    assert asked_for.state == "voiding"
    assert receipting.give_for(giving.registry, UNIT, code, giving.maker, NOW) == [asked_for]
    done = receipting.confirm_void(giving.registry, UNIT, row.code, giving.checker, NOW)
    assert (done.state, done.void_by, done.void_checker) == (
        "void", giving.maker.id, giving.checker.id,
    )  # fmt: skip
    for act in (receipting.confirm_void, receipting.keep):
        with pytest.raises(Refused, match="gift-receipt-state"):
            act(giving.registry, UNIT, row.code, giving.checker, NOW)
    with pytest.raises(Refused, match="gift-receipt-state"):
        receipting.ask_void(giving.registry, UNIT, row.code, "再来", giving.maker, NOW)
    again = give_all(giving)
    assert [one.number for one in again] == [2], "what was given may have a receipt again"
    assert rules(giving) == set()


def test_nobody_confirms_what_they_asked_for(giving: Giving) -> None:
    """Even with both rights in one hand."""
    giving.give("5.00", fund="F01")
    row = give_all(giving)[0]
    both = replace(giving.maker, roles=giving.maker.roles | giving.checker.roles)
    receipting.ask_void(giving.registry, UNIT, row.code, "写错", both, NOW)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        receipting.confirm_void(giving.registry, UNIT, row.code, both, NOW)
    kept = receipting.keep(giving.registry, UNIT, row.code, giving.checker, NOW)
    assert (kept.state, kept.void_reason) == ("valid", "")


def test_a_reason_names_nobody(giving: Giving) -> None:
    giving.give("5.00", fund="F01", donor=giving.donor("欧阳示例"))
    row = give_all(giving)[0]
    with pytest.raises(Refused, match="name-in-text") as told:
        receipting.ask_void(giving.registry, UNIT, row.code, "欧阳示例要求", giving.maker, NOW)
    assert "欧阳示例" not in str(told.value)


def test_with_its_voucher_reversed_one_is_enough_and_no_other_is_given(giving: Giving) -> None:
    done = giving.record(amount=yuan("5.00"), money=giving.bank, fund="F01")
    voucher = giving.approve(done.draft)
    row = give_all(giving)[0]
    giving.reverse(voucher, date(2026, 3, 9))
    assert receipt_pages(giving.registry, UNIT, [row], giving.maker, NOW)[0].banners[0].en == (
        "voucher reversed"
    )
    made = receipting.ask_void(giving.registry, UNIT, row.code, "误记", giving.maker, NOW)
    assert (made.state, made.void_checker) == ("void", None)
    assert give_all(giving) == []
    assert rules(giving) == set()


def test_a_refund_in_part_and_in_full_stand_on_the_receipt(giving: Giving) -> None:
    code = giving.give("10.00", fund="F01")
    row = give_all(giving)[0]
    for amount, told in (("4.00", "returned in part"), ("6.00", "returned in full")):
        one = Refund(UNIT, code, date(2026, 4, 1), yuan(amount), giving.bank)
        giving.approve(refund(giving.registry, one, giving.maker, NOW))
        page = receipt_pages(giving.registry, UNIT, [row], giving.maker, NOW)[0]
        assert [words.en for words in page.banners] == [told]


# ---- printing ----------------------------------------------------------------------------------


def test_a_receipt_says_all_that_the_charity_law_asks_for(giving: Giving, tmp_path: Path) -> None:
    campaign = giving.campaign(name="防汛救灾", filing="HD-1")
    code = giving.give(
        "1234.56", donor=giving.donor("欧阳示例"), campaign=campaign.code, purpose="购买救生衣"
    )
    text = said(gift_pdf(giving.registry, UNIT, code, giving.maker, NOW), tmp_path)
    for part in (
        "爱心会（示例）", "JS2026-0001-9", "欧阳示例", "货币", "1,234.56",
        "壹仟贰佰叁拾肆元伍角陆分", "2026-03-02", "防汛救灾", "购买救生衣", "zhou / lin",
        "收-202603-0001", "内部收据", "尚未结账封存",
    ):  # fmt: skip
        assert part in text, part
    assert "补打（" not in text


def test_every_print_but_the_first_says_so_and_each_is_logged(
    giving: Giving, tmp_path: Path
) -> None:
    code = giving.give("5.00", fund="F01", donor=giving.donor("欧阳示例"))
    gift_pdf(giving.registry, UNIT, code, giving.maker, NOW)
    text = said(gift_pdf(giving.registry, UNIT, code, giving.maker, NOW), tmp_path)
    assert "补打（第 2 次打印）" in text
    with giving.registry.read() as conn:
        acts = [one for one in oplog.entries(conn, UNIT) if one.action == "gift-receipt.print"]
    assert [(one.object, one.detail) for one in acts] == [
        ("JS2026-0001-9", "1"), ("JS2026-0001-9", "2"),
    ]  # fmt: skip


def test_anonymous_and_erased_donors_have_a_record_without_a_name(
    giving: Giving, tmp_path: Path
) -> None:
    with giving.registry.read() as conn:
        admin = users.of_login(conn, "admin")
    first = giving.give("5.00", fund="F01")
    text = said(gift_pdf(giving.registry, UNIT, first, giving.maker, NOW), tmp_path)
    assert "匿名 Anonymous" in text
    donor = giving.donor("欧阳示例")
    second = giving.give("6.00", fund="F01", donor=donor)
    third = giving.give("7.00", fund="F01", donor=donor)
    give_all_but = receipting.give_for(giving.registry, UNIT, second, giving.maker, NOW)
    erase(giving.registry, UNIT, donor, "本人要求", admin, NOW)
    text = said(gift_pdf(giving.registry, UNIT, second, giving.maker, NOW), tmp_path)
    assert give_all_but[0].code in text
    assert "个人信息已删除" in text
    assert "欧阳示例" not in text
    assert "JS2026-0003" in said(
        gift_pdf(giving.registry, UNIT, third, giving.maker, NOW), tmp_path
    )
    assert rules(giving) == set()


def test_an_official_number_is_entered_once_and_shown(giving: Giving, tmp_path: Path) -> None:
    code = giving.give("5.00", fund="F01")
    giving.give("6.00", fund="F01")
    one, other = (row.code for row in give_all(giving))

    def enter(receipt: str, number: str) -> GiftReceiptRow:
        return receipting.enter_official(giving.registry, UNIT, receipt, number, giving.maker, NOW)

    for wrong in ("", "123", "票据一二三四五", "ABCDEF", "0001 2345", "1" * 61):
        with pytest.raises(Refused, match="official number has"):
            enter(one, wrong)
    enter(one, "00010223-0001234567")
    with pytest.raises(Refused, match="it stays"):
        enter(one, "00010223-0001234568")
    with pytest.raises(Refused, match="has that number"):
        enter(other, "00010223-0001234567")
    text = said(gift_pdf(giving.registry, UNIT, code, giving.maker, NOW), tmp_path)
    assert "财政票据号" in text
    assert "内部收据" not in text


# ---- check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("DELETE FROM gift_receipt WHERE number = 2", "receipt-gap"),
        ("DELETE FROM gift_receipt WHERE number = 3", "receipt-differs"),
        ("DELETE FROM gift_receipt", "receipt-differs"),
        ("UPDATE gift_receipt SET fen = fen + 1 WHERE number = 2", "receipt-differs"),
        ("UPDATE gift_receipt SET day = '2026-03-03' WHERE number = 2", "receipt-differs"),
        ("UPDATE gift_receipt SET kind = 'goods' WHERE number = 2", "receipt-differs"),
        ("UPDATE gift_receipt SET leaf = void_leaf WHERE number = 2", "receipt-differs"),
        ("UPDATE gift_receipt SET voucher = '收-202603-0001' WHERE number = 2", "receipt-differs"),
        (
            "UPDATE gift_receipt SET void_by = 'u-1', void_month = '2026-06' WHERE number = 2",
            "receipt-differs",
        ),
        (
            "UPDATE gift_receipt SET gift = (SELECT gift FROM gift_receipt WHERE number = 1), "
            "voucher = (SELECT voucher FROM gift_receipt WHERE number = 1), "
            "fen = (SELECT fen FROM gift_receipt WHERE number = 1) WHERE number = 2",
            "receipt-twice",
        ),
        (
            "INSERT INTO gift_receipt SELECT unit, year, 4, gift, voucher, donor, day, kind, fen, "
            "month, leaf, void_leaf, printed, official, user, at, void_reason, 'u-1', void_at, "
            "void_checker, '2026-06' FROM gift_receipt WHERE number = 1",
            "receipt-differs",
        ),
    ],
)
def test_check_finds_what_was_done_to_receipts(giving: Giving, change: str, rule: str) -> None:
    for amount in ("1.00", "2.00", "3.00"):
        giving.give(amount, fund="F01")
    give_all(giving)
    assert rules(giving) == set()
    with giving.registry.write() as conn:
        conn.execute(text(change))
    assert rule in rules(giving)


def test_a_number_that_is_missing_is_listed(giving: Giving) -> None:
    for amount in ("1.00", "2.00", "3.00"):
        giving.give(amount, fund="F01")
    give_all(giving)
    assert "无缺号" in giving.run("gift", "receipt", "--list").out
    with giving.registry.write() as conn:
        conn.execute(text("DELETE FROM gift_receipt WHERE number = 2"))
    told = giving.run("gift", "receipt", "--list", "--json")
    assert json.loads(told.out)["gaps"] == {"2026": [2]}
    assert "2026 年缺号 missing: 2" in giving.run("gift", "receipt", "--list").out


def test_the_whole_way_goes_on_both_databases(given: Giving, tmp_path: Path) -> None:
    """Given, printed twice, void, closed, proven, and found where it was touched."""
    code = given.give("5.00", fund="F01", donor=given.donor("欧阳示例"))
    given.give("6.00", fund="F01")
    first, second = (row.code for row in give_all(given))
    receipting.ask_void(given.registry, UNIT, second, "写错", given.maker, NOW)
    receipting.confirm_void(given.registry, UNIT, second, given.checker, NOW)
    receipting.enter_official(given.registry, UNIT, first, "A-0001", given.maker, NOW)
    gift_pdf(given.registry, UNIT, code, given.maker, NOW)
    close_month(given.registry, UNIT, Month(2026, 3), given.maker, NOW)
    assert "补打（第 2 次打印）" in said(
        gift_pdf(given.registry, UNIT, code, given.maker, NOW), tmp_path
    )
    with given.registry.read() as conn:
        rows = gift_receipts.of_unit(conn, UNIT)
        proofs = sealed_of(conn, given.registry, rows)
    assert [row.printed for row in rows] == [2, 0]
    assert [judge(given.registry, code_text(proofs[row.code])).proven for row in rows] == [True] * 2
    assert rules(given) == set()
    with given.registry.write() as conn:
        conn.execute(text("UPDATE gift_receipt SET leaf = void_leaf WHERE number = 1"))
    assert {"receipt-root", "receipt-differs"} <= rules(given)


# ---- the command -------------------------------------------------------------------------------


def test_the_command_gives_prints_and_lists_and_names_nobody_anywhere(
    giving: Giving, tmp_path: Path
) -> None:
    name = "欧阳示例"
    code = giving.give("5.00", fund="F01", donor=giving.donor(name))
    giving.give("7.00", fund="F01", donor=giving.donor(f"{name}二"))
    told = [giving.run("gift", "receipt", code, "-o", tmp_path / "one.pdf")]
    folder = tmp_path / "all"
    told.append(
        giving.run("gift", "receipt", "--all", "--period", "2026-03", "-o", folder, "--json")
    )
    assert json.loads(told[-1].out)["printed"] == ["JS2026-0002-7"]
    assert [path.name for path in folder.iterdir()] == ["JS2026-0002-7.pdf"]
    told.append(
        giving.run("gift", "receipt", "--all", "--period", "2026-03", "--again", "-o", folder)
    )
    assert len(list(folder.iterdir())) == 2
    told.append(giving.run("gift", "receipt", "--list", "--json"))
    listed = json.loads(told[-1].out)
    assert [one["printed"] for one in listed["receipts"]] == [2, 2]
    assert (listed["gaps"], listed["lacking"]) == ({}, [])
    told.append(giving.run("gift", "receipt", "JS2026-0001-9", "-o", tmp_path / "two.pdf"))
    assert "补打（第 3 次打印）" in said((tmp_path / "two.pdf").read_bytes(), tmp_path)
    told.append(giving.run("gift", "receipt", "--void", "JS2026-0001-9", "--reason", "写错"))
    told.append(giving.run("gift", "receipt", "--confirm", "JS2026-0001-9", user="lin"))
    assert all(one.status == 0 for one in told), told
    assert not any(name in one.out + one.err for one in told)
    with giving.registry.read() as conn:
        assert name not in repr(oplog.entries(conn))
    for path in (giving.registry.folder).rglob("*"):
        if path.is_file():
            assert name.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("words", "status", "rule"),
    [
        (["JZ2026-9999-1"], 2, "no-gift"),
        (["JS2026-0009-2"], 1, "no-gift-receipt"),
        (["JS2026-0001-0"], 1, "no-gift-receipt"),
        (["--void", "x", "--reason", "y"], 1, "no-gift-receipt"),
        (["--confirm", "JS2026-0001-9"], 1, "not-allowed"),
        (["--keep", "JS2026-0001-9"], 1, "gift-receipt-state"),
        (["--official", "JS2026-0001-9", "?"], 1, "bad-gift-receipt"),
        (["--all"], 2, "usage"),
        (["--all", "--period", "2026-13"], 2, "usage"),
        (["--all", "--period", "2026", "-o", "/dev/null/x"], 2, "cannot-write"),
        (["JZ2026-0001-3", "JZ2026-0001-3"], 2, "usage"),
        (["JZ2026-0001-3", "--list"], 2, "usage"),
        (["--list", "--all"], 2, "usage"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    giving: Giving, words: list[str], status: int, rule: str
) -> None:
    giving.give("5.00", fund="F01")
    before = give_all(giving)
    told = giving.run("gift", "receipt", *words)
    assert (told.status, told.out) == (status, "")
    assert f"[{rule}]" in told.err
    assert give_all(giving) == before


def test_another_units_people_get_nothing(giving: Giving, tmp_path: Path) -> None:
    giving.give("5.00", fund="F01", donor=giving.donor("欧阳示例"))
    before = give_all(giving)
    found_unit(giving.registry, Founding("bei", "北会", "npo-2024", OPENED, Money(0)), NOW)
    with giving.registry.write() as conn:
        for login, role in (("qian", "treasurer"), ("sun", "checker")):
            roles = frozenset({("bei", role)})
            users.add(conn, login=login, password=PASSWORD, roles=roles, now=NOW)
    out = tmp_path / "out"
    one, number = "JS2026-0001-9", "00010223-0001234567"
    for words in (
        ["JZ2026-0001-3"], ["JZ2026-0009-9"], [one, "-o", out], ["--list"], [],
        ["--all", "--period", "2026", "-o", out], ["--void", one, "--reason", "x"],
        ["--confirm", one], ["--keep", one], ["--official", one, number],
    ):  # fmt: skip
        for login in ("qian", "sun"):
            told = giving.run("gift", "receipt", *words, user=login)
            assert (told.status, told.out) == (1, ""), words
            assert "[not-allowed]" in told.err
    assert not out.exists()
    assert give_all(giving) == before


def test_what_has_no_receipt_yet_is_listed(giving: Giving) -> None:
    code = giving.give("5.00", fund="F01")
    listed = json.loads(giving.run("gift", "receipt", "--json", user="shen").out)
    assert [one["gift"] for one in listed["lacking"]] == [code]
    assert giving.run("gift", "receipt", code, user="shen").status == 1
