"""Seals as files in a unit's folder, the second witness of what the registry holds.

The registry's row is the commit point. A file is written whole or not at all; what a crash left
out is written by the next start, as the journal does it. One that differs is never overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.durable import replace_file, sync_folder
from ledger.errors import CannotRun, Finding, WitnessMismatch, finding
from ledger.layout import unit_folder
from ledger.registry import oplog, seals
from ledger.sealing.seals import LONGEST

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.registry.seals import SealRow

#: Where seals lie in a unit's folder.
FOLDER: Final = "seals"
NAME: Final = re.compile(r"seals/([0-9]{4}-(?:0[1-9]|1[0-2]))\.v([1-9][0-9]{0,5})\.seal")


def write_seal(folder: Path, name: str, text: bytes) -> None:
    """Write a seal's file durably, in place of whatever stands there."""
    path = folder / name
    try:
        path.parent.mkdir(exist_ok=True)
        replace_file(path, text)
        for changed in (path.parent, folder):
            sync_folder(changed)
    except OSError as fault:
        raise CannotRun(
            finding(
                "disk-failed",
                f"写入封存文件失败：{fault.strerror}；登记册已有此封存，重新启动时会补写",
                f"writing the seal failed: {fault.strerror}; the registry holds it and the next "
                "start writes it",
                "检查磁盘空间与硬件后重试", "check space and hardware, then try again",
                file=f"units/{folder.name}/{name}",
            )
        ) from fault  # fmt: skip


def read_seal(path: Path) -> bytes | None:
    """What stands in a seal's file; None if it is no plain file of a seal's size."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST:
        return None
    return path.read_bytes()


def seal_files(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The seals in a unit's folder by name, and the names of what is no seal there."""
    found: dict[str, bytes] = {}
    strange: list[str] = []
    for path in sorted((folder / FOLDER).glob("*")) if (folder / FOLDER).is_dir() else []:
        name = path.relative_to(folder).as_posix()
        if path.name.startswith(".") and path.name.endswith(".part"):
            continue  # left by a crash, and written anew with the next one of its name
        data = read_seal(path) if NAME.fullmatch(name) else None
        if data is None:
            strange.append(name)
        else:
            found[name] = data
    return found, strange


def bring_up(
    registry: Registry, units: Collection[str], now: datetime, *, strict: bool = False
) -> None:
    """Write the last seal of each unit whose file a crash left out; one question for all units.

    Where one has to rely on what is there, ``strict`` raises WitnessMismatch if it differs.
    """
    with registry.read() as conn:
        last = seals.last_of_each(conn, units)
    for row in last:
        folder = unit_folder(registry.folder, row.unit)
        if (folder / row.name).exists() or (folder / row.name).is_symlink():
            if strict and read_seal(folder / row.name) != row.text.encode():
                raise WitnessMismatch(_differs(row))
            continue
        write_seal(folder, row.name, row.text.encode())
        # Whoever took a file away on purpose gains nothing, and leaves this trace.
        with registry.write() as conn:
            oplog.record(
                conn, at=now, user="program", unit=row.unit, action="seal.replay",
                object=f"{row.month}.v{row.version}",
            )  # fmt: skip


def _differs(row: SealRow) -> Finding:
    return finding(
        "seal-differs", "封存文件与登记册不一致；程序停止，不作猜测",
        "the seal's file and the registry differ; the program stops",
        "运行 mingbai check；查明后用 mingbai rebuild 由可信的一方重建",
        "run mingbai check; then mingbai rebuild one witness from the one you trust",
        file=f"units/{row.unit}/{row.name}",
    )  # fmt: skip
