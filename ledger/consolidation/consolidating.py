"""A subtree as one: sums by account, fund and month, eliminations, and what each line comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.account import ROOTS
from ledger.consolidation import queries
from ledger.consolidation.eliminating import BetweenRow, Elimination, Left, eliminate
from ledger.consolidation.queries import Unreadable
from ledger.consolidation.store import Exported, export, throw_away
from ledger.errors import Words
from ledger.lines import CommonLine, line_of, order
from ledger.money import CNY
from ledger.period import Month, Period
from ledger.transfers.facts import as_number

NOTICE: Final = Words(
    "管理信息：各单位账簿的汇总与内部往来抵销，不是法定合并报表。",
    "Management information: a sum of units' books less what they did with each other; "
    "no statutory consolidation.",
)
#: What an engine does: files of cells, files of postings between units, questions → rows.
Engine = Callable[[Sequence[Path], Sequence[Path], Sequence[str]], list[list[tuple[Any, ...]]]]


@dataclass(frozen=True, slots=True)
class Sum:
    """What one account and fund moved in a month over all units; month ``yyyy00`` is the opening.

    ``carried``: by vouchers that carry income and spending over to net assets.
    """

    account: str
    fund: str
    fund_name: str
    restriction: str
    currency: str
    carried: int
    month: int
    debit: int
    credit: int
    count: int

    @property
    def net(self) -> int:
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class UnitSum:
    """What one unit held on an account at the end, and moved in the period; debit positive."""

    unit: str
    account: str
    currency: str
    held: int
    moved: int


@dataclass(frozen=True, slots=True)
class LineSum:
    """A common line: the sum of all units, what was eliminated, and what remains; in fen.

    Signed so that what a line usually holds is positive. Assets, debts and net assets are held at
    the end of the period; income and spending moved in it.
    """

    line: CommonLine
    combined: int
    eliminated: int

    @property
    def consolidated(self) -> int:
        return self.combined + self.eliminated


@dataclass(frozen=True)
class Consolidation:
    """``units`` of the subtree of ``root`` in ``period`` as one."""

    root: str
    units: tuple[str, ...]
    period: Period
    engine: str
    sums: tuple[Sum, ...]
    units_sums: tuple[UnitSum, ...]
    eliminations: tuple[Elimination, ...]
    left: tuple[Left, ...]
    exported: Exported

    @property
    def first(self) -> int:
        return as_number(Month.of(self.period.start))

    @property
    def last(self) -> int:
        return as_number(Month.of(self.period.last))

    def lines(self, currency: str = CNY) -> list[LineSum]:
        """Every common line that holds, moved or lost anything, in the order of the sides.

        What income and spending come to and nobody has carried over stands on a line of net assets,
        so that assets = debts + net assets.
        """
        combined: dict[CommonLine, int] = defaultdict(int)
        gone: dict[CommonLine, int] = defaultdict(int)
        result = CommonLine("E90", Words("未结转收支", "Result not carried over"), "Equity")
        for row in self.sums:
            if row.currency != currency:
                continue
            line = line_of(row.account)
            of_result = line.side in ("Income", "Expenses")
            if of_result:
                combined[result] -= row.net
            if not of_result or (row.month >= self.first and not row.carried):
                combined[line] += line.sign * row.net
        if currency == CNY:
            for one in self.eliminations:
                for (_, account, _), fen in one.moves:
                    line = line_of(account)
                    gone[line] += line.sign * fen
        place = {id: number for number, id in enumerate(order())}
        found = [
            LineSum(line, combined[line], gone[line])
            for line in {*combined, *gone}
            if combined[line] or gone[line]
        ]
        return sorted(
            found,
            key=lambda one: (
                ROOTS.index(one.line.side), place.get(one.line.id, 999), one.line.id,
            ),
        )  # fmt: skip


def consolidate(
    federation: Path,
    root: str,
    units: Sequence[str],
    period: Period,
    engine: Engine,
    name: str = "duckdb",
    *,
    each: bool = True,
) -> Consolidation:
    """``units``, those of the subtree of ``root``, as one; the caller asked for the right to look.

    ``each``: with the sums of each unit, which a trial balance of the whole does not need.
    """
    first, last = Month.of(period.start), Month.of(period.last)
    questions = [
        queries.sums(as_number(last)),
        queries.between(as_number(last)),
        *([queries.by_unit(as_number(first), as_number(last))] if each else []),
    ]
    done, (sums, between, *by_unit) = asked(federation, units, last.year, questions, engine)
    eliminations, left = eliminate(
        (BetweenRow(*row) for row in between), frozenset(units), as_number(first), as_number(last)
    )
    return Consolidation(
        root, tuple(units), period, name,
        tuple(Sum(*row) for row in sums), tuple(UnitSum(*row) for rows in by_unit for row in rows),
        tuple(eliminations), tuple(left), done,
    )  # fmt: skip


def asked(
    federation: Path, units: Sequence[str], year: int, questions: Sequence[str], engine: Engine
) -> tuple[Exported, list[list[tuple[Any, ...]]]]:
    """The files of a year, brought up to date, and what they answer to each question.

    Parquet files that cannot be read any more are thrown away and made anew.
    """
    done = export(federation, units, year)
    try:
        return done, engine(done.cells, done.between, questions)
    except Unreadable:
        throw_away(federation)
        done = export(federation, units, year)
        return done, engine(done.cells, done.between, questions)
