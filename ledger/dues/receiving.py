"""A member's payment in parts: what it settles, what is left over, and what was given freely.

Dues are settled oldest first, or only those that the payer named. A claim that is paid in part is
divided; what is beyond all of it becomes the member's credit; what the payer declared voluntary is
kept as income, or passed up whole where the rule says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.dues.assessing import rulebook_for
from ledger.dues.parts import Part
from ledger.errors import Refused, Words, finding
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.registry import claims, dues_schemes, member_merges, members, units
from ledger.registry.claim_parts import Codes, divide
from ledger.registry.claims import DUES, PREPAID, ClaimRow
from ledger.rules.payment import late_payment, split_payment
from ledger.rules.rate_tables import RateTable
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.table import Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.errors import Finding
    from ledger.registry import Registry
    from ledger.registry.dues_schemes import SchemeRow
    from ledger.registry.members import MemberRow


@dataclass(frozen=True, slots=True)
class Payment:
    """What a member paid, and what is said of it.

    ``codes`` are the claims that the payer named; without any, the oldest are paid first.
    ``voluntary`` is what they declared to give beyond what they owe, and ``up`` the liability
    account and fund of what the rule passes up whole.
    """

    member: str
    amount: Money
    day: date
    codes: tuple[str, ...] = ()
    rule: str | None = None
    voluntary: Money | None = None
    up: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The payment's parts, which add up to it, and what rules have to say of it."""

    parts: tuple[Part, ...]
    warnings: tuple[Finding, ...] = ()

    @property
    def credit(self) -> Money:
        return Money(sum(part.fen for part in self.parts if part.kind == PREPAID))

    def narration(self, what: Words) -> str:
        """What the voucher says: how many claims, of which months."""
        months = sorted({part.month for part in self.parts if part.kind == DUES})
        span = months[0] if len(months) == 1 else f"{months[0]} 至 {months[-1]}" if months else ""
        left = "，余款预缴" if self.credit else ""
        return " ".join(word for word in (what.zh, span) if word) + left


def member_numbered(conn: Connection, unit: str, number: str) -> MemberRow:
    """The unit's member of a number, or of an id ``m-…``; Refused if there is none."""
    found = members.by_number(conn, unit, number)
    if found is None and number.startswith("m-"):
        found = members.find(conn, number)
    if found is None or found.unit != unit:
        raise Refused(
            finding(
                "no-member",
                f"单位 {unit} 没有编号 {number[:20]} 的会员",
                f"unit {unit} has no member {number[:20]}",
                "核对会员编号",
                "check the number",
            )
        )
    return found


def receive(conn: Connection, registry: Registry, unit: str, paid: Payment) -> Received:
    """Divide a payment; the caller enters its parts in the same transaction, or none of it.

    Raises: Refused if it is not said what it pays, or where what is left over belongs.
    """
    voluntary = paid.voluntary or Money(0)
    if paid.amount.currency != CNY or paid.amount.fen <= 0 or not 0 <= voluntary.fen <= (
        paid.amount.fen
    ):  # fmt: skip
        raise Refused(_bad_amount())
    owed = _owed(conn, unit, paid)
    warnings: list[Finding] = []
    given: list[Part] = []
    for_dues = paid.amount.fen - voluntary.fen
    rule = paid.rule or (owed[0].rule if owed else None)
    if voluntary.fen:
        given, warnings = _given(conn, registry, unit, paid, voluntary, rule)
    parts: list[Part] = []
    codes = Codes(conn, unit)
    for row in owed:
        if not for_dues:
            break
        mine = row
        if row.fen > for_dues:
            mine, _ = divide(conn, codes, row, for_dues, paid.day)
        for_dues -= mine.fen
        parts.append(Part.of(mine, mine.fen))
    warnings += _late(conn, registry, unit, parts, paid.day)
    if for_dues:
        parts.append(_left_over(conn, codes, unit, paid, for_dues, rule))
    return Received((*parts, *given), tuple(warnings))


def _owed(conn: Connection, unit: str, paid: Payment) -> list[ClaimRow]:
    """What the payment may settle, in order: also what doubles owe who are this member now."""
    whose = {paid.member, *member_merges.doubles_of(conn, paid.member)}

    def open_dues(row: ClaimRow) -> bool:
        return (
            row.kind == DUES and row.state == claims.OPEN and row.currency == CNY
            and row.list_code is None and paid.rule in (None, row.rule)
        )  # fmt: skip

    if not paid.codes:
        return [row for row in claims.of_members(conn, unit, whose) if open_dues(row)]
    found: list[ClaimRow] = []
    for code in dict.fromkeys(paid.codes):
        leaves = claims.leaves_of(conn, unit, code)
        if not leaves and claims.find(conn, unit, code) is None:
            raise Refused(_not_theirs(code))
        if any(row.member not in whose for row in leaves):
            raise Refused(_not_theirs(code))
        found += [row for row in leaves if open_dues(row) and row not in found]
    return found


