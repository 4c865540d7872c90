"""What the county says when it is done: who may log in, and commands that can be copied."""

from __future__ import annotations

import shlex
from pathlib import Path

from ledger.cli.demo.county.facts import YEAR
from ledger.cli.demo.county.founding import PASSWORD
from ledger.cli.demo.ending import program


def tell_end(target: Path, *, faults: bool, out: Path | None = None) -> None:
    """Who may log in, and commands that can be copied."""
    call, folder = program(), shlex.quote(str(target))
    parts = [
        f"serve {folder}",
        f"matrix {folder} --period {YEAR}",
        f"consolidate {folder} --unit shi --period {YEAR}",
        f"budget show {folder} --unit xian --year {YEAR}",
        f"allocation list {folder} --unit xian",
        f"asset list {folder} --unit xian --state overdue",
        f"stocktake list {folder} --unit xian",
        f"venue list {folder} --unit xian",
        f"report {folder} --unit xian income-statement --period {YEAR}",
        *([f"check {folder}"] if faults else []),
    ]
    if out is not None:
        parts += [f"verify {shlex.quote(str(out))}", f"validate {shlex.quote(str(out))}"]
    print(
        f"\n登录名 logins: zhou, he, lin, gao, shen, admin；口令 password: {PASSWORD}\n"
        "对账单与代扣清单 statements and payroll lists: statements/\n"
        "已登录 zhou，接着可办 zhou is logged in; try:\n"
        + "\n".join(f"  {call} {part}" for part in parts)
    )
