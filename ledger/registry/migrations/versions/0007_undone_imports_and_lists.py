"""Imports that are taken back stay, marked; and lists that one deposit pays."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: What is unique in each table, of whatever was not undone.
UNIQUE = {
    "statement_file": ("unit", "account", "digest"),
    "statement_row": ("unit", "account", "import_id"),
}


def upgrade() -> None:
    for table, columns in UNIQUE.items():
        before = f"uq_{table}_{'_'.join(columns)}"
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column("undone", sa.BigInteger(), server_default="0", nullable=False)
            )
            batch.drop_constraint(before, type_="unique")
            batch.create_unique_constraint(op.f(f"{before}_undone"), [*columns, "undone"])
    op.create_table(
        "undoing",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("file", SERIAL, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["statement_file.id"], name=op.f("fk_undoing_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undoing")),
    )
    op.create_index(op.f("ix_undoing_file"), "undoing", ["file"], unique=False)
    op.create_table(
        "claim_list",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("template", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_claim_list_unit")),
        sa.PrimaryKeyConstraint("unit", "code", name=op.f("pk_claim_list")),
    )
