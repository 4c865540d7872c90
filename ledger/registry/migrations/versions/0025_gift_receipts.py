"""Receipts of gifts, and the roots over each closed month's."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "gift_receipt",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gift", sa.String(24), nullable=False),
        sa.Column("voucher", sa.String(24), nullable=False),
        sa.Column("donor", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("leaf", sa.String(64), nullable=False),
        sa.Column("void_leaf", sa.String(64), nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("official", sa.String(60), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("void_reason", sa.String(300), nullable=False),
        sa.Column("void_by", sa.String(16), nullable=True),
        sa.Column("void_at", sa.String(32), nullable=True),
        sa.Column("void_checker", sa.String(16), nullable=True),
        sa.Column("void_month", sa.String(7), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_gift_receipt_unit"),
        sa.ForeignKeyConstraint(
            ["unit", "gift"], ["gift.unit", "gift.code"], name="fk_gift_receipt_unit_gift"
        ),
        sa.PrimaryKeyConstraint("unit", "year", "number", name="pk_gift_receipt"),
    )
    op.create_index("ix_gift_receipt_unit_gift", "gift_receipt", ["unit", "gift"])
    op.create_index("ix_gift_receipt_unit_month", "gift_receipt", ["unit", "month"])
    op.create_index("ix_gift_receipt_unit_void_month", "gift_receipt", ["unit", "void_month"])
    op.create_table(
        "gift_receipt_root",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_gift_receipt_root_unit"),
        sa.PrimaryKeyConstraint("unit", "month", "number", name="pk_gift_receipt_root"),
    )
