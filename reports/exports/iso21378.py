"""ISO 21378:2019 (audit data collection): general-ledger, base and PPE tables as CSV.

Names of tables and fields are the standard's, blanks written as underscores. A field that the
standard makes of several is written as its parts. Amounts are signed, debit positive, in yuan
(``Functional``) and, where a line is of other money, in that (``Transaction``). A field of which
this program knows nothing is there and empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.account import account_code, account_label
from ledger.money import CNY
from reports.exports import csvs
from reports.exports.codes import CLASSES, level, normal_side, own_name, parent, type_en
from reports.exports.csvs import amount
from reports.exports.iso21378_ppe import write_ppe
from reports.exports.values import DIMENSIONS, Totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ledger.money import Money
    from reports.exports.source import ExportSource
    from reports.exports.things import Thing
    from reports.exports.values import ExportLine, ExportVoucher

_ACTIVITY: Final = (
    "Created_User_ID", "Created_Date", "Created_Time", "Approved_User_ID", "Approved_Date",
    "Approved_Time", "Last_Modified_User_ID", "Last_Modified_Date", "Last_Modified_Time",
)  # fmt: skip
_MONEY: Final = (
    "Functional_Amount", "Functional_Currency_Code", "Reporting_Amount", "Reporting_Currency_Code",
    "Local_Amount", "Local_Currency_Code", "Transaction_Amount", "Transaction_Currency_Code",
)  # fmt: skip
#: The 28 fields of the standard's table, those of several parts by their parts.
DETAILS: Final = (
    "Journal_ID", "Journal_Number", "GL_Account_Number", "Fiscal_Period", "Effective_Date",
    "Journal_Line_Number", "JE_Type_Code", "JE_Header_Description", "JE_Line_Description",
    "Source_Code", "Bill_Number", "Bill_Type_Code", "Bill_Date", "Quantity", "UOM_Code",
    "Unit_Price", *_MONEY, "Settlement_Method_Code", "Amount_Credit_Debit_Indicator",
    "Reversal_Indicator", "Reversal_Journal_ID", "Cancellation_Sign", *_ACTIVITY, "Posted_User_ID",
    "Account_Segment_Employee", "Account_Segment_Project", "Account_Segment_Bank_Account",
    "Account_Segment_X", "Business_Segment_X",
)  # fmt: skip
TRIAL: Final = (
    "GL_Account_Number", "Fiscal_Year", "Accounting_Period", "Balance_As_Of_Date",
    *(f"Beginning_{name}" for name in _MONEY), *(f"Ending_{name}" for name in _MONEY),
    "Business_Segment_X",
)  # fmt: skip
PERIOD: Final = (
    "GL_Account_Number", "Fiscal_Year", "Accounting_Period", "Debit_Quantity", "Credit_Quantity",
    "Beginning_Quantity", "Ending_Quantity", *(f"Debit_{name}" for name in _MONEY),
    *(f"Credit_{name}" for name in _MONEY), "Beginning_Balance_Indicator",
    "Ending_Balance_Indicator", *(f"Beginning_{name}" for name in _MONEY),
    *(f"Ending_{name}" for name in _MONEY), "Account_Segment_Employee", "Account_Segment_Project",
    "Account_Segment_Bank_Account", "Account_Segment_X", "Business_Segment_X",
)  # fmt: skip


def write(source: ExportSource, things: Sequence[Thing], folder: Path) -> Totals:
    """Write every table that has anything to say; what the details hold, counted."""
    _base(source, folder)
    csvs.whole(folder, "GL_Trial_Balance.csv", TRIAL, _trial(source), always=True)
    csvs.whole(folder, "GL_Accounts_Period_Balance.csv", PERIOD, _periods(source), always=True)
    totals, sources = Totals(), dict[str, str]()
    with csvs.table(folder, "GL_Details.csv", DETAILS) as file:
        for voucher in source.counted(source.vouchers(), totals):
            code = source_code(voucher)
            sources.setdefault(code, code)
            for line in voucher.lines:
                file.writerow(_detail(source, voucher, line))
    csvs.whole(
        folder, "GL_Source.csv",
        ("Source_Code", "Source_Description", "ERP_Subledger_Module", "System_Manual_Identifier",
         "Business_Process_Major", "Business_Process_Minor"),
        ((code, code, code, "M" if code == "user" else "S", "", "") for code in sorted(sources)),
    )  # fmt: skip
    csvs.whole(
        folder, "GL_Account_Segment.csv",
        ("GL_Account_Number", "Account_Segment_Number", "Account_Segment_Name",
         "Corresponding_File", "Account_Segment_Description", "Customized_ACC_Segment_Code"),
        _segments(source),
    )  # fmt: skip
    write_ppe(source, things, folder)
    return totals


def source_code(voucher: ExportVoucher) -> str:
    """What proposed a voucher, without the code of the one line or claim: ``bank``, ``user``."""
    return voucher.source.partition(":")[0][:25]


# ---- the general ledger ------------------------------------------------------------------------


def _money(fen: int, currency: str, foreign: Money | None = None, sign: int = 1) -> tuple[str, ...]:
    """The parts of an amount: yuan where the book has yuan, else the other currency alone."""
    own = currency == CNY
    other: tuple[str, str] = ("", "") if own else (amount(fen), currency)
    if own and foreign is not None:
        other = (amount(foreign.fen * sign), foreign.currency)
    return (amount(fen) if own else amount(0), CNY, "", "", amount(fen) if own else "",
            CNY if own else "", *other)  # fmt: skip


def _trial(source: ExportSource) -> Iterator[tuple[str, ...]]:
    for one in source.by_account():
        yield (
            source.ids[one.account], str(source.period.start.year), str(source.period),
            source.period.last.isoformat(), *_money(one.opening, one.currency),
            *_money(one.closing, one.currency), source.unit,
        )  # fmt: skip


def _periods(source: ExportSource) -> Iterator[tuple[str, ...]]:
    for month in source.months:
        for one in source.balances(month, month):
            yield (
                source.ids[one.account], str(month.year), f"{month.month:02d}", "", "", "", "",
                *_money(one.debit, one.currency), *_money(one.credit, one.currency),
                _side(one.opening), _side(one.closing), *_money(one.opening, one.currency),
                *_money(one.closing, one.currency), "", "", "", one.fund, source.unit,
            )  # fmt: skip


def _side(fen: int) -> str:
    return "C" if fen < 0 else "D"


def _detail(source: ExportSource, voucher: ExportVoucher, line: ExportLine) -> tuple[str, ...]:
    paper = voucher.papers[0] if voucher.papers else ""
    said = "；".join(
        f"{key}:{line.said(key)}"
        for key in ("member", "donor", "gift", "asset", "counter", "decision")
        if line.said(key)
    )
    return (
        voucher.id, voucher.number, source.ids[line.account], f"{voucher.day.month:02d}",
        voucher.day.isoformat(), str(line.ordinal), voucher.kind, voucher.words,
        said or voucher.words, source_code(voucher), paper, "paper" if paper else "", "",
        line.units, line.commodity, "",
        *_money(line.fen, line.currency, line.foreign, 1 if line.fen > 0 else -1), "",
        _side(line.fen), "1" if voucher.reverses else "0", voucher.reverses, "0",
        voucher.maker, voucher.posted[:10], voucher.posted[11:19], voucher.checkers,
        voucher.posted[:10], voucher.posted[11:19], "", "", "", "program", "",
        line.said("allocation"), "", line.fund, source.unit,
    )  # fmt: skip


def _segments(source: ExportSource) -> Iterator[tuple[str, ...]]:
    for account, fund in sorted({(cell.account, cell.fund) for cell in source.cells}):
        yield (
            source.ids[account], fund, source.called("fund", fund),
            "BAS_Customized_ACC_Value", " ".join(DIMENSIONS["fund"]), "fund",
        )  # fmt: skip


# ---- base tables -------------------------------------------------------------------------------


def _base(source: ExportSource, folder: Path) -> None:
    period = source.period
    csvs.whole(
        folder, "BAS_Profile.csv",
        ("Profile_Number", "Profile_Name", "Fiscal_Year", "Accounting_Entity", "Industry",
         "Developer_Name", "Software_Name", "Software_Version", "Functional_Currency_Code",
         "Standard_Version", "Extracted_Date", "Time_Zone", "Business_Segment_X"),
        [("1", "ISO 21378:2019", str(period.start.year), source.facts.name.zh, "", "Mingbai",
          "Mingbai 明白账", source.version, CNY, "ISO 21378:2019", source.today.isoformat(),
          "+08:00", source.unit)],
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Business_Segment.csv",
        ("Business_Segment_Code", "Business_Segment_Name", "Segment_Reference_Level",
         "Organization_Type_Name"),
        [(source.unit, source.facts.name.zh, "1", source.row.level or "unit")],
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Chart_Of_Accounts.csv",
        ("GL_Account_Number", "GL_Account_Name", "GL_Account_Description", "FS_Caption",
         "Account_Type", "Account_Subtype", "Account_Hierarchy", "Parent_GL_Account_Number",
         "Balance_Debit_Or_Credit", "Active_Flag", "Business_Segment_X"),
        _chart(source),
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Accounting_Period.csv",
        ("Accounting_Period_ID", "Fiscal_Year", "Accounting_Period", "Beginning_Date",
         "Ending_Date"),
        ((str(one), str(one.year), f"{one.month:02d}", one.first.isoformat(),
          one.period.last.isoformat()) for one in source.months),
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Journal_Entry_Type.csv",
        ("Journal_Entry_Type_Code", "Journal_Entry_Type_Name", "Journal_Entry_Type_Abbreviation",
         "Active_Flag"),
        ((kind, f"{zh} {en}", kind, "1") for kind, (zh, en) in CLASSES.items()),
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Currency.csv",
        ("Currency_Code", "Currency_Name", "Minor_Unit", "Active_Flag"),
        ((code, code, "2", "1") for code in source.every_currency),
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Project.csv",
        ("Project_ID", "Project_Code", "Project_Name", "Project_Beginning_Date",
         "Project_Ending_Date", "Active_Flag", "Business_Segment_X"),
        ((code, code, source.called("allocation", code), "", "", "1", source.unit)
         for code in source.marks["allocation"]),
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Customized_ACC_Segment.csv",
        ("Customized_ACC_Segment_Code", "Customized_ACC_Segment_Name", "Customized_ACC_Description",
         "Customized_ACC_Encoding_Rule", "Hierarchy_Flag", "Active_Flag"),
        [("fund", " ".join(DIMENSIONS["fund"]), "", "", "0", "1")],
    )  # fmt: skip
    csvs.whole(
        folder, "BAS_Customized_ACC_Value.csv",
        ("Customized_ACC_Value_Code", "Customized_ACC_Segment_Code", "Customized_ACC_Value_Name",
         "ACC_Value_Description", "Parent_ACC_Value_Code", "Customized_ACC_Value_Hierarchy"),
        ((fund.code, "fund", fund.name, fund.restriction, "", "1")
         for fund in source.funds.values()),
    )  # fmt: skip


def _chart(source: ExportSource) -> Iterator[tuple[str, ...]]:
    for name, facts in source.accounts.items():
        above = parent(name, source.accounts)
        closed = facts.closed is not None and facts.closed <= source.period.last
        yield (
            source.ids[name], own_name(name), account_label(name), account_code(name)[:4],
            type_en(name), name.partition(":")[0], str(level(name)),
            source.ids[above] if above else "",
            "C" if normal_side(name, source.chart) == "credit" else "D", "0" if closed else "1",
            source.unit,
        )  # fmt: skip
