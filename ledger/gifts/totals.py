"""What became of several gifts in all, or of one in several funds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ledger.money import percent_text

if TYPE_CHECKING:
    from ledger.gifts.following import Followed, FundFollowed


class Totals:
    """Sums in fen over what :meth:`followed` gives."""

    def followed(self) -> Iterable[Followed]:
        """The gifts, each in one fund, that are summed."""
        raise NotImplementedError

    def _sum(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.followed())

    @property
    def received_fen(self) -> int:
        """What givers gave: money, and things at their worth."""
        return self._sum("received_fen")

    @property
    def used_fen(self) -> int:
        return self._sum("used_fen")

    @property
    def held_fen(self) -> int:
        return self._sum("held_fen")

    @property
    def returned_fen(self) -> int:
        return self._sum("returned_fen")


class CampaignTotals(Totals):
    """A campaign's; what moved is what consents took to it from other funds, and from it."""

    fund: FundFollowed

    @property
    def raised_fen(self) -> int:
        """What givers gave to it."""
        return self.received_fen

    @property
    def moved_in_fen(self) -> int:
        return self._sum("moved_in_fen")

    @property
    def moved_out_fen(self) -> int:
        return self._sum("moved_out_fen")

    @property
    def coverage(self) -> str:
        """The share of what the fund spent that is traced to gifts; empty if nothing was spent."""
        return percent_text(self.fund.traced_fen, self.fund.spent_fen)
