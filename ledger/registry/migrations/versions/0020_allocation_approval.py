"""A promise, a lapse and an undoing take a second person; what vouchers move of allocations."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    for table in ("allocation", "allocation_event"):
        # What was entered before counted at once, and goes on counting.
        op.add_column(
            table,
            sa.Column("state", sa.String(10), nullable=False, server_default="approved"),
        )
        op.add_column(table, sa.Column("checker", sa.String(16), nullable=True))
        op.add_column(table, sa.Column("checked_at", sa.String(32), nullable=True))
    op.add_column("allocation", sa.Column("paper", sa.String(64), nullable=True))
    op.create_table(
        "allocation_move",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("voucher", sa.String(24), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_allocation_move_unit"),
        sa.PrimaryKeyConstraint("unit", "voucher", "code", "kind", name="pk_allocation_move"),
    )
    op.create_index("ix_allocation_move_unit_code_day", "allocation_move", ["unit", "code", "day"])
    op.create_table(
        "allocation_day",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_allocation_day_unit"),
        sa.PrimaryKeyConstraint("unit", "code", "kind", "day", name="pk_allocation_day"),
    )
    op.create_table(
        "allocation_reach",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_allocation_reach_unit"),
        sa.PrimaryKeyConstraint("unit", name="pk_allocation_reach"),
    )
    # Promises and lists of them claimed under one name; each claim says whose it is.
    claim = sa.table(
        "claim", sa.column("kind", sa.String), sa.column("rule", sa.String),
        sa.column("unit", sa.String), sa.column("code", sa.String),
    )  # fmt: skip
    promised = sa.table("allocation", sa.column("unit", sa.String), sa.column("code", sa.String))
    of_promise = sa.exists().where(promised.c.unit == claim.c.unit, promised.c.code == claim.c.code)
    op.execute(
        claim.update().where(claim.c.kind == "allotment", of_promise).values(rule=claim.c.code)
    )
    op.execute(claim.update().where(claim.c.kind == "allotment").values(kind="allocation"))
