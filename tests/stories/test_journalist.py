"""The journalist: I download the data and recompute a published total, with nobody's program."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from decimal import Decimal

from tests.cli.command import UNIT, Office, figures
from tests.stories.test_bean_query import bean_query


def from_text(office: Office) -> dict[str, Decimal]:
    """Balances by account, from the month files with a regular expression and nothing else."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for path in sorted((office.unit / "2026").glob("*.bean")):
        text = path.read_text(encoding="utf-8")
        for account, amount in re.findall(
            r"^  ((?:Assets|Liabilities|Equity|Income|Expenses):\S+) +(-?[0-9.]+) CNY$",
            text,
            re.MULTILINE,
        ):
            found[account] += Decimal(amount)
    return found


def test_a_published_total_is_recomputed_from_the_csv(lived: Office) -> None:
    told = lived.asks("report", "--unit", UNIT, "funds", "--period", "2026-03", "--format", "csv")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(told.data.decode("utf-8-sig")))}
    parts = [Decimal(row["remaining"]) for code, row in rows.items() if code.startswith("F")]
    total = next(row for code, row in rows.items() if not code.startswith("F"))
    assert sum(parts) == Decimal(total["remaining"]) == Decimal("64131.69")
    for row in rows.values():
        moved = Decimal(row["in"]) - Decimal(row["out"]) + Decimal(row["transfers"])
        assert Decimal(row["opening"]) + moved == Decimal(row["remaining"])


def test_the_json_agrees_with_the_book_read_by_hand_and_by_bean_query(lived: Office) -> None:
    closing = figures(lived.report("trial-balance"), "closing")
    by_hand = from_text(lived)
    asked: dict[str, Decimal] = defaultdict(Decimal)
    for (account, _), fen in bean_query(lived.unit / "book.bean", "date <= 2026-03-31").items():
        asked[account] += Decimal(fen) / 100
    assert {k: v for k, v in asked.items() if v} == {k: v for k, v in by_hand.items() if v}
    for code in ("10201", "10202", "10203", "21101", "401"):
        mine = sum(value for account, value in by_hand.items() if account_code(account) == code)
        assert Decimal(closing[code]) == mine, code


def account_code(account: str) -> str:
    return "".join(re.findall(r":([0-9]+)", account))
