"""The facts on one patient that access rules compare with the acting person."""

from collections.abc import Iterable

from portal.access import Scope
from portal.acting import Acting
from portal.fhir import systems
from portal.types import Json


async def patient_scope(acting: Acting, patient: str) -> Scope:
    """Centres that follow the patient now and trials they take part in.

    Read by the portal's own client, so that a decision never depends on what the asking person happens to see.
    """
    centres = await organizations_of(acting, [patient])
    subjects = await acting.service.all("ResearchSubject", {"patient": f"Patient/{patient}", "_count": 50})
    return Scope(
        patient=patient,
        organizations=centres[patient],
        trials=frozenset(id_of(subject["study"]) for subject in subjects if "study" in subject),
    )


async def organizations_of(acting: Acting, patients: Iterable[str]) -> dict[str, frozenset[str]]:
    """Ids of the centres that follow each patient now: their active episodes of care."""
    ids = list(patients)
    found: dict[str, set[str]] = {patient: set() for patient in ids}
    if ids:
        wanted = {"patient": ",".join(f"Patient/{patient}" for patient in ids), "status": "active", "_count": 200}
        async for episode in acting.service.every("EpisodeOfCare", wanted):
            found[id_of(episode["patient"])].add(id_of(episode["managingOrganization"]))
    return {patient: frozenset(centres) for patient, centres in found.items()}


def id_of(reference: Json) -> str:
    """The id in a literal reference such as Patient/p1, or in what `formerly` made of one."""
    return str(reference["reference"] if "reference" in reference else reference["identifier"]["value"]).split("/")[-1]


def formerly(reference: Json) -> Json:
    """The centre of an episode of care that is over: named by its identifier, no longer by a literal reference.

    So a search by organisation brings only patients whom the centre follows now, as the server's access rules need:
    they can demand that a list names the centre, not that it leaves out what is over.
    """
    return {"type": "Organization", "identifier": {"system": systems.ORGANIZATION, "value": id_of(reference)}}
