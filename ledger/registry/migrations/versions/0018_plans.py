"""Distribution plans."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("payer", sa.String(40), nullable=False),
        sa.Column("id", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("pool_fen", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("draft", sa.String(16), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["payer"], ["unit.id"], name="fk_plan_payer"),
        sa.PrimaryKeyConstraint("payer", "id", "version", name="pk_plan"),
    )
    op.create_table(
        "plan_row",
        sa.Column("payer", sa.String(40), nullable=False),
        sa.Column("plan", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("base", sa.String(40), nullable=False),
        sa.Column("weight", sa.String(20), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_plan_row_unit"),
        sa.PrimaryKeyConstraint("payer", "plan", "version", "unit", name="pk_plan_row"),
    )
