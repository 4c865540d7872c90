"""Balances and vouchers as exports tell them; amounts are whole fen, debit positive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger import canonical_reader
from ledger.gifts.marks import FOREIGN, RATE
from ledger.money import CNY, Money, yuan
from ledger.period import Month

if TYPE_CHECKING:
    from ledger.entry import Meta

#: Of what a line may say more than account, fund and amount: the key in the book, and its words.
DIMENSIONS: Final[Mapping[str, tuple[str, str]]] = {
    "fund": ("资金", "Fund"),
    "allocation": ("专项（项目）", "Allocation (project)"),
    "counter": ("往来单位", "Other unit"),
}
_FACTS: Final = re.compile(
    rf'\n  id: "({canonical_reader.VALUE})"\n  unit: "[^\n]*\n  seq: ([0-9]+)\n'
    rf'  maker: "({canonical_reader.VALUE})"\n  checker: "({canonical_reader.VALUE})"\n'
    rf'  posted: "([^"]+)"\n(?:  papers[0-9]*: [^\n]*\n)*  source: "({canonical_reader.VALUE})"\n'
)


@dataclass(frozen=True, slots=True)
class Balance:
    """One account, fund and currency over a period; fen, ``debit`` and ``credit`` not negative."""

    account: str
    fund: str
    currency: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        """Debit positive."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One posting. ``fen`` is positive where it debits; ``foreign`` is what was foreign money."""

    ordinal: int
    account: str
    fund: str
    fen: int
    currency: str
    meta: Meta
    units: str
    commodity: str

    @property
    def debit(self) -> int:
        return max(self.fen, 0)

    @property
    def credit(self) -> int:
        return max(-self.fen, 0)

    @property
    def own(self) -> bool:
        """Whether the book keeps it in yuan."""
        return self.currency == CNY

    @property
    def foreign(self) -> Money | None:
        """What moved in another currency, not negative: kept in it, or converted into yuan."""
        if not self.own:
            return Money(abs(self.fen), self.currency)
        told = self.said(FOREIGN)
        if not told:
            return None
        number, _, currency = told.partition(" ")
        try:
            return abs(yuan(number, currency))
        except ValueError:  # words that somebody typed are no amount
            return None

    @property
    def rate(self) -> str:
        return self.said(RATE)

    def said(self, key: str) -> str:
        """What the line says under a key; its fund is one of them."""
        if key == "fund":
            return self.fund
        return next((value for name, value in self.meta if name == key), "")


@dataclass(frozen=True, slots=True)
class ExportVoucher:
    """One voucher; ``posted`` is the moment as the book writes it, ``checkers`` ids with blanks."""

    number: str
    id: str
    seq: int
    day: date
    payee: str
    narration: str
    maker: str
    checkers: str
    posted: str
    papers: tuple[str, ...]
    source: str
    reverses: str
    lines: tuple[ExportLine, ...]

    @property
    def kind(self) -> str:
        return self.number[0]

    @property
    def month(self) -> Month:
        return Month.of(self.day)

    @property
    def posted_day(self) -> date:
        return date.fromisoformat(self.posted[:10])

    @property
    def words(self) -> str:
        """Payee and narration in one; the number where both are empty."""
        return "；".join(part for part in (self.payee, self.narration) if part) or self.number


@dataclass
class Totals:
    """What an export wrote: counted while it is written, and compared with the book."""

    vouchers: int = 0
    lines: int = 0
    moved: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)

    def add(self, voucher: ExportVoucher) -> None:
        self.vouchers += 1
        self.lines += len(voucher.lines)
        for line in voucher.lines:
            cell = self.moved.setdefault((line.account, line.fund, line.currency), [0, 0])
            cell[line.fen < 0] += abs(line.fen)

    def by_currency(self) -> dict[str, tuple[int, int]]:
        """Debits and credits in fen, by currency."""
        found: dict[str, tuple[int, int]] = {}
        for (_, _, currency), (debit, credit) in sorted(self.moved.items()):
            before = found.get(currency, (0, 0))
            found[currency] = before[0] + debit, before[1] + credit
        return found


def read_voucher(text: str) -> ExportVoucher:
    """A voucher from its canonical text, which was accepted before."""
    lean = canonical_reader.read_lean(text)
    facts = _FACTS.search(text)
    if facts is None:
        raise canonical_reader.NotCanonical("", 1)
    id, seq, maker, checkers, posted, source = map(canonical_reader.unquoted, facts.groups())
    lines = tuple(
        ExportLine(
            line.ordinal + 1, line.account, line.fund, line.fen, line.currency, line.meta,
            line.units, line.commodity,
        )
        for line in lean.lines
    )  # fmt: skip
    return ExportVoucher(
        lean.number, id, int(seq), lean.day, lean.payee, lean.narration, maker, checkers, posted,
        lean.papers, source, lean.reverses, lines,
    )  # fmt: skip
