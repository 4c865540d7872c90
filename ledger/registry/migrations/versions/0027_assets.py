"""Fixed assets: cards, custody, requests, and what the book says of each."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("spec", sa.String(120), nullable=False),
        sa.Column("serial", sa.String(60), nullable=False),
        sa.Column("class_id", sa.String(32), nullable=False),
        sa.Column("regime", sa.String(32), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("ownership", sa.String(10), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("acquired", sa.Date(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("residual_fen", sa.BigInteger(), nullable=False),
        sa.Column("life_months", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("units_total", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.String(7), nullable=False),
        sa.Column("removal_charged", sa.Boolean(), nullable=False),
        sa.Column("begun_fen", sa.BigInteger(), nullable=False),
        sa.Column("charged", sa.String(120), nullable=False),
        sa.Column("gift", sa.String(24), nullable=True),
        sa.Column("parent", sa.String(24), nullable=True),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("photo", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("begun_fen >= 0", name="ck_asset_begun"),
        sa.CheckConstraint("cost_fen >= 0", name="ck_asset_cost"),
        sa.CheckConstraint("residual_fen >= 0", name="ck_asset_residual"),
        sa.ForeignKeyConstraint(
            ["unit", "parent"], ["asset.unit", "asset.code"], name="fk_asset_unit_parent"
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_asset_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_asset"),
    )
    op.create_index("ix_asset_unit_gift", "asset", ["unit", "gift"])
    op.create_table(
        "asset_request",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(60), nullable=False),
        sa.Column("ground", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("to_unit", sa.String(40), nullable=True),
        sa.Column("to_party", sa.String(16), nullable=True),
        sa.Column("to_keeper", sa.String(16), nullable=False),
        sa.Column("to_place", sa.String(120), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("life_months", sa.Integer(), nullable=True),
        sa.Column("residual_fen", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.Column("other_checker", sa.String(16), nullable=True),
        sa.Column("other_at", sa.String(32), nullable=True),
        sa.Column("signer", sa.String(16), nullable=True),
        sa.Column("signed", sa.Date(), nullable=True),
        sa.Column("sign_paper", sa.String(64), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.CheckConstraint("price_fen >= 0", name="ck_asset_request_price"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_asset_request_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_asset_request"),
    )
    op.create_index("ix_asset_request_to_unit", "asset_request", ["to_unit"])
    op.create_table(
        "asset_sum",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("asset", sa.String(24), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("millionths", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("accumulated_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_asset_sum_unit"),
        sa.PrimaryKeyConstraint("unit", "asset", name="pk_asset_sum"),
    )
    op.create_table(
        "asset_estimate",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("asset", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("life_months", sa.Integer(), nullable=False),
        sa.Column("residual_fen", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("accumulated_fen", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "asset"], ["asset.unit", "asset.code"], name="fk_asset_estimate_unit_asset"
        ),
        sa.PrimaryKeyConstraint("unit", "asset", "number", name="pk_asset_estimate"),
    )
    op.create_table(
        "asset_event",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("asset", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("keeper", sa.String(16), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("request", sa.String(24), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "asset"], ["asset.unit", "asset.code"], name="fk_asset_event_unit_asset"
        ),
        sa.PrimaryKeyConstraint("unit", "asset", "number", name="pk_asset_event"),
    )
    op.create_table(
        "asset_request_item",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("request", sa.String(24), nullable=False),
        sa.Column("asset", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "request"],
            ["asset_request.unit", "asset_request.code"],
            name="fk_asset_request_item_unit_request",
        ),
        sa.ForeignKeyConstraint(
            ["unit", "asset"], ["asset.unit", "asset.code"], name="fk_asset_request_item_unit_asset"
        ),
        sa.PrimaryKeyConstraint("unit", "request", "asset", name="pk_asset_request_item"),
    )
    op.create_index("ix_asset_request_item_unit_asset", "asset_request_item", ["unit", "asset"])
    op.create_table(
        "asset_use",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("asset", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(120), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "asset"], ["asset.unit", "asset.code"], name="fk_asset_use_unit_asset"
        ),
        sa.PrimaryKeyConstraint("unit", "asset", "number", name="pk_asset_use"),
    )
