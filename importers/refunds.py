"""Refunds: the payment that a line takes back, and taking back what it was entered as.

A refund names its payment by its serial or carries the same order number, on the other side, and
is no larger; all refunds of one payment together are no larger either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from importers.drafting import OtherSide
from importers.keys import refund_keys, refunded_numbers
from importers.verdict import Question, Settled
from ledger.draft_text import draft_from_json
from ledger.errors import Words
from ledger.money import Money
from ledger.registry import drafts, staging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.entry import Posting
    from ledger.registry.staging import Keyed, LineRow

#: Payments are refunded within a year, by the wallets' terms; nothing older is looked at.
_REFUNDABLE: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Original:
    """The payment that a line refunds: its line, amount, and how it was entered, if it was.

    ``refunded`` is what other refunds took back of it; ``several`` says that more than one payment
    has the number.
    """

    number: int
    fen: int
    import_id: str
    postings: tuple[Posting, ...] = ()
    refunded: int = 0
    several: bool = False


def originals(conn: Connection, unit: str, lines: Sequence[LineRow]) -> dict[int, Original]:
    """The payments that lines name as the ones they take back, by line."""
    named = {line.id: numbers for line in lines if (numbers := refunded_numbers(line))}
    if not named:
        return {}
    refunds = [line for line in lines if line.id in named]
    since = min(line.day for line in refunds) - _REFUNDABLE
    here = {line.id for line in lines}
    found: dict[int, Original] = {}
    sources: set[str] = set()
    for account in {line.account for line in refunds}:
        mine = [line for line in refunds if line.account == account]
        numbers = {number for line in mine for number in named[line.id]}
        paid = staging.with_refs(conn, unit, account, numbers, since)
        for number, more in staging.with_keys(conn, unit, account, numbers, since).items():
            paid.setdefault(number, []).extend(more)
        back = staging.with_keys(conn, unit, account, refund_keys(numbers), since)
        for line in mine:
            original = _original(line, named[line.id], paid, back, here)
            if original is None:
                continue
            found[line.id] = original[0]
            if original[1] in (staging.DRAFTED, staging.POSTED):
                sources.add(f"bank:{original[0].import_id}")
    states = (*drafts.UNDECIDED, drafts.POSTED)
    entered = drafts.by_sources(conn, unit, sources, states)
    for line_id, one in found.items():
        row = entered.get(f"bank:{one.import_id}")
        if row is not None:
            found[line_id] = replace(one, postings=draft_from_json(row.payload).postings)
    return found


def _original(
    line: LineRow,
    numbers: set[str],
    paid: dict[str, list[Keyed]],
    back: dict[str, list[Keyed]],
    here: set[int],
) -> tuple[Original, str] | None:
    """The payment of a refund with the state of its line; None if there is none.

    ``here`` are the lines that are being settled: nothing is decided of them yet.
    """
    others = {hit.id: hit for key in refund_keys(numbers) for hit in back.get(key, [])}
    hits = {
        hit.id: hit
        for number in numbers
        for hit in paid.get(number, [])
        if hit.id != line.id and hit.id not in others
    }
    # Of one order there may be a payment and a fee: the refund is of what went the other way.
    opposite = [hit for hit in hits.values() if hit.fen * line.fen < 0]
    chosen = opposite or list(hits.values())
    if not chosen:
        return None
    one = chosen[0]
    refunded = sum(
        abs(other.fen)
        for other in others.values()
        if other.id != line.id
        and other.fen * line.fen > 0
        and (
            (other.id not in here and other.state in (staging.DRAFTED, staging.POSTED))
            or (other.day, other.id) < (line.day, line.id)
        )
    )
    several = len(chosen) > 1
    return Original(one.id, one.fen, one.import_id, (), refunded, several), one.state


def by_refund(line: LineRow, original: Original | None) -> Settled | Question | None:
    """A refund names the payment that it takes back: its accounts are taken back with it."""
    if original is None:
        return None
    number = original.number
    what_zh, what_en = f"退款，原交易是流水 {number}", f"a refund of line {number}"
    if original.several:
        return Question(
            Words(
                "退款，同一单号有几笔原交易，由人确定",
                "a refund, and several payments have its number: say which",
            ),
            60,
        )
    whole = abs(line.fen) == abs(original.fen)
    if line.fen * original.fen >= 0 or abs(line.fen) > abs(original.fen):
        return Question(
            Words(f"{what_zh}，但方向或金额不合", f"{what_en}, but side or amount do not fit"), 60
        )
    if abs(line.fen) + original.refunded > abs(original.fen):
        already = Money(original.refunded, line.currency).grouped
        return Question(
            Words(
                f"{what_zh}，其中 {already} 已经退过，合计超过原交易",
                f"{what_en}, of which {already} was refunded before: together it is more",
            ),
            60,
        )
    if line.text.fee:
        return Question(
            Words(f"{what_zh}，含手续费，分摊由人确定", f"{what_en} with a fee: say of which"), 60
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
