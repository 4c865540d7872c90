"""Two witnesses: what is committed is in the file, what is in the file was committed."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ledger import bookchain, canonical_reader, journal, reversing, workflow
from ledger.checking import check_unit
from ledger.errors import Refused, WitnessMismatch
from ledger.registry import entries
from tests.house import UNIT, House

MARCH = "2026/03.bean"


def test_a_posted_voucher_is_a_row_and_the_same_bytes(house: House) -> None:
    voucher = house.post(house.draft())
    with house.registry.read() as conn:
        row = entries.by_number(conn, UNIT, voucher.number)
    assert row is not None
    data = (house.folder / MARCH).read_bytes()
    assert data[row.offset :] == row.text
    assert canonical_reader.parse_voucher(row.text.decode()) == voucher


def test_numbers_are_gapless_per_class_and_month(house: House) -> None:
    numbers = [
        house.post(house.draft(kind=kind, day=day)).number
        for kind, day in (
            ("收", date(2026, 3, 5)),
            ("付", date(2026, 3, 5)),
            ("收", date(2026, 2, 5)),
            ("收", date(2026, 3, 1)),
        )
    ]
    assert numbers == [
        "收-202603-0001",
        "付-202603-0001",
        "收-202602-0001",
        "收-202603-0002",
    ]


def test_a_refused_draft_takes_no_number(house: House) -> None:
    house.post(house.draft())
    with pytest.raises(Refused):
        house.post(house.draft(debit="Assets:199-没有"))
    assert house.post(house.draft()).number == "收-202603-0002"


def test_one_idempotency_key_is_one_voucher(house: House) -> None:
    draft = house.draft()
    draft_id = workflow.propose(house.registry, draft, house.maker, house.now)
    workflow.approve(house.registry, draft_id, house.checker, house.now)
    with pytest.raises(Refused, match="no-draft"):
        workflow.approve(house.registry, draft_id, house.second, house.now)


def test_a_clean_book_has_no_findings(house: House) -> None:
    for amount in ("25.00", "0.01", "9999.99"):
        house.post(house.draft(amount))
    assert check_unit(house.registry, UNIT) == []


@pytest.mark.parametrize("kept", [0, 1, 40, -1])
def test_a_torn_tail_is_replayed_from_the_journal(house: House, kept: int) -> None:
    house.post(house.draft())
    path = house.folder / MARCH
    before = path.read_bytes()
    house.post(house.draft("30.00"))
    whole = path.read_bytes()
    tail = len(whole) - len(before)
    path.write_bytes(whole[: len(before) + (tail + kept if kept < 0 else kept)])
    assert journal.behind(house.registry, UNIT)
    journal.recover(house.registry, UNIT, house.now)
    assert path.read_bytes() == whole
    assert check_unit(house.registry, UNIT) == []


def test_the_next_posting_replays_as_well(house: House) -> None:
    house.post(house.draft())
    path = house.folder / MARCH
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    house.post(house.draft("31.00"))
    assert path.read_bytes().startswith(whole)
    assert check_unit(house.registry, UNIT) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b'2026-03-09 * "extra"\n',
        lambda data: data.replace(b"25.00", b"26.00"),
        lambda data: data[:-30] + b"x" * 5,
        lambda data: data[1:],
    ],
)
def test_any_other_tail_stops_the_program(house: House, change: object) -> None:
    house.post(house.draft())
    path = house.folder / MARCH
    altered = change(path.read_bytes())  # type: ignore[operator]
    path.write_bytes(altered)
    with pytest.raises(WitnessMismatch, match="witnesses-differ"):
        house.post(house.draft("30.00"))
    assert path.read_bytes() == altered
    assert check_unit(house.registry, UNIT)


def test_check_names_file_and_line_of_a_changed_byte(house: House) -> None:
    house.post(house.draft())
    house.post(house.draft("30.00"))
    path = house.folder / MARCH
    text = path.read_text().replace("三月会费", "三月党费", 1)
    path.write_text(text)
    found = check_unit(house.registry, UNIT)
    places = {(fault.rule, fault.file, fault.line) for fault in found}
    assert ("witnesses-differ", f"units/{UNIT}/{MARCH}", 1) in places
    assert ("chain-broken", f"units/{UNIT}/{MARCH}", 1) in places


def test_the_chain_covers_fund_and_every_word(small_house: House) -> None:
    house = small_house
    house.post(house.draft())
    house.post(house.draft("30.00"))
    path = house.folder / MARCH
    whole = path.read_text()
    assert bookchain.verify_book(house.folder) == []
    for old, new in (
        ('fund: "F01"', 'fund: "F02"'),
        ("2026-03-05 *", "2026-03-06 *"),
        ("25.00", "24.00"),
        (f'unit: "{UNIT}"', 'unit: "other"'),
        (f'maker: "{house.maker.id}"', 'maker: "u-0000000000"'),
    ):
        path.write_text(whole.replace(old, new, 2))
        assert bookchain.verify_book(house.folder), (old, new)
    entries_ = whole.split("\n\n")
    path.write_text("\n\n".join(entries_[1:]))
    assert bookchain.verify_book(house.folder)


def test_a_lost_file_is_written_again_from_the_journal(house: House) -> None:
    house.post(house.draft())
    path = house.folder / MARCH
    whole = path.read_bytes()
    path.unlink()
    (house.folder / "book.bean").unlink()
    journal.recover(house.registry, UNIT, house.now)
    assert path.read_bytes() == whole
    assert check_unit(house.registry, UNIT) == []


def test_a_foreign_file_in_the_book_is_found(small_house: House) -> None:
    (small_house.folder / "2026" / "13.bean").write_text("; hello\n")
    rules = {fault.rule for fault in check_unit(small_house.registry, UNIT)}
    assert "foreign-file" in rules


def test_changed_policy_is_found(small_house: House) -> None:
    path = small_house.folder / "book.bean"
    path.write_text(path.read_text().replace('"0"', '"0.5"'))
    found = check_unit(small_house.registry, UNIT)
    assert [(f.rule, f.line) for f in found] == [("policy-changed", 4)]


def test_a_reversal_takes_back_every_line_and_is_made_once(house: House) -> None:
    voucher = house.post(house.draft())
    draft_id = reversing.reverse(
        house.registry, UNIT, voucher.number, house.maker, house.now,
        day=date(2026, 3, 6), reason="记错",
    )  # fmt: skip
    back = workflow.approve(house.registry, draft_id, house.checker, house.now)
    assert not isinstance(back, workflow.Waiting)
    assert back.draft.reverses == voucher.number
    assert [p.amount for p in back.draft.postings] == [-p.amount for p in voucher.draft.postings]
    with pytest.raises(Refused, match=re.escape(back.number)):
        reversing.reverse(
            house.registry, UNIT, voucher.number, house.maker, house.now,
            day=date(2026, 3, 6), reason="再冲",
        )  # fmt: skip
    assert check_unit(house.registry, UNIT) == []


def test_recovery_of_a_whole_book_changes_nothing(house: House) -> None:
    house.post(house.draft())
    before = {p: p.read_bytes() for p in house.folder.rglob("*.bean")}
    journal.recover(house.registry, UNIT, house.now)
    assert {p: p.read_bytes() for p in house.folder.rglob("*.bean")} == before
    assert not journal.behind(house.registry, UNIT)
