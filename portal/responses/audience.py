"""What of a response and its scores is shown to the patient: said by the form, kept as a tag that access rules demand."""

from portal.access import Actor, Role
from portal.fhir import systems
from portal.sdc import Form
from portal.types import Json

FOR_PATIENTS: Json = {"system": systems.AUDIENCE, "code": "patient"}


def tagged(form: Form, tags: list[Json]) -> list[Json]:
    """The tags of a response to this form: those of what asked for it, and whether the patient may see it."""
    others = [tag for tag in tags if tag.get("system") != systems.AUDIENCE]
    return [*others, FOR_PATIENTS] if form.shown_to_patient else others


def hidden_scores(form: Form) -> frozenset[str]:
    """Codes of scores that patients do not see."""
    return frozenset(score.code for score in form.scores if not (score.shown_to_patient and form.shown_to_patient))


def shown_only(actor: Actor) -> dict[str, str]:
    """What the lists of patients and of associates must ask for: the record server demands it of them."""
    match actor.role:
        case Role.PATIENT:
            return {"_tag": f"{systems.AUDIENCE}|patient"}
        case Role.ARC:
            return {"_tag": ",".join(f"{systems.TRIAL}|{trial}" for trial in sorted(actor.trials))}
        case _:
            return {}
