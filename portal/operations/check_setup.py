"""What can be seen from the settings alone, and on this machine."""

import ipaddress
import os
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from portal.environment import NOT_USED
from portal.i18n import N_, Message
from portal.operations.findings import Finding, fault, ok, warning
from portal.operations.init_bundle import AS_ROOT, OWN_CLIENT, ROOT
from portal.settings import Settings

SHORTEST_KEY = 32
PLAIN_LETTERS = 10  # different ones that a key made by chance surely has


def setup_findings(settings: Settings, variables: Mapping[str, str]) -> Iterator[Finding]:
    yield from _address(settings)
    yield from _key(settings)
    yield from _server_address(settings)
    yield from _messages(settings)
    yield from _folder(settings)
    for name in sorted(name for name in NOT_USED if variables.get(name)):
        why = Message(msgid=NOT_USED[name], params={})
        yield warning(N_("{name} is set and changes nothing: {why}."), N_("Take it away."), name=name, why=why)


def _address(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.address).hostname or ""
    if settings.demo:
        yield fault(
            N_("The demonstration is switched on: anybody may read its messages and so sign in."),
            N_("Take PORTAL_DEMO away wherever real people are."),
        )
    if settings.secure:
        yield ok(N_("People reach the portal at {address}."), address=settings.address)
    elif _on_this_machine(host):
        yield warning(
            N_("The portal's address is {address}: nobody else reaches it."),
            N_("Set PORTAL_PUBLIC_URL to the address that people type, beginning with https://."),
            address=settings.address,
        )
    else:
        yield fault(
            N_("The portal's address is {address}: answers and cookies travel unprotected."),
            N_("Put a proxy with a certificate before it (docs/deploy.md) and begin PORTAL_PUBLIC_URL with https://."),
            address=settings.address,
        )
    if settings.secure and settings.forwarded_allow_ips == "127.0.0.1" and not _on_this_machine(settings.host):
        yield warning(
            N_("Only a proxy on this machine is believed about where a visitor comes from."),
            N_("Set PORTAL_FORWARDED_ALLOW_IPS to the proxy's address: limits by address need it."),
        )


def _key(settings: Settings) -> Iterator[Finding]:
    key = settings.secret_key.get_secret_value()
    if not key and not settings.fhir_url:
        yield ok(N_("The key that signs was made once and is kept in the data folder."))
    elif len(key) < SHORTEST_KEY:
        yield fault(
            N_("PORTAL_SECRET_KEY has {length} characters."),
            N_("Give it at least 32, made by chance: openssl rand -base64 48"),
            length=len(key),
        )
    elif len(set(key)) < PLAIN_LETTERS:
        yield fault(N_("PORTAL_SECRET_KEY can be guessed."), N_("Make another by chance: openssl rand -base64 48"))
    else:
        yield ok(N_("The key that signs is long enough."))


def _server_address(settings: Settings) -> Iterator[Finding]:
    link = urlsplit(settings.fhir_url)
    if settings.fhir_url and not link.path.rstrip("/").endswith("/fhir"):
        yield warning(
            N_("The FHIR server's address {address} does not end with /fhir."),
            N_("Aidbox answers in FHIR only below /fhir: correct PORTAL_FHIR_URL."),
            address=settings.fhir_url,
        )
    if link.scheme == "http" and not _inside(link.hostname or ""):
        yield fault(
            N_("Records travel to {address} unprotected."),
            N_("Reach it by https, or on a network that only the portal and the server share."),
            address=settings.fhir_url,
        )
    if settings.fhir_url and settings.fhir_client_id == ROOT:
        yield fault(AS_ROOT, OWN_CLIENT)
    if settings.fhir_url and not settings.fhir_client_secret.get_secret_value():
        yield fault(
            N_("The secret of the portal's client is not set."),
            N_("Set PORTAL_FHIR_CLIENT_SECRET, or PORTAL_FHIR_CLIENT_SECRET_FILE."),
        )


def _messages(settings: Settings) -> Iterator[Finding]:
    if "@localhost" in settings.email_from:
        yield fault(N_("E-mails have no sender."), N_("Set PORTAL_EMAIL_FROM to an address of your domain."))
    if settings.smtp_host and settings.smtp_security == "none" and not _on_this_machine(settings.smtp_host):
        yield fault(
            N_("E-mails travel to {host} unprotected."),
            N_("Set PORTAL_SMTP_SECURITY to starttls or tls."),
            host=settings.smtp_host,
        )


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    place = next((each for each in (folder, *folder.absolute().parents) if each.exists()), folder)
    if not os.access(place, os.W_OK | os.X_OK):
        yield fault(
            N_("The data folder {folder} cannot be written."), N_("Let the portal's account own it."), folder=folder
        )
    elif folder.exists() and folder.stat().st_mode & 0o077:
        yield warning(
            N_("Other accounts of this machine may look into the data folder {folder}."),
            N_("Close it: chmod 700."),
            folder=folder,
        )


def _on_this_machine(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _inside(host: str) -> bool:
    """A name of one's own network: this machine, a private address, or a name without a dot as containers have."""
    if _on_this_machine(host) or ("." not in host and ":" not in host):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host.endswith((".internal", ".local", ".svc"))
