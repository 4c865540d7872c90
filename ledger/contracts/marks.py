"""The words by which postings name a contract, and what a draft says of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.entry import Draft, Meta, Posting

#: The contract's code, its milestone's, and the id of the other side.
CONTRACT: Final = "contract"
MILESTONE: Final = "milestone"
PARTY: Final = "party"
#: How milestones' codes begin; a claim of such a code waits for what a milestone brings.
_MILESTONES: Final = "JD"


@dataclass(frozen=True, slots=True)
class Named:
    """A posting that names a contract, a milestone, or both."""

    posting: Posting
    contract: str
    milestone: str


def milestone_of(meta: Meta) -> str:
    """The milestone that metadata names, itself or by the claim that waited for it."""
    waited = ""
    for key, value in meta:
        if key == MILESTONE:
            return value
        if key == "claim" and value.startswith(_MILESTONES):
            waited = value
    return waited


def named(draft: Draft) -> list[Named]:
    """The draft's postings that name contracts or milestones."""
    found = []
    for posting in draft.postings:
        if not posting.meta:
            continue  # most have none, and a long import has many
        milestone = milestone_of(posting.meta)
        code = next((value for key, value in posting.meta if key == CONTRACT), "")
        if code or milestone:
            found.append(Named(posting, code, milestone))
    return found


def moved_by(lines: Iterable[Named]) -> dict[str, int]:
    """What moves on each milestone, debit positive, in fen."""
    found: dict[str, int] = {}
    for one in lines:
        if one.milestone:
            found[one.milestone] = found.get(one.milestone, 0) + one.posting.amount.fen
    return found
