"""What is published of a book, and that nothing of a person is in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from beancount import loader

from ledger.model import Model
from ledger.period import Month, Period
from ledger.publishing.projecting import project
from tests.publishing.books import (
    AID,
    BANK,
    DUES,
    LEVY,
    SPORTS,
    SURPLUS,
    UNIT,
    aid,
    draft,
    dues,
    spent,
    writer,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.publishing.values import PublicBook


def write(folder: Path, book: PublicBook) -> Path:
    """The redacted book as a federation folder of its own; the unit's folder."""
    unit = folder / "units" / book.unit
    for name, text in book.texts.items():
        path = unit / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return unit


def test_a_purchase_is_a_row_of_its_own_and_its_words_are_labels(tmp_path: Path) -> None:
    book = writer(tmp_path)
    book.post(spent(date(2025, 3, 4), 12_000))
    book.save()
    found = project(tmp_path, UNIT, Period.parse("2025-03"))
    (row,) = found.rows
    assert (row.number, row.day) == ("付-202503-0001", date(2025, 3, 4))
    assert [(x.account, x.fund, x.amount.fen) for x in row.lines] == [
        (SPORTS, "F02", 12_000), ("Assets:102-银行存款", "F02", -12_000),
    ]  # fmt: skip
    assert row.words.zh == "文体活动支出（拨缴经费）"
    assert "示例用品" not in "".join(found.texts.values())


def test_dues_of_five_are_one_sum_and_dues_of_four_wait(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for who in range(4):
        book.post(dues(date(2025, 3, 4), who, 1_000 + who))
    book.save()
    waiting = project(tmp_path, UNIT, Period.parse("2025-03"))
    assert (waiting.groups, len(waiting.held)) == ((), 4)
    book.post(dues(date(2025, 3, 20), 4, 1_004))
    book.save()
    found = project(tmp_path, UNIT, Period.parse("2025-03"))
    (group,) = found.groups
    assert (group.day, group.at_least, found.held) == (date(2025, 3, 31), 5, ())
    assert {x.account: x.amount.fen for x in group.lines} == {
        "Assets:102-银行存款": 5_010, DUES: -5_010,
    }  # fmt: skip


def test_a_month_of_too_few_is_summed_with_its_neighbour(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for who in range(3):
        book.post(dues(date(2025, 1, 4), who, 1_000))
    for who in range(3, 6):
        book.post(dues(date(2025, 2, 4), who, 1_000))
    for who in range(2):
        book.post(dues(date(2025, 3, 4), who, 1_000))
    book.save()
    (group,) = project(tmp_path, UNIT, Period.parse("2025-Q1")).groups
    assert (str(group.first), group.day, len(group.seqs)) == ("2025-01", date(2025, 3, 31), 8)


def test_one_person_who_pays_five_times_is_not_five(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for day in range(1, 8):
        book.post(dues(date(2025, 3, day), 1, 1_000))
    book.save()
    assert project(tmp_path, UNIT, Period.parse("2025-03")).groups == ()


def test_the_redacted_book_is_a_book_of_plain_beancount_and_of_our_own(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for who in range(7):
        book.post(dues(date(2025, 3, 4), who, 1_000 + who))
    book.post(spent(date(2025, 3, 4), 12_000))
    book.post(draft(date(2025, 3, 5), (BANK, 50_000, "F02"), (LEVY, -50_000, "F02")))
    book.save()
    folder = write(tmp_path / "public", project(tmp_path, UNIT, Period.parse("2025-03")))
    assert "plugin" not in (folder / "book.bean").read_text(encoding="utf-8")
    assert loader.load_file(str(folder / "book.bean"))[1] == []
    model = Model.open(folder)
    cells = {(cell.account, cell.fund): cell.net for cell in model.cells(through=Month(2025, 3))}
    assert cells[DUES, "F01"] == -7_021
    assert cells["Assets:102-银行存款", "F02"] == 38_000
    model.close()


def test_a_carry_over_says_no_more_than_what_is_published(tmp_path: Path) -> None:
    book = writer(tmp_path)
    book.post(aid(date(2025, 6, 4), 77_700))
    book.post(spent(date(2025, 6, 5), 10_000, fund="F04"))
    book.post(
        draft(
            date(2025, 12, 31), (SURPLUS, 87_700, "F04"), (AID, -77_700, "F04"),
            (SPORTS, -10_000, "F04"),
        )
    )  # fmt: skip
    book.save()
    found = project(tmp_path, UNIT, Period.parse("2025"))
    text = "".join(found.texts.values())
    assert "777.00" not in text
    assert "877.00" not in text
    carried = found.rows[-1]
    assert {x.account: x.amount.fen for x in carried.lines} == {SURPLUS: 10_000, SPORTS: -10_000}
