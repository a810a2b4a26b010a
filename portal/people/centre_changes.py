"""Centres change: what is said of them, their networks, and whether they are open. Nothing is ever deleted."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import NotFound
from portal.fhir import Transaction
from portal.people.history import Change, change, history_of
from portal.people.names import normalised
from portal.people.organizations import Centre, centres_named, checked, list_organizations, network_service, place


@dataclass(frozen=True, kw_only=True, slots=True)
class CentreFile:
    """A centre and what was changed of it, newest first."""

    centre: Centre
    changes: tuple[Change, ...]


async def find_organizations(acting: Acting, text: str = "", *, active: bool | None = None) -> list[Centre]:
    """Centres by name in which every word typed is found: name, city, code or FINESS, accents and capitals aside."""
    words = normalised(text).split()
    return [
        one
        for one in await list_organizations(acting)
        if (active is None or one.active is active)
        and all(word in normalised(f"{one.name} {one.city} {one.code} {one.finess}") for word in words)
    ]


async def organization_file(acting: Acting, organization: str) -> CentreFile:
    """Raises `NotFound` when there is no such centre."""
    decide(acting.actor, Permission.ORGANIZATION_LIST)
    centre = await _centre(acting, organization)
    kinds = (Permission.ORGANIZATION_CREATE, Permission.ORGANIZATION_UPDATE)
    return CentreFile(centre=centre, changes=tuple(await history_of(acting, f"Organization/{organization}", *kinds)))


async def edit_organization(
    acting: Acting,
    organization: str,
    *,
    name: str,
    city: str,
    centre_code: str,
    networks: Iterable[str],
    finess: str = "",
) -> None:
    """Raises `Invalid` naming the fields to correct, `VersionConflict` when somebody else has just changed it.

    A new code counts for the Fondacodes to come: those given keep theirs. A network taken away stays on the record server,
    inactive.
    """
    decide(acting.actor, Permission.ORGANIZATION_UPDATE)
    chosen = set(networks)
    facts = await checked(
        acting,
        name=name,
        city=city,
        centre_code=centre_code,
        networks=chosen,
        finess=finess,
        own=organization,
    )
    before = await _centre(acting, organization)
    stored = await acting.service.read("Organization", organization)
    write = Transaction()
    write.update({**stored, **facts})
    for network in chosen ^ set(before.networks):
        write.create(network_service(organization, network, active=network in chosen))
    write.create(place(organization, facts["name"]))
    after = {"name": facts["name"], "city": facts["address"][0]["city"], "code": centre_code}
    changed = {
        field: f"{old} → {after[field]}"
        for field, old in (("name", before.name), ("city", before.city), ("code", before.code))
        if after[field] != old
    }
    numbers = [one["value"] for one in facts["identifier"][1:]]
    if numbers != ([before.finess] if before.finess else []):
        changed["finess"] = f"{before.finess or '–'} → {next(iter(numbers), '–')}"
    if chosen != set(before.networks):
        changed["networks"] = f"{', '.join(before.networks)} → {', '.join(sorted(chosen))}"
    if changed:
        await _commit(acting, write, organization, **changed)


async def open_organization(acting: Acting, organization: str, *, active: bool) -> None:
    """Closes a centre, or opens it again. A closed centre takes no new patient, professional or study; what it holds stays,
    and its team goes on reading it.
    """
    decide(acting.actor, Permission.ORGANIZATION_UPDATE)
    if (await _centre(acting, organization)).active is active:
        return
    stored = await acting.service.read("Organization", organization)
    write = Transaction()
    write.update({**stored, "active": active})
    await _commit(acting, write, organization, active="yes" if active else "no")


async def _centre(acting: Acting, organization: str) -> Centre:
    found = next(iter(await centres_named(acting, [organization])), None)
    if found is None:
        raise NotFound(status=404)
    return found


async def _commit(acting: Acting, write: Transaction, organization: str, **details: str) -> None:
    what, entity = Permission.ORGANIZATION_UPDATE, f"Organization/{organization}"
    write.create(change(acting, audit.Action.UPDATE, what, entity=entity, **details))
    await acting.service.commit(write)  # with its audit event, which nobody writes but the portal
