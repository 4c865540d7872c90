"""What every reader shares: the table it gives, its bounds, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.errors import Finding, Refused, finding

LARGEST: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 500_000
MOST_CELLS: Final = 8_000_000
LONGEST_LINE: Final = 200_000
MOST_COLUMNS: Final = 512


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: where it stands, and its rows. ``sheet`` if it came from a spreadsheet.

    ``fault`` says why there are no rows: a file in an archive that holds no table that we read.
    """

    name: str
    rows: list[list[str]]
    sheet: bool = False
    fault: Finding | None = None


def unreadable(name: str, zh: str, en: str) -> Finding:
    return finding(
        "unreadable",
        zh,
        en,
        "从网银重新导出 CSV 或 XLSX 后重试",
        "export CSV or XLSX from the bank again and retry",
        file=name,
    )


def locked(name: str) -> Finding:
    return finding(
        "encrypted",
        "文件有密码，未给出或不对",
        "the file has a password, and none or a wrong one was given",
        "用 --password-file（导入时 --statement-password-file）或环境变量 "
        "MINGBAI_STATEMENT_PASSWORD 给出密码",
        "give it with --password-file (--statement-password-file for import) or "
        "MINGBAI_STATEMENT_PASSWORD",
        file=name,
    )


def bound_rows(rows: list[list[str]], name: str) -> list[list[str]]:
    """The rows, all of them; Refused if they are more or wider than any statement."""
    if len(rows) > MOST_ROWS:
        raise Refused(unreadable(name, "行数过多", "it has too many rows"))
    if any(len(row) > MOST_COLUMNS for row in rows):
        raise Refused(unreadable(name, "列数过多", "it has too many columns"))
    return rows
