"""What is made of a line: settled, with the entries against the money account, or a question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from importers.drafting import OtherSide
from importers.rules import facts_of
from ledger.errors import Words
from ledger.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from importers.rules import Facts, Rule
    from ledger.entry import Meta
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
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Why a line waits for a person."""

    reason: Words
    score: int = 0


def worth(line: LineRow) -> Money:
    """What a line is about: its amount, or the gross where a fee is inside."""
    return Money(line.text.gross or line.fen, line.currency)


def may_be_worth(line: LineRow) -> tuple[Money, ...]:
    """What a payment may have been: as it came, or before a fee that its row names was kept."""
    if line.text.gross or not line.text.fee or line.fen <= 0:
        return (worth(line),)
    return worth(line), Money(line.fen + line.text.fee, line.currency)


def facts(line: LineRow, amount: Money) -> Facts:
    """What rules look at in a line of which ``amount`` is entered."""
    text = line.text
    return facts_of(
        line.account, line.day, amount, counterparty=text.counterparty,
        counterparty_account=text.counterparty_account, memo=text.memo, status=text.status,
        sub_account=text.sub_account,
    )  # fmt: skip


def with_fee(line: LineRow, found: Settled, rules: Iterable[Rule]) -> Settled | Question:
    """Grossed up: the fee that the row names goes where the unit's rule for fees says.

    The gross stands against the other side; what is missing to the line's amount is the fee.
    """
    if not line.text.fee:
        return found
    rest = total(side.amount for side in found.sides) - Money(line.fen, line.currency)
    if not rest.fen or rest.fen != line.text.fee:
        return found
    fee = Money(-line.text.fee, line.currency)
    of_fee = facts(line, fee)
    rule = next((rule for rule in rules if rule.purpose == "fee" and rule.fits(of_fee)), None)
    if rule is None:
        return Question(
            Words(
                f'{found.reason.zh}；含手续费 {rest.grouped}，没有手续费规则（for = "fee"）',
                f"{found.reason.en}; a fee of {rest.grouped} is inside, and no rule for fees says "
                "where it goes",
            ),
            found.score,
        )
    sides = [
        OtherSide(share.account, share.fund, part, share.meta)
        for share, part in rule.parts(fee)
        if part
    ]
    zh = f"{found.reason.zh}；手续费 {rest.grouped} 按规则 {rule.number}"
    en = f"{found.reason.en}; the fee {rest.grouped} by rule {rule.number}"
    return replace(found, sides=(*found.sides, *sides), reason=Words(zh, en))
