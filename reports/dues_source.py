"""Gathering what statements of dues are built from: the registry's claims and assessments.

Names, bases and statuses are read only by :func:`named_source`; who calls it has asked whether the
reader may see them, and logs that they were read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month, Period
from reports.sources import book_source
from reports.statements.dues_rows import Assessed, Claimed, Collects, DuesRows, DuesUnit, Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.claims import ClaimRow
    from ledger.registry.units import UnitRow
    from ledger.rules.rulebook import Rulebook
    from reports.statements.source import Source

_FIRST: Final = "0000-00"
ERASED: Final = "已删除 erased"


def dues_source(registry: Registry, unit: str, name: str, period: Period) -> Source:
    """The book, and of the registry's dues what the statement ``name`` tells of the period."""
    from ledger.registry import month_states

    book = book_source(registry.folder, unit, period)
    last = Month.of(period.last)
    with registry.read() as conn:
        if name == "arrears":
            rows = _rows(conn, registry, _below(conn, unit), _FIRST, str(last), period)
        elif name == "collection":
            first = str(Month.of(period.start))
            rows = _rows(conn, registry, _below(conn, unit), first, str(last))
        else:
            # What may be told of a month depends on what was told of the year's months before it.
            rows = _rows(conn, registry, _only(conn, unit), str(Month(last.year, 1)), str(last))
        months = month_states.all_months(conn, unit)
    shut = frozenset(Month.parse(row.month) for row in months if row.state == "closed")
    return replace(book, dues=replace(rows, closed=shut))


def unit_dues(registry: Registry, unit: str, first: Month, last: Month) -> DuesRows:
    """The dues of one unit for the months from ``first`` to ``last``, without the book."""
    with registry.read() as conn:
        return _rows(conn, registry, _only(conn, unit), str(first), str(last))


def open_dues(registry: Registry, unit: str, before: Month, at: Period) -> list[Claimed]:
    """The dues of one unit for months before one that were still to be paid at a period's end."""
    from ledger.registry import claims

    with registry.read() as conn:
        rows = claims.dues_of(conn, [unit], _FIRST, str(at.last)[:7], open_on=at.last)
    return [_claimed(row) for row in rows if row.month < str(before)]


def years_of_dues(registry: Registry, unit: str) -> list[int]:
    """The years for which the unit has claimed dues, in order."""
    from ledger.registry import claims

    with registry.read() as conn:
        return sorted({int(month[:4]) for month in claims.months_of_dues(conn, unit)})


def named_source(registry: Registry, unit: str, period: Period) -> Source:
    """What a roll with names is built from: also who each member is, and their base."""
    source = dues_source(registry, unit, "dues-roll", period)
    assert source.dues is not None  # noqa: S101 - as the line above makes it
    rules = {one.rule for one in source.dues.schemes} | {one.rule for one in source.dues.claims}
    with registry.read() as conn:
        people = _people(conn, registry, unit, period, rules)
    return replace(source, dues=replace(source.dues, people=people))


def _below(conn: Connection, unit: str) -> list[DuesUnit]:
    """The unit and every one below it, each after its upper unit."""
    from ledger.registry import units

    lower: dict[str | None, list[UnitRow]] = {}
    for row in units.all_units(conn):
        lower.setdefault(row.upper, []).append(row)
    found: list[DuesUnit] = []

    def take(row: UnitRow, level: int) -> None:
        found.append(_unit(row, level))
        for one in lower.get(row.id, ()):
            take(one, level + 1)

    take(units.find(conn, unit), 0)
    return found


def _only(conn: Connection, unit: str) -> list[DuesUnit]:
    from ledger.registry import units

    return [_unit(units.find(conn, unit), 0)]


def _unit(row: UnitRow, level: int) -> DuesUnit:
    return DuesUnit(row.id, Words(row.name, row.name_en or row.id), level)


