"""Donors, campaigns and gifts: what a book cannot hold. Money itself stands in the book alone."""

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
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from ledger.registry.schema.base import Moment, metadata

# Who gives to a unit. A person's or a company's name lies under the key of ``person``; an anonymous
# donor has none. ``letters`` is how long the name is, so that it is looked for in what is posted.
donor = Table(
    "donor",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("kind", String(10), nullable=False),  # person, company, anonymous
    Column("person", String(16), ForeignKey("person.id")),
    Column("abroad", Boolean, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("salt", LargeBinary, nullable=False),  # sealed
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "unit"),
    Index(None, "person"),
)

# What a donor consents to, and whether they are a related party: in versions, never written over.
donor_consent = Table(
    "donor_consent",
    metadata,
    Column("donor", String(16), ForeignKey("donor.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("consent", String(10), nullable=False),  # named, masked, anonymous
    Column("related", Boolean, nullable=False),
    Column("paper", String(64), nullable=False),  # the digest of what says so, if anything does
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# A campaign, asked for by one and opened by another; closing it likewise. ``rule`` is by which its
# gifts are followed: it is said before the first gift comes.
campaign = Table(
    "campaign",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("purpose", String(300), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("restriction", String(12), nullable=False),  # what its fund is declared with
    Column("start", Date, nullable=False),
    Column("end", Date),  # the last day
    Column("target_fen", BigInteger, nullable=False),  # 0 where it has none
    Column("public", Boolean, nullable=False),
    Column("emergency", Boolean, nullable=False),
    Column("filing", String(60), nullable=False),
    Column("partner", String(120), nullable=False),
    Column("rule", String(10), nullable=False),  # fifo, pro-rata, named
    Column("state", String(10), nullable=False),  # waiting, open, closing, closed, withdrawn
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    # How it is closed: the day, the decision, what becomes of what is left, and who asked for it.
    Column("closed", Date),
    Column("decision", String(120), nullable=False, server_default=""),
    Column("leftover", String(300), nullable=False, server_default=""),
    Column("closer", String(16)),
    Column("close_checker", String(16)),
    Column("close_at", Moment),
    UniqueConstraint("unit", "fund"),
    CheckConstraint("target_fen >= 0", name="target"),
)

# What a campaign means to spend its money on.
campaign_line = Table(
    "campaign_line",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("campaign", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("purpose", String(120), nullable=False),
    Column("fen", BigInteger, nullable=False),
    ForeignKeyConstraint(["unit", "campaign"], ["campaign.unit", "campaign.code"]),
)

# A gift as it was promised or came. ``fen`` is its worth in yuan: gross of a platform's fee, at the
# day's rate for foreign money, nothing for what cannot be measured.
gift = Table(
    "gift",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(12), nullable=False),  # cash, platform, goods, service, pledge, memo
    Column("campaign", String(24)),
    Column("donor", String(16), ForeignKey("donor.id"), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("fee_fen", BigInteger, nullable=False),
    Column("currency", String(24), nullable=False),
    Column("foreign_fen", BigInteger, nullable=False),  # of its own currency, where that is no yuan
    Column("rate", String(24), nullable=False),
    Column("rate_source", String(120), nullable=False),
    Column("quantity", String(24), nullable=False),
    Column("measure", String(20), nullable=False),
    Column("commodity", String(24), nullable=False),
    Column("basis", String(12), nullable=False),  # invoice, fair-value, appraisal, nominal
    Column("paper", String(64), nullable=False),  # the digest of the paper behind it
    Column("purpose", String(300), nullable=False),
    Column("until", Date),  # not to be used before this day
    Column("nature", String(12), nullable=False),  # own, agency, conditional
    Column("terms", String(300), nullable=False),  # the condition, or for whom it is held
    Column("related", Boolean, nullable=False),
    Column("order", String(64), nullable=False),  # the platform's
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "campaign"], ["campaign.unit", "campaign.code"]),
    CheckConstraint("fen >= 0", name="fen"),
    Index(None, "unit", "campaign"),
    Index(None, "unit", "order"),
    Index(None, "donor"),
)

# What happened to a gift beside vouchers. What changes terms counts once somebody else approved it.
gift_event = Table(
    "gift_event",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("gift", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),  # defaulted, changed, void
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("note", String(300), nullable=False),
    Column("paper", String(64), nullable=False),
    Column("campaign", String(24)),  # where a change takes it
    Column("fund", String(40), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    ForeignKeyConstraint(["unit", "gift"], ["gift.unit", "gift.code"]),
)

# What was made public of a unit, of one campaign or of one gift. It counts once a second person
# confirmed it. Nothing is written over: a correction is a row of its own that names what it
# corrects and explains why.
disclosure = Table(
    "disclosure",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("campaign", String(24)),
    Column("gift", String(24)),
    Column("subject", String(60), nullable=False),  # the decision or voucher it is about
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("published", Date, nullable=False),
    Column("place", String(200), nullable=False),
    Column("paper", String(64), nullable=False),  # the digest of what was published
    Column("corrects", Integer),
    Column("note", String(300), nullable=False),
    Column("state", String(10), nullable=False),  # waiting, published, withdrawn
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    Column("audience", String(10), nullable=False),  # members, public, superior
    ForeignKeyConstraint(["unit", "campaign"], ["campaign.unit", "campaign.code"]),
    ForeignKeyConstraint(["unit", "gift"], ["gift.unit", "gift.code"]),
    CheckConstraint("first <= last", name="days"),
    CheckConstraint("last <= published", name="past"),
    Index(None, "unit", "campaign"),
)
