"""How dues are collected, what is known of members, and what they were assessed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("unit", sa.Column("province", sa.String(40), nullable=False, server_default=""))
    op.add_column("unit", sa.Column("kinds", sa.String(200), nullable=False, server_default=""))
    op.add_column("claim", sa.Column("rule", sa.String(24), nullable=False, server_default=""))
    op.add_column("claim", sa.Column("due", sa.Date(), nullable=True))
    op.add_column("claim", sa.Column("settled_on", sa.Date(), nullable=True))
    op.add_column("claim", sa.Column("parent", sa.String(24), nullable=True))
    op.create_table(
        "dues_scheme",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("prefix", sa.String(2), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_dues_scheme_unit"),
        sa.PrimaryKeyConstraint("unit", "rule", name="pk_dues_scheme"),
    )
    op.create_table(
        "member_facts",
        sa.Column("member", sa.String(16), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_member_facts_member"),
        sa.PrimaryKeyConstraint("member", "rule", "version", name="pk_member_facts"),
    )
    op.create_table(
        "assessment",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("member", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("table_key", sa.String(80), nullable=False),
        sa.Column("table_digest", sa.String(64), nullable=False),
        sa.Column("row", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_assessment_unit"),
        sa.PrimaryKeyConstraint("unit", "rule", "month", "member", "number", name="pk_assessment"),
    )
    op.create_index("ix_assessment_member_month", "assessment", ["member", "month"])
