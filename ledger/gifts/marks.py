"""The metadata by which postings say what they are of a gift."""

from __future__ import annotations

from typing import Final

#: The gift, by its code; and who gave it, by their id.
GIFT: Final = "gift"
DONOR: Final = "donor"
#: On what goes back to the giver: the gift's code once more. A reversal needs no such mark.
REFUND: Final = "refund"
#: On what is moved to another fund with the donor's consent: that fund.
MOVED: Final = "moved"
#: On a release from restriction: the voucher that is its evidence.
EVIDENCE: Final = "evidence"
#: Foreign money: how much, and at which rate it stands in the book.
FOREIGN, RATE, RATE_SOURCE = "foreign", "rate", "rate-source"
#: Accounts on which a line that names a gift says that it came, went back or only changed its name.
SOURCE_LINES: Final = ("Income:", "Liabilities:", "Equity:")
