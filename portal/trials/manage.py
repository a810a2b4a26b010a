"""Putting a trial on the record server and assigning it to centres: the administrator's part."""

from dataclasses import dataclass

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import Invalid, NotFound, problem
from portal.fhir import Transaction
from portal.i18n import N_
from portal.people import centres_named, change
from portal.trials.arcs import arcs_of
from portal.trials.model import Trial
from portal.trials.render import plan_definition, study
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialSummary:
    """`organizations` are the centres it is assigned to, `arcs` the Practitioners who review it.

    How many people are in it is not told here: see portal.statistics, which hides small figures.
    """

    id: str
    title: str
    organizations: tuple[str, ...]
    arcs: tuple[str, ...]


async def install(acting: Acting, trial: Trial) -> None:
    """Write or renew the study and its protocol. Centres already assigned stay."""
    decide(acting.actor, Permission.TRIAL_MANAGE)
    canonicals = {form.code: acting.catalogue.canonical(form.code) for visit in trial.visits for form in visit.forms()}
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
    """Let a centre include in this trial. Twice changes nothing. Raises `Invalid` for a centre that is closed."""
    decide(acting.actor, Permission.TRIAL_ASSIGN_ORGANIZATION)
    site = {"reference": f"Location/{location_id(organization)}"}
    stored = await acting.fhir.read("ResearchStudy", trial)
    if site in stored.get("site", []):
        return
    if not any(centre.active for centre in await centres_named(acting, [organization])):
        raise Invalid([problem("organization", N_("This centre is closed. Choose another."))])
    await _commit(acting, {**stored, "site": [*stored.get("site", []), site]}, organization, trial_assigned=trial)


async def withdraw_trial(acting: Acting, trial: str, organization: str) -> None:
    """The centre includes nobody any more, from now on; who is in the trial stays in it. Twice changes nothing."""
    decide(acting.actor, Permission.TRIAL_ASSIGN_ORGANIZATION)
    stored = await acting.fhir.read("ResearchStudy", trial)
    sites: list[Json] = stored.get("site", [])
    left = [one for one in sites if one.get("reference") != f"Location/{location_id(organization)}"]
    if len(left) == len(sites):
        return
    kept = {key: value for key, value in stored.items() if key != "site"} | ({"site": left} if left else {})
    await _commit(acting, kept, organization, trial_withdrawn=trial)


async def _commit(acting: Acting, study: Json, organization: str, **details: str) -> None:
    write = Transaction()
    write.update(study)
    what, entity = Permission.TRIAL_ASSIGN_ORGANIZATION, f"Organization/{organization}"
    write.create(change(acting, audit.Action.UPDATE, what, entity=entity, **details))
    await acting.service.commit(write)  # with its audit event, which nobody writes but the portal


def location_id(organization: str) -> str:
    """Id of the one Location of a centre, by which a study names it."""
    return f"loc-{organization}"[:64]


async def list_trials(acting: Acting) -> list[TrialSummary]:
    """All trials by title, for administration."""
    decide(acting.actor, Permission.TRIAL_MANAGE)
    return [
        TrialSummary(
            id=stored["id"],
            title=stored.get("title", ""),
            organizations=tuple(site["reference"].removeprefix("Location/loc-") for site in stored.get("site", [])),
            arcs=await arcs_of(acting, stored["id"]),
        )
        for stored in await acting.fhir.all("ResearchStudy", {"_sort": "title"})
    ]
