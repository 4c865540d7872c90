"""Drafts of gifts that wait: what they would enter counts before they are approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import numbered
from ledger.canonical_reader import parse_voucher
from ledger.draft_text import draft_from_json
from ledger.errors import Refused, finding
from ledger.registry import drafts, entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from ledger.entry import Draft, Posting
    from ledger.registry.drafts import DraftRow


def source(conn: Connection, unit: str, what: str, code: str, seen: str = "") -> str:
    """The source of the next draft of a gift: ``gift:in:JZ2026-0001-7:2`` for its second receipt.

    One whose draft was withdrawn, or whose voucher was reversed, is free again. ``seen`` is what a
    form said it would be: Refused if it is another by now, so that a form sent twice makes one.
    """
    name = next(numbered.free(conn, unit, f"gift:{what}:{code}"))
    if seen and seen != name:
        raise Refused(
            finding(
                "sent-twice", f"{code} 在打开表单之后已有新的草稿或凭证",
                f"of {code} something was entered since this form was opened",
                "核对下列各笔；确需再登记一笔的，再提交一次",
                "look at what stands there now; if it is another one, send it again",
            )
        )  # fmt: skip
    return name


def entered(
    conn: Connection, unit: str, acts: Sequence[str], codes: Sequence[str]
) -> Iterator[tuple[str, Draft]]:
    """What vouchers that stand entered by these acts of gifts: the gift's code, and the entry."""
    heads = [f"gift:{act}:{code}" for act in acts for code in codes]
    for standing in numbered.standing(conn, unit, heads):
        texts = entries.texts_of(conn, unit, standing.values())
        for source, number in standing.items():
            yield gift_of(source), parse_voucher(texts[number].decode()).draft


def of_gift(conn: Connection, unit: str, code: str) -> list[DraftRow]:
    """The drafts of a gift that wait, or were returned to their maker."""
    return [
        one for one in drafts.in_states(conn, unit, drafts.UNDECIDED) if gift_of(one.source) == code
    ]


def gift_of(source: str) -> str:
    """The gift that a draft of this source is of; empty for any other."""
    parts = source.split(":")
    return parts[2] if len(parts) == 4 and parts[0] == "gift" and parts[1] != "release" else ""


def postings(conn: Connection, unit: str, what: str, code: str) -> Iterator[Posting]:
    """The postings of drafts of a gift that wait, or were returned to their maker."""
    head = f"gift:{what}:{code}:"
    for one in drafts.in_states(conn, unit, drafts.UNDECIDED):
        if one.source.startswith(head):
            yield from draft_from_json(one.payload).postings
