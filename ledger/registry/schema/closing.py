"""What a unit's closing asks for from when on; what was waived, counted, handed in."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from ledger.registry.schema.base import Moment, metadata

# From a day on, whether a thing has to be there before a month is closed. A later row for the same
# day and key corrects an earlier one; nothing is written over.
closing_rule = Table(
    "closing_rule",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("key", String(16), primary_key=True),  # papers, bank, transfers, year-end
    Column("day", Date, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("required", Boolean, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# What one person asked and another confirmed: a paper, a bank's confirmation or an agreement comes
# until a day; or what was counted at a month's end, with its paper. What ended stays.
closing_waiver = Table(
    "closing_waiver",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(10), nullable=False),  # papers, bank, transfer, count
    Column("subject", String(120), nullable=False),  # a voucher, an account, a transfer
    Column("month", String(7), nullable=False),
    Column("until", Date),  # of what is to come
    Column("fen", BigInteger),  # of what was counted
    Column("reason", String(300), nullable=False),
    Column("paper", String(64), nullable=False),  # of what was counted
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    Column("ended_by", String(16)),
    Column("ended_at", Moment),
    Column("end_paper", String(64), nullable=False, server_default=""),  # which came after all
    Column("end_note", String(300), nullable=False, server_default=""),
    CheckConstraint("(until IS NULL) = (fen IS NOT NULL)", name="until_or_counted"),
    Index(None, "unit", "kind", "subject"),
)
