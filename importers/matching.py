"""What a statement line is: settled by a reference, by a unique name, by a rule, or a question.

Amount and account are gates, references and names are grades. Tier A is an exact reference, tier B
a full name with an exact open amount and no second candidate, tier R the unit's own rule table.
Anything less is a question with what is known about it: same amount and day is not the same
payment.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importers.drafting import OtherSide, claim_meta
from importers.reference import find_codes
from importers.rules import Rule
from ledger.errors import Words
from ledger.money import Money, total
from ledger.registry import claims, members, persons

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Meta
    from ledger.registry import Vault
    from ledger.registry.claims import ClaimRow
    from ledger.registry.staging import LineRow


@dataclass(frozen=True, slots=True)
class Settled:
    """How a line becomes a draft, and why. ``score`` is out of 100."""

    tier: str
    score: int
    reason: Words
    sides: tuple[OtherSide, ...]
    narration: str
    payee: str = ""
    meta: Meta = ()
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Why a line waits for a person."""

    reason: Words
    score: int = 0


def settle(conn: Connection, vault: Vault, line: LineRow, rules: list[Rule]) -> Settled | Question:
    """What is known about a line: by reference first, then by name, then by rule."""
    by_code = _by_reference(conn, line)
    if by_code is not None:
        return by_code
    by_name = _by_name(conn, vault, line)
    if isinstance(by_name, Settled):
        return by_name
    by_rule = _by_rule(line, rules)
    if by_rule is not None:
        return by_rule
    return by_name or Question(
        Words("没有参考号，也没有规则适用", "it has no reference and no rule fits")
    )


# ---- tier A: references ------------------------------------------------------------------------


def _by_reference(conn: Connection, line: LineRow) -> Settled | Question | None:
    texts = (line.text.memo, line.bank_ref, line.text.counterparty)
    codes = list(dict.fromkeys(code for text in texts for code in find_codes(text)))
    found = [(code, _claims_of(conn, line.unit, code)) for code in codes]
    known = [(code, rows) for code, rows in found if rows]
    if not known:
        return None
    if len(known) > 1:
        return Question(Words("流水中有多个参考号", "the line holds several references"), 50)
    code, rows = known[0]
    return _paid(line, code, rows)


def _claims_of(conn: Connection, unit: str, code: str) -> list[ClaimRow]:
    listed = claims.of_list(conn, unit, code)
    if listed:
        return listed
    one = claims.find(conn, unit, code)
    return [one] if one is not None else []


def _paid(line: LineRow, code: str, rows: list[ClaimRow]) -> Settled | Question:
    amount = Money(line.fen, line.currency)
    if line.fen < 0:
        return Question(
            Words(f"付出的款项写有参考号 {code}", f"money out carries reference {code}"), 40
        )
    if any(row.state != claims.OPEN for row in rows):
        return Question(
            Words(
                f"参考号 {code} 的应收已经收到或正在入账，可能是重复缴款",
                f"what {code} claims was paid already or is being entered: perhaps paid twice",
            ),
            60,
        )
    due = total(Money(row.fen, row.currency) for row in rows)
    if due != amount:
        return Question(
            Words(
                f"参考号 {code} 应收 {due.grouped}，实收 {amount.grouped}",
                f"{code} claims {due.grouped}, {amount.grouped} came",
            ),
            70,
        )
    what = "代扣清单" if len(rows) > 1 else "会费"
    return Settled(
        tier="A",
        score=100,
        reason=Words(f"参考号 {code}，金额相符", f"reference {code}, exact amount"),
        sides=tuple(_side(row) for row in rows),
        narration=f"{rows[0].month} {what} {code}",
        claims=tuple(row.code for row in rows),
    )


def _side(row: ClaimRow) -> OtherSide:
    return OtherSide(
        row.account, row.fund, Money(row.fen, row.currency), claim_meta(row.member, row.code)
    )


# ---- tier B: a unique full name ----------------------------------------------------------------


def _by_name(conn: Connection, vault: Vault, line: LineRow) -> Settled | Question | None:
    name = unicodedata.normalize("NFKC", line.text.counterparty).strip()
    if line.fen <= 0 or not name or "*" in name:
        return None
    found = persons.find(conn, vault, "name", name)
    if not found:
        return None
    if len(found) > 1:
        return Question(Words("有多人同名，不能据姓名入账", "several persons have that name"), 30)
    member = members.of_person(conn, line.unit, found[0])
    if member is None:
        return None
    due = [row for row in claims.of_member(conn, line.unit, member.id) if row.state == claims.OPEN]
    exact = [row for row in due if row.fen == line.fen and row.currency == line.currency]
    if len(exact) != 1:
        return Question(
            Words(
                f"会员 {member.number} 有 {len(exact)} 笔同额的未缴应收",
                f"member {member.number} owes {len(exact)} claims of that amount",
            ),
            40,
        )
    row = exact[0]
    return Settled(
        tier="B",
        score=90,
        reason=Words(
            f"会员 {member.number} 全名唯一，金额与其唯一应收相符",
            f"the one member of that full name, {member.number}, owes exactly this once",
        ),
        sides=(_side(row),),
        narration=f"{row.month} 会费 {row.code}",
        claims=(row.code,),
    )


# ---- tier R: the unit's rules ------------------------------------------------------------------


def _by_rule(line: LineRow, rules: list[Rule]) -> Settled | None:
    amount = Money(line.fen, line.currency)
    for rule in rules:
        if rule.fits(
            line.account, line.day, amount, line.text.counterparty, line.text.memo, line.text.status
        ):
            return Settled(
                tier="R",
                score=80,
                reason=Words(f"规则「{rule.title}」", f"rule “{rule.title}”"),
                sides=tuple(
                    OtherSide(share.account, share.fund, part, share.meta)
                    for share, part in rule.parts(amount)
                ),
                narration=rule.narration,
                payee=rule.payee,
                meta=rule.meta,
            )
    return None
