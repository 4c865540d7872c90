"""The papers of a budget's decision; sums of lines that came back are summed afresh."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("budget", sa.Column("papers", sa.Text(), nullable=False, server_default=""))
    # A line that was out of force for a while kept an old sum: each is summed again when asked for.
    op.execute("DELETE FROM budget_sum")
