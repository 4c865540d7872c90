"""Allocations and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "allocation",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("document", sa.String(60), nullable=False),
        sa.Column("giver", sa.String(100), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("nature", sa.String(10), nullable=False),
        sa.Column("use", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("approved", sa.Date(), nullable=False),
        sa.Column("release_by", sa.Date(), nullable=True),
        sa.Column("arrive_by", sa.Date(), nullable=True),
        sa.Column("spend_by", sa.Date(), nullable=True),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("fen > 0", name="ck_allocation_fen"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_allocation_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_allocation"),
    )
    op.create_table(
        "allocation_event",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "code"],
            ["allocation.unit", "allocation.code"],
            name="fk_allocation_event_unit_code",
        ),
        sa.PrimaryKeyConstraint("unit", "code", "number", name="pk_allocation_event"),
    )
