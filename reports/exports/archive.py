"""An archive for thirty years: one ZIP that a reader opens without any program of ours.

The book's text as it is, papers in clear under their digest, chart, funds, seals, published packs,
the period's statements, the operation log, the auditor's script, and a description of all of it.
Everything is stored as it is, without compression and without clocks: the same book gives the same
bytes. Names of persons stay sealed; only papers show them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, BinaryIO, Final

from ledger import checking
from ledger.account import account_code
from ledger.errors import LedgerError, Refused, refuse_if
from ledger.layout import bean_files, unit_folder
from ledger.registry import entries, oplog, packs, papers
from ledger.sealing.files import seal_files
from reports.exports.csvs import amount
from reports.exports.place import ARCHIVE_MARK
from reports.exports.values import Totals, read_voucher
from reports.packs import keeping
from reports.packs.building import place_of
from reports.packs.writing import SUMS, json_bytes
from reports.render import render
from reports.sources import book_source, scanned
from reports.statements.catalogue import build
from reports.statements.source import Act

if TYPE_CHECKING:
    from reports.exports.source import ExportSource
    from reports.statements.source import Source

FORMAT: Final = "FORMAT.txt"
SCRIPT: Final = "verify.py"
#: Statements of the book, and of things where the unit keeps any.
STATEMENTS: Final = (
    "balance-sheet", "income-statement", "cash-flow", "budgetary-statement", "fiscal-quota",
    "funds", "sofa", "trial-balance",
)  # fmt: skip
OF_THINGS: Final = ("asset-register", "asset-changes", "depreciation")
_FORMS: Final = ("pdf", "csv", "json")
_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can hold
_REGULAR: Final = 0o100644 << 16
_UNIX: Final = 3
#: What is written by the act of exporting stays out, or no archive would be the same twice.
_OWN_ACT: Final = "export"
_OF_AUDITORS: Final = "audit."


class _Writer:
    """Files into a ZIP, one after the other, and the list of their digests."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.digests: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        self.digests[name] = hashlib.sha256(data).hexdigest()
        entry = zipfile.ZipInfo(name, _TIME)
        entry.create_system, entry.external_attr = _UNIX, _REGULAR
        self._archive.writestr(entry, data)

    def table(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(heads)
        writer.writerows(rows)
        self.add(name, out.getvalue().encode())

    def sums(self) -> None:
        text = "".join(f"{self.digests[name]}  {name}\n" for name in sorted(self.digests))
        self.add(SUMS, text.encode())


def write(source: ExportSource, out: BinaryIO) -> tuple[Totals, list[str]]:
    """Write the archive; what its book holds of the period, counted, and the names of its files.

    Refused where a paper, a seal or a published pack is not what it was.
    """
    refuse_if(checking.check_papers(source.registry, source.unit))
    totals = Totals()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = ARCHIVE_MARK
        to = _Writer(archive)
        folder = unit_folder(source.registry.folder, source.unit)
        to.add(FORMAT, _shipped("reports.exports", FORMAT))
        _book(source, to)
        named = _named_papers(source, totals)
        _chart(source, to)
        _papers(source, named, to)
        for name, data in seal_files(folder)[0].items():
            to.add(name, data)
        _packs(source, to)
        _statements(source, to)
        _log(source, to)
        to.add(SCRIPT, _shipped("ledger.verify", "standalone.py"))
        to.add("SEALS.md", _shipped("ledger.verify", "FORMAT.md"))
        to.add("unit.json", json_bytes(_facts(source, totals)))
        to.sums()
        return totals, sorted(to.digests)


# ---- parts -------------------------------------------------------------------------------------


def _book(source: ExportSource, to: _Writer) -> None:
    folder = unit_folder(source.registry.folder, source.unit)
    lengths = entries.files(source.conn, source.unit)
    for name, path in sorted({**bean_files(folder)[0], "book.bean": folder / "book.bean"}.items()):
        data = path.read_bytes()
        # What was posted since this export began belongs to the next one.
        to.add(f"book/{name}", data if name == "book.bean" else data[: lengths.get(name, 0)])


def _named_papers(source: ExportSource, totals: Totals) -> dict[str, list[str]]:
    """By digest: the vouchers that name a paper, of the whole book; those of the period counted."""
    named: dict[str, list[str]] = {}
    whole = (entries.head(source.conn, source.unit) or (0, ""))[0]
    for count, row in enumerate(entries.all_entries(source.conn, source.unit), start=1):
        if count % 1000 == 0:
            source.progress("凭证 vouchers", count, whole)
        if row.kind == "voucher" and (row.day in source.period or b"\n  papers" in row.text):
            voucher = read_voucher(row.text.decode())
            for digest in voucher.papers:
                named.setdefault(digest, []).append(voucher.number)
            if row.day in source.period:
                totals.add(voucher)
    return named


def _chart(source: ExportSource, to: _Writer) -> None:
    to.table(
        "chart/accounts.csv",
        ("account", "code", "export_code", "name_en", "opened", "closed", "currency", "capital"),
        (
            (name, account_code(name), source.ids[name], facts.name_en, facts.opened,
             facts.closed or "", facts.currency, int(facts.capital))
            for name, facts in source.accounts.items()
        ),
    )  # fmt: skip
    to.table(
        "chart/funds.csv",
        ("fund", "name", "name_en", "restriction", "opened", "closed", "source"),
        (
            (fund.code, fund.name, fund.name_en, fund.restriction, fund.opened, fund.closed or "",
             fund.source)
            for fund in source.funds.values()
        ),
    )  # fmt: skip
    to.table(
        "chart/balances.csv",
        ("account", "fund", "currency", "opening", "debit", "credit", "closing"),
        (
            (one.account, one.fund, one.currency, amount(one.opening), amount(one.debit),
             amount(one.credit), amount(one.closing))
            for one in source.balances()
        ),
    )  # fmt: skip
    to.add("chart/rule.toml", _shipped("ledger", f"charts/{source.chart.id}.toml"))


def _papers(source: ExportSource, named: dict[str, list[str]], to: _Writer) -> None:
    """Papers in clear. Names of their files are not told: they may name persons."""
    with source.registry.read() as conn:
        rows = papers.all_papers(conn, source.unit)
    index: list[tuple[object, ...]] = []
    for place, row in enumerate(rows, start=1):
        data = papers.read(source.registry, source.unit, row)
        if data is None:
            raise Refused(*checking.check_papers(source.registry, source.unit))
        name = f"papers/{row.digest}{row.suffix}"
        to.add(name, data)
        index.append((row.digest, name, len(data), " ".join(named.get(row.digest, ()))))
        source.progress("附件 papers", place, len(rows))
    known = {row.digest for row in rows}
    # Of a book that was taken over, without its papers: told, not passed over.
    index += [(one, "", "", " ".join(named[one])) for one in sorted(named) if one not in known]
    to.table("papers/index.csv", ("sha256", "file", "bytes", "vouchers"), index)


def _packs(source: ExportSource, to: _Writer) -> None:
    for row in packs.of_units(source.conn, [source.unit]):
        there = place_of(row.unit, row.period, row.audience, row.version)
        for name, data in keeping.files_of(source.registry.folder, row).items():
            to.add(f"{there}/{name}", data)


def _statements(source: ExportSource, to: _Writer) -> None:
    book = book_source(source.registry.folder, source.unit, source.period, kept=False)
    for name, given in _sources(source, book):
        try:
            statement = build(name, given, source.period)
        except LedgerError:  # the chart has no such form, or it is none of a quarter
            continue
        for form in _FORMS:
            to.add(f"statements/{name}.{form}", render(statement, form, tagged=form == "pdf"))


def _sources(source: ExportSource, book: Source) -> Iterator[tuple[str, Source]]:
    from reports.asset_source import asset_source

    for name in STATEMENTS:
        yield name, book
    for name in OF_THINGS:
        found = asset_source(source.registry, source.unit, name, source.period, book)
        if found.assets is not None and (found.assets.stands or found.assets.moves):
            yield name, found


def _log(source: ExportSource, to: _Writer) -> None:
    rows = [act for act in oplog.entries(source.conn, source.unit) if act.action != _OWN_ACT]
    acts = [
        # What auditors drew and looked for is read by auditors alone.
        Act(datetime.fromisoformat(one.at), one.user, one.action, "", "")
        if one.action.startswith(_OF_AUDITORS)
        else Act(datetime.fromisoformat(one.at), one.user, one.action, one.object, one.detail)
        for one in rows
    ]
    to.table(
        "operation-log.csv",
        ("number", "at", "user", "action", "object", "detail", "chain"),
        (
            (row.id, row.at, act.user, act.action, act.object, act.detail, row.chain)
            for row, act in zip(rows, scanned(source.conn, source.registry, acts), strict=True)
        ),
    )


def _facts(source: ExportSource, totals: Totals) -> dict[str, object]:
    row, head = source.row, entries.head(source.conn, source.unit)
    return {
        "format": "mingbai-archive-1",
        "program": f"Mingbai {source.version}",
        "unit": row.id,
        "name": row.name,
        "name_en": row.name_en,
        "upper": row.upper,
        "level": row.level,
        "chart": row.chart,
        "chart_source": source.chart.source,
        "opened": row.opened.isoformat(),
        "closed": row.closed.isoformat() if row.closed else None,
        "period": str(source.period),
        "entries": head[0] if head else 0,
        "chain": head[1] if head else None,
        "vouchers": totals.vouchers,
        "lines": totals.lines,
        "totals": {
            currency: {"debit": amount(debit), "credit": amount(credit)}
            for currency, (debit, credit) in totals.by_currency().items()
        },
    }


# ---- what comes with the program ---------------------------------------------------------------


def _shipped(package: str, name: str) -> bytes:
    return (files(package) / name).read_bytes()
