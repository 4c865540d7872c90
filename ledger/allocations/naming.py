"""Naming an allocation on the lines of an entry that spend it, or that its money comes in on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.allocations.attributing import ALLOCATION
from ledger.entry import meta_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ledger.entry import Draft, Posting
    from ledger.registry.entries import AccountRow


def codes_in(draft: Draft) -> set[str]:
    """What the lines of a draft name."""
    return {dict(line.meta).get(ALLOCATION, "") for line in draft.postings} - {""}


def naming(
    postings: Sequence[Posting], code: str, known: Mapping[str, AccountRow]
) -> list[Posting]:
    """The postings with the allocation on every line of income or spending.

    Where nothing is spent, as in books that enter what they buy as a thing at once, it stands on
    the line of the thing. Lines that name one already stay as they are. Whether there is such an
    allocation, of the line's fund and not spent, the posting path says.
    """
    capital = {name for name, row in known.items() if row.capital}
    named = [line.account.startswith(("Income:", "Expenses:")) for line in postings]
    if not any(named):
        named = [
            line.account in capital and line.account.startswith("Assets:") for line in postings
        ]
    return [
        replace(line, meta=meta_of({**dict(line.meta), ALLOCATION: code}))
        if wanted and ALLOCATION not in dict(line.meta)
        else line
        for line, wanted in zip(postings, named, strict=True)
    ]
