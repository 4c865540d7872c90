"""Working papers of auditors: samples and runs, item by item, with what was noted of each."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "audit_paper",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_audit_paper_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_audit_paper"),
        sa.UniqueConstraint("unit", "id", "user", name="uq_audit_paper_unit_id_user"),
    )
    op.create_table(
        "audit_paper_item",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("test", sa.String(40), nullable=False),
        sa.Column("ref", sa.String(160), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit", "code"],
            ["audit_paper.unit", "audit_paper.code"],
            name="fk_audit_paper_item_unit_code",
        ),
        sa.PrimaryKeyConstraint("unit", "code", "place", name="pk_audit_paper_item"),
    )
    op.create_table(
        "audit_paper_mark",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "code", "place"],
            ["audit_paper_item.unit", "audit_paper_item.code", "audit_paper_item.place"],
            name="fk_audit_paper_mark_unit_code_place",
        ),
        sa.PrimaryKeyConstraint("unit", "code", "place", "number", name="pk_audit_paper_mark"),
    )
