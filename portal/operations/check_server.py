"""The configured FHIR server from outside: does it answer, does it know the portal and its tokens, is it closed to others."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from portal.access import Actor, Role
from portal.accounts.tokens import Bearer, TokenSigner
from portal.chance import Chance
from portal.clock import Clock
from portal.errors import Unavailable
from portal.fhir import Transport
from portal.fhir.server import Reply, ask
from portal.i18n import N_
from portal.operations.findings import Finding, Level, broken, fault, ok, warning
from portal.operations.init_bundle import CHECK_USER
from portal.settings import Settings
from portal.types import Json

SECRETS_IN_FILES, INIT_BUNDLE = 2602, 2411  # Aidbox's releases that brought them
SKEW, TOO_MUCH_SKEW = timedelta(seconds=5), timedelta(seconds=60)
REFUSED = frozenset({401, 403})
BY_BUNDLE = N_("Apply the init bundle: portal aidbox render-init-bundle (docs/deploy.md).")


@dataclass(frozen=True, kw_only=True, slots=True)
class Looking:
    """What a look at the server needs. `service` gives the portal's own Authorization header."""

    settings: Settings
    transport: Transport
    signer: TokenSigner
    clock: Clock
    chance: Chance
    service: str

    async def ask(self, method: str, path: str, *, authorization: str = "", data: object = None) -> Reply:
        return await ask(self.transport, method, path, authorization=authorization, data=data)

    def nobodys_token(self, *, key: str | None = None) -> str:
        """A token for the account that has no rights; signed with another key when asked."""
        signer = self.signer if key is None else TokenSigner(key=key, issuer=self.signer.issuer, clock=self.clock)
        return Bearer(signer, Actor(user=CHECK_USER, role=Role.PATIENT, reference="Patient/portal-check", name=""))()


async def server_findings(looking: Looking) -> AsyncIterator[Finding]:
    """Ends early when nothing further can be known."""
    try:
        health = await looking.ask("GET", "/health")
    except Unavailable as away:
        yield broken(away, N_("Look whether the FHIR server runs, and at PORTAL_FHIR_URL."))
        return
    yield await _version(looking, health)
    yield await _release(looking)
    yield clock_finding(health.headers.get("date", ""), looking.clock.now())
    client = await _client(looking)
    yield client
    if client.level is Level.FAULT:
        return
    yield await _passwords(looking)
    yield await _own_limits(looking)
    async for finding in _tokens(looking):
        yield finding


async def _version(looking: Looking, health: Reply) -> Finding:
    if health.status == 404:
        return warning(
            N_("The FHIR server has no /health: it is not an Aidbox."),
            N_(
                "The portal is held to Aidbox's dialect; run portal check --contract before you rely on another server."
            ),
        )
    told = await looking.ask("GET", "/$version")
    about: Json = health.body.get("about", {}) if isinstance(health.body, dict) else {}
    version = str((told.body or {}).get("version") or about.get("version") or "") if told.status == 200 else ""
    if about.get("channel") == "embedded":
        return ok(N_("The FHIR server is the embedded backend {version}."), version=version)
    number = int(version[:4]) if version[:4].isdigit() else 0
    if health.status != 200 or not number:
        return warning(
            N_("The FHIR server does not tell its version."), N_("Look at {path} yourself."), path="/$version"
        )
    if number < INIT_BUNDLE:
        return fault(
            N_("Aidbox {version} knows no init bundle."), N_("Take a release of 2602 or later."), version=version
        )
    if number < SECRETS_IN_FILES:
        return warning(
            N_("Aidbox {version} cannot read secrets from files, which the init bundle names."),
            N_("Take a release of 2602 or later."),
            version=version,
        )
    return ok(N_("The FHIR server is Aidbox {version}."), version=version)


async def _release(looking: Looking) -> Finding:
    told = await looking.ask("GET", "/fhir/metadata")
    release = str((told.body or {}).get("fhirVersion", "")) if isinstance(told.body, dict) else ""
    if told.status == 200 and release.startswith("4.0"):
        return ok(N_("It speaks FHIR {release}."), release=release)
    return fault(
        N_("It does not speak FHIR R4 (it says {release})."),
        N_("Start Aidbox with BOX_BOOTSTRAP_FHIR_PACKAGES=hl7.fhir.r4.core#4.0.1."),
        release=release or told.status,
    )


def clock_finding(date: str, now: datetime) -> Finding:
    """`date` is the Date header of an answer just received; its seconds are whole."""
    try:
        skew = abs(parsedate_to_datetime(date) - now)
    except (TypeError, ValueError):
        return warning(
            N_("The server does not say what time it has."),
            N_("Compare the two clocks yourself: tokens live five minutes."),
        )
    seconds = round(skew.total_seconds())
    if skew <= SKEW:
        return ok(N_("The two clocks agree."))
    level = fault if skew > TOO_MUCH_SKEW else warning
    return level(
        N_("The two clocks differ by {seconds} seconds."),
        N_("Set both by NTP: the portal's tokens live five minutes."),
        seconds=seconds,
    )


