"""The cache of the read model: shared, broken, forged, unwritable, and never believed over text."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger import canonical_reader, modelcache
from ledger.cacheproof import check_cache
from ledger.canonical_reader import NotCanonical
from ledger.cli.bench.books import ACCOUNTS
from ledger.errors import Refused
from ledger.model import Model, cache_path
from ledger.period import Month
from tests.ledger.test_model import model_cells

BANK = ACCOUNTS[1].name
JANUARY = Month(2025, 1)


def figures(book: Path, cache_file: Path | None = None) -> dict[Any, tuple[int, int, int]]:
    with closing(Model.open(book, cache_file)) as model:
        return model_cells(model)


def change(book: Path, statement: str) -> None:
    """Alter the cache behind the program's back; its parts still claim the right digests."""
    with closing(sqlite3.connect(cache_path(book))) as cache, cache:
        assert cache.execute(statement).rowcount


def settle(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let times alone be believed at once, as they are when a file has been still for a while."""
    monkeypatch.setattr(modelcache, "_SETTLED_NS", 0)
    figures(book)


# ---- opened, read, counted ---------------------------------------------------------------------


def test_a_months_report_opens_that_month_only(folder: Path) -> None:
    with closing(Model.open(folder)) as model:
        model.cells(since=JANUARY, through=JANUARY)
        assert (model.files_parsed, model.bytes_read) == (
            1,
            (folder / "2025/01.bean").stat().st_size,
        )


def test_other_months_may_be_unreadable(folder: Path) -> None:
    for month in range(2, 13):
        (folder / f"2025/{month:02d}.bean").write_bytes(b"\xff not a book")
    with closing(Model.open(folder)) as model:
        assert model.cells(through=JANUARY)
        with pytest.raises(NotCanonical):
            model.cells(through=Month(2025, 2))


def test_a_warm_answer_reads_no_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(folder, monkeypatch)
    with closing(Model.open(folder)) as model:
        model.cells()
        assert (model.files_parsed, model.bytes_read) == (0, 0)


def test_a_drill_down_reads_its_vouchers_only(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settle(folder, monkeypatch)
    with closing(Model.open(folder)) as model:
        list(model.lines(through=JANUARY, accounts=[BANK]))
    with closing(Model.open(folder)) as model:
        found = model.voucher("收-202501-0002")
        assert found.number == "收-202501-0002"
        assert model.bytes_read < 2 * (folder / "2025/01.bean").stat().st_size / 4


def test_files_that_are_no_months_are_passed_over(folder: Path) -> None:
    expected = figures(folder)
    for name in ("2025/13.bean", "2025/00.bean", "0001/01.bean", "2025/99.bean"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x\n")
    os.mkfifo(folder / "2026" / "14.bean")
    (folder / "2027").mkdir()
    (folder / "2027" / "01.bean").mkdir()
    assert figures(folder) == expected


# ---- changed text ------------------------------------------------------------------------------


def test_a_change_within_one_tick_of_the_clock_is_seen(folder: Path) -> None:
    """The file's times and size stand as they were; only its bytes changed."""
    path = folder / "2025/01.bean"
    text = path.read_text()
    number = text.split(f"{BANK}  ")[1].split(" ")[0]
    other = ("9" if number[0] != "9" else "8") + number[1:]
    both = text.replace(f"  {number} ", f"  {other} ").replace(f"-{number} ", f"-{other} ")
    before = figures(folder)
    path.write_text(both)
    assert figures(folder) != before
    path.write_text(text)
    assert figures(folder) == before


def test_a_false_cache_never_stands_over_changed_text(folder: Path) -> None:
    expected = figures(folder)
    change(folder, "UPDATE file SET digest = 'x', stat = ''")
    change(folder, "UPDATE cell SET debit = debit + 100")
    assert figures(folder) == expected


# ---- several at once ---------------------------------------------------------------------------


@pytest.mark.parametrize("grown", [False, True], ids=["new", "grown"])
def test_two_who_read_a_month_at_once_do_not_count_it_twice(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    grown: bool,
) -> None:
    expected = figures(folder)
    path = folder / "2025/01.bean"
    whole = path.read_bytes()
    if grown:
        path.write_bytes(whole[: whole.rstrip(b"\n").rfind(b"\n\n") + 2])
        figures(folder)
        path.write_bytes(whole)
    else:
        shutil.rmtree(folder / ".cache")
    real = canonical_reader.read_cells
    others: list[dict[Any, tuple[int, int, int]]] = []

    def meanwhile(*arguments: Any) -> canonical_reader.Cells:
        found = real(*arguments)
        if not others:
            others.append({})
            others.append(figures(folder))
        return found

    monkeypatch.setattr(canonical_reader, "read_cells", meanwhile)
    assert figures(folder) == expected
    assert others[1] == expected
    assert figures(folder) == expected


def test_answers_of_one_model_agree_while_somebody_posts(folder: Path) -> None:
    path = folder / "2025/01.bean"
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rstrip(b"\n").rfind(b"\n\n") + 2])
    with closing(Model.open(folder)) as model:
        before = model_cells(model, through=JANUARY)
        path.write_bytes(whole)
        assert figures(folder) != before
        assert model_cells(model, through=JANUARY) == before
        lines = list(model.lines(through=JANUARY, accounts=[BANK]))
        assert sum(line.amount.fen for line in lines) == sum(
            debit - credit for key, (debit, credit, _) in before.items() if key[0] == BANK
        )


