"""Aid to persons: what was paid or is to be, to whom under seal."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
)

from ledger.registry.schema.base import Moment, metadata

# One payment to one person. ``recipient`` is a keyed digest of the person's id, so that equal ones
# are found and nobody is read from it: a row in clear would tell who is in hardship. Whether it was
# paid is read from its draft and voucher.
aid_payment = Table(
    "aid_payment",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("batch", String(24), nullable=False),
    Column("draft", String(16), ForeignKey("draft.id")),  # entered right after its payments
    Column("kind", String(40), nullable=False),
    Column("reason", String(40), nullable=False, server_default=""),
    Column("recipient", String(64), nullable=False),
    Column("who", LargeBinary, nullable=False),  # person and member, under the master key
    Column("said", LargeBinary, nullable=False),  # as typed, under the person's own key
    Column("fen", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("decision", String(120), nullable=False),
    Column("origin", String(64), nullable=False),  # keyed digest of the list or form it came from
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("fen > 0", name="fen"),
    Index(None, "unit", "batch"),
    Index(None, "recipient", "kind"),
    Index(None, "unit", "day"),
)
