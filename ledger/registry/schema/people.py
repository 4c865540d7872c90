"""Persons, members, users, and the log of what users did."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.registry.schema.base import Moment, Serial, metadata

person = Table(
    "person",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created", Moment, nullable=False),
)

# Erasing this row makes the person's data unreadable for good; the books stay valid.
person_key = Table(
    "person_key",
    metadata,
    Column("person", String(16), ForeignKey("person.id"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

# What was known of a person before it changed, under the same key: nothing is written over.
person_past = Table(
    "person_past",
    metadata,
    Column("person", String(16), ForeignKey("person.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("user", String(16), nullable=False),  # who changed it
    Column("at", Moment, nullable=False),
)

person_digest = Table(
    "person_digest",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person", String(16), ForeignKey("person.id"), nullable=False),
    Column(
        "kind", String(16), nullable=False
    ),  # name, account, phone, identity, payer; donor-name …
    Column("digest", String(64), nullable=False),
    UniqueConstraint("person", "kind", "digest"),
    Index(None, "kind", "digest"),
)

member = Table(
    "member",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("person", String(16), ForeignKey("person.id"), nullable=False),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("number", String(20), nullable=False),  # the member's number within the unit
    Column("state", String(20), nullable=False),  # active, left, transferred, merged
    Column("joined", Date, nullable=False),
    Column("left", Date),
    UniqueConstraint("unit", "number"),
    Index(None, "person"),
)

# A member goes from one unit to another: asked for by the one, accepted by the other.
member_transfer = Table(
    "member_transfer",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("member", String(16), ForeignKey("member.id"), nullable=False),
    Column("from_unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("to_unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("day", Date, nullable=False),  # the first day in the new unit
    Column("paid_through", String(7), nullable=False),  # the last month that the old unit collects
    Column("sealed", LargeBinary, nullable=False),  # the letter
    Column("state", String(10), nullable=False),  # asked, accepted, refused, withdrawn
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("answer", LargeBinary),  # why it was refused or withdrawn
    Column("answered_by", String(16)),
    Column("answered_at", Moment),
    Column("new_member", String(16)),  # who the member is in the new unit
    Index(None, "member"),
    Index(None, "from_unit", "state"),
    Index(None, "to_unit", "state"),
)

# Two members of one unit are the same person: ``member`` is shown with ``into`` from then on. Both
# ids stay valid, because books hold them. ``was_…`` is how the member stood before.
member_merge = Table(
    "member_merge",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("member", String(16), ForeignKey("member.id"), nullable=False),
    Column("into", String(16), ForeignKey("member.id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # why
    Column("was_state", String(20), nullable=False),
    Column("was_left", Date),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("undone", LargeBinary),  # why it was undone
    Column("undone_by", String(16)),
    Column("undone_at", Moment),
    Index(None, "member"),
    Index(None, "into"),
)

user = Table(
    "user_account",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("login", String(40), nullable=False, unique=True),
    Column("person", String(16), ForeignKey("person.id")),
    Column("password", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # active, locked, left
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Moment),
    Column("created", Moment, nullable=False),
)

user_role = Table(
    "user_role",
    metadata,
    Column("user", String(16), ForeignKey("user_account.id"), primary_key=True),
    Column("unit", String(40), primary_key=True),  # "*" for the whole federation
    Column("role", String(20), primary_key=True),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user", String(16), ForeignKey("user_account.id"), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("purpose", String(16), nullable=False),  # web, cli
    Index(None, "user"),
)

operation = Table(
    "operation",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("user", String(16), nullable=False),
    Column("unit", String(40), nullable=False),  # "" for acts on the federation
    Column("action", String(40), nullable=False),
    Column("object", String(120), nullable=False),
    Column("detail", Text, nullable=False),
    Column("chain", String(64), nullable=False),
    Index(None, "unit", "at"),
)
