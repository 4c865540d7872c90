"""A budget as pages draw it: planned against actual with bars, each figure with its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ledger.account import account_code, account_label
from ledger.budgets.standing import Compared
from ledger.budgets.typed import CONTROL_WORDS
from ledger.errors import Words
from ledger.money import Money, percent_text
from reports.statements.budget import QUARTERS, code_of

_SIDES: Final = (
    ("Income:", "income", Words("收入", "Income")),
    ("Expenses:", "spending", Words("支出", "Spending")),
)
_DROPPED: Final = Words("已取消", "dropped")


@dataclass(frozen=True)
class Figure:
    """What was posted; ``href`` is empty where nothing opens."""

    fen: int
    href: str

    @property
    def text(self) -> str:
        return Money(self.fen).grouped


@dataclass(frozen=True)
class Quarter:
    """What a quarter planned, and what was posted in it."""

    planned: Money
    actual: Figure
    over: bool


@dataclass(frozen=True)
class BarRow:
    """``share`` is the width of the bar in percent, at most 100; ``over`` if it goes beyond."""

    code: str
    fund: str
    label: str
    account: str
    control: Words
    planned: Money
    actual: Figure
    left: Money
    percent: str
    share: int
    over: bool
    quarters: tuple[Quarter, ...]


@dataclass(frozen=True)
class BarSide:
    """Income or spending: its lines and their total."""

    words: Words
    rows: tuple[BarRow, ...]
    total: BarRow


def sides_of(unit: str, year: int, found: Iterable[Compared]) -> list[BarSide]:
    """Income and spending, each with its lines and their sum; a side without lines is left out."""
    rows = list(found)
    sides = []
    for root, code, words in _SIDES:
        own = [row for row in rows if row.line.account.startswith(root)]
        if own:
            bars = tuple(_bar(unit, year, row) for row in own)
            sides.append(BarSide(words, bars, _total(unit, year, code, words, own)))
    return sides


def _bar(unit: str, year: int, row: Compared) -> BarRow:
    line = row.line
    control = _DROPPED if row.dropped else CONTROL_WORDS[line.control]
    return BarRow(
        code_of(row), line.fund, account_label(line.account), account_code(line.account), control,
        Money(line.total), Figure(row.actual, _href(unit, year, code_of(row), "actual")),
        Money(line.total - row.actual), row.percent, _share(row.actual, line.total), row.over,
        tuple(_quarters(unit, year, code_of(row), [row], line.sign)),
    )  # fmt: skip


def _total(unit: str, year: int, code: str, words: Words, rows: list[Compared]) -> BarRow:
    planned, actual = sum(row.line.total for row in rows), sum(row.actual for row in rows)
    return BarRow(
        code, "", f"{words.zh}合计", "", Words("", ""), Money(planned),
        Figure(actual, _href(unit, year, code, "actual")), Money(planned - actual),
        percent_text(actual, planned), _share(actual, planned),
        rows[0].line.sign > 0 and actual > planned,
        tuple(_quarters(unit, year, code, rows, rows[0].line.sign)),
    )  # fmt: skip


def _quarters(
    unit: str, year: int, code: str, rows: list[Compared], sign: int
) -> Iterator[Quarter]:
    for place, key in enumerate(QUARTERS):
        planned = sum(row.line.quarters[place] for row in rows)
        actual = sum(row.quarters[place] for row in rows)
        figure = Figure(actual, _href(unit, year, code, key))
        yield Quarter(Money(planned), figure, sign > 0 and actual > planned)


def _share(actual: int, planned: int) -> int:
    if actual <= 0:
        return 0
    return min(100, 100 * actual // planned) if planned > 0 else 100


def _href(unit: str, year: int, code: str, column: str) -> str:
    return f"/figures/{unit}/budget/{year}/{quote(code)}/{column}" if unit else ""
