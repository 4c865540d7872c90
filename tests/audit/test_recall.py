"""Recall: what is planted at random among plain vouchers is found, and hardly anything else."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.known import GiftTerms, Known
from ledger.cli.bench.books import MAKER
from ledger.entry import Draft, Posting
from ledger.money import yuan
from ledger.period import Month
from tests.audit.populations import (
    BANK,
    CASH,
    DUES,
    Writer,
    hits,
    numbers,
    paid,
    population,
    received,
    reversal,
)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


NAME, GIFT_CODE, LAST = "欧阳文远", "JZ2026-0001-1", date(2026, 3, 31)
Plant = Callable[[Writer, random.Random, int], set[str]]


def _number(writer: Writer, draft: Draft, **how: Any) -> str:
    return writer.enter(draft, **how).number


def _some_day(draw: random.Random) -> date:
    """A working day of spring, so that nothing falls on an end of the year."""
    while True:
        day = date(2026, 3, 1) + timedelta(days=draw.randrange(90))
        if day.weekday() < 5:
            return day


def _twice(writer: Writer, draw: random.Random, place: int) -> set[str]:
    day, amount = _some_day(draw), f"{draw.randrange(200, 9000)}.{place % 100:02d}"
    payee = f"示例第{place}商行"
    writer.enter(paid(amount, day, payee=payee))
    return {_number(writer, paid(amount, day + timedelta(days=draw.randrange(10)), payee=payee))}


def _split(writer: Writer, draw: random.Random, place: int) -> set[str]:
    day, payee = _some_day(draw), f"示例第{place}工程队"
    return {
        _number(writer, paid(f"{draw.randrange(17_000, 50_000)}.00", day, payee=payee))
        for _ in range(3)
    }


def _round(writer: Writer, draw: random.Random, place: int) -> set[str]:
    amount, day = f"{draw.randrange(5, 12)}000.00", _some_day(draw)
    payee = f"示例第{place}顾问"
    found = [
        _number(writer, paid(amount, day + timedelta(days=20 * step), payee=payee))
        for step in range(3)
    ]
    return {found[-1]}


def _weekend(writer: Writer, draw: random.Random, place: int) -> set[str]:
    day = _some_day(draw)
    sunday = day + timedelta(days=6 - day.weekday())
    if sunday.isoformat() in ("2026-05-09",):
        sunday += timedelta(days=7)
    return {_number(writer, paid(f"{place}.50", sunday, money=CASH, payee="示例餐馆"))}


def _late(writer: Writer, draw: random.Random, place: int) -> set[str]:
    day = _some_day(draw)
    draft = paid(f"{place}.51", day, payee=f"示例第{place}站")
    return {_number(writer, draft, posted=day + timedelta(days=36 + draw.randrange(90)))}


def _own(writer: Writer, draw: random.Random, place: int) -> set[str]:
    draft = paid(f"{place}.52", _some_day(draw), payee=f"示例第{place}店")
    return {_number(writer, draft, checkers=(MAKER,))}


def _rate(writer: Writer, draw: random.Random, place: int) -> set[str]:
    cents, rate = draw.randrange(10_000, 999_999), draw.randrange(60_000, 80_000)
    fen = (cents * rate + 5_000) // 10_000 + draw.choice((-1, 1))
    said = (("memo", f"USD {cents / 100:.2f} @ {rate / 10_000:.4f}"),)
    draft = paid(f"{fen // 100}.{fen % 100:02d}", _some_day(draw), meta=said, payee=f"第{place}社")
    return {_number(writer, draft)}


def _loose(writer: Writer, draw: random.Random, place: int) -> set[str]:
    draft = paid(f"{place}.53", _some_day(draw), meta=(("counter", "xian"),), payee="")
    return {_number(writer, draft)}


def _document(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """The same invoice half a year later, typed otherwise, to another payee."""
    number = f"2631{place:04d}a"
    typed = draw.choice(
        (number.upper(), f"{number[:4]} {number[4:]}", f"{number[:6]}-{number[6:]}")
    )
    day = _some_day(draw)
    writer.enter(paid(f"{place}.54", day, meta=(("doc", number),), payee=f"第{place}行"))
    again = paid(f"{place}.55", day + timedelta(days=150), meta=(("doc", typed),), payee="示例店")
    return {_number(writer, again)}


def _gap(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """A number is left out."""
    draft = paid(f"{place}.56", _some_day(draw), payee=f"第{place}家")
    ordinal = writer.ordinal(draft) + 1
    writer.enter(draft, ordinal=ordinal + 1)
    return {f"付-{draft.day:%Y%m}-{ordinal:04d}"}


def _dated_back(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """January was closed when it was entered."""
    day = date(2026, 1, 1 + draw.randrange(31))
    return {_number(writer, paid(f"{place}.57", day), posted=day)}


def _dressed(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """Income of December that January takes back."""
    amount = f"{draw.randrange(1_000, 90_000)}.00"
    voucher = writer.enter(received(amount, date(2025, 12, 31) - timedelta(draw.randrange(10))))
    writer.enter(reversal(voucher, date(2026, 1, 1) + timedelta(draw.randrange(10))))
    return {voucher.number}


def _odd(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """Accounts that meet nowhere else."""
    fen = yuan(f"{draw.randrange(50_000, 900_000)}.00")
    odd = f"Assets:135-其他应收款:{place:04d}"
    lines = (Posting(odd, fen, "F01"), Posting(DUES, -fen, "F01"))
    return {_number(writer, Draft("bench", _some_day(draw), "转", "调整", lines))}


def _name(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """A registered name: in the narration, the payee, or beside a posting."""
    where = draw.choice(("narration", "payee", "meta"))
    said: Any = f"退{NAME}{place}元"
    said = (("memo", said),) if where == "meta" else said
    return {_number(writer, paid(f"{place}.58", _some_day(draw), **{where: said}))}


def _gift(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """A gift is spent on the day after its last one, or later."""
    day = LAST + timedelta(days=1 + draw.randrange(60))
    return {_number(writer, paid(f"{place}.59", day, meta=(("gift", GIFT_CODE),)))}


def _astray(writer: Writer, draw: random.Random, place: int) -> set[str]:
    """A gift for F03 is entered in another fund."""
    fen, fund = yuan(f"{place}.60"), draw.choice(("F01", "F02"))
    lines = (Posting(BANK, fen, fund), Posting(DUES, -fen, fund, (("gift", GIFT_CODE),)))
    return {_number(writer, Draft("bench", _some_day(draw), "收", "捐赠", lines))}


def _known(federation: Path) -> Known:
    """A registry that knows one name and one gift."""
    book = population(federation)
    named = {
        column: frozenset(n for n, text in enumerate(book.texts(column)) if NAME in text)
        for column in ("text", "memo")
    }
    terms = GiftTerms(GIFT_CODE, ("F03",), LAST, related=False)
    return Known(naming=named["text"], memos=named["memo"], gifts=(terms,))


@pytest.mark.parametrize(
    ("name", "plant"),
    [
        ("duplicates", _twice), ("split-under-limit", _split), ("round-sums", _round),
        ("weekend-cash", _weekend), ("late-posting", _late), ("same-maker-and-checker", _own),
        ("currency-rounding", _rate), ("unmatched-remittance", _loose),
        ("duplicates", _document), ("number-gaps", _gap), ("back-dating", _dated_back),
        ("cut-off", _dressed), ("unusual-accounts", _odd), ("leaked-name", _name),
        ("expired-restriction", _gift), ("gift-on-wrong-fund", _astray),
    ],
)  # fmt: skip
def test_what_is_planted_at_random_is_found_and_hardly_anything_else(
    writer: Writer, name: str, plant: Plant
) -> None:
    """Twenty-five plants among a thousand plain vouchers: 95 % found, 5 % told without cause."""
    draw = random.Random(f"2026 {name}")
    planted: list[set[str]] = []
    writer.close(Month(2026, 1))
    for place in range(1000):
        amount = f"{draw.randrange(50, 3000)}.{draw.randrange(100):02d}"
        payee = draw.choice(("示例商行", "示例书店", "示例餐馆", ""))
        writer.enter(paid(amount, _some_day(draw), payee=payee))
        if place % 40 == 20:
            planted.append(plant(writer, draw, place))
    writer.save()
    federation = writer.folder.parent.parent
    found = set(numbers(hits(name, federation, _known(federation))))
    assert sum(bool(one & found) for one in planted) >= 0.95 * len(planted) > 20
    assert len(found - set().union(*planted)) <= 0.05 * 1000
