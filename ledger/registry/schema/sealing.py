"""Seals of closed months, the keys that sign them, and who asked to open a month again."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.registry.schema.base import Moment, metadata

# A seal as it was entered: the same text stands in the unit's folder. ``version`` counts the
# closings of the month, ``size`` is the number of the closing's entry.
seal = Table(
    "seal",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("unit", "size"),
)

# What waits to be signed elsewhere; a unit seals in order, so one at a time.
seal_request = Table(
    "seal_request",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# The public keys of a unit in their order; empty stands for sealing without one. The first signed
# seal pins a key; every later one is asked for by one person and confirmed by another.
seal_key = Table(
    "seal_key",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # pinned, taken, asked, confirmed, withdrawn
    Column("reason", String(300), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
)

# A closed month is opened again by two: asked for, then confirmed or taken back.
reopening = Table(
    "reopening",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("month", String(7), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("state", String(10), nullable=False),  # asked, confirmed, withdrawn
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
)
