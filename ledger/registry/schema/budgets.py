"""Budgets in versions, and their ceilings."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from ledger.registry.schema.base import Moment, metadata

# A version of a unit's budget of a year: made by one, approved by another. The lines of an approved
# one stand in the unit's book as well.
budget = Table(
    "budget",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", String(12), nullable=False),  # draft, approved, withdrawn
    Column("decision", String(120), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    Column("papers", Text, nullable=False, server_default=""),  # digests, with spaces between
)

budget_line = Table(
    "budget_line",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fund", String(40), primary_key=True),
    Column("account", String(120), primary_key=True),
    Column("q1_fen", BigInteger, nullable=False),
    Column("q2_fen", BigInteger, nullable=False),
    Column("q3_fen", BigInteger, nullable=False),
    Column("q4_fen", BigInteger, nullable=False),
    Column("control", String(4), nullable=False),
)

# What was posted on a line in its year, kept with every voucher while the line is in force; a row
# that is missing is summed from the book when it is asked for.
budget_sum = Table(
    "budget_sum",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("fund", String(40), primary_key=True),
    Column("account", String(120), primary_key=True),
    Column("fen", BigInteger, nullable=False),
)
