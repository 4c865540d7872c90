"""Sub-accounts, order numbers, the keys that lines are found by, and what answers taught."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "sub_account",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("member", sa.String(length=16), nullable=True),
        sa.Column("code", sa.String(length=24), nullable=True),
        sa.Column("fund", sa.String(length=40), nullable=True),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "account"],
            ["bank_account.unit", "bank_account.account"],
            name=op.f("fk_sub_account_unit_account"),
        ),
        sa.PrimaryKeyConstraint("unit", "account", "digest", name=op.f("pk_sub_account")),
    )
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "line_key",
        sa.Column("row", serial, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["row"], ["statement_row.id"], name=op.f("fk_line_key_row")),
        sa.PrimaryKeyConstraint("row", "key", name=op.f("pk_line_key")),
    )
    op.create_index(op.f("ix_line_key_unit_key"), "line_key", ["unit", "key"])
    op.create_table(
        "learnt",
        sa.Column("draft", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_learnt_draft")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_learnt_person")),
        sa.PrimaryKeyConstraint("draft", "person", "kind", "digest", name=op.f("pk_learnt")),
    )
    op.create_index(op.f("ix_learnt_person"), "learnt", ["person"])
    op.create_table(
        "claim_order",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_claim_order_unit")),
        sa.PrimaryKeyConstraint("unit", "number", name=op.f("pk_claim_order")),
    )
    op.create_index(op.f("ix_claim_order_unit_code"), "claim_order", ["unit", "code"])
