"""How often a year's budget may be revised: dated rule data, and what an approver is told of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ledger.errors import Finding, finding
from ledger.registry import budgets, units
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.spending_tables import RevisionTable
from ledger.rules.table import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.budgets import BudgetVersion


def rule_name(chart: str) -> str:
    """What is asked of the rulebook for a unit of this chart: ``union-budget``."""
    return f"{chart.partition('-')[0]}-budget"


def revisions_rule(
    conn: Connection, registry: Registry, unit: str, day: date
) -> RevisionTable | Finding:
    """The rule in force for a unit; where there is none, the finding that says so."""
    row = units.find(conn, unit)
    book, _ = load(registry.folder, unit)
    try:
        return book.in_force(RevisionTable, rule_name(row.chart), day, Place.of(row))
    except NoRuleLoaded as fault:
        return fault.findings[0]


def beyond(conn: Connection, registry: Registry, row: BudgetVersion) -> list[Finding]:
    """A finding if a version that waits is one revision too many by the rule of its day.

    A warning, or an error where the rule refuses it; nothing where no rule is loaded.
    """
    approved = [one for one in budgets.versions(conn, row.unit, row.year) if one.was_approved]
    if not approved:
        return []
    count = len([one for one in approved if one.version < row.version])
    rule = revisions_rule(conn, registry, row.unit, date.fromisoformat(row.made_at[:10]))
    if isinstance(rule, Finding) or count <= rule.revisions:
        return []
    source = rule.head.cite(rule.article)
    return [
        finding(
            "budget-changes",
            f"这是 {row.year} 年预算的第 {count} 次调整，{source} 准许 {rule.revisions} 次"
            f"（{rule.head.key}）",
            f"this is revision {count} of the budget of {row.year}; {source} permits "
            f"{rule.revisions} ({rule.head.key})",
            "说明理由并报上级工会，或不批准", "report the reason to the upper unit, or refuse it",
            severity="error" if rule.refuses else "warning",
        )
    ]  # fmt: skip
