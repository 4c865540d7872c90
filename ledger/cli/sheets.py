"""mingbai template: empty sheets for payroll, tax and finance offices, platforms and registers."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    template = commands.add_parser("template", help="空白模板 write an empty sheet to fill in")
    template.add_argument(
        "name", metavar="NAME",
        help="dues-list, union-fee-list, allotment-notice, donation-export, members, assets",
    )  # fmt: skip
    template.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE.xlsx", help="写入 write to"
    )
    template.set_defaults(run=run_template)


def run_template(options: argparse.Namespace) -> int:
    from importers.template_sheet import template_xlsx
    from importers.templates import template_named

    template = template_named(options.name)
    options.output.write_bytes(template_xlsx(template))
    print(f"已写入 wrote {options.output}：{template.title.zh} {template.title.en}")
    return 0
