"""Reading what no layout fits: by its values, where its balance proves every sign; else parked.

The running balance may prove which columns are days, money and balance, whatever their words say.
It proves nothing of the others: which are serials or names, only a person can say. So a reading by
values has money and days, and all other words stand in its remarks; it is for looking at. An import
asks for a saved layout first, because the ids of its lines hang on the columns of serials.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from importers import dictionary as roles
from importers.cells import value_text
from importers.line import Parked, Reading
from importers.profile import GENERIC, Profile
from importers.read import may_be_movement, read_bytes
from importers.readers.grid import Grid, read_grids
from importers.table import is_filled, parked_row
from importers.wizard import propose
from importers.wizard_modes import Sheet
from importers.wizard_sheet import table_of
from ledger.errors import Finding, Refused, finding, refuse_if

#: What a reading by values says instead of a layout, and one that is parked whole.
BY_VALUES: Final = "proven-by-values"
UNKNOWN: Final = "unknown"
_NONE: Final = {f"P{number}": "n/a" for number in range(1, 6)}
_SHOWN: Final = (
    (roles.DATE, "日期", "day"), (roles.IN, "收入", "in"), (roles.OUT, "支出", "out"),
    (roles.AMOUNT, "金额", "amount"), (roles.FLAG, "方向", "flag"),
    (roles.PAYER, "付款账号", "payer"), (roles.PAYEE, "收款账号", "payee"),
    (roles.BALANCE, "余额", "balance"),
)  # fmt: skip


def read_any(data: bytes, name: str, password: str | None = None) -> Reading:
    """The statement in ``data``, known or not; every row a proven line, or parked, or aside.

    Raises: Refused if the bytes hold no table of days and numbers.
    """
    try:
        reading = read_bytes(data, name, password)
    except Refused as refusal:
        if all(found.rule != "no-header" for found in refusal.findings):
            raise
        drifted = tuple(one for one in refusal.findings if one.rule == "layout-drifted")
        proven = _proven(data, name, password, drifted)
        return proven or _parked_whole(data, name, password, refusal)
    if reading.profile == GENERIC.id and any(map(_is_serious, reading.parked)):
        # Its words tell of some columns only; the balance may tell of all.
        proven = _proven(data, name, password, reading.findings)
        return proven if proven and len(proven.lines) > len(reading.lines) else reading
    return reading


def refuse_drifted(reading: Reading) -> Reading:
    """The reading, to be imported. Refused where the layout drifted and nobody confirmed it.

    A serial under another word would be no serial: the ids of its lines would be others, and lines
    that overlap would come in twice.
    """
    refuse_if(found for found in reading.findings if found.rule == "layout-drifted")
    return reading


def _is_serious(row: Parked) -> bool:
    return row.finding.severity == "error"


def _proven(
    data: bytes, name: str, password: str | None, findings: tuple[Finding, ...]
) -> Reading | None:
    """The reading that the balance alone proves; None if it does not."""
    try:
        found = propose(data, name, password, looks=False)
    except Refused:
        return None
    if found.profile is None or found.reading is None:
        return None
    told = (_by_values(found.profile, len(found.reading.lines), name), *findings)
    kept = tuple(one for one in found.reading.findings if one.rule != "layout-drifted")
    return replace(found.reading, profile=BY_VALUES, kind="", findings=(*kept, *told))


def _by_values(profile: Profile, count: int, name: str) -> Finding:
    columns = [
        (zh, en, profile.roles[role][0]) for role, zh, en in _SHOWN if profile.roles.get(role)
    ]  # fmt: skip
    zh = "、".join(f"{zh}「{word}」" for zh, _, word in columns)
    en = ", ".join(f"{en} “{word}”" for _, en, word in columns)
    return finding(
        "layout-by-values",
        f"不认识这个表头，按数值读出，{count} 行余额行行相接：{zh}；其余各列并入摘要",
        f"the header is not known; read by values, the balance of all {count} rows steps: {en}; "
        "all other columns stand in the remarks",
        "核对后用 mingbai profile new 文件 --accept 保存版式，再导入",
        "compare it with the statement, save the layout with mingbai profile new FILE --accept, "
        "and import then",
        file=name,
        severity="warning",
    )


def _parked_whole(data: bytes, name: str, password: str | None, refusal: Refused) -> Reading:
    """Every row below the header that values tell of, parked; the refusal if there is none."""
    grids = read_grids(data, name, password)
    try:
        sheet = table_of(grids, name, "")
    except Refused:
        raise refusal from None
    parked = [
        parked_row(grid.name, number, cells, "columns-unknown")
        for place, grid in enumerate(grids)
        for number, cells in enumerate(grid.rows, start=1)
        if is_filled(cells) and _is_row(sheet, place, number, cells)
    ]
    rows = sum(is_filled(cells) for grid in grids for cells in grid.rows)
    return Reading(
        file=name,
        digest=hashlib.sha256(data).hexdigest(),
        profile=UNKNOWN,
        kind="",
        lines=(),
        parked=tuple(parked),
        proofs=_NONE,
        findings=(*(one for one in refusal.findings if one.rule == "layout-drifted"),
                  _not_known(sheet, grids[sheet.grid], name)),
        rows=rows,
        aside=rows - len(parked),
    )  # fmt: skip


def _is_row(sheet: Sheet, grid: int, number: int, cells: list[str]) -> bool:
    """Whether a row stands below the header, or elsewhere and looks like a movement."""
    return (grid == sheet.grid and number > sheet.above) or may_be_movement(cells)


def _not_known(sheet: Sheet, grid: Grid, name: str) -> Finding:
    words = "、".join(value_text(cell) for cell in sheet.cells if cell)[:300]
    return finding(
        "layout-unknown",
        f"第 {sheet.above} 行是表头，但各列的意义未能由余额证明，其下各行全部搁置；表头：{words}",
        f"row {sheet.above} is the header, but no balance proves what its columns mean: all rows "
        f"below are parked; it is: {words}",
        "用 mingbai profile new 文件 逐列指明并保存版式",
        "say the columns one by one with mingbai profile new FILE and save the layout",
        file=grid.name or name,
        line=sheet.above,
    )
