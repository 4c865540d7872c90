"""How a fault would be hidden, and is found all the same; what stays hidden the caveats say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.alike import plain
from ledger.audit.knowing import know, with_words
from ledger.entry import Draft, Posting
from ledger.money import yuan
from ledger.registry import donors, persons, units
from ledger.registry.donors import New
from ledger.registry.persons import PersonData
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
)
from tests.house import House

DAY = date(2026, 3, 2)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


def found(name: str, writer: Writer, **figures: Any) -> list[str]:
    writer.save()
    return numbers(hits(name, writer.folder.parent.parent, **figures))


def doc(number: str) -> tuple[tuple[str, str], ...]:
    return (("doc", number),)


@pytest.mark.parametrize(
    "typed", ["No.2631A7", "NO 2631 A7", "ｎｏ．２６３１Ａ７", "no-26-31-a7", "《NO》2631a7"]
)
def test_a_document_that_is_typed_otherwise_is_the_same(writer: Writer, typed: str) -> None:
    writer.enter(paid("80.00", DAY, meta=doc("NO2631A7"), payee="甲"))
    writer.enter(paid("90.00", date(2026, 8, 2), meta=doc(typed), payee="乙"))
    writer.enter(paid("90.00", date(2026, 8, 2), meta=doc("NO2631A8"), payee="乙"))
    assert found("duplicates", writer) == ["付-202608-0001"]


def test_a_document_among_others_of_a_voucher_is_found(writer: Writer) -> None:
    both = tuple(
        Posting(account, yuan(amount), "F01", meta)
        for account, amount, meta in (
            (OFFICE, "80.00", doc("A 1")), (OFFICE, "10.00", doc("B1")), (BANK, "-90.00", ()),
        )
    )  # fmt: skip
    writer.enter(paid("80.00", DAY, meta=doc("A1")))
    writer.enter(Draft("bench", DAY, "付", "两张发票", both, payee="示例商行"))
    writer.enter(paid("10.00", DAY, meta=doc("B1")))
    assert found("duplicates", writer) == ["付-202603-0002", "付-202603-0003"]


@pytest.mark.parametrize("typed", ["示例商行2", "示例 商行", "示例商行（ 2 ）", "「示例商行」"])
@pytest.mark.parametrize("name", ["duplicates", "split-under-limit", "round-sums"])
def test_a_payee_that_is_typed_otherwise_is_the_same(writer: Writer, name: str, typed: str) -> None:
    for place, payee in enumerate(("示例商行", typed, "示例商行")):
        writer.enter(paid("30000.00", DAY + timedelta(days=place), payee=payee))
    assert "付-202603-0003" in found(name, writer)
    assert plain("示例商行") != plain("示例书店")


def test_a_payee_that_moved_into_the_words_is_the_same(writer: Writer) -> None:
    writer.enter(paid("30000.00", DAY, payee="示例商行", narration="桌椅"))
    writer.enter(paid("30000.00", DAY, payee="", narration="示例商行 桌椅"))
    assert found("split-under-limit", writer) == ["付-202603-0002"]
    assert found("duplicates", writer) == ["付-202603-0002"]


def test_equal_payments_without_a_payee_are_no_duplicates(writer: Writer) -> None:
    """Aid to persons, whom no book names: many get the same."""
    for _ in range(3):
        writer.enter(paid("500.00", DAY, payee="", narration="慰问困难职工"))
    assert found("duplicates", writer) == []


def test_every_part_of_a_split_above_the_limit_is_told(writer: Writer) -> None:
    """Limit 50,000.00 within three days: what follows the second part belongs to it as well."""
    for place in range(4):
        writer.enter(paid("26000.00", DAY + timedelta(days=place), fund=f"F0{1 + place % 2}"))
    writer.save()
    told = hits("split-under-limit", writer.folder.parent.parent)
    assert numbers(told) == [f"付-202603-000{n}" for n in (2, 3, 4)]
    assert told[-1].others == tuple(f"bench/付-202603-000{n}" for n in (1, 2, 3))
    assert found("split-under-limit", writer, days=0) == []


@pytest.mark.parametrize(
    ("amount", "is_told"),
    [
        ("5000.00", True), ("4999.00", True), ("5990.00", True), ("5989.99", False),
        ("6000.01", False), ("4990.00", True), ("4989.99", False),
    ],
)  # fmt: skip
def test_a_sum_just_below_a_round_one_is_round(writer: Writer, amount: str, is_told: bool) -> None:
    for place in range(3):
        writer.enter(paid(amount, DAY + timedelta(days=place)))
    assert bool(found("round-sums", writer)) == is_told
    assert bool(found("round-sums", writer, below=0)) == (amount == "5000.00")


def test_what_went_through_cash_and_bank_is_one_sum(writer: Writer) -> None:
    """A payment of which half is cash, half from the bank, counts whole."""
    lines = (
        Posting(OFFICE, yuan("40000.00"), "F01"), Posting(CASH, -yuan("20000.00"), "F01"),
        Posting(BANK, -yuan("20000.00"), "F01"),
    )  # fmt: skip
    for _ in range(2):
        writer.enter(Draft("bench", DAY, "付", "会议", lines, payee="示例宾馆"))
    assert found("split-under-limit", writer) == ["付-202603-0002"]


def test_words_beside_narration_and_payee_are_read(writer: Writer) -> None:
    writer.enter(paid("1.00", DAY, meta=(("memo", "退 欧阳文远 12 元"),)))
    writer.enter(paid("1.00", DAY))
    number = "13812345678"
    writer.enter(paid("1.00", DAY, meta=(("memo", f"退 {number}"),)))
    writer.enter(paid("1.00", DAY, meta=(("doc", "26312000000045170001"),)))
    lines = (Posting(BANK, yuan("1.00"), "F01"), Posting(DUES, -yuan("1.00"), "F01"))
    writer.enter(Draft("bench", DAY, "收", "会费", lines, meta=(("said-by", f"经办 {number}"),)))
    assert found("leaked-name", writer) == ["付-202603-0003", "收-202603-0001"]
    book = population(writer.folder.parent.parent)
    assert [book.word("memo", row) for row in range(3)] == ["退 欧阳文远  元", "", "退 "]


@pytest.mark.parametrize(
    "hide",
    [
        lambda name: name, lambda name: " ".join(name), lambda name: "·".join(name),
        lambda name: f"{name[:2]}　{name[2:]}", lambda name: f"{name[0]}1{name[1:]}",
        lambda name: f"经办{name}签",
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["narration", "payee", "memo"])
def test_a_registered_name_is_found_however_it_is_spaced(
    small_house: House, hide: Callable[[str], str], where: str
) -> None:
    registry, name = small_house.registry, "欧阳文远"
    with registry.write() as conn:
        persons.add(conn, registry.vault, PersonData(name), small_house.now)
    writer = Writer(registry.folder)
    writer.enter(paid("1.00", DAY, narration="办公用品"))
    said: dict[str, Any] = {where: hide(name)}
    if where == "memo":
        said = {"meta": tuple(said.items())}
    writer.enter(paid("1.00", DAY, **said))
    writer.save()
    book = population(registry.folder)
    known = with_words(registry, know(registry, "tiny", DAY), book)
    (one,) = hits("leaked-name", registry.folder, known)
    assert one.ref == "bench/付-202603-0002" and "欧阳" not in str(one)


def test_a_related_party_is_known_however_it_is_typed(small_house: House) -> None:
    registry = small_house.registry
    with registry.write() as conn:
        units.add(
            conn, unit="bench", name="示例", name_en="Example", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
        donors.add_many(
            conn, registry.vault, "bench",
            [New(donors.COMPANY, PersonData("示例实业（青禾）有限公司"), related=True)],
            small_house.maker.id, small_house.now,
        )  # fmt: skip
    writer = Writer(registry.folder)
    for payee in ("示例实业(青禾) 有限公司", "示例商行", ""):
        writer.enter(paid("1.00", DAY, payee=payee))
    writer.save()
    book = population(registry.folder)
    known = with_words(registry, know(registry, "tiny", DAY), book)
    assert numbers(hits("related-parties", registry.folder, known)) == ["付-202603-0001"]
