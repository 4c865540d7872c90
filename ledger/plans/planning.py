"""A plan worked out on today's facts, and proposed: one draft, one transfer for each payee.

What a plan gives a unit in all is worked out anew each time; what was ordered before is taken off,
so that running it again with new headcounts proposes the differences only. Where a unit was given
more than it has now, the rest is to come back: an order the other way, by the same approval. Nobody
expects anything before the draft is approved and posted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, Refused, finding
from ledger.money import Money
from ledger.plans.reckoning import Preview, Row, number_text, worked_out
from ledger.registry import plans, transfers
from ledger.transfers.expecting import Order, order_in
from ledger.transfers.marks import COUNTER, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.plans.plan import Plan
    from ledger.registry import Registry, User


@dataclass(frozen=True)
class Proposed:
    """A version that was proposed: its draft, empty if nothing is to be paid, and its transfers."""

    preview: Preview
    version: int
    draft: str
    references: tuple[str, ...]


def preview(registry: Registry, plan: Plan, user: User) -> Preview:
    """What the plan gives each unit on today's facts; nothing is written.

    Units are below the payer, or the user may browse them: others are to the reader as if they were
    not there. Refused if it names units that are closed, or if its floors are more than the pool.
    """
    workflow.demand(user, "browse", plan.payer)
    with registry.read() as conn:
        return worked_out(conn, registry, plan, user)


def propose(registry: Registry, plan: Plan, data: bytes, user: User, now: datetime) -> Proposed:
    """Propose what the plan gives beyond what was ordered before, as the payer's maker.

    The draft waits for a checker as any other; withdrawing it takes its transfers back. Refused if
    there is nothing to propose.
    """
    workflow.demand(user, "record", plan.payer)
    with registry.write() as conn:
        registry.lock_unit(conn, plan.payer)
        found = worked_out(conn, registry, plan, user)
        plan = found.plan
        if not any(row.difference for row in found.rows):
            raise Refused(_nothing_new(plan))
        if not any(row.difference > 0 for row in found.rows):
            raise Refused(_returns_only(plan, found.rows))
        version = plans.next_version(conn, plan.payer, plan.id)
        source = f"plan:{plan.id}:{version}"
        ordered = [
            (row, order_in(conn, _order(plan, row, source, now), user.id, now, waits=False))
            for row in found.rows
            if row.difference
        ]
        given = [(row, order) for row, order in ordered if row.difference > 0]
        back = sum(-row.difference for row, _ in ordered if row.difference < 0)
        draft_id = _draft(conn, registry, plan, given, Money(back), source, user, now)
        plans.add(
            conn,
            plans.PlanVersion(
                plan.payer, plan.id, version, plan.name, plan.pool, plan.decision, plan.digest,
                data, draft_id, user.id, now.isoformat(timespec="seconds"), plan.file[-200:],
            ),
            [
                plans.PlanRow(row.unit, number_text(row.base), number_text(row.weight), row.fen)
                for row in found.rows
            ],
        )  # fmt: skip
    return Proposed(found, version, draft_id, tuple(order.reference for _, order in ordered))


def _order(plan: Plan, row: Row, source: str, now: datetime) -> Order:
    payer, payee, kind = (plan.payer, row.unit, "allocation")
    if row.difference < 0:
        payer, payee, kind = (row.unit, plan.payer, "return")
    due = max(plan.due, now.date())
    return Order(payer, payee, kind, Money(abs(row.difference)), due, plan.name, source)


def _draft(
    conn: Connection,
    registry: Registry,
    plan: Plan,
    given: Sequence[tuple[Row, transfers.Transfer]],
    back: Money,
    source: str,
    user: User,
    now: datetime,
) -> str:
    """One draft in the payer's book with a line for each payee."""
    total = Money(sum(order.fen for _, order in given))
    lines = [
        Posting(
            plan.account, Money(order.fen), plan.fund,
            meta_of({
                COUNTER: row.unit, TRANSFER: order.reference,
                "decision": safe_text(plan.decision),
            }),
        )
        for row, order in given
    ]  # fmt: skip
    lines.append(Posting(plan.money, -total, plan.fund))
    draft = build_draft(
        unit=plan.payer, day=now.date(), kind=voucher_class(lines), postings=tuple(lines),
        narration=safe_text(f"{plan.name}，{len(given)} 个单位{_back(back)}"), source=source,
        meta=meta_of({"plan": plan.digest[:16]}),
    )  # fmt: skip
    return workflow.propose_in(conn, registry, draft, user.id, now)


def _back(back: Money) -> str:
    """What the checker is told of money that is to come back by the same approval."""
    return f"，另收回 {back.text}" if back.fen else ""


# ---- findings ----------------------------------------------------------------------------------


def _nothing_new(plan: Plan) -> Finding:
    return finding(
        "nothing-new", f"方案 {plan.id} 与已下达的一致，没有差额",
        f"plan {plan.id} gives what was ordered already: there is no difference",
        "人数或总额变动后再办理", "run it again when heads or pool have changed",
    )  # fmt: skip


def _returns_only(plan: Plan, rows: Sequence[Row]) -> Finding:
    units_of = "、".join(row.unit for row in rows if row.difference < 0)[:120]
    return finding(
        "returns-only", f"方案 {plan.id} 只有收回、没有下达：{units_of}",
        f"plan {plan.id} only takes back, it gives nothing: {units_of}",
        "收回须另作决议，由交回的单位用 mingbai transfer order --kind return 办理",
        "taking back is a decision of its own: the unit orders it with mingbai transfer order "
        "--kind return",
    )  # fmt: skip
