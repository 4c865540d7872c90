"""Handing on what was given: things to those they are for, what is held for somebody to them.

Things are taken from the lots of the gift that is named, so that each piece can be followed.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import Lot, Posting, build_draft, safe_text, voucher_class
from ledger.errors import Refused, refuse_if
from ledger.fundcheck import is_restricted
from ledger.gifts import lines, waiting
from ledger.gifts.accounts import accounts_of, ready
from ledger.gifts.effects import PURPOSE
from ledger.gifts.given import money_account, refused
from ledger.gifts.lines import Stock, marks, refuse_stock, things_role
from ledger.gifts.standing import GiftStanding, gift_standing
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import entries, oplog, papers, units
from ledger.registry.gifts import AGENCY, ASSET, CONDITIONAL, GOODS, GiftRow
from ledger.words import named_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


def stock_of(registry: Registry, row: GiftRow, account: str) -> list[Stock]:
    """What is left of a gift's things on an account, the cheaper first."""
    model = Model.open(unit_folder(registry.folder, row.unit))
    left: dict[int, Decimal] = {}
    try:
        for line in model.lines(accounts=[account], fund=row.fund):
            if line.label == row.code and line.units:
                units = Decimal(line.units)
                cost = int(line.amount.fen / units)
                left[cost] = left.get(cost, Decimal(0)) + units
    finally:
        model.close()
    return [Stock(units, Money(cost)) for cost, units in sorted(left.items()) if units]


def hand_out(
    registry: Registry, unit: str, code: str, quantity: str, expense: str, day: date,
    purpose: str, user: User, now: datetime, paper: bytes = b"", name: str = "", *,
    seen: str = "",
) -> str:  # fmt: skip
    """Propose the draft of things that are handed out; its id.

    ``expense`` is what they are charged to, where the unit's chart charges them. Refused beyond
    what is left of the gift. ``seen`` as in :func:`waiting.source`, here and below.
    """
    workflow.demand(user, "record", unit)
    row = gift_standing(registry, unit, code, now.date()).row
    if row.kind not in (GOODS, ASSET):
        raise refused("这笔捐赠没有物资", "this gift has no things")
    account, debit, said = _debit(registry, row, expense, purpose, user, now)
    moved = things_out(
        registry, row, quantity, account, debit, marks(row, **{PURPOSE: safe_text(purpose, 120)})
    )
    return _propose(registry, row, moved, day, "out", said, user, now, paper, name, purpose, seen)


def hand_on(
    registry: Registry, unit: str, code: str, amount: Money, money: str, day: date, purpose: str,
    user: User, now: datetime, paper: bytes = b"", name: str = "", *, seen: str = "",
) -> str:  # fmt: skip
    """Propose the draft of money that was held for somebody and goes to them; its id."""
    workflow.demand(user, "record", unit)
    standing = gift_standing(registry, unit, code, now.date())
    row = standing.row
    if row.nature != AGENCY:
        raise refused(
            "只有受托代理的捐赠这样转交", "only what is held for somebody is handed on so"
        )
    after_it_came(standing, day)
    account = ready(registry, unit, ["agency"], user, now)["agency"]
    with registry.read() as conn:
        refuse_if(money_account(conn, unit, money))
        _at_most(conn, standing, amount, "out")
    moved = (
        Posting(account, amount, row.fund, marks(row, **{PURPOSE: safe_text(purpose, 120)})),
        Posting(money, -amount, row.fund),
    )
    return _propose(registry, row, moved, day, "out", "转交受托代理捐赠", user, now, paper, name,
                    purpose, seen)  # fmt: skip


def meet_condition(
    registry: Registry, unit: str, code: str, amount: Money, day: date, user: User, now: datetime,
    paper: bytes, name: str, *, seen: str = "",
) -> str:  # fmt: skip
    """Propose the draft that makes a conditional gift the unit's own; its id.

    Refused without the paper that shows that the condition is met.
    """
    workflow.demand(user, "record", unit)
    standing = gift_standing(registry, unit, code, now.date())
    row = standing.row
    if row.nature != CONDITIONAL:
        raise refused("这笔捐赠不附条件", "this gift has no condition")
    if not paper:
        raise refused("条件达成须有证明", "a paper shows that the condition is met")
    after_it_came(standing, day)
    with registry.read() as conn:
        restricted = is_restricted(entries.funds(conn, unit, [row.fund])[row.fund].restriction)
        _at_most(conn, standing, amount, "met")
    role = "restricted" if restricted else "income"
    accounts = ready(registry, unit, ["pending", role], user, now)
    moved = (
        Posting(accounts["pending"], amount, row.fund, marks(row)),
        Posting(accounts[role], -amount, row.fund, marks(row)),
    )
    return _propose(
        registry, row, moved, day, "met", "条件达成，确认捐赠", user, now, paper, name, "", seen
    )


