"""Expert centres: who they are, and the networks they belong to."""

import re
from collections import defaultdict
from collections.abc import Iterable
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
    await _check(acting, name, city, centre_code, chosen)
    organization = acting.chance.id()
    identifier: list[Json] = [{"system": systems.CENTRE_CODE, "value": centre_code}]
    if finess:
        identifier.append({"system": systems.FINESS, "value": parse_finess(finess)})
    here: Json = {"reference": f"Organization/{organization}"}
    write = Transaction()
    write.create(
        {
            "resourceType": "Organization",
            "id": organization,
            "active": True,
            "identifier": identifier,
            "type": [{"coding": [{"system": systems.ORGANIZATION_TYPE, "code": "centre-expert"}]}],
            "name": tidy(name),
            "address": [{"city": tidy(city), "country": "FR"}],
        }
    )
    for network in chosen:
        write.create(
            {
                "resourceType": "HealthcareService",
                "id": f"{organization}-{network}",
                "active": True,
                "providedBy": here,
                "type": [{"coding": [{"system": systems.NETWORK, "code": network}]}],
            }
        )
    write.create(
        {
            "resourceType": "Location",
            "id": f"loc-{organization}",
            "status": "active",
            "name": tidy(name),
            "managingOrganization": here,
        }
    )
    what = Permission.ORGANIZATION_CREATE
    write.create(audit.event(acting, audit.Action.CREATE, what, entity=here["reference"]))
    await acting.service.commit(write)
    return organization


async def list_organizations(acting: Acting) -> list[Centre]:
    """All centres by name, for administration."""
    decide(acting.actor, Permission.ORGANIZATION_LIST)
    return await _centres(acting, {"_sort": "name"})


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
        async for service in acting.service.every("HealthcareService", {"organization": ids, "_count": 500}):
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


async def _check(acting: Acting, name: str, city: str, code: str, networks: tuple[str, ...]) -> None:
    wrong: list[Problem] = []
    if not tidy(name):
        wrong.append(problem("name", N_("Write the name of the centre.")))
    if not tidy(city):
        wrong.append(problem("city", N_("Write the city.")))
    if not re.fullmatch(r"\d{2}", code):
        wrong.append(problem("centre_code", N_("A centre's code has two digits.")))
    elif await acting.service.first_match("Organization", {"identifier": f"{systems.CENTRE_CODE}|{code}"}):
        wrong.append(problem("centre_code", N_("Another centre has this code.")))
    if not networks or not set(networks) <= set(NETWORKS):
        wrong.append(problem("networks", N_("Choose at least one network.")))
    if wrong:
        raise Invalid(wrong)
