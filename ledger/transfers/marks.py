"""The words by which postings of both books name a transfer; importing them costs nothing."""

from __future__ import annotations

from typing import Final

#: The posting metadata that holds a transfer's reference, in both books.
TRANSFER: Final = "transfer"
#: Names the other unit.
COUNTER: Final = "counter"
CLAIM: Final = "claim"
#: Names the other unit where a whole book is handed over: no money goes from one to the other.
MERGER: Final = "merger"
#: How references begin.
PREFIX: Final = "ZZ"
