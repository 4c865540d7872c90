"""What a statement line is: settled by a reference, by a unique name, by a rule, or a question.

Amount and account are gates, references and names are grades. Tier A is an exact reference (a code
of ours, or the serial of the payment that is refunded), tier B a full name with an exact open
amount and no second candidate, tier R the unit's own rule table. Anything less is a question with
what is known about it: same amount and day is not the same payment.

Everything here is decided from a :class:`Knowledge` that was gathered for all lines at once.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from importers.drafting import OtherSide, claim_meta
from importers.payers import payer_account
from importers.reference import find_codes, find_documents
from importers.rules import Rule, facts_of
from importers.suggesting import is_for_another
from ledger.errors import Words
from ledger.money import CNY, Money, total
from ledger.registry import claims

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ledger.entry import Meta, Posting
    from ledger.registry.claims import ClaimRow
    from ledger.registry.members import MemberRow
    from ledger.registry.staging import LineRow


#: What is said of a line of which nothing is known.
NOTHING_FITS: Final = Words("没有参考号，也没有规则适用", "it has no reference and no rule fits")


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
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Why a line waits for a person."""

    reason: Words
    score: int = 0


@dataclass(frozen=True, slots=True)
class Original:
    """The payment that a line refunds: its line, amount, and how it was entered, if it was."""

    number: int
    fen: int
    import_id: str
    postings: tuple[Posting, ...] = ()


@dataclass
class Knowledge:
    """What the registry knows that bears on some lines.

    ``lists`` and ``claims`` go by code, ``persons`` by the name as the bank wrote it, ``payers`` by
    the account that money came from, ``members`` by person, ``dues`` by member, ``refunds`` by the
    line's number; ``own`` are the unit's own ledger accounts by their numbers, ``pairs`` the lines
    that may be the other side of a transfer. :meth:`take` keeps that a claim is
    being entered: no other line takes it then.
    """

    rules: list[Rule] = field(default_factory=list)
    claims: dict[str, ClaimRow] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    persons: dict[str, list[str]] = field(default_factory=dict)
    payers: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, MemberRow] = field(default_factory=dict)
    dues: dict[str, list[str]] = field(default_factory=dict)
    refunds: dict[int, Original] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    pairs: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def add_claim(self, row: ClaimRow) -> None:
        if row.code in self.claims:
            return
        self.claims[row.code] = row
        if row.list_code is not None:
            self.lists.setdefault(row.list_code, []).append(row.code)
        if row.member is not None:
            self.dues.setdefault(row.member, []).append(row.code)

    def take(self, codes: tuple[str, ...]) -> None:
        for code in codes:
            self.claims[code] = replace(self.claims[code], state=claims.DRAFTED)


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
    certain = _by_reference(line, known) or _by_refund(line, known) or _by_payer(line, known)
    if certain is not None:
        return certain
    by_name = _by_name(line, known)
    if isinstance(by_name, Settled):
        return by_name
    by_rule = _by_rule(line, known.rules)
    if by_rule is not None:
        return by_rule
    return by_name or _between_own(line, known) or Question(NOTHING_FITS)


# ---- tier A: references ------------------------------------------------------------------------


def codes_in(line: LineRow) -> list[str]:
    """Every reference code that a line carries, and the documents that its memo may name."""
    texts = (line.text.memo, line.bank_ref, line.text.counterparty)
    found = [code for text in texts for code in find_codes(text)]
    return list(dict.fromkeys([*found, *find_documents(line.text.memo)]))


def _by_reference(line: LineRow, known: Knowledge) -> Settled | Question | None:
    found = [
        (code, known.lists.get(code) or ([code] if code in known.claims else []))
        for code in codes_in(line)
    ]
    held = [(code, codes) for code, codes in found if codes]
    if not held:
        return None
    if len(held) > 1:
        return Question(Words("流水中有多个参考号", "the line holds several references"), 50)
    code, codes = held[0]
    return _paid(line, code, [known.claims[one] for one in codes])


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
    if any(row.currency != line.currency for row in rows):
        return Question(Words(f"参考号 {code} 是外币", f"{code} is in another currency"), 60)
    due = total(Money(row.fen, row.currency) for row in rows)
    if due != amount:
        return Question(
            Words(
                f"参考号 {code} 应收 {due.grouped}，实收 {amount.grouped}",
                f"{code} claims {due.grouped}, {amount.grouped} came",
            ),
            70,
        )
    reason = Words(f"参考号 {code}，金额相符", f"reference {code}, exact amount")
    return paying(rows, "A", 100, reason, "" if code == rows[0].code else code)


