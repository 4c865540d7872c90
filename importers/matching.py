"""What a statement line is: settled by a reference, by a unique name, by a rule, or a question.

Amount and account are gates, references and names are grades. Tier A is an exact reference (a code
of ours, a registered order number, the payment that is refunded) or a number that is one payer's
(a sub-account, an account that a person confirmed), tier B a full name with an exact open amount
and no second candidate, tier R the unit's own rule table. Anything less is a question with what is
known about it: same amount and day is not the same payment.

Everything here is decided from a :class:`Knowledge` that was gathered for all lines at once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from importers.drafting import OtherSide, claim_meta
from importers.keys import order_numbers
from importers.payers import payer_account
from importers.reference import find_codes, find_documents
from importers.refunds import Original, by_refund
from importers.rules import Rule
from importers.suggesting import OWN_CARD, OWN_PART, Owner, is_for_another
from importers.transfers import Transfers
from importers.verdict import Question, Settled, facts, may_be_worth, with_fee, worth
from ledger.allocations.attributing import ALLOCATION
from ledger.allocations.attributing import CLAIM_KIND as PROMISED
from ledger.errors import Words
from ledger.gifts.marks import DONOR, GIFT
from ledger.money import CNY, Money, total
from ledger.registry import claims
from ledger.transfers.expecting import CLAIM_KIND
from ledger.transfers.marks import TRANSFER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.registry.claims import ClaimRow
    from ledger.registry.members import MemberRow
    from ledger.registry.staging import LineRow
    from ledger.registry.subaccounts import SubAccount

__all__ = ["NOTHING_FITS", "Knowledge", "Question", "Settled", "paying", "settle"]

#: What is said of a line of which nothing is known.
NOTHING_FITS: Final = Words("没有参考号，也没有规则适用", "it has no reference and no rule fits")


@dataclass
class Knowledge:
    """What the registry knows that bears on some lines.

    ``lists`` and ``claims`` go by code, ``persons`` by the name as the bank wrote it, ``payers`` by
    the account that money came from, ``members`` by person, ``by_id`` by their own ids, ``dues`` by
    member, ``refunds`` by the line's number, and so do ``parts``, the registered sub-accounts that
    lines came in on; ``orders`` are codes by the order numbers that pay them, ``divided`` what a
    claim has been divided into, ``same`` the members who turned out to be another one.
    :meth:`take` keeps that a claim is being entered: no other line takes it then.
    """

    rules: list[Rule] = field(default_factory=list)
    claims: dict[str, ClaimRow] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    persons: dict[str, list[str]] = field(default_factory=dict)
    payers: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, MemberRow] = field(default_factory=dict)
    dues: dict[str, list[str]] = field(default_factory=dict)
    by_id: dict[str, MemberRow] = field(default_factory=dict)
    refunds: dict[int, Original] = field(default_factory=dict)
    parts: dict[int, SubAccount] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    transfers: Transfers = field(default_factory=Transfers)
    divided: dict[str, list[str]] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)

    def add_claim(self, row: ClaimRow) -> None:
        if row.code in self.claims:
            return
        self.claims[row.code] = row
        if row.list_code is not None:
            self.lists.setdefault(row.list_code, []).append(row.code)
        if row.member is not None:
            self.dues.setdefault(self.survivor(row.member), []).append(row.code)

    def survivor(self, member: str) -> str:
        """Who a member is by now: doubles that were merged are one."""
        return self.same.get(member, member)

    def who(self, part: SubAccount) -> MemberRow | None:
        """Whose a sub-account is."""
        return None if part.member is None else self.by_id.get(self.survivor(part.member))

    def owners(self, lines: Sequence[LineRow]) -> dict[int, Owner]:
        """Whose payment a line is by its sub-account or by the account it came from."""
        found: dict[int, Owner] = {}
        for line in lines:
            part = self.parts.get(line.id)
            payers = self.payers.get(payer_account(line), [])
            owner = None if part is None else self.who(part)
            if owner is not None:
                found[line.id] = Owner(owner.number, 95, OWN_PART)
            elif (
                len(payers) == 1
                and payers[0] in self.members
                and not is_for_another(line.text.memo)
            ):
                found[line.id] = Owner(self.members[payers[0]].number, 90, OWN_CARD)
        return found

    def take(self, codes: tuple[str, ...]) -> None:
        for code in codes:
            self.claims[code] = self.claims[code]._replace(state=claims.DRAFTED)


def settle(line: LineRow, known: Knowledge) -> Settled | Question:
    """What is known about a line: by reference first, then by name, then by rule."""
    if line.currency != CNY:
        return Question(
            Words(
                f"外币 {line.currency}：折算与科目由人确定",
                f"in {line.currency}: a person says at which rate and where it is entered",
            )
        )
    if line.fen == 0:
        return Question(Words("金额为零，无须入账则搁置", "of no amount: set it aside"))
    found = _settled(line, known)
    return with_fee(line, found, known.rules) if isinstance(found, Settled) else found


def _settled(line: LineRow, known: Knowledge) -> Settled | Question:
    certain = (
        _by_reference(line, known)
        or by_refund(line, known.refunds.get(line.id))
        or _by_part(line, known)
        or _by_payer(line, known)
    )
    if certain is not None:
        return certain
    by_name = _by_name(line, known)
    if isinstance(by_name, Settled):
        return by_name
    by_rule = _by_rule(line, known.rules)
    if by_rule is not None:
        return by_rule
    return (
        by_name
        or known.transfers.question(line)
        or _of_fund(known.parts.get(line.id))
        or Question(_with_fee_told(line))
    )


def _with_fee_told(line: LineRow) -> Words:
    """Nothing fits; of a line with a fee inside it is said what it consists of."""
    if not line.text.gross:
        return NOTHING_FITS
    gross = Money(abs(line.text.gross), line.currency).grouped
    fee = Money(line.text.fee, line.currency).grouped
    return Words(
        f"{NOTHING_FITS.zh}；毛额 {gross}，其中手续费 {fee}",
        f"{NOTHING_FITS.en}; gross {gross}, with a fee of {fee} inside",
    )


# ---- tier A: references ------------------------------------------------------------------------


def codes_in(line: LineRow) -> list[str]:
    """Every reference code that a line carries, and the documents that its memo may name."""
    texts = (line.text.memo, line.bank_ref, line.text.counterparty)
    found = [code for text in texts for code in find_codes(text)]
    return list(dict.fromkeys([*found, *find_documents(line.text.memo)]))


def _by_reference(line: LineRow, known: Knowledge) -> Settled | Question | None:
    written = codes_in(line)
    # Money out under an order number is its fee or its refund.
    paid = known.orders and line.fen > 0
    ordered = [known.orders.get(number) for number in order_numbers(line)] if paid else []
    found = dict.fromkeys([*written, *(code for code in ordered if code is not None)])
    held = {code: rows for code in found if (rows := claimed(code, known))}
    if not held:
        return None
    if len(held) > 1:
        return Question(Words("流水中有多个参考号", "the line holds several references"), 50)
    ((code, rows),) = held.items()
    if _contradicts(known, known.parts.get(line.id), code, rows):
        return Question(
            Words(
                f"参考号 {code} 与收款子账户的归属不一致",
                f"reference {code} and the sub-account that it came in on are of different owners",
            ),
            50,
        )
    if code in written:
        return _paid(line, code, rows, Words(f"参考号 {code}", f"reference {code}"))
    return _paid(line, code, rows, Words(f"订单号登记为 {code}", f"the order number is {code}'s"))


def claimed(code: str, known: Knowledge) -> list[ClaimRow]:
    """The claims of a code: its own, or those of the list that has it.

    Of a claim that was divided it is what is still open of it; its parts, if nothing is.
    """
    codes = known.lists.get(code) or ([code] if code in known.claims else [])
    parts = [known.claims[one] for one in known.divided.get(code, [])]
    if parts:
        return [row for row in parts if row.state == claims.OPEN] or parts
    return [known.claims[one] for one in codes]


def _contradicts(
    known: Knowledge, part: SubAccount | None, code: str, rows: list[ClaimRow]
) -> bool:
    """Whether the sub-account belongs to another than the reference says."""
    if part is None:
        return False
    if part.code is not None:
        codes = {code, *(row.code for row in rows), *(row.list_code for row in rows)}
        return part.code not in codes
    if part.member is not None:
        whose = known.survivor(part.member)
        return any(row.member is None or known.survivor(row.member) != whose for row in rows)
    return any(row.fund != part.fund for row in rows)


def _paid(line: LineRow, code: str, rows: list[ClaimRow], by: Words) -> Settled | Question:
    amounts = may_be_worth(line)
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
    if any(row.currency != line.currency for row in rows):
        return Question(Words(f"参考号 {code} 是外币", f"{code} is in another currency"), 60)
    due = total(Money(row.fen, row.currency) for row in rows)
    part = _promised_part(rows, amounts) if due not in amounts else None
    if part is not None:
        reason = Words(f"{by.zh}，承诺的一期", f"{by.en}, a part of what was promised")
        return paying([part], "A", 100, reason)
    if due not in amounts:
        came = amounts[0].grouped
        zh, en = (
            f"参考号 {code} 应收 {due.grouped}，实收 {came}",
            f"{code} claims {due.grouped}, {came} came",
        )
        if rows[0].kind == CLAIM_KIND:
            zh = f"{zh}；按实收回答，分录写 {TRANSFER}={code}"
            en = f"{en}; answer with what came, naming {TRANSFER}={code}"
        elif rows[0].kind == PROMISED and len(rows) == 1 and rows[0].rule:
            zh = f"{zh}；按实收回答，分录写 {ALLOCATION}={rows[0].rule}"
            en = f"{en}; answer with what came, naming {ALLOCATION}={rows[0].rule}"
        return Question(Words(zh, en), 70)
    reason = Words(f"{by.zh}，金额相符", f"{by.en}, exact amount")
    return paying(rows, "A", 100, reason, code if code == rows[0].list_code else "")


def _promised_part(rows: Sequence[ClaimRow], amounts: Sequence[Money]) -> ClaimRow | None:
    """The part of one promised gift that a payment is, the one that is due first."""
    if len({row.gift for row in rows}) != 1 or rows[0].gift is None or rows[0].list_code:
        return None
    exact = [row for row in rows if Money(row.fen, row.currency) in amounts]
    return min(exact, key=lambda row: (row.due or date.max, row.code), default=None)


#: What a list's payment is called in the book, and that of one claim.
_CALLED: Final = {
    "dues": ("代扣清单", "会费"),
    "fee": ("税务代收工会经费", "工会经费"),
    PROMISED: ("拨款", "拨款"),
    "gift": ("平台捐赠", "捐赠"),
    "levy": ("单位拨缴工会经费", "拨缴工会经费"),
    "levy-tax": ("税务代收工会经费", "税务代收工会经费"),
    "levy-fiscal": ("财政划拨工会经费", "财政划拨工会经费"),
    "levy-held": ("建会筹备金", "建会筹备金"),
    CLAIM_KIND: ("调拨", "调拨"),
}


def paying(
    rows: Sequence[ClaimRow], tier: str, score: int, reason: Words, list_code: str = ""
) -> Settled:
    """A line that pays these claims in full: of one member, or of a list."""
    of_list, single = _CALLED.get(rows[0].kind, _CALLED["dues"])
    what, code = (of_list, list_code) if list_code else (single, rows[0].code)
    if not list_code and len(rows) > 1:
        code = f"{code} 等 {len(rows)} 笔"
    return Settled(
        tier=tier,
        score=score,
        reason=reason,
        sides=tuple(_side(row) for row in rows),
        narration=f"{rows[0].month} {what} {code}",
        claims=tuple(row.code for row in rows),
    )


def _side(row: ClaimRow) -> OtherSide:
    said = claim_meta(row.member, row.code)
    if row.gift is not None and row.donor is not None:
        said = tuple(sorted((*said, (GIFT, row.gift), (DONOR, row.donor))))
    if row.kind == CLAIM_KIND:
        said = tuple(sorted((*said, (TRANSFER, row.code))))
    elif row.kind == PROMISED and row.rule:
        said = tuple(sorted((*said, (ALLOCATION, row.rule))))
    return OtherSide(row.account, row.fund, Money(row.fen, row.currency), said)


_HAN: Final = re.compile(r"[\u3400-\u9fff·]{2,}")


def names_in_memo(line: LineRow) -> set[str]:
    """What in a memo may be somebody's full name: two to four characters, wherever they stand."""
    return {
        run[start : start + size]
        for run in _HAN.findall(unicodedata.normalize("NFKC", line.text.memo))
        for size in (2, 3, 4)
        for start in range(len(run) - size + 1)
    }


