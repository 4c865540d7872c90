"""ISO 21378:2019: tables of property, plant and equipment, of what the register and book know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.assets.called import KINDS, SOURCES
from ledger.assets.standing import STATES
from ledger.errors import Words
from ledger.rules.assets import METHODS
from reports.exports import csvs
from reports.exports.csvs import amount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reports.exports.source import ExportSource
    from reports.exports.things import Thing


def write_ppe(source: ExportSource, things: Sequence[Thing], folder: Path) -> None:
    """Types, things, what came, what went, and what was charged in the period."""
    year, unit = str(source.period.start.year), source.unit
    csvs.whole(
        folder, "PPE_Type.csv", ("Type_Code", "Type_Name", "Parent_Type_ID"),
        ((id, name or id, "") for id, name in
         sorted({one.class_id: one.class_name for one in things}.items())),
    )  # fmt: skip
    csvs.whole(
        folder, "PPE_Master.csv",
        ("PPE_ID", "PPE_Code", "Tag_Number", "Type_Code", "PPE_Name", "PPE_Feature", "Bar_Code",
         "Purchase_Order_ID", "Inventory_Product_ID", "Serial_Number", "Lot_Number", "Manufacturer",
         "Supplier_Account_ID", "Location_Description", "Condition_Name", "Acquisition_Date",
         "Posted_Date", "Placed_Into_Service_Date", "Quantity_On_Hand", "Useful_Life",
         "Useful_Life_Remaining", "Original_Cost", "Residual_Value", "Accumulated_Depreciation",
         "Impairment_Provision", "Net_Book_Value", "Replacement_Cost", "Fair_Value",
         "PPE_Account_Number", "Impairment_Provision_ACC_NUM", "Accumulated_Depreciation_ACC_NUM",
         "Business_Segment_X"),
        ((one.code, one.code, one.code, one.class_id, one.name, one.spec, "", "", "", one.serial,
          "", "", "", one.place, _state(one), one.acquired.isoformat(), "", "", str(one.pieces),
          str(one.life_months), str(one.life_months - one.months_charged), amount(one.cost_end),
          amount(one.residual), amount(one.worn_end), amount(0),
          amount(one.cost_end - one.worn_end), "", "", source.ids[one.account], "",
          source.ids.get(one.worn_account, ""), unit) for one in things),
    )  # fmt: skip
    csvs.whole(
        folder, "PPE_Addition.csv",
        ("Addition_ID", "PPE_ID", "Fiscal_Year", "Accounting_Period", "Tag_Number",
         "Addition_Type_Name", "Addition_Date", "Addition_Reason", "Addition_Quantity",
         "Original_Cost", "Business_Segment_X"),
        ((f"{one.code}-A", one.code, year, f"{one.came_on:%m}", one.code, why(one.why_came),
          one.came_on.isoformat(), "", "", amount(one.added), unit)
         for one in things if one.came_on is not None),
    )  # fmt: skip
    csvs.whole(
        folder, "PPE_Removal.csv",
        ("Removal_ID", "PPE_ID", "Fiscal_Year", "Accounting_Period", "Tag_Number",
         "Removal_Type_Name", "Removal_Date", "Removal_Reason", "Removal_Quantity",
         "Removal_Original_Cost", "Removal_Accumulated_Depreciation",
         "Removal_Impairment_Provision", "Removal_Residual_Value", "Business_Segment_X"),
        ((f"{one.code}-R", one.code, year, f"{one.gone_on:%m}", one.code, why(one.why_gone),
          one.gone_on.isoformat(), one.gone_voucher, "", amount(one.gone), amount(one.worn_gone),
          amount(0), amount(one.residual), unit)
         for one in things if one.gone_on is not None),
    )  # fmt: skip
    csvs.whole(
        folder, "PPE_Depreciation_Method.csv",
        ("Depreciation_Method_ID", "Depreciation_Method_Name", "Depreciation_Method_Description",
         "Depreciation_Formula", "Business_Segment_X"),
        ((method, " ".join(called(method)), "", "", unit)
         for method in sorted({one.method for one in things})),
    )  # fmt: skip
    csvs.whole(
        folder, "PPE_Depreciation.csv",
        ("Depreciation_ID", "PPE_ID", "Fiscal_Year", "Accounting_Period", "Depreciation_Method_ID",
         "Useful_Life", "Useful_Life_Remaining", "Original_Cost", "Residual_Value",
         "Depreciable_Basis", "Depreciation_Amount", "Accumulated_Depreciation", "Carrying_Amount",
         "Depreciation_Account_Number", "Accumulated_Depreciation_ACC_NUM", "Business_Segment_X"),
        ((f"{one.code}-{source.period}", one.code, year, str(source.period), one.method,
          str(one.life_months), str(one.life_months - one.months_charged), amount(one.cost_end),
          amount(one.residual), amount(max(one.cost_end - one.residual, 0)), amount(one.charged),
          amount(one.worn_end), amount(one.cost_end - one.worn_end), "",
          source.ids.get(one.worn_account, ""), unit) for one in things),
    )  # fmt: skip


def called(method: str) -> Words:
    """A method of depreciation in words."""
    return METHODS.get(method, Words("不计提", "none"))


def why(code: str) -> str:
    """How a thing came or went, in words."""
    words = SOURCES.get(code) or KINDS.get(code)
    return f"{words.zh} {words.en}" if words else "其他 other"


def _state(one: Thing) -> str:
    words = STATES.get(one.state)
    return f"{words.zh} {words.en}" if words else one.state
