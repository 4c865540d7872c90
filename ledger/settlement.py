"""What a voucher settles: each claim that a posting names, in full and in its place, or not at all.

A posting names a claim in its metadata. Money in settles dues and other claims, and begins a credit
where more was paid than was owed; money out under a credit's code pays it back. Withdrawing a
draft and reversing a voucher take exactly that back: parts are joined again, a credit that was
never paid is gone, and what it had settled is owed again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, Refused, finding
from ledger.money import Money
from ledger.registry import claim_parts, claims, receipts
from ledger.registry.claim_parts import Codes
from ledger.registry.claims import CREDITS, DUES, PREPAID, REDUCED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.entry import Draft, Posting
    from ledger.registry.claims import ClaimRow


_OWED: Final = (claims.OPEN, claims.DRAFTED)
_HELD: Final = (claims.CREDIT, claims.REFUNDING)


def named(draft: Draft) -> dict[str, list[Posting]]:
    """The postings of each claim that the draft names, by code."""
    found: dict[str, list[Posting]] = defaultdict(list)
    for line in draft.postings:
        for key, value in line.meta:
            if key == "claim":
                found[value].append(line)
    return dict(found)


def _paid(lines: Sequence[Posting]) -> int:
    """What came in for a claim, in fen; below zero where it was paid back."""
    return -sum(line.amount.fen for line in lines)


# ---- may it be posted? -------------------------------------------------------------------------


def check_each(conn: Connection, drafts: Sequence[Draft]) -> list[list[Finding]]:
    """Findings against what each of several drafts of one unit would settle."""
    wanted = [named(draft) for draft in drafts]
    codes = {code for one in wanted for code in one}
    if not codes:
        return [[] for _ in drafts]
    known = claims.exactly(conn, drafts[0].unit, codes)
    found = []
    for draft, lines in zip(drafts, wanted, strict=True):
        if draft.reverses:
            found.append(_may_be_taken_back(conn, draft, lines, known))
        else:
            found.append(
                [fault for code, of in lines.items() for fault in _faults(code, of, known)]
            )
    return found


def _faults(code: str, lines: Sequence[Posting], known: Mapping[str, ClaimRow]) -> list[Finding]:
    row = known.get(code)
    if row is None:
        return [_unknown(code)]
    paid = _paid(lines)
    back = row.kind in CREDITS and paid < 0
    if row.state not in (_HELD if back else _OWED):
        return [_not_open(row)]
    if paid != (-row.fen if back else row.fen):
        return [_other_amount(row, paid)]
    if any(line.account != row.account or line.fund != row.fund for line in lines):
        return [_elsewhere(row)]
    if row.member is not None and any(
        dict(line.meta).get("member", row.member) != row.member for line in lines
    ):
        return [_of_another(row)]
    return []


def _may_be_taken_back(
    conn: Connection,
    draft: Draft,
    lines: Mapping[str, list[Posting]],
    known: Mapping[str, ClaimRow],
) -> list[Finding]:
    """A credit that was paid back since has to come back first."""
    found = []
    for code, of in lines.items():
        row = known.get(code)
        if row is None or row.kind != PREPAID or _paid(of) > 0:
            continue
        gone = [
            part
            for part in claims.leaves_of(conn, draft.unit, code)
            if part.state == claims.REFUNDING or is_refunded(part)
        ]
        found += [_refunded(part) for part in gone]
    return found


def is_refunded(row: ClaimRow) -> bool:
    """Whether a used credit was paid back: a voucher's number has a Chinese class, a code none."""
    return row.state == claims.USED and not (row.settled_by or "").isascii()


# ---- posted, withdrawn, reversed ---------------------------------------------------------------


def on_drafted(conn: Connection, draft: Draft) -> None:
    """What the draft names is being entered: nothing else takes it meanwhile."""
    lines = named(draft)
    rows = claims.exactly(conn, draft.unit, lines)
    back = [code for code, row in rows.items() if row.kind in CREDITS and _paid(lines[code]) < 0]
    claims.set_state(conn, draft.unit, back, claims.REFUNDING)
    claims.set_state(conn, draft.unit, rows.keys() - set(back), claims.DRAFTED)


