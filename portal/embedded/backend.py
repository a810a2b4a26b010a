"""Opens the embedded backend on a folder and puts its parts together."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.chance import Chance
from portal.clock import Clock
from portal.embedded.access import Guard, SqlTwin
from portal.embedded.definitions import load_definitions
from portal.embedded.delivery import Deliver, Deliveries, Rest
from portal.embedded.engine import CREATED_AT, Engine, body_of
from portal.embedded.identity import Authenticate
from portal.embedded.indexing import adopt
from portal.embedded.secrets import password_fits, protect
from portal.embedded.service import Service
from portal.embedded.store import LIVE, Store, Unit
from portal.embedded.subscriptions import Subscriptions
from portal.embedded.vault import Vault
from portal.embedded.webhook import Webhook
from portal.embedded.wire import Wire
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """`asgi` serves /fhir, /health, /$version and /auth. Close it to release the folder."""

    asgi: Wire
    service: Service
    store: Store
    deliveries: Deliveries
    webhook: Webhook

    async def close(self) -> None:
        await self.deliveries.close()
        await self.webhook.close()
        await self.store.close()


async def open_backend(
    folder: Path,
    *,
    clock: Clock,
    chance: Chance,
    authenticate: Authenticate,
    base_url: str | None = None,
    address: str = "http://localhost/fhir",
    created_at_url: str = CREATED_AT,
    whole_references: bool = True,
    vault: Vault | None = None,
    sql_twins: Mapping[str, SqlTwin] | None = None,
    twins_rest_on: Mapping[str, frozenset[str]] | None = None,
    root_secret: str | None = None,
    admin_password: str | None = None,
    deliver: Deliver | None = None,
    rest: Rest = asyncio.sleep,
) -> Backend:
    """Opens, or makes, the store in `folder`. `authenticate` gives the identity of a bearer token.

    `root_secret` makes Client `root`, to whom no policy applies; `admin_password` makes User `admin` with a policy that
    allows everything, as Aidbox does from BOX_ROOT_CLIENT_SECRET and BOX_ADMIN_PASSWORD. `twins_rest_on` names the kinds of
    answers that the twins keep, each with the types whose change ends them. `deliver` takes the events of
    topic subscriptions instead of their webhooks, `rest` waits between tries; without `whole_references`, a reference may lead nowhere (BOX_FHIR_VALIDATION_SKIP_REFERENCE); `vault` holds
    secrets that resources name (BOX_VAULT_CONFIG). Links begin with `base_url`; without it, with what each request was
    sent to, and in events, which answer no request, with `address`.

    NotReady when the folder is in use by another process, cannot be written, or holds a damaged file.
    """
    definitions = await asyncio.to_thread(load_definitions)
    store = await asyncio.to_thread(Store, folder, clock)
    engine = Engine(
        definitions=definitions,
        names=store.names,
        chance=chance,
        clock=clock,
        created_at_url=created_at_url,
        whole_references=whole_references,
        vault=vault or Vault(),
    )
    await store.write(lambda unit: _start(unit, engine, root_secret, admin_password))
    guard = Guard(engine, sql_twins or {}, twins_rest_on)
    store.on_commit.append(guard.follow)
    subscriptions = Subscriptions(engine)
    await store.write(subscriptions.load)
    webhook = Webhook()
    deliveries = Deliveries(store, engine, subscriptions, deliver or webhook, base_url or address, rest)
    store.on_commit.append(deliveries.follow)
    service = Service(store, engine, guard, subscriptions)
    wire = Wire(service, engine, clock, chance, authenticate, base_url=base_url)
    return Backend(asgi=wire, service=service, store=store, deliveries=deliveries, webhook=webhook)


def _start(unit: Unit, engine: Engine, root_secret: str | None, admin_password: str | None) -> None:
    adopt(unit, engine)
    if root_secret:
        root = {
            "resourceType": "Client",
            "grant_types": ["basic", "client_credentials", "password"],
            "secret": root_secret,
        }
        _keep(unit, engine, "root", root)
    if admin_password:
        present = unit.find("User", "admin")
        held = body_of(present).get("password") if present else None
        password = held if password_fits(held, admin_password) else admin_password
        _keep(unit, engine, "admin", {"resourceType": "User", "userName": "admin", "password": password})
        link = [{"reference": "User/admin"}]
        _keep(unit, engine, "admin", {"resourceType": "AccessPolicy", "engine": "allow", "link": link})


def _keep(unit: Unit, engine: Engine, id_: str, resource: Json) -> None:
    """Writes a resource unless what is stored says the same."""
    type_: str = resource["resourceType"]
    wanted = protect(engine.chance, type_, resource)
    present = unit.find(type_, id_)
    if present and present.state == LIVE:
        held = body_of(present)
        if all(held.get(key) == value for key, value in wanted.items()):
            return
    engine.write(unit, type_, id_, wanted, "PUT", present)
