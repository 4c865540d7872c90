"""Vouchers as columns of numbers, with tables of their words: what audit procedures count over."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: The columns of whole numbers, with their type codes of :mod:`array`. Amounts are in fen, days are
#: proleptic ordinals; ``month`` is twelve times the year, and the month less one. ``size`` is the
#: larger half's debits; ``out`` what left cash and bank, and ``cash`` what left cash alone, net.
#: ``nature`` is one of the three below.
NUMBERS: Final = {
    "seq": "I", "kind": "B", "month": "H", "ordinal": "I", "day": "i", "posted": "i",
    "size": "q", "out": "q", "cash": "q", "papers": "H", "nature": "B",
}  # fmt: skip
#: Entries on income or spending, those that carry these over to net assets, and all others.
ACTIVITY, CARRIED, BALANCES = range(3)
#: The columns that number a text in a table of their own; 0 is the empty one. ``pair`` is the codes
#: of the accounts debited and credited, ``text`` payee and narration without their digits, ``memo``
#: what else was written of it, also without; ``document`` the numbers of its invoices, each without
#: blanks and in capitals, a blank between them.
WORDS: Final = (
    "maker", "checkers", "payee", "source", "reverses", "pair", "document", "text", "memo",
)  # fmt: skip


class Run(NamedTuple):
    """Entries that follow each other in one file: ``first`` and ``last`` are their places in the
    book, ``begins`` and ``chain`` the chains of both; the first one's text is ``length`` bytes from
    ``offset``."""

    first: int
    last: int
    begins: str
    chain: str
    offset: int
    length: int


class Rate(NamedTuple):
    """A voucher that says at which rate an amount of another currency was entered."""

    row: int
    currency: str
    amount: str
    rate: str
    fens: tuple[int, ...]


@dataclass
class Columns:
    """What was read of one file, or of several put together; ``len`` is how many vouchers.

    ``tables`` has the texts that a column of :data:`WORDS` numbers. ``loose`` are rows that name
    another unit and no transfer; ``named`` the texts of vouchers that name a gift, aid or an asset,
    or touch an account that was watched; ``funds`` what each fund's resources moved by, by fund,
    currency and day, and ``takers`` the last row that took from it then; ``digests`` the papers
    that are named, 32 bytes each, by the rows ``papered``; ``personal`` rows whose words hold a
    telephone, an identity or card number, or an e-mail address. ``others`` are the entries that are
    no vouchers: place, kind and text. ``broken`` is the line at which the hash chain breaks within
    the file, ``wanted`` the chain of the entry that was asked for, if it is there.
    """

    numbers: dict[str, array[int]] = field(
        default_factory=lambda: {name: array(code) for name, code in NUMBERS.items()}
    )
    words: dict[str, array[int]] = field(
        default_factory=lambda: {name: array("I") for name in WORDS}
    )
    tables: dict[str, dict[str, int]] = field(
        default_factory=lambda: {name: {"": 0} for name in WORDS}
    )
    rates: list[Rate] = field(default_factory=list)
    loose: list[tuple[int, str]] = field(default_factory=list)
    named: list[tuple[int, bytes]] = field(default_factory=list)
    funds: dict[tuple[str, str, int], int] = field(default_factory=dict)
    takers: dict[tuple[str, str, int], int] = field(default_factory=dict)
    digests: bytearray = field(default_factory=bytearray)
    papered: array[int] = field(default_factory=lambda: array("I"))
    personal: list[int] = field(default_factory=list)
    others: list[tuple[int, str, str]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    broken: int = 0
    wanted: str = ""

    def __len__(self) -> int:
        return len(self.numbers["seq"])
