"""Which voucher corrects what was found: asked of the journal, never taken on trust.

A voucher is corrected by its reversal, or by one that was posted after the finding was opened and
links it. Whether a voucher is later than a finding is told by their order, not by a clock. What is
asked costs the vouchers since the finding, never the whole journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.audit.subjects import ASSET, GIFT, VOUCHER
from ledger.canonical_reader import parse_voucher
from ledger.errors import Finding, Words, finding
from ledger.registry import entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry.audit_findings import ActRow, FindingRow
    from ledger.registry.entries import EntryRow

REVERSAL, LINKED, AGAIN, LATER = "reversal", "linked", "again", "later"
HOW_WORDS: Final = {
    REVERSAL: Words("冲销了它", "reverses it"),
    LINKED: Words("之后记账，并注明它", "posted later, and links it"),
    AGAIN: Words("冲销后同一来源再记账", "posted again from the same source"),
    LATER: Words("之后记账", "posted later"),
}
_KEYS: Final = {GIFT: "gift", ASSET: "asset"}


@dataclass(frozen=True, slots=True)
class Correction:
    """A voucher that bears on what was found; ``how`` is one of :data:`HOW_WORDS`.

    ``said`` is True where the unit named it in an answer.
    """

    number: str
    day: date
    posted: str
    how: str
    said: bool


def how(conn: Connection, row: FindingRow, number: str) -> str | None:
    """How a voucher corrects what was found; None if it does not."""
    voucher = entries.by_number(conn, row.unit, number)
    if voucher is None:
        return None
    if row.kind == VOUCHER and voucher.reverses == row.subject:
        return REVERSAL
    if voucher.seq <= row.seq:
        return None
    if row.kind != VOUCHER:
        return LINKED if _links(conn, row, voucher) else LATER
    return LINKED if _links(conn, row, voucher) else None


def faults(conn: Connection, row: FindingRow, number: str) -> Iterator[Finding]:
    """What speaks against a voucher that is said to correct what was found."""
    voucher = entries.by_number(conn, row.unit, number)
    if voucher is None:
        yield _bad(
            f"单位 {row.unit} 没有这张凭证", f"unit {row.unit} has no such voucher",
            "写已记账的更正凭证号；草稿审核后再答复",
            "give the number of a posted voucher; a draft has to be approved first",
        )  # fmt: skip
    elif how(conn, row, number) is not None:
        return
    elif voucher.seq <= row.seq:
        yield _bad(
            f"{number} 在提出发现之前已记账，也不冲销 {row.subject or '所指事项'}",
            f"{number} was posted before the finding was opened, and does not reverse it",
            "写冲销凭证或之后记账的更正凭证", "give the reversal, or a voucher posted since",
        )  # fmt: skip
    else:
        yield _bad(
            f"{number} 不冲销 {row.subject}，也没有注明 {row.code}",
            f"{number} neither reverses {row.subject} nor links {row.code}",
            f"冲销所指凭证；或填制凭证时注明 {row.code}",
            f"reverse the voucher, or enter one that links {row.code}",
        )  # fmt: skip


def corrections(conn: Connection, row: FindingRow, acts: Sequence[ActRow]) -> list[Correction]:
    """What the journal shows by itself, with what the unit named, in the order of posting."""
    said = {act.voucher for act in acts if act.voucher}
    found: dict[str, tuple[EntryRow, str]] = {}
    if row.kind == VOUCHER:
        reversal = entries.reversal_of(conn, row.unit, row.subject)
        again = _again(conn, row) if reversal else None
        for other, way in ((reversal, REVERSAL), (again, AGAIN)):
            posted = entries.by_number(conn, row.unit, other) if other else None
            if posted is not None and other is not None:
                found[other] = (posted, way)
    for voucher in entries.naming_since(conn, row.unit, f"^{row.code}", row.seq):
        if voucher.number is not None and row.code in _draft(voucher).links:
            found.setdefault(voucher.number, (voucher, LINKED))
    for number in said - set(found):
        named, found_how = entries.by_number(conn, row.unit, number), how(conn, row, number)
        if named is not None and found_how is not None:
            found[number] = (named, found_how)
    ordered = sorted(found.items(), key=lambda item: item[1][0].seq)
    return [
        Correction(number, voucher.day, voucher.posted, way, number in said)
        for number, (voucher, way) in ordered
    ]


def _again(conn: Connection, row: FindingRow) -> str | None:
    """What stands of the source of a voucher that was reversed: the same thing, entered anew."""
    voucher = entries.by_number(conn, row.unit, row.subject)
    if voucher is None or not voucher.source or voucher.source == "user":
        return None
    return entries.standing_sources(conn, row.unit, [voucher.source]).get(voucher.source)


def _links(conn: Connection, row: FindingRow, voucher: EntryRow) -> bool:
    draft = _draft(voucher)
    if row.code in draft.links:
        return True
    if row.kind == VOUCHER:
        subject = entries.by_number(conn, row.unit, row.subject)
        return subject is not None and subject.id in draft.links
    key = _KEYS.get(row.kind, "")
    values = [*draft.meta, *(pair for posting in draft.postings for pair in posting.meta)]
    return bool(key) and (key, row.subject) in values


def _draft(voucher: EntryRow) -> Draft:
    return parse_voucher(voucher.text.decode()).draft


def _bad(zh: str, en: str, todo_zh: str, todo_en: str) -> Finding:
    return finding("not-a-correction", zh, en, todo_zh, todo_en)
