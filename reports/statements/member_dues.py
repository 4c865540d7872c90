"""A member's own statement of dues: what each month was owed and why, and when it was paid.

It names one person, to that person. Each month opens to its claim, each payment to its voucher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money, total
from reports.statement import DAY, REF, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.dues_rows import Claimed, Sums, rule_words, sums
from reports.statements.figures import Span
from reports.statements.head import make_statement

if TYPE_CHECKING:
    from ledger.period import Month, Period
    from reports.statements.source import Source

NAME: Final = "member-dues"
TITLE: Final = Words("会员交费对账单", "Member's statement of dues")


@dataclass(frozen=True, slots=True)
class StepTold:
    """One assessment: the first, or a difference with its reasons."""

    amount: Money
    base: Money | None
    rate: Words
    arithmetic: Words | None
    source: str
    reasons: tuple[Words, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class MonthOwed:
    rule: str
    month: Month
    owed: Money
    steps: tuple[StepTold, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """What a voucher says this member paid; ``month`` is the one that it was paid for, if known."""

    day: date
    number: str
    amount: Money
    account: str
    fund: str
    narration: str
    papers: tuple[str, ...] = ()
    month: str = ""

    @property
    def line(self) -> VoucherLine:
        return VoucherLine(
            self.number, self.day, self.narration, self.account, self.fund, self.amount, self.papers
        )


@dataclass(frozen=True, slots=True)
class MemberFile:
    """One member: who they are, what they were assessed, and every payment of theirs."""

    member: str
    number: str
    name: str
    months: tuple[MonthOwed, ...]
    payments: tuple[Payment, ...]

    def paid_in(self, period: Period) -> tuple[Payment, ...]:
        """What was received within the period, for whatever months."""
        return tuple(one for one in self.payments if one.day in period)


def build(source: Source, file: MemberFile, period: Period) -> Statement:
    """The months of the period by kind of dues; what was paid is what is known by now."""
    claims: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
    for claim in source.dues.claims if source.dues else ():
        claims[claim.rule, str(claim.month)].append(claim)
    lines: list[Line] = []
    annex: list[Backing] = []
    whole = Sums()
    owed = {(one.rule, str(one.month)): one for one in file.months}
    within = {str(month) for month in period.months()}
    keys = sorted({*owed, *(key for key in claims if key[1] in within)})
    several = len({rule for rule, _ in keys}) > 1
    for rule, month in keys:
        mine = claims[rule, month]
        found = sums(mine, date.max)  # by now
        whole += found
        payments = [one for one in file.payments if one.month == month]
        name = rule_words(rule) if several else Words("", "")
        lines.append(_line(source, name, month, owed.get((rule, month)), mine, payments))
        if payments and lines[-1].ref:
            words = Words(f"{month} 实交", f"paid for {month}")
            paid = total(one.amount for one in payments)
            told = tuple(one.line for one in payments)
            annex.append(Backing(lines[-1].ref, words, None, told, paid))
    amounts = (whole.owed, whole.settled, whole.credit, whole.off, whole.arrears)
    lines.append(
        Line(
            "total", Words("合计", "Total"),
            (None, "", *(Money(fen) for fen in amounts), None, ""), style="total",
        )
    )  # fmt: skip
    columns = (
        Column("base", Words("月基数", "Base")),
        Column("rate", Words("比例或档次", "Rate or row"), kind=TEXT, share=1.8),
        Column("owed", Words("应交", "Owed"), primary=True),
        Column("paid", Words("实交", "Paid")),
        Column("credit", Words("多交留存", "Paid beyond")),
        Column("off", Words("核销", "Written off")),
        Column("arrears", Words("未交", "Not paid")),
        Column("paid_on", Words("交纳日", "Paid on"), kind=DAY, share=0.9),
        Column("voucher", Words("凭证", "Voucher"), kind=REF, share=1.4),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=tuple(_notes(file)), label_column=Words("月份", "Month"),
    )  # fmt: skip
    own = (
        (Words("会员", "Member"), file.name),
        (Words("会员编号", "Number"), f"{file.number} {file.member}"),
    )
    return replace(statement, facts=(*own, *statement.facts), annex=tuple(annex))


def _line(
    source: Source,
    name: Words,
    month: str,
    owed: MonthOwed | None,
    claims: list[Claimed],
    payments: list[Payment],
) -> Line:
    found = sums(claims, date.max)
    last = owed.steps[-1] if owed is not None and owed.steps else None
    settled = [claim.settled_on for claim in claims if claim.settled_on is not None]
    days = [one.day for one in payments] or settled
    vouchers = dict.fromkeys(f"{source.unit}/{one.number}" for one in payments)
    codes = [claim.code for claim in claims if not claim.is_credit]
    words = Words(f"{month} {name.zh}".strip(), f"{month} {name.en}".strip())
    amounts = (found.owed, found.settled, found.credit, found.off, found.arrears)
    return Line(
        codes[0] if codes else month,
        words,
        (
            None if last is None else last.base, "" if last is None else last.rate.zh,
            *(Money(fen) for fen in amounts),
            max(days, default=None), " ".join(vouchers),
        ),
        ref=codes[0] if codes else "",
    )  # fmt: skip


def _notes(file: MemberFile) -> Iterator[Words]:
    """How each amount was found and by which rule, and what changed afterwards."""
    how: dict[Words, list[str]] = defaultdict(list)
    for one in file.months:
        if one.steps and one.steps[-1].arithmetic is not None:
            how[one.steps[-1].arithmetic].append(str(one.month))
    for words, months in how.items():
        yield Words(
            f"{'、'.join(months)} 应交：{words.zh}", f"Owed for {', '.join(months)}: {words.en}"
        )
    sources = {step.source: None for one in file.months for step in one.steps if step.source}
    for text in sources:
        yield Words(f"依据：{text}", f"Rule: {text}")  # a document's title stays as it is
    for one in file.months:
        for step in one.steps[1:]:
            zh = "；".join(why.zh for why in step.reasons)
            en = "; ".join(why.en for why in step.reasons)
            yield Words(
                f"{one.month} 应交改变 {step.amount.grouped}：{zh}",
                f"{one.month} changed by {step.amount.grouped}: {en}",
            )
        if not all(step.holds for step in one.steps):
            yield Words(
                f"注意：{one.month} 的核定不能由所存资料重算。",
                f"The assessment of {one.month} does not recompute from what was kept.",
            )
    yield Words(
        "只供本人核对，含姓名与收入，请勿外传。如有不符，请向本单位财务提出。",
        "For the member alone: it holds a name and an income. Tell the treasurer if anything is "
        "not right.",
    )
