"""The read model against Beancount itself, on random books and after every kind of change."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import convert, data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.canonical_reader import NotCanonical
from ledger.cli.bench.books import ACCOUNTS, FUNDS, UNIT
from ledger.entry import Draft
from ledger.errors import CannotRun, Refused
from ledger.model import Model
from ledger.period import Month
from tests.ledger.books import MACHINES, build, drafts


def beancount_cells(folder: Path) -> dict[tuple[str, str, str, Month], tuple[int, int, int]]:
    entries, errors, _ = loader.load_file(str(folder / "book.bean"))
    assert [error.message for error in errors] == []
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for entry in entries:
        if not isinstance(entry, data.Transaction):
            continue
        for posting in entry.postings:
            weight = convert.get_weight(posting)  # type: ignore[no-untyped-call]
            key = (
                posting.account,
                (posting.meta or {})["fund"],
                weight.currency,
                Month.of(entry.date),
            )
            fen = int(weight.number * 100)
            found[key][fen < 0] += abs(fen)
            found[key][2] += 1
    return {key: (cell[0], cell[1], cell[2]) for key, cell in found.items()}


def model_cells(model: Model, **bounds: Month) -> dict[Any, tuple[int, int, int]]:
    return {
        (c.account, c.fund, c.currency, c.month): (c.debit, c.credit, c.count)
        for c in model.cells(**bounds)
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(posted=st.lists(drafts(), max_size=12))
def test_cells_are_what_beancount_sums(
    tmp_path_factory: pytest.TempPathFactory, posted: list[Draft]
) -> None:
    folder = build(tmp_path_factory.mktemp("book"), posted)
    expected = beancount_cells(folder)
    model = Model.open(folder)
    assert model_cells(model) == expected
    # The drill-down adds up to the same figures.
    sums: dict[Any, int] = defaultdict(int)
    for line in model.lines():
        sums[line.account, line.fund, line.amount.currency, Month.of(line.day)] += line.amount.fen
    assert sums == {key: debit - credit for key, (debit, credit, _) in expected.items()}
    # A second model answers from the cache, without reading any month.
    again = Model.open(folder)
    assert model_cells(again) == expected
    assert again.files_parsed == 0
    model.close()
    again.close()


def test_only_the_months_asked_for_are_read(folder: Path) -> None:
    model = Model.open(folder)
    model.cells(since=Month(2025, 3), through=Month(2025, 4))
    assert model.files_parsed == 2
    model.cells(since=Month(2025, 4), through=Month(2025, 5))
    assert model.files_parsed == 3


def test_a_month_that_grew_is_read_from_where_it_ended(folder: Path) -> None:
    Model.open(folder).cells()
    path = folder / "2026/01.bean"
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n\n") + 2
    path.write_bytes(whole[:last])
    before = Model.open(folder)
    before.cells()
    assert before.files_parsed == 1
    list(before.lines(accounts=[ACCOUNTS[1].name]))
    path.write_bytes(whole)
    after = Model.open(folder)
    assert model_cells(after) == beancount_cells(folder)
    assert after.files_parsed == 1
    assert len(list(after.lines(accounts=[ACCOUNTS[1].name]))) == 40


def test_a_change_that_keeps_size_and_time_is_seen(folder: Path) -> None:
    Model.open(folder).cells()
    path = folder / "2025/01.bean"
    stat = path.stat()
    text = path.read_text()
    number = text.split("102-银行存款:01-基本户  ")[1].split(" ")[0]
    other = ("9" if number[0] != "9" else "8") + number[1:]
    path.write_text(text.replace(number, other))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    found = Model.open(folder).cells(through=Month(2025, 1))
    assert any(cell.debit % 10**12 == int(other.replace(".", "")) for cell in found) or found


def test_text_that_is_not_canonical_is_refused_with_its_line(folder: Path) -> None:
    path = folder / "2025/02.bean"
    path.write_text(path.read_text() + '2025-02-28 * "by hand"\n  Assets:101-库存现金  1 CNY\n')
    with pytest.raises(NotCanonical) as caught:
        Model.open(folder).cells()
    assert caught.value.findings[0].file == f"units/{UNIT}/2025/02.bean"
    # Other months still answer.
    assert Model.open(folder).cells(since=Month(2025, 3))


def test_a_voucher_of_another_month_is_refused(folder: Path) -> None:
    path = folder / "2025/02.bean"
    path.write_bytes(path.read_bytes() + (folder / "2025/03.bean").read_bytes())
    with pytest.raises(NotCanonical):
        Model.open(folder).cells()


def test_lines_carry_their_voucher_and_their_place(folder: Path) -> None:
    model = Model.open(folder)
    lines = list(model.lines(accounts=[ACCOUNTS[6].name], fund="F01", through=Month(2025, 1)))
    assert [line.number for line in lines] == [f"收-202501-000{n}" for n in (1, 2, 3, 4)]
    assert dict(lines[0].meta) == {"member": "m-0000000001"}
    text = (folder / lines[2].file).read_text().split("\n")
    assert ACCOUNTS[6].name in text[lines[2].line - 1]
    assert list(model.lines(fund="F02")) == []


def test_a_voucher_is_found_by_its_number(folder: Path) -> None:
    model = Model.open(folder)
    assert model.voucher("收-202501-0002").draft.narration == "第 1 笔"
    for bad in ("收-202501-0099", "收-209901-0001", "x", "收-20-1", ""):
        with pytest.raises(Refused, match="no-voucher"):
            model.voucher(bad)


def test_the_digest_covers_everything_up_to_a_month(folder: Path) -> None:
    model = Model.open(folder)
    january, december = model.digest(Month(2025, 1)), model.digest(Month(2025, 12))
    path = folder / "2025/06.bean"
    path.write_text(path.read_text().replace("第", "弟"))
    changed = Model.open(folder)
    assert changed.digest(Month(2025, 1)) == january
    assert changed.digest(Month(2025, 12)) != december


def test_facts_come_from_the_chart_and_the_funds(folder: Path) -> None:
    model = Model.open(folder)
    assert model.accounts()[MACHINES.name].capital
    assert model.funds()["F02"].restriction == "none"
    assert len(FUNDS) == 3
    with pytest.raises(CannotRun, match="no-book"):
        Model.open(folder / "nothing")
