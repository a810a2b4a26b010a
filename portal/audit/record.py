"""Writing one audit event (IHE BALP pattern: who, what, about whom). Holds references and codes, never answers or names."""

from enum import StrEnum

from portal.acting import Acting
from portal.errors import Forbidden, PortalError, Refused
from portal.fhir import systems
from portal.types import Json


class Action(StrEnum):
    """FHIR's audit-event-action codes."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Outcome(StrEnum):
    """FHIR's audit-event-outcome codes: done, refused."""

    DONE = "0"
    REFUSED = "4"


async def record(
    acting: Acting,
    action: Action,
    what: str,
    *,
    patient: str | None = None,
    entity: str | None = None,
    outcome: Outcome = Outcome.DONE,
    reason: str = "",
) -> None:
    """Keep that this person did `what` (a permission's code, such as "response:read", or "sign-in").

    `patient` is an id, `entity` the reference of what was touched, `reason` a refusal's code. Written by the portal's own
    client, because nobody may write their own trail. Raises `RecordError` when it cannot be kept: what cannot be
    audited is not done.
    """
    await acting.service.add(
        event(acting, action, what, patient=patient, entity=entity, outcome=outcome, reason=reason)
    )


def event(
    acting: Acting,
    action: Action,
    what: str,
    *,
    patient: str | None = None,
    entity: str | None = None,
    outcome: Outcome = Outcome.DONE,
    reason: str = "",
) -> Json:
    """The event as a resource, for verbs that write it in the same transaction as the change it tells."""
    entities: list[Json] = []
    if patient is not None:
        entities.append({"what": {"reference": f"Patient/{patient}"}, "role": {"code": "1", "display": "Patient"}})
    if entity is not None:
        entities.append({"what": {"reference": entity}, "role": {"code": "4", "display": "Domain Resource"}})
    made: Json = {
        "resourceType": "AuditEvent",
        "id": acting.chance.id(),
        "type": {"system": systems.AUDIT_TYPE, "code": "rest", "display": "RESTful Operation"},
        "subtype": [{"system": systems.AUDIT, "code": what}],
        "action": str(action),
        "recorded": acting.clock.now().isoformat(timespec="milliseconds"),
        "outcome": str(outcome),
        "agent": [
            {
                "who": {"reference": acting.actor.reference},
                "altId": acting.actor.user,
                "role": [{"coding": [{"system": systems.ROLE, "code": str(acting.actor.role)}]}],
                **_acting_for(acting),
                "requestor": True,
            }
        ],
        "source": {"observer": {"display": "portal"}},
    }
    if reason:
        made["outcomeDesc"] = reason
    if entities:
        made["entity"] = entities
    return made


async def record_refusal(acting: Acting, error: PortalError) -> None:
    """Keep that this person asked for what they may not have, or changed what they may not: a `Refused` of the portal's own
    rules or a `Forbidden` of the record server's. Other errors are no refusals and leave nothing.
    """
    match error:
        case Refused():
            what, patient, reason = error.right or "refused", error.about, error.reason
        case Forbidden():
            what, patient, reason = "refused", None, "record-server"
        case _:
            return
    await record(acting, Action.EXECUTE, what, patient=patient, outcome=Outcome.REFUSED, reason=reason)


def _acting_for(acting: Acting) -> Json:
    """The centres for which the person works, as they were then: codes, because a role may end."""
    centres = [
        {"url": systems.ACTING_FOR, "valueIdentifier": {"system": systems.ORGANIZATION, "value": organization}}
        for organization in sorted(acting.actor.organizations)
    ]
    return {"extension": centres} if centres else {}
