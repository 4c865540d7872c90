"""Our readers inside beangulp: its own commands extract, and Beancount loads what they print."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import beangulp
import pytest
from beancount import loader
from beancount.core import data
from click.testing import CliRunner

from importers.beangulp_wrapper import StatementImporter
from importers.identity import import_ids
from importers.read import read_file
from tests.house import BANK, CASH
from tests.importers.desk import FULL, NUMBER, OTHER_NUMBER, history

SUSPENSE = "Assets:135-其他应收款:99-待确认"
IMPORTER = StatementImporter({BANK: NUMBER, CASH: OTHER_NUMBER}, SUSPENSE, fund="F01")
MOVES = history([2500, 2500, -1250, 99, 4800])
OPENINGS = "".join(f"2026-01-01 open {name} CNY\n" for name in (BANK, CASH, SUSPENSE)) + (
    "2026-01-01 open Equity:321-工会资金结余 CNY\n"
    f'2026-03-01 * "期初"\n  {BANK}  1000.00 CNY\n  Equity:321-工会资金结余\n'
)


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "张三的明细.csv"
    path.write_bytes(FULL.csv(MOVES))
    return path


def extract(*words: str) -> str:
    done = CliRunner().invoke(beangulp.Ingest([IMPORTER]).cli, ["extract", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_beangulp_prints_what_beancount_loads_with_the_closing_balance(statement: Path) -> None:
    entries, errors, _ = loader.load_string(OPENINGS + extract(str(statement)))
    assert errors == []
    found = [entry for entry in entries if isinstance(entry, data.Transaction) and entry.links]
    reading = read_file(statement)
    ids = import_ids(reading.lines, BANK)
    assert [next(iter(entry.links)) for entry in found] == ids
    assert [entry.meta["import-id"] for entry in found] == ids
    units = [entry.postings[0].units for entry in found]
    assert [unit.number for unit in units if unit] == [x.amount.decimal for x in reading.lines]
    balance = next(entry for entry in entries if isinstance(entry, data.Balance))
    assert (balance.amount.number, balance.date) == (
        reading.closing.decimal if reading.closing else None, reading.lines[-1].day.replace(day=5)
    )  # fmt: skip


def test_lines_in_the_book_are_marked_and_equal_ones_beside_them_are_not(
    statement: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book.beancount"
    first = tmp_path / "first.csv"
    first.write_bytes(FULL.csv(MOVES[:1]))
    book.write_text(OPENINGS + extract(str(first)), encoding="utf-8")
    again = extract("-e", str(book), str(statement))
    fresh, _, _ = loader.load_string(OPENINGS + again)
    links = {link for e in fresh if isinstance(e, data.Transaction) for link in e.links}
    ids = import_ids(read_file(statement).lines, BANK)
    assert links == set(ids[1:])


def test_the_account_is_the_one_whose_number_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(replace(FULL, number="6200****0026").csv(MOVES))
    assert IMPORTER.identify(str(path))
    assert IMPORTER.account(str(path)) == CASH
    for number in ("6222020200001234567", ""):
        path.write_bytes(replace(FULL, number=number).csv(MOVES))
        assert not IMPORTER.identify(str(path))
        with pytest.raises(ValueError, match="not a statement"):
            IMPORTER.account(str(path))


def test_what_is_no_statement_is_not_identified(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("没有表格", encoding="utf-8")
    assert not IMPORTER.identify(str(path))
    assert not IMPORTER.identify(str(tmp_path / "none.csv"))
    assert IMPORTER.date(str(path)) is None


def test_archive_names_hold_a_layout_and_a_day_and_nobody(statement: Path) -> None:
    name = IMPORTER.filename(str(statement))
    assert name is not None
    assert "张三" not in name
    assert name.endswith(".csv")
    assert IMPORTER.date(str(statement)) == read_file(statement).end


def test_no_word_of_the_bank_is_extracted(statement: Path) -> None:
    text = extract(str(statement))
    assert MOVES[0].name not in text
    assert MOVES[0].memo not in text


def test_entries_are_the_same_by_import_id_alone(statement: Path) -> None:
    one, twin, *_ = IMPORTER.extract(str(statement), [])
    assert IMPORTER.cmp(one, one)
    assert not IMPORTER.cmp(one, twin)
    assert not IMPORTER.cmp(one._replace(links=frozenset()), one)


def test_a_badly_named_account_is_refused() -> None:
    with pytest.raises(ValueError, match="not an account"):
        StatementImporter({"Assets:工行": NUMBER}, SUSPENSE)
