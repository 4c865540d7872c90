"""Templates of recurring vouchers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "recurring",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_recurring_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring")),
    )
    op.create_index(op.f("ix_recurring_unit"), "recurring", ["unit"], unique=False)
