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
    Column("kind", String(12), nullable=False, default="browser", comment="browser or kiosk: which limits it lives by"),
    Column("proven", String(32), nullable=False, default="", comment="latest proof of who it is; empty: at its start"),
)
Index("sessions_user", sessions.c.user)

challenges = Table(
    "challenges",
    metadata,
    Column("id", String(64), primary_key=True, comment="what the browser holds"),
    Column("purpose", String(24), nullable=False, comment="sign-in of a patient, second factor, …"),
    Column("browser_hash", String(64), nullable=False, comment="ties the code to the browser that asked"),
    Column("contact_hash", String(64), nullable=False),
    Column("user", String(64), nullable=True, comment="empty when the contact is unknown: same work, and no code fits"),
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
    Column("kind", String(12), nullable=False, default="browser", comment="of the session to come"),
    Column("trust", Boolean, nullable=False, default=False, comment="this browser is to be known again"),
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

counters = Table(
    "counters",
    metadata,
    Column("name", String(96), primary_key=True, comment="wrong codes in a row of an account, text messages of a day"),
    Column("count", Integer, nullable=False),
    Column("at", String(32), nullable=False, comment="when it last changed"),
)

spent = Table(
    "spent",
    metadata,
    Column("id", String(64), primary_key=True, comment="signature of a proof of work that was used"),
    Column("expires", String(32), nullable=False, comment="until then it would still be good"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("selector", String(8), primary_key=True, comment="first letters of the code: which one it is"),
    Column("hash", String(160), nullable=False, comment="Argon2id of the rest"),
    Column("used", String(32), nullable=True),
)

trusted_devices = Table(
    "trusted_devices",
    metadata,
    Column("id_hash", String(64), primary_key=True, comment="SHA-256 of the cookie's secret"),
    Column("user", String(64), nullable=False),
    Column("device", String(120), nullable=False, default=""),
    Column("created", String(32), nullable=False),
    Column("expires", String(32), nullable=False),
)
Index("trusted_devices_user", trusted_devices.c.user)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(40), nullable=False, comment="which work, see portal/worker.py"),
    Column("args", Text, nullable=False, comment="JSON"),
    Column("key", String(96), nullable=True, unique=True, comment="a second job with the same key is not put in"),
    Column("created", String(32), nullable=False),
    Column(
        "due", String(32), nullable=False, comment="not before; while it runs: when another worker may take it over"
    ),
    Column("tries", Integer, nullable=False, default=0),
    Column("claim", String(24), nullable=False, default="", comment="of the worker that has it; empty: waiting"),
    Column("cause", String(60), nullable=False, default="", comment="why the latest try failed, as a code"),
)
Index("jobs_due", jobs.c.due)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False, comment="email or sms"),
    Column("shown", String(80), nullable=False, comment="the contact, masked"),
    Column("about", String(24), nullable=False, comment="what the message was for"),
    Column("cause", String(60), nullable=False, comment="the provider's reason, as a code"),
    Column("tries", Integer, nullable=False),
    Column("at", String(32), nullable=False),
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
    Column(
        "answers", Text, nullable=False, server_default="null", comment="the same as FHIR stores it; null: no answer"
    ),
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

sign_ups = Table(
    "sign_ups",
    metadata,
    Column("id", String(64), primary_key=True, comment="in the address of the page: one tab, one sign-up"),
    Column("browser_hash", String(64), nullable=False, comment="nobody else reads what was typed"),
    Column("role", String(32), nullable=False),
    Column("typed", Text, nullable=False, comment="JSON of the fields, dropped at the end or after an hour"),
    Column("sent", Boolean, nullable=False, default=False, comment="the form was sent, with its proof of work"),
    Column("invitation", String(64), nullable=False, default="", comment="id of the invitation that is being followed"),
    Column("email_proven", String(64), nullable=False, default="", comment="keyed hash of the address that was proven"),
    Column("phone_proven", String(64), nullable=False, default="", comment="keyed hash of the number that was proven"),
    Column("proof_kind", String(8), nullable=False, default="", comment="email or sms: what the code sent last proves"),
    Column("proof_contact", String(64), nullable=False, default="", comment="keyed hash of that contact"),
    Column("proof_luck", String(64), nullable=False, default="", comment="the code is worked out of it and the key"),
    Column("proof_armed", Boolean, nullable=False, default=False, comment="a code was sent, so that one may fit"),
    Column("proof_shown", String(80), nullable=False, default="", comment="the masked contact that the page shows"),
    Column("proof_expires", String(32), nullable=False, default=""),
    Column("proof_tries", Integer, nullable=False, default=0),
    Column("finishing", String(32), nullable=False, default="", comment="since when the account is being made"),
    Column("touched", String(32), nullable=False),
)
Index("sign_ups_email", sign_ups.c.email_proven)

pending_accounts = Table(
    "pending_accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user", String(64), nullable=False, comment="id of the account (FHIR User), which opens nothing yet"),
    Column("practitioner", String(64), nullable=False, comment="id of the inactive Practitioner"),
    Column("role", String(32), nullable=False, comment="what they say they are"),
    Column("organization", String(64), nullable=False, default="", comment="where they say they work; empty: other"),
    Column("other", String(200), nullable=False, default="", comment="the name they gave, when it is not in the list"),
    Column("language", String(2), nullable=False, comment="of the message that tells them"),
    Column("asked", String(32), nullable=False),
)
Index("pending_accounts_user", pending_accounts.c.user)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True, comment="SHA-256 of the secret in the link"),
    Column("reference", String(128), nullable=False, comment="who is invited: Patient/… or Practitioner/…"),
    Column("email", String(254), nullable=False, default=""),
    Column("phone", String(20), nullable=False, default=""),
    Column("role", String(32), nullable=False),
    Column("organizations", Text, nullable=False, comment="JSON: ids of the centres that invite"),
    Column("language", String(2), nullable=False),
    Column("inviter", String(128), nullable=False, comment="reference of the person who invites"),
    Column("created", String(32), nullable=False),
    Column("sent", String(32), nullable=False, comment="the latest time"),
    Column("times_sent", Integer, nullable=False, default=1),
    Column("expires", String(32), nullable=False),
    Column("state", String(12), nullable=False, comment="waiting, accepted, cancelled, refused"),
    Column("identity_tries", Integer, nullable=False, default=0, comment="wrong dates of birth, of an invited patient"),
)
Index("invitations_reference", invitations.c.reference)

relative_links = Table(
    "relative_links",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True, comment="SHA-256 of the secret in the link"),
    Column("task", String(64), nullable=False, comment="the one form that the link opens"),
    Column("patient", String(64), nullable=False),
    Column("relative", String(64), nullable=False, comment="id of the RelatedPerson"),
    Column("name", String(120), nullable=False),
    Column("relationship", String(16), nullable=False),
    Column("creator", String(128), nullable=False, comment="reference of the professional"),
    Column("created", String(32), nullable=False),
    Column("expires", String(32), nullable=False),
    Column("browser_hash", String(64), nullable=False, default="", comment="the one browser that opened it"),
    Column("opened", String(32), nullable=False, default=""),
    Column("ended", String(32), nullable=False, default=""),
    Column("outcome", String(12), nullable=False, default="", comment="sent or cancelled"),
)
Index("relative_links_patient", relative_links.c.patient)
Index("relative_links_browser", relative_links.c.browser_hash)
