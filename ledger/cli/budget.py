"""mingbai budget: set, revised, approved, and compared with what was posted."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import Refused, finding
from ledger.money import Money, yuan

if TYPE_CHECKING:
    from ledger.budgetcheck import BudgetLine
    from ledger.budgets.standing import Compared


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
            "--decision", required=True, metavar="TEXT", help="决议文号 decision number"
        )
        parser.add_argument("--reason", default="", metavar="TEXT", help="修订原因 why")
        acting.add_json(parser)
        parser.set_defaults(run=run_propose, revision=name == "revise")

    approve = _part(parts, "approve", "批准一版 approve a version")
    approve.add_argument("number", type=acting.number, metavar="N", help="版本 version")
    approve.set_defaults(run=run_approve)

    withdraw = _part(parts, "withdraw", "撤回待批的一版 take back a version that waits")
    withdraw.add_argument("number", type=acting.number, metavar="N", help="版本 version")
    withdraw.set_defaults(run=run_withdraw)

    show = _part(parts, "show", "预算与实际 budget against actual, and the versions")
    acting.add_json(show)
    show.set_defaults(run=run_show)


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=help)
    acting.add_folder(parser)
    acting.add_unit(parser)
    parser.add_argument("--year", required=True, type=acting.number, metavar="Y", help="年度 year")
    acting.add_user(parser)
    return parser


def _lines(year: int, words: Sequence[str]) -> list[BudgetLine]:
    return [_line(year, word) for word in words]


def _line(year: int, word: str) -> BudgetLine:
    from ledger.budgetcheck import CONTROLS, NONE, BudgetLine

    place, _, figures = word.rpartition("=")
    fund, _, account = place.partition(":")
    parts = figures.split(",")
    control = parts.pop() if parts[-1] in CONTROLS else NONE
    try:
        amounts = [yuan(part).fen for part in parts]
        if len(amounts) == 1:
            amounts = [one.fen for one in Money(amounts[0]).split([1, 1, 1, 1])]
        first, second, third, fourth = amounts
    except ValueError:
        raise Refused(
            finding(
                "usage",
                f"预算行写法有误：{word[:80]}",
                f"a line of a budget is not written so: {word[:80]}",
                "写作 F01:Expenses:501-职工活动支出=1000.00,1000.00,0.00,500.00,hard",
                "write F01:Expenses:501-职工活动支出=1000.00,1000.00,0.00,500.00,hard",
            )
        ) from None
    return BudgetLine(year, fund, account, (first, second, third, fourth), control)


def run_propose(options: argparse.Namespace) -> int:
    from ledger.budgets import deciding

    with acting.signed_in(options) as (registry, user, now):
        row = deciding.propose(
            registry, options.unit, options.year, _lines(options.year, options.line),
            options.decision, options.reason, user, now, revision=options.revision,
        )  # fmt: skip
    if options.json:
        print(json.dumps({"year": row.year, "version": row.version, "state": row.state}))
    else:
        print(
            f"{row.year} 年预算第 {row.version} 版待他人批准 version {row.version} waits: "
            f"mingbai budget approve … --year {row.year} {row.version}"
        )
    return 0


def run_approve(options: argparse.Namespace) -> int:
    from ledger.budgets import deciding

    with acting.signed_in(options) as (registry, user, now):
        lines = deciding.approve(registry, options.unit, options.year, options.number, user, now)
    whole = Money(sum(line.total for line in lines if line.sign > 0)).grouped
    print(f"已批准 approved: {len(lines)} 行 lines，支出 spending {whole}")
    return 0


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.budgets import deciding

    with acting.signed_in(options) as (registry, user, now):
        deciding.withdraw(registry, options.unit, options.year, options.number, user, now)
    print("已撤回 taken back")
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.budgets import standing
    from ledger.registry import budgets

    with acting.signed_in(options) as (registry, user, _):
        workflow.demand(user, "browse", options.unit)
        with registry.read() as conn:
            versions = budgets.versions(conn, options.unit, options.year)
        rows = standing.compare(registry, options.unit, options.year)
    if options.json:
        told = {
            "unit": options.unit, "year": options.year,
            "versions": [
                {"version": row.version, "state": row.state, "decision": row.decision,
                 "reason": row.reason, "maker": row.maker, "checker": row.checker}
                for row in versions
            ],
            "lines": [row.as_json() for row in rows],
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for row in versions:
        print(f"第 {row.version} 版 version  {row.state}  {row.decision}  {row.reason}".rstrip())
    for one in rows:
        print(_text(one))
    return 0


def _text(row: Compared) -> str:
    over = "  超支 over" if row.over else ""
    return (
        f"{row.line.fund}  {row.line.account}  预算 planned {Money(row.line.total).grouped}  "
        f"实际 actual {Money(row.actual).grouped}  {row.percent}{over}  [{row.line.control}]"
    )
