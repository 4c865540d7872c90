"""What was known of persons before, members who go to another unit, and doubles that are one."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "person_past",
        sa.Column("person", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_person_past_person"),
        sa.PrimaryKeyConstraint("person", "number", name="pk_person_past"),
    )
    op.create_table(
        "member_transfer",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("member", sa.String(16), nullable=False),
        sa.Column("from_unit", sa.String(40), nullable=False),
        sa.Column("to_unit", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("paid_through", sa.String(7), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(16), nullable=True),
        sa.Column("answered_at", sa.String(32), nullable=True),
        sa.Column("new_member", sa.String(16), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_member_transfer_member"),
        sa.ForeignKeyConstraint(["from_unit"], ["unit.id"], name="fk_member_transfer_from_unit"),
        sa.ForeignKeyConstraint(["to_unit"], ["unit.id"], name="fk_member_transfer_to_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_member_transfer"),
    )
    op.create_index("ix_member_transfer_member", "member_transfer", ["member"])
    op.create_index("ix_member_transfer_from_unit_state", "member_transfer", ["from_unit", "state"])
    op.create_index("ix_member_transfer_to_unit_state", "member_transfer", ["to_unit", "state"])
    op.create_table(
        "member_merge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member", sa.String(16), nullable=False),
        sa.Column("into", sa.String(16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("was_state", sa.String(20), nullable=False),
        sa.Column("was_left", sa.Date(), nullable=True),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("undone", sa.LargeBinary(), nullable=True),
        sa.Column("undone_by", sa.String(16), nullable=True),
        sa.Column("undone_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_member_merge_member"),
        sa.ForeignKeyConstraint(["into"], ["member.id"], name="fk_member_merge_into"),
        sa.PrimaryKeyConstraint("id", name="pk_member_merge"),
    )
    op.create_index("ix_member_merge_member", "member_merge", ["member"])
    op.create_index("ix_member_merge_into", "member_merge", ["into"])
