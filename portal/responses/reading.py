"""Reading what was sent: answers in words, scores, and every version with who changed what and why."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import NotFound
from portal.fhir import systems
from portal.i18n import Texts
from portal.responses.answers import Answer, Change, answers_in, changes_between, titles_in
from portal.responses.drafts import scope_of
from portal.responses.signing import SignedBy, signatures_in
from portal.responses.surroundings import encounter_of, surroundings_of
from portal.responses.tasks import State, read_task
from portal.sdc import AlertRule, Form, FormSession, ScoreResult, Section
from portal.types import Json

SENT = ("completed", "amended")
HISTORY = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """`who` is the reference of the author, `name` theirs where it may be shown. The first version has no reason."""

    id: str
    at: datetime
    status: str
    who: str
    name: str
    reason: str
    text: str
    answers: tuple[Answer, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadResponse:
    """A sent response. `versions` are newest first; the first of them is what stands. `titles` are those of the sections
    whose title follows the answers, by their place.
    """

    id: str
    patient: str
    form: Form
    resource: Json
    trial: str | None
    scores: tuple[ScoreResult, ...]
    alerts: tuple[AlertRule, ...]
    versions: tuple[Version, ...]
    titles: Mapping[int, str] = field(default_factory=dict[int, str])

    @property
    def answers(self) -> tuple[Answer, ...]:
        return self.versions[0].answers

    @property
    def signed(self) -> tuple[SignedBy, ...]:
        return signatures_in(self.resource)

    @property
    def at(self) -> datetime:
        """When it was first sent."""
        return self.versions[-1].at

    def title(self, t: Texts, section: Section) -> str:
        return self.titles.get(section.index) or section.title(t.locale)

    def told(self, section: Section) -> tuple[Answer, ...]:
        """What is read of a section: its answers, what the form computed, what it says to who reads them."""
        return tuple(each for each in self.answers if each.section == section.index and each.read_back)


async def read_response(acting: Acting, response: str) -> ReadResponse:
    """A sent response with its versions. A draft is nobody's to read: `NotFound`."""
    resource = await acting.fhir.read("QuestionnaireResponse", response)
    form = acting.catalogue.by_canonical(resource["questionnaire"])
    if form is None or resource["status"] not in SENT:
        raise NotFound(status=404)
    patient = resource["subject"]["reference"].removeprefix("Patient/")
    trials = trials_of(resource)
    scope = await scope_of(acting, patient, form=form, trials=trials)
    decide(acting.actor, Permission.RESPONSE_READ, scope)
    history, reasons = await asyncio.gather(
        acting.fhir.history("QuestionnaireResponse", response),
        # By the portal itself: patients may read their answers and who corrected them, but search no Provenance.
        acting.service.all("Provenance", {"target": f"QuestionnaireResponse/{response}", "_count": HISTORY}),
    )
    await audit.record(
        acting,
        audit.Action.READ,
        Permission.RESPONSE_READ,
        patient=patient,
        entity=f"QuestionnaireResponse/{response}",
    )
    around = await surroundings_of(acting, form, patient, encounter=encounter_of(resource))
    session, versions = await asyncio.to_thread(_told, form, resource, history, reasons, around.given)
    return ReadResponse(
        id=response,
        patient=patient,
        form=form,
        resource=resource,
        trial=next(iter(sorted(trials)), None),
        scores=tuple(session.scores()),
        alerts=tuple(session.alerts()),
        versions=versions,
        titles=titles_in(session),
    )


def trials_of(resource: Json) -> frozenset[str]:
    """Trials that a resource belongs to, by its tags."""
    tags: list[Json] = resource.get("meta", {}).get("tag", [])
    return frozenset(str(tag["code"]) for tag in tags if tag.get("system") == systems.TRIAL)


def _told(
    form: Form, resource: Json, history: list[Json], reasons: list[Json], given: Mapping[str, Any]
) -> tuple[FormSession, tuple[Version, ...]]:
    sent = [version for version in history if version["status"] in SENT] or [resource]
    versions: list[Version] = []
    former: tuple[Answer, ...] = ()
    previous = ""
    for version in reversed(sent):
        answers = answers_in(FormSession(form, version, now=sent_at(version), given=given, as_sent=True))
        changes = changes_between(former, answers) if versions else ()
        versions.append(_version(version, answers, changes, _reason(reasons, previous)))
        former, previous = answers, version["meta"]["versionId"]
    return FormSession(form, resource, now=sent_at(resource), given=given, as_sent=True), tuple(reversed(versions))


def sent_at(version: Json) -> datetime:
    """When it was sent; of an imported response that does not say, when the record took it."""
    return datetime.fromisoformat(version.get("authored") or version["meta"]["lastUpdated"])


def _version(version: Json, answers: tuple[Answer, ...], changes: tuple[Change, ...], provenance: Json) -> Version:
    agent: Json = provenance.get("agent", [{}])[0].get("who", {}) or version.get("author", {})
    reason: Json = provenance.get("reason", [{}])[0]
    return Version(
        id=version["meta"]["versionId"],
        at=datetime.fromisoformat(provenance["recorded"]) if "recorded" in provenance else sent_at(version),
        status=version["status"],
        who=agent.get("reference", ""),
        name=agent.get("display", ""),
        reason=reason.get("coding", [{}])[0].get("code", ""),
        text=reason.get("text", ""),
        answers=answers,
        changes=changes,
    )


def _reason(reasons: list[Json], previous: str) -> Json:
    """The Provenance of the change that took that version's place."""
    for provenance in reasons:
        for entity in provenance.get("entity", ()):
            if previous and entity["what"]["reference"].endswith(f"/_history/{previous}"):
                return provenance
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class SentForm:
    """What a patient is told after sending. `alert` when the answers show that they may need help now."""

    response: str
    form: Form
    at: datetime
    alert: bool


async def sent_form(acting: Acting, task: str) -> SentForm | None:
    """The sent questionnaire that this Task asked for; None while it is not sent. For the patient themselves."""
    asked = read_task(await acting.fhir.read("Task", task))
    if asked is None:
        raise NotFound(status=404)
    decide(acting.actor, Permission.RESPONSE_FILL, await scope_of(acting, asked.patient, owner=asked.owner))
    if asked.state is not State.SENT or asked.response is None:
        return None
    # By the portal itself: who sent it may not be shown it again, and nothing of the answers is told.
    resource = await acting.service.read("QuestionnaireResponse", asked.response)
    form = acting.catalogue.by_canonical(resource["questionnaire"])
    if form is None or resource["status"] not in SENT:
        raise NotFound(status=404)
    entity = f"QuestionnaireResponse/{asked.response}"
    await audit.record(acting, audit.Action.READ, Permission.RESPONSE_FILL, patient=asked.patient, entity=entity)
    at = sent_at(resource)
    session = await asyncio.to_thread(FormSession, form, resource, now=at, as_sent=True)
    return SentForm(response=resource["id"], form=form, at=at, alert=bool(session.alerts()))
