"""FEC: the eighteen columns of the French *fichier des écritures comptables*, one text file.

Columns and their order are those of article A47 A-1 of the *Livre des procédures fiscales*: parted
by tabs, days as ``20260331``, amounts with a comma. What the book begins the period with stands in
front, in a journal of its own (``AN``). What the book keeps in another currency has ``0,00`` in
yuan; its own amount stands in ``Montantdevise``, signed, debit positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from ledger.money import CNY, fen_text
from reports.exports import csvs
from reports.exports.codes import CLASSES
from reports.exports.values import Totals

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from reports.exports.source import ExportSource
    from reports.exports.values import ExportLine, ExportVoucher

COLUMNS: Final = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
OPENING: Final = "AN"
#: Whom or what a line is of, in this order: the first that it names.
_WHOM: Final = (
    ("member", "会员 member"),
    ("donor", "捐赠人 donor"),
    ("counter", "往来单位 other unit"),
    ("asset", "资产 asset"),
)


def file_name(source: ExportSource) -> str:
    """``<identifier>FEC<last day>.txt``, as the rule names it; a unit here has no SIREN."""
    return f"{source.unit}FEC{_day(source.period.last)}.txt"


def write(source: ExportSource, folder: Path) -> Totals:
    """Write the file into the folder, in the order of posting; what it holds, counted."""
    totals = Totals()
    with csvs.table(folder, file_name(source), COLUMNS, tabs=True) as file:
        for row in _opening(source):
            file.writerow(row)
        for voucher in source.counted(source.as_posted(), totals):
            for line in voucher.lines:
                file.writerow(_row(source, voucher, line))
    return totals


def _opening(source: ExportSource) -> Iterator[tuple[str, ...]]:
    day = _day(source.period.start)
    for one in source.by_account():
        if not one.opening:
            continue
        own = one.currency == CNY
        yield (
            OPENING, "期初余额 Opening balances", f"{OPENING}-{source.period}", day,
            source.ids[one.account], account_label(one.account), "", "", OPENING, day,
            "期初余额 opening balance",
            _amount(max(one.opening, 0) if own else 0), _amount(max(-one.opening, 0) if own else 0),
            "", "", day,
            "" if own else _amount(one.opening), "" if own else one.currency,
        )  # fmt: skip


def _row(source: ExportSource, voucher: ExportVoucher, line: ExportLine) -> tuple[str, ...]:
    words = CLASSES[voucher.kind]
    whom = next(((line.said(key), name) for key, name in _WHOM if line.said(key)), ("", ""))
    foreign = line.foreign
    signed = 0 if foreign is None else foreign.fen if line.fen > 0 else -foreign.fen
    paper = f"sha256:{voucher.papers[0]}" if voucher.papers else voucher.number
    return (
        voucher.kind, f"{words[0]} {words[1]}", voucher.number, _day(voucher.day),
        source.ids[line.account], account_label(line.account), *whom, paper, _day(voucher.day),
        _flat(f"{voucher.words} [{line.fund}]"),
        _amount(line.debit if line.own else 0), _amount(line.credit if line.own else 0), "", "",
        _day(voucher.posted_day),
        "" if foreign is None else _amount(signed), "" if foreign is None else foreign.currency,
    )  # fmt: skip


def _amount(fen: int) -> str:
    return fen_text(fen).replace(".", ",")


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _flat(text: str) -> str:
    """Words without what parts columns; a book's words hold neither tabs nor line feeds anyway."""
    return " ".join(text.split())
