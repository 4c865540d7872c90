"""What dues were used for is what ``bean-query`` adds up: random books of party dues, and the demo.

Which accounts make a line is written down by hand; nothing of the statement's code decides it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.period import Period
from reports.sources import book_source, source_for
from reports.statements.catalogue import backing, build
from tests.cli.command import UNIT, Office
from tests.stories.test_every_line import (
    PERIODS,
    Sum,
    Where,
    Windows,
    add,
    operating,
    said,
    statement_of,
    sums,
    written,
)

HELD = "101 102 131 203"
#: Code: accounts that count whole, on a side; and of what is owed upwards, the side that counts.
IN = {"collected": ("-401", "-201"), "allocated": ("-402", ""), "interest": ("-403", ""),
      "large": ("", "-202"), "income": ("-409", "")}  # fmt: skip
OUT = {"remitted": ("", "201"), "passed-on": ("", "202"), "granted": ("506", ""),
       "training": ("501", ""), "education": ("502", ""), "commending": ("503", ""),
       "hardship": ("504", ""), "disaster": ("505", ""), "spent": ("509", "")}  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    folder = tmp_path_factory.mktemp("party")
    return lambda seed: written(folder / f"party-{seed}", "party-dues", seed)


def by_hand(book: Path, period: str) -> dict[str, int]:
    windows = Windows(period)
    moved = operating(windows.moved)

    def side(row: Sum) -> bool:
        return row.fen < 0

    found = {"opening": add(book, HELD, windows.before), "closing": add(book, HELD, windows.ends)}
    for code, (whole, passed) in IN.items():
        credits_: Where = lambda row: moved(row) and row.fen < 0  # noqa: E731
        found[code] = add(book, whole, moved) + add(book, passed, credits_)
    for code, (whole, passed) in OUT.items():
        debits: Where = lambda row: moved(row) and row.fen > 0  # noqa: E731
        found[code] = add(book, whole, moved) + add(book, passed, debits)
    found["total-in"] = sum(found[code] for code in IN)
    found["total-out"] = sum(found[code] for code in OUT)
    return found


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("period", PERIODS)
def test_every_line_of_the_use_of_party_dues(
    book: Callable[[int], Path], seed: int, period: str
) -> None:
    found = dict(said(statement_of(book(seed), "dues-use", period), "amount"))
    assert {code: found[code] for code in found if code != "other"} == by_hand(book(seed), period)
    assert found["closing"] == (
        found["opening"] + found["total-in"] - found["total-out"] + found.get("other", 0)
    )


def test_every_figure_of_it_opens_to_postings_that_add_up(book: Callable[[int], Path]) -> None:
    path = book(1)
    statement = statement_of(path, "dues-use", "2026-02")
    source = book_source(path.parents[2], path.parent.name)
    opened = 0
    for column in ("amount", "beside"):
        for code, fen in said(statement, column):
            ref = f"{statement.unit}/dues-use/2026-02/{code}/{column}"
            behind = backing(source, ref)
            whole = sum(line.amount.fen for line in behind.postings)
            whole += behind.opening.fen if behind.opening else 0
            assert (ref, behind.closing.fen if behind.closing else 0, whole) == (ref, fen, fen)
            opened += 1
    assert opened > 30


@pytest.mark.parametrize("period", ["2026-01", "2026-03", "2026"])
def test_the_demonstrations_dues_are_the_books(lived: Office, period: str) -> None:
    path, windows = lived.unit / "book.bean", Windows(period)
    source = source_for(lived.folder, UNIT, "dues-use", Period.parse(period))
    found = dict(said(build("dues-use", source, Period.parse(period)), "amount"))

    def dues(row: Sum) -> bool:
        return row.fund == "F01"

    moved: Where = lambda row: dues(row) and operating(windows.moved)(row)  # noqa: E731
    assert found["collected-401"] == add(path, "-401", moved)
    assert found["total-in"] == add(path, "-Income", moved)
    assert found["total-out"] == add(path, "Expenses", moved)
    ends: Where = lambda row: dues(row) and windows.ends(row)  # noqa: E731
    assert found["closing"] == add(path, "Assets Liabilities", ends)
    assert sums(path)


@pytest.mark.parametrize("month", ["2026-01", "2026-02", "2026-03"])
def test_what_was_collected_is_what_the_book_received(lived: Office, month: str) -> None:
    """Claims on the one side, ``bean-query`` over the book on the other."""
    path, windows = lived.unit / "book.bean", Windows(month)
    (line,) = [row for row in lived.report("collection", month)["lines"] if row["code"] == "all"]
    received = add(path, "-401", windows.moved)
    assert line["cells"]["paid"] == f"{received / 100:.2f}"
    assert (line["cells"]["owed"], line["cells"]["rate"]) == ("1893.65", "100.0 %")
