"""Allocations: promised, released, arrived, returned, lapsed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
)

from ledger.registry.schema.base import Moment, metadata

# What a finance bureau or an upper unit promised a unit by a document. What arrived, was spent and
# went back is read from vouchers that name the code; the rest are events.
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
    ForeignKeyConstraint(["unit", "code"], ["allocation.unit", "allocation.code"]),
)
