"""Numbers of persons are found by their form in a text, and kept out of every book."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import privacy
from ledger.errors import Refused
from ledger.founding import declare_fund, open_accounts
from ledger.journal import open_pen
from ledger.registry.entries import AccountRow, FundRow
from tests.house import BANK, DUES, UNIT

if TYPE_CHECKING:
    from tests.house import House

FOUND = (
    ("13812345678", "mobile"),
    ("电话 138-1234-5678", "mobile"),
    ("138 1234 5678", "mobile"),
    ("+8613812345678", "mobile"),
    ("１３８１２３４５６７８", "mobile"),
    ("一三八一二三四五六七八", "mobile"),
    ("tel13812345678", "mobile"),
    ("0571-88123456", "landline"),
    ("（010）62345678", "landline"),
    ("01062345678", "landline"),
    ("联系方式：88123456", "landline"),
    ("11010519491231002X", "identity"),
    ("110105 19491231 002x", "identity"),
    ("110105491231002", "identity"),
    ("6222 0000 0000 0000 004", "card"),
    ("4111-1111-1111-1111", "card"),
    ("４１１１１１１１１１１１１１１１", "card"),
    ("someone@example.org", "email"),
)
NOT_FOUND = (
    "收-202603-0001 冲销 付-202603-900001",
    "imp-20260304f01a53bc5a8915387ccf3ea0",
    "imp-20260304138123456785387ccf3ea0aa",
    "3a302b6b4cc8f44ffecbf0c72228e40df39d67f4a9d1d48b8ee625cf460bee17",
    "HY2026-0173-8 DK2026-0003-8 FA-000123 m-7F3K2QXA5T",
    "2026-03-05 1,234,567.89 元 10201",
    "统一社会信用代码 91330106MA27XYZ12K",
    "发票 26312000000045170001",
    "流水 202603041234567890",
    "订单 4200001234202603041234567890",
    "春工〔2026〕4号",
    "合同 HT20260315001",
    "110105194912310021",  # a wrong check digit
    "4111111111111112",
    "12345678901",
    "400-123-4567",
)


@pytest.mark.parametrize(("text", "kind"), FOUND)
def test_a_number_of_a_person_is_found(text: str, kind: str) -> None:
    assert kind in privacy.kinds_in(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_a_book_is_full_of_is_no_number_of_a_person(text: str) -> None:
    assert privacy.kinds_in(text) == frozenset()


def test_a_number_in_two_texts_is_none() -> None:
    assert privacy.kinds_in("1381234\n5678") == frozenset()


@given(st.integers(0, 10**8 - 1), st.sampled_from(["", "订金 ", "人", "№"]))
def test_every_mobile_number_is_found_beside_any_word(rest: int, before: str) -> None:
    assert "mobile" in privacy.kinds_in(f"{before}139{rest:08d}元")


@given(st.text(max_size=60))
def test_any_text_is_looked_through_without_a_fault(text: str) -> None:
    assert privacy.kinds_in(text) <= set(privacy.KINDS)


def test_a_finding_repeats_no_number() -> None:
    (found,) = privacy.faults(["打给 13812345678", "卡 4111111111111111"])
    assert found.rule == "number-in-book"
    said = str(found)
    assert "手机号码、银行卡号" in said
    assert not any(char.isdigit() for char in said)


@pytest.mark.parametrize(
    "fields",
    [
        {"narration": "退给 13812345678"},
        {"payee": "4111 1111 1111 1111"},
        {"meta": (("decision", "见 someone@example.org"),)},
        {"tags": ("13812345678",)},
        {"links": ("110105-19491231-002X",)},
        {"source": "user:0571-88123456"},
    ],
)
def test_a_draft_that_holds_one_in_any_field_is_refused(
    small_house: House, fields: dict[str, object]
) -> None:
    with pytest.raises(Refused, match="number-in-book") as caught:
        small_house.post(small_house.draft(**fields))  # type: ignore[arg-type]
    assert "1381" not in str(caught.value)
    assert "4111" not in str(caught.value)


def test_what_stands_in_the_book_already_can_be_reversed(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(privacy, "kinds_in", lambda _: frozenset())
        posted = small_house.post(small_house.draft(payee="13812345678"))
    assert small_house.reverse(posted).draft.reverses == posted.number
    with pytest.raises(Refused, match="number-in-book"):
        small_house.post(small_house.draft(payee="13812345678"))


def test_no_account_and_no_fund_is_named_so(small_house: House) -> None:
    first = date(2026, 1, 1)
    with open_pen(small_house.registry, UNIT, small_house.now) as pen:
        with pytest.raises(Refused, match="number-in-book"):
            open_accounts(pen, [AccountRow(f"{BANK}-13812345678", "", "CNY", False, first, None)])
        with pytest.raises(Refused, match="number-in-book"):
            declare_fund(pen, FundRow("F09", "奖 13812345678", "", "none", "", first, None))


def test_an_ordinary_draft_is_posted(small_house: House) -> None:
    posted = small_house.post(
        small_house.draft(debit=BANK, credit=DUES, narration="2026-03 会费 HY2026-0173-8")
    )
    assert posted.number == "收-202603-0001"
