"""Fixed assets: what a book cannot hold of them. Cost and depreciation stand in the book alone.

``asset_sum`` repeats what the book says of each, moved by every voucher, so that nobody walks the
journal to know it; a check holds both equal.
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

# A card: what somebody said of an asset when it was entered. ``cost_fen`` is nothing for what the
# unit does not own (memo register). ``life_months`` is none where the class is not depreciated.
asset = Table(
    "asset",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),  # FA-00012: the commodity in the book
    Column("name", String(120), nullable=False),
    Column("spec", String(120), nullable=False),
    Column("serial", String(60), nullable=False),
    Column("class_id", String(32), nullable=False),
    Column("regime", String(32), nullable=False),  # by which rule it was classed, with its version
    Column("source", String(12), nullable=False),  # bought, granted, gift, built, found, memo
    Column("ownership", String(10), nullable=False),  # unit, state, employer, other
    Column("fund", String(40), nullable=False),
    Column("acquired", Date, nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    Column("residual_fen", BigInteger, nullable=False),
    Column("life_months", Integer),
    Column("method", String(20), nullable=False),
    Column("units_total", BigInteger, nullable=False),  # 0 unless depreciated by use
    Column("first", String(7), nullable=False),  # the first month that is charged
    Column("removal_charged", Boolean, nullable=False),  # whether the month in which it leaves is
    Column("begun_fen", BigInteger, nullable=False),  # depreciated before it came into this book
    Column("charged", String(120), nullable=False),  # where its depreciation goes, if it has to say
    Column("gift", String(24)),
    Column("parent", String(24)),  # the asset that it is a component of
    Column("paper", String(64), nullable=False),
    Column("photo", String(64), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "parent"], ["asset.unit", "asset.code"]),
    CheckConstraint("cost_fen >= 0", name="cost"),
    CheckConstraint("residual_fen >= 0", name="residual"),
    CheckConstraint("begun_fen >= 0", name="begun"),
    Index(None, "unit", "gift"),
)

# What the book says of a thing on an account of fixed assets: pieces and cost that are there, and
# what was depreciated of it. A thing without a card has a row too.
asset_sum = Table(
    "asset_sum",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("asset", String(24), primary_key=True),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("millionths", BigInteger, nullable=False),  # of a piece: 1,000,000 is one
    Column("cost_fen", BigInteger, nullable=False),
    Column("accumulated_fen", BigInteger, nullable=False),
)

# Lives and residual values as they were estimated anew, each from a month on. It counts once the
# request behind it was approved; ``accumulated_fen`` is what was depreciated before that month.
asset_estimate = Table(
    "asset_estimate",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("asset", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("month", String(7), nullable=False),
    Column("life_months", Integer, nullable=False),  # from that month on
    Column("residual_fen", BigInteger, nullable=False),
    Column("method", String(20), nullable=False),
    Column("accumulated_fen", BigInteger, nullable=False),
    Column("request", String(24), nullable=False),
    ForeignKeyConstraint(["unit", "asset"], ["asset.unit", "asset.code"]),
)

# How much an asset was used in a month, where it is depreciated by use. Never written over: what
# was wrong is corrected by another line, which may be below nothing.
asset_use = Table(
    "asset_use",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("asset", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("month", String(7), nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("note", String(120), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "asset"], ["asset.unit", "asset.code"]),
)

# What happened to an asset's custody, in order: who keeps it where from that day on.
asset_event = Table(
    "asset_event",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("asset", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("day", Date, nullable=False),
    Column("keeper", String(16), nullable=False),  # m-… or u-…
    Column("place", String(120), nullable=False),
    Column("until", Date),  # when it is to be back
    Column("request", String(24)),
    Column("note", String(300), nullable=False),
    Column("paper", String(64), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "asset"], ["asset.unit", "asset.code"]),
)

# A request to move, lend, lease, repair, scrap, sell or give away: asked for by one, approved by
# another who is not the keeper, signed for by who receives.
asset_request = Table(
    "asset_request",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("day", Date, nullable=False),
    Column("decision", String(60), nullable=False),
    Column("ground", String(20), nullable=False),  # why it is scrapped
    Column("reason", String(300), nullable=False),
    Column("to_unit", String(40)),
    Column("to_party", String(16)),  # cp-…
    Column("to_keeper", String(16), nullable=False),
    Column("to_place", String(120), nullable=False),
    Column("until", Date),
    Column("price_fen", BigInteger, nullable=False),
    # What a new estimate says.
    Column("month", String(7), nullable=False),
    Column("life_months", Integer),
    Column("residual_fen", BigInteger, nullable=False),
    Column("method", String(20), nullable=False),
    Column("paper", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    Column("other_checker", String(16)),  # of the unit that receives it
    Column("other_at", Moment),
    Column("signer", String(16)),  # the user who entered the signature
    Column("signed", Date),
    Column("sign_paper", String(64), nullable=False),
    Column("ended", Date),  # when it came back, or left the book
    Column("note", String(300), nullable=False),  # why it was refused
    CheckConstraint("price_fen >= 0", name="price"),
    Index(None, "to_unit"),
)

asset_request_item = Table(
    "asset_request_item",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("request", String(24), primary_key=True),
    Column("asset", String(24), primary_key=True),
    ForeignKeyConstraint(["unit", "request"], ["asset_request.unit", "asset_request.code"]),
    ForeignKeyConstraint(["unit", "asset"], ["asset.unit", "asset.code"]),
    Index(None, "unit", "asset"),
)
