"""mingbai report: a statement as text, PDF, XLSX, CSV or JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ledger.cli import acting
from ledger.errors import Finding, Refused, finding
from ledger.period import Period


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="报表 draw a statement")
    acting.add_folder(report)
    acting.add_unit(report)
    report.add_argument(
        "name", metavar="NAME",
        help="balance-sheet, income-statement, funds, bank-reconciliation, journal, "
        "operation-log, trial-balance",
    )  # fmt: skip
    report.add_argument(
        "--period", required=True, type=_period, metavar="PERIOD", help="2026-03 或 or 2026"
    )
    report.add_argument(
        "--format", choices=["text", "pdf", "xlsx", "csv", "json"], default="text",
        help="格式 format",
    )  # fmt: skip
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="写入文件 write to FILE")
    report.set_defaults(run=run_report)


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(
            f"期间写作 2026-03 或 2026 a period is written so: {text[:20]!r}"
        ) from fault


def run_report(options: argparse.Namespace) -> int:
    from reports.render import render
    from reports.sources import source_for
    from reports.statements.catalogue import build, with_annex

    source = source_for(options.folder, options.unit, options.name, options.period)
    statement = build(options.name, source, options.period)
    if options.format in ("pdf", "xlsx"):
        statement = with_annex(source, statement)
    found: list[Finding] = []
    data = render(statement, options.format, findings=found)
    for fault in found:
        print(fault, file=sys.stderr)
    if options.output is not None:
        options.output.write_bytes(data)
        print(f"已写入 wrote {options.output} ({len(data):,} 字节 bytes)")
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
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    return 0
