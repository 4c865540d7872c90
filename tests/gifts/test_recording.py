"""Each kind of gift as its entry, on each chart, with the book read by Beancount's own loader."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.errors import NotAllowed, Refused
from ledger.gifts.recording import record
from ledger.money import Money, yuan
from tests.gifts.giving import UNIT, Giving

MARCH = date(2026, 3, 2)
PAPER = {"paper": b"invoice", "paper_name": "invoice.txt"}


def union(giving: Giving) -> bool:
    return giving.chart.startswith("union")


def income(giving: Giving, *, restricted: bool = True) -> str:
    return "408" if union(giving) else ("410102" if restricted else "410101")


def bank(giving: Giving) -> str:
    return "10201" if union(giving) else "100201"


def test_money_for_a_campaign_is_restricted_income(any_chart: Giving) -> None:
    row = any_chart.campaign()
    code = any_chart.give("100.00", campaign=row.code)
    assert any_chart.balance(income(any_chart), row.fund) == "-100.00"
    assert any_chart.balance(bank(any_chart), row.fund) == "100.00"
    assert any_chart.sums(code) == ("100.00", "0.00", "100.00", "0.00")
    free = any_chart.give("7.00", fund="F01")
    assert any_chart.balance(income(any_chart, restricted=False), "F01") == "-7.00"
    assert any_chart.stands(free).state == "held"


def test_a_platform_keeps_its_fee_and_the_gift_is_entered_whole(any_chart: Giving) -> None:
    row = any_chart.campaign()
    done = any_chart.record(
        kind="platform", amount=yuan("100.00"), fee=yuan("0.60"), money=any_chart.bank,
        campaign=row.code, order="PF-1",
    )  # fmt: skip
    any_chart.approve(done.draft)
    assert any_chart.balance(bank(any_chart), row.fund) == "99.40"
    assert any_chart.balance(income(any_chart), row.fund) == "-100.00"
    assert any_chart.sums(done.row.code) == ("100.00", "0.60", "99.40", "0.00")
    with pytest.raises(Refused, match="此订单已登记"):
        any_chart.record(
            kind="platform", amount=yuan("1.00"), money=any_chart.bank, campaign=row.code,
            order="PF-1",
        )  # fmt: skip


def test_foreign_money_stands_at_the_days_rate_with_its_source(any_chart: Giving) -> None:
    done = any_chart.record(
        foreign=Money(10_000, "USD"), rate="7.1234", rate_source="中国人民银行 2026-03-02 中间价",
        money=any_chart.bank, fund="F01",
    )  # fmt: skip
    voucher = any_chart.approve(done.draft)
    assert done.row.fen == 71234
    said = dict(voucher.draft.postings[-1].meta)
    assert (said["foreign"], said["rate"]) == ("100.00 USD", "7.1234")
    assert "中间价" in said["rate-source"]
    assert any_chart.sums(done.row.code)[0] == "712.34"


def test_goods_are_lots_of_the_gift_and_handing_out_takes_from_them(any_chart: Giving) -> None:
    row = any_chart.campaign()
    done = any_chart.record(
        kind="goods", amount=yuan("100.00"), quantity="3", measure="袋", basis="invoice",
        campaign=row.code, commodity="RICE", **PAPER,
    )  # fmt: skip
    voucher = any_chart.approve(done.draft)
    code = done.row.code
    lots = [line.lot for line in voucher.draft.postings if line.lot is not None]
    assert [(str(lot.units), lot.cost.text, lot.label) for lot in lots] == [
        ("2", "33.33", code), ("1", "33.34", code),
    ]  # fmt: skip
    stock = "14191" if union(any_chart) else "120191"
    credit = "30101" if union(any_chart) else "410102"
    assert (any_chart.balance(stock), any_chart.balance(credit)) == ("100.00", "-100.00")
    expense = () if union(any_chart) else ("--expense", any_chart.account("5101"))
    given = any_chart.run(
        "gift", "give", code, "--quantity", "2", "--on", "2026-03-05", "--purpose", "受灾户",
        *expense, "--json",
    )  # fmt: skip
    assert given.status == 0, given.out
    any_chart.approve(given.json["draft"])
    assert any_chart.balance(stock) == "33.34"
    told = any_chart.stands(code).as_json()
    assert told["things"] == {
        "commodity": "RICE", "measure": "袋", "received": "3", "used": "2", "held": "1",
        "returned": "0",
    }  # fmt: skip
    assert (told["used"], told["held"]) == ("66.66", "33.34")
    much = any_chart.run(
        "gift", "give", code, "--quantity", "2", "--on", "2026-03-05", *expense,
    )  # fmt: skip
    assert (much.status, "[gift-stock]" in much.err) == (1, True)


def test_goods_go_back_to_their_giver(any_chart: Giving) -> None:
    row = any_chart.campaign()
    done = any_chart.record(
        kind="goods", amount=yuan("90.00"), quantity="3", measure="袋", basis="invoice",
        campaign=row.code, **PAPER,
    )  # fmt: skip
    any_chart.approve(done.draft)
    back = any_chart.run(
        "gift", "refund", done.row.code, "--quantity", "1", "--on", "2026-03-05", "--json"
    )
    any_chart.approve(back.json["draft"])
    told = any_chart.stands(done.row.code).as_json()
    assert (told["returned"], told["held"], told["things"]["returned"]) == ("30.00", "60.00", "1")


def test_a_thing_of_lasting_use_is_an_asset(any_chart: Giving) -> None:
    done = any_chart.record(
        kind="asset", amount=yuan("5000.00"), quantity="1", measure="台", basis="fair-value",
        fund="F02", commodity="FA-00012", **PAPER,
    )  # fmt: skip
    any_chart.approve(done.draft)
    assert any_chart.balance("162" if union(any_chart) else "1501") == "5000.00"
    assert any_chart.balance("30104" if union(any_chart) else "410102") == "-5000.00"


def test_what_is_held_for_somebody_is_never_income(any_chart: Giving) -> None:
    code = any_chart.give(
        "500.00", fund="F02", nature="agency", terms="某镇小学", purpose="转交某镇小学"
    )
    owed = "221" if union(any_chart) else "2601"
    assert (any_chart.balance(owed), any_chart.balance(income(any_chart))) == ("-500.00", "0.00")
    assert any_chart.stands(code).state == "pending"
    handed = any_chart.run(
        "gift", "give", code, "--amount", "200", "--money", any_chart.bank, "--on", "2026-03-09",
        "--purpose", "某镇小学", "--json",
    )  # fmt: skip
    any_chart.approve(handed.json["draft"])
    assert any_chart.sums(code) == ("500.00", "200.00", "300.00", "0.00")
    much = any_chart.run(
        "gift", "give", code, "--amount", "300.01", "--money", any_chart.bank, "--on", "2026-03-09",
    )  # fmt: skip
    assert (much.status, "300.00" in much.err) == (1, True)


def test_goods_held_for_somebody_are_no_stock_of_the_unit(giving: Giving) -> None:
    done = giving.record(
        kind="goods", amount=yuan("60.00"), quantity="6", measure="箱", basis="invoice",
        fund="F02", nature="agency", terms="某镇小学", **PAPER,
    )  # fmt: skip
    giving.approve(done.draft)
    assert (giving.balance("180191"), giving.balance("2601")) == ("60.00", "-60.00")
    handed = giving.run(
        "gift", "give", done.row.code, "--quantity", "6", "--on", "2026-03-09", "--json"
    )
    giving.approve(handed.json["draft"])
    assert giving.sums(done.row.code) == ("60.00", "60.00", "0.00", "0.00")


def test_a_conditional_gift_is_owed_until_its_condition_is_met(any_chart: Giving) -> None:
    code = any_chart.give(
        "300.00", fund="F02", nature="conditional", terms="年底前建成书屋，否则退还"
    )
    owed = "215" if union(any_chart) else "2209"
    assert any_chart.balance(owed) == "-300.00"
    with pytest.raises(Refused, match="fund-overdrawn"):
        any_chart.spend("1.00", "F02", date(2026, 3, 3))
    paper = any_chart.registry.folder / "acceptance.txt"
    paper.write_text("验收", encoding="utf-8")
    met = any_chart.run(
        "gift", "met", code, "--amount", "200", "--on", "2026-03-10", "--paper", paper, "--json"
    )
    any_chart.approve(met.json["draft"])
    assert any_chart.balance(owed) == "-100.00"
    assert any_chart.balance(income(any_chart)) == "-200.00"
    any_chart.spend("150.00", "F02", date(2026, 3, 11))
    assert any_chart.sums(code) == ("300.00", "150.00", "150.00", "0.00")
    assert any_chart.stands(code).pending_fen == 10000
    back = any_chart.run(
        "gift", "refund", code, "--amount", "150", "--money", any_chart.bank, "--on",
        "2026-03-12", "--json",
    )  # fmt: skip
    any_chart.approve(back.json["draft"])
    assert any_chart.sums(code) == ("300.00", "150.00", "0.00", "150.00")
    assert any_chart.balance(owed) == "0.00"


def test_services_are_recognised_since_2024_and_used_as_they_come(any_chart: Giving) -> None:
    facts = {"kind": "service", "amount": yuan("800.00"), "fund": "F01"}
    if any_chart.chart != "npo-2024":
        with pytest.raises(Refused, match="not-recognised"):
            any_chart.record(**facts)
        return
    done = any_chart.record(**facts)
    any_chart.approve(done.draft)
    assert (any_chart.balance("5101"), any_chart.balance("410101")) == ("800.00", "-800.00")
    assert any_chart.sums(done.row.code) == ("800.00", "800.00", "0.00", "0.00")


def test_what_has_no_measure_is_numbered_and_stands_in_no_book(any_chart: Giving) -> None:
    done = any_chart.record(kind="memo", fund="F01", quantity="1", measure="幅",
                            purpose="书法作品，悬挂于职工之家")  # fmt: skip
    assert (done.draft, any_chart.stands(done.row.code).state) == ("", "memo")
    after = any_chart.give("1.00", fund="F01")
    assert int(after.split("-")[1]) == int(done.row.code.split("-")[1]) + 1


def test_a_nominal_value_stands_where_the_rule_knows_one(any_chart: Giving) -> None:
    facts = {"kind": "goods", "amount": yuan("1.00"), "quantity": "1", "measure": "件",
             "basis": "nominal", "fund": "F02"}  # fmt: skip
    if not union(any_chart):
        with pytest.raises(Refused, match="名义金额"):
            any_chart.record(**facts)
        return
    any_chart.approve(any_chart.record(**facts).draft)
    with pytest.raises(Refused, match=r"名义金额是 1\.00"):
        any_chart.record(**{**facts, "amount": yuan("2.00")})


def test_freight_is_an_expense_of_raising(any_chart: Giving) -> None:
    row = any_chart.campaign()
    any_chart.give("50.00", campaign=row.code)
    done = any_chart.record(
        kind="goods", amount=yuan("90.00"), quantity="3", measure="袋", basis="invoice",
        campaign=row.code, freight=yuan("20.00"), money=any_chart.bank, **PAPER,
    )  # fmt: skip
    any_chart.approve(done.draft)
    fee = {"union-2021-basic": "510", "npo-2004": "5301", "npo-2024": "5401"}[any_chart.chart]
    assert any_chart.balance(fee) == "20.00"


def test_a_related_partys_gift_says_so(giving: Giving) -> None:
    done = giving.record(
        donor=giving.donor("青禾食品有限公司", "company", related=True), amount=yuan("9.00"),
        money=giving.bank, fund="F01",
    )  # fmt: skip
    assert done.row.related


def test_a_gift_is_posted_by_another_and_says_only_ids(giving: Giving) -> None:
    donor = giving.donor("沈示例")
    done = giving.record(donor=donor, amount=yuan("10.00"), money=giving.bank, fund="F01")
    voucher = giving.approve(done.draft)
    metas = [dict(line.meta) for line in voucher.draft.postings]
    assert {"gift": done.row.code, "donor": donor} in metas
    assert voucher.maker != voucher.checkers[0]
    assert "沈示例" not in (giving.folder / "2026" / "03.bean").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": yuan("0.00")}, {"fund": ""}, {"fund": "F99"}, {"day": date(2026, 7, 1)},
        {"kind": "odd"}, {"kind": "pledge"}, {"fee": yuan("1.00")}, {"purpose": "助学"},
        {"until": date(2027, 1, 1)}, {"nature": "agency"}, {"nature": "conditional"},
        {"money": "Assets:1-没有"}, {"money": "Expenses:5101-业务活动成本"}, {"quantity": "1"},
        {"foreign": Money(100, "USD")}, {"foreign": Money(100, "USD"), "amount": yuan("0.00")},
        {"foreign": Money(100, "USD"), "rate": "7", "amount": yuan("0.00")},
        {"foreign": Money(100, "USD"), "rate": "seven", "rate_source": "x", "amount": yuan("0")},
        {"kind": "platform", "fee": yuan("10.00")}, {"kind": "platform", "money": ""},
        {"kind": "memo"}, {"kind": "goods", "money": ""},
        {"kind": "goods", "quantity": "0", "measure": "袋", "basis": "invoice", **PAPER},
        {"kind": "goods", "quantity": "1e99", "measure": "袋", "basis": "invoice", **PAPER},
        {"kind": "goods", "quantity": "x", "measure": "袋", "basis": "invoice", **PAPER},
        {"kind": "goods", "quantity": "1", "measure": "", "basis": "invoice", **PAPER},
        {"kind": "goods", "quantity": "1", "measure": "袋", "basis": "guess", **PAPER},
        {"kind": "goods", "quantity": "1", "measure": "袋", "basis": "invoice"},
        {"kind": "goods", "quantity": "1", "measure": "袋", "basis": "invoice", **PAPER,
         "commodity": "大米"},
        {"kind": "goods", "quantity": "1", "measure": "袋", "basis": "invoice", **PAPER,
         "nature": "conditional", "terms": "建成后"},
    ],
)  # fmt: skip
def test_a_gift_that_makes_no_sense_is_refused_whole(
    giving: Giving, changed: dict[str, object]
) -> None:
    facts = {"amount": yuan("10.00"), "fund": "F01", "money": giving.bank}
    with pytest.raises(Refused, match="bad-gift"):
        giving.record(**{**facts, **changed})
    listed = giving.run("gift", "list", "--json").json
    assert listed == {"gifts": []}


def test_a_quantity_in_parts_has_whole_fen_for_each(giving: Giving) -> None:
    facts = {"kind": "goods", "measure": "千克", "basis": "invoice", "fund": "F02", **PAPER}
    with pytest.raises(Refused, match="gift-quantity"):
        giving.record(amount=yuan("10.00"), quantity="2.3", **facts)
    done = giving.record(amount=yuan("10.00"), quantity="2.5", **facts)
    giving.approve(done.draft)
    assert giving.stands(done.row.code).parts[0].units == 2.5


def test_only_who_records_records_and_words_name_nobody(giving: Giving) -> None:
    from ledger.gifts.given import Given

    donor = giving.donor("沈示例")
    given = Given(UNIT, "cash", donor, MARCH, yuan("1.00"), fund="F02", money=giving.bank)
    with pytest.raises(NotAllowed):
        record(giving.registry, given, giving.checker, giving.now)
    with pytest.raises(Refused, match="name-in-text") as caught:
        giving.record(amount=yuan("1.00"), fund="F02", money=giving.bank, purpose="沈示例助学")
    assert "沈示例" not in str(caught.value)


def test_a_draft_that_is_withdrawn_leaves_the_number_and_may_be_entered_again(
    giving: Giving,
) -> None:
    from ledger import workflow

    done = giving.record(amount=yuan("10.00"), money=giving.bank, fund="F01")
    workflow.withdraw(giving.registry, done.draft, giving.maker, giving.now)
    assert giving.stands(done.row.code).state == "expected"
    again = giving.run(
        "gift", "receive", done.row.code, "--amount", "10", "--money", giving.bank, "--on",
        "2026-03-05", "--json",
    )  # fmt: skip
    giving.approve(again.json["draft"])
    assert giving.sums(done.row.code)[0] == "10.00"


def test_a_reversed_receipt_is_as_if_it_never_came(giving: Giving) -> None:
    done = giving.record(amount=yuan("10.00"), money=giving.bank, fund="F01")
    voucher = giving.approve(done.draft)
    giving.reverse(voucher, date(2026, 3, 9))
    assert giving.sums(done.row.code) == ("0.00", "0.00", "0.00", "0.00")
    assert giving.stands(done.row.code).state == "expected"
