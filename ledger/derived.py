"""What the registry keeps of a book besides its entries, computed from the book's text alone.

Accounts, funds, the day sums that decide overdrafts, the last voucher numbers and the closed
months: posting asks the registry for them, so whoever altered them there could pass a check. They
are computed anew to rebuild a journal, and to verify one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import canonical_directives, canonical_reader, fundcheck
from ledger.layout import month_file
from ledger.period import Month
from ledger.registry import entries, fund_sums, month_states, units
from ledger.unitfacts import UnitFacts, parse_facts

if TYPE_CHECKING:
    from sqlalchemy import Connection


class ClosedMonth(NamedTuple):
    """``state`` is closed or reopened; ``digest`` is of the month's file up to its closing."""

    state: str
    digest: str
    by: str
    day: date


@dataclass
class Derived:
    """The facts of one book; keys are as in the registry's tables, sums of zero are left out."""

    facts: UnitFacts | None = None
    accounts: dict[str, entries.AccountRow] = field(default_factory=dict)
    funds: dict[str, entries.FundRow] = field(default_factory=dict)
    resources: dict[tuple[str, str, date], int] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    months: dict[str, ClosedMonth] = field(default_factory=dict)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    head: tuple[int, str] = (0, "")
    capital: set[str] = field(default_factory=set)


def derive(
    texts: Iterable[tuple[str, canonical_reader.EntryText]], data: Mapping[str, bytes]
) -> Derived:
    """The facts of a book whose chain holds; ``texts`` in the order of posting, by file."""
    found = Derived()
    for file, text in texts:
        take_place(found, file, text)
        if text.kind == "voucher":
            _take_lean(found, canonical_reader.read_lean(text.text.decode(), file, text.line))
            continue
        said = canonical_directives.parse_directives(text.text.decode(), file, text.line)
        take_directives(found, text, said, data)
    found.resources = {key: fen for key, fen in found.resources.items() if fen}
    return found


def take_place(found: Derived, file: str, text: canonical_reader.EntryText) -> None:
    """Where an entry stands: each file ends behind its last one, the chain too."""
    found.files[file] = (text.offset + text.length, text.seq)
    found.head = (text.seq, text.chain)


def take_directives(
    found: Derived,
    text: canonical_reader.EntryText,
    said: Iterable[canonical_directives.Directive],
    data: Mapping[str, bytes],
) -> None:
    """Take an entry in that is no voucher, read by whoever calls."""
    if text.kind == "unit":
        found.facts = parse_facts(text.text.decode())
    for entry in said:
        _take_directive(found, entry, text, data)


def _take_lean(found: Derived, voucher: canonical_reader.LeanVoucher) -> None:
    lines = [
        fundcheck.FundLine(line.account, line.fund, line.currency, line.fen)
        for line in voucher.lines
    ]
    take_voucher(found, voucher.number, voucher.day, lines)


def take_voucher(
    found: Derived, number: str, day: date, lines: Iterable[fundcheck.FundLine]
) -> None:
    """Take a voucher in, read by whoever calls."""
    place = (number[0], str(Month.of(day)))
    found.numbers[place] = max(found.numbers.get(place, 0), int(number[9:]))
    for (fund, currency), fen in fundcheck.moves_of(lines, found.capital).items():
        key = (fund, currency, day)
        found.resources[key] = found.resources.get(key, 0) + fen


def _take_directive(
    found: Derived,
    entry: canonical_directives.Directive,
    text: canonical_reader.EntryText,
    data: Mapping[str, bytes],
) -> None:
    if isinstance(entry, canonical_directives.Opened):
        if entry.capital:
            found.capital.add(entry.account)
        found.accounts[entry.account] = entries.AccountRow(
            entry.account, entry.name_en, entry.currency, entry.capital, entry.day, None
        )
    elif isinstance(entry, canonical_directives.Shut):
        if entry.account in found.accounts:
            found.accounts[entry.account] = replace(found.accounts[entry.account], closed=entry.day)
    elif isinstance(entry, canonical_directives.FundDeclared):
        found.funds[entry.code] = entries.FundRow(
            entry.code,
            entry.name,
            entry.name_en,
            entry.restriction,
            entry.source,
            entry.day,
            None,
        )
    elif isinstance(entry, canonical_directives.FundClosed):
        if entry.code in found.funds:
            found.funds[entry.code] = replace(found.funds[entry.code], closed=entry.day)
    elif isinstance(entry, canonical_directives.CustomEntry) and entry.values:
        month, by = entry.values[0], dict(entry.meta).get("by", "")
        if entry.type == "reopen":
            found.months[month] = ClosedMonth("reopened", "", by, entry.day)
        elif entry.type == "close":
            until = data[month_file(Month.parse(month))][: text.offset + text.length]
            digest = hashlib.sha256(until).hexdigest()
            found.months[month] = ClosedMonth("closed", digest, by, entry.day)


def differences(conn: Connection, unit: str, book: Derived) -> list[str]:
    """What the registry says otherwise than the book, in a few words each; empty if nothing."""
    months = {row.month: (row.state, row.digest) for row in month_states.all_months(conn, unit)}
    days = fund_sums.resource_sums(conn, unit)
    row = units.find(conn, unit)
    facts = book.facts
    pairs: list[tuple[str, Mapping[Any, object], Mapping[Any, object]]] = [
        ("account", entries.accounts(conn, unit), book.accounts),
        ("fund", entries.funds(conn, unit), book.funds),
        ("resources of fund", days, book.resources),
        ("resources of fund", fund_sums.month_sums(conn, unit), _by_month(book.resources)),
        ("last number", entries.last_numbers(conn, unit), book.numbers),
        ("month", months, {m: (c.state, c.digest) for m, c in book.months.items()}),
        ("length of file", entries.files(conn, unit), {f: n for f, (n, _) in book.files.items()}),
        ("head of the chain", {"": entries.head(conn, unit)}, {"": book.head}),
    ]
    if facts is not None:
        kept = (row.name, row.name_en, row.chart, row.opened, row.limit_fen, row.upper or "")
        written = (
            facts.name.zh,
            facts.name.en,
            facts.chart,
            facts.opened,
            facts.limit.fen,
            facts.upper,
        )
        if not row.name_en:
            written = (written[0], "", *written[2:])
        pairs.append(("unit", {unit: kept}, {unit: written}))
    return [
        " ".join([what, *(str(part) for part in (key if isinstance(key, tuple) else (key,)))])
        for what, ours, theirs in pairs
        for key in sorted({*ours, *theirs}, key=str)
        if ours.get(key) != theirs.get(key)
    ]


def _by_month(days: Mapping[tuple[str, str, date], int]) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for (fund, currency, day), fen in days.items():
        key = (fund, currency, str(Month.of(day)))
        found[key] = found.get(key, 0) + fen
    return {key: fen for key, fen in found.items() if fen}
