"""Which variables of the environment speak for a setting: its own name, the names of the deployment before this one, and
for each of them `NAME_FILE`, the path of a file that holds the value (a mounted secret).

The first that is set and not empty decides, in the order of docs/settings.md.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from portal.errors import NotReady
from portal.i18n import N_


def _as_it_is(value: str) -> str:
    return value


def _fhir_base(value: str) -> str:
    """Aidbox was given by its root, the portal wants its FHIR base."""
    base = value.rstrip("/")
    return base if base.endswith("/fhir") else f"{base}/fhir"


def _email_way(value: str) -> str:
    return {"console": "outbox"}.get(value.lower(), value.lower())


@dataclass(frozen=True, slots=True)
class Former:
    """A variable of the deployment before this one that speaks for a setting today; `read` turns its value into ours."""

    name: str
    setting: str
    read: Callable[[str], str] = _as_it_is


FORMER = (
    Former("EMR_FHIR_URL", "fhir_url"),
    Former("AIDBOX_BASE_URL", "fhir_url", _fhir_base),
    Former("APP_INIT_URL", "fhir_url", _fhir_base),
    Former("EMR_AIDBOX_URL", "fhir_url", _fhir_base),
    Former("APP_INIT_CLIENT_ID", "fhir_client_id"),
    Former("APP_INIT_CLIENT_SECRET", "fhir_client_secret"),
    Former("AIDBOX_ROOT_CLIENT_SECRET", "fhir_root_secret"),
    Former("BOX_ROOT_CLIENT_SECRET", "fhir_root_secret"),
    Former("AIDBOX_CLIENT_SECRET", "fhir_root_secret"),  # Aidbox made of it the client that may do everything
    Former("FRONTEND_URL", "public_url"),
    Former("EMR_WEB_URL", "public_url"),
    Former("APP_SECRET", "secret_key"),
    Former("FRENCHMINDS_SUBSCRIPTION_WEBHOOK", "events_url"),
    Former("FRENCHMINDS_SUBSCRIPTION_WEBHOOK_AUTHORIZATION", "events_authorization"),
    Former("EMAIL_PROVIDER", "email_by", _email_way),
    Former("EMAIL_FROM", "email_from"),
    Former("MAIL_FROM", "email_from"),
    Former("POSTMARK_API_KEY", "postmark_token"),
    Former("TWILIO_ACCOUNT_SID", "twilio_account"),
    Former("TWILIO_AUTH_TOKEN", "twilio_token"),
    Former("TWILIO_PHONE", "twilio_from"),
    Former("TWILIO_PHONE_NUMBER", "twilio_from"),
)
DATABASE = ("TIMESCALEDB_SERVICE_NAME", "PGUSER", "PGPASSWORD")
"""Together they said where the data warehouse's PostgreSQL is; today that is PORTAL_DATABASE_URL."""

NOT_USED = {
    "AIDBOX_CLIENT_ID": N_("it named the record server's client with every right; the portal has a client of its own"),
    "EFONDAMENTAL_BACKEND_2FA_WEBHOOK": N_("the portal sends the codes of the second factor itself"),
    "EFONDAMENTAL_BACKEND_2FA_WEBHOOK_AUTHORIZATION": N_("the portal sends the codes of the second factor itself"),
    "EFONDAMENTAL_BACKEND_2FA_WEBHOOK_SECRET": N_("the portal sends the codes of the second factor itself"),
    "FRENCHMINDS_FCM_SERVICE_ACCOUNT_FILE_PATH": N_("messages leave by e-mail and text message"),
    "STORAGE_ACCESS_KEY": N_("files are kept by the record server"),
    "STORAGE_SECRET_KEY": N_("files are kept by the record server"),
    "STORAGE_BUCKET": N_("files are kept by the record server"),
    "STORAGE_URL": N_("files are kept by the record server"),
    "MINIO_ROOT_USER": N_("files are kept by the record server"),
    "MINIO_ROOT_PASSWORD": N_("files are kept by the record server"),
    "JWT_TOKEN_ENCODE_SECRET": N_("PORTAL_SECRET_KEY signs every token"),
    "FHIRPATH_MAPPING_SERVICE": N_("forms are mapped by the portal itself"),
}
"""Variables of the deployment before this one that change nothing any more, and why."""


class Environment(PydanticBaseSettingsSource):
    """The one source of settings. `NotReady` when a file cannot be read, or a variable and its file are both given."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str] | None = None) -> None:
        super().__init__(settings_cls)
        self._variables = os.environ if variables is None else variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        for name in own_names(field_name, field):
            found = self._value(name)
            if found:
                return found, field_name, False
        for former in FORMER:
            if former.setting == field_name and (found := self._value(former.name)):
                return former.read(found), field_name, False
        return (self._database() if field_name == "database_url" else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key] = value
        return found

    def _value(self, name: str) -> str:
        """Empty when it is not set: what a compose file passes on is often empty, and so is a secret that nobody wrote."""
        given, path = self._variables.get(name, ""), self._variables.get(f"{name}_FILE", "")
        if not path:
            return given
        try:
            kept = Path(path).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise NotReady(
                N_("{name}: the file cannot be read ({cause})."), name=f"{name}_FILE", cause=type(error).__name__
            ) from None
        if given and kept:
            raise NotReady(N_("{name} and {name}_FILE are both set: keep one."), name=name)
        return kept or given

    def _database(self) -> str | None:
        host, user, password = (self._value(name) for name in DATABASE)
        if not host:
            return None
        who = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        return f"postgresql+psycopg://{who}{host}/{host}"


def own_names(name: str, field: FieldInfo) -> list[str]:
    """The variables that are the setting's own, in the order in which they decide."""
    alias = field.validation_alias
    return [str(one) for one in alias.choices] if isinstance(alias, AliasChoices) else [f"PORTAL_{name.upper()}"]


def former_names(name: str) -> list[str]:
    """The variables of the deployment before this one that speak for a setting."""
    return [former.name for former in FORMER if former.setting == name]
