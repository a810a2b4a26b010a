"""Tables of the portal's own database. Instants are UTC in ISO form, so that both SQLite and PostgreSQL order them the same."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True, comment="SHA-256 of the cookie's secret"),
    Column("user", String(64), nullable=False, comment="id of the account (FHIR User)"),
    Column("role", String(32), nullable=False),
    Column("reference", String(128), nullable=False, comment="who they are: Patient/… or Practitioner/…"),
    Column("created", String(32), nullable=False),
    Column("last_seen", String(32), nullable=False),
    Column("ended", String(32), nullable=True),
    Column(
        "device",
        String(120),
        nullable=False,
        default="",
        comment="browser and system in words, for the person's own list",
    ),
)
Index("sessions_user", sessions.c.user)

challenges = Table(
    "challenges",
    metadata,
    Column("id", String(64), primary_key=True, comment="what the browser holds"),
    Column("purpose", String(24), nullable=False, comment="sign-in of a patient, second factor, …"),
    Column("browser_hash", String(64), nullable=False, comment="ties the code to the browser that asked"),
    Column("contact_hash", String(64), nullable=False),
    Column("user", String(64), nullable=True, comment="empty when the contact is unknown: same work, no account"),
    Column("code_hash", String(64), nullable=False, comment="HMAC-SHA-256 with a key kept outside this database"),
    Column("created", String(32), nullable=False),
    Column("expires", String(32), nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("used", Boolean, nullable=False, default=False),
    Column("channel", String(8), nullable=False, comment="email, sms or app"),
    Column("shown", String(80), nullable=False, default="", comment="the masked contact that the page shows"),
)
Index("challenges_contact", challenges.c.contact_hash)
Index("challenges_browser", challenges.c.browser_hash)

entries = Table(
    "entries",
    metadata,
    Column("browser_hash", String(64), primary_key=True, comment="the browser that gave its proof on a page"),
    Column("user", String(64), nullable=False),
    Column("expires", String(32), nullable=False, comment="its next request must come before"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("bucket", String(96), primary_key=True, comment="kind and hash of contact or address; no clear contact"),
    Column("level", Integer, nullable=False, comment="thousandths of a token in use"),
    Column("at", String(32), nullable=False),
)

totp = Table(
    "totp",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("last_step", Integer, nullable=False, comment="so that an authenticator's code works once"),
)

places = Table(
    "places",
    metadata,
    Column("response", String(64), primary_key=True, comment="id of the QuestionnaireResponse"),
    Column("section", Integer, nullable=False, comment="where the person was, so that another device resumes there"),
    Column("revision", Integer, nullable=False, comment="of the latest answer; counts on when rows are folded away"),
    Column(
        "sealed_until",
        String(32),
        nullable=False,
        default="",
        comment="set while sending: no answer is taken; 9999 once sent",
    ),
    Column("at", String(32), nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("response", String(64), primary_key=True, comment="id of the QuestionnaireResponse"),
    Column("revision", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3… for each response, no gaps"),
    Column("path", String(400), nullable=False, comment="linkId, or linkIds and rows of repeats joined by /"),
    Column("value", Text, nullable=False, comment="JSON of the answer; null clears"),
    Column("key", String(64), nullable=False, comment="idempotency key: a repeated send is one row"),
    Column("author", String(128), nullable=False),
    Column("at", String(32), nullable=False),
    UniqueConstraint("response", "key", name="journal_once"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False, comment="email or sms"),
    Column("recipient", String(254), nullable=False),
    Column("subject", String(200), nullable=False, default=""),
    Column("body", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
