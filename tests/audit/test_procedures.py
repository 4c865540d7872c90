"""Audit procedures: what each tells of, and what lies just beside it and is left alone."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.assets import accounts
from ledger.audit.catalogue import OWN_FILE, procedures
from ledger.audit.known import (
    Dues,
    GiftTerms,
    Known,
    Paper,
    Receipt,
    Witness,
)
from ledger.audit.last_days import last_day_of_use
from ledger.cli.bench.books import CHECKER, MAKER, UNIT
from ledger.dues.rechecking import Rechecked
from ledger.entry import Draft, Posting
from ledger.errors import CannotRun
from ledger.money import yuan
from ledger.period import Month
from tests.audit.populations import (
    BANK,
    CASH,
    DUES,
    OFFICE,
    Writer,
    hits,
    numbers,
    paid,
    population,
    received,
    reversal,
)

MONDAY, SUNDAY = date(2026, 3, 9), date(2026, 3, 8)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


def told(name: str, writer: Writer, known: Known | None = None, **figures: Any) -> list[str]:
    writer.save()
    return numbers(hits(name, writer.folder.parent.parent, known, **figures))


def on(day: int, month: int = 3) -> date:
    return date(2026, month, day)


# ---- numbers -----------------------------------------------------------------------------------


def test_a_number_that_is_left_out_is_told_by_its_number(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1)))
    writer.enter(paid("1.00", on(2)), ordinal=4)
    writer.enter(received("1.00", on(2)))
    assert told("number-gaps", writer) == ["付-202603-0002", "付-202603-0003"]


def test_a_number_that_is_given_twice_is_told_once(writer: Writer) -> None:
    for _ in range(2):
        writer.enter(paid("1.00", on(1)), ordinal=1)
    assert told("number-gaps", writer) == ["付-202603-0001"]


def test_very_many_missing_numbers_are_told_as_a_range(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1)))
    writer.enter(paid("1.00", on(2)), ordinal=3_000_000)
    writer.save()
    (one,) = hits("number-gaps", writer.folder.parent.parent)
    assert numbers([one]) == ["付-202603-0002"] and "2999998 个号" in one.why.zh


def test_each_class_and_month_begins_anew(writer: Writer) -> None:
    for month in (1, 2):
        writer.enter(paid("1.00", on(3, month)))
        writer.enter(received("1.00", on(3, month)))
    assert told("number-gaps", writer) == []


# ---- persons -----------------------------------------------------------------------------------


def test_who_made_a_voucher_does_not_check_it(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1)))
    writer.enter(paid("1.00", on(2)), checkers=(MAKER,))
    writer.enter(paid("1.00", on(3)), checkers=())
    writer.enter(paid("1.00", on(4)), checkers=(CHECKER, CHECKER))
    assert told("same-maker-and-checker", writer) == [f"付-202603-000{n}" for n in (2, 3, 4)]


def test_one_person_under_two_logins_is_one_person(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1)), checkers=("u-OTHER",))
    assert told("same-maker-and-checker", writer) == []
    known = Known(persons={MAKER: "p-1", "u-OTHER": "p-1"})
    assert told("same-maker-and-checker", writer, known) == ["付-202603-0001"]


def test_above_the_limit_two_check_it_and_at_the_limit_one(writer: Writer) -> None:
    writer.enter(paid("50000.00", on(1)))
    writer.enter(paid("50000.01", on(2)))
    writer.enter(paid("50000.01", on(3)), checkers=(CHECKER, "u-SECOND"))
    assert told("same-maker-and-checker", writer) == ["付-202603-0002"]


# ---- time --------------------------------------------------------------------------------------


def test_what_is_entered_later_than_so_many_days_is_late(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1)), posted=on(1) + timedelta(days=35))
    writer.enter(paid("1.00", on(1)), posted=on(1) + timedelta(days=36))
    writer.enter(paid("1.00", on(1), source="opening"), posted=on(1, 9))
    assert told("late-posting", writer) == ["付-202603-0002"]


def test_what_is_entered_after_a_month_was_closed_is_told_opened_again_or_not(
    writer: Writer,
) -> None:
    march = Month(2026, 3)
    writer.enter(paid("1.00", on(1)))
    writer.close(march)
    writer.enter(paid("2.00", on(2)), posted=on(5, 4))
    writer.reopen(march)
    writer.enter(paid("3.00", on(3)), posted=on(6, 4))
    writer.close(march)
    writer.enter(paid("4.00", on(4)), posted=on(7, 4))
    writer.enter(paid("5.00", on(8, 4)), posted=on(7, 4))
    writer.save()
    found = hits("back-dating", writer.folder.parent.parent)
    assert numbers(found) == [*(f"付-202603-000{n}" for n in (2, 3, 4)), "付-202604-0001"]
    assert "opened again" in found[1].why.en and "was closed" in found[2].why.en


def test_a_voucher_of_the_years_end_is_told_if_it_came_late_or_was_taken_back(
    writer: Writer,
) -> None:
    end = date(2026, 12, 31)
    writer.enter(paid("2000.00", end), posted=end + timedelta(days=10))
    writer.enter(paid("2000.00", end), posted=end + timedelta(days=11))
    writer.enter(paid("999.99", end), posted=end + timedelta(days=30))
    writer.enter(paid("2000.00", date(2026, 12, 21)), posted=end + timedelta(days=30))
    dressed = writer.enter(received("9000.00", date(2026, 12, 30)))
    writer.enter(reversal(dressed, date(2027, 1, 4)))
    fine = writer.enter(received("9000.00", date(2026, 12, 29)))
    writer.enter(reversal(fine, date(2027, 1, 20)))
    assert set(told("cut-off", writer)) == {"付-202612-0002", dressed.number}


# ---- payments ----------------------------------------------------------------------------------


def test_one_document_is_paid_once(writer: Writer) -> None:
    meta = (("doc", "26312000000045170001"),)
    writer.enter(paid("8460.00", on(7), meta=meta))
    writer.enter(paid("8460.00", on(22), meta=meta, payee="另一商行"))
    writer.enter(paid("8460.00", on(22), meta=(("doc", "26312000000045170002"),)))
    assert told("duplicates", writer) == ["付-202603-0002"]


def test_the_same_amount_to_the_same_payee_within_days_is_told(writer: Writer) -> None:
    writer.enter(paid("600.00", on(1)))
    writer.enter(paid("600.00", on(11)))
    writer.enter(paid("600.00", on(22)))  # eleven days later: the rent of another month
    writer.enter(paid("600.00", on(22), payee="另一商行"))
    writer.enter(paid("99.99", on(1)))
    writer.enter(paid("99.99", on(2)))
    assert told("duplicates", writer) == ["付-202603-0002"]


def test_what_was_taken_back_was_not_paid_twice(writer: Writer) -> None:
    first = writer.enter(paid("600.00", on(1)))
    writer.enter(reversal(first, on(2)))
    writer.enter(paid("600.00", on(3)))
    assert told("duplicates", writer) == []


def test_payments_that_together_go_above_the_limit_are_told_with_each_other(
    writer: Writer,
) -> None:
    for day, amount in ((1, "30000.00"), (4, "20000.00"), (4, "0.01")):
        writer.enter(paid(amount, on(day)))
    writer.save()
    (one,) = hits("split-under-limit", writer.folder.parent.parent)
    assert numbers([one]) == ["付-202603-0003"]
    assert one.others == (f"{UNIT}/付-202603-0001", f"{UNIT}/付-202603-0002")


@pytest.mark.parametrize(
    "parts",
    [
        [(1, "30000.00", "甲"), (1, "20000.00", "甲")],  # exactly the limit
        [(1, "30000.00", "甲"), (1, "30000.00", "乙")],  # two payees
        [(1, "30000.00", "甲"), (5, "30000.00", "甲")],  # four days apart
        [(1, "60000.00", "甲"), (1, "1.00", "甲")],  # the large one had two checkers
    ],
)
def test_payments_that_are_no_split_are_left_alone(
    writer: Writer, parts: list[tuple[int, str, str]]
) -> None:
    for day, amount, payee in parts:
        writer.enter(paid(amount, on(day), payee=payee), checkers=(CHECKER, "u-SECOND"))
    assert told("split-under-limit", writer) == []


def test_a_split_without_a_payee_and_over_cash_and_bank_is_found(writer: Writer) -> None:
    said = ("职工运动会 1", "职工运动会 2")
    writer.enter(paid("30000.00", on(1), payee="", narration=said[0]))
    writer.enter(paid("30000.00", on(2), payee="", narration=said[1], money=CASH, fund="F02"))
    assert told("split-under-limit", writer) == ["付-202603-0002"]


def test_the_third_round_sum_within_a_quarter_is_told(writer: Writer) -> None:
    for day in (1, 40, 90):
        writer.enter(paid("5000.00", date(2026, 1, 1) + timedelta(days=day)))
    writer.enter(paid("4000.00", on(5, 4)))
    writer.enter(paid("5000.01", on(5, 4)))
    assert len(told("round-sums", writer)) == 1
    assert told("round-sums", writer, days=88) == []


@pytest.mark.parametrize(
    ("day", "is_told"),
    [
        (SUNDAY, True), (MONDAY, False), (date(2026, 10, 1), True),
        (date(2026, 9, 20), False),  # a Sunday that is worked
    ],
)  # fmt: skip
def test_cash_is_paid_on_working_days(writer: Writer, day: date, is_told: bool) -> None:
    writer.enter(paid("100.00", day, money=CASH))
    writer.enter(paid("100.00", day))
    banked = Draft(
        UNIT, day, "转", "存现",
        (Posting(BANK, yuan("9.00"), "F01"), Posting(CASH, -yuan("9.00"), "F01")),
    )  # fmt: skip
    writer.enter(banked)
    assert len(told("weekend-cash", writer)) == is_told


# ---- patterns ----------------------------------------------------------------------------------


def test_accounts_that_meet_once_are_told_where_the_amount_is_large(writer: Writer) -> None:
    for place in range(220):
        writer.enter(paid("10.00", on(1 + place % 28)))
    odd = Draft(
        UNIT, on(2), "转", "调整",
        (Posting(DUES, yuan("60000.00"), "F01"), Posting(OFFICE, -yuan("60000.00"), "F01")),
    )  # fmt: skip
    writer.enter(odd)
    writer.enter(received("10.00", on(2)))
    assert told("unusual-accounts", writer) == ["转-202603-0001"]
    assert told("unusual-accounts", writer, least=6_000_001) == []
    assert told("unusual-accounts", writer, vouchers=300) == []


def test_first_digits_are_told_as_digits_and_never_as_vouchers(writer: Writer) -> None:
    draw = random.Random(1)
    for _ in range(600):
        writer.enter(paid(f"{draw.randrange(900, 1000)}.00", on(1 + draw.randrange(28))))
    writer.save()
    found = hits("benford", writer.folder.parent.parent)
    assert found and {hit.ref for hit in found} == {""}
    assert "首位数字 9" in found[-1].why.zh
    (one,) = (one for one in procedures(Path()) if one.name == "benford")
    assert "不说明任何一张凭证" in one.caveat.zh


def test_amounts_that_follow_the_law_are_left_alone(writer: Writer) -> None:
    draw = random.Random(2)
    for _ in range(900):
        writer.enter(paid(f"{10 ** draw.uniform(1, 4):.2f}", on(1 + draw.randrange(28))))
    assert told("benford", writer) == []
    assert told("benford", writer, least=901) == []


# ---- money -------------------------------------------------------------------------------------


def test_a_restricted_fund_is_told_on_the_first_day_that_it_is_below_zero(writer: Writer) -> None:
    writer.enter(received("100.00", on(1), fund="F03"))
    writer.enter(paid("60.00", on(2), fund="F03"))
    writer.enter(paid("40.01", on(3), fund="F03"))
    writer.enter(paid("5.00", on(4), fund="F03"))
    writer.enter(paid("999.00", on(4), fund="F01"))
    writer.save()
    (one,) = hits("restricted-fund-overdrawn", writer.folder.parent.parent)
    assert numbers([one]) == ["付-202603-0002"] and one.amount == yuan("0.01")


@pytest.mark.parametrize(
    ("amount", "is_told"), [("8772.17", False), ("8772.16", True), ("8000.00", False)]
)
def test_an_amount_at_a_rate_is_rounded_half_up_to_the_fen(
    writer: Writer, amount: str, is_told: bool
) -> None:
    writer.enter(paid(amount, on(1), meta=(("memo", "USD 1,234.56 @ 7.1055"),)))
    assert len(told("currency-rounding", writer)) == is_told


def test_a_voucher_that_names_another_unit_names_a_transfer(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1), meta=(("counter", "xian"), ("transfer", "ZZ2026-0001-5"))))
    writer.enter(paid("1.00", on(2), meta=(("counter", "xian"),)))
    assert told("unmatched-remittance", writer) == ["付-202603-0002"]


# ---- what the registry knows -------------------------------------------------------------------


def test_what_the_registry_says_otherwise_is_told(writer: Writer) -> None:
    number = writer.enter(
        Draft(
            UNIT, on(1), "收", "捐赠 JZ2026-0001-1",
            (
                Posting(BANK, yuan("9.00"), "F01"),
                Posting(DUES, -yuan("9.00"), "F01", (("gift", "JZ2026-0001-1"),)),
            ),
            papers=("a" * 64, "b" * 64, "c" * 64),
        )
    ).number  # fmt: skip
    spent = writer.enter(paid("1.00", on(2, 4), meta=(("gift", "JZ2026-0001-1"),))).number
    writer.enter(paid("1.00", on(31), meta=(("gift", "JZ2026-0001-1"),)))
    known = Known(
        files=3, witnesses=(Witness("units/bench/2026/03.bean", 7, "不一致", "differs"),),
        papers=(
            Paper("a" * 64, "", ""), Paper("b" * 64, "附件缺失", "gone"),
            Paper("d" * 64, "附件缺失", "gone"),
        ),
        receipts=(
            Receipt("cash", 2026, 1), Receipt("cash", 2026, 3), Receipt("cash", 2025, 1),
            Receipt("gift", 2026, 2),
        ),
        dues=(
            Dues("m-1", "party", "2026-03", 1500, 1500), Dues("m-2", "party", "2026-03", 1500, 0),
        ),
        assessments=(
            Rechecked("m-1", "party", "2026-03", 1500, 1500, holds=True),
            Rechecked("m-2", "party", "2026-03", 3000, 1500, holds=False),
        ),
        gifts=(GiftTerms("JZ2026-0001-1", ("F03",), on(31), related=True),),
    )  # fmt: skip
    assert told("altered-history", writer, known) == ["units/bench/2026/03.bean"]
    papers = told("missing-document", writer, known)
    assert papers == [number, number, f"sha256:{'d' * 64}"]
    assert told("receipt-gap", writer, known) == ["2026-000002", "2026-000001"]
    assert told("wrong-exemption", writer, known) == ["m-2 2026-03"]
    assert told("tier-boundary", writer, known) == ["m-2 2026-03"]
    assert told("gift-on-wrong-fund", writer, known) == [number]
    assert told("expired-restriction", writer, known) == [spent]
    assert told("related-parties", writer, known) == [number]
    # Of a unit of which the registry knows nothing, nothing is told.
    for one in procedures(Path()):
        if one.of != "vouchers":
            assert told(one.name, writer) in ([], [number, number, number]), one.name


def test_names_are_told_by_the_voucher_and_never_repeated(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1), narration="慰问欧阳文远"))
    writer.enter(paid("1.00", on(2), narration="退 13812345678"))
    writer.enter(paid("1.00", on(3)))
    writer.save()
    federation = writer.folder.parent.parent
    texts = population(federation).texts("text")
    naming = frozenset(at for at, text in enumerate(texts) if "欧阳文远" in text)
    found = hits("leaked-name", federation, Known(naming=naming))
    assert numbers(found) == ["付-202603-0001", "付-202603-0002"]
    assert not any("欧阳" in str(hit) or "138" in str(hit) for hit in found)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("限三月底前使用，逾期退还", on(31)), ("限3月31日前用完", on(31)),
        ("须于2026-06-30前使用", on(30, 6)), ("to be used by 2026-06-30", on(30, 6)),
        ("十二月底前使用", date(2026, 12, 31)), ("一月底前使用", date(2027, 1, 31)),
        ("2027年2月底前使用", date(2027, 2, 28)), ("次年二月底前使用", date(2027, 2, 28)),
        ("使用期限至2026年6月30日", on(30, 6)), ("有效期：6月30号", on(30, 6)),
        ("使用至 6 月 30 日止", on(30, 6)), ("期限为2026-06-30", on(30, 6)),
        ("本年内使用", on(31, 12)), ("须于年底前全部用完", on(31, 12)),
        ("明年内用完", date(2027, 12, 31)), ("2028年年底前使用", date(2028, 12, 31)),
        ("自收到起三年内使用", None), ("一年内用完", None), ("9999年12月底前使用", date.max),
        ("0000年3月底前使用", None), ("0000年年内使用", None),
        ("三月慰问", None), ("限十三月底前使用", None), ("2月30日前使用", None), ("", None),
    ],
)  # fmt: skip
def test_a_last_day_is_read_from_words_or_not_at_all(text: str, last: date | None) -> None:
    assert last_day_of_use(text, date(2026, 2, 10)) == last


def test_without_a_regime_of_assets_nothing_is_said_of_them(writer: Writer) -> None:
    writer.enter(paid("9999.00", on(1)))
    assert told("asset-expensed", writer) == told("depreciation-early", writer) == []
    assert accounts.known("union-2021-basic") is not None


# ---- figures -----------------------------------------------------------------------------------


def test_every_procedure_says_its_source_and_what_it_does_not_show(tmp_path: Path) -> None:
    every = procedures(tmp_path)
    assert len(every) == 25 and len({one.name for one in every}) == 25
    for one in every:
        assert one.source and one.title.zh and one.title.en and one.caveat.zh and one.caveat.en


def test_a_federations_own_figures_take_the_place_of_the_shipped_ones(writer: Writer) -> None:
    writer.enter(paid("1.00", on(1)), posted=on(9))
    federation = writer.folder.parent.parent
    (federation / OWN_FILE).parent.mkdir(parents=True)
    (federation / OWN_FILE).write_text("[late-posting]\ndays = 7\n", encoding="utf-8")
    assert told("late-posting", writer) == ["付-202603-0001"]
    (one,) = (one for one in procedures(federation) if one.name == "late-posting")
    assert one.parameters["days"] == 7 and "opening" in str(one.parameters["besides"])


@pytest.mark.parametrize(
    "text",
    [
        "[no-such]\ndays = 1\n", "[late-posting]\nhours = 1\n", "[late-posting]\ndays = -1\n",
        '[late-posting]\ndays = "7"\n', "[late-posting]\nbesides = 7\n", "late-posting = 7\n",
        "[late-posting]\nzh = \"别名\"\n", "not toml", "[late-posting]\ndays = true\n",
        "[round-sums]\nunit = 0\n", "[round-sums]\ncount = 0\n",
    ],
)  # fmt: skip
def test_figures_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / OWN_FILE).parent.mkdir(parents=True)
    (tmp_path / OWN_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(CannotRun, match="bad-audit-figures"):
        procedures(tmp_path)


def test_an_empty_book_has_nothing_to_tell(writer: Writer) -> None:
    for one in procedures(Path()):
        assert told(one.name, writer) == []
