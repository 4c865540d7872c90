"""To whom something was published, packs, and objections with their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column(
        "disclosure",
        sa.Column("audience", sa.String(10), nullable=False, server_default="public"),
    )
    op.create_table(
        "pack_publication",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seal_size", sa.Integer(), nullable=False),
        sa.Column("seal_root", sa.String(64), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("explanation", sa.String(300), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("first <= last AND last <= published", name="ck_pack_publication_days"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_pack_publication_unit"),
        sa.PrimaryKeyConstraint(
            "unit", "period", "audience", "version", name="pk_pack_publication"
        ),
    )
    op.create_table(
        "objection",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(160), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_objection_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_objection"),
    )
    op.create_table(
        "objection_answer",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit", "code"],
            ["objection.unit", "objection.code"],
            name="fk_objection_answer_unit_code",
        ),
        sa.PrimaryKeyConstraint("unit", "code", "number", name="pk_objection_answer"),
    )
