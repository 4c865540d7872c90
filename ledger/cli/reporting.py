"""mingbai report: a statement as text, PDF, XLSX, CSV or JSON."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from ledger.cli import (
    acting,
    reporting_aid,
    reporting_assets,
    reporting_dues,
    reporting_gifts,
)
from ledger.errors import CannotRun, Finding, Refused, finding
from ledger.period import Period


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="报表 draw a statement")
    acting.add_folder(report)
    acting.add_unit(report)
    report.add_argument(
        "name", metavar="NAME",
        help="balance-sheet, income-statement, cash-flow, budgetary-statement, fiscal-quota, "
        "funds, trial-balance, journal, "
        "bank-reconciliation, operation-log, dues-roll, dues-use, collection, arrears, levy, "
        "remittance, arrivals, allocation-use, special-unspent, budget, contracts, major-items, "
        "sofa, gifts-received, public-benefit, large-gifts, major-projects, "
        "support, support-per-head, support-by-region, grass-roots-share, venue-use, consolidated, "
        "comparison, matrix, transfers, statistics, aid, gift-disclosure, campaign, "
        "asset-register, asset-changes, depreciation, asset-history, state-owned, stocktake, "
        "member-dues, "
        "dues-receipt",
    )  # fmt: skip
    report.add_argument(
        "--period", required=True, metavar="PERIOD",
        help="2026-03 或 2026；账簿的与捐赠的报表也可 2026-Q1 those of the book and of gifts of a "
        "quarter too",
    )  # fmt: skip
    report.add_argument(
        "--format", choices=["text", "pdf", "xlsx", "csv", "json"], default="text",
        help="格式 format",
    )  # fmt: skip
    report.add_argument(
        "-o", "--output", type=Path, metavar="FILE",
        help="写入文件，已有的同名文件被整个换掉 write to FILE, replacing it as a whole",
    )  # fmt: skip
    report.add_argument(
        "--audience", choices=["public", "members", "register"],
        help="给谁看：public 公开，资产的报表只列各类；dues-roll 给会员，aid 为台账（含姓名，"
        "须有权，记入日志） public for everyone, assets by class alone; dues-roll for members, aid "
        "as its register: with names, for who may, and logged",
    )  # fmt: skip
    report.add_argument(
        "--member", metavar="MEMBER", help="member-dues、dues-receipt 的会员代号 m-… 或编号 of whom"
    )
    report.add_argument(
        "--campaign", metavar="CODE",
        help="gift-disclosure、campaign 只列此募捐活动 of this campaign only",
    )  # fmt: skip
    report.add_argument(
        "--asset", metavar="FA", help="asset-history 只列此项资产 of this asset only: FA-00012"
    )
    acting.add_user(report)
    report.set_defaults(run=run_report)


def run_report(options: argparse.Namespace) -> int:
    from reports.render import render
    from reports.sources import source_for
    from reports.statements.catalogue import build, known, with_annex

    if options.name not in reporting_dues.OWN:
        known(options.name)
    period = _period(options.period)
    if options.output is not None:
        refuse_place(options.output, options.folder)
    elif options.format in ("pdf", "xlsx") and sys.stdout.isatty():
        raise Refused(
            finding(
                "no-output",
                f"{options.format} 须写入文件",
                f"a {options.format} goes to a file",
                "用 -o 写明文件",
                "name the file with -o",
            )
        )
    found: list[Finding] = []
    if reporting_dues.is_personal(options):
        data = reporting_dues.draw(options, period, found)
    elif reporting_aid.is_register(options):
        data = reporting_aid.draw(options, period, found)
    else:
        source = source_for(options.folder, options.unit, options.name, period)
        if options.campaign:
            source = reporting_gifts.of_campaign(source, options)
        if options.asset:
            source = reporting_assets.of_asset(source, options)
        public = reporting_assets.is_public(options)
        if public:
            statement = reporting_assets.public(source, options, period)
        else:
            statement = build(options.name, source, period)
        if options.format in ("pdf", "xlsx") and not public:
            statement = with_annex(source, statement)
        data = render(statement, options.format, findings=found, tagged=public)
    for fault in found:
        print(fault, file=sys.stderr)
    if options.output is not None:
        try:
            write_whole(options.output, data)
        except OSError as fault:
            raise CannotRun(_unwritten(options.output, fault)) from fault
        print(f"已写入 wrote {options.output} ({len(data):,} 字节 bytes)")
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    return 0


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as fault:
        raise Refused(
            finding(
                "bad-period",
                f"不是期间：{text[:20]}",
                f"this is no period: {text[:20]}",
                "期间写作 2026-03 或 2026",
                "write 2026-03 or 2026",
            )
        ) from fault


# ---- where a statement may be written ----------------------------------------------------------


def refuse_place(path: Path, federation: Path) -> None:
    """Refused if a statement would replace what the federation lives on."""
    place = path.resolve()
    home = federation.resolve()
    if place == home or (home in place.parents and home / "reports" not in place.parents):
        raise Refused(
            finding(
                "output-in-federation",
                f"报表不能写在联合会目录中：{path}",
                f"a statement cannot be written into the federation folder: {path}",
                "写到 reports/ 下，或目录之外",
                "write it below reports/, or elsewhere",
            )
        )
    if path.is_dir() or not path.parent.is_dir():
        raise CannotRun(
            finding(
                "no-such-place",
                f"不能写到这里：{path}",
                f"nothing can be written here: {path}",
                "写明已有目录中的一个文件",
                "name a file in a folder that exists",
                file=str(path),
            )
        )


def _unwritten(path: Path, fault: OSError) -> Finding:
    return finding(
        "cannot-write",
        f"写不进 {path.name}：{fault.strerror}",
        f"{path.name} cannot be written: {fault.strerror}",
        "检查目录的权限与磁盘空间；原有的文件没有动",
        "check the folder's permissions and the disk's space; a file that was there is as it was",
        file=str(path),
    )


def write_whole(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all: whoever reads it never sees half of it.

    What is no ordinary file, such as ``/dev/stdout``, is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    place = path.resolve()  # a link keeps leading to its file
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:40]}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), _mode(place))
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, place)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """The mode that the file has, or that any new file of this process gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
