"""Reading trials: a patient's participations, an ARC's subjects by Fondacode, their visits and what was answered in each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from portal import audit
from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.clock import PARIS
from portal.errors import NotFound
from portal.fhir import systems
from portal.types import Json

PAGE = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """A patient's place in one trial. `status` is ResearchSubject's."""

    trial: str
    title: str
    subject: str
    status: str
    since: date | None
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectRow:
    """One line of an ARC's list: no identity, only the Fondacode; `forms_reviewed` counts forms whose every item is decided."""

    subject: str
    trial: str
    patient: str
    fondacode: str
    number: str
    organization: str
    status: str
    forms_done: int
    forms_total: int
    forms_reviewed: int
    last_visit: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectPage:
    rows: tuple[SubjectRow, ...]
    total: int
    next_link: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitForm:
    """One questionnaire of a visit: the task to fill it and, once begun, its response."""

    task: str
    questionnaire: str
    status: str
    response: str | None
    badge: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectVisit:
    id: str
    trial: str
    kind: str
    title: str
    status: str
    day: date | None
    forms: tuple[VisitForm, ...]


async def memberships(acting: Acting, patient: str, scope: Scope) -> list[Membership]:
    """The trials that a patient is or was in."""
    decide(acting.actor, Permission.PATIENT_READ, scope)
    found = await acting.fhir.find(
        "ResearchSubject", {"individual": f"Patient/{patient}", "_include": "ResearchSubject:study"}
    )
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_READ, patient=patient)
    return [_membership(subject, found.included.get(subject["study"]["reference"], {})) for subject in found.resources]


def _membership(subject: Json, study: Json) -> Membership:
    since = subject.get("period", {}).get("start")
    return Membership(
        trial=subject["study"]["reference"].removeprefix("ResearchStudy/"),
        title=study.get("title", ""),
        subject=subject["id"],
        status=subject["status"],
        since=date.fromisoformat(since[:10]) if since else None,
        number=_inclusion(subject).get("value", ""),
    )


async def subjects(acting: Acting, trial: str, *, text: str = "", link: str | None = None) -> SubjectPage:
    """Subjects of a trial that the actor follows, a page of 25; `text` is a whole Fondacode or inclusion number.

    Never reads `Patient`: an ARC works without identity. `link` is a former page's `next_link`.
    """
    decide(acting.actor, Permission.SUBJECT_LIST)
    decide(acting.actor, Permission.SUBJECT_READ, Scope(trials=frozenset({trial})))
    query: dict[str, str | int] = {
        "study": f"ResearchStudy/{trial}",
        "_tag": f"{systems.TRIAL}|{trial}",
        "_sort": "identifier",
        "_count": PAGE,
    }
    if text.strip():
        query["identifier"] = text.replace(" ", "")
    page = await (acting.fhir.turn("ResearchSubject", link) if link else acting.fhir.find("ResearchSubject", query))
    rows = await _rows(acting, trial, page.resources)
    await audit.record(acting, audit.Action.READ, Permission.SUBJECT_LIST, entity=f"ResearchStudy/{trial}")
    return SubjectPage(rows=tuple(rows), total=page.total, next_link=page.next_link)


async def _rows(acting: Acting, trial: str, found: list[Json]) -> list[SubjectRow]:
    """The lines of one page, from three searches whatever its length."""
    if not found:
        return []
    people = ",".join(one["individual"]["reference"] for one in found)
    tagged = f"{systems.TRIAL}|{trial}"
    tasks = await acting.fhir.all("Task", {"_tag": tagged, "patient": people, "_count": 500})
    visits_ = await acting.fhir.all(
        "Encounter", {"_tag": tagged, "patient": people, "status": "in-progress,finished", "_count": 500}
    )
    names = await _centre_names(acting, found)
    per_patient: defaultdict[str, list[Json]] = defaultdict(list)
    for task in tasks:
        if task["status"] != "cancelled":
            per_patient[task["for"]["reference"]].append(task)
    last: dict[str, date] = {}
    for visit in visits_:
        who, when = visit["subject"]["reference"], _day(visit)
        last[who] = max(last.get(who, when), when)
    return [_row(trial, one, names, per_patient[one["individual"]["reference"]], last) for one in found]


async def _centre_names(acting: Acting, found: list[Json]) -> dict[str, str]:
    centres = {_inclusion(one).get("assigner", {}).get("reference", "").removeprefix("Organization/") for one in found}
    stored = await acting.fhir.all("Organization", {"_id": ",".join(sorted(centres - {""})), "_count": 100})
    return {organization["id"]: organization["name"] for organization in stored}


