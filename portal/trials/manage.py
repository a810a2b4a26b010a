"""Putting a trial on the record server and assigning it to centres: the administrator's part."""

from dataclasses import dataclass

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import NotFound
from portal.fhir import Transaction
from portal.trials.model import Trial
from portal.trials.render import plan_definition, study
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialSummary:
    """`organizations` are the centres it is assigned to; `subjects` how many people are or were in it."""

    id: str
    title: str
    organizations: tuple[str, ...]
    subjects: int


async def install(acting: Acting, trial: Trial) -> None:
    """Write or renew the study and its protocol. Centres already assigned stay."""
    decide(acting.actor, Permission.TRIAL_MANAGE)
    canonicals = {
        form.code: acting.catalogue.codes[form.code].canonical for visit in trial.visits for form in visit.forms()
    }
    wanted = [study(trial), plan_definition(trial, canonicals)]
    transaction = Transaction()
    for resource in wanted:
        stored = await _stored(acting, resource["resourceType"], resource["id"])
        if stored is None:
            transaction.create(resource)
            continue
        renewed = {**resource, **({"site": stored["site"]} if "site" in stored else {})}
        if any(stored.get(key) != value for key, value in renewed.items() if key != "meta"):
            transaction.update({**renewed, "meta": {**stored["meta"], "tag": resource["meta"]["tag"]}})
    await acting.fhir.commit(transaction)


async def _stored(acting: Acting, kind: str, id_: str) -> Json | None:
    try:
        return await acting.fhir.read(kind, id_)
    except NotFound:
        return None


async def assign_trial(acting: Acting, trial: str, organization: str) -> None:
    """Let a centre include in this trial. Twice changes nothing."""
    decide(acting.actor, Permission.TRIAL_MANAGE)
    site = {"reference": f"Location/{location_id(organization)}"}
    stored = await acting.fhir.read("ResearchStudy", trial)
    if site in stored.get("site", []):
        return
    await acting.fhir.replace({**stored, "site": [*stored.get("site", []), site]})
    await audit.record(
        acting,
        audit.Action.UPDATE,
        Permission.TRIAL_MANAGE,
        entity=f"ResearchStudy/{trial}",
        reason=f"site {organization}",
    )


def location_id(organization: str) -> str:
    """Id of the one Location of a centre, by which a study names it."""
    return f"loc-{organization}"[:64]


async def list_trials(acting: Acting) -> list[TrialSummary]:
    decide(acting.actor, Permission.TRIAL_MANAGE)
    found: list[TrialSummary] = []
    for stored in await acting.fhir.all("ResearchStudy", {"_sort": "title"}):
        sites = tuple(site["reference"].removeprefix("Location/loc-") for site in stored.get("site", []))
        count = await acting.fhir.total("ResearchSubject", {"study": f"ResearchStudy/{stored['id']}"})
        found.append(TrialSummary(id=stored["id"], title=stored.get("title", ""), organizations=sites, subjects=count))
    return found
