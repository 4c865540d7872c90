"""A book is verified against what the registry keeps of gifts and aid: alterations are found."""

from __future__ import annotations

from datetime import date

import pytest

from ledger import checking
from ledger.aid.paying import Order, pay
from ledger.aid.recipients import Wanted
from ledger.entry import Posting, meta_of
from ledger.gifts.checks import GiftChecks
from ledger.gifts.handing import meet_condition
from ledger.gifts.refunding import Refund, refund
from ledger.money import yuan
from ledger.registry.persons import PersonData
from tests.gifts.giving import UNIT, Giving

JUNE = date(2026, 6, 2)


def altered(giving: Giving, statement: str) -> None:
    """What somebody does who has the database in hand."""
    with giving.registry.write() as conn:
        assert conn.exec_driver_sql(statement).rowcount


def found(giving: Giving) -> list[tuple[str, str]]:
    return [(one.rule, one.what.en) for one in checking.check_unit(giving.registry, UNIT)]


def lived(giving: Giving) -> dict[str, str]:
    """Gifts of several kinds, all of them well kept; codes by what they are."""
    row = giving.campaign()
    codes = {"cash": giving.give("500.00", campaign=row.code)}
    things = giving.record(
        kind="goods", campaign=row.code, amount=yuan("100.00"), quantity="3", measure="条",
        basis="invoice", paper=b"invoice", paper_name="i.txt",
    )  # fmt: skip
    giving.approve(things.draft)
    codes["goods"] = things.row.code
    codes["expected"] = giving.record(campaign=row.code, amount=yuan("70.00")).row.code
    codes["agency"] = giving.give("80.00", fund="F02", nature="agency", terms="为村小学代收")
    codes["conditional"] = giving.give(
        "60.00", fund="F02", nature="conditional", terms="年底前建成"
    )
    codes["memo"] = giving.record(
        kind="memo", fund="F02", purpose="旧家具", quantity="2", measure="件"
    ).row.code
    codes["refunded"] = giving.give("30.00", campaign=row.code)
    return codes


def test_gifts_of_every_kind_are_told_alike_by_book_and_registry(any_chart: Giving) -> None:
    codes = lived(any_chart)
    met = meet_condition(
        any_chart.registry, UNIT, codes["conditional"], yuan("60.00"), JUNE, any_chart.maker,
        any_chart.now, b"built", "b.txt",
    )  # fmt: skip
    any_chart.approve(met)
    back = Refund(UNIT, codes["refunded"], JUNE, yuan("30.00"), any_chart.bank)
    any_chart.approve(refund(any_chart.registry, back, any_chart.maker, any_chart.now))
    assert found(any_chart) == []


def test_a_receipt_that_was_reversed_did_not_come(giving: Giving) -> None:
    done = giving.record(fund="F02", amount=yuan("40.00"), money=giving.bank)
    giving.reverse(giving.approve(done.draft), JUNE)
    assert found(giving) == []


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("fen", "60000", "the book received 500.00, and 600.00 was entered"),
        ("fen", "40000", "the book received 500.00, and 400.00 was entered"),
        ("fund", "'F02'", "and was entered for F02"),
        ("kind", "'memo'", "and 0.00 was entered"),
        ("code", "'JZ2026-0099-9'", "the registry has no such gift"),
    ],
)
def test_a_gift_that_was_altered_in_the_registry_is_found(
    giving: Giving, column: str, value: str, said: str
) -> None:
    code = lived(giving)["cash"]
    assert found(giving) == []
    altered(giving, f"UPDATE gift SET {column} = {value} WHERE code = '{code}'")
    rules = found(giving)
    assert {rule for rule, _ in rules} == {"gift-differs"}
    assert any(said in what and code in what for _, what in rules)


def test_a_gift_that_is_said_to_have_come_and_did_not_is_found(giving: Giving) -> None:
    code = lived(giving)["expected"]
    altered(giving, f"UPDATE claim SET state = 'paid' WHERE code = '{code}'")
    assert found(giving) == [
        ("gift-differs",
         f"gift {code}: the registry says that it came, and the book has nothing of it")
    ]  # fmt: skip


def test_a_gift_on_another_fund_than_its_own_is_found(
    giving: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft that the posting path once let through credits it to a fund of no campaign."""
    code = lived(giving)["expected"]
    said, amount = meta_of({"gift": code}), yuan("70.00")
    income = giving.account("410101")
    monkeypatch.setattr(GiftChecks, "check", lambda *_: [])
    giving.post(
        Posting(giving.bank, amount, "F01"), Posting(income, -amount, "F01", said), day=JUNE
    )
    ((rule, what),) = found(giving)
    assert rule == "gift-differs" and "it stands in fund F01" in what


def test_aid_that_was_altered_in_the_registry_is_found(giving: Giving) -> None:
    giving.give("5000.00", fund="F02")
    order = Order(
        UNIT, JUNE, "F02", giving.bank, "示〔2026〕1号", accounts={"": giving.account("5101")}
    )  # fmt: skip
    wanted = [
        Wanted(line, "hardship", "", yuan("300.00"), "", PersonData(f"例人{line}", str(line)))
        for line in (1, 2)
    ]
    done = pay(giving.registry, order, wanted, giving.maker, giving.now)
    assert found(giving) == []
    giving.approve(done.draft)
    assert found(giving) == []
    change = "UPDATE aid_payment SET {} WHERE code = '{}'"
    for what, undo in (
        ("fen = 30100", "fen = 30000"), ("kind = 'illness'", "kind = 'hardship'"),
        ("day = '2026-06-03'", "day = '2026-06-02'"),
    ):  # fmt: skip
        altered(giving, change.format(what, done.codes[0]))
        assert [rule for rule, _ in found(giving)] == ["aid-differs"]
        altered(giving, change.format(undo, done.codes[0]))
        assert found(giving) == []
    altered(giving, f"DELETE FROM aid_payment WHERE code = '{done.codes[1]}'")
    assert [rule for rule, _ in found(giving)] == ["aid-differs"]
