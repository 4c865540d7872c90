"""SAF-T 2.00 of the OECD: one XML file of accounts, funds, things and vouchers, streamed.

An amount is in yuan. A line that the book keeps in another currency has 0.00 there and its own
amount beside it: no rate is in the book, and none is invented. What of such a currency an account
held stands in its description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final

from lxml import etree

from ledger.account import account_code, account_label
from ledger.errors import Refused, finding
from ledger.money import CNY, Money, fen_text
from reports.exports.codes import CLASSES, cut, own_name, parent, type_en
from reports.exports.values import DIMENSIONS, Balance, ExportLine, ExportVoucher, Totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reports.exports.source import ExportSource
    from reports.exports.things import Thing

SPACE: Final = "urn:OECD:StandardAuditFile-Taxation/2.00"
_CODE, _SHORT, _MIDDLE1, _MIDDLE2, _LONG = 9, 18, 35, 70, 256
_YEARS: Final = range(1970, 2101)  # what the schema takes
_NONE: Final = "-"  # demanded by the schema, and unknown or sealed here

Element = Any


def write(source: ExportSource, things: Sequence[Thing], out: BinaryIO) -> Totals:
    """Write the file; what it holds, counted. Refused for years that the schema does not take."""
    if source.months[0].year not in _YEARS:
        raise Refused(_no_year(source.months[0].year))
    totals = Totals()
    analyses = _analyses(source)
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        xml.write(etree.Comment(f" Mingbai {source.version}: SAF-T 2.00 "), pretty_print=True)
        with xml.element(f"{{{SPACE}}}AuditFile", nsmap={None: SPACE}):
            xml.write(_header(source), pretty_print=True)
            with xml.element("MasterFiles"):
                xml.write(_accounts(source), pretty_print=True)
                if analyses:
                    xml.write(_analysis_table(source, analyses), pretty_print=True)
                if things:
                    xml.write(_assets(source, things), pretty_print=True)
            with xml.element("GeneralLedgerEntries"):
                debit, credit = _whole(source)
                for name, text in (
                    ("NumberOfEntries", str(source.expected)),
                    ("TotalDebit", fen_text(debit)),
                    ("TotalCredit", fen_text(credit)),
                ):
                    xml.write(_leaf(None, name, text))
                for kind, words in CLASSES.items():
                    with xml.element("Journal"):
                        xml.write(_leaf(None, "JournalID", kind))
                        xml.write(_leaf(None, "Description", f"{words[0]} {words[1]}"))
                        xml.write(_leaf(None, "Type", kind))
                        for voucher in source.counted(source.vouchers(kind), totals):
                            xml.write(_transaction(source, voucher, analyses), pretty_print=True)
    return totals


# ---- elements ----------------------------------------------------------------------------------


# Names are without their space: the root declares it once, and all that is written inside is in it.


def _leaf(above: Element | None, name: str, text: str) -> Element:
    """An element of one text; a child of ``above`` if there is one."""
    made = etree.Element(name) if above is None else etree.SubElement(above, name)
    made.text = text
    return made


def _node(above: Element | None, name: str) -> Element:
    """An element of elements."""
    return etree.Element(name) if above is None else etree.SubElement(above, name)


def _header(source: ExportSource) -> Element:
    facts, period = source.facts, source.period
    head = _node(None, "Header")
    _leaf(head, "AuditFileVersion", "2.00")
    _leaf(head, "AuditFileCountry", "CN")
    _leaf(head, "AuditFileDateCreated", source.today.isoformat())
    _leaf(head, "SoftwareCompanyName", "Mingbai 明白账")
    _leaf(head, "SoftwareID", "Mingbai")
    _leaf(head, "SoftwareVersion", cut(source.version, _SHORT))
    company = _node(head, "Company")
    _leaf(company, "RegistrationNumber", cut(source.unit, _MIDDLE1))
    _leaf(company, "Name", cut(facts.name.zh, _MIDDLE2))
    address = _node(company, "Address")
    _leaf(address, "City", _NONE)
    _leaf(address, "PostalCode", _NONE)
    contact = _node(company, "Contact")
    person = _node(contact, "ContactPerson")
    _leaf(person, "FirstName", _NONE)
    _leaf(person, "LastName", _NONE)
    _leaf(contact, "Telephone", _NONE)
    _leaf(head, "DefaultCurrencyCode", CNY)
    chosen = _node(head, "SelectionCriteria")
    _leaf(chosen, "SelectionStartDate", period.start.isoformat())
    _leaf(chosen, "SelectionEndDate", period.last.isoformat())
    others = source.currencies[1:]
    if others:
        told = (
            f"以 {' '.join(others)} 记账的分录，人民币金额为 0.00，原币金额见 CurrencyAmount。"
            f"Lines kept in {' '.join(others)} have 0.00 in CNY, see CurrencyAmount."
        )
        _leaf(head, "HeaderComment", cut(told, _LONG))
    _leaf(head, "TaxAccountingBasis", cut(source.chart.id, _SHORT))
    return head


def _accounts(source: ExportSource) -> Element:
    held: dict[str, list[Balance]] = {}
    for one in source.by_account():
        held.setdefault(one.account, []).append(one)
    accounts = _node(None, "GeneralLedgerAccounts")
    for name, facts in source.accounts.items():
        account = _node(accounts, "Account")
        _leaf(account, "AccountID", source.ids[name])
        _leaf(account, "AccountDescription", _described(name, held.get(name, ())))
        _leaf(account, "StandardAccountID", cut(account_code(name) or source.ids[name], _MIDDLE1))
        above = parent(name, source.accounts)
        if above:
            _leaf(account, "GroupingCategory", cut(own_name(above), _MIDDLE1))
            _leaf(account, "GroupingCode", source.ids[above])
        _leaf(account, "AccountType", type_en(name))
        _leaf(account, "AccountCreationDate", facts.opened.isoformat())
        own = next((one for one in held.get(name, ()) if one.currency == CNY), None)
        for when, fen in (
            ("Opening", own.opening if own else 0),
            ("Closing", own.closing if own else 0),
        ):
            side = "Credit" if fen < 0 else "Debit"
            _leaf(account, f"{when}{side}Balance", fen_text(abs(fen)))
    return accounts


def _described(name: str, held: Sequence[Balance]) -> str:
    """The account's name, and what it held of other currencies, debit positive."""
    told = [
        f"[{one.currency} {fen_text(one.opening)} → {fen_text(one.closing)}]"
        for one in held
        if one.currency != CNY
    ]
    tail = " ".join(["", *told])
    return cut(account_label(name), _LONG - len(tail)) + tail


