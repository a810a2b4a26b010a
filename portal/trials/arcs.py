"""Which ARC follows which trial: membership of the trial's team, a `Group` of practitioners."""

from portal import audit
from portal.access import Permission, Role, decide
from portal.acting import Acting
from portal.errors import NotFound
from portal.fhir import FHIRClient, systems
from portal.trials.render import tag
from portal.types import Json


def team_id(trial: str) -> str:
    return f"arcs-{trial}"


async def name_arc(acting: Acting, trial: str, practitioner: str) -> None:
    """Let this ARC review the trial. Twice changes nothing."""
    decide(acting.actor, Permission.TRIAL_MANAGE)
    member = {"entity": {"reference": f"Practitioner/{practitioner}"}}
    try:
        team = await acting.fhir.read("Group", team_id(trial))
    except NotFound:
        team = _team(trial)
    members: list[Json] = team.get("member", [])
    if any(other["entity"] == member["entity"] and not other.get("inactive") for other in members):
        return
    renewed = {**team, "member": [*(other for other in members if other["entity"] != member["entity"]), member]}
    await (acting.fhir.replace(renewed) if "versionId" in team.get("meta", {}) else acting.fhir.add(renewed))
    await audit.record(
        acting,
        audit.Action.UPDATE,
        Permission.TRIAL_MANAGE,
        entity=f"Practitioner/{practitioner}",
        reason=f"arc of {trial}",
    )


def _team(trial: str) -> Json:
    return {
        "resourceType": "Group",
        "id": team_id(trial),
        "meta": {"tag": [tag(trial)]},
        "type": "practitioner",
        "actual": True,
        "code": {"coding": [{"system": systems.ROLE, "code": str(Role.ARC)}]},
        "name": f"ARC {trial}",
    }


async def arc_trials(service: FHIRClient, practitioner: str) -> frozenset[str]:
    """Ids of the trials that this ARC follows today; read at each page, so that a withdrawn trial stops at once."""
    teams = await service.all("Group", {"member": f"Practitioner/{practitioner}", "code": f"{systems.ROLE}|{Role.ARC}"})
    reference = f"Practitioner/{practitioner}"
    return frozenset(
        team["id"].removeprefix("arcs-")
        for team in teams
        if any(m["entity"].get("reference") == reference and not m.get("inactive") for m in team.get("member", []))
    )
