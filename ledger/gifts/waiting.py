"""Drafts of gifts that wait: what they would enter counts before they are approved."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from ledger.draft_text import draft_from_json
from ledger.registry import drafts, entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.entry import Posting


def source(conn: Connection, unit: str, what: str, code: str) -> str:
    """The source of the next draft of a gift: ``gift:in:JZ2026-0001-7:2`` for its second receipt.

    One whose draft was withdrawn, or whose voucher was reversed, is free again.
    """
    for number in count(1):
        name = f"gift:{what}:{code}:{number}"
        waits = drafts.by_source(conn, unit, name, drafts.UNDECIDED)
        if not waits and not entries.posted_sources(conn, unit, name):
            return name
    raise AssertionError


def postings(conn: Connection, unit: str, what: str, code: str) -> Iterator[Posting]:
    """The postings of drafts of a gift that wait, or were returned to their maker."""
    head = f"gift:{what}:{code}:"
    for one in drafts.in_states(conn, unit, drafts.UNDECIDED):
        if one.source.startswith(head):
            yield from draft_from_json(one.payload).postings
