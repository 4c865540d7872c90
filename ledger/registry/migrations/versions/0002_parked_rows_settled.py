"""Decisions on parked rows; indexes to a member's claims and to the decision behind a draft."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "row_decision",
        sa.Column("file", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["file", "row"], ["raw_row.file", "raw_row.row"], name=op.f("fk_row_decision_file_row")
        ),
        sa.PrimaryKeyConstraint("file", "row", name=op.f("pk_row_decision")),
    )
    op.create_index(op.f("ix_decision_draft"), "decision", ["draft"], unique=False)
    op.create_index(op.f("ix_claim_unit_member"), "claim", ["unit", "member"], unique=False)
