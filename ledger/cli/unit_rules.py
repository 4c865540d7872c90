"""mingbai rules, payroll: what a unit's lines are matched by."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import Finding, Refused, finding

if TYPE_CHECKING:
    from ledger.registry import User


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rules = commands.add_parser("rules", help="换上或列出规则 replace or list the unit's rules")
    acting.add_folder(rules)
    acting.add_unit(rules)
    rules.add_argument("files", nargs="*", metavar="FILE", type=Path, help="rules.toml")
    rules.add_argument("--list", action="store_true", help="列出现有规则 list the rules in force")
    acting.add_json(rules)
    acting.add_user(rules)
    rules.set_defaults(run=run_rules, rest="files")

    payroll = commands.add_parser("payroll", help="登记代扣清单 enter a payroll dues list")
    acting.add_folder(payroll)
    acting.add_unit(payroll)
    payroll.add_argument("file", metavar="FILE", type=Path, help="清单 CSV or XLSX list")
    acting.add_json(payroll)
    acting.add_user(payroll)
    payroll.set_defaults(run=run_payroll)


def run_rules(options: argparse.Namespace) -> int:
    from importers import staging
    from importers.read import file_bytes
    from ledger import clock

    now = clock.now()
    files = [Path(file) for file in options.files]
    if options.list or not files:
        return _list_rules(options, now)
    if len(files) > 1:
        raise Refused(_one_table())
    data = file_bytes(files[0])
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        count = staging.replace_rules(registry, unit, data, user, now, files[0].name)
    print(
        json.dumps({"rules": count})
        if options.json
        else f"已换上 {count} 条规则 rules in place\n"
        "  mingbai match 把规则用于尚未回答的问题 applies them to open questions"
    )
    return 0


def _one_table() -> Finding:
    return finding(
        "one-table",
        "一个单位只有一张规则表，一次只给一个文件",
        "a unit has one rule table: give one file",
        "把规则合在一个文件里",
        "put the rules into one file",
    )


def _list_rules(options: argparse.Namespace, now: datetime) -> int:
    """The rules by number; their words may name persons, so it takes the right to browse."""
    from importers import staging
    from ledger import workflow
    from reports.table import aligned

    if options.files:
        raise Refused(
            finding(
                "list-or-file",
                "--list 列出规则，不换规则表",
                "--list lists the rules: it takes no file",
                "去掉 --list 或文件",
                "leave out --list, or the file",
            )
        )
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(acting.acting_user(registry, options, now), "browse", unit)
        rules = staging.rules_of(registry, unit)
    if options.json:
        told = [
            {
                "number": number,
                "title": rule.title,
                "why": rule.why._asdict(),
                "to": [
                    {"account": part.account, "fund": part.fund, "share": str(part.share)}
                    for part in rule.to
                ],
            }
            for number, rule in rules
        ]
        print(json.dumps({"rules": told}, ensure_ascii=False))
        return 0
    rows = [
        (str(number), rule.title, "; ".join(f"{p.account} {p.fund} {p.share}" for p in rule.to))
        for number, rule in rules
    ]
    head = ("编号 no.", "规则 rule", "入账 to")
    print(aligned([head, *rows], right={0}) if rows else "没有规则 no rules")
    return 0


def run_payroll(options: argparse.Namespace) -> int:
    from importers import payroll
    from importers.read import file_bytes
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user: User = acting.acting_user(registry, options, now)
        done = payroll.enter_list(
            registry, unit, file_bytes(options.file), options.file.name, user, now
        )
    if options.json:
        print(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        print(
            f"代扣清单 payroll list {done.code}: {done.month}，{done.members} 人 members，"
            f"合计 total {done.amount.grouped}"
        )
    return 0
