"""The desk: where treasurers record, settle imports and close, and checkers approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.web.work import (
    aid,
    allocations,
    arrears,
    assess,
    budgets,
    cash,
    contracts,
    corrections,
    credits,
    decisions,
    entry,
    inbox,
    keys,
    layouts,
    levies,
    line,
    lists,
    member,
    members,
    months,
    plans,
    queue,
    receipts,
    reconcile,
    remit,
    rules,
    shown,
    transfers,
    tree,
    uses,
    write_offs,
)

if TYPE_CHECKING:
    from flask import Blueprint

PAGES: Final[tuple[Blueprint, ...]] = (
    inbox.inbox,
    line.line_page,
    entry.entry,
    queue.queue,
    corrections.corrections,
    lists.lists,
    members.members_page,
    member.member_page,
    layouts.layouts,
    reconcile.reconcile,
    rules.rules,
    keys.keys,
    months.months,
    assess.assess,
    cash.cash,
    receipts.receipts_page,
    credits.credits,
    arrears.arrears,
    write_offs.write_offs_page,
    remit.remit_page,
    levies.levies_page,
    uses.uses,
    transfers.transfers_page,
    plans.plans_page,
    allocations.allocations_page,
    budgets.budgets_page,
    tree.tree_page,
    contracts.contracts_page,
    decisions.decisions_page,
    aid.aid_page,
)
FILTERS: Final = {"fen": shown.fen, "words": shown.words}
