"""What is asked of a book: the part of :class:`ledger.model.Model` that statements and rules need.

A protocol, so that figures can be worked out from any book that gives month cells and posted lines.
It loads nothing, so that whoever names it stays light.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ledger.entry import Voucher
    from ledger.model import AccountFacts, FundFacts, MonthCell, PostedLine
    from ledger.period import Month


class Ledger(Protocol):
    """A read model; months are inclusive."""

    def cells(
        self, *, since: Month | None = None, through: Month | None = None
    ) -> list[MonthCell]: ...

    def lines(
        self,
        *,
        since: Month | None = None,
        through: Month | None = None,
        accounts: Collection[str] | None = None,
        fund: str | None = None,
    ) -> Iterator[PostedLine]: ...

    def voucher(self, number: str) -> Voucher: ...

    def accounts(self) -> dict[str, AccountFacts]: ...

    def funds(self) -> dict[str, FundFacts]: ...

    def digest(self, through: Month) -> str: ...