# ---- tier B: a unique full name ----------------------------------------------------------------


def name_of(line: LineRow) -> str:
    """The payer's name, where a line has one that can be looked up."""
    name = unicodedata.normalize("NFKC", line.text.counterparty).strip()
    return name if line.fen > 0 and "*" not in name else ""


def _by_name(line: LineRow, known: Knowledge) -> Settled | Question | None:
    found = known.persons.get(name_of(line), [])
    if not found:
        return None
    if len(found) > 1:
        return Question(Words("有多人同名，不能据姓名入账", "several persons have that name"), 30)
    member = known.members.get(found[0])
    if member is None:
        return None
    if is_for_another(line.text.memo):
        return Question(
            Words(
                f"会员 {member.number} 付款，附言说是代他人缴纳",
                f"member {member.number} pays, and the memo says for somebody else",
            ),
            40,
        )
    exact = _owed(line, known, member)
    if len(exact) != 1:
        return Question(
            Words(
                f"会员 {member.number} 有 {len(exact)} 笔同额的未缴应收",
                f"member {member.number} owes {len(exact)} claims of that amount",
            ),
            40,
        )
    row = exact[0]
    reason = Words(
        f"会员 {member.number} 全名唯一，金额与其唯一应收相符",
        f"the one member of that full name, {member.number}, owes exactly this once",
    )
    return paying([row], "B", 90, reason)


