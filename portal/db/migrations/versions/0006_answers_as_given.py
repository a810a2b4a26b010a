"""The answers of a journal row as FHIR stores them, beside what the person gave: they are taken again whatever is known then."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("journal", sa.Column("answers", sa.Text, nullable=False, server_default="null"))
