"""Every line of every statement, for every chart, is what ``bean-query`` adds up from the book.

The books are random, over two years, with every account of their chart; the first year is carried
over. ``bean-query`` adds up months; which accounts make a line is written down by hand in
:mod:`tests.stories.forms_by_hand`. Nothing of the read model, the charts' formulas or the
statements' code decides what is expected.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from ledger.chart import load_chart
from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Posting, voucher_class
from ledger.money import Money
from ledger.period import Period
from reports.sources import book_source
from reports.statement import Statement
from reports.statements.catalogue import build
from tests.stories.forms_by_hand import CASH_IN, CASH_OUT, CASH_SUMS, FORMS, PAID, THINGS

UNIT = "random"
OPENED = date(2025, 1, 1)
#: Each fund with the limit on it, one for every column of the statement by fund.
FUNDS = {"F01": "designated", "F02": "purpose", "F03": "endowment"}
PERIODS = ("2025-01", "2025-03", "2025-12", "2025", "2026-02", "2026-07", "2026")
CHARTS = sorted(FORMS)
CASH = {"union": ("101", "102"), "npo": ("1001", "1002", "1009"), "party": ("101", "102")}


def family(chart: str) -> str:
    return chart.partition("-")[0]


def codes_of(account: str) -> list[str]:
    """The codes that a book's account answers to, and its type: ``Assets 1002 100291``."""
    kind, *parts = account.split(":")
    found = [kind]
    code = ""
    for part in parts:
        code += part.partition("-")[0]
        found.append(code)
    return found


# ---- a book ------------------------------------------------------------------------------------


class Bookkeeper:
    """Writes a random book of one chart, and remembers what income and expenses hold."""

    def __init__(self, folder: Path, chart: str, seed: int) -> None:
        self.draw = random.Random(f"{chart} {seed}")
        rows = load_chart(chart)
        self.names = [rows.book_name(account) for account in rows.accounts]
        things = {rows.book_name(a) for a in rows.accounts if a.capital}
        self.writer = BookWriter(folder, UNIT, OPENED)
        self.writer.found(
            [AccountLine(name, "", name in things) for name in self.names],
            tuple(FundLine(code, f"资金{code}", limit) for code, limit in FUNDS.items()),
            chart=chart,
        )
        codes = CASH[family(chart)]
        self.cash = [name for name in self.names if codes_of(name)[1] in codes]
        self.kept = [name for name in self.names if name.startswith("Equity:")]
        self.others = [n for n in self.names if n not in self.cash and n not in self.kept]
        self.ends = {False: self._end(chart, restricted=False), True: self._end(chart, True)}
        self.held: dict[tuple[str, str], int] = defaultdict(int)

    def _end(self, chart: str, restricted: bool) -> str:
        code = {"union": "32205", "npo": "3102" if restricted else "3101", "party": "301"}
        return next(n for n in self.names if codes_of(n)[-1] == code[family(chart)])

    def post(self, day: date, *parts: tuple[str, int], fund: str, tag: str = "") -> None:
        lines = [Posting(name, Money(fen), fund) for name, fen in parts if fen]
        if len(lines) < 2:
            return
        for line in lines:
            if line.account.startswith(("Income:", "Expenses:")):
                self.held[line.account, fund] += line.amount.fen
        kind = "转" if tag in ("opening", "carry") else voucher_class(lines)
        tags = (tag,) if tag else ()
        self.writer.post(Draft(UNIT, day, kind, tag or "业务", tuple(lines), tags=tags))

    def amount(self) -> int:
        return self.draw.randrange(1, 10**7)

    def open(self) -> None:
        for fund in FUNDS:
            holders = [n for n in self.names if n.startswith(("Assets:", "Liabilities:"))]
            parts = [(n, self.amount() - 5 * 10**6) for n in self.draw.sample(holders, 4)]
            left = sum(fen for _, fen in parts)
            self.post(
                OPENED, *parts, (self.draw.choice(self.kept), -left), fund=fund, tag="opening"
            )

    def year(self, first: date, days: int, vouchers: int) -> None:
        offsets = sorted(self.draw.randrange(1, days) for _ in range(vouchers))
        every = self.draw.sample(self.others + self.kept, len(self.others) + len(self.kept))
        for place, offset in enumerate(offsets):
            day, fund = first + timedelta(days=offset), self.draw.choice([*FUNDS])
            other, fen = every[place % len(every)], self.amount()
            if place % 3:
                # Cash against one counterpart, so that it is plain what the cash was for.
                way = self.draw.choice(("in", "out"))
                came = fen if way == "in" else -fen
                self.post(day, (self.draw.choice(self.cash), came), (other, -came),
                          fund=fund, tag=f"cash-{way}")  # fmt: skip
            elif not other.startswith("Equity:"):
                third = self.draw.choice(self.others)
                part = self.draw.randrange(1, fen + 1)
                self.post(day, (other, fen), (third, -part), (self.draw.choice(self.others),
                          part - fen), fund=fund)  # fmt: skip

    def carry_over(self, day: date) -> None:
        for fund in FUNDS:
            for restricted in (False, True):
                parts = [
                    (name, -fen)
                    for (name, its_fund), fen in sorted(self.held.items())
                    if its_fund == fund and fen and is_restricted(name) == restricted
                ]
                left = sum(fen for _, fen in parts)
                self.post(day, *parts, (self.ends[restricted], -left), fund=fund, tag="carry")


