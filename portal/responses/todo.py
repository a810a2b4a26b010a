"""The to-do list: what is asked of a patient or of the professionals, where each stands, and asking for one more."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from portal import audit
from portal.access import Permission, Role, decide
from portal.acting import Acting
from portal.errors import Invalid, NotFound, RecordError, problem
from portal.fhir import systems
from portal.i18n import N_
from portal.responses import tasks
from portal.responses.drafts import replayed, revision_of, scope_of
from portal.responses.journal import Journal, Place, Row, latest_answers
from portal.responses.surroundings import Surroundings, encounter_of, surroundings_of
from portal.responses.tasks import Asked, FilledBy, State, by_urgency, read_task
from portal.sdc import Form
from portal.types import Json

MOST_SHOWN = 50
MOST_PATIENTS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class TodoItem:
    """A questionnaire that is asked, with how far it is.

    `answered` of `questions` and `minutes_left` count what the answers so far lead to; `saved_at` is the latest answer's.
    `done_at` is set once it is sent.
    """

    asked: Asked
    form: Form
    overdue: bool
    answered: int
    questions: int
    minutes_left: int
    saved_at: datetime | None
    done_at: datetime | None

    @property
    def task(self) -> str:
        return self.asked.id

    @property
    def state(self) -> State:
        return self.asked.state


async def todo(acting: Acting, *, patient: str | None = None) -> list[TodoItem]:
    """What is asked and what was sent (the latest 50): open ones first, begun, then nearest due date, then oldest.

    A patient gets their own forms. Staff get all forms of `patient`, or without one those that their centres are to fill.
    """
    if acting.actor.role is Role.PATIENT:
        patient = acting.actor.id
        whose = {"patient": f"Patient/{patient}", "owner": f"Patient/{patient}"}
        decide(acting.actor, Permission.PATIENT_READ, await scope_of(acting, patient))
    elif patient is not None:
        whose = {"patient": f"Patient/{patient}"}
        decide(acting.actor, Permission.PATIENT_READ, await scope_of(acting, patient))
    else:
        decide(acting.actor, Permission.PATIENT_LIST)
        whose = await _for_my_centres(acting)
        if not whose:
            return []
    code = f"{systems.SDC_TASK}|{tasks.CODE}"
    still = {**whose, "code": code, "status": ",".join(tasks.OPEN), "_count": 100}
    sent = {**whose, "code": code, "status": "completed", "_sort": "-modified", "_count": MOST_SHOWN}
    open_tasks, done = await asyncio.gather(acting.fhir.all("Task", still), acting.fhir.find("Task", sent))
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_READ, patient=patient)
    begun = sorted(filter(None, map(read_task, open_tasks)), key=by_urgency)
    finished = filter(None, map(read_task, done.resources))
    places = await latest_answers(acting.db, [each.response for each in begun if each.response])
    items = await asyncio.gather(*(_item(acting, asked, places) for asked in (*begun, *finished)))
    return [item for item in items if item is not None]


async def _for_my_centres(acting: Acting) -> dict[str, str]:
    """Which Tasks the acting person's centres are to fill, of patients whom these follow now; empty when there are none."""
    centres = ",".join(f"Organization/{each}" for each in sorted(acting.actor.organizations))
    search = {
        "_has:EpisodeOfCare:patient:organization": centres,
        "_has:Task:patient:owner": centres,
        "_sort": "-_lastUpdated",
        "_count": MOST_PATIENTS,
    }
    found = await acting.fhir.find("Patient", search)
    whom = ",".join(f"Patient/{each['id']}" for each in found.resources)
    return {"owner": centres, "patient": whom} if whom else {}


async def next_of(acting: Acting, patient: str) -> str | None:
    """The Task that this patient may best fill next; None when nothing is left, or when the record cannot be asked now."""
    code = f"{systems.SDC_TASK}|{tasks.CODE}"
    owner = f"Patient/{patient}"
    query = {"patient": owner, "owner": owner, "code": code, "status": ",".join(tasks.OPEN), "_count": 100}
    try:
        found = await acting.fhir.find("Task", query)
    except RecordError:
        return None
    waiting = sorted(filter(None, map(read_task, found.resources)), key=by_urgency)
    return next((each.id for each in waiting if acting.catalogue.by_canonical(each.questionnaire)), None)


