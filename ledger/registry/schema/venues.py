"""Venues: places where members meet, when they are open, who shares, books and uses them."""

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

# A venue of a unit. Everything that is said of it stands in versions of four kinds: what it is,
# when it is open, who shares its cost by which key, and since when it is closed.
venue = Table(
    "venue",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("state", String(10), nullable=False),  # waiting, open, closed, withdrawn
)

# A version holds from its first day on once another person approved it, until a later one does.
venue_version = Table(
    "venue_version",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(10), primary_key=True),  # facts, hours, key, closing
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("first", Date, nullable=False),
    Column("state", String(10), nullable=False),  # draft, approved, withdrawn
    Column("reason", String(300), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    ForeignKeyConstraint(["unit", "code"], ["venue.unit", "venue.code"]),
)

# What a venue is. ``area`` is in hundredths of a square metre; ``asset`` the code it has in the
# register of assets, where the unit owns it.
venue_facts = Table(
    "venue_facts",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(80), nullable=False),
    Column("name_en", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("place", String(120), nullable=False),
    Column("area", BigInteger, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("public_benefit", Boolean, nullable=False),
    Column("basis", String(200), nullable=False),
    Column("owner", String(10), nullable=False),  # own, employer, unit, rented
    Column("owner_unit", String(40), ForeignKey("unit.id")),
    Column("asset", String(16)),
    ForeignKeyConstraint(["unit", "code"], ["venue.unit", "venue.code"]),
    CheckConstraint("area > 0 AND capacity > 0", name="size"),
)

# One span of a weekday (1 is Monday) in minutes since midnight; the last minute is 1440.
venue_hours = Table(
    "venue_hours",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("weekday", Integer, primary_key=True, autoincrement=False),
    Column("opens", Integer, primary_key=True, autoincrement=False),
    Column("closes", Integer, nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["venue.unit", "venue.code"]),
    CheckConstraint("weekday >= 1 AND weekday <= 7", name="weekday"),
    CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="span"),
)

# A part of the cost as an exact fraction; ``party`` is a unit or an organisation (``cp-…``).
venue_key = Table(
    "venue_key",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("party", String(40), nullable=False),
    Column("numerator", BigInteger, nullable=False),
    Column("denominator", BigInteger, nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["venue.unit", "venue.code"]),
    CheckConstraint("numerator > 0 AND numerator <= denominator", name="share"),
)

# A day on which the venue is closed although its hours say otherwise, or was until it was lifted.
venue_closed_day = Table(
    "venue_closed_day",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("reason", String(100), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("lifted_by", String(16)),
    Column("lifted_at", Moment),
    ForeignKeyConstraint(["unit", "code"], ["venue.unit", "venue.code"]),
)

# A booking. ``party`` is empty for members and for the public. Organisations only, never a person.
venue_booking = Table(
    "venue_booking",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("booking", String(24), primary_key=True),
    Column("code", String(24), nullable=False),
    Column("day", Date, nullable=False),
    Column("opens", Integer, nullable=False),
    Column("closes", Integer, nullable=False),
    Column("audience", String(10), nullable=False),  # members, public, shared
    Column("party", String(40), nullable=False),
    Column("purpose", String(120), nullable=False),
    Column("heads", Integer, nullable=False),
    Column("fee_fen", BigInteger, nullable=False),
    Column("decision", String(120), nullable=False),  # what lets it be outside opening hours
    Column("state", String(10), nullable=False),  # asked, confirmed, refused, cancelled, used, …
    Column("note", String(200), nullable=False),
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),  # who confirmed or refused it
    Column("checked_at", Moment),
    Column("changed_by", String(16)),  # who cancelled it, or entered that it was used or not
    Column("changed_at", Moment),
    ForeignKeyConstraint(["unit", "code"], ["venue.unit", "venue.code"]),
    CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="span"),
    CheckConstraint("heads >= 0 AND fee_fen >= 0", name="counts"),
    Index(None, "unit", "code", "day"),
)

# What the venue was used for: counts, never persons. Numbered without gaps per venue and year, and
# never altered: an entry that was wrong is taken back by another one, which names its number.
venue_use = Table(
    "venue_use",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("opens", Integer, nullable=False),
    Column("closes", Integer, nullable=False),
    Column("audience", String(10), nullable=False),
    Column("party", String(40), nullable=False),
    Column("heads", Integer, nullable=False),
    Column("fee_fen", BigInteger, nullable=False),
    Column("booking", String(24), nullable=False),  # empty without one
    Column("decision", String(120), nullable=False),
    Column("note", String(120), nullable=False),
    Column("takes_back", Integer),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["venue.unit", "venue.code"]),
    CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="span"),
    CheckConstraint("heads >= 0 AND fee_fen >= 0", name="counts"),
    Index(None, "unit", "code", "day"),
)
