"""What rules say of money that comes: voluntary payments, late ones, and none for months."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.period import Month
from ledger.rules.rate_tables import RateTable


@dataclass(frozen=True, slots=True)
class SplitPayment:
    """One payment in parts that add up to it.

    ``dues`` settles what is owed; ``voluntary`` is kept as dues income; ``passed_up`` goes whole to
    the top; ``left`` is neither owed nor declared voluntary: a prepayment or a mistake, which
    somebody has to say.
    """

    dues: Money
    voluntary: Money
    passed_up: Money
    left: Money
    source: str


def split_payment(paid: Money, owed: Money, voluntary: Money, table: RateTable) -> SplitPayment:
    """A payment in parts. ``voluntary`` is what the payer declared to give beyond what they owe.

    A single voluntary payment above the table's threshold is passed up whole, not the part above.
    What is beyond both is not guessed to be voluntary.

    Source: 中组发〔2008〕3号 art. 11. Raises: ValueError if an amount is negative, or more is
    declared than paid.
    """
    if min(paid.fen, owed.fen, voluntary.fen) < 0 or voluntary > paid:
        raise ValueError("amounts are not negative, and no more is voluntary than was paid")
    none = Money(0, paid.currency)
    for_dues = paid - voluntary
    dues = min(for_dues, owed)
    threshold = table.term("voluntary_above")
    large = threshold is not None and voluntary.fen > int(threshold.value)
    return SplitPayment(
        dues=dues,
        voluntary=none if large else voluntary,
        passed_up=voluntary if large else none,
        left=for_dues - dues,
        source=table.head.cite(threshold.source) if threshold is not None and large else "",
    )


def months_between(one: Month, other: Month) -> int:
    """How many months ``other`` lies after ``one``."""
    return (other.year - one.year) * 12 + other.month - one.month


def late_payment(owed: Month, paid: Month, table: RateTable) -> Finding | None:
    """A warning if dues of month ``owed`` are paid later than the rule lets them be paid back."""
    term = table.term("back_payment_months")
    if term is None or months_between(owed, paid) <= int(term.value):
        return None
    late = months_between(owed, paid)
    return finding(
        "late-back-payment",
        f"{owed} 的会费于 {paid} 补交，已过 {late} 个月，一般不得超过 {term.value} 个月",
        f"dues of {owed} are paid in {paid}, {late} months later; {term.value} is the usual limit",
        f"写明原因；依据 {table.head.cite(term.source)}（{term.confidence}）",
        f"record the reason; by {table.head.cite(term.source)} ({term.confidence})",
        severity="warning",
    )


def unpaid_months(unpaid: Iterable[Month], table: RateTable) -> Finding | None:
    """A warning if as many months in a row are unpaid as the rule takes for leaving.

    ``unpaid`` are the months that were owed, have passed and are not paid at all. The finding is a
    reason to ask the member, never to strike them off: only the organisation judges the reasons.
    """
    term = table.term("unpaid_months")
    if term is None:
        return None
    months = sorted(set(unpaid))
    longest: list[Month] = []
    run: list[Month] = []
    for month in months:
        run = [*run, month] if run and run[-1].next() == month else [month]
        longest = run if len(run) > len(longest) else longest
    if len(longest) < int(term.value):
        return None
    return finding(
        "months-unpaid",
        f"连续 {len(longest)} 个月未交：{longest[0]} 至 {longest[-1]}",
        f"{len(longest)} months unpaid in a row: {longest[0]} to {longest[-1]}",
        f"了解原因，由组织决定；依据 {table.head.cite(term.source)}（{term.confidence}）",
        f"ask for the reason, the organisation decides; by {table.head.cite(term.source)} "
        f"({term.confidence})",
        severity="warning",
    )
