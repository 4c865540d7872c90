"""Stocktakes: what was expected, what was seen, and the differences until they are settled."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "stocktake",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("of", sa.String(120), nullable=False),
        sa.Column("counters", sa.String(400), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.String(32), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_stocktake_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_stocktake"),
    )
    op.create_table(
        "stocktake_item",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("stocktake", sa.String(24), nullable=False),
        sa.Column("asset", sa.String(24), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("keeper", sa.String(16), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.CheckConstraint("cost_fen >= 0", name="ck_stocktake_item_cost"),
        sa.ForeignKeyConstraint(
            ["unit", "asset"], ["asset.unit", "asset.code"], name="fk_stocktake_item_unit_asset"
        ),
        sa.ForeignKeyConstraint(
            ["unit", "stocktake"],
            ["stocktake.unit", "stocktake.code"],
            name="fk_stocktake_item_unit_stocktake",
        ),
        sa.PrimaryKeyConstraint("unit", "stocktake", "asset", name="pk_stocktake_item"),
    )
    op.create_index("ix_stocktake_item_unit_asset", "stocktake_item", ["unit", "asset"])
    op.create_table(
        "stocktake_scan",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("stocktake", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asset", sa.String(24), nullable=True),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("keeper", sa.String(16), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("worth_fen", sa.BigInteger(), nullable=False),
        sa.Column("photo", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("worth_fen >= 0", name="ck_stocktake_scan_worth"),
        sa.ForeignKeyConstraint(
            ["unit", "stocktake"],
            ["stocktake.unit", "stocktake.code"],
            name="fk_stocktake_scan_unit_stocktake",
        ),
        sa.ForeignKeyConstraint(
            ["unit", "stocktake", "asset"],
            ["stocktake_item.unit", "stocktake_item.stocktake", "stocktake_item.asset"],
            name="fk_stocktake_scan_unit_stocktake_asset",
        ),
        sa.PrimaryKeyConstraint("unit", "stocktake", "number", name="pk_stocktake_scan"),
    )
    op.create_table(
        "stocktake_difference",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("stocktake", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("asset", sa.String(24), nullable=True),
        sa.Column("scan", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("keeper", sa.String(16), nullable=False),
        sa.Column("seen_place", sa.String(120), nullable=False),
        sa.Column("seen_keeper", sa.String(16), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "stocktake"],
            ["stocktake.unit", "stocktake.code"],
            name="fk_stocktake_difference_unit_stocktake",
        ),
        sa.PrimaryKeyConstraint("unit", "stocktake", "number", name="pk_stocktake_difference"),
    )
    op.create_index("ix_stocktake_difference_unit_state", "stocktake_difference", ["unit", "state"])
    op.create_table(
        "stocktake_resolution",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("stocktake", sa.String(24), nullable=False),
        sa.Column("difference", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("request", sa.String(24), nullable=True),
        sa.Column("asset", sa.String(24), nullable=True),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked", sa.Date(), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "stocktake", "difference"],
            [
                "stocktake_difference.unit",
                "stocktake_difference.stocktake",
                "stocktake_difference.number",
            ],
            name="fk_stocktake_resolution_unit_stocktake_difference",
        ),
        sa.PrimaryKeyConstraint(
            "unit", "stocktake", "difference", "number", name="pk_stocktake_resolution"
        ),
    )