def test_a_reader_waits_for_a_writer_in_the_middle_of_an_append(folder: Path) -> None:
    from ledger import journal

    expected = figures(folder)
    path = folder / "2025/01.bean"
    whole = path.read_bytes()
    path.write_bytes(whole[:-50])
    holds = threading.Event()

    def write() -> None:
        with journal.locked(folder):
            holds.set()
            threading.Event().wait(0.3)
            path.write_bytes(whole)

    writer = threading.Thread(target=write)
    writer.start()
    holds.wait()
    assert figures(folder) == expected
    writer.join()


def test_processes_read_one_cache_together(folder: Path) -> None:
    expected = sum(debit for debit, _, _ in figures(folder).values())
    shutil.rmtree(folder / ".cache")
    script = (
        "import sys; from pathlib import Path; from ledger.model import Model\n"
        "model = Model.open(Path(sys.argv[1]))\n"
        "list(model.lines(fund='F01'))\n"
        "print(sum(cell.debit for cell in model.cells()))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [process.communicate()[0].strip() for process in running] == [str(expected)] * 4
    assert sum(debit for debit, _, _ in figures(folder).values()) == expected


# ---- broken and unwritable ---------------------------------------------------------------------


def test_a_cache_broken_anywhere_is_made_again(folder: Path) -> None:
    expected = figures(folder)
    path = cache_path(folder)
    with closing(sqlite3.connect(path)) as cache:
        cache.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    for kept in (0, 1, 100, 4096, 5000, 8192, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:kept])
        assert figures(folder) == expected, kept
        modelcache.remove(path)
    for place in range(0, len(whole), 997):
        path.write_bytes(whole[:place] + b"\x00\xff" * 40 + whole[place + 80 :])
        try:
            found = figures(folder)
        except Exception as fault:
            raise AssertionError(f"broken at {place}: {fault!r}") from fault
        # What sqlite cannot tell from sound data, verification does.
        assert found == expected or check_cache(folder), place
        modelcache.remove(path)


def test_a_cache_that_is_no_database_is_made_again(folder: Path) -> None:
    expected = figures(folder)
    cache_path(folder).write_bytes(b"not a database" * 1000)
    assert figures(folder) == expected


def test_a_cache_of_another_version_is_made_again(folder: Path) -> None:
    expected = figures(folder)
    change(folder, "UPDATE cell SET debit = debit + 100")
    with closing(sqlite3.connect(cache_path(folder))) as cache:
        cache.execute("PRAGMA user_version=99")
    assert figures(folder) == expected


@pytest.mark.parametrize("place", ["book.bean/model.db", "/proc/nothing/model.db", "/dev/null/x"])
def test_where_no_cache_can_be_written_it_lives_in_memory(folder: Path, place: str) -> None:
    assert figures(folder, folder / place) == figures(folder)


def test_who_may_write_nothing_leaves_nothing_beside_the_book(folder: Path) -> None:
    expected = figures(folder)
    modelcache.remove(cache_path(folder))
    with closing(Model.unkept(folder)) as model:
        assert model_cells(model) == expected
    assert not cache_path(folder).exists()


def test_a_cache_of_somebody_else_is_not_written(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = figures(folder)
    modelcache.remove(cache_path(folder))
    figures(folder)
    before = cache_path(folder).read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert figures(folder) == expected
    assert cache_path(folder).read_bytes() == before


# ---- forged ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE cell SET debit = debit + 100 WHERE debit > 0",
        "UPDATE cell SET fund = 'F02' WHERE credit > 0",
        "DELETE FROM cell WHERE account LIKE 'Income:%'",
        "INSERT INTO cell VALUES(1, 'Assets:101-库存现金', 'F01', 'CNY', 5, 0, 1)",
        "DELETE FROM touched WHERE offset = 0",
        "DELETE FROM voucher WHERE offset = 0",
        "UPDATE voucher SET length = length + 1 WHERE offset = 0",
    ],
)
def test_a_forged_cache_is_found_and_thrown_away(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    forgery: str,
) -> None:
    settle(folder, monkeypatch)
    with closing(Model.open(folder)) as model:
        list(model.lines(accounts=[BANK]))
        expected = model_cells(model)
    assert check_cache(folder) == []
    change(folder, forgery)
    assert [found.rule for found in check_cache(folder)] == ["cache-false"]
    assert figures(folder) == expected
    assert check_cache(folder) == []


def test_a_forged_index_shows_no_other_voucher(folder: Path) -> None:
    with closing(Model.open(folder)) as model:
        model.voucher("收-202501-0001")
    change(folder, "UPDATE voucher SET number = '收-202501-0009' WHERE number = '收-202501-0001'")
    with closing(Model.open(folder)) as model, pytest.raises(Refused, match="no-voucher"):
        model.voucher("收-202501-0009")
