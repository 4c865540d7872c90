"""Stocktakes: what was expected when one began, what was seen, and the differences that remain.

Nothing here is written over or deleted: a thing that is scanned again has another scan, and a
difference that is explained keeps every explanation that was proposed.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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

# ``of`` is the class, the place or the keeper that it is limited to; ``counters`` the ids of the
# users who were named to count, with a blank between them.
stocktake = Table(
    "stocktake",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("day", Date, nullable=False),
    Column("scope", String(8), nullable=False),
    Column("of", String(120), nullable=False),
    Column("counters", String(400), nullable=False),
    Column("state", String(10), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("closed", Date),
    Column("closed_at", Moment),
    Column("note", String(300), nullable=False),
)

# What the register said of a thing on the opening day, frozen. ``state`` says whether it was there
# or away; for what was away, place and keeper are where and with whom it may be seen, empty where
# nobody said. ``event`` is the last thing that had happened to it. What was seen beside the list
# has a row too, and is not expected.
stocktake_item = Table(
    "stocktake_item",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("stocktake", String(24), primary_key=True),
    Column("asset", String(24), primary_key=True),
    Column("expected", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("place", String(120), nullable=False),
    Column("keeper", String(16), nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    Column("event", Integer, nullable=False),
    ForeignKeyConstraint(["unit", "stocktake"], ["stocktake.unit", "stocktake.code"]),
    ForeignKeyConstraint(["unit", "asset"], ["asset.unit", "asset.code"]),
    CheckConstraint("cost_fen >= 0", name="cost"),
    Index(None, "unit", "asset"),
)

# What somebody saw, or looked for and did not see. Without an asset it is a thing that no register
# names, with what it may be worth.
stocktake_scan = Table(
    "stocktake_scan",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("stocktake", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("asset", String(24)),
    Column("seen", Boolean, nullable=False),
    Column("place", String(120), nullable=False),
    Column("keeper", String(16), nullable=False),
    Column("note", String(300), nullable=False),
    Column("worth_fen", BigInteger, nullable=False),
    Column("photo", String(64), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "stocktake"], ["stocktake.unit", "stocktake.code"]),
    ForeignKeyConstraint(
        ["unit", "stocktake", "asset"],
        ["stocktake_item.unit", "stocktake_item.stocktake", "stocktake_item.asset"],
    ),
    CheckConstraint("worth_fen >= 0", name="worth"),
)

# An alarm: it stays until a resolution of it was approved. ``fen`` is what the thing cost, or what
# something that was found may be worth.
stocktake_difference = Table(
    "stocktake_difference",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("stocktake", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("asset", String(24)),
    Column("scan", Integer),
    Column("place", String(120), nullable=False),
    Column("keeper", String(16), nullable=False),
    Column("seen_place", String(120), nullable=False),
    Column("seen_keeper", String(16), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    ForeignKeyConstraint(["unit", "stocktake"], ["stocktake.unit", "stocktake.code"]),
    Index(None, "unit", "state"),
)

# How somebody says that a difference was settled; another person approves it or sends it back.
stocktake_resolution = Table(
    "stocktake_resolution",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("stocktake", String(24), primary_key=True),
    Column("difference", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("way", String(10), nullable=False),
    Column("request", String(24)),
    Column("asset", String(24)),
    Column("place", String(120), nullable=False),
    Column("note", String(300), nullable=False),
    Column("paper", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked", Date),
    Column("checked_at", Moment),
    Column("reason", String(300), nullable=False),
    ForeignKeyConstraint(
        ["unit", "stocktake", "difference"],
        [
            "stocktake_difference.unit",
            "stocktake_difference.stocktake",
            "stocktake_difference.number",
        ],
    ),
)
