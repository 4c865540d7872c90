"""The tables. Money is whole fen in 64-bit integers; moments are ISO text in UTC+8; what belongs to
a person is sealed under that person's key and found by keyed digests.

One module per area. A change here comes with an Alembic migration; a test holds the two equal.
"""

from __future__ import annotations

from ledger.registry.schema.allocations import (
    allocation,
    allocation_day,
    allocation_event,
    allocation_move,
    allocation_reach,
)
from ledger.registry.schema.base import Moment, Serial, metadata
from ledger.registry.schema.budgets import budget, budget_line, budget_sum
from ledger.registry.schema.claims import claim, claim_list, claim_order, claim_past
from ledger.registry.schema.drafts import approval, draft, paper, recurring
from ledger.registry.schema.dues import (
    assessment,
    dues_scheme,
    member_facts,
    receipt,
    reminder,
    write_off,
    write_off_act,
)
from ledger.registry.schema.journal import (
    account,
    book_file,
    book_head,
    entry,
    fund,
    fund_day,
    fund_month,
    month_state,
    voucher_count,
)
from ledger.registry.schema.levies import (
    employer,
    levy_claim,
    levy_due,
    levy_share,
    remittance_path,
)
from ledger.registry.schema.people import (
    member,
    member_merge,
    member_transfer,
    operation,
    person,
    person_digest,
    person_key,
    person_past,
    session,
    user,
    user_role,
)
from ledger.registry.schema.plans import plan, plan_row
from ledger.registry.schema.statements import (
    bank_account,
    decision,
    import_rule,
    learnt,
    line_key,
    proposal,
    raw_block,
    raw_row,
    row_decision,
    statement_file,
    statement_row,
    sub_account,
    undoing,
)
from ledger.registry.schema.transfers import transfer, transfer_act, transfer_target
from ledger.registry.schema.units import federation, unit, unit_event, unit_figure

__all__ = [
    "Moment",
    "Serial",
    "account",
    "allocation",
    "allocation_day",
    "allocation_event",
    "allocation_move",
    "allocation_reach",
    "approval",
    "assessment",
    "bank_account",
    "book_file",
    "book_head",
    "budget",
    "budget_line",
    "budget_sum",
    "claim",
    "claim_list",
    "claim_order",
    "claim_past",
    "decision",
    "draft",
    "dues_scheme",
    "employer",
    "entry",
    "federation",
    "fund",
    "fund_day",
    "fund_month",
    "import_rule",
    "learnt",
    "levy_claim",
    "levy_due",
    "levy_share",
    "line_key",
    "member",
    "member_facts",
    "member_merge",
    "member_transfer",
    "metadata",
    "month_state",
    "operation",
    "paper",
    "person",
    "person_digest",
    "person_key",
    "person_past",
    "plan",
    "plan_row",
    "proposal",
    "raw_block",
    "raw_row",
    "receipt",
    "recurring",
    "reminder",
    "remittance_path",
    "row_decision",
    "session",
    "statement_file",
    "statement_row",
    "sub_account",
    "transfer",
    "transfer_act",
    "transfer_target",
    "undoing",
    "unit",
    "unit_event",
    "unit_figure",
    "user",
    "user_role",
    "voucher_count",
    "write_off",
    "write_off_act",
]