async def assign(
    acting: Acting,
    *,
    patient: str,
    questionnaire: str,
    due: date | None = None,
    filled_by: FilledBy = "patient",
    encounter: str | None = None,
    trial: str | None = None,
) -> str:
    """Ask for a questionnaire (by its code) and return the Task's id.

    With `filled_by="staff"` it is for the professionals of the acting person's centre that follows the patient. The same
    questionnaire still open for the same visit and person is not asked twice: its Task is returned.
    """
    scope = await scope_of(acting, patient)
    decide(acting.actor, Permission.QUESTIONNAIRE_ASSIGN, scope)
    form = acting.catalogue.by_code(questionnaire)
    if form is None:
        raise NotFound(status=404)
    if due is not None and due < acting.clock.today():
        raise Invalid([problem("due", N_("The date must be today or later."))])
    centres = sorted(scope.organizations & acting.actor.organizations or scope.organizations)
    if filled_by == "staff" and not centres:
        raise NotFound(status=404)
    owner = f"Patient/{patient}" if filled_by == "patient" else f"Organization/{centres[0]}"
    for task in await _open_tasks(acting, patient):
        asked = read_task(task)
        if asked and (asked.questionnaire, asked.encounter, asked.owner) == (form.canonical, encounter, owner):
            return asked.id
    made = tasks.new_task(
        id_=acting.chance.id(),
        questionnaire=form.canonical,
        patient=patient,
        owner=owner,
        requester=acting.actor.reference,
        now=acting.clock.now(),
        due=due,
        encounter=encounter,
        trial=trial,
    )
    await acting.fhir.add(made)
    await audit.record(
        acting, audit.Action.CREATE, Permission.QUESTIONNAIRE_ASSIGN, patient=patient, entity=f"Task/{made['id']}"
    )
    return str(made["id"])


async def _open_tasks(acting: Acting, patient: str) -> list[Json]:
    code = f"{systems.SDC_TASK}|{tasks.CODE}"
    query = {"patient": f"Patient/{patient}", "code": code, "status": ",".join(tasks.OPEN), "_count": 100}
    return await acting.fhir.all("Task", query)


async def _item(acting: Acting, asked: Asked, places: dict[str, Place]) -> TodoItem | None:
    """None when the catalogue does not have the questionnaire: it cannot be shown."""
    form = acting.catalogue.by_canonical(asked.questionnaire)
    if form is None:
        return None
    place = places.get(asked.response or "")
    began = asked.state is State.STARTED and asked.response is not None and place is not None and place.revision > 0
    answered, questions = await _progress(acting, asked, form) if began else (0, form.question_count)
    left = ceil(form.minutes * (questions - answered) / questions) if questions else 0
    return TodoItem(
        asked=asked,
        form=form,
        overdue=asked.overdue(acting.clock.today()),
        answered=answered,
        questions=questions,
        minutes_left=left,
        saved_at=place.at if place and place.revision else None,
        done_at=asked.changed_at if asked.state is State.SENT else None,
    )


async def _progress(acting: Acting, asked: Asked, form: Form) -> tuple[int, int]:
    response = asked.response or ""
    journal = Journal(
        db=acting.db, clock=acting.clock, chance=acting.chance, response=response, author=acting.actor.reference
    )
    rows = await journal.rows()
    stored = await acting.fhir.read("QuestionnaireResponse", response)
    around = await surroundings_of(acting, form, asked.patient, encounter=encounter_of(stored))
    return await asyncio.to_thread(_count, around, stored, rows, acting.clock.now())


def _count(around: Surroundings, stored: Json, rows: list[Row], now: datetime) -> tuple[int, int]:
    later = [row for row in rows if row.revision > revision_of(stored)]
    return replayed(around, stored, later, now, "fr").progress()
