"""Claims: what is owed to a unit, by the code that a payment names."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    text,
)

from ledger.registry.schema.base import Moment, Serial, metadata


def _known(unit: str, column: str, *more: str) -> Index:
    """An index of the rows of which ``column`` is known."""
    which = text(f"{column} IS NOT NULL")
    return Index(None, unit, column, *more, sqlite_where=which, postgresql_where=which)


claim = Table(
    "claim",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),  # HY2026-0371-7, with its check digit
    Column("kind", String(16), nullable=False),  # dues, fee, allocation, gift, gift-fee
    Column("member", String(16)),
    Column("account", String(120), nullable=False),  # what is credited when it is paid
    Column("fund", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("currency", String(24), nullable=False),
    # open, drafted, paid, off, void; of a credit: drafted, credit, refunding, used, void
    Column("state", String(10), nullable=False),
    Column("list_code", String(24)),  # the list that this claim stands in, if any
    Column("rule", String(24), nullable=False, server_default=""),  # party, union-member, …
    Column("due", Date),  # the last day on which it is paid in time
    Column("settled_on", Date),  # the day on which it was paid, written off or made void
    Column("parent", String(24)),  # the claim that this one is a part of, or replaces
    # The credit that settled it, or the write-off; of a credit, the claim or voucher that used it.
    Column("settled_by", String(24)),
    Column("gift", String(24)),  # the gift that it is of, and who gives it
    Column("donor", String(16)),
    Index(None, "unit", "state"),
    Index(None, "unit", "member"),
    # A new claim has none of these: the index takes it up when it has.
    _known("unit", "list_code"),
    _known("unit", "parent"),
    _known("unit", "settled_on", "month"),
    _known("unit", "settled_by"),
    Index(
        "ix_claim_sums",
        "unit",
        "month",
        "rule",
        "kind",
        "state",
        "settled_on",
        "fen",
        sqlite_where=text("member IS NOT NULL"),
        postgresql_where=text("member IS NOT NULL"),
    ),
)

# A claim that was settled from a day on, until a reversal or a reopening took that back.
claim_past = Table(
    "claim_past",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("claim", String(24), nullable=False),
    Column("state", String(10), nullable=False),  # what it was: paid, off, used
    Column("settled_on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("settled_by", String(24)),
    Index(None, "unit", "until"),
)

# A list that one deposit pays: from which paper it came, and who is to pay it.
claim_list = Table(
    "claim_list",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("template", String(24), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # who pays it
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# The order numbers by which claims are paid through a collection page; a code is a claim's or a
# payroll list's.
claim_order = Table(
    "claim_order",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("number", String(64), primary_key=True),
    Column("code", String(24), nullable=False),
    Index(None, "unit", "code"),
)
