"""Every setting of the portal, typed, each with its sentence. Read from the environment (prefix PORTAL_) or a file per secret.

`PORT` and `HOST` are also honoured without prefix, because hosting platforms set them so.
"""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore", frozen=True, populate_by_name=True)

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
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="At least 32 characters; signs cookies and the tokens of signed-in people. "
        "Empty: made once and kept in the data folder.",
    )
    code_minutes: int = Field(default=5, ge=1, le=10, description="Minutes for which a one-time code works.")
    code_digits: int = Field(default=8, ge=6, le=10, description="Digits of a one-time code.")
    code_tries: int = Field(default=5, ge=3, le=10, description="Wrong tries after which a one-time code is dead.")
    codes_per_hour: int = Field(default=5, ge=1, description="One-time codes sent to one contact in an hour.")
    codes_per_hour_address: int = Field(
        default=20, ge=1, description="One-time codes asked from one network address in an hour."
    )
    passwords_per_hour: int = Field(default=10, ge=3, description="Passwords tried for one account in an hour.")
    passwords_per_hour_address: int = Field(
        default=60, ge=3, description="Passwords tried from one network address in an hour."
    )
    idle_minutes: int = Field(
        default=15, ge=1, le=120, description="Minutes without action after which a person is signed out."
    )
    session_hours: int = Field(
        default=12, ge=1, le=24, description="Hours after which a person must sign in again in any case."
    )
    language: Literal["fr", "en"] = Field(
        default="fr", description="Language of a first visit when the browser names neither."
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1", description="Addresses of proxies whose X-Forwarded-For is believed, separated by commas."
    )
    log_json: bool = Field(default=False, description="Write logs as JSON lines.")

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
