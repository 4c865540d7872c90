"""Either witness from the other: the journal from the book's text, or the text from the journal.

Someone who knows which witness to trust decides; the program never does. The one that is trusted is
verified first, chain and seals, so that only a whole one is taken over: where both are damaged,
nothing is written. Each voucher is parsed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import bookchain, canonical_directives, canonical_reader, fundcheck, journal
from ledger import derived as deriving
from ledger.allocations import attributing
from ledger.assets import sums as asset_sums
from ledger.decisions import checking
from ledger.derived import Derived
from ledger.durable import replace_file
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.journalproof import follow
from ledger.layout import bean_files, month_file, unit_folder
from ledger.period import Month
from ledger.registry import (
    allocation_moves,
    budgets,
    contracts,
    decisions,
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

_BATCH: Final = 5000
#: What stands behind the name of a file that no journal knows, once it was moved out of the book.
ASIDE: Final = ".set-aside"

#: Told how many entries are done, and of how many.
Told = Callable[[int, int], None]


def _nobody(_done: int, _of: int) -> None:
    """Nobody wants to be told."""


def text_from_journal(registry: Registry, unit: str, user: str, now: datetime) -> list[str]:
    """Write every file of the book again from the journal; the names of those that changed.

    What stands in the book and in no row is moved aside, never deleted. Refused unless the
    journal's own chain holds to its last row.
    """
    folder = unit_folder(registry.folder, unit)
    changed = []
    with journal.locked(folder), registry.write() as conn:
        registry.lock_unit(conn, unit)
        if (fault := follow(conn, unit).finding) is not None:
            raise Refused(fault)
        files = sorted(entries.files(conn, unit))
        for file in files:
            data = b"".join(row.text for row in entries.entries_of_file(conn, unit, file))
            path = folder / file
            if path.is_symlink() or not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_file(path, data)
                changed.append(file)
        changed += _set_aside(folder, set(files))
        changed += taking.write_files(conn, folder, unit)
        _log(conn, now, user, unit, "rebuild.text", len(changed))
    journal.write_book_file(registry, unit)
    return changed


def _set_aside(folder: Path, known: set[str]) -> list[str]:
    """Move files of a book that no entry stands in out of it; empty months are its own."""
    there, _ = bean_files(folder)
    moved = [name for name, path in there.items() if name not in known and path.stat().st_size]
    for name in moved:
        (folder / name).rename(folder / f"{name}{ASIDE}")
    return [f"{name}{ASIDE}" for name in moved]


def journal_from_text(
    registry: Registry, unit: str, user: str, now: datetime, told: Told = _nobody
) -> int:
    """Make the journal of ``unit`` anew from its book; how many entries it has.

    A unit that the registry does not know yet is entered with the facts in its book. Refused unless
    the book's chain holds to its last entry.
    """
    folder = unit_folder(registry.folder, unit)
    facts = read_facts(registry.folder, unit)
    with journal.locked(folder), registry.write() as conn:
        registry.lock_unit(conn, unit)
        book, found = bookchain.read_book(folder)
        if found:
            raise Refused(*found)
        if not book.entries:
            raise CannotRun(_empty(unit))
        reading = _Reading(facts.chart, decisions.of_unit(conn, unit))
        for done, (file, text) in enumerate(book.entries, start=1):
            reading.take(file, text, book)
            if done % _BATCH == 0:
                told(done, len(book.entries))
        refuse_if(_faults(unit, reading.rows))
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
        _keep(conn, unit, reading.rows, reading.derived)
        attributing.catch_up(conn, unit)
        reading.paid.keep(conn, unit)
        reading.things.keep(conn, unit)
        taking.take_over(conn, folder, unit, book, user, now)
        _log(conn, now, user, unit, "rebuild.journal", len(reading.rows))
    journal.write_book_file(registry, unit)
    return len(reading.rows)


class _Reading:
    """A book that is read once: its rows, and what the registry keeps of it besides."""

    def __init__(self, chart: str, decided: list[decisions.DecisionRow]) -> None:
        self.rows: list[entries.EntryRow] = []
        self.derived = Derived()
        self.paid = checking.PaidOut(decided)
        self.things = asset_sums.Summing(chart)

    def take(self, file: str, text: canonical_reader.EntryText, book: bookchain.Book) -> None:
        """The next entry, in the order of posting."""
        deriving.take_place(self.derived, file, text)
        if text.kind != "voucher":
            said = canonical_directives.parse_directives(text.text.decode(), file, text.line)
            if not said:
                raise canonical_reader.NotCanonical(file, text.line, text.offset)
            deriving.take_directives(self.derived, text, said, book.files)
            day = said[0].day
            self.rows.append(
                entries.EntryRow(
                    text.seq, text.kind, file, text.offset, text.text, text.chain, day,
                    day.isoformat(), f"{text.kind}:{text.seq}",
                )
            )  # fmt: skip
            return
        voucher = canonical_reader.parse_voucher(text.text.decode(), file, text.line)
        draft = voucher.draft
        lines = fundcheck.fund_lines(draft)
        deriving.take_voucher(self.derived, voucher.number, draft.day, lines)
        self.paid.take(voucher.number, draft)
        self.things.take(draft)
        self.rows.append(
            entries.EntryRow(
                text.seq, text.kind, file, text.offset, text.text, text.chain, draft.day,
                voucher.posted.isoformat(timespec="seconds"), f"voucher:{voucher.id}",
                voucher.number, voucher.id, draft.source, draft.reverses,
            )
        )  # fmt: skip


def _empty(unit: str) -> Finding:
    return finding(
        "empty-book",
        f"单位 {unit} 的账簿没有内容",
        f"the book of unit {unit} is empty",
        "核对目录；日志还在时：mingbai rebuild --from journal",
        "check the folder; if the journal is there: mingbai rebuild --from journal",
        file=f"units/{unit}",
    )


def _log(conn: Connection, now: datetime, user: str, unit: str, action: str, count: int) -> None:
    oplog.record(conn, at=now, user=user, unit=unit, action=action, object=unit, detail=str(count))


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
    resources = {place: fen for place, fen in book.resources.items() if fen}
    fund_sums.keep_resources(conn, unit, resources)
    for month, closed in book.months.items():
        at = (closed.day + timedelta(days=1)).isoformat()
        month_states.set_month(
            conn, unit, month_states.MonthRow(month, closed.state, closed.digest, closed.by, at)
        )
