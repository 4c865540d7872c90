"""How a statement joins what was imported before: P5, gaps, and lines that another layout knows.

Files of one layout that overlap are told apart by import ids. A bank's second layout gives the same
movements other ids; they are recognised by whole days that agree in every amount and running
balance, and where that is not certain a line becomes a question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ledger.errors import Finding, Words, finding
from ledger.money import Money
from ledger.registry import staging, statement_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from importers.line import BankLine

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ends:
    """A statement's period, and its balances before and after."""

    file: str
    start: date | None
    end: date | None
    opening_fen: int | None
    closing_fen: int | None
    number: int = 0  # of the file, once it has one


def continuity(conn: Connection, unit: str, account: str, ends: Ends) -> tuple[str, list[Finding]]:
    """P5, and a finding where this statement and a neighbour do not join."""
    results = [_before(conn, unit, account, ends), _after(conn, unit, account, ends)]
    found = [fault for _, fault in results if fault is not None]
    outcomes = {outcome for outcome, _ in results}
    if "fail" in outcomes:
        return "fail", found
    return ("pass" if "pass" in outcomes else "n/a"), found


def _before(conn: Connection, unit: str, account: str, ends: Ends) -> tuple[str, Finding | None]:
    if ends.opening_fen is None or ends.start is None:
        return "n/a", None
    # A file may begin in the middle of a day that an earlier one holds in part.
    if ends.opening_fen in statement_files.balances_on(
        conn, unit, account, ends.start, ends.number
    ):
        return "pass", None
    yesterday = ends.start - _DAY
    if statement_files.is_covered(conn, unit, account, yesterday):
        held = statement_files.balance_at(conn, unit, account, yesterday)
        last = yesterday
    else:
        row = statement_files.file_before(conn, unit, account, ends.start)
        held = None if row is None else row.closing_fen
        last = yesterday if row is None or row.end is None else row.end
    return _joined(ends.file, held, ends.opening_fen, last, ends.start)


def _after(conn: Connection, unit: str, account: str, ends: Ends) -> tuple[str, Finding | None]:
    if ends.closing_fen is None or ends.end is None:
        return "n/a", None
    if statement_files.is_covered(conn, unit, account, ends.end, ends.number):
        # A file that holds this one's last day may go on beyond it: its own lines tell more.
        return "n/a", None
    row = statement_files.file_after(conn, unit, account, ends.end)
    if row is None or row.start is None or row.opening_fen is None:
        return "n/a", None
    return _joined(ends.file, ends.closing_fen, row.opening_fen, ends.end, row.start)


def _joined(
    file: str, closing: int | None, opening: int, last: date, first: date
) -> tuple[str, Finding | None]:
    """Whether a closing balance on ``last`` is the opening one on ``first``."""
    if closing is None:
        return "n/a", None
    days = (first - last).days - 1
    if closing == opening:
        return "pass", None
    gap = Money(opening) - Money(closing)
    missing_zh = f"，其间 {days} 天没有对账单" if days > 0 else ""
    missing_en = f"; no statement covers the {days} days between" if days > 0 else ""
    return "fail", finding(
        "statement-gap",
        f"{last} 日终余额 {Money(closing).grouped}，{first} 日初余额 {Money(opening).grouped}，"
        f"相差 {gap.grouped}{missing_zh}",
        f"the balance is {Money(closing).grouped} at the end of {last} and "
        f"{Money(opening).grouped} when {first} begins: {gap.grouped} apart{missing_en}",
        "补导缺少的对账单，再用 mingbai match 重新匹配",
        "import the missing statement, then match again with mingbai match",
        file=file,
        severity="warning",
    )


# ---- lines that another file knows -------------------------------------------------------------


@dataclass
class Compared:
    """Of the lines that have new ids: which are known all the same, and which are doubtful."""

    known: set[int] = field(default_factory=set)
    doubts: dict[int, Words] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def compare(
    conn: Connection,
    unit: str,
    account: str,
    ends: Ends,
    lines: Sequence[BankLine],
    ids: Sequence[str],
    fresh: Sequence[int],
) -> Compared:
    """Compare with what other files said of the same days; ``fresh`` are places in ``lines``."""
    out = Compared()
    if not lines:
        return out
    days = [line.day for line in lines]
    mine = set(ids)
    others: dict[date, list[staging.Trace]] = defaultdict(list)
    shared: set[date] = set()
    for trace in staging.traces(conn, unit, account, min(days), max(days)):
        if trace.import_id in mine:
            shared.add(trace.day)
        else:
            others[trace.day].append(trace)
    if not others:
        return out
    by_day: dict[date, list[int]] = defaultdict(list)
    for place in fresh:
        by_day[lines[place].day].append(place)
    agreed: set[date] = set()
    for day, places in by_day.items():
        if day in others and day not in shared and _agree(lines, places, others[day]):
            out.known.update(places)
            agreed.add(day)
            continue
        same = {(trace.fen, trace.currency): trace.id for trace in others.get(day, ())}
        for place in places:
            amount = lines[place].amount
            number = same.get((amount.fen, amount.currency))
            if number is not None:
                out.doubts[place] = Words(
                    f"另一份文件同日同额：可能就是流水 {number}，相同则搁置",
                    f"another file has this amount on this day: perhaps it is line {number}; "
                    "set it aside if so",
                )
    first, last = min(days), max(days)
    missing = [
        trace for day, traces in others.items() if first < day < last and day not in agreed
        for trace in traces
    ]  # fmt: skip
    if missing:
        out.findings.append(_missing(ends.file, missing))
    return out


def _agree(lines: Sequence[BankLine], places: list[int], others: list[staging.Trace]) -> bool:
    """Whether two lists of one day's movements agree in every amount and running balance."""
    here: Counter[tuple[int, str, int]] = Counter()
    for place in places:
        line = lines[place]
        if line.balance_after is None:
            return False
        here[line.amount.fen, line.amount.currency, line.balance_after.fen] += 1
    there = Counter((trace.fen, trace.currency, trace.balance_fen) for trace in others)
    return here == there


def _missing(file: str, traces: list[staging.Trace]) -> Finding:
    days = sorted({trace.day for trace in traces})
    numbers = "、".join(str(trace.id) for trace in traces[:10])
    return finding(
        "lines-missing",
        f"先前导入的 {len(traces)} 笔流水（{days[0]} 至 {days[-1]}，编号 {numbers}）不在此文件中",
        f"{len(traces)} lines imported before ({days[0]} to {days[-1]}, numbers "
        f"{', '.join(str(trace.id) for trace in traces[:10])}) do not stand in this file",
        "核对两份文件：版式不同可能重复，或银行作了更正",
        "compare the two files: another layout may repeat lines, or the bank corrected some",
        file=file,
        severity="warning",
    )
