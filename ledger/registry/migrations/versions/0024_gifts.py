"""Donors, campaigns and gifts."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "donor",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("person", sa.String(16), nullable=True),
        sa.Column("abroad", sa.Boolean(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_donor_unit"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_donor_person"),
        sa.PrimaryKeyConstraint("id", name="pk_donor"),
    )
    op.create_index("ix_donor_unit", "donor", ["unit"])
    op.create_index("ix_donor_person", "donor", ["person"])
    op.create_table(
        "donor_consent",
        sa.Column("donor", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("consent", sa.String(10), nullable=False),
        sa.Column("related", sa.Boolean(), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["donor"], ["donor.id"], name="fk_donor_consent_donor"),
        sa.PrimaryKeyConstraint("donor", "number", name="pk_donor_consent"),
    )
    _campaigns()
    _gifts()
    op.add_column("claim", sa.Column("gift", sa.String(24), nullable=True))
    op.add_column("claim", sa.Column("donor", sa.String(16), nullable=True))


def _campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("restriction", sa.String(12), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("target_fen", sa.BigInteger(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("filing", sa.String(60), nullable=False),
        sa.Column("partner", sa.String(120), nullable=False),
        sa.Column("rule", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(120), server_default="", nullable=False),
        sa.Column("leftover", sa.String(300), server_default="", nullable=False),
        sa.Column("closer", sa.String(16), nullable=True),
        sa.Column("close_checker", sa.String(16), nullable=True),
        sa.Column("close_at", sa.String(32), nullable=True),
        sa.CheckConstraint("target_fen >= 0", name="ck_campaign_target"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_campaign_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_campaign"),
        sa.UniqueConstraint("unit", "fund", name="uq_campaign_unit_fund"),
    )
    op.create_table(
        "campaign_line",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(120), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "campaign"],
            ["campaign.unit", "campaign.code"],
            name="fk_campaign_line_unit_campaign",
        ),
        sa.PrimaryKeyConstraint("unit", "campaign", "number", name="pk_campaign_line"),
    )


def _gifts() -> None:
    op.create_table(
        "gift",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=True),
        sa.Column("donor", sa.String(16), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(24), nullable=False),
        sa.Column("foreign_fen", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.String(24), nullable=False),
        sa.Column("rate_source", sa.String(120), nullable=False),
        sa.Column("quantity", sa.String(24), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("commodity", sa.String(24), nullable=False),
        sa.Column("basis", sa.String(12), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("nature", sa.String(12), nullable=False),
        sa.Column("terms", sa.String(300), nullable=False),
        sa.Column("related", sa.Boolean(), nullable=False),
        sa.Column("order", sa.String(64), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("fen >= 0", name="ck_gift_fen"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_gift_unit"),
        sa.ForeignKeyConstraint(["donor"], ["donor.id"], name="fk_gift_donor"),
        sa.ForeignKeyConstraint(
            ["unit", "campaign"],
            ["campaign.unit", "campaign.code"],
            name="fk_gift_unit_campaign",
        ),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_gift"),
    )
    op.create_index("ix_gift_unit_campaign", "gift", ["unit", "campaign"])
    op.create_index("ix_gift_unit_order", "gift", ["unit", "order"])
    op.create_index("ix_gift_donor", "gift", ["donor"])
    op.create_table(
        "gift_event",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("gift", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("paper", sa.String(64), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=True),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit", "gift"], ["gift.unit", "gift.code"], name="fk_gift_event_unit_gift"
        ),
        sa.PrimaryKeyConstraint("unit", "gift", "number", name="pk_gift_event"),
    )
