"""How budgets are told: versions, lines against actual, units side by side, money unspent."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ledger.account import account_label
from ledger.budgets.typed import CONTROL_WORDS, STATE_WORDS
from ledger.errors import Finding
from ledger.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ledger.budgets.carrying import CarryOver
    from ledger.budgets.standing import Compared, UnitBudget
    from ledger.registry.budgets import BudgetVersion
    from ledger.rules.spending_tables import RevisionTable


def say(options: argparse.Namespace, fields: Mapping[str, Any], text: str) -> None:
    print(json.dumps(fields, ensure_ascii=False) if options.json else text)


def show(
    options: argparse.Namespace,
    versions: Sequence[BudgetVersion],
    logins: Mapping[str, str],
    rule: RevisionTable | Finding,
    rows: Sequence[Compared],
    told: Mapping[int, Sequence[Finding]],
) -> None:
    """The versions of a year, and one of them against what was posted."""
    fields = {
        "unit": options.unit, "year": options.year,
        "versions": [
            {"version": row.version, "state": row.state, "decision": row.decision,
             "reason": row.reason, "maker": row.maker, "checker": row.checker,
             "papers": list(row.papers),
             "warnings": [found.as_json() for found in told.get(row.version, ())]}
            for row in versions
        ],
        "rule": _rule_json(rule),
        "lines": [row.as_json() for row in rows],
    }  # fmt: skip
    say(options, fields, "\n".join(_show_text(versions, logins, rule, rows, told)))


def _show_text(
    versions: Sequence[BudgetVersion],
    logins: Mapping[str, str],
    rule: RevisionTable | Finding,
    rows: Sequence[Compared],
    told: Mapping[int, Sequence[Finding]],
) -> list[str]:
    from reports.table import aligned

    if not versions:
        return ["本年没有预算 there is no budget of the year"]
    lines = []
    for row in versions:
        state = STATE_WORDS[row.state]
        who = f"编制 {logins.get(row.maker, row.maker)}"
        if row.checker:
            did = "批准" if row.was_approved else "撤回"
            who += f"，{did} {logins.get(row.checker, row.checker)}"
        lines.append(
            f"第 {row.version} 版 version  {state.zh} {state.en}  {row.decision}  {row.reason}"
            f"  （{who}）".rstrip()
        )
        lines += [f"  附件 paper sha256:{digest}" for digest in row.papers]
        lines += [f"  注意 note: {found}" for found in told.get(row.version, ())]
    lines.append(rule_text(rule))
    head = ("资金 fund", "科目 account", "预算 planned", "实际 actual", "完成 done", "控制", "")
    cells = [
        (
            one.line.fund, account_label(one.line.account), Money(one.line.total).grouped,
            Money(one.actual).grouped, one.percent, CONTROL_WORDS[one.line.control].zh,
            "超支 over" if one.over else "",
        )
        for one in rows
    ]  # fmt: skip
    if cells:
        lines.append(aligned([head, *cells], right={2, 3, 4}))
    return lines


def rule_text(rule: RevisionTable | Finding) -> str:
    """How often the budget may be revised, by which document; or that no rule is loaded."""
    if isinstance(rule, Finding):
        return f"调整次数 revisions: {rule.what.zh} {rule.what.en}"
    return (
        f"调整次数 revisions: 每年 {rule.revisions} 次 a year，"
        f"{rule.head.cite(rule.article)}（{rule.head.key}）"
    )


def _rule_json(rule: RevisionTable | Finding) -> dict[str, Any]:
    if isinstance(rule, Finding):
        return {"revisions": None, "message": rule.what.en}
    return {
        "revisions": rule.revisions, "refuses": rule.refuses, "table": rule.head.key,
        "source": rule.head.cite(rule.article),
    }  # fmt: skip


def show_below(options: argparse.Namespace, rows: Sequence[UnitBudget]) -> None:
    """The unit and all units below it, side by side."""
    from reports.table import aligned

    fields = {
        "unit": options.unit, "year": options.year, "units": [row.as_json() for row in rows]
    }  # fmt: skip
    head = (
        "单位 unit", "名称 name", "版本", "收入预算 income", "实收 received", "完成",
        "支出预算 spending", "实支 spent", "完成",
    )  # fmt: skip
    cells = []
    for row in rows:
        sides: list[str] = []
        for side in (row.income, row.spending):
            sides += [Money(side.planned).grouped, Money(side.actual).grouped, side.percent or "—"]
        version = str(row.version) if row.version else "没有预算 none"
        cells.append((row.unit, row.name, version, *sides))
    say(options, fields, aligned([head, *cells], right=set(range(3, 9))))


def show_carry_over(options: argparse.Namespace, found: CarryOver) -> None:
    """By fund, what is unspent of which year, and what must become surplus, with its source."""
    from reports.table import aligned

    rule = found.rule
    source = None if isinstance(rule, Finding) else rule.head.cite(rule.article)
    fields = {
        "unit": options.unit, "on": found.on.isoformat(),
        "rule": {"years": None, "message": rule.what.en} if isinstance(rule, Finding) else
        {"years": rule.years, "table": rule.head.key, "source": source},
        "rows": [row.as_json() for row in found.rows],
        "surplus": Money(found.surplus_fen).text,
    }  # fmt: skip
    if isinstance(rule, Finding):
        told = f"结转规则 rule: {rule.what.zh} {rule.what.en}"
    else:
        told = (
            f"结转规则 rule: 财政拨款结转 {rule.years} 年未用完转为结余 public money unspent for "
            f"{rule.years} years is surplus，{source}（{rule.head.key}）"
        )
    head = ("资金 fund", "名称 name", "年度 of", "未用 unspent", "转为结余 surplus")
    cells = [
        (
            row.fund, row.name, str(row.year), Money(row.fen).grouped,
            _surplus(row.surplus_on.isoformat() if row.surplus_on else "", row.is_surplus),
        )
        for row in found.rows
    ]  # fmt: skip
    text = [f"截至 as of {found.on}", told]
    text.append(aligned([head, *cells], right={3}) if cells else "没有未用资金 nothing is unspent")
    if found.surplus_fen:
        text.append(f"应转为结余 has to become surplus: {Money(found.surplus_fen).grouped}")
    say(options, fields, "\n".join(text))


def _surplus(day: str, is_due: bool) -> str:
    if not day:
        return "—"
    return f"应转 due since {day}" if is_due else f"自 from {day}"
