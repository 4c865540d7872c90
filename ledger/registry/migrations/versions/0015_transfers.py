"""Transfers between units."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("reference", sa.String(24), nullable=False),
        sa.Column("payer", sa.String(40), nullable=False),
        sa.Column("payee", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(60), nullable=False),
        sa.Column("narration", sa.String(200), nullable=False),
        sa.Column("refused", sa.String(300), nullable=False, server_default=""),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("fen > 0", name="ck_transfer_fen"),
        sa.CheckConstraint("payer <> payee", name="ck_transfer_two_units"),
        sa.ForeignKeyConstraint(["payer"], ["unit.id"], name="fk_transfer_payer"),
        sa.ForeignKeyConstraint(["payee"], ["unit.id"], name="fk_transfer_payee"),
        sa.PrimaryKeyConstraint("reference", name="pk_transfer"),
    )
    for columns in (["payer", "day"], ["payee", "day"], ["origin"]):
        op.create_index(f"ix_transfer_{'_'.join(columns)}", "transfer", columns)
    op.create_table(
        "transfer_target",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_transfer_target_unit"),
        sa.PrimaryKeyConstraint("unit", "kind", name="pk_transfer_target"),
    )
    op.create_table(
        "transfer_act",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False,
            autoincrement=True,
        ),
        sa.Column("reference", sa.String(24), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("unit", sa.String(40), nullable=True),
        sa.Column("voucher", sa.String(40), nullable=False, server_default=""),
        sa.Column("note", sa.String(300), nullable=False, server_default=""),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["reference"], ["transfer.reference"], name="fk_transfer_act_reference"
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_transfer_act_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_transfer_act"),
    )  # fmt: skip
    op.create_index("ix_transfer_act_reference", "transfer_act", ["reference"])
    op.create_index("ix_transfer_act_action", "transfer_act", ["action"])