def _analyses(source: ExportSource) -> dict[tuple[str, str], tuple[str, str]]:
    """By key and value: type and id. The schema demands that each entry has a type of its own."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    taken: set[str] = set()
    for letter, key in zip("FPU", DIMENSIONS, strict=True):
        for place, value in enumerate(source.marks[key], start=1):
            id = cut(value, _MIDDLE1)
            if id in taken:
                id = f"{cut(value, _MIDDLE1 - 9)}-{letter}{place}"
            taken.add(id)
            found[key, value] = f"{letter}{place}", id
    return found


def _analysis_table(
    source: ExportSource, analyses: dict[tuple[str, str], tuple[str, str]]
) -> Element:
    table = _node(None, "AnalysisTypeTable")
    for (key, value), (kind, id) in analyses.items():
        entry = _node(table, "AnalysisTypeTableEntry")
        _leaf(entry, "AnalysisType", kind)
        _leaf(entry, "AnalysisTypeDescription", " ".join(DIMENSIONS[key]))
        _leaf(entry, "AnalysisID", id)
        fund = source.funds.get(value) if key == "fund" else None
        words = [value, source.called(key, value), f"[{fund.restriction}]" if fund else ""]
        told = " ".join(dict.fromkeys(word for word in words if word))
        _leaf(entry, "AnalysisIDDescription", cut(told, _LONG))
    return table


def _assets(source: ExportSource, things: Sequence[Thing]) -> Element:
    assets = _node(None, "Assets")
    for thing in things:
        asset = _node(assets, "Asset")
        _leaf(asset, "AssetID", cut(thing.code, _MIDDLE1))
        _leaf(asset, "AccountID", source.ids[thing.account])
        _leaf(asset, "Description", cut(f"{thing.name} {thing.spec}".strip(), _LONG))
        _leaf(asset, "DateOfAcquisition", thing.acquired.isoformat())
        value = _node(_node(asset, "Valuations"), "Valuation")
        _leaf(value, "AssetValuationType", "book")
        _leaf(value, "ValuationClass", cut(thing.class_id, _SHORT))
        _leaf(value, "AcquisitionAndProductionCostsBegin", fen_text(thing.cost_begin))
        _leaf(value, "AcquisitionAndProductionCostsEnd", fen_text(thing.cost_end))
        _leaf(value, "AssetLifeMonth", str(thing.life_months))
        _leaf(value, "AssetAddition", fen_text(thing.added))
        _leaf(value, "AssetDisposal", fen_text(thing.gone))
        _leaf(value, "BookValueBegin", fen_text(thing.cost_begin - thing.worn_begin))
        _leaf(value, "DepreciationMethod", cut(thing.method, _MIDDLE1))
        _leaf(value, "DepreciationForPeriod", fen_text(thing.charged))
        _leaf(value, "AccumulatedDepreciation", fen_text(thing.worn_end))
        _leaf(value, "BookValueEnd", fen_text(thing.cost_end - thing.worn_end))
    return assets


def _whole(source: ExportSource) -> tuple[int, int]:
    own = [one for one in source.by_account() if one.currency == CNY]
    return sum(one.debit for one in own), sum(one.credit for one in own)


def _transaction(
    source: ExportSource, voucher: ExportVoucher, analyses: dict[tuple[str, str], tuple[str, str]]
) -> Element:
    node = _node(None, "Transaction")
    _leaf(node, "TransactionID", voucher.number)
    _leaf(node, "Period", str(voucher.day.month))
    _leaf(node, "PeriodYear", str(voucher.day.year))
    _leaf(node, "TransactionDate", voucher.day.isoformat())
    _leaf(node, "SourceID", cut(voucher.maker or _NONE, _MIDDLE1))
    _leaf(node, "TransactionType", "reversal" if voucher.reverses else "normal")
    takes_back = f"；冲销 reverses {voucher.reverses}" if voucher.reverses else ""
    told = cut(voucher.words, _LONG - len(takes_back)) + takes_back
    _leaf(node, "Description", told)
    _leaf(node, "BatchID", cut(voucher.id, _MIDDLE1))
    _leaf(node, "SystemEntryDate", voucher.posted_day.isoformat())
    _leaf(node, "GLPostingDate", voucher.posted_day.isoformat())
    _leaf(node, "SystemID", cut(str(voucher.seq), _SHORT))
    for line in voucher.lines:
        _line(node, source, voucher, line, analyses)
    return node


def _line(
    above: Element, source: ExportSource, voucher: ExportVoucher, line: ExportLine,
    analyses: dict[tuple[str, str], tuple[str, str]],
) -> None:  # fmt: skip
    node = _node(above, "Line")
    _leaf(node, "RecordID", str(line.ordinal))
    _leaf(node, "AccountID", source.ids[line.account])
    for key in DIMENSIONS:
        value = line.said(key)
        if value:
            kind, id = analyses[key, value]
            analysis = _node(node, "Analysis")
            _leaf(analysis, "AnalysisType", kind)
            _leaf(analysis, "AnalysisID", id)
            _amount(_node(analysis, "AnalysisAmount"), line)
    if voucher.papers:
        _leaf(node, "SourceDocumentID", f"sha256:{voucher.papers[0][:28]}")
    _leaf(node, "Description", cut(" ".join(_said(line)) or voucher.words, _LONG))
    _amount(_node(node, "CreditAmount" if line.fen < 0 else "DebitAmount"), line)


def _said(line: ExportLine) -> Iterator[str]:
    """What a line says of whom and of which thing: ids, never names."""
    for key in ("member", "donor", "gift", "asset", "decision"):
        value = line.said(key)
        if value:
            yield f"{key}:{value}"
    if line.commodity:
        yield f"{line.units} {line.commodity}"


def _amount(node: Element, line: ExportLine) -> None:
    """Yuan; and the other currency, where the schema can hold its code."""
    _leaf(node, "Amount", fen_text(abs(line.fen) if line.own else 0))
    foreign: Money | None = line.foreign
    if foreign is not None and len(foreign.currency) == 3:
        _leaf(node, "CurrencyCode", foreign.currency)
        _leaf(node, "CurrencyAmount", foreign.text)
        if line.own and line.rate:
            _leaf(node, "ExchangeRate", line.rate)


def _no_year(year: int) -> Any:
    return finding(
        "saft-year",
        f"SAF-T 只容纳 1970 至 2100 年，不能导出 {year} 年",
        f"SAF-T holds the years 1970 to 2100; {year} cannot be exported",
        "改用 --format archive 或 gbt24589",
        "use --format archive or gbt24589",
    )
