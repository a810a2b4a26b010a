"""`portal check`: every look at the set-up, one after the other, told as they come."""

import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from portal.accounts.passwords import own_client
from portal.accounts.tokens import TokenSigner, basic
from portal.chance import Chance
from portal.clock import Clock
from portal.content import CONTENT, load_content
from portal.errors import RecordError
from portal.fhir import FHIRClient, remote_transport
from portal.i18n import N_
from portal.operations.check_content import content_findings
from portal.operations.check_database import database_findings
from portal.operations.check_dialect import dialect_findings
from portal.operations.check_messages import message_findings
from portal.operations.check_server import Looking, server_findings
from portal.operations.check_setup import setup_findings
from portal.operations.findings import Finding, broken, fault, ok
from portal.operations.init_bundle import init_bundle
from portal.settings import Settings


async def look(
    settings: Settings,
    *,
    clock: Clock,
    chance: Chance,
    variables: Mapping[str, str] = os.environ,
    content: Path = CONTENT,
) -> AsyncIterator[Finding]:
    """Everything that could keep the portal from working, or people from being safe. Changes nothing that stays."""
    for finding in setup_findings(settings, variables):
        yield finding
    async for finding in message_findings(settings):
        yield finding
    async for finding in database_findings(settings):
        yield finding
    if not settings.fhir_url:
        yield ok(N_("Records are kept by the embedded backend, in the data folder: for one machine."))
        return
    secret = settings.secret_key.get_secret_value()
    if not secret:
        yield fault(
            N_("PORTAL_SECRET_KEY is not set: the server could not know the portal's tokens."),
            N_("Make one: openssl rand -base64 48"),
        )
        return
    transport = remote_transport(
        settings.fhir_url,
        chance=chance,
        clock=clock,
        deadline=settings.fhir_timeout,
        aliases=settings.fhir_aliases,
    )
    try:
        service = basic(*own_client(settings, secret))
        client = FHIRClient(transport, service)
        looking = Looking(
            settings=settings,
            transport=transport,
            signer=TokenSigner(key=secret, issuer=settings.address, clock=clock),
            clock=clock,
            chance=chance,
            service=service(),
        )
        async for finding in server_findings(looking):
            yield finding
        if not await _may_read(client):
            return
        brought = load_content(settings, content)
        async for finding in content_findings(client, init_bundle(settings, brought.catalogue, brought.trials)):
            yield finding
        async for finding in dialect_findings(client, chance):
            yield finding
    except RecordError as away:
        yield broken(away, N_("Look whether the FHIR server runs, and at PORTAL_FHIR_URL."))
    finally:
        await transport.close()


async def _may_read(client: FHIRClient) -> bool:
    """Whether there is anything more to see; why not has been told."""
    try:
        await client.find("Organization", {"_count": 1})
    except RecordError:
        return False
    return True
