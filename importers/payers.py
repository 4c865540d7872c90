"""Whose account pays for whom: learnt from what people confirm, and from nothing else.

An account that a person confirmed for a member is kept as a keyed digest beside the member's
person, never in clear, and forgotten with them. It is not learnt where it is plainly somebody
else's: one of the unit's own, a masked one, or one whose holder pays on another's behalf.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from importers.suggesting import is_for_another
from ledger import workflow
from ledger.registry import claims, imports, members, persons, staging

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry import Registry, Vault
    from ledger.registry.staging import LineRow

#: The kind of digest by which a payer's account is found.
PAYER: Final = "payer"
_SHORTEST: Final = 8


def payer_account(line: LineRow) -> str:
    """The number that money came from, in digits; empty where none can be told for certain."""
    text = unicodedata.normalize("NFKC", line.text.counterparty_account)
    digits = "".join(text.split()).replace("-", "")
    plain = digits.isascii() and digits.isdigit() and len(digits) >= _SHORTEST
    return digits if plain and line.fen > 0 else ""


def learn(
    conn: Connection, vault: Vault, line: LineRow, codes: Collection[str], draft_id: str
) -> None:
    """A person said that this line pays these claims: keep the payer's account for their member.

    It is forgotten when the draft is withdrawn or returned, or its voucher reversed.
    """
    account = payer_account(line)
    member = _one_member(conn, line.unit, codes)
    if not account or member is None or is_for_another(line.text.memo):
        return
    own = {_digits(row.number) for row in imports.accounts(conn, vault, line.unit)}
    others = set(persons.find(conn, vault, "name", line.text.counterparty)) - {member.person}
    if account not in own and not others:
        persons.learn(conn, vault, member.person, PAYER, account, draft_id)


def learn_again(conn: Connection, registry: Registry, draft: Draft, draft_id: str) -> None:
    """A person corrected an answer: it teaches what it says now, and nothing that it said before.

    A draft that no statement line stands behind, or that was matched by itself, teaches nothing.
    """
    persons.forget_taught(conn, draft_id)
    if not staging.was_decided(conn, draft_id):
        return
    for number in staging.lines_of_draft(conn, draft_id):
        line = staging.find_line(conn, registry.vault, draft.unit, number)
        if line is not None:
            learn(conn, registry.vault, line, workflow.claims_of(draft), draft_id)


def _one_member(conn: Connection, unit: str, codes: Collection[str]) -> members.MemberRow | None:
    """The member whose claims these are, if they are one member's."""
    owed = {row.member for row in claims.with_codes(conn, unit, codes)} if codes else set()
    if len(owed) != 1 or None in owed:
        return None
    return members.find(conn, str(owed.pop()))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