def _row(trial: str, subject: Json, names: dict[str, str], tasks: list[Json], last: dict[str, date]) -> SubjectRow:
    forms = [task for task in tasks if _code(task) == "complete-questionnaire"]
    inclusion = _inclusion(subject)
    return SubjectRow(
        subject=subject["id"],
        trial=trial,
        patient=subject["individual"]["reference"].removeprefix("Patient/"),
        fondacode=_fondacode(subject),
        number=inclusion.get("value", ""),
        organization=names.get(inclusion.get("assigner", {}).get("reference", "").removeprefix("Organization/"), ""),
        status=subject["status"],
        forms_done=sum(task["status"] == "completed" for task in forms),
        forms_total=len(forms),
        forms_reviewed=sum(_code(task) == "review-form" and _badge(task) == "verified" for task in tasks),
        last_visit=last.get(subject["individual"]["reference"]),
    )


async def subject(acting: Acting, subject_id: str) -> SubjectRow:
    """One subject of a trial that the actor follows; `NotFound` for any other, so that nothing is learned."""
    stored = await acting.fhir.read("ResearchSubject", subject_id)
    trial = stored["study"]["reference"].removeprefix("ResearchStudy/")
    if trial not in acting.actor.trials:
        raise NotFound(status=404)
    return await _told(acting, trial, stored)


async def subject_of(acting: Acting, response: Json) -> SubjectRow:
    """The subject that a response of a trial belongs to; `NotFound` outside the actor's trials."""
    trials = {tag["code"] for tag in response.get("meta", {}).get("tag", []) if tag.get("system") == systems.TRIAL}
    for trial in sorted(trials & acting.actor.trials):
        query = {
            "study": f"ResearchStudy/{trial}",
            "individual": response["subject"]["reference"],
            "_tag": f"{systems.TRIAL}|{trial}",
        }
        found = await acting.fhir.first_match("ResearchSubject", query)
        if found is not None:
            return await _told(acting, trial, found)
    raise NotFound(status=404)


async def _told(acting: Acting, trial: str, stored: Json) -> SubjectRow:
    decide(acting.actor, Permission.SUBJECT_READ, Scope(trials=frozenset({trial})))
    patient = stored["individual"]["reference"].removeprefix("Patient/")
    await audit.record(acting, audit.Action.READ, Permission.SUBJECT_READ, patient=patient)
    return (await _rows(acting, trial, [stored]))[0]


async def visits(acting: Acting, subject_id: str, scope: Scope) -> list[SubjectVisit]:
    """All visits of a subject, newest first, each with its questionnaires and where the ARC stands on them."""
    decide(acting.actor, Permission.SUBJECT_READ, scope)
    stored = await acting.fhir.read("ResearchSubject", subject_id)
    trial = stored["study"]["reference"].removeprefix("ResearchStudy/")
    decide(acting.actor, Permission.SUBJECT_READ, Scope(organizations=scope.organizations, trials=frozenset({trial})))
    patient, tagged = stored["individual"]["reference"], f"{systems.TRIAL}|{trial}"
    encounters = await acting.fhir.all("Encounter", {"patient": patient, "_tag": tagged, "_count": 200})
    tasks = await acting.fhir.all("Task", {"patient": patient, "_tag": tagged, "_count": 500})
    await audit.record(acting, audit.Action.READ, Permission.SUBJECT_READ, patient=patient.removeprefix("Patient/"))
    badges = {task["focus"]["reference"]: _badge(task) for task in tasks if _code(task) == "review-form"}
    forms: defaultdict[str, list[VisitForm]] = defaultdict(list)
    for task in tasks:
        if _code(task) == "complete-questionnaire" and task["status"] != "cancelled" and "encounter" in task:
            forms[task["encounter"]["reference"]].append(_visit_form(task, badges))
    found = [
        SubjectVisit(
            id=encounter["id"],
            trial=trial,
            kind=encounter["type"][0]["coding"][0]["code"],
            title=encounter["type"][0].get("text", ""),
            status=encounter["status"],
            day=_day(encounter),
            forms=tuple(sorted(forms[f"Encounter/{encounter['id']}"], key=lambda form: form.questionnaire)),
        )
        for encounter in encounters
    ]
    return sorted(found, key=lambda visit: visit.day or date.max, reverse=True)


def _visit_form(task: Json, badges: dict[str, str]) -> VisitForm:
    response = next(
        (out["valueReference"]["reference"] for out in task.get("output", []) if "valueReference" in out), None
    )
    canonical = task["input"][0]["valueCanonical"]
    return VisitForm(
        task=task["id"],
        questionnaire=canonical,
        status=task["status"],
        response=response.removeprefix("QuestionnaireResponse/") if response else None,
        badge=badges.get(response) if response else None,
    )


def _code(task: Json) -> str:
    return task["code"]["coding"][0]["code"]


def _badge(task: Json) -> str:
    return task.get("businessStatus", {}).get("coding", [{}])[0].get("code", "")


def _day(encounter: Json) -> date:
    return datetime.fromisoformat(encounter["period"]["start"]).astimezone(PARIS).date()


def _fondacode(stored: Json) -> str:
    return next((one["value"] for one in stored.get("identifier", []) if one.get("system") == systems.FONDACODE), "")


def _inclusion(stored: Json) -> Json:
    found: list[Json] = [
        one for one in stored.get("identifier", []) if one.get("system", "").startswith(systems.INCLUSION)
    ]
    return found[0] if found else {}
