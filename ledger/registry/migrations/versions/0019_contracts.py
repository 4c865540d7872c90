"""Service contracts, and major items with their decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "counterparty",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_counterparty_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_counterparty"),
        sa.UniqueConstraint("unit", "name", name="uq_counterparty_unit_name"),
    )
    op.create_table(
        "contract",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("party", sa.String(16), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["counterparty.id"], name="fk_contract_party"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_contract_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_contract"),
    )
    op.create_table(
        "contract_version",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("advance_fen", sa.BigInteger(), nullable=False),
        sa.Column("signed", sa.Date(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.CheckConstraint(
            "fen > 0 AND advance_fen >= 0 AND advance_fen <= fen",
            name="ck_contract_version_fen",
        ),
        sa.ForeignKeyConstraint(
            ["unit", "code"],
            ["contract.unit", "contract.code"],
            name="fk_contract_version_unit_code",
        ),
        sa.PrimaryKeyConstraint("unit", "code", "version", name="pk_contract_version"),
    )
    op.create_table(
        "contract_milestone",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("milestone", sa.String(24), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("deliverable", sa.String(200), nullable=False),
        sa.CheckConstraint("fen > 0", name="ck_contract_milestone_fen"),
        sa.ForeignKeyConstraint(
            ["unit", "code", "version"],
            ["contract_version.unit", "contract_version.code", "contract_version.version"],
            name="fk_contract_milestone_unit_code_version",
        ),
        sa.PrimaryKeyConstraint("unit", "code", "version", "number", name="pk_contract_milestone"),
    )
    op.create_index(
        "ix_contract_milestone_unit_milestone", "contract_milestone", ["unit", "milestone"]
    )
    op.create_table(
        "contract_standing",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("milestone", sa.String(24), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("delivered", sa.Date(), nullable=True),
        sa.Column("reporter", sa.String(16), nullable=True),
        sa.Column("accepted", sa.Date(), nullable=True),
        sa.Column("fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit", "code"],
            ["contract.unit", "contract.code"],
            name="fk_contract_standing_unit_code",
        ),
        sa.PrimaryKeyConstraint("unit", "milestone", name="pk_contract_standing"),
    )
    op.create_index("ix_contract_standing_unit_code", "contract_standing", ["unit", "code"])
    op.create_table(
        "contract_event",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("milestone", sa.String(24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["contract.unit", "contract.code"], name="fk_contract_event_unit_code"
        ),
        sa.PrimaryKeyConstraint("unit", "code", "number", name="pk_contract_event"),
    )
    op.create_table(
        "decision_record",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", sa.String(100), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("ceiling_fen", sa.BigInteger(), nullable=False),
        sa.Column("papers", sa.String(1400), nullable=False),
        sa.Column("used_fen", sa.BigInteger(), nullable=True),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("ceiling_fen >= 0", name="ck_decision_record_ceiling"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_decision_record_unit"),
        sa.PrimaryKeyConstraint("unit", "number", "version", name="pk_decision_record"),
    )
    op.create_table(
        "decision_event",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("other", sa.String(100), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "number", "version"],
            ["decision_record.unit", "decision_record.number", "decision_record.version"],
            name="fk_decision_event_unit_number_version",
        ),
        sa.PrimaryKeyConstraint("unit", "number", "version", "place", name="pk_decision_event"),
    )
    op.create_table(
        "payee_day",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("payee", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_payee_day_unit"),
        sa.PrimaryKeyConstraint("unit", "payee", "day", name="pk_payee_day"),
    )
