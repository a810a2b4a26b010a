"""Accounts on their way: sign-ups being typed, professionals who wait for an administrator, invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("typed", sa.Text, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Column("invitation", sa.String(64), nullable=False),
        sa.Column("email_proven", sa.String(64), nullable=False),
        sa.Column("phone_proven", sa.String(64), nullable=False),
        sa.Column("proof_kind", sa.String(8), nullable=False),
        sa.Column("proof_contact", sa.String(64), nullable=False),
        sa.Column("proof_luck", sa.String(64), nullable=False),
        sa.Column("proof_armed", sa.Boolean, nullable=False),
        sa.Column("proof_shown", sa.String(80), nullable=False),
        sa.Column("proof_expires", sa.String(32), nullable=False),
        sa.Column("proof_tries", sa.Integer, nullable=False),
        sa.Column("finishing", sa.String(32), nullable=False),
        sa.Column("touched", sa.String(32), nullable=False),
    )
    op.create_index("sign_ups_email", "sign_ups", ["email_proven"])
    op.create_table(
        "pending_accounts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("practitioner", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("organization", sa.String(64), nullable=False),
        sa.Column("other", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("asked", sa.String(32), nullable=False),
    )
    op.create_index("pending_accounts_user", "pending_accounts", ["user"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("reference", sa.String(128), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("organizations", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("inviter", sa.String(128), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("sent", sa.String(32), nullable=False),
        sa.Column("times_sent", sa.Integer, nullable=False),
        sa.Column("expires", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("identity_tries", sa.Integer, nullable=False),
    )
    op.create_index("invitations_reference", "invitations", ["reference"])
