"""mingbai budget: set, revised, approved, and compared with what was posted."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting, budget_told
from ledger.errors import CannotRun, Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.budgetcheck import BudgetLine
    from ledger.registry import Registry, User


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    budget = commands.add_parser("budget", help="预算 budgets")
    parts = budget.add_subparsers(dest="part", required=True, metavar="PART")

    for name, help in (
        ("set", "编制一年的预算 set a year's budget"),
        ("revise", "修订：新的一版 revise it: another version"),
    ):
        parser = _part(parts, name, help)
        parser.add_argument(
            "--line", action="append", default=[], metavar="F:ACCOUNT=Q1,Q2,Q3,Q4[,hard|soft]",
            help="一行：资金、科目、四个季度（或全年一个数）、控制 a line: fund, account, four "
            "quarters or one amount for the year, control",
        )  # fmt: skip
        parser.add_argument(
            "--file", type=Path, metavar="SHEET",
            help="预算表 XLSX 或 CSV，mingbai template budget 给出空表 a sheet, in place of lines",
        )  # fmt: skip
        parser.add_argument(
            "--decision", required=True, metavar="TEXT", help="决议文号 decision number"
        )
        parser.add_argument("--reason", default="", metavar="TEXT", help="修订原因 why")
        parser.add_argument(
            "--paper", action="append", default=[], type=Path, metavar="FILE",
            help="决议文件 the decision's file",
        )  # fmt: skip
        acting.add_json(parser)
        parser.set_defaults(run=run_propose, revision=name == "revise")

    approve = _part(parts, "approve", "批准一版 approve a version")
    approve.add_argument("number", type=acting.number, metavar="N", help="版本 version")
    approve.add_argument(
        "--confirm", action="store_true", help="已知悉提示的事项 what is told of it is known"
    )
    acting.add_json(approve)
    approve.set_defaults(run=run_approve)

    withdraw = _part(parts, "withdraw", "撤回待批的一版 take back a version that waits")
    withdraw.add_argument("number", type=acting.number, metavar="N", help="版本 version")
    withdraw.set_defaults(run=run_withdraw)

    show = _part(parts, "show", "预算与实际 budget against actual, and the versions")
    show.add_argument(
        "--number", type=acting.number, metavar="N", help="某一版，缺省为有效的一版 a version"
    )
    show.add_argument(
        "--below", action="store_true", help="本单位及以下各单位 the unit and all below it"
    )
    acting.add_json(show)
    show.set_defaults(run=run_show)

    carry = _part(parts, "carry-over", "结转结余 what is unspent of which year, and surplus")
    acting.add_json(carry)
    carry.set_defaults(run=run_carry_over)


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=help)
    acting.add_folder(parser)
    acting.add_unit(parser)
    parser.add_argument("--year", required=True, type=acting.year, metavar="Y", help="年度 year")
    acting.add_user(parser)
    return parser


def run_propose(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.budgets import deciding
    from ledger.registry import papers

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        lines = _lines(registry, unit, options)
        digests = [
            papers.store(registry, unit, path, user=user.id, now=now) for path in options.paper
        ]
        row = deciding.propose(
            registry, unit, options.year, lines, options.decision, options.reason, user, now,
            revision=options.revision, papers=digests,
        )  # fmt: skip
        told = deciding.warnings(registry, unit, row.year, row.version)
    text = (
        f"{row.year} 年预算第 {row.version} 版待他人批准 version {row.version} waits: "
        f"mingbai budget approve … --year {row.year} {row.version}"
    )
    fields = {"year": row.year, "version": row.version, "state": row.state, "lines": len(lines)}
    budget_told.say(options, {**fields, **acting.as_json(told)}, acting.with_warnings(text, told))
    return 0


def _lines(registry: Registry, unit: str, options: argparse.Namespace) -> list[BudgetLine]:
    """The lines that are typed, or those of the sheet."""
    if options.file is None:
        return _typed(registry, unit, options.year, options.line)
    from importers.budgets import lines_of_sheet
    from importers.read import file_bytes

    if options.line:
        raise CannotRun(
            finding(
                "usage", "--line 与 --file 只用其一", "lines are typed, or stand in a sheet",
                "去掉其中一个", "leave one of them out",
            )
        )  # fmt: skip
    data = file_bytes(options.file)
    return lines_of_sheet(registry, unit, options.year, data, options.file.name)


def _typed(registry: Registry, unit: str, year: int, words: Sequence[str]) -> list[BudgetLine]:
    from ledger.budgets.typed import line_of, planned_on
    from ledger.registry import entries

    with registry.read() as conn:
        names = planned_on(entries.accounts(conn, unit))
    lines, faults = [], []
    for word in words:
        try:
            lines.append(line_of(year, word, names))
        except ValueError:
            faults.append(
                finding(
                    "usage",
                    f"预算行写法有误：{word[:80]}",
                    f"a line of a budget is not written so: {word[:80]}",
                    "写作 F01:501=1000.00,1000.00,0.00,500.00,hard",
                    "write F01:501=1000.00,1000.00,0.00,500.00,hard",
                )
            )
    if faults:
        raise Refused(*faults)
    return lines


def run_approve(options: argparse.Namespace) -> int:
    from ledger.budgets import deciding

    with acting.signed_in(options) as (registry, user, now):
        lines = deciding.approve(
            registry, options.unit, options.year, options.number, user, now,
            confirmed=options.confirm,
        )  # fmt: skip
    whole = Money(sum(line.total for line in lines if line.sign > 0))
    budget_told.say(
        options,
        {"year": options.year, "version": options.number, "state": "approved",
         "lines": len(lines), "spending": whole.text},
        f"已批准 approved: {len(lines)} 行 lines，支出 spending {whole.grouped}",
    )  # fmt: skip
    return 0


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.budgets import deciding

    with acting.signed_in(options) as (registry, user, now):
        deciding.withdraw(registry, options.unit, options.year, options.number, user, now)
    print("已撤回 taken back")
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow

    with acting.signed_in(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        if options.below:
            return _show_below(registry, user, options)
        return _show(registry, now, options)


def _show(registry: Registry, now: datetime, options: argparse.Namespace) -> int:
    from ledger.budgets import changes, deciding, standing
    from ledger.registry import budgets, users

    unit, year = options.unit, options.year
    with registry.read() as conn:
        versions = budgets.versions(conn, unit, year)
        logins = {one.id: one.login for one in users.all_users(conn)}
        rule = changes.revisions_rule(conn, registry, unit, now.date())
    rows = standing.compare(registry, unit, year, version=options.number)
    told = {
        row.version: deciding.warnings(registry, unit, year, row.version)
        for row in versions
        if row.state == budgets.DRAFT
    }
    budget_told.show(options, versions, logins, rule, rows, told)
    return 0


def _show_below(registry: Registry, user: User, options: argparse.Namespace) -> int:
    from ledger.budgets import standing

    rows = standing.below(registry, options.unit, options.year, user)
    budget_told.show_below(options, rows)
    return 0


def run_carry_over(options: argparse.Namespace) -> int:
    from datetime import date

    from ledger import workflow
    from ledger.budgets.carrying import carry_over

    with acting.signed_in(options) as (registry, user, now):
        workflow.demand(user, "browse", options.unit)
        if not 1900 <= options.year <= now.year:
            raise Refused(
                finding(
                    "bad-period", f"{options.year} 年还没有结束也没有开始",
                    f"{options.year} is no year that has begun", "写本年或以前的年度",
                    "name this year or an earlier one",
                )
            )  # fmt: skip
        on = min(date(options.year, 12, 31), now.date())
        found = carry_over(registry, options.unit, on)
    budget_told.show_carry_over(options, found)
    return 0
