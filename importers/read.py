"""Reading a statement: any file in, lines with proven signs, parked rows and proofs out.

Every row below a header becomes a line, or is parked with a reason, or is a blank, a repeated
header, a total or a remark that holds no movement. None is lost.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from importers.cells import folded, parse_amount, value_text
from importers.header import Header, find_headers, role_of
from importers.line import Parked, Reading
from importers.lists import no_list
from importers.preamble import is_total
from importers.profile import GENERIC, Profile, drift_of
from importers.readers.grid import LARGEST, Grid, read_grids
from importers.table import TableReader, TableReading, is_filled, parked_row
from ledger.collecting import uncollected
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if

__all__ = ["LARGEST", "file_bytes", "read_bytes", "read_file"]

PASSWORD_VARIABLE: Final = "MINGBAI_STATEMENT_PASSWORD"  # noqa: S105 - the name of a variable


def read_file(path: Path, password: str | None = None) -> Reading:
    """The statement at ``path``; CannotRun if there is no file, Refused if it is no statement."""
    return read_bytes(file_bytes(path), path.name, password)


def file_bytes(path: Path) -> bytes:
    """What is in a file; CannotRun if it is not there, Refused if it is larger than any may be."""
    if path.is_dir():
        raise CannotRun(
            finding(
                "is-folder",
                "这是文件夹，不是文件",
                "this is a folder, and no file",
                "写明其中的文件",
                "name the files in it",
                file=str(path),
            )
        )
    if not path.is_file():
        raise CannotRun(
            finding(
                "no-file",
                "没有这个文件",
                "there is no such file",
                "检查路径",
                "check the path",
                file=str(path),
            )
        )
    if path.stat().st_size > LARGEST:
        raise Refused(
            finding(
                "too-large",
                "文件过大（超过 64 MB）",
                "the file is larger than 64 MB",
                "按月导出后重试",
                "export it month by month",
                file=path.name,
            )
        )
    return path.read_bytes()


def read_bytes(
    data: bytes, name: str, password: str | None = None, *, named: Profile | None = None
) -> Reading:
    """The statement in ``data``; ``name`` is what findings call it and decides nothing.

    ``named`` is a layout to be tried before all that are known.

    Raises: Refused if the bytes hold no table with a header that names days and amounts.
    """
    with uncollected():
        return _read_bytes(data, name, password, named)


def _read_bytes(data: bytes, name: str, password: str | None, named: Profile | None) -> Reading:
    grids = read_grids(data, name, password or os.environ.get(PASSWORD_VARIABLE))
    refuse_if(
        no_list([[list(map(value_text, row)) for row in grid.rows[:60]] for grid in grids], name)
    )
    headers = [find_headers(grid.rows, named) for grid in grids]
    found = [
        (grid, reading)
        for grid, below in zip(grids, headers, strict=True)
        for reading in _read_grid(grid, below, named)
    ]
    if not found:
        drifted = [
            told for grid in grids for row in grid.rows[:_LOOKED_AT]
            if len(row) > 2 and (told := _drift_told(row, name))
        ]  # fmt: skip
        raise Refused(
            *drifted[:1],
            finding(
                "no-header",
                "找不到表头：没有一行同时写明日期与金额列",
                "no header found: no row names a column of days and one of amounts",
                "确认导出的是交易明细；新的版式用 mingbai profile new 文件 识别并保存",
                "check that it is a list of transactions; mingbai profile new FILE finds out what "
                "the columns of a new layout are",
                file=name,
            ),
        )
    outside = [
        row for grid, below in zip(grids, headers, strict=True) for row in _outside(grid, below)
    ]
    kept, findings = _without_copies(found, name)
    findings += [grid.fault for grid in grids if grid.fault is not None]
    for header in dict.fromkeys(table.header for table in kept if table.profile is GENERIC):
        findings += filter(None, [_drift_told(list(header), name)])
    reading = _joined(kept, outside, findings, data, name)
    rows = sum(is_filled(row) for grid in grids for row in grid.rows)
    bare = sum(
        is_filled(row)
        for grid, below in zip(grids, headers, strict=True) if not below for row in grid.rows
    )  # fmt: skip
    copied = sum(
        len(table.lines) + len(table.parked)
        for _, table in found if all(table is not one for one in kept)
    )  # fmt: skip
    aside = sum(table.aside for _, table in found) + bare + copied - len(outside)
    return replace(reading, rows=rows, aside=aside)


_LOOKED_AT: Final = 200


def _drift_told(header: list[str], name: str) -> Finding | None:
    """What is said of a header that is nearly that of a known layout.

    It is an error, which an import asks about, where a column that came means nothing known or one
    that went is missed; another word for the same thing is not.
    """
    drift = drift_of(header)
    if drift is None:
        return None
    came = {role_of(word) for word in drift.added}
    went = {role_of(word) for word in drift.missing} - {None}
    is_open = None in came or not went <= {role_of(word) for word in header}
    added, missing = "、".join(drift.added)[:200], "、".join(drift.missing)[:200]
    return finding(
        "layout-drifted",
        f"版式 {drift.profile.id} 的列有变化：新增 {added or '无'}，缺少 {missing or '无'}；"
        "请确认新的列",
        f"layout {drift.profile.id} drifted: new columns {added or 'none'}, missing "
        f"{missing or 'none'}; confirm the new columns",
        "用 mingbai profile new 文件 查看，加 --accept 存为新版本",
        "look at it with mingbai profile new FILE; --accept saves it as a new version",
        file=name,
        severity="error" if is_open else "warning",
    )


def _read_grid(grid: Grid, headers: list[Header], named: Profile | None) -> list[TableReading]:
    readings = []
    ends = [0, *(header.row + header.height for header in headers)]
    tops = [
        _top(grid.rows, header, end) for header, end in zip(headers, ends[:-1], strict=True)
    ]  # fmt: skip
    for place, header in enumerate(headers):
        end = tops[place + 1] if place + 1 < len(headers) else len(grid.rows)
        above = grid.rows[tops[place] if place else 0 : header.row]
        body = grid.rows[header.row + header.height : end]
        readings.append(TableReader(grid, header, above, body, named).read())
    return readings


def _top(rows: list[list[str]], header: Header, floor: int) -> int:
    """Where the preamble of a table begins that stands below another one, whose header ends at
    ``floor``."""
    place = header.row
    while place > floor and not may_be_movement(rows[place - 1]) and not _ends(rows[place - 1]):
        place -= 1
    return place


def _ends(cells: list[str]) -> bool:
    """Whether a row is the foot of a table: a total, but not an opening balance."""
    return is_total(cells) and not re.search(
        r"期初|承前|上页|opening|forward", "".join(cells), re.I
    )


def _outside(grid: Grid, headers: list[Header]) -> list[Parked]:
    """Rows above every table, or on a sheet without one, that look like movements."""
    end = headers[0].row if headers else len(grid.rows)
    return [
        parked_row(grid.name, number, cells, "outside-table")
        for number, cells in enumerate(grid.rows[:end], start=1)
        if may_be_movement(cells)
    ]


_DAY_LIKE: Final = re.compile(
    r"(?:19|20)[0-9]{2}[-/.年]?[0-9]{1,2}.{0,20}|[0-9]{1,2}[-/月][0-9]{1,2}.{0,12}|4[0-9]{4}(?:\.[0-9]+)?"
)
_MONEY_LIKE: Final = re.compile(r"[+-]?¥?[0-9][0-9,]*(?:\.[0-9]{1,2})?")
_LABEL: Final = re.compile(
    r"[:：]$|日期|时间|期间|余额|合计|总额|笔数|账号|卡号|起始|截止|终止|period|date"
)


def may_be_movement(cells: list[str]) -> bool:
    """Whether a row has something like a day and something like an amount, and no labels."""
    said = [folded(cell) for cell in cells if cell and len(cell) < 200]
    days = [cell for cell in said if _DAY_LIKE.fullmatch(cell)]
    numbers = [cell for cell in said if _MONEY_LIKE.fullmatch(cell) and cell not in days[:1]]
    return (
        len(said) >= 3 and bool(days and numbers) and not any(_LABEL.search(cell) for cell in said)
    )


def _without_copies(
    found: list[tuple[Grid, TableReading]], name: str
) -> tuple[list[TableReading], list[Finding]]:
    """Sheets that say the same twice count once; a workbook may carry a copy of itself.

    A copy is dropped only if every row is told apart by a time or a reference; equal days and
    amounts alone may be equal payments, and the second sheet's rows are parked.
    """
    kept: list[TableReading] = []
    findings = []
    for grid, reading in found:
        if not reading.lines or all(_says(reading) != _says(other) for other in kept):
            kept.append(reading)
            continue
        if not all(line.bank_ref or "T" in line.booked_at for line in reading.lines):
            reading.parked = [
                *reading.parked,
                *(
                    parked_row(grid.name, line.row, line.raw, "sheet-repeats")
                    for line in reading.lines
                ),
            ]
            reading.lines = []
            kept.append(reading)
        findings.append(
            finding(
                "sheet-repeats",
                f"{grid.name[-60:]} 与前一表内容相同，只计一次",
                f"{grid.name[-60:]} says the same as the table before and counts once",
                "无须处理",
                "nothing has to be done",
                file=name,
                severity="warning",
            )
        )
    return kept, findings


def _says(reading: TableReading) -> tuple[object, ...]:
    """All that a table says, so that two can be compared: no row of either may be lost."""
    lines = sorted(
        (line.booked_at, line.amount.fen, line.amount.currency, line.bank_ref, line.counterparty,
         line.memo, line.balance_after.fen if line.balance_after is not None else 0)
        for line in reading.lines
    )  # fmt: skip
    parked = sorted(tuple(map(_plain, row.raw)) for row in reading.parked)
    return reading.account, tuple(lines), tuple(parked)


def _plain(cell: str) -> str:
    """A cell without how it is written: ¥2000.00 in one sheet is the number 2000 in another."""
    try:
        amount = parse_amount(cell)
    except ValueError:
        amount = None
    return str(amount.fen) if amount is not None else folded(value_text(cell))


def _joined(
    tables: list[TableReading],
    outside: list[Parked],
    findings: list[Finding],
    data: bytes,
    name: str,
) -> Reading:
    first = tables[0]
    lines = tuple(line for table in tables for line in table.lines)
    parked = (*outside, *(row for table in tables for row in table.parked))
    accounts = {account for table in tables for account in table.accounts}
    if any(table.digits_lost for table in tables):
        findings.append(
            finding(
                "digits-lost",
                "账号或流水号以数字存放，已丢失末位，未采用",
                "account or serial numbers were stored as numbers and lost digits: left out",
                "从网银重新导出，勿用 Excel 另存",
                "export the file again and do not save it in Excel",
                file=name,
                severity="warning",
            )
        )
    if len(accounts) > 1:
        findings.append(
            finding(
                "several-accounts",
                f"文件中有 {len(accounts)} 个本方账号",
                f"the file has lines of {len(accounts)} own accounts",
                "按账号分别导出后导入",
                "export and import each account by itself",
                file=name,
            )
        )
    proofs = {
        key: _all_of([table.proofs[key] for table in tables]) for key in ("P1", "P2", "P3", "P4")
    }
    days = [line.day for line in lines]
    starts = [table.around.start for table in tables if table.around.start]
    ends = [table.around.end for table in tables if table.around.end]
    last = tables[0] if first.descending else tables[-1]
    opening = tables[-1] if first.descending else tables[0]
    return Reading(
        file=name,
        digest=hashlib.sha256(data).hexdigest(),
        profile=first.profile.id,
        kind=first.profile.kind,
        lines=lines,
        parked=parked,
        proofs={**proofs, "P5": "n/a"},
        account=accounts.pop() if len(accounts) == 1 else "",
        opening=opening.opening,
        closing=last.closing,
        start=min([*starts, *days], default=None),
        end=max([*ends, *days], default=None),
        descending=first.descending,
        findings=tuple(findings),
    )


def _all_of(results: list[str]) -> str:
    if "fail" in results:
        return "fail"
    return "pass" if "pass" in results else "n/a"
