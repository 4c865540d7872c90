"""Values as the desk's pages show them."""

from __future__ import annotations

from ledger.money import Money


def fen(amount: int | None) -> str:
    """Whole fen as grouped yuan; a dash where nothing is known."""
    return "—" if amount is None else Money(amount).grouped
