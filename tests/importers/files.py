"""Files as banks write them, made from rows of cells: text, spreadsheets old and new, archives."""

from __future__ import annotations

import csv
import gzip
import io
import re
import struct
import zipfile
from collections.abc import Sequence

import msoffcrypto.format.ooxml
import openpyxl
import pyzipper

Rows = Sequence[Sequence[object]]


def text(rows: Rows, encoding: str = "utf-8-sig", sep: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sep, lineterminator="\r\n")
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return out.getvalue().encode(encoding)


def formulas(rows: Rows) -> bytes:
    """GBK text with tabs and ``="…"``, which some houses name .xls."""
    lines = ["\t".join(f'="{"" if cell is None else cell}"' for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def html(rows: Rows, encoding: str = "gb18030") -> bytes:
    """A page with one table, which some banks name .xls."""
    lines = []
    for row in rows:
        cells = "".join(f"<td>{'' if cell is None else cell}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    body = "".join(lines)
    return f"<html><body><table border=1>{body}</table></body></html>".encode(encoding)


def xml2003(rows: Rows) -> bytes:
    """The XML of old spreadsheets; empty cells are left out and the next one says its place."""
    lines = []
    for row in rows:
        cells = "".join(
            f'<Cell ss:Index="{place}"><Data ss:Type="String">{cell}</Data></Cell>'
            for place, cell in enumerate(row, start=1)
            if cell not in (None, "")
        )
        lines.append(f"<Row>{cells}</Row>")
    return (
        '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
        + "".join(lines)
        + "</Table></Worksheet></Workbook>"
    ).encode()


def xlsx(rows: Rows, *more: Rows, merge: Sequence[str] = (), hide: int = 0) -> bytes:
    """A workbook, one sheet for each table; ``hide`` hides a row of the first."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for place, table in enumerate((rows, *more), start=1):
        sheet = book.create_sheet(f"Sheet{place}")
        for row in table:
            sheet.append(["" if cell is None else cell for cell in row])
    for cells in merge:
        book.worksheets[0].merge_cells(cells)
    if hide:
        book.worksheets[0].row_dimensions[hide].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_dimension(workbook: bytes, dimension: str) -> bytes:
    """The workbook, but its sheets say that they are of this size, as some office programs do."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/"):
                data = re.sub(
                    rb'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"'.encode(), data
                )
            target.writestr(name, data)
    return out.getvalue()


def with_sheet(workbook: bytes, xml: bytes) -> bytes:
    """The workbook with another first sheet, for sheets that no office program would write."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            target.writestr(name, xml if is_sheet else source.read(name))
    return out.getvalue()


def locked_xlsx(workbook: bytes, password: str) -> bytes:
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(workbook)).encrypt(password, out)
    return out.getvalue()


def zipped(members: dict[str, bytes], password: str = "") -> bytes:
    """An archive; with a password it is AES, as wallets send it, under names in GBK."""
    out = io.BytesIO()
    if password:
        with pyzipper.AESZipFile(
            out, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
        ) as archive:
            archive.setpassword(password.encode())
            for name, data in members.items():
                archive.writestr(name.encode("gb18030").decode("cp437"), data)
        return out.getvalue()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as plain:
        for name, data in members.items():
            plain.writestr(name, data)
    return out.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def xls(rows: Rows) -> bytes:
    """A BIFF8 workbook of one sheet in an OLE2 file: labels and numbers, nothing else."""
    cells = b"".join(
        _biff_cell(row, column, cell)
        for row, line in enumerate(rows)
        for column, cell in enumerate(line)
        if cell not in (None, "")
    )
    width = max((len(row) for row in rows), default=0)
    size = _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    sheet = _start(0x10) + size + cells + _record(0x0A, b"")
    stream = _globals(len(_globals(0))) + sheet
    return _ole2(stream.ljust(4096, b"\0"))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _start(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _globals(offset: int) -> bytes:
    name = "明细".encode("utf-16-le")
    sheet = struct.pack("<IHBB", offset, 0, len(name) // 2, 1) + name
    code_page = _record(0x42, struct.pack("<H", 1200))
    return _start(5) + code_page + _record(0x85, sheet) + _record(0x0A, b"")


def _biff_cell(row: int, column: int, cell: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, int | float):
        return _record(0x203, place + struct.pack("<d", float(cell)))
    letters = str(cell).encode("utf-16-le")
    return _record(0x204, place + struct.pack("<HB", len(letters) // 2, 1) + letters)


_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _ole2(stream: bytes) -> bytes:
    stream += b"\0" * (-len(stream) % 512)
    sectors = len(stream) // 512
    tables = 1
    while sectors + 1 + tables > tables * 128:
        tables += 1
    chain = [*range(1, sectors), _END, _END, *([_FAT] * tables)]
    chain += [_FREE] * (tables * 128 - len(chain))
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, tables, sectors, 0, 4096, _END, 0, _END, 0)
    where = [sectors + 1 + place for place in range(tables)]
    head += struct.pack("<109I", *where, *([_FREE] * (109 - tables)))
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 0, len(stream))
    folder = folder.ljust(512, b"\0")
    return head + stream + folder + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    head = letters.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(letters), kind, 1, _FREE, _FREE, child
    )
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)
