"""A list of assets on our own sheet, as what each row says; entering it is the library's.

What was acquired before the book began is entered as there at first, with what was depreciated of
it; what came later and was bought names the account that it was paid from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from importers.lists import read_list
from importers.templates import ASSETS
from ledger import workflow
from ledger.assets.adding import Added, add_each
from ledger.assets.said import SaidAsset, planned
from ledger.errors import Refused, Words
from ledger.money import Money
from ledger.registry import units
from ledger.registry.assets import BOUGHT, GIFT, GRANTED, MEMO

if TYPE_CHECKING:
    from importers.list_values import ListRow
    from ledger.errors import Finding
    from ledger.registry import Registry, User

_SOURCES: Final = {"购置": BOUGHT, "拨入": GRANTED, "受赠": GIFT, "借用（备查）": MEMO}
_OWNERSHIPS: Final = {"本单位": "unit", "国有": "state", "其他单位": "other"}
_ASKED: Final = ASSETS.asking(
    "number", "name", "class", "source", "ownership", "acquired", "place", "keeper"
)


@dataclass(frozen=True, slots=True)
class ListWide:
    """What holds for every row that does not say it: its fund, and what it was paid from."""

    fund: str
    money: str = ""


def enter_asset_list(
    registry: Registry, unit: str, data: bytes, name: str, wide: ListWide, user: User,
    now: datetime,
) -> list[Added]:  # fmt: skip
    """Enter the assets of a filled-in sheet, all or none, each with its card and draft.

    Who records may. Refused with every finding, each with the row that it is about.
    """
    workflow.demand(user, "record", unit)
    read = read_list(data, name, _ASKED)
    with registry.read() as conn:
        opened = units.find(conn, unit).opened
        every = [_said(unit, row, wide, opened) for row in read.rows]
        faults: list[Finding] = []
        for row, said in zip(read.rows, every, strict=True):
            try:
                planned(conn, registry, said, now)
            except Refused as fault:
                faults += (_of_row(one, row.line, name) for one in fault.findings)
    if faults:
        raise Refused(*faults)
    return add_each(registry, every, user, now)


def _of_row(found: Finding, line: int, name: str) -> Finding:
    words = Words(f"第 {line} 行：{found.what.zh}", f"row {line}: {found.what.en}")
    return replace(found, what=words, file=name, line=line)


def _said(unit: str, row: ListRow, wide: ListWide, opened: date) -> SaidAsset:
    source = _SOURCES[row.text("source")]
    acquired = row.values["acquired"]
    assert isinstance(acquired, date)  # noqa: S101 - the column asks for a day
    life = row.values.get("life")
    memo = source == MEMO
    return SaidAsset(
        unit, row.text("name"), row.text("class"), acquired, source,
        row.text("fund") or wide.fund, Money(0) if memo else row.money("cost"),
        row.text("keeper"), row.text("place"), _OWNERSHIPS[row.text("ownership")],
        row.text("spec"), row.text("number"), life if isinstance(life, int) else None,
        money=wide.money if source == BOUGHT and acquired >= opened else "",
        opening=not memo and acquired < opened, depreciated=row.money("depreciated"),
    )  # fmt: skip
