"""Statements say what ``bean-query`` computes from the same book, on random books."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.chart import load_chart
from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Posting, voucher_class
from ledger.money import Money, yuan
from ledger.period import Period
from reports.sources import book_source
from reports.statement import Statement
from reports.statements.catalogue import build

UNIT = "random"
OPENED = date(2025, 1, 1)


def write_book(folder: Path, seed: int) -> Path:
    """A book over fifteen months that uses accounts of every kind, in three funds."""
    draw = random.Random(seed)
    chart = load_chart("union-2021-basic")
    accounts = [
        AccountLine(row.name, row.name_en, row.capital)
        for row in chart.book_accounts()
        if row.currency == "CNY"
    ]
    accounts += [
        AccountLine("Assets:102-银行存款:01-基本户"),
        AccountLine("Assets:102-银行存款:02-微信"),
    ]
    writer = BookWriter(folder, UNIT, OPENED)
    funds = (
        FundLine("F01", "会费"),
        FundLine("F02", "拨缴"),
        FundLine("F03", "自定", "designated"),
    )
    writer.found(accounts, funds)
    spendable = [a.name for a in accounts if not a.capital and not a.name.startswith("Equity:")]
    opening = [
        Posting(name, Money(sign * fen), fund)
        for fund in ("F01", "F02", "F03")
        for fen in [draw.randrange(1, 10**7)]
        for name, sign in (
            ("Assets:102-银行存款:01-基本户", 1),
            ("Equity:322-工会资金结余:05-累计结余", -1),
        )
    ]
    writer.post(Draft(UNIT, OPENED, "转", "年初余额", tuple(opening), tags=("opening",)))
    days = sorted(OPENED + timedelta(days=draw.randrange(1, 450)) for _ in range(150))
    for place, day in enumerate(days):
        fund = draw.choice(["F01", "F02", "F03"])
        names = draw.sample(spendable, draw.randrange(2, 5))
        fens = [draw.randrange(-(10**6), 10**6) or 1 for _ in names[1:]]
        lines = [
            Posting(n, Money(f), fund) for n, f in zip(names, [*fens, -sum(fens)], strict=True)
        ]
        lines = [line for line in lines if line.amount] or lines
        if len(lines) > 1:
            writer.post(
                Draft(
                    UNIT,
                    day,
                    voucher_class(lines),
                    f"业务 {place}",
                    tuple(lines),
                    source=f"t:{place}",
                )
            )
    return writer.save()


def bean_query(book: Path, where: str) -> dict[tuple[str, str], int]:
    """Sums in fen by account and fund, as ``bean-query`` gives them."""
    query = f"SELECT account, meta('fund'), sum(number) WHERE {where} GROUP BY 1, 2"
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bean-query")), "-f", "csv", str(book), query],
        capture_output=True,
        text=True,
        check=True,
        env={"BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    found = {}
    for row in done.stdout.strip().split("\n")[1:]:
        account, fund, number = (cell.strip() for cell in row.split(","))
        found[account, fund] = yuan(number).fen
    return found


def figures(statement: Statement, column: str) -> dict[str, int]:
    place = [c.key for c in statement.columns].index(column)
    return {
        line.code: cell.fen
        for line in statement.lines
        if line.cells and isinstance(cell := line.cells[place], Money)
    }


def total(sums: dict[tuple[str, str], int], prefix: str) -> int:
    return sum(fen for (account, _), fen in sums.items() if account.startswith(prefix))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("text", ["2025-03", "2025", "2026-02"])
def test_every_statement_equals_bean_query(tmp_path: Path, seed: int, text: str) -> None:
    folder = write_book(tmp_path, seed)
    book, period = folder / "book.bean", Period.parse(text)
    ends = bean_query(book, f"date <= {period.last}")
    moved = bean_query(
        book, f"date >= {period.start} AND date <= {period.last} AND NOT 'opening' IN tags"
    )
    year = bean_query(
        book,
        f"date >= {period.last.year}-01-01 AND date <= {period.last} AND NOT 'opening' IN tags",
    )
    source = book_source(tmp_path, UNIT)

    sheet = figures(build("balance-sheet", source, period), "end")
    assert sheet["assets"] == total(ends, "Assets:")
    assert sheet["liabilities"] == -total(ends, "Liabilities:")
    nominal = total(ends, "Equity:") + total(ends, "Income:") + total(ends, "Expenses:")
    assert sheet["net"] == -nominal
    assert sheet["claims"] == sheet["assets"]
    for code, fen in sheet.items():
        if code.isdigit():
            assert abs(fen) == abs(
                sum(total(ends, f"{t}:{code}-") for t in ("Assets", "Liabilities", "Equity"))
            )

    statement = build("income-statement", source, period)
    columns = [c.key for c in statement.columns]
    for column, sums in (("month", moved), ("year", year)):
        if column not in columns:
            continue
        result = figures(statement, column)
        for code, fen in result.items():
            if code.isdigit():
                assert fen == total(sums, f"Expenses:{code}-") - total(sums, f"Income:{code}-")
        assert -total(sums, "Income:") in result.values()
        assert total(sums, "Expenses:") in result.values()

    trial = figures(build("trial-balance", source, period), "closing")
    assert trial["102"] == total(ends, "Assets:102-")

    remaining = figures(build("funds", source, period), "remaining")
    capital = {name for name, facts in source.model.accounts().items() if facts.capital}
    by_fund: dict[str, int] = defaultdict(int)
    for (account, fund), fen in ends.items():
        if account.startswith(("Assets:", "Liabilities:")) and account not in capital:
            by_fund[fund] += fen
    for fund, fen in by_fund.items():
        assert remaining[fund] == fen
    assert remaining["all"] == sum(by_fund.values())
