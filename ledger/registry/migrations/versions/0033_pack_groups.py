"""The sums over persons that packs told of."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_table(
        "pack_groups",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_pack_groups_unit"),
        sa.PrimaryKeyConstraint("unit", "place", name="pk_pack_groups"),
    )