def _rows(
    conn: Connection,
    registry: Registry,
    of: Sequence[DuesUnit],
    first: str,
    last: str,
    open_at: Period | None = None,
) -> DuesRows:
    from ledger.registry import assessments, claims, dues_schemes, members

    ids = [unit.id for unit in of]
    owed = claims.dues_of(conn, ids, first, last, open_on=None if open_at is None else open_at.last)
    # Of arrears only the claims are told.
    plain = [] if open_at is not None else assessments.plain_of(conn, ids, first, last)
    schemes = [
        Collects(row.unit, row.rule, row.account, row.fund)
        for id in ids
        for row in dues_schemes.of_unit(conn, id)
    ]
    # Rows of tables are told of one unit's roll only.
    books = _books(registry, ids if len(ids) == 1 else [])
    words, fixed = _table_rows(books, {(row.table_key, row.row) for row in plain})
    who = {row.member for row in owed if row.member} | {row.member for row in plain}
    numbers = {id: row.number for id, row in members.with_ids(conn, who).items()}
    return DuesRows(
        of,
        schemes,
        [
            Assessed(
                row.unit, row.rule, Month.parse(row.month), row.member, row.number, row.fen,
                row.total_fen, row.table_key, row.row, datetime.fromisoformat(row.at),
                fixed.get((row.table_key, row.row)) == row.total_fen,
            )
            for row in plain
        ],
        [_claimed(row) for row in owed if row.state != claims.VOID],
        words,
        numbers,
    )  # fmt: skip


def _claimed(row: ClaimRow) -> Claimed:
    from ledger.registry import claims

    month = Month.parse(row.month)
    return Claimed(
        row.unit, row.code, row.member or "", row.rule, month, row.fen, row.account, row.fund,
        row.state, row.due or month.period.last, row.settled_on,
        row.kind in claims.CREDITS, row.settled_by or "",
    )  # fmt: skip


def _books(registry: Registry, ids: Sequence[str]) -> list[Rulebook]:
    from ledger.rules.rulebook import load

    return [load(registry.folder, unit)[0] for unit in ids]


def _table_rows(
    books: Sequence[Rulebook], used: set[tuple[str, str]]
) -> tuple[dict[tuple[str, str], Words], dict[tuple[str, str], int]]:
    """What the rows in use are called, and the amounts that some of them fix."""
    from ledger.rules.rate_tables import RateTable

    names: dict[tuple[str, str], Words] = {}
    fixed: dict[tuple[str, str], int] = {}
    for book in books:
        for table in book.tables:
            if isinstance(table, RateTable):
                for row in table.rows:
                    key = (table.head.key, row.id)
                    if key in used:
                        names[key] = row.name
                        if row.fixed is not None:
                            fixed[key] = row.fixed
    return names, fixed


# ---- who the members are -----------------------------------------------------------------------


def _people(
    conn: Connection, registry: Registry, unit: str, period: Period, rules: set[str]
) -> Mapping[tuple[str, str], Person]:
    from ledger.registry import assessments, members, persons

    of_unit = members.all_members(conn, unit)
    keys = persons.keys_of_unit(conn, registry.vault, unit)
    data = persons.read_many(conn, registry.vault, {row.person for row in of_unit})
    names = {row.id: data[row.person].name for row in of_unit if row.person in data}
    book = _books(registry, [unit])[0]
    found: dict[tuple[str, str], Person] = {}
    for rule in sorted(rules):
        for row in of_unit:
            found[rule, row.id] = Person(names.get(row.id, ERASED), row.number)
        for month in period.months():
            last = assessments.last_of_month(conn, keys, unit, rule, str(month))
            for member, one in last.items():
                told = _told(one.record, book)
                person = found.get((rule, member))
                if told is not None and person is not None:
                    found[rule, member] = replace(told, name=person.name, number=person.number)
    return found


def _told(record: Mapping[str, str | int | bool | None] | None, book: Rulebook) -> Person | None:
    from ledger.errors import Refused
    from ledger.rules.record import of_record

    if record is None or record.get("row") is None:
        return None
    try:
        one = of_record(record, book)
    except Refused:
        return None  # its table is not what it was; mingbai dues explain says so
    base = None if one.base is None else Money(one.base.fen)
    status = one.table.named[one.status].name
    return Person("", "", status, base, one.row.name, one.reduced)
