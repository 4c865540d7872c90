"""Drafts of what arrives and of what goes back; a checker approves them like any other."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import settlement, workflow
from ledger.allocations import entering_faults as faults
from ledger.allocations.attributing import ALLOCATION, curve_of
from ledger.allocations.attribution_faults import no_decision
from ledger.allocations.entering import confirmed
from ledger.allocations.expecting import expect, free, open_claim, waiting_fen
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Refused
from ledger.money import Money
from ledger.registry import allocation_moves, entries
from ledger.registry.allocation_moves import ARRIVED, RETURNED, SPENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry import Registry, User
    from ledger.registry.allocations import AllocationRow


def arrive(
    registry: Registry, unit: str, code: str, amount: Money, money: str, day: date, user: User,
    now: datetime,
) -> str:  # fmt: skip
    """Propose the draft of what arrived, the whole or a part; its id.

    Refused beyond what is outstanding. The promise's document stands among its papers.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = confirmed(conn, unit, code)
        _money_account(conn, unit, money)
        most = curve_of(conn, row).outstanding(day) - waiting_fen(conn, row, ARRIVED)
        _within(row, amount, most)
        claim = open_claim(conn, row)
        whole = claim is not None and claim.fen == amount.fen
        if not whole:
            free(conn, row, now.date())  # what comes otherwise is not looked for any more
        said = {ALLOCATION: code, "claim": claim.code if whole and claim is not None else None}
        count = allocation_moves.count(conn, unit, code)
        draft = _draft(row, -amount, money, day, said, f"{row.name} 到账", count)
        done = workflow.propose_in(conn, registry, draft, user.id, now)
        settlement.on_drafted(conn, draft)
        expect(conn, row, now.date())
        return done


def give_back(
    registry: Registry, unit: str, code: str, amount: Money, money: str, day: date,
    decision: str, user: User, now: datetime,
) -> str:  # fmt: skip
    """Propose the draft of what goes back to the giver; its id.

    Refused beyond what is held, and without the decision or document that asks for it.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = confirmed(conn, unit, code)
        _money_account(conn, unit, money)
        leaving = waiting_fen(conn, row, RETURNED, SPENT)
        _within(row, amount, curve_of(conn, row).held(day) - leaving)
        if not safe_text(decision):
            raise Refused(no_decision())
        said = {ALLOCATION: code, "decision": safe_text(decision)}
        count = allocation_moves.count(conn, unit, code)
        draft = _draft(row, amount, money, day, said, f"{row.name} 退回", count)
        return workflow.propose_in(conn, registry, draft, user.id, now)


def _money_account(conn: Connection, unit: str, money: str) -> None:
    if not entries.is_money(conn, unit, money):
        raise Refused(faults.no_money_account(money))


def _within(row: AllocationRow, amount: Money, most: int) -> None:
    if amount.fen <= 0 or amount.fen > most:
        raise Refused(faults.too_much(row, Money(max(0, most))))


def _draft(
    row: AllocationRow, amount: Money, money: str, day: date, said: Mapping[str, str | None],
    narration: str, count: int,
) -> Draft:  # fmt: skip
    """The draft of ``amount`` on the allocation's account, against a money account."""
    other = Posting(money, -amount, row.fund)
    own = Posting(row.account, amount, row.fund, meta_of(said))
    lines = (other, own) if amount.fen < 0 else (own, other)
    # Sent twice while it waits it is one; after it was posted, or taken back, another.
    source = f"allocation:{row.code}:{day}:{amount.text}:{count}"
    return build_draft(
        unit=row.unit, day=day, kind=voucher_class(lines), postings=lines, source=source,
        narration=safe_text(f"{narration} {row.document}"),
        papers=() if row.paper is None else (row.paper,),
    )  # fmt: skip
