"""The rows of a statement that became lines are sealed in blocks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "raw_block",
        sa.Column("file", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["statement_file.id"], name="fk_raw_block_file"),
        sa.PrimaryKeyConstraint("file", "place", name="pk_raw_block"),
    )
