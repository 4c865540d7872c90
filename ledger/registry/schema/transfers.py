"""Transfers between units: one reference, an entry in each book."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, String, Table

from ledger.registry.schema.base import Moment, Serial, metadata

# What one unit will pay to another. What became of it is read from the vouchers of both books,
# whose postings name the reference; only a refusal is said here.
transfer = Table(
    "transfer",
    metadata,
    Column("reference", String(24), primary_key=True),
    Column("payer", String(40), ForeignKey("unit.id"), nullable=False),
    Column("payee", String(40), ForeignKey("unit.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # allocation, remittance, return, support, other
    Column("fen", BigInteger, nullable=False),
    Column("day", Date, nullable=False),  # when it should have arrived
    Column("origin", String(60), nullable=False),  # what it rests on: plan:…, remit:…, allocation:…
    Column("narration", String(200), nullable=False),
    Column("refused", String(300), nullable=False, server_default=""),  # why, by payee or payer
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("fen > 0", name="fen"),
    CheckConstraint("payer <> payee", name="two_units"),
    Index(None, "payer", "day"),
    Index(None, "payee", "day"),
    Index(None, "origin"),
)

# Where a unit enters what another one pays it, by the kind of transfer.
transfer_target = Table(
    "transfer_target",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# What persons said of transfers, in order; nothing is written over. A match is of a posted voucher
# that names no reference, or a wrong one; a refusal and a closing are of the transfer.
transfer_act = Table(
    "transfer_act",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("reference", String(24), ForeignKey("transfer.reference"), nullable=False),
    Column("action", String(10), nullable=False),
    Column("unit", String(40), ForeignKey("unit.id")),  # whose voucher
    Column("voucher", String(40), nullable=False, server_default=""),
    Column("note", String(300), nullable=False, server_default=""),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "reference"),
    Index(None, "action"),
)
