"""Budgets in versions, and their ceilings."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "budget",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("decision", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_budget_unit"),
        sa.PrimaryKeyConstraint("unit", "year", "version", name="pk_budget"),
    )
    op.create_table(
        "budget_line",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        *(sa.Column(f"q{number}_fen", sa.BigInteger(), nullable=False) for number in range(1, 5)),
        sa.Column("control", sa.String(4), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit", "year", "version", "fund", "account", name="pk_budget_line"
        ),
    )
    op.create_table(
        "budget_sum",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_budget_sum_unit"),
        sa.PrimaryKeyConstraint("unit", "year", "fund", "account", name="pk_budget_sum"),
    )
