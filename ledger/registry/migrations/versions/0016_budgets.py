"""Budgets in versions, and their ceilings."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    pass
