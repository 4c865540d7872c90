"""What auditors found and what became of it, what they say of it, and their working papers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.registry.schema.base import Moment, metadata

# What an auditor found, as it was opened: it never changes, acts follow it. ``seq`` is the unit's
# last entry by then, so that what was posted later is known without a clock. Texts are sealed.
audit_finding = Table(
    "audit_finding",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(10), nullable=False),  # voucher, figure, paper, asset, gift, whole
    Column("subject", String(160), nullable=False),  # empty for the whole
    Column("period", String(10), nullable=False),  # 2026, 2026-Q1, 2026-03
    Column("severity", String(6), nullable=False),  # low, medium, high
    Column("origin", String(6), nullable=False),  # test, sample, free
    Column("origin_name", String(60), nullable=False),  # of the test or the sample
    Column("digest", String(64), nullable=False),  # of what the test looked at
    Column("sealed", LargeBinary, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

audit_finding_act = Table(
    "audit_finding_act",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("act", String(10), nullable=False),  # answered, returned, closed, withdrawn
    Column("outcome", String(10), nullable=False),  # of a closing: corrected, explained, accepted
    Column("voucher", String(24), nullable=False),  # the one that corrects it; may be empty
    Column("sealed", LargeBinary, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["unit", "code"], ["audit_finding.unit", "audit_finding.code"]),
)

# What an auditor says of a unit's period or of a project, to be read by everybody once another
# auditor confirmed it. Every version stays: a correction is the next one, and explains itself.
audit_evaluation = Table(
    "audit_evaluation",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("scope", String(10), nullable=False),  # period, campaign, fund, allocation
    Column("subject", String(40), nullable=False),  # the code of the project; empty of a period
    Column("period", String(10), nullable=False),
    Column("result", String(12), nullable=False),  # unqualified, remarks, adverse, none
    Column("words", String(2000), nullable=False),
    Column("note", String(300), nullable=False),  # why it takes the place of the one before
    Column("state", String(10), nullable=False),  # waiting, published, returned
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("checker", String(16)),
    Column("day", Date),  # when it was published
    Column("checked_at", Moment),
)

# The findings behind a version.
audit_evaluation_finding = Table(
    "audit_evaluation_finding",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("finding", String(24), primary_key=True),
    ForeignKeyConstraint(
        ["unit", "code", "version"],
        ["audit_evaluation.unit", "audit_evaluation.code", "audit_evaluation.version"],
    ),
    ForeignKeyConstraint(["unit", "finding"], ["audit_finding.unit", "audit_finding.code"]),
)

# A working paper: a sample that was drawn, or a run of procedures, with what it was drawn from.
# ``id`` is known before anything is kept: the same terms over the same book give the same one.
audit_paper = Table(
    "audit_paper",
    metadata,
    Column("unit", String(40), ForeignKey("unit.id"), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("kind", String(10), nullable=False),  # sample, run
    Column("id", String(64), nullable=False),
    Column("terms", Text, nullable=False),  # JSON
    Column("entries", BigInteger, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("unit", "id", "user"),
)

# The vouchers of a sample, or what a run told of: in order, each once.
audit_paper_item = Table(
    "audit_paper_item",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("test", String(40), nullable=False),  # the procedure; empty in a sample
    Column("ref", String(160), nullable=False),
    Column("fen", BigInteger),
    ForeignKeyConstraint(["unit", "code"], ["audit_paper.unit", "audit_paper.code"]),
)

# What an auditor noted of an item: seen, an exception, cleared. Nothing is taken away; the last
# one counts. Notes are sealed: they may name persons.
audit_paper_mark = Table(
    "audit_paper_mark",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("mark", String(10), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("user", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["unit", "code", "place"],
        ["audit_paper_item.unit", "audit_paper_item.code", "audit_paper_item.place"],
    ),
)
