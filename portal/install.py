"""What the record server must hold before anyone signs in: access policies, questionnaires, trials. Written at each start
when it differs, so that a new release brings its own.
"""

from collections.abc import Iterable, Mapping

from portal.access import MARK, Role, policies
from portal.acting import Acting
from portal.authoring import Catalogue
from portal.fhir import Entry, Transaction
from portal.trials import Trial, install
from portal.types import Json

PORTAL: Json = {
    "resourceType": "Device",
    "id": "portal",
    "status": "active",
    "deviceName": [{"name": "Portail FondaMental", "type": "user-friendly-name"}],
}
"""The portal itself, so that the audit trail can name it as the one who acted."""


async def install_all(service: Acting, trials: Mapping[str, Trial]) -> None:
    """`service` is the portal itself."""
    await _renew(service, "Device", [PORTAL])
    if not service.settings.fhir_url:  # elsewhere the server's own start brings them: portal.operations.init_bundle
        await _renew(service, "AccessPolicy", policies())
        await _close_other_ways(service)
    await _renew(service, "Questionnaire", stored_forms(service.catalogue))
    for trial in trials.values():
        await install(service, trial)


async def _close_other_ways(service: Acting) -> None:
    """Takes away policies for the portal's roles that today's table does not make: a server allows what any policy allows."""
    ours = {policy["id"] for policy in policies()}
    write = Transaction()
    async for stored in service.fhir.every("AccessPolicy", {"_count": 200}):
        if stored["id"] not in ours and (stored.get("roleName") in set(Role) or stored["id"].startswith(MARK)):
            write.entries.append(Entry(method="DELETE", url=f"AccessPolicy/{stored['id']}"))
    await service.fhir.commit(write)


def stored_forms(catalogue: Catalogue) -> list[Json]:
    """Every form as it is stored: the newest version under an id made of its code, older ones with their version behind it."""
    newest = {form.code: form.version for form in catalogue.shelf}
    return [
        {**form.questionnaire, "id": _id(form.code) + ("" if form.version == newest[form.code] else f"-{form.version}")}
        for form in catalogue.shelf
    ]


def _id(code: str) -> str:
    return code.lower().replace("_", "-")


async def _renew(service: Acting, kind: str, wanted: Iterable[Json]) -> None:
    """One transaction with what is new or differs; nothing when all is as it should be."""
    stored = {resource["id"]: resource async for resource in service.fhir.every(kind, {"_count": 200})}
    transaction = Transaction()
    for resource in wanted:
        found = stored.get(resource["id"])
        if found is None:
            transaction.create(resource)
        elif _bare(found) != _bare(resource):
            transaction.update(
                {**resource, "meta": {**resource.get("meta", {}), "versionId": found["meta"]["versionId"]}}
            )
    await service.fhir.commit(transaction)


def _bare(resource: Json) -> Json:
    return {key: value for key, value in resource.items() if key != "meta"}
