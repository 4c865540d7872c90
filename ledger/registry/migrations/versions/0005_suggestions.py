"""What is suggested for a question: the claims that it would settle, and the runner-up."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("proposal", sa.Column("claims", sa.String(length=300), nullable=True))
    op.add_column("proposal", sa.Column("runner_up", sa.String(length=300), nullable=True))
    op.add_column("proposal", sa.Column("runner_score", sa.Integer(), nullable=True))
