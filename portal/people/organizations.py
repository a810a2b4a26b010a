"""Expert centres: who they are, and the networks they belong to."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import Invalid, Problem, problem
from portal.fhir import Transaction, systems
from portal.i18n import N_
from portal.people.fondacode import NETWORKS
from portal.people.identifiers import parse_finess
from portal.people.names import tidy
from portal.people.scope import id_of
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Centre:
    """`code` is the two digits that its Fondacodes begin with; `networks` are keys of `NETWORKS`."""

    id: str
    name: str
    city: str
    code: str
    networks: tuple[str, ...]
    finess: str
    active: bool


async def create_organization(
    acting: Acting, *, name: str, city: str, centre_code: str, networks: Iterable[str], finess: str | None = None
) -> str:
    """A centre with its networks and its place. Raises `Invalid` naming the fields to correct. Returns its id."""
    decide(acting.actor, Permission.ORGANIZATION_CREATE)
    chosen = tuple(dict.fromkeys(networks))
    facts = await checked(acting, name=name, city=city, centre_code=centre_code, networks=chosen, finess=finess or "")
    organization = acting.chance.id()
    here: Json = {"reference": f"Organization/{organization}"}
    write = Transaction()
    write.create(
        {
            "resourceType": "Organization",
            "id": organization,
            "active": True,
            "type": [{"coding": [{"system": systems.ORGANIZATION_TYPE, "code": "centre-expert"}]}],
            **facts,
        }
    )
    for network in chosen:
        write.create(network_service(organization, network))
    write.create(place(organization, facts["name"]))
    what = Permission.ORGANIZATION_CREATE
    write.create(audit.event(acting, audit.Action.CREATE, what, entity=here["reference"]))
    await acting.service.commit(write)
    return organization


async def list_organizations(acting: Acting) -> list[Centre]:
    """All centres by name, for administration."""
    decide(acting.actor, Permission.ORGANIZATION_LIST)
    return await _centres(acting, {"_sort": "name"})


async def all_centres(acting: Acting) -> list[Centre]:
    """Centres by name, closed ones too, for pages that name them: names of centres are public."""
    return await _centres(acting, {"_sort": "name"})


async def open_centres(acting: Acting) -> list[Centre]:
    """Active centres by name, for whoever says where they work: names of centres are public."""
    return [each for each in await all_centres(acting) if each.active]


async def own_centres(acting: Acting) -> list[Centre]:
    """The centres that the acting person works for, by name."""
    return await centres_named(acting, acting.actor.organizations)


async def centres_named(acting: Acting, ids: Iterable[str]) -> list[Centre]:
    """Those centres by name. Names of centres are public: no right is asked."""
    wanted = sorted(ids)
    return await _centres(acting, {"_id": ",".join(wanted), "_sort": "name"}) if wanted else []


async def _centres(acting: Acting, search: dict[str, str]) -> list[Centre]:
    found = await acting.service.all("Organization", {**search, "_count": 200})
    networks: dict[str, list[str]] = defaultdict(list)
    if found:
        ids = ",".join(f"Organization/{each['id']}" for each in found)
        wanted = {"organization": ids, "active": "true", "_count": 500}
        async for service in acting.service.every("HealthcareService", wanted):
            networks[id_of(service["providedBy"])].append(service["type"][0]["coding"][0]["code"])
    return [centre(each, networks[each["id"]]) for each in found]


def centre(organization: Json, networks: Iterable[str] = ()) -> Centre:
    identifiers = {each.get("system"): each.get("value", "") for each in organization.get("identifier", [])}
    return Centre(
        id=organization["id"],
        name=organization.get("name", ""),
        city=next((each["city"] for each in organization.get("address", []) if "city" in each), ""),
        code=identifiers.get(systems.CENTRE_CODE, ""),
        networks=tuple(sorted(networks, key=list(NETWORKS).index)),
        finess=identifiers.get(systems.FINESS, ""),
        active=organization.get("active", True),
    )


async def checked(
    acting: Acting,
    *,
    name: str,
    city: str,
    centre_code: str,
    networks: Collection[str],
    finess: str = "",
    own: str = "",
) -> Json:
    """What a form says of a centre as elements of its Organization; `own` is the id of the centre that it changes.

    Raises `Invalid` naming every field to correct. Code and FINESS belong to one centre only.
    """
    wrong: list[Problem] = []
    if not tidy(name):
        wrong.append(problem("name", N_("Write the name of the centre.")))
    if not tidy(city):
        wrong.append(problem("city", N_("Write the city.")))
    if not re.fullmatch(r"\d{2}", centre_code):
        wrong.append(problem("centre_code", N_("A centre's code has two digits.")))
    elif await _of_another(acting, systems.CENTRE_CODE, centre_code, own):
        wrong.append(problem("centre_code", N_("Another centre has this code.")))
    if not networks or not set(networks) <= set(NETWORKS):
        wrong.append(problem("networks", N_("Choose at least one network.")))
    identifier: list[Json] = [{"system": systems.CENTRE_CODE, "value": centre_code}]
    if finess.strip():
        try:
            number = parse_finess(finess)
        except Invalid as error:
            wrong += error.problems
        else:
            identifier.append({"system": systems.FINESS, "value": number})
            if await _of_another(acting, systems.FINESS, number, own):
                wrong.append(problem("finess", N_("Another centre has this FINESS number.")))
    if wrong:
        raise Invalid(wrong)
    return {"identifier": identifier, "name": tidy(name), "address": [{"city": tidy(city), "country": "FR"}]}


async def _of_another(acting: Acting, system: str, value: str, own: str) -> bool:
    found = await acting.service.find("Organization", {"identifier": f"{system}|{value}", "_count": 2})
    return any(each["id"] != own for each in found.resources)


def place(organization: str, name: str) -> Json:
    """The one Location of a centre, by which a study names it."""
    return {
        "resourceType": "Location",
        "id": f"loc-{organization}",
        "status": "active",
        "name": name,
        "managingOrganization": {"reference": f"Organization/{organization}"},
    }


def network_service(organization: str, network: str, *, active: bool = True) -> Json:
    """A network of a centre, as FHIR says it."""
    return {
        "resourceType": "HealthcareService",
        "id": f"{organization}-{network}",
        "active": active,
        "providedBy": {"reference": f"Organization/{organization}"},
        "type": [{"coding": [{"system": systems.NETWORK, "code": network}]}],
    }
