"""What settled a claim, until when; write-offs, numbered receipts, reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("claim", sa.Column("settled_by", sa.String(24), nullable=True))
    op.create_index("ix_claim_unit_parent", "claim", ["unit", "parent"])
    op.create_index("ix_claim_unit_settled_on", "claim", ["unit", "settled_on"])
    op.create_index("ix_claim_unit_settled_by", "claim", ["unit", "settled_by"])
    op.create_index(
        "ix_claim_sums", "claim",
        ["unit", "month", "rule", "kind", "state", "member", "fen"],
    )  # fmt: skip
    op.create_table(
        "claim_past",
        sa.Column("id", _serial(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("claim", sa.String(24), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("settled_by", sa.String(24), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_claim_past_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_claim_past"),
    )
    op.create_index("ix_claim_past_unit_until", "claim_past", ["unit", "until"])
    op.create_table(
        "write_off",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("claim", sa.String(24), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("decision", sa.String(100), nullable=False),
        sa.Column("off_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_write_off_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_write_off"),
    )
    op.create_index("ix_write_off_unit_claim", "write_off", ["unit", "claim"])
    op.create_table(
        "write_off_act",
        sa.Column("id", _serial(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("deed", sa.String(10), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["write_off.unit", "write_off.code"], name="fk_write_off_act_unit"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_write_off_act"),
    )
    op.create_index("ix_write_off_act_unit_code", "write_off_act", ["unit", "code"])
    op.create_table(
        "receipt",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("draft", sa.String(16), nullable=False),
        sa.Column("member", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_receipt_unit"),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name="fk_receipt_draft"),
        sa.PrimaryKeyConstraint("unit", "year", "number", name="pk_receipt"),
    )
    op.create_index("ix_receipt_draft", "receipt", ["draft"])
    op.create_index("ix_receipt_unit_member", "receipt", ["unit", "member"])
    op.create_table(
        "reminder",
        sa.Column("id", _serial(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("member", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_reminder_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder"),
    )
    op.create_index("ix_reminder_unit_member", "reminder", ["unit", "member"])
