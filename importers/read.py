"""Reading a statement: any file in, lines with proven signs, parked rows and proofs out.

Every row below a header becomes a line, or is parked with a reason, or is a blank, a repeated
header, a total or a remark that holds no movement. None is lost.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from importers.header import find_headers
from importers.line import Parked, Reading
from importers.readers.grid import LARGEST, Grid, read_grids
from importers.table import TableReader, TableReading
from ledger.errors import CannotRun, Finding, Refused, finding

__all__ = ["LARGEST", "read_bytes", "read_file"]

PASSWORD_VARIABLE: Final = "MINGBAI_STATEMENT_PASSWORD"  # noqa: S105 - the name of a variable


def read_file(path: Path) -> Reading:
    """The statement at ``path``; CannotRun if there is no file, Refused if it is no statement."""
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
    return read_bytes(path.read_bytes(), path.name)


def read_bytes(data: bytes, name: str, password: str | None = None) -> Reading:
    """The statement in ``data``; ``name`` is what findings call it and decides nothing.

    Raises: Refused if the bytes hold no table with a header that names days and amounts.
    """
    grids = read_grids(data, name, password or os.environ.get(PASSWORD_VARIABLE))
    found = [(grid, reading) for grid in grids for reading in _read_grid(grid)]
    if not found:
        raise Refused(
            finding(
                "no-header",
                "找不到表头：没有一行同时写明日期与金额列",
                "no header found: no row names a column of days and one of amounts",
                "确认导出的是交易明细；新的版式可按 importers/README.md 添加",
                "check that it is a list of transactions; importers/README.md says how to add "
                "a layout",
                file=name,
            )
        )
    kept, findings = _without_copies(found, name)
    return _joined(kept, findings, data, name)


def _read_grid(grid: Grid) -> list[TableReading]:
    headers = find_headers(grid.rows)
    readings = []
    for place, header in enumerate(headers):
        end = headers[place + 1].row if place + 1 < len(headers) else len(grid.rows)
        above = grid.rows[: header.row] if place == 0 else []
        body = grid.rows[header.row + header.height : end]
        readings.append(TableReader(grid, header, above, body).read())
    return readings


def _without_copies(
    found: list[tuple[Grid, TableReading]], name: str
) -> tuple[list[TableReading], list[Finding]]:
    """Sheets that say the same twice count once; a workbook may carry a copy of itself."""
    kept: list[TableReading] = []
    findings = []
    for grid, reading in found:
        if not reading.lines or all(_says(reading) != _says(other) for other in kept):
            kept.append(reading)
            continue
        findings.append(
            finding(
                "sheet-repeats",
                f"工作表「{grid.name[:40]}」与前一表内容相同，只计一次",
                f"sheet {grid.name[:40]} says the same as the one before and counts once",
                "无须处理",
                "nothing has to be done",
                file=name,
                severity="warning",
            )
        )
    return kept, findings


def _says(reading: TableReading) -> list[tuple[str, int, str]]:
    return sorted((line.booked_at, line.amount.fen, line.bank_ref) for line in reading.lines)


def _joined(tables: list[TableReading], findings: list[Finding], data: bytes, name: str) -> Reading:
    first = tables[0]
    lines = tuple(line for table in tables for line in table.lines)
    parked = tuple(
        Parked(row.row, row.raw, row.finding) for table in tables for row in table.parked
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
        account=next((table.account for table in tables if table.account), ""),
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
