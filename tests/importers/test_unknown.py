"""What no layout fits is read by its values where the balance proves it, and parked elsewhere."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from importers.read import read_bytes
from importers.unknown import BY_VALUES, UNKNOWN, read_any
from ledger.errors import Refused
from tests.cli.command import mingbai
from tests.importers import files
from tests.importers.layouts import (
    Cell,
    Columns,
    account,
    balance,
    came,
    day,
    memo,
    name,
    ref,
    size,
    table,
    went,
    words,
)
from tests.importers.test_drift import drifted
from tests.importers.truth import OWN, judge, movements, whole
from tests.importers.unseen import judged, unseen

NOBODYS: Columns = {
    "哪天": day, "进了": came, "花了": went, "还剩": balance, "谁": name, "那个号": account,
    "编码": ref, "说啥": memo,
}  # fmt: skip


def test_of_layouts_never_seen_the_header_is_found_no_sign_is_wrong_and_no_row_is_lost() -> None:
    """The bar is 95 % of the headers; ``python -m tests.importers.unseen 2000`` reads more."""
    made = [unseen(seed) for seed in range(100)]
    found = [judged(one) for one in made]
    faults = [(one.made, its.faults) for one, its in zip(made, found, strict=True) if its.faults]
    assert faults == []
    assert sum(its.header for its in found) >= 95 * len(found) // 100
    long = [
        its.read for one, its in zip(made, found, strict=True)
        if one.has_balance and len(one.rows) >= 15
    ]  # fmt: skip
    assert len(long) > 30 and sum(long) >= 95 * len(long) // 100


def test_what_the_balance_does_not_prove_is_not_said() -> None:
    """Names, accounts and serials have their looks only: they stand in the remark."""
    rows = movements(20, seed=3)
    reading = read_any(files.text(table(rows, NOBODYS)), "x.csv")
    assert reading.profile == BY_VALUES and whole(reading, rows) and not judge(reading, rows)
    assert reading.proofs["P4"] == "pass"
    for line, row in zip(reading.lines, rows, strict=True):
        assert (line.counterparty, line.counterparty_account, line.bank_ref) == ("", "", "")
        assert row.ref in line.memo and row.account in line.memo
    (told,) = reading.findings
    assert told.rule == "layout-by-values" and told.severity == "warning"
    for word in ("哪天", "进了", "花了", "还剩"):
        assert word in told.what.zh and word in told.what.en


def test_without_a_proof_every_row_below_the_header_is_parked() -> None:
    rows = movements(20, seed=3)
    columns: Columns = {key: cell for key, cell in NOBODYS.items() if key != "还剩"}
    reading = read_any(files.text([["某某支付"], *table(rows, columns)]), "x.csv")
    assert reading.profile == UNKNOWN and reading.lines == ()
    assert [row.row for row in reading.parked] == list(range(3, 23))
    assert len(reading.parked) + reading.aside == reading.rows == 22
    (told,) = reading.findings
    assert told.rule == "layout-unknown" and told.severity == "error" and told.line == 2


def test_balances_that_do_not_step_at_one_row_prove_nothing() -> None:
    """One balance wrong by a fen, and not a single line is said."""
    rows = movements(20, seed=3)
    grid = table(rows, NOBODYS)
    grid[9][3] = f"{(rows[8].held + 1) / 100:.2f}"
    reading = read_any(files.text(grid), "x.csv")
    assert reading.lines == () and len(reading.parked) == 20


def test_a_table_without_days_is_refused_as_before() -> None:
    grid: list[list[object]] = [["谁", "多少", "说啥"], ["示例", "3.00", "甲"], ["李试", "4", "乙"]]
    with pytest.raises(Refused) as refused:
        read_any(files.text(grid), "x.csv")
    assert refused.value.findings[-1].rule == "no-header"


def test_where_words_tell_of_one_column_only_the_balance_tells_of_the_other() -> None:
    rows = movements(20, seed=3)
    columns: Columns = {"日期": day, "收入金额": came, "花了": went, "余额": balance, "摘要": memo}
    data = files.text(table(rows, columns))
    assert len(read_bytes(data, "x.csv").parked) > 0
    reading = read_any(data, "x.csv")
    assert reading.profile == BY_VALUES and whole(reading, rows) and not judge(reading, rows)


def test_words_that_say_the_opposite_of_the_balance_are_a_riddle() -> None:
    rows = movements(20, seed=3)
    columns: Columns = {"日期": day, "收入": went, "支出": came, "余额": balance, "摘要": memo}
    reading = read_any(files.text(table(rows, columns)), "x.csv")
    assert reading.profile != BY_VALUES and reading.proofs["P4"] == "fail"


def test_an_account_that_nothing_names_is_the_one_of_every_row() -> None:
    columns: Columns = {
        "哪天": day, "甲": lambda row: row.account if row.came else OWN,
        "乙": lambda row: OWN if row.came else row.account, "多少": size, "还剩": balance,
        "说啥": memo,
    }  # fmt: skip
    rows = movements(20, seed=3)
    reading = read_any(files.text(table(rows, columns)), "x.csv")
    assert reading.profile == BY_VALUES and whole(reading, rows) and not judge(reading, rows)


def test_a_flag_that_nobody_knows_is_read_and_a_drifted_layout_keeps_its_question() -> None:
    rows = movements(20, seed=3)
    columns: Columns = {
        "哪天": day, "多少": size, "向": words("进", "去"), "还剩": balance, "说啥": memo
    }  # fmt: skip
    reading = read_any(files.text(table(rows, columns)), "x.csv")
    assert whole(reading, rows) and not judge(reading, rows)
    reading = read_any(drifted("交易日期", "哪天"), "drifted.csv")
    assert whole(reading, movements(20))
    assert [one.rule for one in reading.findings] == ["layout-by-values", "layout-drifted"]


def test_the_command_reads_and_warns_and_an_import_asks_for_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(files.text(table(movements(20), NOBODYS)))
    told = mingbai("read", path, "--json")
    said = json.loads(told.out)
    assert told.status == 0 and said["profile"] == BY_VALUES and len(said["lines"]) == 20
    with pytest.raises(Refused):  # what an import reads with
        read_bytes(path.read_bytes(), "x.csv")
    path.write_bytes(files.text(table(movements(3), NOBODYS)))
    told = mingbai("read", path, "--json")
    said = json.loads(told.out)
    assert told.status == 1 and said["profile"] == UNKNOWN and len(said["parked"]) == 3


def test_many_columns_that_may_be_anything_are_told_apart_at_their_first_rows() -> None:
    """Ten columns of numbers beside thirty of two words are thousands of ways to read amounts."""
    rows = movements(2000, seed=3)
    start = datetime(2026, 1, 1)
    rows = [replace(row, at=start + timedelta(minutes=9 * n)) for n, row in enumerate(rows)]
    columns = NOBODYS | {f"甲{n}": words("是", "否") for n in range(30)}
    columns |= {f"乙{n}": _some_number(n) for n in range(1, 9)}
    data = files.text(table(rows, columns))
    began = time.process_time()
    reading = read_any(data, "wide.csv")
    assert time.process_time() - began < 5
    assert reading.profile == BY_VALUES and len(reading.lines) == 2000


def _some_number(factor: int) -> Cell:
    return lambda row: f"{abs(row.fen) * factor % 9973 / 100:.2f}"
