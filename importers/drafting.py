"""From a statement line, and what is known about it, to a draft.

The money account takes the line's amount, one posting per fund; the other side is what a claim, a
rule or a person says. Nothing the bank wrote goes into the draft: it may name a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.entry import Draft, Meta, Posting, build_draft, meta_of, voucher_class
from ledger.errors import Refused, finding
from ledger.money import Money, total
from ledger.registry.staging import LineRow


@dataclass(frozen=True, slots=True)
class OtherSide:
    """One posting against the money account. ``amount`` has the line's sign: money in positive."""

    account: str
    fund: str
    amount: Money
    meta: Meta = ()


def draft_of_line(
    line: LineRow,
    sides: Sequence[OtherSide],
    *,
    narration: str,
    payee: str = "",
    meta: Meta = (),
    day: date | None = None,
    links: tuple[str, ...] = (),
    papers: tuple[str, ...] = (),
) -> Draft:
    """The draft of one line; Refused if the sides are not the line's amount.

    ``day`` is the line's own, unless it is entered later because its month is closed. ``links`` are
    the import ids of other lines that this one is about.
    """
    amount = Money(line.fen, line.currency)
    if not sides or total([side.amount for side in sides]) != amount:
        have = total(side.amount for side in sides) if sides else Money(0, line.currency)
        raise Refused(
            finding(
                "line-amount",
                f"流水金额 {amount.grouped}，分录合计 {have.grouped}",
                f"the line is {amount.grouped}, the entries add up to {have.grouped}",
                "使各分录之和等于流水金额",
                "make the entries add up to the line's amount",
            )
        )
    by_fund: dict[str, Money] = {}
    for side in sides:
        held = by_fund.get(side.fund)
        by_fund[side.fund] = side.amount if held is None else held + side.amount
    try:
        money = [Posting(line.account, part, fund) for fund, part in by_fund.items() if part]
        others = [Posting(side.account, -side.amount, side.fund, side.meta) for side in sides]
    except ValueError as fault:
        raise Refused(
            finding(
                "bad-side",
                f"分录有误：{fault}",
                f"this entry is wrong: {fault}",
                "核对科目、资金代码与附注",
                "check account, fund code and metadata",
            )
        ) from fault
    postings = tuple(money + others if amount.fen > 0 else others + money)
    return build_draft(
        unit=line.unit,
        day=day or line.day,
        kind=voucher_class(postings),
        narration=narration,
        payee=payee,
        postings=postings,
        links=(line.import_id, *links),
        papers=papers,
        source=f"bank:{line.import_id}",
        meta=meta,
    )


def claim_meta(member: str | None, code: str) -> Meta:
    """The metadata by which a posting settles a claim."""
    return meta_of({"member": member, "claim": code})
