"""The levy of employers, and the ways by which money goes up."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
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

# Who owes a levy. ``union_since`` is the first day of its own union; until then what it pays is
# preparation money, held for the union to come.
employer = Table(
    "employer",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), ForeignKey("unit.id"), nullable=False),
    Column("name_digest", String(64), nullable=False),
    Column("code_digest", String(64), nullable=False),  # of its credit code; empty if unknown
    Column("sealed", LargeBinary, nullable=False),  # name and credit code: some are persons
    Column("union_since", Date),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("unit", "name_digest"),
)

# Where each part of a levy goes when it comes: the unit's own to income, the others to liabilities.
levy_share = Table(
    "levy_share",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("part", String(24), primary_key=True),
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

# The payroll that an employer declared for a month. Number 0 is the first; each later one is a
# correction: ``fen`` is the difference in what is owed, ``total_fen`` what is owed in all by then.
levy_due = Table(
    "levy_due",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("employer", String(16), ForeignKey("employer.id"), primary_key=True),
    Column("rule", String(24), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("payroll_fen", BigInteger, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("table_key", String(80), nullable=False),  # the rule's table and version
    Column("table_digest", String(64), nullable=False),
    Column("source", String(300), nullable=False),  # the document, and what the figure came from
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "unit", "month"),
)

# Which claim is of whose levy, and the way by which its money comes.
levy_claim = Table(
    "levy_claim",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("employer", String(16), ForeignKey("employer.id"), nullable=False),
    Column("part", String(24), nullable=False),
    Column("channel", String(10), nullable=False),  # direct, tax, fiscal
    Column("split_key", String(80), nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["claim.unit", "claim.code"]),
    Index(None, "unit", "employer"),
)

# Where what goes up by a row of a rule is entered: what is debited, and the account that pays it.
remittance_path = Table(
    "remittance_path",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("row", String(64), primary_key=True),  # rule and row, such as party/province
    Column("held", Boolean, nullable=False),  # the debited account holds it whole until it goes
    Column("account", String(120), nullable=False),
    Column("fund", String(40), nullable=False),
    Column("money", String(120), nullable=False),
    Column("counter", String(40), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)
