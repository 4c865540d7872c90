"""Any file that holds a table, as rows of text cells, and zips of such files.

What a file is, its first bytes say; its name is not asked. Sizes, members and rows are bounded;
what is beyond a bound is refused, never cut off.
"""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any, Final

from importers.readers import sheets
from importers.readers.camt import is_camt, read_camt
from importers.readers.decode import decode
from importers.readers.delimited import read_delimited
from importers.readers.limits import LARGEST, Grid, locked, unreadable
from importers.readers.markup import is_markup, read_markup
from importers.readers.mt940 import is_mt940, read_mt940
from importers.readers.ofx import is_ofx, read_ofx
from importers.readers.pdf import read_pdf
from importers.readers.unionpay import is_unionpay, read_unionpay
from ledger.errors import Refused

__all__ = ["LARGEST", "Grid", "read_grids"]

_MOST_FILES: Final = 40
_MOST_MEMBERS: Final = 2000
_MOST_RATIO: Final = 300


def read_grids(data: bytes, name: str, password: str | None = None) -> list[Grid]:
    """Every table in a file; Refused with a finding if there is none to be read."""
    if not data.strip():
        raise Refused(unreadable(name, "文件为空", "the file is empty"))
    if len(data) > LARGEST:
        raise Refused(unreadable(name, "文件过大（超过 64 MB）", "the file is larger than 64 MB"))
    return _read(data, name, password, depth=0)


def _read(data: bytes, name: str, password: str | None, depth: int) -> list[Grid]:
    if data.startswith(b"\x1f\x8b") and depth == 0:
        return _read(_gunzip(data, name), name, password, 1)
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(data, name, password, depth)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return sheets.read_sheets(sheets.decrypted(data, name, password), name)
    if data.startswith(b"%PDF"):
        return read_pdf(data, name, password)
    if is_camt(data):
        return read_camt(data, name)
    text = decode(data, name)
    if is_ofx(text[:4096]):
        return read_ofx(data, name)
    if is_mt940(text[:4096]):
        return read_mt940(data, name)
    if is_unionpay(text[:4096]):
        return read_unionpay(text, name)
    if is_markup(text):
        return read_markup(text, name)
    return [Grid(name, read_delimited(text, name))]


def _gunzip(data: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            plain = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as fault:
        raise Refused(unreadable(name, "压缩文件损坏", "the archive is broken")) from fault
    if len(plain) > LARGEST:
        raise Refused(unreadable(name, "解压后过大", "it is too large when unpacked"))
    return plain


def _read_zip(data: bytes, name: str, password: str | None, depth: int) -> list[Grid]:
    import pyzipper

    try:
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
            names = {info.filename for info in infos}
            is_book = "xl/workbook.xml" in names or "[Content_Types].xml" in names
            _bound(infos, name, _MOST_MEMBERS if is_book else _MOST_FILES)
            if is_book:
                return sheets.read_sheets(data, name)
            if depth > 1:
                raise Refused(unreadable(name, "压缩包层层嵌套", "archives inside archives"))
            grids: list[Grid] = []
            for info in infos:
                if info.flag_bits & 1 and not password:
                    raise Refused(locked(name))
                archive.setpassword(password.encode() if password else None)
                grids += _member(archive.read(info), _member_name(info, name), password, depth)
    except (pyzipper.BadZipFile, NotImplementedError, EOFError, ValueError, zlib.error) as fault:
        raise Refused(unreadable(name, "压缩文件损坏", "the archive is broken")) from fault
    except RuntimeError as fault:  # pyzipper's word for a wrong password
        raise Refused(locked(name)) from fault
    if not any(grid.rows for grid in grids):
        faults = [grid.fault for grid in grids if grid.fault is not None]
        empty = unreadable(name, "压缩包中没有表格", "the archive holds no table")
        raise Refused(*(faults or [empty]))
    return grids


def _member(data: bytes, name: str, password: str | None, depth: int) -> list[Grid]:
    """The tables of one file of an archive; a picture or PDF beside them is told, not fatal."""
    if not data.strip():
        return []
    try:
        return _read(data, name, password, depth + 1)
    except Refused as refusal:
        return [Grid(name, [], fault=fault) for fault in refusal.findings]


def _bound(infos: list[Any], name: str, most: int) -> None:
    size = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    if len(infos) > most or size > 2 * LARGEST or size / packed > _MOST_RATIO:
        raise Refused(unreadable(name, "压缩包内容过多或过大", "the archive holds too much"))


def _member_name(info: Any, name: str) -> str:
    text = str(info.filename)
    if not info.flag_bits & 0x800:
        try:
            text = text.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            text = str(info.filename)
    return f"{name}/{text.rsplit('/', 1)[-1][:80]}"
