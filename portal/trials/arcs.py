"""Which ARC follows which trial: membership of the trial's team, a `Group` of practitioners."""

from portal import audit
from portal.access import Permission, Role, decide
from portal.acting import Acting
from portal.errors import Invalid, NotFound, problem
from portal.fhir import FHIRClient, Transaction, systems
from portal.i18n import N_
from portal.people import change
from portal.trials.render import tag
from portal.types import Json


def team_id(trial: str) -> str:
    return f"arcs-{trial}"


async def name_arc(acting: Acting, trial: str, practitioner: str) -> None:
    """Let this ARC review the trial. Twice changes nothing. Raises `Invalid` for who is not an ARC now."""
    decide(acting.actor, Permission.TRIAL_ASSIGN_ARC)
    team = await _stored(acting, trial)
    members = [] if team is None else _others(team, practitioner)
    if team is not None and len(members) < len(team.get("member", [])):
        return
    role = {"practitioner": f"Practitioner/{practitioner}", "role": f"{systems.ROLE}|{Role.ARC}", "active": "true"}
    if await acting.service.first_match("PractitionerRole", role) is None:
        raise Invalid([problem("arc", N_("This person is not a clinical research associate."))])
    await acting.fhir.read("ResearchStudy", trial)
    members.append({"entity": {"reference": f"Practitioner/{practitioner}"}})
    write = Transaction()
    if team is None:
        write.create({**_team(trial), "member": members})
    else:
        write.update({**team, "member": members})
    await _commit(acting, write, practitioner, trial_assigned=trial)


async def withdraw_arc(acting: Acting, trial: str, practitioner: str) -> None:
    """They no longer see the trial, from the next thing they do. Twice changes nothing."""
    decide(acting.actor, Permission.TRIAL_ASSIGN_ARC)
    team = await _stored(acting, trial)
    if team is None:
        return
    members = _others(team, practitioner)
    if len(members) == len(team.get("member", [])):
        return
    kept = {key: value for key, value in team.items() if key != "member"} | ({"member": members} if members else {})
    write = Transaction()
    write.update(kept)
    await _commit(acting, write, practitioner, trial_withdrawn=trial)


async def arcs_of(acting: Acting, trial: str) -> tuple[str, ...]:
    """Ids of the Practitioners who follow the trial. The caller has decided."""
    team = await _stored(acting, trial)
    members: list[Json] = team.get("member", []) if team else []
    return tuple(str(one["entity"]["reference"]).removeprefix("Practitioner/") for one in members)


async def _stored(acting: Acting, trial: str) -> Json | None:
    try:
        return await acting.fhir.read("Group", team_id(trial))
    except NotFound:
        return None


def _others(team: Json, practitioner: str) -> list[Json]:
    reference = f"Practitioner/{practitioner}"
    return [one for one in team.get("member", []) if one["entity"].get("reference") != reference]


async def _commit(acting: Acting, write: Transaction, practitioner: str, **details: str) -> None:
    entity = f"Practitioner/{practitioner}"
    what = Permission.TRIAL_ASSIGN_ARC
    write.create(change(acting, audit.Action.UPDATE, what, entity=entity, **details))
    await acting.service.commit(write)  # with its audit event, which nobody writes but the portal


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
        if any(one["entity"].get("reference") == reference for one in team.get("member", []))
    )
