"""A donor's statement of a year: their gifts whole, for them alone, and nobody's name beside."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.gifts import receipting
from ledger.gifts.donors import erase
from ledger.gifts.pledging import Promise, pledge, receive
from ledger.gifts.refunding import Refund, refund
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import oplog, users
from reports.donor_source import donor_files
from reports.sources import book_source
from reports.statements import donor as statement
from tests.asked import asked
from tests.gifts.giving import NOW, UNIT, Giving

YEAR = Period.parse("2026")


def files(world: Giving, donor: str = "", period: Period = YEAR) -> list[statement.DonorFile]:
    return donor_files(world.registry, UNIT, period, world.maker, NOW, donor)


def test_every_gift_stands_with_what_became_of_it(giving: Giving) -> None:
    donor = giving.donor("欧阳示例")
    campaign = giving.campaign()
    first = giving.give("500.00", donor=donor, campaign=campaign.code, purpose="购买救生衣")
    giving.spend("120.00", campaign.fund, date(2026, 4, 1), purpose="救生衣")
    giving.spend("30.00", campaign.fund, date(2026, 4, 2), purpose="燃油")
    giving.spend("10.00", campaign.fund, date(2026, 4, 3), purpose="救生衣")
    second = giving.give("40.00", donor=donor, fund="F01", day=date(2026, 5, 1))
    back = Refund(UNIT, second, date(2026, 5, 9), yuan("15.00"), giving.bank)
    giving.approve(refund(giving.registry, back, giving.maker, NOW))
    goods = giving.record(
        donor=donor, kind="goods", amount=yuan("90.00"), quantity="3", measure="袋",
        basis="invoice", fund="F02", day=date(2026, 6, 1), paper=b"i", paper_name="i.pdf",
    )  # fmt: skip
    giving.approve(goods.draft)
    receipting.give_for(giving.registry, UNIT, first, giving.maker, NOW)

    file = files(giving, donor)[0]
    assert (file.name, file.on) == ("欧阳示例", NOW.date())
    told = [
        (one.code, one.came.text, one.used.text, one.held.text, one.returned.text)
        for one in file.gifts
    ]
    assert told == [
        (first, "500.00", "160.00", "340.00", "0.00"), (second, "40.00", "0.00", "25.00", "15.00"),
        (goods.row.code, "90.00", "0.00", "90.00", "0.00"),
    ]  # fmt: skip
    one = file.gifts[0]
    assert one.uses == (("救生衣", Money(13000)), ("燃油", Money(3000)))
    assert one.receipts == ("JS2026-0001-9",)
    assert "购买救生衣" in one.purpose
    assert file.gifts[2].what.zh == "物资 3 袋"
    made = statement.build(book_source(giving.registry.folder, UNIT, YEAR), file, YEAR)
    assert [cell.text for cell in made.lines[-1].cells[3:] if isinstance(cell, Money)] == [
        "630.00", "630.00", "160.00", "455.00", "15.00",
    ]  # fmt: skip
    assert any("没有收据" in note.zh or "尚未开具" in note.zh for note in made.notes)


def test_what_came_in_the_year_stands_beside_what_came_in_all(giving: Giving) -> None:
    """A pledge of which one part came in a quarter, and the other in the next."""
    parts = [(date(2026, 3, 1), yuan("60.00")), (date(2026, 5, 1), yuan("40.00"))]
    donor = giving.donor("欧阳示例")
    promise = Promise(UNIT, donor, date(2026, 2, 1), parts, fund="F02")
    code = pledge(giving.registry, promise, giving.maker, NOW).code
    for day, amount in parts:
        giving.approve(
            receive(giving.registry, UNIT, code, amount, giving.bank, day, giving.maker, NOW)
        )
    one = files(giving, donor, Period.parse("2026-Q2"))[0].gifts[0]
    assert (one.came.text, one.received.text, one.held.text) == ("40.00", "100.00", "100.00")
    with pytest.raises(Refused, match="no-donor-statement"):
        files(giving, donor, Period.parse("2025"))


def test_a_reversed_receipt_is_no_gift_of_the_year(giving: Giving) -> None:
    donor = giving.donor("欧阳示例")
    done = giving.record(donor=donor, amount=yuan("5.00"), money=giving.bank, fund="F01")
    giving.reverse(giving.approve(done.draft), date(2026, 3, 9))
    with pytest.raises(Refused, match="no-donor-statement"):
        files(giving, donor)
    assert files(giving) == []


def test_anonymous_and_erased_donors_have_none(giving: Giving) -> None:
    anonymous, erased = giving.donor(), giving.donor("欧阳示例")
    kept = giving.donor("上官示例")
    for donor in (anonymous, erased, kept):
        giving.give("5.00", donor=donor, fund="F01")
    with giving.registry.read() as conn:
        admin = users.of_login(conn, "admin")
    erase(giving.registry, UNIT, erased, "本人要求", admin, NOW)
    assert [file.donor for file in files(giving)] == [kept]
    with pytest.raises(Refused, match="anonymous-donor"):
        files(giving, anonymous)
    with pytest.raises(Refused, match="no-donor-statement"):
        files(giving, erased)
    with pytest.raises(CannotRun, match="no-donor"):
        files(giving, "d-NOBODY")
    with pytest.raises(NotAllowed):
        donor_files(giving.registry, UNIT, YEAR, giving.reader, NOW)
    assert donor_files(giving.registry, UNIT, YEAR, giving.checker, NOW)


def test_many_donors_ask_no_more_questions_than_one(giving: Giving) -> None:
    counts = []
    for many in (1, 6):
        for number in range(many):
            giving.give("5.00", donor=giving.donor(f"示例{many}{number}号"), fund="F01")
        with asked(giving.registry) as questions:
            files(giving)
        counts.append(len(questions))
    assert counts[0] == counts[1]


def test_the_command_writes_files_named_by_ids_and_logs_who_was_read(
    giving: Giving, tmp_path: Path
) -> None:
    names = ("欧阳示例", "上官示例")
    ids = [giving.donor(name) for name in names]
    for donor in ids:
        giving.give("5.00", donor=donor, fund="F01")
    folder = tmp_path / "all"
    told = giving.run("donors", "statement", "--all", "--year", "2026", "-o", folder, "--json")
    assert json.loads(told.out)["statements"] == sorted(ids)
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{d}-2026.pdf" for d in ids)
    for donor, name, other in zip(ids, names, names[::-1], strict=True):
        pages = PdfReader(folder / f"{donor}-2026.pdf").pages
        text = "".join(page.extract_text() for page in pages)
        assert name in text
        assert other not in text
    one = giving.run("donors", "statement", ids[0], "--year", "2026", "-o", tmp_path / "one.pdf")
    assert one.status == 0
    with giving.registry.read() as conn:
        acts = [act for act in oplog.entries(conn, UNIT) if act.action == "donor.statement"]
        whole = repr(oplog.entries(conn))
    assert [act.object for act in acts] == [*sorted(ids), ids[0]]
    assert not any(name in whole + told.out + told.err + one.out for name in names)


@pytest.mark.parametrize(
    ("words", "status", "rule"),
    [
        (["--year", "2026"], 2, "usage"),
        (["d-X", "--all", "--year", "2026"], 2, "usage"),
        (["d-X", "d-Y", "--year", "2026"], 2, "usage"),
        (["d-X", "--year", "26"], 2, "usage"),
        (["d-X", "--year", "2026"], 2, "no-donor"),
        (["--all", "--year", "2026", "-o", "/dev/null/x"], 2, "cannot-write"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    giving: Giving, tmp_path: Path, words: list[str], status: int, rule: str
) -> None:
    out = tmp_path / "out.pdf"
    told = giving.run("donors", "statement", "-o", out, *words)
    assert (told.status, told.out) == (status, "")
    assert f"[{rule}]" in told.err
    assert not out.exists()
