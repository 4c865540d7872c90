"""A publication's folder as one ZIP file: the same folder gives the same bytes on any machine.

Files are stored as they are, in the order of their names, without a day: what compresses them
differently from one machine to the next is left out, and a PDF or a workbook is compressed already.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, Final

from ledger.errors import Finding, Refused, finding

#: All files together, in bytes. What is larger is written by ``mingbai publish``.
LARGEST: Final = 256 * 1024 * 1024
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16


def zip_folder(folder: Path, out: IO[bytes], *, below: str, largest: int = LARGEST) -> int:
    """Write every file of a folder into ``out``, below a folder's name; how many bytes they have.

    Refused where they have more than ``largest`` bytes together; nothing is written then.
    """
    files = sorted(
        (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
    )
    size = sum(path.stat().st_size for _, path in files)
    if size > largest:
        raise Refused(_too_large(size, largest))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, path in files:
            info = zipfile.ZipInfo(f"{below}/{name}", _FIRST_DAY)
            info.create_system = 3
            info.external_attr = _MODE
            archive.writestr(info, path.read_bytes())
    return size


def _too_large(size: int, largest: int) -> Finding:
    mega = 1024 * 1024
    return finding(
        "publication-large",
        f"这份公开共 {size // mega} MB，超过一次下载的 {largest // mega} MB",
        f"this publication has {size // mega} MB, more than the {largest // mega} MB of one "
        "download",
        "由管理员在服务器上写出：mingbai publish DIR --unit U --period P -o OUT",
        "have it written on the server: mingbai publish DIR --unit U --period P -o OUT",
    )
