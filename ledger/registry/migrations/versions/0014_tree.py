"""What a unit is in the tree, and base figures of units."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for name, size in (("level", 20), ("regions", 80), ("channel", 20)):
        column = sa.Column(name, sa.String(size), nullable=False, server_default="")
        op.add_column("unit", column)
    op.create_table(
        "unit_figure",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("key", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("value >= 0", name="ck_unit_figure_value"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_unit_figure_unit"),
        sa.PrimaryKeyConstraint("unit", "key", "day", "number", name="pk_unit_figure"),
    )
    op.create_index("ix_unit_figure_key_day", "unit_figure", ["key", "day"])
