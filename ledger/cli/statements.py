"""mingbai read, import: from bank files to lines that are staged, drafted or asked."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.account import account_label
from ledger.cli import acting
from ledger.errors import CannotRun, LedgerError

if TYPE_CHECKING:
    from importers.line import Reading
    from importers.staging import Imported


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    read = commands.add_parser("read", help="读对账单 read statements and prove them")
    read.add_argument("files", nargs="+", metavar="FILE", type=Path, help="对账单 statement files")
    read.add_argument("--password-file", metavar="F", help="文件密码所在文件 file of the password")
    acting.add_json(read)
    read.set_defaults(run=run_read)

    import_ = commands.add_parser("import", help="导入对账单 import statements")
    acting.add_folder(import_)
    acting.add_unit(import_)
    import_.add_argument(
        "--account", metavar="A", help="科目或其代码 ledger account or its code, such as 10201"
    )
    import_.add_argument("files", nargs="+", metavar="FILE", type=Path, help="对账单 files")
    import_.add_argument(
        "--statement-password-file", metavar="F", help="对账单密码所在文件 password of the files"
    )
    acting.add_json(import_)
    acting.add_user(import_)
    import_.set_defaults(run=run_import)


# ---- read --------------------------------------------------------------------------------------


def run_read(options: argparse.Namespace) -> int:
    from importers.read import file_bytes
    from importers.unknown import read_any
    from ledger.cli import passwords

    password = passwords.of_file(options.password_file)
    status = 0
    told: list[dict[str, Any]] = []
    for path in options.files:
        try:
            reading = read_any(file_bytes(path), path.name, password)
        except LedgerError as fault:
            status = max(status, 2 if isinstance(fault, CannotRun) else 1)
            found = [f.as_json() for f in fault.findings]
            told.append(
                {
                    "file": path.name, "profile": None, "lines": [], "parked": [],
                    "proofs": {f"P{n}": "n/a" for n in range(1, 6)}, "findings": found,
                }
            )  # fmt: skip
            if not options.json:
                print(f"{path.name}\n{fault}\n")
            continue
        serious = any(found.severity == "error" for found in reading.findings)
        if reading.parked or serious or "fail" in reading.proofs.values():
            status = max(status, 1)
        told.append(reading.as_json())
        if not options.json:
            print(_reading_text(reading))
    if options.json:
        # One file, one object; several, one list.
        print(json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False))
    return status


def _reading_text(reading: Reading) -> str:
    from reports.table import aligned

    rows = [
        (
            line.booked_at,
            line.amount.shown,
            line.balance_after.grouped if line.balance_after is not None else "",
            line.counterparty,
            line.memo,
        )
        for line in reading.lines
    ]
    head = ("时间 time", "金额 amount", "余额 balance", "对方 counterparty", "摘要 memo")
    proofs = "  ".join(f"{name} {result}" for name, result in reading.proofs.items())
    parts = [
        f"{reading.file}: {reading.profile}",
        aligned([head, *rows], right={1, 2}),
        f"{len(reading.lines)} 行 lines，{len(reading.parked)} 行搁置 parked",
        f"证明 proofs: {proofs}",
    ]
    parts += [str(parked.finding) for parked in reading.parked]
    parts += [str(found) for found in reading.findings]
    return "\n".join(parts) + "\n"


# ---- import ------------------------------------------------------------------------------------


def run_import(options: argparse.Namespace) -> int:
    from importers import staging
    from importers.read import file_bytes, read_bytes
    from importers.unknown import refuse_drifted
    from ledger import clock, workflow
    from ledger.cli import passwords, progress

    now = clock.now()
    password = passwords.of_file(options.statement_password_file)
    told: list[dict[str, Any]] = []
    status = 0
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        for path in options.files:
            try:
                data = file_bytes(path)
                with progress.told(path.name) as tell:
                    reading = refuse_drifted(read_bytes(data, path.name, password))
                    done = staging.import_statement(
                        registry, unit, reading, data, user, now, account=options.account, tell=tell
                    )
            except LedgerError as fault:
                # What came before stays imported: each file is an act of its own.
                status = max(status, 2 if isinstance(fault, CannotRun) else 1)
                found = [f.as_json() for f in fault.findings]
                told.append({"file": path.name, "imported": False, "findings": found})
                if not options.json:
                    print(f"{path.name}\n{fault}\n")
                continue
            told.append(done.as_json())
            if not options.json:
                print(_imported_text(done))
    if options.json:
        print(json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False))
    return status


def _imported_text(done: Imported) -> str:
    if done.again:
        return (
            f"{done.file}：已导入过（文件 {done.number}），没有变化 "
            f"imported before as file {done.number}, nothing changed"
        )
    proofs = " ".join(f"{name} {result}" for name, result in done.proofs.items())
    parts = [
        f"{done.file} → {account_label(done.account)}（{done.profile}，{proofs}）"
        f"文件 file {done.number}",
        f"  新流水 new {done.new}，已有 known {done.known}，搁置 parked {done.parked}",
        f"  草稿 drafts {len(done.drafts)}，问题 questions {len(done.questions)}",
    ]
    return "\n".join(parts + [str(found) for found in done.findings])
