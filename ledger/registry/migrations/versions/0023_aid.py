"""Aid to persons."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "aid_payment",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("batch", sa.String(24), nullable=False),
        sa.Column("draft", sa.String(16), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False, server_default=""),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("decision", sa.String(120), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("fen > 0", name="ck_aid_payment_fen"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_aid_payment_unit"),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name="fk_aid_payment_draft"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_aid_payment"),
    )
    for columns in (["unit", "batch"], ["recipient", "kind"], ["unit", "day"]):
        op.create_index(f"ix_aid_payment_{'_'.join(columns)}", "aid_payment", columns)
