"""What members have paid beyond what they owe: it settles later months, or is paid back.

A credit settles dues only where its money already is: on the same account and fund. No voucher is
needed then, because the book has the money since it came.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.dues.parts import Part
from ledger.errors import Refused, finding
from ledger.money import Money
from ledger.registry import claims
from ledger.registry.claim_parts import Codes, divide
from ledger.registry.claims import CREDITS, DUES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.registry.claims import ClaimRow


@dataclass(frozen=True, slots=True)
class Applied:
    """Dues that a credit settled."""

    member: str
    month: str
    claim: str
    credit: str
    fen: int

    def as_json(self) -> dict[str, Any]:
        return {
            "member": self.member, "month": self.month, "claim": self.claim,
            "credit": self.credit, "amount": Money(self.fen).text,
        }  # fmt: skip


def apply_credits(conn: Connection, unit: str, rule: str, day: date) -> list[Applied]:
    """Let every credit of the unit settle open dues of its member: the oldest the oldest month."""
    held: dict[str, list[ClaimRow]] = defaultdict(list)
    for row in claims.in_state(conn, unit, claims.CREDIT):
        if row.kind in CREDITS and row.rule == rule and row.member is not None:
            held[row.member].append(row)
    if not held:
        return []
    owed: dict[str, list[ClaimRow]] = defaultdict(list)
    for row in claims.of_members(conn, unit, held):
        free = row.state == claims.OPEN and row.list_code is None
        if row.kind == DUES and row.rule == rule and free and row.member is not None:
            owed[row.member].append(row)
    codes = Codes(conn, unit)
    done: list[Applied] = []
    for member, dues in owed.items():
        credits = sorted(held[member], key=lambda row: (row.due or day, row.code))
        done += _settle(conn, codes, credits, dues, day)
    return done


def _settle(
    conn: Connection, codes: Codes, credits: list[ClaimRow], dues: list[ClaimRow], day: date
) -> list[Applied]:
    done = []
    waiting = list(dues)
    for credit in credits:
        here = [row for row in waiting if (row.account, row.fund) == (credit.account, credit.fund)]
        left: ClaimRow | None = credit
        for row in here:
            if left is None:
                break
            waiting.remove(row)
            part, left, rest = _meet(conn, codes, left, row, day)
            done.append(part)
            if rest is not None:
                waiting.insert(0, rest)
    return done


def _meet(
    conn: Connection, codes: Codes, credit: ClaimRow, row: ClaimRow, day: date
) -> tuple[Applied, ClaimRow | None, ClaimRow | None]:
    """One settles the other as far as it reaches; what is left of either."""
    left = rest = None
    if credit.fen > row.fen:
        credit, left = divide(conn, codes, credit, row.fen, day)
    elif row.fen > credit.fen:
        row, rest = divide(conn, codes, row, credit.fen, day)
    claims.set_state(conn, row.unit, [credit.code], claims.USED, day, row.code)
    claims.set_state(conn, row.unit, [row.code], claims.PAID, day, credit.code)
    return Applied(row.member or "", row.month, row.code, credit.code, row.fen), left, rest


def held_by(conn: Connection, unit: str, member: str) -> list[ClaimRow]:
    """The credits of a member that are neither used nor being paid back, oldest first."""
    rows = [
        row
        for row in claims.of_member(conn, unit, member)
        if row.kind in CREDITS and row.state == claims.CREDIT
    ]
    return sorted(rows, key=lambda row: (row.due is None, row.due, row.code))


def pay_back(
    conn: Connection, unit: str, member: str, fen: int | None, codes: Sequence[str], day: date
) -> list[Part]:
    """The credits that a refund of ``fen`` takes, the oldest first, or those of ``codes``.

    Without an amount it is all of them. Raises: Refused if the member holds less.
    """
    held = held_by(conn, unit, member)
    if codes:
        wanted = {leaf.code for code in codes for leaf in claims.leaves_of(conn, unit, code)}
        held = [row for row in held if row.code in wanted]
    whole = sum(row.fen for row in held)
    asked = whole if fen is None else fen
    if not 0 < asked <= whole:
        raise Refused(
            finding(
                "no-credit",
                f"可退的预缴款共 {Money(whole).grouped}，要退 {Money(asked).grouped}",
                f"{Money(whole).grouped} may be paid back, {Money(asked).grouped} is asked for",
                "用 mingbai dues credits 查看会员的预缴款",
                "see the member's credits with mingbai dues credits",
            )
        )
    numbers = Codes(conn, unit)
    parts: list[Part] = []
    for row in held:
        if not asked:
            break
        taken = row
        if row.fen > asked:
            taken, _ = divide(conn, numbers, row, asked, day)
        asked -= taken.fen
        parts.append(Part.of(taken, -taken.fen))
    return parts
