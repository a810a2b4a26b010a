"""Opening the draft that answers a Task: begun once, the same one for every device."""

from dataclasses import dataclass

from portal import audit
from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.errors import AlreadySent, NotFound, VersionConflict
from portal.fhir import Entry, Transaction
from portal.responses import tasks
from portal.responses.audience import tagged
from portal.responses.drafts import Draft, journal_of, load, marked, revision_of, scope_of
from portal.responses.surroundings import Surroundings, session_amid, surroundings_of
from portal.sdc import Form
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class FormAsked:
    """A Task understood: which form, about whom, what rights compare. `response` is the id that its answers have or will."""

    task: Json
    asked: tasks.Asked
    form: Form
    scope: Scope

    @property
    def response(self) -> str:
        return self.asked.response or tasks.response_id(self.asked.id)

    @property
    def tags(self) -> list[Json]:
        found: list[Json] = self.task.get("meta", {}).get("tag", [])
        return found


async def form_asked(acting: Acting, task: str) -> FormAsked:
    """What a Task asks for. The caller decides with `scope`. Raises `NotFound` for what asks for nothing (any more)."""
    stored = await acting.fhir.read("Task", task)
    asked = tasks.read_task(stored)
    form = acting.catalogue.by_canonical(asked.questionnaire) if asked else None
    if asked is None or form is None or asked.state is tasks.State.CANCELLED:
        raise NotFound(status=404)
    scope = await scope_of(acting, asked.patient, owner=asked.owner, form=form)
    return FormAsked(task=stored, asked=asked, form=form, scope=scope)


async def open_draft(acting: Acting, task: str, *, locale: str = "fr") -> Draft:
    """The draft that answers a Task, begun at the first call; the same one for every device.

    Raises `AlreadySent`, `Refused`, `NotFound`.
    """
    found = await form_asked(acting, task)
    asked, form, scope, response = found.asked, found.form, found.scope, found.response
    decide(acting.actor, Permission.RESPONSE_FILL, scope)
    if asked.state is tasks.State.SENT:
        raise AlreadySent
    beginning, encounter = asked.response is None, found.task.get("encounter", {}).get("reference", "")
    around = await surroundings_of(acting, form, asked.patient, encounter=encounter, beginning=beginning)
    if beginning:
        await _begin(acting, found.task, asked, around, locale)
    stored, session, seen = await load(acting, around, response, locale)
    folded = revision_of(stored)
    entity = f"QuestionnaireResponse/{response}"
    await audit.record(acting, audit.Action.READ, Permission.RESPONSE_FILL, patient=asked.patient, entity=entity)
    place = await journal_of(acting, response).open(folded)
    if place.sent:
        raise AlreadySent
    return Draft(
        asked=asked,
        form=form,
        around=around,
        scope=scope,
        locale=locale,
        stored=stored,
        session=session,
        seen=seen,
        folded=folded,
        section=min(place.section, len(form.sections) - 1),
        saved_at=place.at if place.revision else None,
    )


async def _begin(acting: Acting, task: Json, asked: tasks.Asked, around: Surroundings, locale: str) -> None:
    """Creates the response once: two devices that open the Task at the same time make the same one, and one of them wins."""
    now = acting.clock.now()
    response = tasks.response_id(asked.id)
    about: Json = {
        "id": response,
        "subject": {"reference": f"Patient/{asked.patient}"},
        "author": {"reference": acting.actor.reference},
        "source": {"reference": acting.actor.reference},
    }
    if "encounter" in task:
        about["encounter"] = task["encounter"]
    if tags := tagged(around.form, task.get("meta", {}).get("tag", [])):
        about["meta"] = {"tag": tags}
    session = await session_amid(acting, around, lambda: around.session(now=now, locale=locale, about=about))
    transaction = Transaction()
    transaction.entries.append(
        Entry(
            method="POST",
            url="QuestionnaireResponse",
            resource=marked(session.response(), 0, now),
            if_none_exist=f"_id={response}",
        )
    )
    transaction.update(tasks.begun(task, response, now))
    try:
        await acting.fhir.commit(transaction)
    except VersionConflict:
        again = tasks.read_task(await acting.fhir.read("Task", asked.id))
        if again is None or again.response != response:
            raise
