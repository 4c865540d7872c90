"""mingbai template: empty sheets for payroll, tax and finance offices, platforms and registers.

And what is wrong with a sheet that came back, row by row, before anything is entered.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ledger.errors import CannotRun, Finding, LedgerError, finding


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    template = commands.add_parser(
        "template", help="空白模板，或检查填好的 write an empty sheet, or check a filled one"
    )
    template.add_argument(
        "name", metavar="NAME",
        help="dues-list, union-fee-list, levy-declaration, allotment-notice, "
        "donation-export, members, assets, plan, budget, aid; "
        "或 check NAME FILE 检查填好的 or check NAME FILE for one that was filled in",
    )  # fmt: skip
    template.add_argument("checked", nargs="*", metavar="NAME FILE", help=argparse.SUPPRESS)
    template.add_argument("-o", "--output", type=Path, metavar="FILE.xlsx", help="写入 write to")
    template.add_argument("--json", action="store_true", help="以 JSON 输出 print JSON")
    template.set_defaults(run=run_template, rest="checked")


def run_template(options: argparse.Namespace) -> int:
    from importers.template_sheet import template_xlsx
    from importers.templates import template_named

    if options.name == "check":
        return _check(options)
    template = template_named(options.name)
    if options.output is None or options.checked:
        raise CannotRun(_usage())
    blank, there = template_xlsx(template), options.output
    if there.is_file() and there.read_bytes() not in (b"", blank):
        raise CannotRun(_filled_in(there))
    there.write_bytes(blank)
    print(f"已写入 wrote {options.output}：{template.title.zh} {template.title.en}")
    return 0


def _check(options: argparse.Namespace) -> int:
    """Read a filled sheet as if to enter it, and tell what is wrong, row by row."""
    from importers.lists import read_list
    from importers.plans import plan_of
    from importers.read import file_bytes
    from importers.templates import PLAN, template_named

    if len(options.checked) != 2 or options.output is not None:
        raise CannotRun(_usage())
    template = template_named(options.checked[0])
    path = Path(options.checked[1])
    data = file_bytes(path)
    try:
        read = read_list(data, path.name, template)
        if template is PLAN:
            plan_of(read, data, path.name)
    except LedgerError as fault:
        if not options.json:
            raise
        told = [found.as_json() for found in fault.findings]
        print(json.dumps({"rows": None, "total": None, "findings": told}, ensure_ascii=False))
        return 1
    if options.json:
        told_total = read.total.text if template.sum_of else None
        print(json.dumps({"rows": len(read.rows), "total": told_total, "findings": []}))
    else:
        amount = f"，合计 total {read.total.grouped}" if template.sum_of else ""
        print(f"{path.name}：{template.title.zh} 无误 is right，{len(read.rows)} 行 rows{amount}")
    return 0


def _filled_in(path: Path) -> Finding:
    return finding(
        "file-exists",
        "已有同名文件，可能是填好的清单，没有覆盖",
        "there is such a file, perhaps a list that was filled in: it was left alone",
        "换一个文件名，或先移走它",
        "give another name, or move it away first",
        file=str(path),
    )


def _usage() -> Finding:
    return finding(
        "usage",
        "命令写法有误",
        "the command is not written right",
        "mingbai template NAME -o FILE.xlsx，或 mingbai template check NAME FILE",
        "mingbai template NAME -o FILE.xlsx, or mingbai template check NAME FILE",
    )
