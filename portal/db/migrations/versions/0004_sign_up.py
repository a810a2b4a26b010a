"""Accounts on their way: sign-ups and invitations."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Filled as the tables come."""