def is_restricted(account: str) -> bool:
    """Restricted income ends in 02 below an account of four digits; 3102 is restricted."""
    codes = codes_of(account)
    return "3102" in codes or any(len(c) == 6 and c.endswith("02") and c[0] == "4" for c in codes)


@cache
def written(folder: Path, chart: str, seed: int) -> Path:
    keeper = Bookkeeper(folder, chart, seed)
    keeper.open()
    keeper.year(OPENED, 360, 260)
    keeper.carry_over(date(2025, 12, 31))
    keeper.year(date(2026, 1, 1), 230, 200)
    return keeper.writer.save() / "book.bean"


# ---- what bean-query says ----------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    """What the postings of one sign on one account, in one fund and month, add up to."""

    month: str
    account: str
    codes: tuple[str, ...]
    fund: str
    tag: str
    fen: int


@cache
def sums(book: Path) -> tuple[Sum, ...]:
    query = (
        "SELECT year, month, account, meta('fund') AS fund, joinstr(tags) AS tag, "
        "number > 0 AS debit, sum(number) AS total GROUP BY 1, 2, 3, 4, 5, 6"
    )
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bean-query")), "-f", "csv", str(book), query],
        capture_output=True,
        text=True,
        check=True,
        env={"BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    rows = csv.DictReader(done.stdout.splitlines())
    return tuple(
        Sum(
            f"{int(row['year'])}-{int(row['month']):02d}",
            row["account"].strip(),
            tuple(codes_of(row["account"].strip())),
            row["fund"].strip(),
            row["tag"].strip(),
            int(row["total"].strip().replace(".", "")),
        )
        for row in rows
    )


Where = Callable[[Sum], bool]


def add(book: Path, formula: str, where: Where) -> int:
    """A line's formula over the sums that ``where`` chooses."""
    terms = [(-1, t[1:]) if t.startswith("-") else (1, t) for t in formula.split()]
    return sum(
        sign * row.fen
        for row in sums(book)
        if where(row)
        for sign, term in terms
        if term in row.codes
    )


class Windows:
    """The windows of time of a period's columns."""

    def __init__(self, period: str) -> None:
        self.year = period[:4]
        self.first = period if len(period) == 7 else f"{period}-01"
        self.last = period if len(period) == 7 else f"{period}-12"

    def ends(self, row: Sum) -> bool:
        return row.month <= self.last

    def begins(self, row: Sum) -> bool:
        """Held when the year begins; what was brought in on the book's first day counts."""
        return row.month < f"{self.year}-01" or (row.tag == "opening" and row.month <= self.last)

    def before(self, row: Sum) -> bool:
        return row.month < self.first or (row.tag == "opening" and row.month <= self.last)

    def moved(self, row: Sum) -> bool:
        return self.first <= row.month <= self.last and row.tag != "opening"

    def so_far(self, row: Sum) -> bool:
        return f"{self.year}-01" <= row.month <= self.last and row.tag != "opening"


def operating(where: Where) -> Where:
    return lambda row: where(row) and row.tag != "carry"


def both(one: Where, other: Where) -> Where:
    return lambda row: one(row) and other(row)


# ---- what the statements say -------------------------------------------------------------------


def said(statement: Statement, column: str) -> Iterator[tuple[str, int]]:
    place = [c.key for c in statement.columns].index(column)
    for line in statement.lines:
        if line.cells and isinstance(cell := line.cells[place], Money):
            yield line.code, cell.fen


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    folder = tmp_path_factory.mktemp("books")
    return lambda chart, seed: written(folder / f"{chart}-{seed}", chart, seed)


def statement_of(book: Path, name: str, period: str) -> Statement:
    return build(name, book_source(book.parents[2], book.parent.name), Period.parse(period))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("period", PERIODS)
def test_every_line_of_the_balance_sheet(
    books: Callable[[str, int], Path], chart: str, seed: int, period: str
) -> None:
    book, windows = books(chart, seed), Windows(period)
    form = FORMS[chart][0]
    found = statement_of(book, "balance-sheet", period)
    for column, where in (("begin", windows.begins), ("end", windows.ends)):
        lines = dict(said(found, column))
        assert lines == {code: add(book, form[code], where) for code in lines}
        left_out = [code for code in form if code not in lines]
        assert [code for code in left_out if add(book, form[code], where)] == []


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("period", PERIODS)
def test_every_line_of_the_income_statement(
    books: Callable[[str, int], Path], chart: str, seed: int, period: str
) -> None:
    book, windows = books(chart, seed), Windows(period)
    _, moved, begin, end = FORMS[chart]
    found = statement_of(book, "income-statement", period)
    before = Windows(str(int(period[:4]) - 1))
    columns = {"month": windows, "year": windows}
    if len(period) == 4:
        columns = {"year": windows, "last-year": before}
    parts: dict[str, Where] = {"": lambda row: True}
    if family(chart) == "npo":
        parts["-unrestricted"] = lambda row: not is_restricted(row.account)
        parts["-restricted"] = lambda row: is_restricted(row.account)
    assert len(found.columns) == len(columns) * len(parts)
    for column, its in columns.items():
        span = its.so_far if column == "year" else its.moved
        for part, belongs in parts.items():
            lines = dict(said(found, f"{column}{part}"))
            if its.year < min(row.month for row in sums(book))[:4]:
                assert lines == {}
                continue
            for code, fen in lines.items():
                if code in moved:
                    expected = add(book, moved[code], both(operating(span), belongs))
                elif code in begin:
                    expected = add(book, begin[code], both(its.begins, belongs))
                else:
                    expected = add(book, end[code], both(its.ends, belongs))
                assert (code, fen) == (code, expected)
            missing = [code for code in moved if code not in lines]
            assert not any(add(book, moved[code], operating(span)) for code in missing)
            if len(period) == 4:
                assert {*begin} <= {*lines}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("period", PERIODS)
def test_every_account_of_the_trial_balance(
    books: Callable[[str, int], Path], chart: str, seed: int, period: str
) -> None:
    book, windows = books(chart, seed), Windows(period)
    found = statement_of(book, "trial-balance", period)
    columns: dict[str, tuple[str, Where]] = {
        "opening": ("", windows.before),
        "debit": ("", lambda row: windows.moved(row) and row.fen > 0),
        "credit": ("-", lambda row: windows.moved(row) and row.fen < 0),
        "closing": ("", windows.ends),
    }
    whole = "Assets Liabilities Equity Income Expenses"
    shown = set()
    for column, (sign, where) in columns.items():
        lines = dict(said(found, column))
        shown |= {*lines}
        for code, fen in lines.items():
            terms = whole.split() if code == "total" else [code]
            assert (code, fen) == (code, add(book, " ".join(sign + t for t in terms), where))
    touched = {code for row in sums(book) if windows.moved(row) for code in row.codes[1:]}
    assert touched <= shown


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("period", PERIODS)
def test_every_figure_of_the_funds(
    books: Callable[[str, int], Path], chart: str, seed: int, period: str
) -> None:
    book, windows = books(chart, seed), Windows(period)
    things = THINGS[family(chart)]
    found = statement_of(book, "funds", period)

    def free(row: Sum) -> bool:
        return row.codes[0] in ("Assets", "Liabilities") and row.codes[1] not in things

    moved = operating(windows.moved)
    whole = "Assets Liabilities Equity Income Expenses"
    columns: dict[str, tuple[str, Where]] = {
        "opening": (whole, both(free, windows.before)),
        "in": ("-Income", moved),
        "out": ("Expenses", moved),
        "remaining": (whole, both(free, windows.ends)),
    }
    lines = {column: dict(said(found, column)) for column in (*columns, "transfers")}
    for fund in lines["remaining"]:
        of_fund: Where = lambda row, fund=fund: fund in ("all", row.fund)  # type: ignore[misc] # noqa: E731
        for column, (formula, where) in columns.items():
            assert lines[column][fund] == add(book, formula, both(of_fund, where)), (column, fund)
        got = {column: figures[fund] for column, figures in lines.items()}
        assert got["remaining"] == (got["opening"] + got["in"] - got["out"] + got["transfers"])


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("period", PERIODS)
def test_every_figure_of_activities_by_fund(
    books: Callable[[str, int], Path], chart: str, seed: int, period: str
) -> None:
    book, windows = books(chart, seed), Windows(period)
    found = statement_of(book, "sofa", period)
    limits = {"restricted": "F02", "endowment": "F03", "unrestricted": "F01"}
    whole: Where = lambda row: True  # noqa: E731
    columns: dict[str, tuple[Windows, Where, Where, Where]] = {
        column: (
            windows, windows.moved, windows.before,
            (lambda row, fund=fund: row.fund == fund),  # type: ignore[misc]
        )
        for column, fund in limits.items()
    }  # fmt: skip
    columns["total"] = (windows, windows.moved, windows.before, whole)
    before = Windows(str(int(period[:4]) - 1))
    if len(period) == 7:
        columns["year"] = (windows, windows.so_far, windows.begins, whole)
    elif before.year >= OPENED.isoformat()[:4]:
        columns["last-year"] = (before, before.moved, before.before, whole)
    assert {column.key for column in found.columns} >= {*columns}
    formulas = {
        "income": "-Income", "spending": "Expenses", "net": "-Income -Expenses",
        "movement": "-Income -Expenses -Equity",
    }  # fmt: skip
    for column, (its, moved, began, belongs) in columns.items():
        lines = dict(said(found, column))
        for code in lines:
            if code in ("brought", "carried"):
                at = began if code == "brought" else its.ends
                expected = add(book, "Assets Liabilities", both(at, belongs))
            elif code in ("transfers", "asset-fund"):
                continue  # held by their sum with the net income, which is the movement
            elif code in formulas:
                expected = add(book, formulas[code], both(operating(moved), belongs))
            else:
                sign = "-" if code.startswith("4") else ""
                expected = add(book, sign + code, both(operating(moved), belongs))
            assert (column, code, lines[code]) == (column, code, expected)
        parts = sum(lines.get(code, 0) for code in ("net", "transfers", "asset-fund"))
        assert lines["movement"] == parts
        assert lines["carried"] == lines["brought"] + lines["movement"]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("period", PERIODS)
def test_the_totals_of_the_journal(
    books: Callable[[str, int], Path], chart: str, seed: int, period: str
) -> None:
    book, windows = books(chart, seed), Windows(period)
    found = statement_of(book, "journal", period)
    whole = "Assets Liabilities Equity Income Expenses"
    within: Where = lambda row: windows.first <= row.month <= windows.last  # noqa: E731
    debits = add(book, whole, lambda row: within(row) and row.fen > 0)
    credits_ = -add(book, whole, lambda row: within(row) and row.fen < 0)
    assert dict(said(found, "debit"))["total"] == debits
    assert dict(said(found, "credit"))["total"] == credits_
    listed = [line.cells[5] for line in found.lines[:-1] if isinstance(line.cells[5], Money)]
    assert sum(cell.fen for cell in listed if isinstance(cell, Money)) == debits


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("period", PERIODS)
def test_every_line_of_the_cash_flow_statement(
    books: Callable[[str, int], Path], seed: int, period: str
) -> None:
    book, windows = books("npo-2004", seed), Windows(period)
    found = statement_of(book, "cash-flow", period)
    column = "month" if len(period) == 7 else "year"
    expected: dict[str, int] = defaultdict(int)
    for row in sums(book):
        if windows.moved(row) and row.tag.startswith("cash-"):
            if row.codes[1] in CASH["npo"]:
                expected["61"] += row.fen
                continue
            named = CASH_IN if row.tag == "cash-in" else CASH_OUT
            line = next((named[c] for c in reversed(row.codes) if c in named), named["*"])
            # Cash comes in as the counterpart is credited.
            expected[line] += row.fen if line in PAID else -row.fen
    for code, parts in CASH_SUMS.items():
        expected[code] = sum(expected[part] for part in parts.split())
    expected["24"] = expected["13"] - expected["23"]
    expected["44"] = expected["34"] - expected["43"]
    expected["59"] = expected["50"] - expected["58"]
    lines = dict(said(found, column))
    assert lines == {code: expected[code] for code in lines}
    assert {code for code, fen in expected.items() if fen} <= {*lines}


@pytest.mark.parametrize("period", ["2026-01", "2026-02", "2026-03", "2026", "2026-05"])
def test_every_line_of_the_demonstration(demonstration: Path, period: str) -> None:
    chart = "union-2021-basic"

    def book(_: str, __: int) -> Path:
        return demonstration / "units" / "chunfeng" / "book.bean"

    for of_statement in (
        test_every_line_of_the_balance_sheet,
        test_every_line_of_the_income_statement,
        test_every_account_of_the_trial_balance,
        test_every_figure_of_the_funds,
        test_the_totals_of_the_journal,
    ):
        of_statement(book, chart, 0, period)
