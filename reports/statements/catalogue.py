"""Every statement by its name, and the way from a printed reference back to the vouchers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from ledger.errors import Refused, Words, finding
from ledger.period import Month, Period
from reports.statement import MONEY, Backing, Statement
from reports.statements import (
    aid,
    allocation_use,
    arrears,
    arrivals,
    asset_changes,
    asset_history,
    asset_register,
    balance_sheet,
    bank_reconciliation,
    budget,
    budgetary,
    campaign,
    cash_flow,
    collection,
    comparison,
    consolidated,
    contracts,
    depreciation,
    dues_roll,
    dues_use,
    funds,
    gift_disclosure,
    gifts_received,
    grass_roots,
    income_statement,
    large_gifts,
    levy,
    major_items,
    major_projects,
    matrix,
    operation_log,
    public_benefit,
    quota,
    remittance,
    sofa,
    special_unspent,
    state_owned,
    statistics,
    stocktake,
    support,
    support_per_head,
    support_regions,
    transfers,
    trial_balance,
    venue_use,
    voucher_journal,
)
from reports.statements.figures import Span
from reports.statements.head import unknown_ref
from reports.statements.source import Snapshot, Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of statement: its title, how it is built, and how one of its figures opens."""

    title: Words
    build: Callable[[Source, Period], Statement]
    backing: Callable[[Source, Period, str, str], Backing]
    quarters: bool = False  # it is drawn of a quarter as well
    annexed: bool = True  # an annex would tell of a public statement what it keeps to itself


STATEMENTS: Final[dict[str, Entry]] = {
    "balance-sheet": Entry(
        Words("资产负债表", "Balance sheet"),
        balance_sheet.build,
        balance_sheet.backing,
        quarters=True,
    ),
    "income-statement": Entry(
        Words("收入支出表（业务活动表）", "Income and expenditure"),
        income_statement.build,
        income_statement.backing,
        quarters=True,
    ),
    "cash-flow": Entry(cash_flow.TITLE, cash_flow.build, cash_flow.backing, quarters=True),
    "budgetary-statement": Entry(budgetary.TITLE, budgetary.build, budgetary.backing),
    "fiscal-quota": Entry(quota.TITLE, quota.build, quota.backing),
    "funds": Entry(funds.TITLE, funds.build, funds.backing, quarters=True),
    "sofa": Entry(sofa.TITLE, sofa.build, sofa.backing, quarters=True),
    "trial-balance": Entry(
        trial_balance.TITLE, trial_balance.build, trial_balance.backing, quarters=True
    ),
    "journal": Entry(
        voucher_journal.TITLE, voucher_journal.build, voucher_journal.backing, quarters=True
    ),
    "bank-reconciliation": Entry(
        bank_reconciliation.TITLE, bank_reconciliation.build, bank_reconciliation.backing
    ),
    "levy": Entry(levy.TITLE, levy.build, levy.backing),
    "remittance": Entry(remittance.TITLE, remittance.build, remittance.backing),
    "operation-log": Entry(operation_log.TITLE, operation_log.build, operation_log.backing),
    "dues-roll": Entry(dues_roll.TITLE, dues_roll.build, dues_roll.backing, annexed=False),
    "dues-use": Entry(dues_use.TITLE, dues_use.build, dues_use.backing),
    "collection": Entry(collection.TITLE, collection.build, collection.backing),
    "arrears": Entry(arrears.TITLE, arrears.build, arrears.backing),
    "arrivals": Entry(arrivals.TITLE, arrivals.build, arrivals.backing),
    "allocation-use": Entry(allocation_use.TITLE, allocation_use.build, allocation_use.backing),
    "special-unspent": Entry(special_unspent.TITLE, special_unspent.build, special_unspent.backing),
    "gifts-received": Entry(
        gifts_received.TITLE, gifts_received.build, gifts_received.backing, annexed=False
    ),
    "public-benefit": Entry(public_benefit.TITLE, public_benefit.build, public_benefit.backing),
    "large-gifts": Entry(large_gifts.TITLE, large_gifts.build, large_gifts.backing, annexed=False),
    "major-projects": Entry(major_projects.TITLE, major_projects.build, major_projects.backing),
    "aid": Entry(aid.TITLE, aid.build, aid.backing, annexed=False),
    "gift-disclosure": Entry(
        gift_disclosure.TITLE, gift_disclosure.build, gift_disclosure.backing, quarters=True
    ),
    "campaign": Entry(campaign.TITLE, campaign.build, campaign.backing, quarters=True),
    "budget": Entry(budget.TITLE, budget.build, budget.backing),
    "contracts": Entry(contracts.TITLE, contracts.build, contracts.backing),
    "venue-use": Entry(venue_use.TITLE, venue_use.build, venue_use.backing, quarters=True),
    "major-items": Entry(major_items.TITLE, major_items.build, major_items.backing),
    "asset-register": Entry(
        asset_register.TITLE, asset_register.build, asset_register.backing, annexed=False
    ),
    "asset-changes": Entry(
        asset_changes.TITLE, asset_changes.build, asset_changes.backing, annexed=False
    ),
    "depreciation": Entry(
        depreciation.TITLE, depreciation.build, depreciation.backing, annexed=False
    ),
    "asset-history": Entry(
        asset_history.TITLE, asset_history.build, asset_history.backing, annexed=False
    ),
    "state-owned": Entry(state_owned.TITLE, state_owned.build, state_owned.backing),
    "stocktake": Entry(stocktake.TITLE, stocktake.build, stocktake.backing),
    "consolidated": Entry(consolidated.TITLE, consolidated.build, consolidated.backing),
    "comparison": Entry(comparison.TITLE, comparison.build, comparison.backing),
    "support": Entry(support.TITLE, support.build, support.backing),
    "support-per-head": Entry(
        support_per_head.TITLE, support_per_head.build, support_per_head.backing
    ),
    "support-by-region": Entry(
        support_regions.TITLE, support_regions.build, support_regions.backing
    ),
    "grass-roots-share": Entry(grass_roots.TITLE, grass_roots.build, grass_roots.backing),
    "statistics": Entry(statistics.TITLE, statistics.build, statistics.backing),
    "matrix": Entry(matrix.TITLE, matrix.build, matrix.backing),
    "transfers": Entry(transfers.TITLE, transfers.build, transfers.backing),
}


