"""mingbai export: a unit's books in the formats that auditors read."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting
from ledger.cli.progress import told as shown
from ledger.errors import CannotRun, finding

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.registry import Registry, User


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("export", help="导出给审计 books in the formats of auditors")
    acting.add_folder(parser)
    acting.add_unit(parser)
    parser.add_argument(
        "--period", required=True, type=acting.period, metavar="P",
        help="2026、2026-Q1 或 2026-03 a period",
    )  # fmt: skip
    parser.add_argument(
        "--format", required=True, choices=["saft", "gbt24589", "iso21378", "fec", "archive"],
        help="saft 与 archive 写一个文件，其余写一个目录；archive 含附件原件，须登录 "
        "saft and archive are a file, the others a folder; an archive holds papers in clear and "
        "needs a login",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", required=True, type=Path, metavar="OUT",
        help="写到此处，在联合会目录之外；只换掉先前同类的导出 to here, outside the federation; "
        "only an older export of the same kind is replaced",
    )  # fmt: skip
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_export)


def run_export(options: argparse.Namespace) -> int:
    """Nothing in the federation is written but the operation log, where it is known who asks."""
    from reports.exports import exporting
    from reports.exports.place import ARCHIVE, demand_place

    with acting.looking(options, options.unit) as (registry, user, now):
        if options.format == ARCHIVE and user is None:
            user = acting.acting_user(registry, options, now)
        demand_place(options.output, options.folder, options.format)
        try:
            with shown("导出 exporting") as bar:
                told = exporting.export(
                    registry, options.unit, options.period, options.format, options.output,
                    now.date(), lambda _, done, of: bar(done, of),
                )  # fmt: skip
        except OSError as fault:
            raise CannotRun(
                finding(
                    "cannot-write", f"写不进 {options.output.name}：{fault.strerror}",
                    f"{options.output.name} cannot be written: {fault.strerror}",
                    "检查目录的权限与磁盘空间；没有写出任何文件",
                    "check the folder's permissions and the disk's space; nothing was written",
                    file=str(options.output),
                )
            ) from fault  # fmt: skip
        if user is not None:
            _log(registry, user, options, now)
    acting.told(options, told, _lines(options, told))
    return 0


def _log(registry: Registry, user: User, options: argparse.Namespace, now: datetime) -> None:
    from ledger.registry import oplog

    with registry.write() as conn:
        oplog.record(
            conn, at=now, user=user.id, unit=options.unit, action="export", object=options.unit,
            detail=f"{options.format} {options.period}",
        )  # fmt: skip


def _lines(options: argparse.Namespace, told: dict[str, Any]) -> list[str]:
    found = [
        f"已写入 wrote {options.output}：{options.format} {options.unit} {options.period}",
        f"  凭证 vouchers {told['vouchers']}，分录 lines {told['lines']}",
    ]
    for one in told["totals"]:
        found.append(
            f"  {one['currency']} 借方 debits {one['debit']}，贷方 credits {one['credit']}"
        )
    with suppress(KeyError):
        found.append(f"  文件 files {len(told['files'])}")
    return found
