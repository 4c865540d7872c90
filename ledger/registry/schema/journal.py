"""The journal: accounts, funds, entries, and what is summed of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from ledger.registry.schema.base import Moment, metadata

account = Table(
    "account",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("name_en", String(200), nullable=False),
    Column("currency", String(24), nullable=False),
    Column("capital", Boolean, nullable=False),
    Column("opened", Date, nullable=False),
    Column("closed", Date),
)

fund = Table(
    "fund",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("restriction", String(16), nullable=False),
    Column("source", String(300), nullable=False),
    Column("opened", Date, nullable=False),
    Column("closed", Date),
)

# How a restricted fund's spendable resources changed, so that "never below zero on any day" is
# decided from days and months, not from the whole history.
fund_day = Table(
    "fund_day",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("fund", String(40), primary_key=True),
    Column("currency", String(24), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

fund_month = Table(
    "fund_month",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("fund", String(40), primary_key=True),
    Column("currency", String(24), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("file", String(20), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("posted", Moment, nullable=False),
    Column("key", String(120), nullable=False),  # idempotency: one key, one entry
    # Of vouchers only:
    Column("number", String(24)),
    Column("id", String(16)),
    Column("source", String(300)),
    Column("reverses", String(24)),
    UniqueConstraint("unit", "key"),
    UniqueConstraint("unit", "number"),
    UniqueConstraint("unit", "reverses"),  # a voucher is reversed once
    Index(None, "unit", "file", "offset"),
    Index(None, "unit", "source"),
)

voucher_count = Table(
    "voucher_count",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("kind", String(4), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("last", Integer, nullable=False),
)

# The head of a unit's chain, and how long each of its files is by the journal.
book_head = Table(
    "book_head",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("chain", String(64), nullable=False),
)

book_file = Table(
    "book_file",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("file", String(20), primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
)

month_state = Table(
    "month_state",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("state", String(10), nullable=False),  # closed, reopened
    Column("digest", String(64), nullable=False),
    Column("by", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)
