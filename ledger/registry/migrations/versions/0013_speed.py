"""What is looked up often is found with fewer indexes."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    pass
