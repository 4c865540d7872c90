"""Reversals: how a posted voucher is taken back, and how it is found.

Correcting means reversing, then entering the right voucher; a reversal is a draft like any other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import posting, workflow
from ledger.entry import Draft, Voucher, safe_text
from ledger.errors import Refused, finding
from ledger.registry import entries

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


def reverse(
    registry: Registry,
    unit: str,
    number: str,
    maker: User,
    now: datetime,
    *,
    day: date,
    reason: str,
) -> str:
    """Propose the reversal of a posted voucher on ``day``; the draft's id.

    The reversal takes every posting back with its fund and metadata and links to what it corrects.
    Correcting means reversing, then entering the right voucher.
    """
    workflow.demand(maker, "record", unit)
    if not safe_text(reason):
        raise Refused(
            finding(
                "no-reason",
                "冲销须写明原因",
                "a reversal says why",
                "用 --reason 写明原因",
                "give the reason with --reason",
            )
        )
    draft = reversal_of(find_voucher(registry, unit, number), day, reason)
    with registry.write() as conn:
        return workflow.propose_in(conn, registry, draft, maker.id, now)


def reversal_of(original: Voucher, day: date, reason: str) -> Draft:
    """The draft that takes a voucher back on ``day``, line by line."""
    back = original.draft
    return replace(
        back,
        day=day,
        narration=safe_text(f"冲销 {original.number}：{reason}"),
        postings=tuple(map(posting.negated, back.postings)),
        links=(),
        tags=(),
        source=f"reverse:{original.number}",
        reverses=original.number,
    )


def find_voucher(registry: Registry, unit: str, number: str) -> Voucher:
    """A posted voucher from the journal; Refused if there is none."""
    with registry.read() as conn:
        return find_voucher_in(conn, unit, number)


def find_voucher_in(conn: Connection, unit: str, number: str) -> Voucher:
    """:func:`find_voucher` within a caller's transaction."""
    from ledger.canonical_reader import parse_voucher

    row = entries.by_number(conn, unit, number)
    if row is None:
        raise Refused(
            finding(
                "no-voucher",
                f"单位 {unit} 没有凭证 {number[:40]}",
                f"unit {unit} has no voucher {number[:40]}",
                "用 mingbai report … journal 查凭证号",
                "look the number up with mingbai report … journal",
            )
        )
    return parse_voucher(row.text.decode())
