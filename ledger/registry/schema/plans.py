"""Distribution plans, and what they gave to whom."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from ledger.registry.schema.base import Moment, metadata

# A version of a plan as it was proposed: the file itself, and the draft that pays it.
plan = Table(
    "plan",
    metadata,
    Column("payer", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("id", String(30), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(120), nullable=False),
    Column("pool_fen", BigInteger, nullable=False),
    Column("decision", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text", LargeBinary, nullable=False),
    # The file's name, which says how it is written.
    Column("file", String(200), nullable=False, server_default="plan.toml"),
    Column("draft", String(16), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

plan_row = Table(
    "plan_row",
    metadata,
    Column("payer", String(40), primary_key=True),
    Column("plan", String(30), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("base", String(40), nullable=False),
    Column("weight", String(20), nullable=False),
    Column("fen", BigInteger, nullable=False),
)
