"""Packs that were published, and what people asked of what was published."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
)

from ledger.registry.schema.base import Moment, metadata

# Every version stays: a correction is the next one, and explains itself.
pack_publication = Table(
    "pack_publication",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("period", String(10), primary_key=True),  # 2026, 2026-Q1, 2026-03
    Column("audience", String(10), primary_key=True),  # members, public
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("published", Date, nullable=False),
    Column("digest", String(64), nullable=False),  # of its SHA256SUMS
    Column("seal_size", Integer, nullable=False),
    Column("seal_root", String(64), nullable=False),
    Column("supersedes", Integer),
    Column("explanation", String(300), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("first <= last AND last <= published", name="days"),
)

# What somebody said or asked of a published line. What they wrote is sealed; ``words`` is what a
# person of the unit wrote for everybody to read, empty where nothing but the line is published.
objection = Table(
    "objection",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(10), nullable=False),  # objection, question
    Column("reference", String(160), nullable=False),
    Column("day", Date, nullable=False),
    Column("channel", String(10), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("words", String(500), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

objection_answer = Table(
    "objection_answer",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("words", String(1000), nullable=False),
    Column("note", String(300), nullable=False),  # why it takes the place of the one before
    Column("state", String(10), nullable=False),  # waiting, published, returned
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("day", Date),  # when it was published
    Column("checked_at", Moment),
    ForeignKeyConstraint(["unit", "code"], ["objection.unit", "objection.code"]),
)
