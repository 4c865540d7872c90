"""Cash with a numbered receipt, and money paid back: drafts like any other, for a checker.

Whoever handles cash may take it, without keeping the ledger. The receipt has the next number of the
unit's year; it is never taken away. When its draft is withdrawn or its voucher reversed it is void.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger import settlement, workflow
from ledger.account import account_label
from ledger.dues.credits import pay_back
from ledger.dues.receiving import Payment, Received, member_numbered, receive
from ledger.entry import Posting, build_draft, safe_text, voucher_class
from ledger.errors import Refused, Words, finding
from ledger.money import Money
from ledger.registry import claims, drafts, entries, oplog, receipts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.dues.parts import Part
    from ledger.entry import Draft
    from ledger.errors import Finding
    from ledger.registry import Registry, User
    from ledger.registry.receipts import ReceiptRow


@dataclass(frozen=True, slots=True)
class Taken:
    """Cash that was taken: the draft that waits, the receipt, and what rules say of it."""

    draft: str
    receipt: ReceiptRow
    received: Received


def stands(conn: Connection, unit: str, member: str) -> str:
    """A digest of all that stands of a member's claims: it changes with every payment."""
    rows = [(row.code, row.state, row.fen) for row in claims.of_member(conn, unit, member)]
    given = receipts.count_of(conn, unit, member)
    return hashlib.sha256(repr((rows, given)).encode()).hexdigest()[:16]


def take(
    registry: Registry,
    unit: str,
    payment: Payment,
    account: str,
    user: User,
    now: datetime,
    *,
    seen: str | None = None,
) -> Taken:
    """Take a member's cash on the cash account, and give the next receipt.

    With ``seen`` only if the member's claims still stand as they did (:func:`stands`): a form that
    is sent twice takes the money once.
    Raises: NotAllowed without the right to handle cash or to record; Refused.
    """
    right = _cash_right(user, unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        _as_seen(conn, unit, payment.member, seen)
        _known_account(conn, unit, account)
        received = receive(conn, registry, unit, payment)
        number = receipts.next_number(conn, unit, payment.day.year)
        name = f"{payment.day.year}-{number:06d}"
        draft = _draft(
            unit, payment.day, account, received.parts,
            f"{received.narration(Words('现金会费', 'dues'))} 收据 {name}", f"cash:{name}",
        )  # fmt: skip
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        settlement.on_drafted(conn, draft)
        lines = [part.line for part in received.parts]
        row = receipts.give(
            conn, unit, draft_id, payment.member, payment.day, lines, user=user.id, now=now
        )
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="receipt.give", object=row.name,
            detail=f"{right} {payment.member} {Money(row.fen).text}",
        )  # fmt: skip
    return Taken(draft_id, row, received)


def void(
    registry: Registry, unit: str, year: int, number: int, user: User, now: datetime, reason: str
) -> None:
    """Make a receipt void whose draft still waits: the draft is withdrawn with it.

    Raises: Refused if the money is in the book already: then its voucher is reversed.
    """
    right = _cash_right(user, unit)
    if not safe_text(reason):
        raise Refused(_no_reason())
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = find(conn, unit, year, number)
        waiting = drafts.find(conn, row.draft)
        if row.state == receipts.VOID or waiting is None or waiting.number is not None:
            raise Refused(_not_voidable(row))
        workflow.withdraw_in(conn, row.draft, user, now, right)
        receipts.say_why(conn, row, safe_text(reason))
        oplog.record(conn, at=now, user=user.id, unit=unit, action="receipt.void", object=row.name)


def find(conn: Connection, unit: str, year: int, number: int) -> ReceiptRow:
    """A receipt; Refused if there is none."""
    row = receipts.find(conn, unit, year, number) if 0 < number < 2**31 else None
    if row is None:
        raise Refused(
            finding(
                "no-receipt",
                f"没有收据 {year}-{number:06d}",
                f"there is no receipt {year}-{number:06d}",
                "用 mingbai dues receipts 查看",
                "see them with mingbai dues receipts",
            )
        )
    return row


