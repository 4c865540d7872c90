"""Giving a gift back: what its lot holds, and more only where a decision says who bears that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, finding, refuse_if
from ledger.fundcheck import is_restricted
from ledger.gifts import lines, waiting
from ledger.gifts.accounts import accounts_of, ready
from ledger.gifts.given import bad, money_account, refused
from ledger.gifts.handing import after_it_came, things_out
from ledger.gifts.lines import marks
from ledger.gifts.marks import GIFT, REFUND
from ledger.gifts.standing import GiftStanding, gift_standing
from ledger.money import Money
from ledger.registry import entries, oplog, papers, units
from ledger.registry.gifts import AGENCY, ASSET, GOODS, GiftRow
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Refund:
    """What goes back of a gift: ``amount`` of money, or ``quantity`` of its things.

    ``bearer`` is the fund that pays what the gift does not hold any more, by ``decision``;
    ``seen`` as in :func:`waiting.source`.
    """

    unit: str
    code: str
    day: date
    amount: Money
    money: str = ""
    quantity: str = ""
    decision: str = ""
    bearer: str = ""
    paper: bytes = b""
    paper_name: str = ""
    seen: str = ""


def refund(registry: Registry, one: Refund, user: User, now: datetime) -> str:
    """Propose the draft of a refund; its id.

    Refused beyond what came of the gift; and beyond what it holds unless a decision names the fund
    that bears the rest.
    """
    workflow.demand(user, "record", one.unit)
    standing = gift_standing(registry, one.unit, one.code, now.date())
    if standing.row.kind in (GOODS, ASSET):
        posted = _things(registry, standing.row, one, user, now)
    else:
        posted = _money(registry, standing, one, user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, one.unit)
        refuse_if(named_faults(conn, registry, one.decision))
        digests: tuple[str, ...] = ()
        if one.paper:
            digests = (
                papers.store_in(
                    conn, registry, one.unit, one.paper, one.paper_name, user=user.id, now=now
                ),
            )
        draft = build_draft(
            unit=one.unit, day=one.day, kind=voucher_class(posted), postings=posted,
            papers=digests, source=waiting.source(conn, one.unit, "back", one.code, one.seen),
            narration=safe_text(f"退还捐赠 {one.code} {one.decision}".strip()),
        )  # fmt: skip
        made = workflow.propose_in(conn, registry, draft, user.id, now)
        oplog.record(
            conn, at=now, user=user.id, unit=one.unit, action="gift.refund", object=one.code,
            detail=one.amount.text,
        )  # fmt: skip
        return made


def _money(
    registry: Registry, standing: GiftStanding, one: Refund, user: User, now: datetime
) -> tuple[Posting, ...]:
    row = standing.row
    after_it_came(standing, one.day)
    with registry.read() as conn:
        if any(True for _ in waiting.postings(conn, row.unit, "moved", row.code)):
            raise refused(
                "这笔捐赠正转入另一资金，办结后再退还",
                "this gift is on its way to another fund: have that approved or withdrawn first",
            )
        waits = _waits(conn, row)
        refuse_if(_faults(conn, standing, one, waits))
        funds = entries.funds(conn, one.unit, [part.fund for part in standing.parts])
    pending = min(one.amount.fen, standing.pending_fen)
    takes = [(row.fund, "agency" if row.nature == AGENCY else "pending", pending)]
    left = one.amount.fen - pending
    for part in standing.parts:
        # A fund that a consent took it to holds it now; what drafts give back is no more there.
        own = max(0, min(left, part.own_fen - waits)) if not part.units else 0
        role = "restricted" if is_restricted(funds[part.fund].restriction) else "income"
        takes.append((part.fund, role, own))
        left -= own
    if left:
        takes.append((one.bearer, "other", left))
    takes = [take for take in takes if take[2]]
    accounts = ready(registry, one.unit, {role for _, role, _ in takes}, user, now)
    by = {REFUND: row.code, "decision": safe_text(one.decision, 120) or None}
    posted = []
    for fund, role, fen in takes:
        # Who bears the rest gives money that was never the gift's.
        said = meta_of(by) if role == "other" else marks(row, **by)
        posted.append(Posting(accounts[role], Money(fen), fund, said))
        posted.append(Posting(one.money, Money(-fen), fund))
    return tuple(posted)


def _things(
    registry: Registry, row: GiftRow, one: Refund, user: User, now: datetime
) -> tuple[Posting, ...]:
    with registry.read() as conn:
        chart = accounts_of(units.find(conn, one.unit).chart)
        restricted = is_restricted(entries.funds(conn, one.unit, [row.fund])[row.fund].restriction)
    kept = lines.things_role(row)
    credit = f"{row.kind}-credit"
    if not chart.has(credit) or row.nature == AGENCY:
        credit = lines.credit_role(row, restricted=restricted)
    accounts = ready(registry, one.unit, [kept, credit], user, now)
    said = marks(row, **{REFUND: row.code})
    return things_out(registry, row, one.quantity, accounts[kept], accounts[credit], said)


def _waits(conn: Connection, row: GiftRow) -> int:
    """What drafts that wait would give back of a gift, in fen."""
    return sum(
        line.amount.fen
        for line in waiting.postings(conn, row.unit, "back", row.code)
        if dict(line.meta).get(GIFT) == row.code and line.amount.fen > 0
    )


def _faults(conn: Connection, standing: GiftStanding, one: Refund, waits: int) -> Iterator[Finding]:
    row = standing.row
    most = standing.received_fen - standing.returned_fen - waits
    if not 0 < one.amount.fen <= most:
        yield _too_much(row, Money(max(0, most)))
        return
    yield from money_account(conn, one.unit, one.money)
    held = standing.held_fen - waits
    if one.amount.fen <= held:
        return
    if not safe_text(one.decision) or not one.bearer:
        yield finding(
            "refund-above-lot",
            f"捐赠 {row.code} 只剩 {Money(max(0, held)).grouped}，余者须有决议写明由何资金负担",
            f"gift {row.code} holds {Money(max(0, held)).grouped}; a decision says which fund "
            "bears the rest",
            "用 --decision 写明决议，--bearer 写明负担的资金",
            "give --decision, and the fund with --bearer",
        )  # fmt: skip
    elif one.bearer == row.fund:
        yield bad("负担的资金须是另一资金", "another fund bears the rest")
    elif one.bearer not in entries.funds(conn, one.unit, [one.bearer]):
        yield bad(f"没有资金 {typed(one.bearer)}", f"there is no fund {typed(one.bearer)}")


def _too_much(row: GiftRow, most: Money) -> Finding:
    return finding(
        "too-much", f"捐赠 {row.code} 至多可退 {most.grouped}",
        f"of gift {row.code} {most.grouped} may go back",
        "核对金额", "check the amount",
    )  # fmt: skip
