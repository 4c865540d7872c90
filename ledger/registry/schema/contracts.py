"""Service contracts, and major items with their decisions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from ledger.registry.schema.base import Moment, metadata

# An organisation that a unit serves or buys from. Its name stands here only; books hold its id.
counterparty = Table(
    "counterparty",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("unit", "name"),
)

# A service contract of a unit. What it says stands in its versions, of which the last one that
# another person confirmed is in force.
contract = Table(
    "contract",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("number", String(60), nullable=False),  # as the paper numbers it
    Column("role", String(10), nullable=False),  # supplier, buyer
    Column("party", String(16), ForeignKey("counterparty.id"), nullable=False),
    Column("state", String(10), nullable=False),  # signed, open, withdrawn, closed
    Column("version", Integer, nullable=False),  # the one in force; 0 before any is
)

contract_version = Table(
    "contract_version",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),  # draft, approved, withdrawn
    Column("purpose", String(200), nullable=False),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("advance_fen", BigInteger, nullable=False),  # what may move before acceptance
    Column("signed", Date, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("decision", String(120), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("paper", String(64), nullable=False),  # the contract itself, by its digest
    Column("maker", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("checked_at", Moment),
    ForeignKeyConstraint(["unit", "code"], ["contract.unit", "contract.code"]),
    CheckConstraint("fen > 0 AND advance_fen >= 0 AND advance_fen <= fen", name="fen"),
)

# What is to be delivered by when, and what is paid for it. ``milestone`` is the code that postings
# name; it stays the same in every version.
contract_milestone = Table(
    "contract_milestone",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("milestone", String(24), nullable=False),
    Column("due", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("deliverable", String(200), nullable=False),
    ForeignKeyConstraint(
        ["unit", "code", "version"],
        ["contract_version.unit", "contract_version.code", "contract_version.version"],
    ),
    CheckConstraint("fen > 0", name="fen"),
    Index(None, "unit", "milestone"),
)

# How a milestone stands now: accepted since a day or not, and what vouchers moved on it. ``fen`` is
# unknown after a book was taken over anew, until somebody asks.
contract_standing = Table(
    "contract_standing",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("milestone", String(24), primary_key=True),
    Column("code", String(24), nullable=False),
    Column("delivered", Date),
    Column("reporter", String(16)),  # who said that it was delivered
    Column("accepted", Date),
    Column("fen", BigInteger),
    ForeignKeyConstraint(["unit", "code"], ["contract.unit", "contract.code"]),
    Index(None, "unit", "code"),
)

contract_event = Table(
    "contract_event",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),  # delivered, accepted, refused, confirmed, closed
    Column("milestone", String(24), nullable=False),  # empty where it is about the whole
    Column("day", Date, nullable=False),
    Column("note", String(300), nullable=False),
    Column("paper", String(64), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["contract.unit", "contract.code"]),
)

# What a body decided, by the number that vouchers name. Counts only: who voted stands nowhere.
decision_record = Table(
    "decision_record",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("number", String(60), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),  # recorded, withdrawn
    Column("day", Date, nullable=False),
    Column("body", String(100), nullable=False),
    Column("participants", Integer, nullable=False),
    Column("votes_for", Integer, nullable=False),
    Column("votes_against", Integer, nullable=False),
    Column("abstained", Integer, nullable=False),
    Column("subject", String(200), nullable=False),
    Column("ceiling_fen", BigInteger, nullable=False),
    Column("papers", String(1400), nullable=False),  # digests with blanks between them
    Column("used_fen", BigInteger),  # what vouchers used of it; unknown after a take-over
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("ceiling_fen >= 0", name="ceiling"),
)

# What happened with a decision: a step of its making, its publication, its report to above.
decision_event = Table(
    "decision_event",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("number", String(60), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),
    Column("day", Date, nullable=False),
    Column("other", String(100), nullable=False),  # whom it was reported to
    Column("paper", String(64), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["unit", "number", "version"],
        ["decision_record.unit", "decision_record.number", "decision_record.version"],
    ),
)

# What went out to one payee on a day without a decision, so that a sum that was divided is seen.
# Payees are found by a digest of their folded name or id.
payee_day = Table(
    "payee_day",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("payee", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("fen", BigInteger, nullable=False),
)
