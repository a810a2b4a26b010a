"""Second factors, trusted devices, and work that waits for its turn."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Filled as the tables come."""