#: What a list's payment is called in the book, and that of one claim.
_CALLED: Final = {
    "dues": ("代扣清单", "会费"),
    "fee": ("税务代收工会经费", "工会经费"),
    "allotment": ("拨款", "拨款"),
    "gift": ("平台捐赠", "捐赠"),
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
    return OtherSide(
        row.account, row.fund, Money(row.fen, row.currency), claim_meta(row.member, row.code)
    )


def _by_refund(line: LineRow, known: Knowledge) -> Settled | Question | None:
    """A refund names the payment that it takes back: its accounts are taken back with it."""
    original = known.refunds.get(line.id)
    if original is None:
        return None
    number = original.number
    what_zh, what_en = f"退款，原交易是流水 {number}", f"a refund of line {number}"
    whole = abs(line.fen) == abs(original.fen)
    if line.fen * original.fen >= 0 or abs(line.fen) > abs(original.fen):
        return Question(
            Words(f"{what_zh}，但方向或金额不合", f"{what_en}, but side or amount do not fit"), 60
        )
    sides = [p for p in original.postings if p.account != line.account]
    if not sides:
        return Question(
            Words(f"{what_zh}，原交易尚未入账", f"{what_en}, which is not entered yet"), 60
        )
    if any(key == "claim" for side in sides for key, _ in side.meta):
        return Question(
            Words(f"{what_zh}，原交易结清了应收", f"{what_en}, which settled what was owed"), 60
        )
    if not whole and len(sides) > 1:
        return Question(
            Words(f"{what_zh}的一部分，分摊由人确定", f"{what_en}, in part: say of which"), 60
        )
    amounts = [side.amount for side in sides] if whole else [Money(line.fen, line.currency)]
    return Settled(
        tier="A",
        score=95,
        reason=Words(f"{what_zh}，按原科目冲回", f"{what_en}: its accounts are taken back"),
        sides=tuple(
            OtherSide(side.account, side.fund, amount, side.meta)
            for side, amount in zip(sides, amounts, strict=True)
        ),
        narration=f"退款（流水 {number}）",
        links=(original.import_id,),
    )


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
    """The member's open claims of the line's amount."""
    due = [known.claims[code] for code in known.dues.get(member.id, [])]
    return [
        row for row in due
        if row.state == claims.OPEN and row.fen == line.fen and row.currency == line.currency
    ]  # fmt: skip


# ---- tier A: an account that a person confirmed ------------------------------------------------


def _by_payer(line: LineRow, known: Knowledge) -> Settled | Question | None:
    """The account is one member's, as a person confirmed or the member told; else None."""
    found = known.payers.get(payer_account(line), [])
    member = known.members.get(found[0]) if len(found) == 1 else None
    if member is None or is_for_another(line.text.memo):
        return None
    named = known.persons.get(name_of(line), [])
    if named and member.person not in named:
        return Question(
            Words(
                f"付款账户属会员 {member.number}，户名却是另一人",
                f"the account is member {member.number}'s, the name another person's",
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
    amount = Money(line.fen, line.currency)
    facts = facts_of(
        line.account, line.day, amount, counterparty=line.text.counterparty,
        counterparty_account=line.text.counterparty_account, memo=line.text.memo,
        status=line.text.status,
    )  # fmt: skip
    for rule in rules:
        if rule.fits(facts):
            break
    else:
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


def _between_own(line: LineRow, known: Knowledge) -> Question | None:
    if own_account(line, known.own) is None:
        return None
    zh = "本单位账户之间的划转：两边都记在途资金科目"
    en = "a transfer between the unit's own accounts: enter both sides on the clearing account"
    pair = known.pairs.get(line.id, ())
    if len(pair) == 1:
        zh, en = f"{zh}；另一边是流水 {pair[0]}", f"{en}; its other side is line {pair[0]}"
    elif pair:
        told = ", ".join(str(number) for number in pair[:5])
        zh, en = f"{zh}；另一边可能是流水 {told}", f"{en}; its other side may be one of {told}"
    else:
        zh, en = f"{zh}；三日内没有另一边", f"{en}; no other side within three days"
    return Question(Words(zh, en), 60)


def own_account(line: LineRow, own: Mapping[str, str]) -> str | None:
    """The unit's own ledger account that the line says is on its other side, if it is one."""
    text = line.text.counterparty_account
    digits = text if text.isdigit() else "".join(char for char in text if char.isdigit())
    account = own.get(digits) if digits else None
    return None if account == line.account else account
