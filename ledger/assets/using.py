"""How much an asset was used in a month, where it is depreciated by use."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.assets.charging import charged
from ledger.assets.said import refused
from ledger.entry import safe_text
from ledger.errors import refuse_if
from ledger.period import Month
from ledger.registry import assets, oplog
from ledger.registry.assets import UseRow
from ledger.rules.assets import UNITS
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from ledger.registry import Registry, User


def enter_use(
    registry: Registry, unit: str, code: str, month: Month, units: int, note: str, user: User,
    now: datetime,
) -> UseRow:  # fmt: skip
    """Enter how many units an asset was used in a month; below nothing corrects what was too many.

    Refused for an asset that is not depreciated by use, a month to come, and one that is charged.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = assets.find(conn, unit, code)
        if row is None or row.method != UNITS:
            raise refused(
                f"{typed(code)} 不按工作量法计提折旧", f"{typed(code)} is not depreciated by use"
            )
        if month > Month.of(now.date()) or charged(conn, unit, month):
            raise refused(
                f"{month} 月尚未到，或已计提折旧", f"{month} is to come, or charged already"
            )
        before = assets.uses(conn, unit, [code]).get(code, [])
        of_month = sum(one.units for one in before if one.month == str(month))
        if not units or of_month + units < 0 or abs(units) > 10**12:
            raise refused(
                "工作量不为零，合计不小于零", "a number of units, and no less than nothing in all"
            )
        refuse_if(named_faults(conn, registry, note))
        found = UseRow(
            code, len(before) + 1, str(month), units, safe_text(note, 120), user.id,
            now.isoformat(timespec="seconds"),
        )  # fmt: skip
        assets.add_use(conn, unit, found)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="asset.use", object=code,
            detail=f"{month} {units}",
        )  # fmt: skip
    return found
