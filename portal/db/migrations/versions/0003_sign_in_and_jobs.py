"""Second factors, trusted devices, proofs of work, and work that waits for its turn.

A one-time code is worked out of its challenge and the portal's key when it is needed, so nothing of it is kept any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_column("challenges", "code_hash")
    for table in ("sessions", "entries"):
        op.add_column(table, sa.Column("kind", sa.String(12), nullable=False, server_default="browser"))
    op.add_column("sessions", sa.Column("proven", sa.String(32), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("trust", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "counters",
        sa.Column("name", sa.String(96), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "spent",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("expires", sa.String(32), nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("selector", sa.String(8), primary_key=True),
        sa.Column("hash", sa.String(160), nullable=False),
        sa.Column("used", sa.String(32), nullable=True),
    )
    op.create_table(
        "trusted_devices",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("device", sa.String(120), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("expires", sa.String(32), nullable=False),
    )
    op.create_index("trusted_devices_user", "trusted_devices", ["user"])
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("args", sa.Text, nullable=False),
        sa.Column("key", sa.String(96), nullable=True, unique=True),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("due", sa.String(32), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("claim", sa.String(24), nullable=False),
        sa.Column("cause", sa.String(60), nullable=False),
    )
    op.create_index("jobs_due", "jobs", ["due"])
    op.create_table(
        "refusals",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("shown", sa.String(80), nullable=False),
        sa.Column("about", sa.String(24), nullable=False),
        sa.Column("cause", sa.String(60), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
