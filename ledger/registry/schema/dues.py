"""Dues: what members owe and why, given up, receipts and reminders."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from ledger.registry.schema.base import Moment, Serial, metadata

# How a unit collects one kind of dues: by which rule, and where what is paid is entered.
dues_scheme = Table(
    "dues_scheme",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("prefix", String(2), nullable=False),  # of the codes by which it is paid
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# What is known of a member for one kind of dues, whole, under the person's key. A change is a new
# version; none is ever written over.
member_facts = Table(
    "member_facts",
    metadata,
    Column("member", String(16), ForeignKey("member.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# What a member owes for a month. Number 0 is the first assessment; each later one is a difference,
# made when a fact changed. ``fen`` is the difference, ``total_fen`` what is owed in all by then.
assessment = Table(
    "assessment",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("member", String(16), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fen", BigInteger, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("due", Date, nullable=False),
    Column("table_key", String(80), nullable=False),  # the rule's table and version
    Column("table_digest", String(64), nullable=False),
    Column("row", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # all it was made of, under the person's key
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "member", "month"),
)

# Dues that are given up: proposed, signed by two, and perhaps taken back.
write_off = Table(
    "write_off",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),  # WO2026-0001-…
    Column("claim", String(24), nullable=False),
    Column("state", String(10), nullable=False),  # proposed, off, refused, reopened
    Column("reason", String(300), nullable=False),
    Column("decision", String(100), nullable=False),
    Column("off_on", Date),
    Index(None, "unit", "claim"),
)

# Who did what with a write-off, in order.
write_off_act = Table(
    "write_off_act",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), nullable=False),
    Column("code", String(24), nullable=False),
    Column("deed", String(10), nullable=False),  # propose, approve, refuse, reopen
    Column("user", String(16), nullable=False),
    Column("note", String(300), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["write_off.unit", "write_off.code"]),
    Index(None, "unit", "code"),
)

# Numbered receipts for cash: no number is left out, and none is taken away.
receipt = Table(
    "receipt",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("draft", String(16), ForeignKey("draft.id"), nullable=False),
    Column("member", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("lines", Text, nullable=False),  # JSON: what it was for, by month, without names
    Column("state", String(10), nullable=False),  # valid, void
    Column("reason", String(300), nullable=False),  # why it is void
    Column("printed", Integer, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "draft"),
    Index(None, "unit", "member"),
)

# Who was reminded of what, when and how. It is the program's log; nothing was sent by it.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("member", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("how", String(10), nullable=False),  # letter, sms
    Column("fen", BigInteger, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "unit", "member"),
)
