"""Closing months: what has to be there from when on; waivers, counts, papers handed in later."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "closing_rule",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_closing_rule_unit"),
        sa.PrimaryKeyConstraint("unit", "key", "day", "number", name="pk_closing_rule"),
    )
    op.create_table(
        "closing_waiver",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("fen", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.Column("ended_by", sa.String(16), nullable=True),
        sa.Column("ended_at", sa.String(32), nullable=True),
        sa.Column("end_paper", sa.String(64), nullable=False, server_default=""),
        sa.Column("end_note", sa.String(300), nullable=False, server_default=""),
        sa.CheckConstraint(
            "(until IS NULL) = (fen IS NOT NULL)", name="ck_closing_waiver_until_or_counted"
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_closing_waiver_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_closing_waiver"),
    )
    op.create_index(
        "ix_closing_waiver_unit_kind_subject", "closing_waiver", ["unit", "kind", "subject"]
    )