def on_posted(conn: Connection, draft: Draft, number: str) -> None:
    """What the voucher names is settled on its day."""
    lines = named(draft)
    if not lines:
        return
    rows = claims.exactly(conn, draft.unit, lines)
    paid, begun, back = [], [], []
    for code, row in rows.items():
        if row.kind in CREDITS and _paid(lines[code]) < 0:
            back.append(code)
        elif row.kind == PREPAID:
            begun.append(code)
        else:
            paid.append(code)
    claims.set_state(conn, draft.unit, paid, claims.PAID, draft.day)
    claims.set_state(conn, draft.unit, back, claims.USED, draft.day, number)
    claims.begin_credits(conn, draft.unit, begun, draft.day)


def on_withdrawn(conn: Connection, draft: Draft, draft_id: str, day: date) -> None:
    """What the draft named is as it was before."""
    _open_again(conn, draft.unit, named(draft), day)
    receipts.void_of_draft(conn, draft_id, "撤回 withdrawn")


def _open_again(conn: Connection, unit: str, codes: Collection[str], day: date) -> None:
    for row in claims.exactly(conn, unit, codes).values():
        if row.state == claims.REFUNDING:
            claims.set_state(conn, row.unit, [row.code], claims.CREDIT)
            _join(conn, row, claims.CREDIT)
        elif row.state == claims.DRAFTED and row.kind == PREPAID:
            claims.void(conn, row.unit, [row.code], None)
        elif row.state == claims.DRAFTED:
            claims.set_state(conn, row.unit, [row.code], claims.OPEN)
            whole = _join(conn, row, claims.OPEN)
            if row.kind == DUES:
                _net(conn, whole, day)


def on_amended(conn: Connection, before: Draft, after: Draft, draft_id: str, day: date) -> None:
    """A draft names other claims than before: what it left out is open again.

    Raises: Refused where a receipt was given for what it said.
    """
    had, has = named(before), named(after)
    given = receipts.of_draft(conn, draft_id)
    if given is not None and before.postings != after.postings:
        raise Refused(_receipt_given(given.name))
    _open_again(conn, before.unit, had.keys() - has.keys(), day)
    if has.keys() - had.keys():
        on_drafted(conn, after)


def on_reversed(conn: Connection, reversal: Draft, draft_id: str) -> None:
    """What the reversed voucher settled is owed, or held, again from the reversal's day on."""
    lines = named(reversal)
    for code, row in claims.exactly(conn, reversal.unit, lines).items():
        if row.kind in CREDITS and _paid(lines[code]) > 0:
            _refund_came_back(conn, row, reversal.day)
        elif row.kind == PREPAID:
            _never_paid(conn, row, reversal.day)
        elif row.state == claims.PAID:
            claims.keep_past(conn, [row], reversal.day)
            claims.set_state(conn, row.unit, [row.code], claims.OPEN)
            whole = _join(conn, row, claims.OPEN)
            if row.kind == DUES:
                _net(conn, whole, reversal.day)
    receipts.void_of_draft(conn, draft_id, f"冲销 reversed {reversal.reverses}")


def _join(conn: Connection, row: ClaimRow, state: str) -> ClaimRow:
    now = claims.find(conn, row.unit, row.code)
    assert now is not None and now.state == state  # noqa: S101 - it was put there just now
    return claim_parts.rejoin(conn, now)


def _refund_came_back(conn: Connection, row: ClaimRow, day: date) -> None:
    if row.state == claims.USED:
        claims.keep_past(conn, [row], day)
        claims.set_state(conn, row.unit, [row.code], claims.CREDIT)
        _join(conn, row, claims.CREDIT)


def _never_paid(conn: Connection, row: ClaimRow, day: date) -> None:
    """A credit was not paid after all: what it had settled is owed again, and it is gone."""
    parts = claims.leaves_of(conn, row.unit, row.code)
    for part in parts:
        owed_again(conn, part, day)
    claims.keep_past(conn, [part for part in parts if part.state == claims.USED], day)
    held = [part._replace(state=claims.CREDIT, settled_on=part.due) for part in parts]
    claims.keep_past(conn, held, day)
    claims.void(conn, row.unit, [part.code for part in parts], day)


def owed_again(conn: Connection, credit: ClaimRow, day: date) -> None:
    """The dues that a credit settled are open again from a day on."""
    if credit.state != claims.USED or is_refunded(credit) or credit.settled_by is None:
        return
    settled = claims.find(conn, credit.unit, credit.settled_by)
    if settled is not None and settled.state == claims.PAID and settled.settled_by == credit.code:
        claims.keep_past(conn, [settled], day)
        claims.set_state(conn, settled.unit, [settled.code], claims.OPEN)
        _join(conn, settled, claims.OPEN)


