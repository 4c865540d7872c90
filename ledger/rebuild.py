"""Either witness from the other: the journal from the book's text, or the text from the journal.

Someone who knows which witness to trust decides; the program never does. Rebuilding from text
verifies the chain first, so that only a whole book is taken over.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ledger import bookchain, canonical_directives, canonical_reader, fundcheck, journal
from ledger.entry import Voucher
from ledger.errors import CannotRun, Refused, finding
from ledger.layout import month_file, unit_folder
from ledger.period import Month
from ledger.registry import entries, oplog, units
from ledger.unitfacts import read_facts

if TYPE_CHECKING:
    from pathlib import Path

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
                _replace(path, data)
                changed.append(file)
        _log(conn, now, user, unit, "rebuild.text", len(changed))
    journal.write_book_file(registry, unit)
    return changed


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def journal_from_text(registry: Registry, unit: str, user: str, now: datetime) -> int:
    """Make the journal of ``unit`` anew from its book; how many entries it has.

    A unit that the registry does not know yet is entered with the facts in its book. Refused unless
    the book's chain holds to its last entry.
    """
    folder = unit_folder(registry.folder, unit)
    facts = read_facts(registry.folder, unit)
    found = bookchain.verify_book(folder)
    if found:
        raise Refused(*found)
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
        count = _Taker(conn, unit, folder).take()
        _log(conn, now, user, unit, "rebuild.journal", count)
    journal.write_book_file(registry, unit)
    return count


def _log(conn: Connection, now: datetime, user: str, unit: str, action: str, count: int) -> None:
    oplog.record(conn, at=now, user=user, unit=unit, action=action, object=unit, detail=str(count))


class _Taker:
    """Takes a verified book over, entry by entry in the order of its chain."""

    def __init__(self, conn: Connection, unit: str, folder: Path) -> None:
        self._conn = conn
        self._unit = unit
        self._folder = folder
        self._capital: set[str] = set()
        self._moves: dict[tuple[str, str, date], int] = {}
        self._ordinals: dict[tuple[str, str], int] = {}
        self._closed: dict[str, entries.MonthRow] = {}

    def take(self) -> int:
        lengths: dict[str, tuple[int, int]] = {}
        batch: list[entries.EntryRow] = []
        count, chain = 0, ""
        for file, text in self._in_order():
            row = self._row(file, text)
            batch.append(row)
            lengths[file] = (row.offset + len(row.text), row.seq)
            count, chain = row.seq, row.chain
            if len(batch) >= _BATCH:
                entries.add_bulk(self._conn, self._unit, batch)
                batch.clear()
        if not count:
            raise CannotRun(
                finding(
                    "empty-book",
                    f"单位 {self._unit} 的账簿没有内容",
                    f"the book of unit {self._unit} is empty",
                    "核对目录",
                    "check the folder",
                )
            )
        entries.add_bulk(self._conn, self._unit, batch)
        entries.set_heads(self._conn, self._unit, count, chain, lengths)
        self._keep_sums()
        return count

    def _in_order(self) -> Iterator[tuple[str, canonical_reader.EntryText]]:
        found = []
        for path in sorted(self._folder.rglob("*.bean")):
            file = path.relative_to(self._folder).as_posix()
            if file != "book.bean":
                found += [
                    (file, text) for text in canonical_reader.entries(path.read_bytes(), file)
                ]
        return iter(sorted(found, key=lambda item: item[1].seq))

    def _row(self, file: str, text: canonical_reader.EntryText) -> entries.EntryRow:
        if text.kind == "voucher":
            voucher = canonical_reader.parse_voucher(text.text.decode(), file, text.line)
            self._take_voucher(voucher)
            return entries.EntryRow(
                text.seq, text.kind, file, text.offset, text.text, text.chain, voucher.draft.day,
                voucher.posted.isoformat(timespec="seconds"), f"voucher:{voucher.id}",
                voucher.number, voucher.id, voucher.draft.source, voucher.draft.reverses,
            )  # fmt: skip
        directives = canonical_directives.parse_directives(text.text.decode(), file, text.line)
        for directive in directives:
            self._take_directive(directive, text)
        day = directives[0].day
        return entries.EntryRow(
            text.seq, text.kind, file, text.offset, text.text, text.chain, day, day.isoformat(),
            f"{text.kind}:{text.seq}",
        )  # fmt: skip

    def _take_voucher(self, voucher: Voucher) -> None:
        draft = voucher.draft
        place = (draft.kind, str(draft.month))
        self._ordinals[place] = max(self._ordinals.get(place, 0), int(voucher.number[9:]))
        for (fund, currency), fen in fundcheck.resource_moves(draft, self._capital).items():
            key = (fund, currency, draft.day)
            self._moves[key] = self._moves.get(key, 0) + fen

    def _take_directive(
        self, entry: canonical_directives.Directive, text: canonical_reader.EntryText
    ) -> None:
        if isinstance(entry, canonical_directives.Opened):
            if entry.capital:
                self._capital.add(entry.account)
            row = entries.AccountRow(
                entry.account, entry.name_en, entry.currency, entry.capital, entry.day, None
            )
            entries.add_account(self._conn, self._unit, row)
        elif isinstance(entry, canonical_directives.FundDeclared):
            fund = entries.FundRow(
                entry.code,
                entry.name,
                entry.name_en,
                entry.restriction,
                entry.source,
                entry.day,
                None,
            )
            entries.add_fund(self._conn, self._unit, fund)
        elif isinstance(entry, canonical_directives.CustomEntry) and entry.values:
            self._take_month(entry, text)

    def _take_month(
        self, entry: canonical_directives.CustomEntry, text: canonical_reader.EntryText
    ) -> None:
        if entry.type not in ("close", "reopen"):
            return
        month = entry.values[0]
        by = dict(entry.meta).get("by", "")
        at = (entry.day + timedelta(days=1)).isoformat()
        if entry.type == "reopen":
            self._closed[month] = entries.MonthRow(month, "reopened", "", by, at)
            return
        data = (self._folder / month_file(Month.parse(month))).read_bytes()
        digest = hashlib.sha256(data[: text.offset + len(text.text)]).hexdigest()
        self._closed[month] = entries.MonthRow(month, "closed", digest, by, at)

    def _keep_sums(self) -> None:
        for (kind, month), last in self._ordinals.items():
            entries.set_ordinal(self._conn, self._unit, kind, Month.parse(month), last)
        for (fund, currency, day), fen in sorted(self._moves.items()):
            entries.move_resources(self._conn, self._unit, fund, currency, day, fen)
        for row in self._closed.values():
            entries.set_month(self._conn, self._unit, row)
