"""Receipts of gifts, numbered per unit and year, and the roots over each closed month's."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

# A receipt for what one voucher brought of a gift. Its number is never taken away. ``month`` is the
# one with which it is sealed; ``leaf`` what stands for it in that month's root while it is valid,
# ``void_leaf`` what stands for it once it is void, in the root of ``void_month``.
gift_receipt = Table(
    "gift_receipt",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("gift", String(24), nullable=False),
    Column("voucher", String(24), nullable=False),
    Column("donor", String(16), nullable=False),
    Column("day", Date, nullable=False),  # the voucher's
    Column("kind", String(12), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("month", String(7), nullable=False),
    Column("leaf", String(64), nullable=False),
    Column("void_leaf", String(64), nullable=False),
    Column("printed", Integer, nullable=False),
    Column("official", String(60), nullable=False),  # the finance authority's number, once entered
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    # Asked to be void by one, confirmed by another.
    Column("void_reason", String(300), nullable=False),
    Column("void_by", String(16)),
    Column("void_at", Moment),
    Column("void_checker", String(16)),
    Column("void_month", String(7)),
    ForeignKeyConstraint(["unit", "gift"], ["gift.unit", "gift.code"]),
    Index(None, "unit", "gift"),
    Index(None, "unit", "month"),
    Index(None, "unit", "void_month"),
)

# The root over a month's receipts as it was closed, kept for good; closed again, it has another.
gift_receipt_root = Table(
    "gift_receipt_root",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)
