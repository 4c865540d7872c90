"""A book in memory takes in what was posted, reads one month for it, and equals a fresh reading."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import Any

from beancount import loader

from ledger import closing, reversing, workflow
from ledger.entry import Draft, Lot, Posting, Voucher
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.loaded_book import LoadedBook
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import entries
from tests.house import ACTIVITY, ASSET_FUND, BANK, DUES, UNIT, House


def as_beancount_reads(house: House) -> list[Any]:
    found, errors, _ = loader.load_file(str(house.folder / "book.bean"))
    assert errors == []
    return found


def opened(house: House) -> LoadedBook:
    book = LoadedBook(house.registry, UNIT)
    assert book.refresh()
    assert book.errors == []
    return book


def test_a_book_is_what_beancounts_own_loader_reads(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    book = opened(small_house)
    assert book.entries == as_beancount_reads(small_house)
    assert not book.refresh()


def test_new_vouchers_are_taken_in_and_only_their_month_is_read(small_house: House) -> None:
    small_house.post(small_house.draft("25.00", day=date(2026, 2, 3)))
    small_house.post(small_house.draft("26.00", day=date(2026, 3, 5)))
    book = opened(small_house)
    book.files_read.clear()
    # An earlier month, an earlier day, several lines, a payee, a paper's worth of other text.
    small_house.post(small_house.draft("27.00", day=date(2026, 2, 1), payee="某公司（示例）"))
    assert book.refresh()
    many = (
        Posting(BANK, yuan("30.00"), "F01"),
        Posting(DUES, yuan("-10.00"), "F01"),
        Posting(DUES, yuan("-20.00"), "F01"),
    )
    small_house.post(small_house.draft("1.00", day=date(2026, 3, 2), source="a"))
    workflow.propose(
        small_house.registry, small_house.draft(source="b"), small_house.maker, small_house.now
    )
    draft = small_house.draft(day=date(2026, 3, 5), source="c", narration='引号 "和" \\ 斜线')
    small_house.post(type(draft)(UNIT, draft.day, "收", draft.narration, many, source="c"))
    assert book.refresh()
    assert book.files_read == ["2026/02.bean", "2026/03.bean"]
    assert book.whole_readings == 1
    fresh = as_beancount_reads(small_house)
    assert book.entries == fresh
    places = [[entry.meta["lineno"] for entry in found] for found in (book.entries, fresh)]
    assert places[0] == places[1]


def test_a_half_written_voucher_waits_for_the_rest(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    book = opened(small_house)
    small_house.post(small_house.draft("26.00"))
    small_house.post(small_house.draft("27.00"))
    path = small_house.folder / "2026" / "03.bean"
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert book.refresh()
    assert book.errors == []
    path.write_bytes(whole)
    assert book.refresh()
    assert book.whole_readings == 1
    assert book.entries == as_beancount_reads(small_house)


def test_files_that_were_only_touched_are_not_read_whole(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    book = opened(small_house)
    for path in small_house.folder.rglob("*.bean"):
        path.touch()
    small_house.post(small_house.draft("26.00"))
    assert book.refresh()
    assert book.whole_readings == 1
    assert book.entries == as_beancount_reads(small_house)


def test_an_account_or_a_closing_means_reading_all_again(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    book = opened(small_house)
    with open_pen(small_house.registry, UNIT, small_house.now) as pen:
        name = "Expenses:505-业务支出"
        open_accounts(
            pen, [entries.AccountRow(name, "Other", "CNY", False, date(2026, 3, 1), None)]
        )
    assert book.refresh()
    assert book.whole_readings == 2
    small_house.post(small_house.draft("3.00", debit=name, credit=BANK, kind="付"))
    assert book.refresh()
    assert book.whole_readings == 2
    closing.close_month(
        small_house.registry, UNIT, Month(2026, 3), small_house.maker, small_house.later(days=30)
    )
    assert book.refresh()
    assert book.entries == as_beancount_reads(small_house)


def test_a_reversal_appears_like_any_other_voucher(small_house: House) -> None:
    wrong = small_house.post(small_house.draft("7.00"))
    book = opened(small_house)
    back = reversing.reverse(
        small_house.registry, UNIT, wrong.number, small_house.maker, small_house.now,
        day=date(2026, 3, 6), reason="记错",
    )  # fmt: skip
    assert isinstance(
        workflow.approve(small_house.registry, back, small_house.checker, small_house.now), Voucher
    )
    assert book.refresh()
    assert book.whole_readings == 1
    assert book.entries == as_beancount_reads(small_house)


def test_a_voucher_that_the_journal_does_not_know_is_not_taken_in_quietly(
    small_house: House,
) -> None:
    small_house.post(small_house.draft("25.00"))
    book = opened(small_house)
    path = small_house.folder / "2026" / "03.bean"
    forged = path.read_text(encoding="utf-8").replace("25.00", "9025.00")
    path.write_text(path.read_text(encoding="utf-8") + forged, encoding="utf-8")
    assert book.refresh()
    # Read whole, with every check; the number that stands twice is found.
    assert book.whole_readings == 2
    assert book.errors != []


def test_an_altered_amount_is_seen_although_the_size_is_the_same(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    book = opened(small_house)
    path = small_house.folder / "2026" / "03.bean"
    stat = path.stat()
    path.write_bytes(path.read_bytes().replace(b" 25.00 CNY", b" 95.00 CNY"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert book.refresh()
    assert book.whole_readings == 2
    assert book.errors != []


def test_policy_that_is_not_ours_is_not_even_parsed(small_house: House) -> None:
    """A plugin or an extension that somebody adds to book.bean is never imported."""
    path = small_house.folder / "book.bean"
    small_house.post(small_house.draft("25.00"))
    book = opened(small_house)
    path.write_text(
        path.read_text(encoding="utf-8") + 'plugin "evil"\ninclude "/etc/passwd"\n',
        encoding="utf-8",
    )
    (small_house.folder / "evil.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    assert book.refresh()
    assert len(book.errors) == 1
    assert book.entries == []


def test_foreign_text_in_a_month_is_not_parsed(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    path = small_house.folder / "2026" / "03.bean"
    with path.open("a", encoding="utf-8") as file:
        file.write(f'2026-03-06 * "x"\n  {ACTIVITY}  1/0 CNY\n  {BANK}\n')
    book = LoadedBook(small_house.registry, UNIT)
    book.refresh()
    assert len(book.errors) == 1
    assert book.entries == []


def test_a_file_that_is_no_plain_file_is_not_read(small_house: House) -> None:
    path = small_house.folder / "2026" / "07.bean"
    path.unlink()
    path.symlink_to("/dev/zero")
    book = LoadedBook(small_house.registry, UNIT)
    book.refresh()
    assert book.errors != []


def test_a_thing_bought_is_booked_with_the_rest(small_house: House) -> None:
    things = "Assets:162-固定资产:02-其他资产"
    with open_pen(small_house.registry, UNIT, small_house.now) as pen:
        open_accounts(pen, [entries.AccountRow(things, "Things", "", True, date(2026, 3, 1), None)])
    book = opened(small_house)
    small_house.post(small_house.draft("9000.00", day=date(2026, 3, 1)))
    lot = Lot(Decimal(1), "FA-00001", yuan("1200.00"))
    bought = (
        Posting(things, lot.weight, "F01", lot=lot),
        Posting(ASSET_FUND, -lot.weight, "F01"),
    )
    small_house.post(Draft(UNIT, date(2026, 3, 4), "转", "购电脑", bought, source="fa"))
    assert book.refresh()
    assert book.errors == []
    assert book.whole_readings == 2
    assert book.entries == as_beancount_reads(small_house)
