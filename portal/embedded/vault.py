"""Secrets kept as files outside the database, as Aidbox's BOX_VAULT_CONFIG does: a resource names one by an extension.

The configuration maps names to files and says which resource may use each:
`{"secret": {"portal": {"path": "/run/secrets/portal", "scope": {"resource_type": "Client", "id": "portal"}}}}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from portal.embedded.text import load_object
from portal.errors import NotReady
from portal.i18n import N_
from portal.types import Json

REFERENCE = "http://health-samurai.io/fhir/secret-reference"


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """`id` is empty when every resource of the type may use it."""

    path: Path
    type: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Vault:
    secrets: Mapping[str, Secret] = field(default_factory=dict[str, Secret])

    def value(self, owner: Json, holder: Json, name: str) -> str | None:
        """The element `name` of `holder`, a part of the resource `owner`: as it is written, or from the file that its
        extension names. None without either, also when the file is for another resource or cannot be read.
        """
        written = holder.get(name)
        if isinstance(written, str):
            return written
        secret = self.secrets.get(_reference(holder.get(f"_{name}")))
        if secret is None or secret.type != owner.get("resourceType") or secret.id not in {"", owner.get("id")}:
            return None
        try:
            return secret.path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            return None


def open_vault(path: Path) -> Vault:
    """Reads the configuration. NotReady when it is not one."""
    try:
        written: Json = load_object(path.read_bytes())["secret"]
        return Vault(
            {
                name: Secret(
                    path=Path(one["path"]), type=str(one["scope"]["resource_type"]), id=str(one["scope"].get("id", ""))
                )
                for name, one in written.items()
            }
        )
    except Exception as error:
        cause = type(error).__name__
        raise NotReady(N_("BOX_VAULT_CONFIG cannot be used ({cause})."), cause=cause) from error


def _reference(element: object) -> str:
    extensions = cast("Json", element).get("extension") if isinstance(element, dict) else None
    held = [one for one in extensions if isinstance(one, dict)] if isinstance(extensions, list) else []
    return next((str(one.get("valueString", "")) for one in held if one.get("url") == REFERENCE), "")
