"""GB/T 24589.1-2010: tables of the base file, the general ledger and fixed assets, as CSV.

Files carry the number and the name of their table, headings the six digits of each element and its
name in the standard, texts GB 18030 as the standard says. 原币 is the currency that the book keeps
a line in, or the foreign money behind it; 本币 is yuan. Conformance to the edition of 2024 is not
claimed; what has no content here has no file: see the README.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.account import account_code
from ledger.money import CNY, Money
from reports.exports import csvs
from reports.exports.codes import CLASSES, cut, level, normal_side, own_name, side_zh, type_zh
from reports.exports.csvs import amount
from reports.exports.gbt24589_elements import TABLES, heads
from reports.exports.gbt24589_things import write_things
from reports.exports.values import DIMENSIONS, Totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from reports.exports.source import ExportSource
    from reports.exports.things import Thing
    from reports.exports.values import ExportLine, ExportVoucher
    from reports.statement import Statement

ENCODING: Final = "gb18030"
STANDARD: Final = "GB/T 24589.1-2010"
SEPARATOR: Final = "|"
#: What the standard lets a unit add of its own: of a voucher, and of a line.
VOUCHER_FIELDS: Final = ("id", "reverses")
LINE_FIELDS: Final = ("member", "donor", "gift", "asset", "decision")
_FORMS: Final = ("balance-sheet", "income-statement")
_RATE: Final = "1"
#: Tables that are written for a period without vouchers, too.
_ALWAYS: Final = ("2-01", "2-02", "2-03", "2-05")


def write(source: ExportSource, things: Sequence[Thing], folder: Path) -> Totals:
    """Write every table that has content; what the vouchers hold, counted."""

    def whole(number: str, rows: Iterator[Sequence[str]]) -> None:
        always = number in _ALWAYS
        name = file_name(number)
        csvs.whole(folder, name, heads(number), rows, encoding=ENCODING, always=always)

    for number, rows in _base(source):
        whole(number, rows)
    for number, rows in (
        ("2-01", _ledger(source)),
        ("2-02", _accounts(source)),
        ("2-03", _auxiliary(source)),
        ("2-05", _balances(source)),
    ):
        whole(number, rows)
    totals = Totals()
    with csvs.table(folder, file_name("2-06"), heads("2-06"), encoding=ENCODING) as file:
        for voucher in source.counted(source.vouchers(), totals):
            for line in voucher.lines:
                file.writerow(_line(source, voucher, line))
    drawn = _statements(source)
    whole("2-08", _reports(source, drawn))
    whole("2-09", _report_lines(drawn))
    for number, rows in write_things(source, things):
        whole(number, rows)
    return totals


def file_name(number: str) -> str:
    """``2-06_记账凭证.csv``."""
    return f"{number}_{TABLES[number][0]}.csv"


def compact(day: date) -> str:
    """``20260331``."""
    return f"{day:%Y%m%d}"


# ---- base file ---------------------------------------------------------------------------------


def _base(source: ExportSource) -> Iterator[tuple[str, Iterator[Sequence[str]]]]:
    year = str(source.period.start.year)
    name = source.facts.name.zh
    yield "1-01", iter([
        (source.unit, f"{name} {source.period}", name, "", "事业单位", "", "Mingbai 明白账",
         source.version, CNY, year, STANDARD),
    ])  # fmt: skip
    yield (
        "1-02",
        (
            (str(one.year), str(one.month), compact(one.first), compact(one.period.last))
            for one in source.months
        ),
    )
    yield "1-03", ((kind, zh, kind) for kind, (zh, _) in CLASSES.items())
    yield "1-04", iter([(_RATE, "记账汇率")])
    yield "1-05", ((code, "人民币" if code == CNY else code) for code in source.every_currency)
    yield "1-11", ((key, zh, f"{zh} {en}", "0", "") for key, (zh, en) in DIMENSIONS.items())
    yield "1-12", _values(source)


def _values(source: ExportSource) -> Iterator[Sequence[str]]:
    for fund in source.funds.values():
        yield "fund", fund.code, fund.name, fund.restriction, "", "1"
    for key in list(DIMENSIONS)[1:]:
        for value in source.marks[key]:
            yield key, cut(value, 60), cut(source.called(key, value), 200), "", "", "1"


# ---- general ledger ----------------------------------------------------------------------------


def _ledger(source: ExportSource) -> Iterator[Sequence[str]]:
    deepest = max((level(name) for name in source.accounts), default=1)
    tops = [len(account_code(name)) for name in source.accounts if level(name) == 1]
    rule = "-".join([str(max(tops, default=3)), *(["2"] * (deepest - 1))])
    archives = SEPARATOR.join("" for _ in LINE_FIELDS)
    yield (
        SEPARATOR, rule, "", SEPARATOR.join(VOUCHER_FIELDS), SEPARATOR,
        SEPARATOR.join(LINE_FIELDS), archives,
    )  # fmt: skip


def _accounts(source: ExportSource) -> Iterator[Sequence[str]]:
    for name in source.accounts:
        side = "贷" if normal_side(name, source.chart) == "credit" else "借"
        yield (
            source.ids[name], cut(own_name(name), 60), str(level(name)),
            type_zh(name, source.chart), side,
        )  # fmt: skip


def _auxiliary(source: ExportSource) -> Iterator[Sequence[str]]:
    """Every account has the same items: each line says its fund."""
    for name in source.accounts:
        for place, (key, (zh, en)) in enumerate(DIMENSIONS.items(), start=1):
            yield source.ids[name], str(place), zh, zh, f"{en}: {key}"


def _balances(source: ExportSource) -> Iterator[Sequence[str]]:
    for month in source.months:
        for one in source.balances(month, month):
            own = one.currency == CNY
            figures: list[str] = []
            for fen in (abs(one.opening), one.debit, one.credit, abs(one.closing)):
                figures += ["", amount(fen), amount(fen if own else 0)]
            yield (
                source.ids[one.account], one.fund, "", "", side_zh(one.opening),
                side_zh(one.closing), one.currency, "", str(month.year), str(month.month),
                *figures,
            )  # fmt: skip


def _line(source: ExportSource, voucher: ExportVoucher, line: ExportLine) -> Sequence[str]:
    foreign = line.foreign
    currency = foreign.currency if foreign else line.currency
    original = foreign.fen if foreign else abs(line.fen)
    own = abs(line.fen) if line.own else 0
    moved = [line.units.lstrip("-"), amount(original), amount(own)]
    nothing = ["", amount(0), amount(0)]
    return (
        compact(voucher.day), str(voucher.day.year), str(voucher.day.month), voucher.kind,
        voucher.number, str(line.ordinal), cut(voucher.words, 300), source.ids[line.account],
        *(line.said(key) for key in DIMENSIONS), currency, "件" if line.commodity else "",
        *(moved if line.fen >= 0 else nothing), *(moved if line.fen < 0 else nothing),
        _RATE if line.rate else "", line.rate, "",
        SEPARATOR.join((voucher.id, voucher.reverses)),
        cut(SEPARATOR.join(line.said(key) for key in LINE_FIELDS), 300),
        "", "", "", "", str(len(voucher.papers)), cut(voucher.maker, 30), cut(voucher.checkers, 30),
        "明白账", "1", "0", cut(voucher.source.partition(":")[0], 20),
    )  # fmt: skip


# ---- statements --------------------------------------------------------------------------------


def _statements(source: ExportSource) -> list[Statement]:
    """The balance sheet and the income statement of the period, on charts that have them."""
    from ledger.errors import LedgerError
    from reports.sources import book_source
    from reports.statements.catalogue import build

    book = book_source(source.registry.folder, source.unit, source.period, kept=False)
    drawn = []
    for name in _FORMS:
        try:
            drawn.append(build(name, book, source.period))
        except LedgerError:  # the chart has no such form
            continue
    return drawn


def _reports(source: ExportSource, drawn: Sequence[Statement]) -> Iterator[Sequence[str]]:
    last = compact(source.period.last)
    for one in drawn:
        yield one.name, one.title.zh, last, last[:6], source.facts.name.zh, "元"


def _report_lines(drawn: Sequence[Statement]) -> Iterator[Sequence[str]]:
    for one in drawn:
        main = [column.primary for column in one.columns]
        for line in one.lines:
            cells = [
                cell
                for cell, is_main in zip(line.cells, main, strict=False)
                if is_main and isinstance(cell, Money)
            ]
            if line.style != "heading" and cells:
                yield one.name, line.code, line.label.zh, "", amount(cells[0].fen)
