"""The federation and its units."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from ledger.registry.schema.base import Moment, metadata

# One row: whose registry this is, and a digest by which another master key is told at once.
federation = Table(
    "federation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("key_digest", String(64), nullable=False),
)

unit = Table(
    "unit",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_en", String(200), nullable=False, default=""),
    Column("upper", String(40), ForeignKey("unit.id")),
    Column("chart", String(40), nullable=False),
    Column("opened", Date, nullable=False),
    Column("closed", Date),
    # Above this a voucher needs two checkers.
    Column("limit_fen", BigInteger, nullable=False),
    # What rules ask of a unit: where it is, and which kinds of unit it is, blanks between them.
    Column("province", String(40), nullable=False, server_default=""),
    Column("kinds", String(200), nullable=False, server_default=""),
    # Where it stands in the federation: its level, the tags of its region with blanks between them,
    # and the channel that its money comes by.
    Column("level", String(20), nullable=False, server_default=""),
    Column("regions", String(80), nullable=False, server_default=""),
    Column("channel", String(20), nullable=False, server_default=""),
    CheckConstraint("limit_fen >= 0", name="limit"),
)

# Base figures of a unit as of a day: members, staff, venues, heads. A later row for the same day
# and key corrects an earlier one; nothing is written over.
unit_figure = Table(
    "unit_figure",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("key", String(20), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
    Column("source", String(300), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("value >= 0", name="value"),
    Index(None, "key", "day"),
)