def _owed(line: LineRow, known: Knowledge, member: MemberRow) -> list[ClaimRow]:
    """The member's open claims of the line's amount; of one fund, if its sub-account took it."""
    due = [known.claims[code] for code in known.dues.get(member.id, [])]
    part = known.parts.get(line.id)
    fund = None if part is None else part.fund
    return [
        row for row in due
        if row.state == claims.OPEN
        and Money(row.fen, row.currency) in may_be_worth(line)
        and fund in (None, row.fund)
    ]  # fmt: skip


# ---- tier A: the sub-account that it came in on ------------------------------------------------


def _by_part(line: LineRow, known: Knowledge) -> Settled | Question | None:
    """A sub-account is one member's, one claim's or one list's: whoever pays in there pays that."""
    part = known.parts.get(line.id)
    if part is None or part.fund is not None:
        return None
    if part.code is not None:
        rows = claimed(part.code, known)
        by = Words(f"子账户登记为 {part.code}", f"the sub-account is {part.code}'s")
        return _paid(line, part.code, rows, by) if rows else None
    member = known.who(part)
    if member is None:
        return None
    if _names_another(line, known, member):
        return Question(
            Words(
                f"子账户属会员 {member.number}，附言却写明另一人",
                f"the sub-account is member {member.number}'s, and the memo names somebody else",
            ),
            50,
        )
    exact = _owed(line, known, member)
    if len(exact) != 1:
        return Question(
            Words(
                f"子账户属会员 {member.number}，其同额的未缴应收有 {len(exact)} 笔",
                f"the sub-account is member {member.number}'s, who owes {len(exact)} claims of "
                "that amount",
            ),
            60,
        )
    reason = Words(
        f"子账户属会员 {member.number}，金额与其唯一应收相符",
        f"the sub-account is member {member.number}'s, who owes exactly this once",
    )
    return paying(exact, "A", 98, reason)


