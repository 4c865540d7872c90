"""Drafts, approvals, drafts that recur, papers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from ledger.registry.schema.base import Moment, Serial, metadata

draft = Table(
    "draft",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("state", String(12), nullable=False),  # waiting, returned, withdrawn, posted
    Column("payload", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("source", String(300), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("created", Moment, nullable=False),
    Column("number", String(24)),
    Index(None, "unit", "state"),
    Index(None, "unit", "source"),
    Index(None, "unit", "number"),
)

approval = Table(
    "approval",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("draft", String(16), ForeignKey("draft.id"), nullable=False),
    Column("digest", String(64), nullable=False),  # of the payload that was seen
    Column("user", String(16), nullable=False),
    Column("decision", String(10), nullable=False),  # approve, return
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "draft"),
)

recurring = Table(
    "recurring",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("title", String(100), nullable=False),
    Column("payload", Text, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "unit"),
)

paper = Table(
    "paper",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("suffix", String(10), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the name that the file came with
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)