def _net(conn: Connection, row: ClaimRow, day: date) -> None:
    """Dues that are open again in a month of which a credit is left owe that much less.

    The credit was what had been paid for the month beyond what it owes. What of it was paid back
    stays paid back, and is owed.
    """
    codes = Codes(conn, row.unit)
    for credit in _credits_of_month(conn, row):
        if row.state != claims.OPEN or row.list_code is not None:
            return
        owed_again(conn, credit, day)
        if credit.state == claims.USED:
            claims.keep_past(conn, [credit], day)
            claims.set_state(conn, credit.unit, [credit.code], claims.CREDIT)
        taken = min(row.fen, credit.fen)
        if credit.fen > taken:
            credit, _ = claim_parts.divide(conn, codes, credit, taken, day)
        claims.keep_past(conn, [credit._replace(state=claims.CREDIT, settled_on=credit.due)], day)
        claims.void(conn, row.unit, [credit.code], day)
        if row.fen == taken:
            claims.void(conn, row.unit, [row.code], day)
            return
        gone, row = claim_parts.divide(conn, codes, row, taken, day)
        claims.void(conn, row.unit, [gone.code], day)


def _credits_of_month(conn: Connection, row: ClaimRow) -> list[ClaimRow]:
    if row.member is None:
        return []
    return [
        one
        for one in claims.of_member(conn, row.unit, row.member)
        if (one.kind, one.rule, one.month) == (REDUCED, row.rule, row.month)
        and (one.state == claims.CREDIT or (one.state == claims.USED and not is_refunded(one)))
    ]


# ---- findings ----------------------------------------------------------------------------------


def _unknown(code: str) -> Finding:
    return finding(
        "no-claim",
        f"没有应收 {code[:24]}",
        f"there is no claim {code[:24]}",
        "核对缴费码，或去掉附注 claim",
        "check the code, or leave the metadata claim out",
    )


def _not_open(row: ClaimRow) -> Finding:
    return finding(
        "claim-not-open",
        f"应收 {row.code} 的状态是 {row.state}，不能再次结清",
        f"claim {row.code} is {row.state} and is not settled again",
        "重复缴款记作会员的预缴款；已分拆的用分拆后的缴费码",
        "what was paid twice is the member's credit; of a divided claim name the part",
    )


def _other_amount(row: ClaimRow, paid: int) -> Finding:
    return finding(
        "claim-amount",
        f"应收 {row.code} 是 {Money(row.fen).grouped}，分录记了 {Money(abs(paid)).grouped}",
        f"claim {row.code} is {Money(row.fen).grouped}, the entry has {Money(abs(paid)).grouped}",
        "部分缴纳或多缴用 mingbai answer --member 回答",
        "answer payments in part or above with mingbai answer --member",
    )


def _elsewhere(row: ClaimRow) -> Finding:
    return finding(
        "claim-account",
        f"应收 {row.code} 应记入 {row.account} 资金 {row.fund}",
        f"claim {row.code} is entered on {row.account}, fund {row.fund}",
        "改用应收的科目与资金",
        "use the claim's account and fund",
    )


def _of_another(row: ClaimRow) -> Finding:
    return finding(
        "claim-member",
        f"应收 {row.code} 是会员 {row.member} 的，分录的 member 却是另一人",
        f"claim {row.code} is member {row.member}'s, the entry names another member",
        "member 写应收本人的编号，或改用对的缴费码",
        "name the claim's own member, or give the right code",
    )


def _receipt_given(name: str) -> Finding:
    return finding(
        "receipt-given",
        f"已开收据 {name}，金额与应收不能再改",
        f"receipt {name} was given for it: its entries are not changed",
        "作废收据（mingbai dues receipt --void），再重新收款",
        "void the receipt with mingbai dues receipt --void, and take the cash again",
    )


def _refunded(row: ClaimRow) -> Finding:
    return finding(
        "credit-refunded",
        f"这笔款形成的预缴款 {row.code} 已退还或正在退还",
        f"credit {row.code} of this payment was paid back or is being",
        "先冲销或撤回退款，再冲销收款",
        "reverse or withdraw the refund first, then the payment",
    )
