"""Venues: what they are, when they are open, who shares, books and uses them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "venue",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_venue_unit"),
        sa.PrimaryKeyConstraint("unit", "code", name="pk_venue"),
    )
    op.create_table(
        "venue_version",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["venue.unit", "venue.code"], name="fk_venue_version_unit_code"
        ),
        sa.PrimaryKeyConstraint("unit", "code", "kind", "version", name="pk_venue_version"),
    )
    op.create_table(
        "venue_facts",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("public_benefit", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(10), nullable=False),
        sa.Column("owner_unit", sa.String(40), nullable=True),
        sa.Column("asset", sa.String(16), nullable=True),
        sa.CheckConstraint("area > 0 AND capacity > 0", name="ck_venue_facts_size"),
        sa.ForeignKeyConstraint(["owner_unit"], ["unit.id"], name="fk_venue_facts_owner_unit"),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["venue.unit", "venue.code"], name="fk_venue_facts_unit_code"
        ),
        sa.PrimaryKeyConstraint("unit", "code", "version", name="pk_venue_facts"),
    )
    op.create_table(
        "venue_hours",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "opens >= 0 AND opens < closes AND closes <= 1440", name="ck_venue_hours_span"
        ),
        sa.CheckConstraint("weekday >= 1 AND weekday <= 7", name="ck_venue_hours_weekday"),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["venue.unit", "venue.code"], name="fk_venue_hours_unit_code"
        ),
        sa.PrimaryKeyConstraint(
            "unit", "code", "version", "weekday", "opens", name="pk_venue_hours"
        ),
    )
    op.create_table(
        "venue_key",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("numerator > 0 AND numerator <= denominator", name="ck_venue_key_share"),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["venue.unit", "venue.code"], name="fk_venue_key_unit_code"
        ),
        sa.PrimaryKeyConstraint("unit", "code", "version", "place", name="pk_venue_key"),
    )
    op.create_table(
        "venue_closed_day",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(100), nullable=False),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("lifted_by", sa.String(16), nullable=True),
        sa.Column("lifted_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["venue.unit", "venue.code"], name="fk_venue_closed_day_unit_code"
        ),
        sa.PrimaryKeyConstraint("unit", "code", "day", "number", name="pk_venue_closed_day"),
    )
    op.create_table(
        "venue_booking",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("booking", sa.String(24), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(120), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(120), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("maker", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("checker", sa.String(16), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.Column("changed_by", sa.String(16), nullable=True),
        sa.Column("changed_at", sa.String(32), nullable=True),
        sa.CheckConstraint("heads >= 0 AND fee_fen >= 0", name="ck_venue_booking_counts"),
        sa.CheckConstraint(
            "opens >= 0 AND opens < closes AND closes <= 1440", name="ck_venue_booking_span"
        ),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["venue.unit", "venue.code"], name="fk_venue_booking_unit_code"
        ),
        sa.PrimaryKeyConstraint("unit", "booking", name="pk_venue_booking"),
    )
    op.create_index("ix_venue_booking_unit_code_day", "venue_booking", ["unit", "code", "day"])
    op.create_table(
        "venue_use",
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("booking", sa.String(24), nullable=False),
        sa.Column("decision", sa.String(120), nullable=False),
        sa.Column("note", sa.String(120), nullable=False),
        sa.Column("takes_back", sa.Integer(), nullable=True),
        sa.Column("user", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.CheckConstraint("heads >= 0 AND fee_fen >= 0", name="ck_venue_use_counts"),
        sa.CheckConstraint(
            "opens >= 0 AND opens < closes AND closes <= 1440", name="ck_venue_use_span"
        ),
        sa.ForeignKeyConstraint(
            ["unit", "code"], ["venue.unit", "venue.code"], name="fk_venue_use_unit_code"
        ),
        sa.PrimaryKeyConstraint("unit", "code", "year", "number", name="pk_venue_use"),
    )
    op.create_index("ix_venue_use_unit_code_day", "venue_use", ["unit", "code", "day"])
