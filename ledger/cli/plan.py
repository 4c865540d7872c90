"""mingbai plan: a pool divided among units, looked at and proposed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.plans.planning import Proposed
    from ledger.plans.reckoning import Preview


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "plan", help="分配方案：试算，或提出 a distribution plan: look at it, or propose it"
    )
    acting.add_folder(parser)
    parser.add_argument(
        "plan", type=Path, metavar="PLAN",
        help="方案：TOML，或填好的 XLSX、CSV（mingbai template plan） the plan: TOML, or the sheet "
        "of mingbai template plan filled in",
    )  # fmt: skip
    parser.add_argument(
        "--propose", action="store_true",
        help="提出：付款草稿，各单位待收 propose it: a draft, and what each unit is to expect",
    )  # fmt: skip
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_plan)


def run_plan(options: argparse.Namespace) -> int:
    from importers.plans import read_plan
    from importers.read import file_bytes
    from ledger.plans import planning

    data = file_bytes(options.plan)
    plan = read_plan(data, options.plan.name)
    with acting.signed_in(options) as (registry, user, now):
        if not options.propose:
            found = planning.preview(registry, plan, user)
            acting.told(options, found.as_json(), [_text(found)])
            return 0
        done = planning.propose(registry, plan, data, user, now)
    told = {
        **done.preview.as_json(), "version": done.version, "draft": done.draft,
        "references": list(done.references),
    }  # fmt: skip
    acting.told(options, told, [_text(done.preview), _proposed(done)])
    return 0


def _proposed(done: Proposed) -> str:
    draft = f"，草稿 draft {done.draft}" if done.draft else ""
    return (
        f"已提出第 {done.version} 版 version {done.version} proposed{draft}，"
        f"{len(done.references)} 笔调拨 transfers；待他人审核 it waits for a checker"
    )


def _text(found: Preview) -> str:
    from reports.text import pad, text_width

    plan = found.plan
    heads = ("单位 unit", "人数 heads", "基数 base", "权重 weight", "应给 amount",
             "已下达 before", "差额 difference", "人均 each", "保底差 short")  # fmt: skip
    told = [
        (
            f"{row['unit']} {row['name']}", str(row["heads"] or "–"), row["base"], row["weight"],
            row["amount"], row["before"], row["difference"], row["per_head"] or "–",
            row["short"] or "–",
        )
        for row in found.as_json()["rows"]
    ]  # fmt: skip
    whole = Money(sum(row.fen for row in found.rows)).text
    before = Money(sum(row.before for row in found.rows)).text
    rest = Money(sum(row.difference for row in found.rows)).text
    told.append(("合计 total", "", "", "", whole, before, rest, "", ""))
    widths = [max(text_width(row[place]) for row in (heads, *told)) for place in range(len(heads))]
    lines = [
        "  ".join(pad(cell, widths[place], right=place > 0) for place, cell in enumerate(row))
        for row in (heads, *told)
    ]
    head = (
        f"{plan.name}  {plan.payer}  总额 pool {Money(plan.pool).grouped}  "
        f"{plan.decision}  限期 by {plan.due}"
    )
    tail = f"基层所得比例 grass-roots share: {found.grassroots_share}"
    rules = "；".join(found.as_json()["floor_rules"]) or "没有装入规则 no rule loaded"
    tail += f"\n人均保底 floor per head: {rules}"
    if found.rest:
        tail += f"\n未分配 not given: {Money(found.rest).grouped}"
    return "\n".join([head, *lines, tail, *map(str, found.findings)])
