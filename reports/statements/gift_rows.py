"""What statements of a yearly report on gifts are built from, and what a posting is of a gift.

A *receipt* is a posting that names a gift and says that it came: a credit of income, of the asset
fund where a chart keeps things there, or of what is owed for a gift that is not the unit's own. A
refund, or the reversal of a receipt, takes it back, and counts in the period in which it is posted.
What is handed out, moved to another fund or released is no receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Words, finding
from ledger.gifts.marks import GIFT, MOVED, REFUND
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.registry.donors import UNNAMED
from ledger.registry.gifts import ASSET, GOODS, SERVICE
from reports.statement import Backing, VoucherLine

if TYPE_CHECKING:
    from ledger.gifts.disclosed import Disclosed
    from ledger.model import PostedLine
    from ledger.registry.campaigns import CampaignRow
    from ledger.registry.donors import DonorRow
    from ledger.registry.gifts import GiftRow
    from ledger.rules.disclosure_tables import ShareTable
    from reports.statements.figures import Span
    from reports.statements.source import Source

CASH, THINGS, SERVICES = "cash", "goods", "services"
#: In what a gift came, in the order of the columns.
MEANS: Final = {
    CASH: Words("现金", "Cash"),
    THINGS: Words("实物折合", "Things, at their worth"),
    SERVICES: Words("劳务折合", "Services, at their worth"),
}


@dataclass(frozen=True)
class GiftRows:
    """What the registry and the book say of a unit's gifts, from the year before the period's on.

    ``receipts`` are of the unit's own gifts, ``held`` of gifts that are another's or depend on a
    condition; ``handed`` are things given out that no expense shows (unions). ``plain`` are
    donations that no gift stands behind, on accounts that hold donations alone. ``campaigns`` go by
    their fund. The rules are None where none is in force; ``ratios`` says which one of spending is.
    """

    accounts: Disclosed
    gifts: Mapping[str, GiftRow] = field(default_factory=dict)
    donors: Mapping[str, DonorRow] = field(default_factory=dict)
    campaigns: Mapping[str, CampaignRow] = field(default_factory=dict)
    receipts: Sequence[PostedLine] = ()
    held: Sequence[PostedLine] = ()
    handed: Sequence[PostedLine] = ()
    plain: Sequence[PostedLine] = ()
    large: ShareTable | None = None
    major: ShareTable | None = None
    services: bool = False
    ratios: Sequence[Words] = ()

    @property
    def means(self) -> dict[str, Words]:
        """The columns that the unit's rule knows."""
        return {key: words for key, words in MEANS.items() if key != SERVICES or self.services}

    def gift(self, line: PostedLine) -> GiftRow:
        """The gift that a posting names; Refused where nobody entered it."""
        code = dict(line.meta)[GIFT]
        row = self.gifts.get(code)
        if row is None:
            raise Refused(
                finding(
                    "figure-unbacked",
                    f"凭证 {line.number} 写明的捐赠 {code[:24]} 没有登记，报表不出数",
                    f"voucher {line.number} names gift {code[:24]}, which nobody entered; "
                    "nothing is told",
                    "请管理员用 mingbai check 查明",
                    "have an administrator look with mingbai check",
                )
            )  # fmt: skip
        return row

    def came_in(self, line: PostedLine) -> str:
        """Money, things or services: in what a gift came."""
        kind = self.gift(line).kind
        if kind in (GOODS, ASSET):
            return THINGS
        return SERVICES if kind == SERVICE else CASH


def is_receipt(line: PostedLine) -> bool:
    """Whether a posting on an account of receipts says that a gift came, or takes that back."""
    said = dict(line.meta)
    if GIFT not in said or MOVED in said:
        return False
    return bool(said.get(REFUND)) or (line.amount.fen < 0) != bool(line.reverses)


def within(lines: Iterable[PostedLine], span: Span) -> list[PostedLine]:
    """Those of whole months."""
    return [line for line in lines if span.first <= Month.of(line.day) <= span.last]


def worth(lines: Iterable[PostedLine], sign: int = -1) -> Money:
    """What postings add up to; a credit counts above nothing unless told otherwise."""
    return Money(sum(sign * line.amount.fen for line in lines))


def backing_of(
    ref: str, label: Words, lines: Iterable[PostedLine], sign: int = -1
) -> Backing:  # fmt: skip
    """The postings behind a figure, signed as it is."""
    found = tuple(signed(line, sign) for line in lines)
    return Backing(ref, label, None, found, Money(sum(line.amount.fen for line in found)))


def signed(line: PostedLine, sign: int) -> VoucherLine:
    amount = line.amount if sign > 0 else -line.amount
    return VoucherLine(
        line.number, line.day, line.narration, line.account, line.fund, amount, line.papers
    )


def in_yuan(lines: Iterable[PostedLine]) -> list[PostedLine]:
    """Those in yuan that do not carry a year over."""
    return [line for line in lines if line.amount.currency == CNY and not line.carried]


def rows_of(source: Source) -> GiftRows:
    if source.gift_rows is None:
        raise ValueError("a statement of gifts is built from what the registry knows of them")
    return source.gift_rows


def donor_words(donor: DonorRow) -> Words:
    """What a donor is called where everyone reads it: by code, and not even so without consent."""
    if donor.consent == UNNAMED:
        return Words("匿名捐赠人", "Anonymous donor")
    return Words(donor.id, donor.id)


def sentence(words: Words) -> Words:
    """What a finding or a table of data says, as a note."""
    return Words(f"{words.zh}。", f"{words.en[0].upper()}{words.en[1:]}.")


def rule_words(rule: str, table: ShareTable | None, say: Callable[[ShareTable], Words]) -> Words:
    """Which rule decided, or that none is loaded."""
    if table is None:
        return Words(
            f"没有装入规则（{rule}）：本期没有现行标准，不单列。",
            f"No rule loaded ({rule}): none is in force for this period, so that nothing is named.",
        )
    said, head = say(table), table.head
    return Words(
        f"{said.zh}（{head.key}，{head.source}，{head.confidence}）。",
        f"{said.en} ({head.key}; {head.confidence}).",
    )
