"""Ways in: how a code went out and what of the contact may be shown, and proofs that wait for the browser's next request."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("challenges", sa.Column("channel", sa.String(8), nullable=False, server_default="email"))
    op.add_column("challenges", sa.Column("shown", sa.String(80), nullable=False, server_default=""))
    op.create_index("challenges_browser", "challenges", ["browser_hash"])
    op.create_table(
        "entries",
        sa.Column("browser_hash", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("expires", sa.String(32), nullable=False),
    )
