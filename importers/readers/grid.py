"""Any file that holds a table, as rows of text cells: CSV, XLSX, XLS, HTML, and zips of these.

What a file is, its first bytes say; its name is not asked. Sizes, members and rows are bounded.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from importers.cells import clean, parse_moment
from importers.header import find_headers
from importers.readers.decode import decode
from ledger.errors import Finding, Refused, finding

LARGEST: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 500_000
MOST_MEMBERS: Final = 40
_MOST_RATIO: Final = 300
_DELIMITERS: Final = ",\t;|"

csv.field_size_limit(1024 * 1024)


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: where it stands, and its rows. ``sheet`` if it came from a spreadsheet."""

    name: str
    rows: list[list[str]]
    sheet: bool = False


def read_grids(data: bytes, name: str, password: str | None = None) -> list[Grid]:
    """Every table in a file; Refused with a finding if there is none to be read."""
    if not data.strip():
        raise Refused(_fault(name, "文件为空", "the file is empty"))
    if len(data) > LARGEST:
        raise Refused(_fault(name, "文件过大（超过 64 MB）", "the file is larger than 64 MB"))
    return _read(data, name, password, depth=0)


def _read(data: bytes, name: str, password: str | None, depth: int) -> list[Grid]:
    if data.startswith(b"\x1f\x8b") and depth == 0:
        return _read(_gunzip(data, name), name, password, 1)
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(data, name, password, depth)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _read_sheets(_decrypted(data, name, password), name)
    if data.startswith(b"%PDF"):
        raise Refused(
            _fault(name, "PDF 对账单不能可靠读取", "statements in PDF cannot be read reliably")
        )
    text = decode(data, name)
    head = text[:4096].lstrip().casefold()
    if head.startswith(("<html", "<!doctype html", "<table", "<?xml", "<meta")) or "<table" in head:
        return _read_html(text, name)
    return [Grid(name, _read_delimited(text, name))]


def _fault(name: str, zh: str, en: str) -> Finding:
    return finding(
        "unreadable",
        zh,
        en,
        "从网银重新导出 CSV 或 XLSX 后重试",
        "export CSV or XLSX from the bank again and retry",
        file=name,
    )


# ---- containers --------------------------------------------------------------------------------