def things_out(
    registry: Registry, row: GiftRow, quantity: str, account: str, debit: str,
    said: tuple[tuple[str, str], ...],
) -> tuple[Posting, ...]:  # fmt: skip
    """The postings that take pieces from a gift's lots; Refused beyond what is left."""
    stock = stock_of(registry, row, account)
    there = sum((one.units for one in stock), Decimal(0))
    units = lines.number(quantity)
    if units is None or units > there:
        raise refuse_stock(row, there)
    try:
        gone = [
            Posting(account, -Lot(part, row.commodity, cost, row.code).weight, row.fund, said,
                    Lot(-part, row.commodity, cost, row.code))
            for part, cost in lines.taken(stock, units)
        ]  # fmt: skip
    except ValueError:  # a part of a piece that is worth no whole number of fen
        raise Refused(lines.uneven()) from None
    worth = -sum(line.amount.fen for line in gone)
    return (Posting(debit, Money(worth), row.fund, said), *gone)


def _debit(
    registry: Registry, row: GiftRow, expense: str, purpose: str, user: User, now: datetime
) -> tuple[str, str, str]:
    """Where a gift's things are kept, what they are charged to, and what that is called."""
    role = things_role(row)
    with registry.read() as conn:
        chart = accounts_of(units.find(conn, row.unit).chart)
        known = entries.accounts(conn, row.unit)
        refuse_if(named_faults(conn, registry, purpose))
    own = f"{row.kind}-credit"
    if row.nature == AGENCY:
        kept = ready(registry, row.unit, [role, "agency"], user, now)
        return kept[role], kept["agency"], "转交受托代理物资"
    if chart.has(own):
        kept = ready(registry, row.unit, [role, own], user, now)
        return kept[role], kept[own], "发放受赠物资"
    kept = ready(registry, row.unit, [role], user, now)
    if expense not in known or not expense.startswith("Expenses:"):
        raise refused("须写明列支科目", "the account of expenses is named that they are charged to")
    return kept[role], expense, "发放受赠物资"


def after_it_came(standing: GiftStanding, day: date) -> None:
    """Refuse what would be dated before anything of the gift came."""
    first = min((use.day for part in standing.parts for use in part.came), default=None)
    if first is not None and day < first:
        raise refused(f"捐赠 {standing.row.code} {first} 才收到",
                      f"gift {standing.row.code} came on {first}")  # fmt: skip


def _at_most(conn: Connection, standing: GiftStanding, amount: Money, what: str) -> None:
    """Refuse more than is held under a condition, or for somebody, less what waits."""
    row = standing.row
    waits = sum(
        line.amount.fen
        for kind in {what, "out", "met", "back"}
        for line in waiting.postings(conn, row.unit, kind, row.code)
        if line.amount.fen > 0 and line.account.startswith("Liabilities:")
    )
    most = Money(max(0, standing.pending_fen - waits))
    if not 0 < amount.fen <= most.fen:
        raise refused(
            f"捐赠 {row.code} 至多 {most.grouped}", f"gift {row.code}: {most.grouped} at most"
        )


def _propose(
    registry: Registry, row: GiftRow, moved: Sequence[Posting], day: date, what: str, said: str,
    user: User, now: datetime, paper: bytes, name: str, purpose: str, seen: str,
) -> str:  # fmt: skip
    with registry.write() as conn:
        registry.lock_unit(conn, row.unit)
        refuse_if(named_faults(conn, registry, purpose))
        digests: tuple[str, ...] = ()
        if paper:
            digests = (
                papers.store_in(conn, registry, row.unit, paper, name, user=user.id, now=now),
            )
        draft = build_draft(
            unit=row.unit, day=day, kind=voucher_class(moved), postings=tuple(moved),
            papers=digests, source=waiting.source(conn, row.unit, what, row.code, seen),
            narration=safe_text(f"{said} {row.code} {purpose}".strip()),
        )  # fmt: skip
        made = workflow.propose_in(conn, registry, draft, user.id, now)
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit, action=f"gift.{what}", object=row.code,
            detail=made,
        )  # fmt: skip
        return made
