"""The name of the file that a plan was written in: TOML, or a sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column(
        "plan", sa.Column("file", sa.String(200), nullable=False, server_default="plan.toml")
    )