def _gunzip(data: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            plain = file.read(LARGEST + 1)
    except (OSError, EOFError) as fault:
        raise Refused(_fault(name, "压缩文件损坏", "the archive is broken")) from fault
    if len(plain) > LARGEST:
        raise Refused(_fault(name, "解压后过大", "it is too large when unpacked"))
    return plain


def _read_zip(data: bytes, name: str, password: str | None, depth: int) -> list[Grid]:
    import pyzipper

    try:
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _bound(infos, name)
            names = {info.filename for info in infos}
            if "xl/workbook.xml" in names or "[Content_Types].xml" in names:
                return _read_sheets(data, name)
            if depth > 1:
                raise Refused(_fault(name, "压缩包层层嵌套", "archives inside archives"))
            grids: list[Grid] = []
            for info in infos:
                if info.flag_bits & 1 and not password:
                    raise Refused(_locked(name))
                archive.setpassword(password.encode() if password else None)
                grids += _read(archive.read(info), _member_name(info, name), password, depth + 1)
    except (pyzipper.BadZipFile, NotImplementedError, EOFError, ValueError) as fault:
        raise Refused(_fault(name, "压缩文件损坏", "the archive is broken")) from fault
    except RuntimeError as fault:  # pyzipper's word for a wrong password
        raise Refused(_locked(name)) from fault
    if not grids:
        raise Refused(_fault(name, "压缩包中没有表格", "the archive holds no table"))
    return grids


def _bound(infos: list[Any], name: str) -> None:
    size = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    if len(infos) > 2000 or size > 4 * LARGEST or size / packed > _MOST_RATIO:
        raise Refused(_fault(name, "压缩包内容过多或过大", "the archive holds too much"))


def _member_name(info: Any, name: str) -> str:
    text = str(info.filename)
    if not info.flag_bits & 0x800:
        try:
            text = text.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            text = str(info.filename)
    return f"{name}/{text.rsplit('/', 1)[-1][:80]}"


def _locked(name: str) -> Finding:
    return finding(
        "encrypted",
        "文件有密码，未给出或不对",
        "the file has a password, and none or a wrong one was given",
        "把密码放入环境变量 MINGBAI_STATEMENT_PASSWORD，或先解密另存",
        "set MINGBAI_STATEMENT_PASSWORD, or save it without a password",
        file=name,
    )


def _decrypted(data: bytes, name: str, password: str | None) -> bytes:
    import msoffcrypto

    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not office.is_encrypted():
            return data
        if not password:
            raise Refused(_locked(name))
        office.load_key(password=password)
        plain = io.BytesIO()
        office.decrypt(plain)
    except Refused:
        raise
    except Exception as fault:
        if "password" in str(fault).casefold() or "key" in str(fault).casefold():
            raise Refused(_locked(name)) from fault
        return data
    return plain.getvalue()


# ---- spreadsheets ------------------------------------------------------------------------------


def _read_sheets(data: bytes, name: str) -> list[Grid]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            (sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
            for sheet in book.sheet_names[:MOST_MEMBERS]
        ]
    except (python_calamine.CalamineError, OSError, ValueError) as fault:
        raise Refused(_fault(name, "电子表格损坏", "the spreadsheet is broken")) from fault
    grids = [
        Grid(sheet, [[_cell_text(cell) for cell in row] for row in rows[:MOST_ROWS]], sheet=True)
        for sheet, rows in sheets
        if any(cell not in ("", None) for row in rows for cell in row)
    ]
    if not grids:
        raise Refused(_fault(name, "电子表格为空", "the spreadsheet is empty"))
    return grids


def _cell_text(cell: object) -> str:
    """A spreadsheet's value as it would be typed; numbers exactly as stored."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    return str(cell)


# ---- text --------------------------------------------------------------------------------------


def _read_html(text: str, name: str) -> list[Grid]:
    from lxml import etree, html

    try:
        # No entities, no network; huge trees are refused by the parser.
        parser = html.HTMLParser(no_network=True, huge_tree=False, recover=True)
        page = html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser=parser)
        rows = [
            ["".join(map(str, cell.itertext())) for cell in row if cell.tag in ("td", "th")]
            for row in page.iter("tr")
        ]
    except (etree.LxmlError, ValueError) as fault:
        raise Refused(_fault(name, "网页表格损坏", "the HTML table is broken")) from fault
    if not rows:
        raise Refused(_fault(name, "网页中没有表格", "the page holds no table"))
    return [Grid(name, rows[:MOST_ROWS])]


def _read_delimited(text: str, name: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_ROWS:
        raise Refused(_fault(name, "行数过多", "it has too many rows"))
    # The delimiter is the one under which a header makes most sense.
    best: list[list[str]] = []
    known = -1
    for delimiter in _DELIMITERS:
        if not any(delimiter in line for line in lines):
            continue
        rows = _cut(lines, delimiter)
        columns = max((header.known for header in find_headers(rows)), default=0)
        if columns > known:
            best, known = rows, columns
    if known > 0:
        return best
    by_blanks = [re.split(r" {2,}|\t", line.strip()) for line in lines]
    return by_blanks if find_headers(by_blanks) else best or by_blanks


def _cut(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        whole = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:
        whole = []
    if whole and not any(_swallows(cell, delimiter) for row in whole for cell in row):
        return whole
    # A stray quotation mark has swallowed rows: every line is read by itself.
    return [_one_line(line, delimiter) for line in lines]


def _one_line(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        row = line.split(delimiter)
    # An unclosed quotation mark makes the rest of the line one cell.
    return row if line.count('"') % 2 == 0 else [c.strip('"') for c in line.split(delimiter)]


def _swallows(cell: str, delimiter: str) -> bool:
    """True if a cell holds what begins like another row of the table."""
    parts = cell.split("\n")[1:]
    return any(
        parse_moment(clean(part)[:24]) is not None or part.count(delimiter) > 3 for part in parts
    )


def iter_rows(grids: list[Grid]) -> Iterator[list[str]]:
    """The rows of every table, one after the other."""
    for grid in grids:
        yield from grid.rows
