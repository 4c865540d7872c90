"""What auditors found, with the acts that followed, and their evaluations."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "audit_finding",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("severity", sa.String(6), nullable=False),
        sa.Column("origin", sa.String(6), nullable=False),
        sa.Column("origin_name", sa.String(60), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_audit_finding_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_audit_finding"),
    )
    op.create_table(
        "audit_finding_act",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("voucher", sa.String(24), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "code"],
            ["audit_finding.unit", "audit_finding.code"],
            name="fk_audit_finding_act_unit_code",
        ),
        sa.PrimaryKeyConstraint("unit", "code", "number", name="pk_audit_finding_act"),
    )
    op.create_table(
        "audit_evaluation",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("result", sa.String(12), nullable=False),
        sa.Column("words", sa.String(2000), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_audit_evaluation_unit"),
        sa.PrimaryKeyConstraint("unit", "code", "version", name="pk_audit_evaluation"),
    )
    op.create_table(
        "audit_evaluation_finding",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("finding", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "code", "version"],
            ["audit_evaluation.unit", "audit_evaluation.code", "audit_evaluation.version"],
            name="fk_audit_evaluation_finding_unit_code_version",
        ),
        sa.ForeignKeyConstraint(
            ["unit", "finding"],
            ["audit_finding.unit", "audit_finding.code"],
            name="fk_audit_evaluation_finding_unit_finding",
        ),
        sa.PrimaryKeyConstraint(
            "unit", "code", "version", "finding", name="pk_audit_evaluation_finding"
        ),
    )
