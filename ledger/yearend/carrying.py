"""The year's end as drafts: one voucher for each step and fund, for another person to approve.

Run again at any time, it proposes only what is still to be carried over: what is posted, and what
waits, counts. A voucher that was reversed is proposed anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import numbered, workflow
from ledger.chart import load_chart
from ledger.draft_text import draft_from_json
from ledger.entry import Draft, Posting, build_draft, meta_of, safe_text
from ledger.errors import Finding, finding, refuse_if
from ledger.money import Money
from ledger.period import Month
from ledger.registry import drafts, entries, month_states, oplog, units
from ledger.role_accounts import Place, ready
from ledger.yearend.reckoning import Carried, fund_kinds, mixed_funds, reckon
from ledger.yearend.rules import FUND_KINDS, rule_of
from ledger.yearend.standing import balances_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.registry import Registry, User
    from ledger.yearend.reckoning import Balances
    from ledger.yearend.rules import YearEndRule

#: What the sources of these drafts begin with, and the metadata that names year and rule.
SOURCE: Final = "year-end"
MARK: Final = "year-end"


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What is to be carried over, by which rule, and how many drafts of it wait already."""

    unit: str
    year: int
    rule: YearEndRule
    carried: tuple[Carried, ...]
    waiting: int


def look(
    registry: Registry, unit: str, year: int, said: Mapping[str, str] | None = None
) -> YearEnd:
    """What is still to be carried over at the end of ``year``.

    ``said`` tells what some funds are (``fiscal``, ``restricted``, ``free``). Refused where a fund
    mixes fiscal and other money and nobody says whose was spent, and without a rule.
    """
    said = said or {}
    with registry.read() as conn:
        facts = units.find(conn, unit)
        funds = entries.funds(conn, unit)
        begins = f"{SOURCE}:{year}:"
        waits = [
            draft_from_json(row.payload)
            for row in drafts.in_states(conn, unit, drafts.UNDECIDED)
            if row.source.startswith(begins)
        ]
    refuse_if(_unknown(said, set(funds)))
    chart = load_chart(facts.chart)
    rule = rule_of(chart, year)
    held, moved = balances_at(registry, unit, year)
    _with(held, waits)
    kinds = fund_kinds(
        rule, chart, {(account, fund) for account, fund, _ in held},
        {code: row.restriction for code, row in funds.items()}, said,
    )  # fmt: skip
    of_year: dict[tuple[str, str], int] = {}
    for (account, fund, _), fen in moved.items():
        of_year[account, fund] = of_year.get((account, fund), 0) + fen
    carried = reckon(rule, chart, held, kinds, facts.kinds.split())
    if carried:
        refuse_if(mixed_funds(rule, chart, of_year, kinds, said))
    return YearEnd(unit, year, rule, tuple(carried), len(waits))


def carry_over(
    registry: Registry, unit: str, year: int, user: User, now: datetime,
    said: Mapping[str, str] | None = None,
) -> list[str]:  # fmt: skip
    """Propose what :func:`look` finds; the drafts' ids, none if nothing is left.

    Accounts of the chart that the rule carries to are opened where the book lacks them. Refused for
    a year whose December has not begun, or is closed.
    """
    workflow.demand(user, "record", unit)
    refuse_if(_when(registry, unit, year, now.date()))
    found = look(registry, unit, year, said)
    if not found.carried:
        return []
    codes = sorted({code for one in found.carried for code in one.targets})
    names = ready(registry, unit, {code: Place(code) for code in codes}, user, now, area="year-end")
    with registry.read() as conn:
        proposed = [
            _draft(found, one, names, next(numbered.free(conn, unit, _head(found, one))))
            for one in found.carried
        ]
    ids = workflow.propose_many(registry, unit, proposed, user, now)
    with registry.write() as conn:
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="year-end.propose", object=str(year),
            detail=f"{found.rule.id} {len(ids)}",
        )  # fmt: skip
    return ids


def _head(found: YearEnd, one: Carried) -> str:
    return f"{SOURCE}:{found.year}:{one.fund}:{one.step.id}"


def _draft(found: YearEnd, one: Carried, names: Mapping[str, str], source: str) -> Draft:
    postings = tuple(
        Posting(names.get(account, account), Money(fen, currency), one.fund)
        for account, currency, fen in one.lines
    )
    said = safe_text(f"{found.year} 年末{one.step.words.zh}")
    return build_draft(
        unit=found.unit, day=date(found.year, 12, 31), kind="转", narration=said,
        postings=postings, source=source,
        meta=meta_of({MARK: f"{found.year} {found.rule.id} {one.step.id}"}),
    )  # fmt: skip


def _with(held: Balances, waits: list[Draft]) -> None:
    """What drafts that wait will do, added to the balances."""
    for draft in waits:
        for line in draft.postings:
            key = (line.account, line.fund, line.amount.currency)
            held[key] = held.get(key, 0) + line.amount.fen


def _unknown(said: Mapping[str, str], funds: set[str]) -> list[Finding]:
    return [
        finding(
            "bad-fund-kind",
            f"--as {fund[:40]}={kind[:20]}：资金或类别不明",
            f"--as {fund[:40]}={kind[:20]}: there is no such fund or kind",
            f"类别为 {'、'.join(FUND_KINDS)} 之一",
            f"kinds are {', '.join(FUND_KINDS)}",
        )
        for fund, kind in said.items()
        if fund not in funds or kind not in FUND_KINDS
    ]


def _when(registry: Registry, unit: str, year: int, today: date) -> list[Finding]:
    with registry.read() as conn:
        last = month_states.last_closed(conn, unit)
    if today < date(year, 12, 1):
        return [
            finding(
                "year-running",
                f"{year} 年 12 月尚未开始",
                f"December of {year} has not begun",
                "年末再办理结转",
                "carry the year over when it ends",
            )
        ]
    if last is not None and last >= str(Month(year, 12)):
        return [
            finding(
                "month-closed",
                f"{year} 年 12 月已结账，不能再结转",
                f"December of {year} is closed: nothing more is carried over in it",
                f"重开 {year}-12 后办理，或由会计在当年以调整凭证处理",
                f"have {year}-12 reopened, or enter an adjustment in the running year",
            )
        ]
    return []