def _names_another(line: LineRow, known: Knowledge, member: MemberRow) -> bool:
    """Whether the memo has the full name of another person, and not that of this member."""
    named = [known.persons[name] for name in names_in_memo(line) if name in known.persons]
    return bool(named) and not any(member.person in found for found in named)


def _of_fund(part: SubAccount | None) -> Question | None:
    if part is None or part.fund is None:
        return None
    return Question(
        Words(
            f"子账户属资金 {part.fund}；没有参考号，也没有规则适用",
            f"the sub-account is fund {part.fund}'s; it has no reference and no rule fits",
        ),
        50,
    )


# ---- tier A: an account that a person confirmed ------------------------------------------------


def _by_payer(line: LineRow, known: Knowledge) -> Settled | Question | None:
    """The account is one member's, as a person confirmed or the member told; else None."""
    found = known.payers.get(payer_account(line), [])
    member = known.members.get(found[0]) if len(found) == 1 else None
    if member is None or is_for_another(line.text.memo):
        return None
    named = known.persons.get(name_of(line), [])
    if (named and member.person not in named) or _names_another(line, known, member):
        return Question(
            Words(
                f"付款账户属会员 {member.number}，户名或附言却是另一人",
                f"the account is member {member.number}'s, the name or the memo another person's",
            ),
            40,
        )
    exact = _owed(line, known, member)
    if len(exact) != 1:
        return None
    reason = Words(
        f"付款账户经人确认属会员 {member.number}，金额与其唯一应收相符",
        f"the account was confirmed for member {member.number}, who owes exactly this once",
    )
    return paying(exact, "A", 97, reason)


# ---- tier R: the unit's rules ------------------------------------------------------------------


def _by_rule(line: LineRow, rules: list[Rule]) -> Settled | None:
    if not rules:
        return None
    amount = worth(line)
    said = facts(line, amount)
    rule = next((rule for rule in rules if not rule.purpose and rule.fits(said)), None)
    if rule is None:
        return None
    return Settled(
        tier="R",
        score=80,
        reason=rule.why,
        sides=tuple(
            OtherSide(share.account, share.fund, part, share.meta)
            for share, part in rule.parts(amount)
            if part
        ),
        narration=rule.narration,
        payee=rule.payee,
        meta=rule.meta,
    )
