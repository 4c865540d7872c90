"""Allocations: promised, released, arrived, returned, lapsed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
)

from ledger.registry.schema.base import Moment, metadata

# What a finance bureau or an upper unit promised a unit by a document: entered by one person,
# confirmed by another. What came, was spent and went back is read from vouchers; the rest are
# events.
allocation = Table(
    "allocation",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("document", String(60), nullable=False),
    Column("giver", String(100), nullable=False),
    Column("level", String(20), nullable=False),
    Column("year", Integer, nullable=False),
    Column("nature", String(10), nullable=False),  # general, special
    Column("use", String(10), nullable=False),  # basic, project
    Column("name", String(120), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("approved", Date, nullable=False),
    Column("release_by", Date),
    Column("arrive_by", Date),
    Column("spend_by", Date),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(10), nullable=False, server_default="approved"),  # waiting, refused
    Column("paper", String(64)),  # the digest of the document
    Column("checker", String(16)),
    Column("checked_at", Moment),
    CheckConstraint("fen > 0", name="fen"),
)

allocation_event = Table(
    "allocation_event",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),  # released, lapsed, undone
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("note", String(300), nullable=False),
    Column("undoes", Integer),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(10), nullable=False, server_default="approved"),  # waiting, refused
    Column("checker", String(16)),
    Column("checked_at", Moment),
    ForeignKeyConstraint(["unit", "code"], ["allocation.unit", "allocation.code"]),
)

# What each voucher moves of an allocation, in the order of posting, and its sums by day: derived
# from the journal, forgotten and read again at any time.
allocation_move = Table(
    "allocation_move",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("voucher", String(24), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(10), primary_key=True),  # arrived, spent, returned
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("account", String(120), nullable=False),
    Index(None, "unit", "code", "day"),
)

allocation_day = Table(
    "allocation_day",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

# The last entry of a unit's journal whose moves are known.
allocation_reach = Table(
    "allocation_reach",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
