"""What was made public, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=True),
        sa.Column("gift", sa.String(24), nullable=True),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.CheckConstraint("first <= last", name="ck_disclosure_days"),
        sa.CheckConstraint("last <= published", name="ck_disclosure_past"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_disclosure_unit"),
        sa.ForeignKeyConstraint(
            ["unit", "campaign"],
            ["campaign.unit", "campaign.code"],
            name="fk_disclosure_unit_campaign",
        ),
        sa.ForeignKeyConstraint(
            ["unit", "gift"], ["gift.unit", "gift.code"], name="fk_disclosure_unit_gift"
        ),
        sa.PrimaryKeyConstraint("unit", "number", name="pk_disclosure"),
    )
    op.create_index("ix_disclosure_unit_campaign", "disclosure", ["unit", "campaign"])
