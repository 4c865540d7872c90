"""Seals of closed months, the keys of units, and months that two people open again."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_seal_unit"),
        sa.PrimaryKeyConstraint("unit", "month", "version", name="pk_seal"),
        sa.UniqueConstraint("unit", "size", name="uq_seal_unit_size"),
    )
    op.create_table(
        "seal_request",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_seal_request_unit"),
        sa.PrimaryKeyConstraint("unit", name="pk_seal_request"),
    )
    op.create_table(
        "seal_key",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_seal_key_unit"),
        sa.PrimaryKeyConstraint("unit", "number", name="pk_seal_key"),
    )
    op.create_table(
        "reopening",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_reopening_unit"),
        sa.PrimaryKeyConstraint("unit", "number", name="pk_reopening"),
    )
