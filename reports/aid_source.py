"""Gathering what statements of aid are built from: the book's postings, and whose they are.

What is told is what vouchers say: each posting that names a batch has to be the sum of the batch's
payments, or nothing is told. Names are read only by :func:`register_source`; who calls it has asked
whether the reader may see them, and logs that they were read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ledger.aid.marks import AID, KIND
from ledger.errors import Finding, Refused, Words, finding
from ledger.period import Month, Period
from reports.sources import book_source
from reports.statement import VoucherLine
from reports.statements.aid_rows import AidPaid, AidRows, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.model import PostedLine
    from ledger.registry import Registry
    from ledger.registry.aid import AidRow
    from reports.statements.source import Source


def aid_source(registry: Registry, unit: str, period: Period) -> Source:
    """The book, and the unit's aid from the year's beginning to the period's end.

    What may be told of a month depends on what was told of the year's months before it.
    """
    from ledger.registry import aid, month_states

    book = book_source(registry.folder, unit, period)
    last = Month.of(period.last)
    with registry.read() as conn:
        # What a reversal of this year takes back may have been paid in an earlier one.
        known = [one.row for one in aid.of_unit(conn, unit, None, period.last)]
        shut = {row.month for row in month_states.all_months(conn, unit) if row.state == "closed"}
        names = _names(registry, conn, unit, known)
    accounts = sorted({row.account for row in known} & set(book.model.accounts()))
    posted = (
        [
            line
            for line in book.model.lines(since=Month(last.year, 1), through=last, accounts=accounts)
            if AID in dict(line.meta)
        ]
        if accounts
        else []
    )
    rows = AidRows(
        _paid(unit, known, posted),
        [(dict(line.meta).get(KIND, ""), _line(line)) for line in posted],
        names,
        closed=frozenset(map(Month.parse, shut)),
    )
    return replace(book, aid=rows)


def register_source(registry: Registry, unit: str, period: Period) -> Source:
    """The same with whom each payment went to."""
    from ledger.aid import review
    from ledger.registry import aid, members
    from reports.dues_source import ERASED

    source = aid_source(registry, unit, period)
    assert source.aid is not None  # noqa: S101 - as the line above makes it
    wanted = {one.code for one in source.aid.paid}
    with registry.read() as conn:
        rows = [
            one.row for one in aid.of_unit(conn, unit, None, period.last) if one.row.code in wanted
        ]
        found = review.names(registry, conn, rows)
        numbers = members.with_ids(conn, {one.member for one in found if one.member})
    people = {
        row.code: Person(
            one.data.name if one.data is not None else ERASED,
            numbers[one.member].number if one.member in numbers else "", one.account,
        )
        for row, one in zip(rows, found, strict=True)
    }  # fmt: skip
    return replace(source, aid=replace(source.aid, people=people))


def _line(line: PostedLine) -> VoucherLine:
    return VoucherLine(
        line.number, line.day, line.narration, line.account, line.fund, line.amount, line.papers
    )


def _paid(unit: str, known: Sequence[AidRow], posted: Sequence[PostedLine]) -> list[AidPaid]:
    """The payments that each posting is made of; Refused if they are not its sum."""
    of: dict[tuple[str, str, str, str], list[AidRow]] = defaultdict(list)
    for row in known:
        of[row.batch, row.kind, row.account, row.fund].append(row)
    sums: dict[tuple[str, date, tuple[str, str, str, str]], int] = defaultdict(int)
    for line in posted:
        meta = dict(line.meta)
        key = (meta[AID], meta.get(KIND, ""), line.account, line.fund)
        sums[line.number, line.day, key] += line.amount.fen
    found: list[AidPaid] = []
    for (number, day, key), fen in sums.items():
        sign = -1 if fen < 0 else 1
        if sum(row.fen for row in of[key]) != abs(fen):
            raise Refused(_unbacked(unit, number))
        found += [
            AidPaid(row.code, day, row.kind, row.reason, row.recipient, sign * row.fen, number)
            for row in of[key]
        ]
    return sorted(found, key=lambda one: (one.day, one.number, one.code))


def _names(
    registry: Registry, conn: Connection, unit: str, known: Sequence[AidRow]
) -> dict[str, Words]:
    from ledger.aid.terms import terms

    found: dict[str, Words] = {}
    for day in sorted({date(row.day.year, row.day.month, 1) for row in known}):
        found |= {id: kind.name for id, kind in terms(registry, conn, unit, day).kinds.items()}
    return found


def _unbacked(unit: str, number: str) -> Finding:
    return finding(
        "figure-unbacked",
        f"凭证 {unit}/{number} 的帮扶金额与登记的发放不符，报表不出数",
        f"what voucher {unit}/{number} pays of aid is not what was entered; nothing is told",
        "请管理员用 mingbai check 查明", "have an administrator look with mingbai check",
    )  # fmt: skip
