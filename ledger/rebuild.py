"""Either witness from the other: the journal from the book's text, or the text from the journal.

Someone who knows which witness to trust decides; the program never does. Rebuilding from text
verifies the chain first, and every seal, so that only a whole book is taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ledger import bookchain, canonical_directives, canonical_reader, journal
from ledger.allocations import attributing
from ledger.assets import sums as asset_sums
from ledger.decisions import checking
from ledger.derived import Derived, derive
from ledger.durable import replace_file
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.layout import month_file, unit_folder
from ledger.period import Month
from ledger.registry import (
    allocation_moves,
    budgets,
    contracts,
    entries,
    fund_sums,
    month_states,
    oplog,
    units,
)
from ledger.sealing import taking
from ledger.unitfacts import read_facts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry

_BATCH = 5000


def text_from_journal(registry: Registry, unit: str, user: str, now: datetime) -> list[str]:
    """Write every file of the book again from the journal; the names of those that changed."""
    folder = unit_folder(registry.folder, unit)
    changed = []
    with journal.locked(folder), registry.write() as conn:
        registry.lock_unit(conn, unit)
        for file in sorted(entries.files(conn, unit)):
            data = b"".join(row.text for row in entries.entries_of_file(conn, unit, file))
            path = folder / file
            if not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_file(path, data)
                changed.append(file)
        changed += taking.write_files(conn, folder, unit)
        _log(conn, now, user, unit, "rebuild.text", len(changed))
    journal.write_book_file(registry, unit)
    return changed


def journal_from_text(registry: Registry, unit: str, user: str, now: datetime) -> int:
    """Make the journal of ``unit`` anew from its book; how many entries it has.

    A unit that the registry does not know yet is entered with the facts in its book. Refused unless
    the book's chain holds to its last entry.
    """
    folder = unit_folder(registry.folder, unit)
    facts = read_facts(registry.folder, unit)
    book, found = bookchain.read_book(folder)
    if found:
        raise Refused(*found)
    rows = [_row(file, text) for file, text in book.entries]
    refuse_if(_faults(unit, rows))
    derived = derive(book.entries, book.files)
    if not rows:
        raise CannotRun(
            finding(
                "empty-book",
                f"单位 {unit} 的账簿没有内容",
                f"the book of unit {unit} is empty",
                "核对目录",
                "check the folder",
            )
        )
    with journal.locked(folder), registry.write() as conn:
        registry.lock_unit(conn, unit)
        if unit not in {row.id for row in units.all_units(conn)}:
            units.add(
                conn,
                unit=unit,
                name=facts.name.zh,
                name_en=facts.name.en,
                chart=facts.chart,
                opened=facts.opened,
                limit_fen=facts.limit.fen,
                upper=facts.upper or None,
            )
        entries.forget(conn, unit)
        budgets.forget_posted(conn, unit)
        allocation_moves.forget(conn, unit)
        contracts.forget_moved(conn, unit)
        _keep(conn, unit, rows, derived)
        attributing.catch_up(conn, unit)
        checking.take_over(conn, unit)
        asset_sums.take_over(conn, unit)
        taking.take_over(conn, folder, unit, book, user, now)
        _log(conn, now, user, unit, "rebuild.journal", len(rows))
    journal.write_book_file(registry, unit)
    return len(rows)


def _log(conn: Connection, now: datetime, user: str, unit: str, action: str, count: int) -> None:
    oplog.record(conn, at=now, user=user, unit=unit, action=action, object=unit, detail=str(count))


def _row(file: str, text: canonical_reader.EntryText) -> entries.EntryRow:
    if text.kind == "voucher":
        voucher = canonical_reader.parse_voucher(text.text.decode(), file, text.line)
        return entries.EntryRow(
            text.seq, text.kind, file, text.offset, text.text, text.chain, voucher.draft.day,
            voucher.posted.isoformat(timespec="seconds"), f"voucher:{voucher.id}",
            voucher.number, voucher.id, voucher.draft.source, voucher.draft.reverses,
        )  # fmt: skip
    directives = canonical_directives.parse_directives(text.text.decode(), file, text.line)
    if not directives:
        raise canonical_reader.NotCanonical(file, text.line, text.offset)
    day = directives[0].day
    return entries.EntryRow(
        text.seq, text.kind, file, text.offset, text.text, text.chain, day, day.isoformat(),
        f"{text.kind}:{text.seq}",
    )  # fmt: skip


def _faults(unit: str, rows: list[entries.EntryRow]) -> Iterator[Finding]:
    """Vouchers that no journal holds: out of their month, numbered twice or not in order."""
    reversed_: set[str] = set()
    numbers: dict[str, int] = {}
    for row in rows:
        if row.number is None:
            continue
        series, ordinal = row.number.rsplit("-", 1)
        numbers[series] = numbers.get(series, 0) + 1
        month = Month.of(row.day)
        if row.file != month_file(month) or series[2:] != f"{month.year:04d}{month.month:02d}":
            what = ("不在其月份的文件中", "does not stand in the file of its month")
        elif int(ordinal) != numbers[series]:
            what = ("号码重复或有间断", "is numbered twice, or a number before it is missing")
        elif row.reverses is not None and row.reverses in reversed_:
            what = (f"再次冲销 {row.reverses}", f"reverses {row.reverses} once more")
        else:
            reversed_.update([row.reverses] if row.reverses else [])
            continue
        yield finding(
            "bad-voucher",
            f"凭证 {row.number} {what[0]}",
            f"voucher {row.number} {what[1]}",
            "此账簿不是本程序写出的，不能接收",
            "this is no book as the program writes it; it is not taken over",
            file=f"units/{unit}/{row.file}",
        )


def _keep(conn: Connection, unit: str, rows: list[entries.EntryRow], book: Derived) -> None:
    for start in range(0, len(rows), _BATCH):
        entries.add_bulk(conn, unit, rows[start : start + _BATCH])
    seq, chain = book.head
    entries.set_heads(conn, unit, seq, chain, book.files)
    for account in book.accounts.values():
        entries.add_account(conn, unit, account)
    for fund in book.funds.values():
        entries.add_fund(conn, unit, fund)
    for (kind, month), last in book.numbers.items():
        entries.set_ordinal(conn, unit, kind, Month.parse(month), last)
    for (code, currency, day), fen in sorted(book.resources.items()):
        fund_sums.move_resources(conn, unit, code, currency, day, fen)
    for month, closed in book.months.items():
        at = (closed.day + timedelta(days=1)).isoformat()
        month_states.set_month(
            conn, unit, month_states.MonthRow(month, closed.state, closed.digest, closed.by, at)
        )