def build(name: str, source: Source, period: Period | Month) -> Statement:
    """The statement of this name for a month or a year; Refused with findings if there is none.

    >>> build("balance-sheet", source, Period.parse("2026-03")).form  # doctest: +SKIP
    '工会01表'
    """
    whole = period.period if isinstance(period, Month) else period
    entry = known(name)
    # Refuses what is no period of a statement, whatever it is built from.
    Span.of(whole, quarters=entry.quarters)
    return entry.build(source, whole)


def backing(source: Source, ref: str) -> Backing:
    """The postings behind ``<unit>/<statement>/<period>/<line>[/<column>]``.

    Opening figure and postings add up to the figure exactly. Refused if the reference is none of
    this source's unit, or if they do not.
    """
    parts = ref.split("/")
    if len(parts) not in (4, 5) or parts[0] != source.unit or parts[1] not in STATEMENTS:
        raise unknown_ref(ref)
    try:
        period = Period.parse(parts[2])
    except ValueError as fault:
        raise unknown_ref(ref) from fault
    found = STATEMENTS[parts[1]].backing(source, period, parts[3], "".join(parts[4:]))
    return replace(found, ref=ref)


def with_annex(source: Source, statement: Statement, most: int = 50) -> Statement:
    """The statement with an annex: behind every figure, up to ``most`` postings each.

    Figures of nothing are left out; what is cut is counted and stays to ``mingbai show``.
    """
    if not known(statement.name).annexed:
        return statement
    annex: list[Backing] = []
    seen: set[str] = set()
    source = replace(source, model=Snapshot(source.model))
    for line in statement.lines:
        for column, cell in zip(statement.columns, line.cells, strict=False):
            ref = line.refs.get(column.key, line.ref if column.primary else "")
            if column.kind == MONEY and cell and ref.count("/") >= 3 and ref not in seen:
                seen.add(ref)
                found = backing(source, ref)
                more = max(0, len(found.postings) - most)
                annex.append(replace(found, postings=found.postings[:most], more=more))
    return replace(statement, annex=tuple(annex))


def known(name: str) -> Entry:
    """What is known by this name; Refused with the names that exist if there is nothing."""
    entry = STATEMENTS.get(name)
    if entry is None:
        raise Refused(
            finding(
                "no-statement-name",
                f"没有报表 {name[:40]}",
                f"there is no statement {name[:40]}",
                f"可用的报表：{'、'.join(STATEMENTS)}",
                f"statements: {', '.join(STATEMENTS)}",
            )
        )
    return entry