async def _client(looking: Looking) -> Finding:
    client = looking.settings.fhir_client_id
    answer = await looking.ask("GET", "/fhir/Organization?_count=1", authorization=looking.service)
    if answer.status == 200:
        return ok(N_("The portal signs in as client {client} and may read."), client=client)
    if answer.status == 401:
        return fault(
            N_("The server does not know client {client}, or its secret is another."),
            N_(
                "Compare PORTAL_FHIR_CLIENT_SECRET with the server's secret portal_fhir_client_secret; apply the init bundle."
            ),
            client=client,
        )
    if answer.status == 403:
        return fault(N_("Client {client} may not read."), BY_BUNDLE, client=client)
    return fault(
        N_("A simple search is answered with {status}."),
        N_("Look in the server's log for the request {id}."),
        status=answer.status,
        id=answer.request_id,
    )


async def _passwords(looking: Looking) -> Finding:
    """Asks with a password that nobody has: the answer tells whether the question is allowed."""
    secret = looking.settings.fhir_client_secret.get_secret_value()
    sent = {"grant_type": "password", "client_id": looking.settings.fhir_client_id, "client_secret": secret}
    nobody = {"username": looking.chance.id(), "password": looking.chance.token()}
    answer = await looking.ask("POST", "/auth/token", data={**sent, **nobody})
    error = str(answer.body.get("error", "")) if isinstance(answer.body, dict) else ""
    if answer.status == 200:
        return fault(N_("The server takes any password."), N_("Stop, and find out why before anybody uses it."))
    if error in {"invalid_client", "unauthorized_client", "unsupported_grant_type"} or (
        not error and answer.status != 400
    ):
        return fault(N_("The portal may not ask whether a password is right."), BY_BUNDLE)
    return ok(N_("The portal may ask whether a password is right."))


async def _own_limits(looking: Looking) -> Finding:
    """Tries to write a policy that opens nothing, and takes it away again should that succeed."""
    id_ = f"portal-check-{looking.chance.id()}"
    policy = {"resourceType": "AccessPolicy", "id": id_, "engine": "matcho", "matcho": {"client": {"id": id_}}}
    answer = await looking.ask("PUT", f"/fhir/AccessPolicy/{id_}", authorization=looking.service, data=policy)
    if answer.status in REFUSED:
        return ok(N_("The portal's client cannot give itself rights."))
    await looking.ask("DELETE", f"/fhir/AccessPolicy/{id_}", authorization=looking.service)
    return warning(
        N_("The portal's client may write access policies: whoever has its secret has everything."),
        N_("Give it the policies of the init bundle and no others."),
    )


async def _tokens(looking: Looking) -> AsyncIterator[Finding]:
    own, foreign = looking.nobodys_token(), looking.nobodys_token(key=looking.chance.token())
    told = await looking.ask("GET", "/auth/userinfo", authorization=own)
    if told.status == 200 and isinstance(told.body, dict) and told.body.get("id") == CHECK_USER:
        yield ok(N_("The server believes the portal's tokens."))
    elif told.status == 403:
        yield fault(N_("People signed in at the portal may not ask the server who they are."), BY_BUNDLE)
    else:
        yield fault(
            N_("The server does not believe the portal's tokens (it answers {status})."),
            N_(
                "TokenIntrospector/portal must be there, with the issuer {issuer}, and its secret portal_secret_key must be "
                "PORTAL_SECRET_KEY."
            ),
            status=told.status,
            issuer=looking.signer.issuer,
        )
    if (await looking.ask("GET", "/auth/userinfo", authorization=foreign)).status not in REFUSED:
        yield fault(
            N_("The server believes tokens signed with any key."), N_("Look at its TokenIntrospectors at once.")
        )
    closed = True
    for authorization in ("", own, foreign):
        for path in ("/fhir/Patient?_count=1", "/fhir/QuestionnaireResponse?_count=1", "/fhir/User?_count=1"):
            closed = closed and (await looking.ask("GET", path, authorization=authorization)).status in REFUSED
    if closed:
        yield ok(N_("Who has no right reads nothing."))
    else:
        yield fault(
            N_("Records can be read without a right."),
            N_("Look for access policies that are not the portal's, and close the server until they are gone."),
        )
    yield await _bundles(looking, own)


async def _bundles(looking: Looking, token: str) -> Finding:
    """A batch that asks for what the person may not see: it must be taken, and its entry refused."""
    entry = {"request": {"method": "GET", "url": "Patient?_count=1"}}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    answer = await looking.ask("POST", "/fhir", authorization=token, data=batch)
    if answer.status in REFUSED:
        return fault(
            N_("People may not post bundles, by which the portal saves."),
            N_("Set PORTAL_AIDBOX_BUNDLE_POLICY=true and apply the init bundle."),
        )
    entries: list[Any] = answer.body.get("entry", []) if isinstance(answer.body, dict) else []
    if [str(one.get("response", {}).get("status", ""))[:3] for one in entries] in (["401"], ["403"]):
        return ok(N_("Each entry of a bundle needs its own right."))
    return fault(
        N_("A bundle opens what its entries may not."),
        N_("Set PORTAL_AIDBOX_BUNDLE_POLICY=false, apply the init bundle, and see docs/aidbox.md."),
    )
