"""The parts of one payment: what each is for, and where it is entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.entry import Meta, Posting, meta_of
from ledger.money import CNY, Money

if TYPE_CHECKING:
    from ledger.registry.claims import ClaimRow
    from ledger.registry.receipts import ReceiptLine


@dataclass(frozen=True, slots=True)
class Part:
    """Money in above zero, money out below. Without a code it settles nothing: it was given."""

    account: str
    fund: str
    fen: int
    member: str | None
    code: str
    month: str
    rule: str
    kind: str
    currency: str = CNY

    @classmethod
    def of(cls, row: ClaimRow, fen: int) -> Part:
        return cls(
            row.account, row.fund, fen, row.member, row.code, row.month, row.rule, row.kind,
            row.currency,
        )  # fmt: skip

    @property
    def meta(self) -> Meta:
        given = "" if self.code else "yes"
        return meta_of({"member": self.member or "", "claim": self.code, "voluntary": given})

    @property
    def posting(self) -> Posting:
        """The entry against the money account."""
        return Posting(self.account, Money(-self.fen, self.currency), self.fund, self.meta)

    @property
    def line(self) -> ReceiptLine:
        from ledger.registry.receipts import ReceiptLine

        return ReceiptLine(self.code, self.rule, self.month, self.kind, self.fen)