def _left_over(
    conn: Connection, codes: Codes, unit: str, paid: Payment, fen: int, rule: str | None
) -> Part:
    """A credit of the member, entered where their dues are."""
    scheme = _scheme(conn, unit, paid.member, rule)
    month = str(Month.of(paid.day))
    row = ClaimRow(
        unit, codes.next(scheme.prefix, paid.day.year), PREPAID, paid.member, scheme.account,
        scheme.fund, month, fen, CNY, claims.DRAFTED, None, scheme.rule, paid.day,
    )  # fmt: skip
    claims.add_many(conn, [row])
    return Part.of(row, fen)


def _scheme(conn: Connection, unit: str, member: str, rule: str | None) -> SchemeRow:
    schemes = dues_schemes.of_unit(conn, unit)
    fitting = [row for row in schemes if rule in (None, row.rule)]
    if len(fitting) == 1:
        return fitting[0]
    # Dues that were entered from a list, by no rule: where the last of them is entered.
    before = [row for row in claims.of_member(conn, unit, member) if row.kind == DUES]
    if before and not fitting:
        last = before[-1]
        return dues_schemes.SchemeRow(unit, last.rule, last.account, last.fund, last.code[:2])
    known = "、".join(row.rule for row in schemes) or "先设 mingbai dues scheme"
    raise Refused(
        finding(
            "which-dues",
            "余款属于哪一种会费不明",
            "it is not clear which dues the rest belongs to",
            f"用 --rule 写明：{known}",
            "say with --rule, or enter a scheme with mingbai dues scheme",
        )
    )


def _given(
    conn: Connection,
    registry: Registry,
    unit: str,
    paid: Payment,
    voluntary: Money,
    rule: str | None,
) -> tuple[list[Part], list[Finding]]:
    """What was declared voluntary: income, or a liability where it is passed up whole."""
    scheme = _scheme(conn, unit, paid.member, rule)
    book, warnings = rulebook_for(registry, unit)
    place = Place.of(units.find(conn, unit))
    table = book.in_force(RateTable, scheme.rule, paid.day, place)
    split = split_payment(voluntary, Money(0), voluntary, table)
    account, fund, fen = scheme.account, scheme.fund, split.voluntary.fen
    if split.passed_up.fen:
        if paid.up is None or not paid.up[0].startswith("Liabilities:"):
            raise Refused(_where_up(split.passed_up, split.source))
        (account, fund), fen = paid.up, split.passed_up.fen
    month = str(Month.of(paid.day))
    part = Part(account, fund, fen, paid.member, "", month, scheme.rule, "voluntary")
    return [part], warnings


def _late(
    conn: Connection, registry: Registry, unit: str, parts: Sequence[Part], day: date
) -> list[Finding]:
    """Warnings where dues are paid back later than their rule lets them be."""
    by_rule: dict[str, list[Part]] = {}
    for part in parts:
        if part.rule:
            by_rule.setdefault(part.rule, []).append(part)
    if not by_rule:
        return []
    book, _ = rulebook_for(registry, unit)
    place = Place.of(units.find(conn, unit))
    found = []
    for rule, mine in by_rule.items():
        try:
            table = book.in_force(RateTable, rule, day, place)
        except NoRuleLoaded:
            continue
        oldest = min(Month.parse(part.month) for part in mine)
        late = late_payment(oldest, Month.of(day), table)
        found += [] if late is None else [late]
    return found


def _bad_amount() -> Finding:
    return finding(
        "payment-amount",
        "缴款须为人民币且大于零，自愿部分不超过缴款",
        "a payment is in yuan and above zero, and no more of it is voluntary than was paid",
        "核对金额",
        "check the amounts",
    )


def _not_theirs(code: str) -> Finding:
    return finding(
        "not-their-claim",
        f"缴费码 {code[:24]} 不是这名会员的",
        f"{code[:24]} is no claim of this member",
        "核对会员编号与缴费码",
        "check the member's number and the code",
    )


def _where_up(amount: Money, source: str) -> Finding:
    return finding(
        "passed-up",
        f"自愿多交 {amount.grouped} 须全部上缴，须写明应付上级的负债科目",
        f"{amount.grouped} given voluntarily is passed up whole: say on which liability account",
        f"用 --up 科目 资金 写明；依据 {source}",
        f"say so with --up ACCOUNT FUND; by {source}",
    )
