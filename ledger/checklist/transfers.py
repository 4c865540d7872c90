"""Money between units that does not agree and that this unit has to do something about.

What is on its way, or late, belongs to the day on which it comes: it is told. What this unit
entered otherwise than the other one, twice, or without a reference refuses, until it is corrected,
settled by an act (``mingbai transfer match``, ``close``, ``refuse``), or waived until a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.registry import closing_rules, units, waivers
from ledger.transfers.matrix import build_matrix
from ledger.transfers.resolving import chasers
from ledger.transfers.standing import EXPECTED, IN_TRANSIT, LATE, WORDS

if TYPE_CHECKING:
    from datetime import date

    from ledger.period import Month
    from ledger.registry import Registry
    from ledger.transfers.resolving import Chaser

_ON_THE_WAY: Final = (EXPECTED, IN_TRANSIT, LATE)
_MOST: Final = 20


def faults(registry: Registry, unit: str, month: Month, today: date) -> list[Finding]:
    """What is to be told of the month's transfers; nothing where there is no other unit."""
    with registry.read() as conn:
        if len(units.all_units(conn)) < 2:
            return []
        asked = closing_rules.required_on(conn, unit, month.period.last)
        waived = {
            row.subject
            for row in waivers.of_kinds(conn, unit, (waivers.TRANSFER,))
            if row.stands(today)
        }
    matrix = build_matrix(registry, [unit], month.period, today)
    mine = [one for one in chasers(matrix.open) if one.unit == unit]
    required = closing_rules.TRANSFERS in asked
    found = []
    for one in mine[:_MOST]:
        hard = required and one.problem.state not in _ON_THE_WAY and not _names(one) & waived
        found.append(_open(one, unit, "error" if hard else "warning"))
    return found


def _names(one: Chaser) -> set[str]:
    """What a waiver may name: the reference, or the unit's own voucher."""
    return {
        one.problem.reference,
        *(number for of, number in one.problem.vouchers if of == one.unit),
    }


def _open(one: Chaser, unit: str, severity: str) -> Finding:
    problem = one.problem
    words = WORDS[problem.state]
    name = problem.reference or "、".join(number for _, number in problem.vouchers)
    amount = Money(problem.fen).grouped
    return finding(
        "transfer-open",
        f"{problem.payer} 与 {problem.payee} 之间的款项 {name} {amount}：{words.zh}，"
        f"已 {problem.days} 天",
        f"money between {problem.payer} and {problem.payee}, {name} {amount}: {words.en}, "
        f"{problem.days} days",
        f"{one.todo.zh}；待核的可申请暂缓：mingbai waiver add DIR --unit {unit} --transfer {name} "
        "--until 日期 --reason 原因",
        f"{one.todo.en}; or have it waived: mingbai waiver add DIR --unit {unit} "
        f"--transfer {name} --until DAY --reason TEXT",
        severity=severity,
    )
