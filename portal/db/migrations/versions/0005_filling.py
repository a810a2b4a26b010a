"""Forms filled by relatives, and files given with an answer."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Filled as the tables come."""