def refund(
    registry: Registry,
    unit: str,
    number: str,
    fen: int | None,
    account: str,
    user: User,
    now: datetime,
    *,
    day: date,
    codes: Sequence[str] = (),
    decision: str = "",
    seen: str | None = None,
) -> str:
    """Propose to pay a member's credit back from a money account; the draft's id.

    ``seen`` as in :func:`take`.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        _known_account(conn, unit, account)
        member = member_numbered(conn, unit, number)
        _as_seen(conn, unit, member.id, seen)
        parts = pay_back(conn, unit, member.id, fen, codes, day)
        source = f"refund:{','.join(part.code for part in parts)}"[:300]
        words = f"退还多缴会费 {decision}".strip()
        draft = _draft(unit, day, account, parts, words, source)
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        settlement.on_drafted(conn, draft)
    return draft_id


def _as_seen(conn: Connection, unit: str, member: str, seen: str | None) -> None:
    if seen is not None and seen != stands(conn, unit, member):
        raise Refused(
            finding(
                "member-changed",
                "此会员的应缴或收据在您填写期间已变动",
                "what stands of this member changed while you filled in the form",
                "核对下面的应缴与收据清单，确未收过再提交",
                "look at it again, and at the receipts; send it again if it was not taken yet",
            )
        )


def _draft(
    unit: str, day: date, account: str, parts: Sequence[Part], narration: str, source: str
) -> Draft:
    """The parts against the money account, fund by fund."""
    by_fund: dict[str, int] = {}
    for part in parts:
        by_fund[part.fund] = by_fund.get(part.fund, 0) + part.fen
    money = [Posting(account, Money(fen), fund) for fund, fen in by_fund.items()]
    others = [part.posting for part in parts]
    came = sum(by_fund.values()) > 0
    postings = tuple(money + others if came else others + money)
    return build_draft(
        unit=unit, day=day, kind=voucher_class(postings), narration=narration,
        postings=postings, source=source,
    )  # fmt: skip


def cash_account(conn: Connection, unit: str) -> str:
    """The unit's one cash account; Refused if it has none, or several."""
    cash = [
        name
        for name, row in entries.accounts(conn, unit).items()
        if name.startswith("Assets:") and "现金" in account_label(name) and row.closed is None
    ]
    if len(cash) != 1:
        raise Refused(
            finding(
                "which-cash",
                f"单位 {unit} 有 {len(cash)} 个库存现金科目",
                f"unit {unit} has {len(cash)} cash accounts",
                "用 --account 写明科目",
                "say which with --account",
            )
        )
    return cash[0]


def _known_account(conn: Connection, unit: str, account: str) -> None:
    if account not in entries.accounts(conn, unit, {account}) or not account.startswith("Assets:"):
        raise Refused(
            finding(
                "not-money",
                f"不是已开立的货币资金科目：{account[:60]}",
                f"this is no open account of money: {account[:60]}",
                "用 mingbai account 开立，或换一个科目",
                "open it with mingbai account, or use another",
            )
        )


def _cash_right(user: User, unit: str) -> str:
    """The right by which the user takes cash: to handle it, or to record."""
    if user.may("handle-cash", unit):
        return "handle-cash"
    workflow.demand(user, "record", unit)
    return "record"


def _no_reason() -> Finding:
    return finding(
        "no-reason",
        "作废收据须写明原因",
        "a receipt is void for a reason",
        "用 --reason 写明",
        "give it with --reason",
    )


def _not_voidable(row: ReceiptRow) -> Finding:
    return finding(
        "receipt-not-voidable",
        f"收据 {row.name} 已作废，或其款项已记账",
        f"receipt {row.name} is void already, or its money is in the book",
        "已记账的用 mingbai reverse 冲销凭证，收据随之作废",
        "reverse the voucher with mingbai reverse: its receipt is void then",
    )
