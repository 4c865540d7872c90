"""What the registry knows of a unit, as plain values: what else audit procedures count in.

No name is among them: that words name somebody is a number of a table, and who is related a payee
that the table has as well.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.period import Month

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.assets.accounts import AssetAccounts
    from ledger.dues.rechecking import Rechecked
    from ledger.rules.assets import AssetTable


class Witness(NamedTuple):
    """One place at which a book's text and its journal, or a closed month, say different things."""

    file: str
    line: int
    zh: str
    en: str


class Paper(NamedTuple):
    """A paper that the registry keeps; ``fault`` is empty while it can be opened and is the one."""

    digest: str
    fault: str
    fault_en: str


class Receipt(NamedTuple):
    """A number that was given in a series (``cash`` or ``gift``) of a year."""

    series: str
    year: int
    number: int


class Dues(NamedTuple):
    """What a member was assessed for a month, and what is claimed for it, in fen."""

    member: str
    rule: str
    month: str
    assessed: int
    claimed: int


class GiftTerms(NamedTuple):
    """In which funds a gift may stand, and the last day on which it may be used, if it has one."""

    code: str
    funds: tuple[str, ...]
    last: date | None
    related: bool


class AssetTerms(NamedTuple):
    """By which accounts and rule a unit keeps assets, and the first month that each one wears."""

    accounts: AssetAccounts
    table: AssetTable
    first: Mapping[str, Month]


#: What procedures count in beside vouchers: the fields of :class:`Known` that are rows.
KINDS: Final = ("witnesses", "papers", "receipts", "dues", "assessments", "gifts")


@dataclass(frozen=True)
class Known:
    """``persons`` tells who a user is, where that was said; ``naming`` and ``memos`` are the
    numbers of texts and memos that name a registered person, ``related`` those of payees that are
    related parties. ``files`` counts the files in which the witnesses were compared."""

    persons: Mapping[str, str] = field(default_factory=dict)
    naming: frozenset[int] = frozenset()
    memos: frozenset[int] = frozenset()
    related: frozenset[int] = frozenset()
    files: int = 0
    witnesses: tuple[Witness, ...] = ()
    papers: tuple[Paper, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    dues: tuple[Dues, ...] = ()
    assessments: tuple[Rechecked, ...] = ()
    gifts: tuple[GiftTerms, ...] = ()
    assets: AssetTerms | None = None

    def count(self, kind: str) -> int:
        """How many things of a kind there are to be counted in."""
        return self.files if kind == "witnesses" else len(getattr(self, kind))

    def line(self, unit: str, kind: str) -> str:
        """What stands for the rows of a kind in a digest."""
        text = json.dumps(getattr(self, kind), ensure_ascii=False, default=str)
        return f"{unit} {kind} {self.count(kind)} {hashlib.sha256(text.encode()).hexdigest()}\n"
