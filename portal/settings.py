"""Every setting of the portal, typed, each with its sentence. Read from the environment (prefix PORTAL_), or from the file
that `NAME_FILE` names; names of the deployment before this one are in portal/environment.py.

`PORT` and `HOST` are also honoured without prefix, because hosting platforms set them so.
"""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from portal.environment import Environment


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore", frozen=True, populate_by_name=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del env_settings, dotenv_settings, file_secret_settings
        return init_settings, Environment(settings_cls)

    host: str = Field(
        default="127.0.0.1",
        validation_alias=AliasChoices("PORTAL_HOST", "HOST"),
        description="Address the web server listens on.",
    )
    port: int = Field(
        default=8080,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("PORTAL_PORT", "PORT"),
        description="Port the web server listens on.",
    )
    public_url: str = Field(
        default="",
        description="Address that people type, such as https://portail.example.fr. Empty: http://HOST:PORT. "
        "Decides on secure cookies and on the origins allowed to open a socket.",
    )
    data_dir: Path = Field(
        default=Path(".data"),
        description="Folder of the embedded backend, the portal's own database and generated secrets.",
    )
    questionnaires: Path | None = Field(
        default=None,
        description="Folder of forms kept outside the repository (YAML, or FHIR Questionnaires in JSON): one with the code "
        "and version of a public form takes its place, as the licensed text of a form that records results only.",
    )
    norms: Path | None = Field(
        default=None,
        description="Folder of the tables (CSV) by which scores are looked up by age, sex or education. They are kept "
        "outside the repository; without them such scores stay empty.",
    )
    demo: bool = Field(
        default=False,
        description="Demonstration: fictitious people, the outbox page at /demo/outbox, the FHIR face at /fhir.",
    )
    fhir_url: str = Field(
        default="",
        description="Base address of the FHIR server, such as https://aidbox.example.fr/fhir. Empty: the embedded backend.",
    )
    fhir_client_id: str = Field(
        default="portal", description="Client by which the portal itself signs in to the FHIR server."
    )
    fhir_client_secret: SecretStr = Field(default=SecretStr(""), description="Secret of that client.")
    fhir_timeout: float = Field(
        default=10.0, gt=0, description="Seconds after which a call to the FHIR server is given up."
    )
    fhir_connections: int = Field(
        default=50, ge=2, le=1000, description="Connections to the FHIR server that are open at the same time at most."
    )
    fhir_public_urls: str = Field(
        default="",
        description="Other base addresses under which the FHIR server gives links to itself, separated by commas, such "
        "as its public one. Links elsewhere are not followed.",
    )
    fhir_root_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Secret of the FHIR server's client `root`. For `portal check --contract` only; the portal itself never "
        "uses it.",
    )
    aidbox_references: Literal["aidbox", "fhir"] = Field(
        default="aidbox",
        description="How Aidbox shows a reference of the signed-in user to access policies: as Aidbox writes it "
        "(`resourceType` and `id`) or as FHIR does (`reference`). See docs/aidbox.md.",
    )
    aidbox_bundle_policy: bool = Field(
        default=True,
        description="Give signed-in people a policy for the address of bundles. Right where Aidbox also asks each entry's "
        "own policy, which `portal check` tries.",
    )
    events_url: str = Field(
        default="",
        description="Address that is told of sent questionnaires and raised alerts, such as a data warehouse's; ids only. "
        "Empty: nobody is told.",
    )
    events_authorization: SecretStr = Field(
        default=SecretStr(""), description="Authorization header of those calls, such as `Bearer …`."
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="The portal's own database, such as postgresql+psycopg://portal:secret@portal-db/portal. Empty: a "
        "SQLite file in the data folder.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="At least 32 characters; signs cookies and the tokens of signed-in people. "
        "Empty: made once and kept in the data folder.",
    )
    code_minutes: int = Field(default=5, ge=1, le=10, description="Minutes for which a one-time code works.")
    code_digits: int = Field(default=8, ge=6, le=10, description="Digits of a one-time code.")
    code_tries: int = Field(default=5, ge=3, le=10, description="Wrong tries after which a one-time code is dead.")
    code_failures: int = Field(
        default=100,
        ge=5,
        le=100,
        validate_default=True,
        description="Wrong codes in a row after which an account takes no more codes, only the link of its messages, "
        "until it was opened once. Guessing must stay below one in a million, so fewer with 7 digits.",
    )
    app_failures: int = Field(
        default=10,
        ge=3,
        le=100,
        description="Wrong codes of an authenticator app in a row after which the app is no longer taken, "
        "until another proof was given.",
    )
    work_after: int = Field(
        default=3,
        ge=1,
        description="Failures of one contact or one network address after which the browser must do a proof of work "
        "before the next try.",
    )
    work_digits: int = Field(
        default=5, ge=3, le=7, description="Size of that work: as many hashes at most as this many digits can count."
    )
    sms_per_day: int = Field(
        default=500,
        ge=1,
        description="Text messages sent in a day in all; beyond it none leaves, and the log raises an alarm.",
    )
    codes_per_hour: int = Field(default=5, ge=1, description="One-time codes sent to one contact in an hour.")
    codes_per_hour_address: int = Field(
        default=20, ge=1, description="One-time codes asked from one network address in an hour."
    )
    passwords_per_hour: int = Field(default=10, ge=3, description="Passwords tried for one account in an hour.")
    passwords_per_hour_address: int = Field(
        default=60, ge=3, description="Passwords tried from one network address in an hour."
    )
    idle_minutes: int = Field(
        default=15, ge=1, le=120, description="Minutes without action after which a patient is signed out."
    )
    session_hours: int = Field(
        default=12, ge=1, le=24, description="Hours after which a patient must sign in again in any case."
    )
    staff_idle_minutes: int = Field(
        default=15, ge=1, le=120, description="Minutes without action after which a professional is signed out."
    )
    staff_session_hours: int = Field(
        default=12, ge=1, le=24, description="Hours after which a professional must sign in again in any case."
    )
    kiosk_idle_seconds: int = Field(
        default=90, ge=30, le=600, description="Seconds without action after which a shared tablet forgets its patient."
    )
    kiosk_session_minutes: int = Field(
        default=120, ge=10, le=720, description="Minutes after which a patient must sign in again on a shared tablet."
    )
    fresh_minutes: int = Field(
        default=10,
        ge=1,
        le=60,
        description="Minutes for which a proof is fresh enough to change a contact, a password or a second factor.",
    )
    trusted_device_days: int = Field(
        default=0,
        ge=0,
        le=90,
        description="Days for which a professional may have a browser known again, so that the password is enough "
        "there. 0: never.",
    )
    email_by: Literal["", "outbox", "smtp", "postmark"] = Field(
        default="",
        description="How e-mails leave. Empty: by Postmark or SMTP, whichever is set up; else they stay in the outbox.",
    )
    email_from: str = Field(
        default="Portail FondaMental <ne-pas-repondre@localhost>",
        description="Sender of e-mails, with a name or without.",
    )
    smtp_host: str = Field(default="", description="Server that takes e-mails.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is protected. `none` only on the same machine."
    )
    smtp_username: str = Field(default="", description="Account there. Empty: no sign-in.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Its password.")
    postmark_token: SecretStr = Field(default=SecretStr(""), description="Server token of Postmark.")
    postmark_stream: str = Field(default="outbound", description="Message stream of Postmark.")
    postmark_url: str = Field(default="https://api.postmarkapp.com", description="Address of Postmark's service.")
    sms_by: Literal["", "outbox", "twilio"] = Field(
        default="",
        description="How text messages leave. Empty: by Twilio when it is set up; else they stay in the outbox.",
    )
    twilio_account: str = Field(default="", description="Account SID of Twilio.")
    twilio_token: SecretStr = Field(default=SecretStr(""), description="Auth token of that account.")
    twilio_from: str = Field(
        default="", description="Sender of text messages: a number in E.164, or a messaging service (MG…)."
    )
    twilio_url: str = Field(default="https://api.twilio.com", description="Address of Twilio's service.")
    message_timeout: float = Field(
        default=10.0, gt=0, description="Seconds after which a message's server is given up, to be tried again later."
    )
    message_tries: int = Field(
        default=8, ge=1, le=20, description="Tries of a message, more and more apart, before it is given up."
    )
    jobs: Literal["here", "worker"] = Field(
        default="here",
        description="Who does what waits in the queue: the web process itself, or `portal worker` beside it.",
    )
    pseudonymised_list: bool = Field(
        default=False,
        description="Let administrators of the foundation list people by Fondacode, age band and sex. "
        "Such a list is not anonymous.",
    )
    language: Literal["fr", "en"] = Field(
        default="fr", description="Language of a first visit when the browser names neither."
    )
    sign_up_minutes: int = Field(
        default=60, ge=10, le=1440, description="Minutes for which what is typed in an unfinished sign-up is kept."
    )
    invitation_days: int = Field(default=7, ge=1, le=60, description="Days for which an invitation's link works.")
    nir_kept: bool = Field(
        default=False,
        description="Ask for the social security number (NIR) and keep it. Only where a legal basis allows it. "
        "Always on in a demonstration, whose people are fictitious.",
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1", description="Addresses of proxies whose X-Forwarded-For is believed, separated by commas."
    )
    log_json: bool = Field(default=False, description="Write logs as JSON lines.")

    @property
    def keeps_nir(self) -> bool:
        """Whether social security numbers are asked for and kept."""
        return self.nir_kept or self.demo

    @property
    def fhir_aliases(self) -> tuple[str, ...]:
        return tuple(one.strip() for one in self.fhir_public_urls.split(",") if one.strip())

    @field_validator("code_failures")
    @classmethod
    def _guessing_is_hopeless(cls, failures: int, given: ValidationInfo) -> int:
        digits = given.data.get("code_digits", 8)
        if failures * 1_000_000 > 10**digits:
            raise ValueError(f"with codes of {digits} digits, guessing would succeed more than once in a million")
        return failures

    @property
    def address(self) -> str:
        """The address people type, without a slash at its end."""
        everywhere = {"0.0.0.0", "127.0.0.1", "::"}  # noqa: S104 – read, not bound
        host = "localhost" if self.host in everywhere else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether people reach the portal by https, so that cookies may demand it."""
        return self.address.startswith("https://")
