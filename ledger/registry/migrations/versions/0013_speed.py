"""What few claims have is in the index of those few, so that entering many claims costs less."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for column in ("list_code", "parent", "settled_on", "settled_by"):
        op.drop_index(f"ix_claim_unit_{column}", "claim")
    op.drop_index("ix_claim_sums", "claim")
    _where("list_code", "ix_claim_unit_list_code", "list_code")
    _where("parent", "ix_claim_unit_parent", "parent")
    _where("settled_by", "ix_claim_unit_settled_by", "settled_by")
    _where("settled_on", "ix_claim_unit_settled_on_month", "settled_on", "month")
    _where(
        "member", "ix_claim_sums", "month", "rule", "kind", "state", "settled_on", "fen"
    )  # fmt: skip


def _where(known: str, name: str, *columns: str) -> None:
    which = sa.text(f"{known} IS NOT NULL")
    op.create_index(name, "claim", ["unit", *columns], sqlite_where=which, postgresql_where=which)
