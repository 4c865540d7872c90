"""Vouchers of which the text was kept: read as values where a procedure asks for their lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ledger.account import carries_over
from ledger.canonical_reader import parse_voucher
from ledger.entry import Voucher
from ledger.model import PostedLine


@lru_cache(maxsize=20_000)
def voucher_of(text: bytes) -> Voucher:
    """The voucher of a canonical text, read once for all procedures that ask for it."""
    return parse_voucher(text.decode())


def lines_of(text: bytes, row: int) -> Iterator[PostedLine]:
    """Its postings as the read model tells them; ``line`` is the row of the population."""
    voucher = voucher_of(text)
    draft = voucher.draft
    carried = carries_over([one.account for one in draft.postings])
    for one in draft.postings:
        lot = one.lot
        yield PostedLine(
            voucher.number, draft.day, draft.narration, draft.payee, one.account, one.fund,
            one.amount, draft.papers, one.meta, "", row, carried,
            "" if lot is None else str(lot.units), "" if lot is None else lot.label or "",
            draft.reverses or "", "" if lot is None else lot.commodity,
        )  # fmt: skip
