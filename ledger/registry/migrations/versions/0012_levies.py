"""Employers and their levies, shares of what came, and the ways up."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def _by() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "employer",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("name_digest", sa.String(64), nullable=False),
        sa.Column("code_digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("union_since", sa.Date(), nullable=True),
        *_by(),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_employer_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_employer"),
        sa.UniqueConstraint("unit", "name_digest", name="uq_employer_unit_name_digest"),
    )
    op.create_table(
        "levy_share",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("part", sa.String(24), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        *_by(),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_levy_share_unit"),
        sa.PrimaryKeyConstraint("unit", "rule", "part", name="pk_levy_share"),
    )
    op.create_table(
        "levy_due",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("employer", sa.String(16), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payroll_fen", sa.BigInteger(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("table_key", sa.String(80), nullable=False),
        sa.Column("table_digest", sa.String(64), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        *_by(),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_levy_due_unit"),
        sa.ForeignKeyConstraint(["employer"], ["employer.id"], name="fk_levy_due_employer"),
        sa.PrimaryKeyConstraint("unit", "employer", "rule", "month", "number", name="pk_levy_due"),
    )
    op.create_index("ix_levy_due_unit_month", "levy_due", ["unit", "month"])
    op.create_table(
        "levy_claim",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("employer", sa.String(16), nullable=False),
        sa.Column("part", sa.String(24), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("split_key", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["employer"], ["employer.id"], name="fk_levy_claim_employer"),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["claim.unit", "claim.code"], name="fk_levy_claim_unit"
        ),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_levy_claim"),
    )
    op.create_index("ix_levy_claim_unit_employer", "levy_claim", ["unit", "employer"])
    op.create_table(
        "remittance_path",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("row", sa.String(64), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("money", sa.String(120), nullable=False),
        sa.Column("counter", sa.String(40), nullable=False),
        *_by(),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_remittance_path_unit"),
        sa.PrimaryKeyConstraint("unit", "row", name="pk_remittance_path"),
    )
