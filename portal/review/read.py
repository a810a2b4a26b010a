"""The review of one response as its screens need it: each place with its standing, its former value, its remarks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.errors import NotFound
from portal.fhir import systems
from portal.people import organizations_of
from portal.review.answers import Place, all_places, places
from portal.review.resources import read_event, remark_location, remark_status, tags
from portal.review.states import Event, ItemState, Standing, badge, fold, gone
from portal.sdc import Form
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class RemarkLine:
    """One line of a thread. `sender` is a reference, `name` what may be shown of who wrote it."""

    sender: str
    name: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """`status`: open, answered, closed or cancelled. `location` is the place in the response it is about.

    `questionnaire` is the form's canonical.
    """

    id: str
    response: str
    patient: str
    questionnaire: str
    location: str
    status: str
    opened: datetime
    shown_then: str
    lines: tuple[RemarkLine, ...]

    @property
    def live(self) -> bool:
        return self.status in {"open", "answered"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewItem:
    """One place to decide. `decided_by` and `decided_at` tell on whose word a decision rests; `remark` is the live one.

    `former` is what was decided when the answer has changed since; `earlier` the same question in the response before.
    """

    place: Place
    state: ItemState
    mine: bool
    decided_by: str | None
    decided_at: datetime | None
    remark: Remark | None
    former: Place | None
    earlier: Place | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """`removed` are locations decided once that the response no longer has. `rows` are the items and, where they stand in
    the form, the values that it computed: to be read, not decided.
    """

    response: Json
    form: Form
    items: tuple[ReviewItem, ...]
    rows: tuple[ReviewItem | Place, ...]
    removed: tuple[str, ...]
    badge: str

    def count(self, state: ItemState) -> int:
        return sum(item.state is state for item in self.items)

    @property
    def at(self) -> datetime:
        """When it was sent; of an imported response that does not say, when the record took it."""
        return datetime.fromisoformat(_sent(self.response))

    @property
    def open_remarks(self) -> int:
        return sum(item.remark is not None for item in self.items)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """Everything known of one response's review, as stored."""

    response: Json
    form: Form
    places: tuple[Place, ...]
    events: tuple[Event, ...]
    remark_tasks: tuple[Json, ...]
    review_task: Json | None

    @property
    def digests(self) -> dict[str, str]:
        return {place.location: place.digest for place in self.places}

    @property
    def standings(self) -> dict[str, Standing]:
        return fold(self.events, self.digests)


async def scope_of(acting: Acting, response: Json) -> Scope:
    """Facts on a response that rules compare with the actor: its trials, and the centres that follow its patient now."""
    patient = response["subject"]["reference"].removeprefix("Patient/")
    centres = (await organizations_of(acting, [patient]))[patient]
    return Scope(patient=patient, organizations=centres, trials=frozenset(tag["code"] for tag in tags(response)))


def form_of(acting: Acting, response: Json) -> Form:
    """The form that a response answers; `NotFound` when the catalogue no longer has that version."""
    form = acting.catalogue.by_canonical(response["questionnaire"])
    if form is None:
        raise NotFound(status=404)
    return form


async def load(acting: Acting, response_id: str) -> Loaded:
    response = await acting.fhir.read("QuestionnaireResponse", response_id)
    return await load_around(acting, response)


async def load_around(acting: Acting, response: Json) -> Loaded:
    form = form_of(acting, response)
    reference = f"QuestionnaireResponse/{response['id']}"
    trial = {"_tag": ",".join(f"{systems.TRIAL}|{tag['code']}" for tag in tags(response))} if tags(response) else {}
    events = await acting.fhir.all("VerificationResult", {"target": reference, "_count": 500, **trial})
    codes = f"{systems.TASK}|data-query,{systems.TASK}|review-form"
    tasks = await acting.fhir.all("Task", {"focus": reference, "code": codes, "_count": 500, **trial})
    return Loaded(
        response=response,
        form=form,
        places=tuple(places(form, response)),
        events=tuple(read_event(event) for event in events),
        remark_tasks=tuple(task for task in tasks if task["code"]["coding"][0]["code"] == "data-query"),
        review_task=next((task for task in tasks if task["code"]["coding"][0]["code"] == "review-form"), None),
    )


async def review_of(acting: Acting, response_id: str) -> Review:
    """The whole review of a response in a trial that the ARC follows. Raises `Refused` otherwise."""
    loaded = await load(acting, response_id)
    scope = await scope_of(acting, loaded.response)
    decide(acting.actor, Permission.REVIEW_READ, scope)
    found = await _remarks(acting, loaded)
    await audit.record(
        acting,
        audit.Action.READ,
        Permission.REVIEW_READ,
        patient=scope.patient,
        entity=f"QuestionnaireResponse/{response_id}",
    )
    live = {remark.location: remark for remark in found if remark.live}
    standings = loaded.standings
    names = await who(acting, {s.event.who for s in standings.values() if s.event})
    former = await _decided_places(acting, loaded, standings.values())
    earlier = await _earlier_places(acting, loaded)

    def item(place: Place) -> ReviewItem:
        standing = standings[place.location]
        event = standing.event
        changed = standing.state is ItemState.CHANGED and event is not None
        return ReviewItem(
            place=place,
            state=standing.state,
            mine=event is not None and event.who == acting.actor.reference,
            decided_by=names.get(event.who) if event else None,
            decided_at=event.at if event else None,
            remark=live.get(place.location),
            former=former.get(event.version, {}).get(place.location) if changed and event else None,
            earlier=earlier.get(place.location),
        )

    rows = tuple(place if place.computed else item(place) for place in all_places(loaded.form, loaded.response))
    items = tuple(row for row in rows if isinstance(row, ReviewItem))
    return Review(
        response=loaded.response,
        form=loaded.form,
        items=items,
        rows=rows,
        removed=tuple(sorted(gone(loaded.events, loaded.digests))),
        badge=badge((item.state for item in items), open_remarks=len(live)),
    )


async def _decided_places(acting: Acting, loaded: Loaded, standings: Iterable[Standing]) -> dict[str, dict[str, Place]]:
    """What stood in the versions that were decided and have changed since, by version and location."""
    versions = {s.event.version for s in standings if s.state is ItemState.CHANGED and s.event and s.event.version}
    found: dict[str, dict[str, Place]] = {}
    for version in sorted(versions):
        then = await acting.fhir.follow(f"QuestionnaireResponse/{loaded.response['id']}/_history/{version}")
        found[version] = {place.location: place for place in places(loaded.form, then)}
    return found


async def _earlier_places(acting: Acting, loaded: Loaded) -> dict[str, Place]:
    """The same person's last response to the same instrument before this one, for comparison."""
    response = loaded.response
    query = {
        "patient": response["subject"]["reference"],
        "questionnaire": response["questionnaire"],
        "status": "completed,amended",
        "authored": f"lt{_sent(response)}",
        "_sort": "-authored",
        "_tag": ",".join(f"{systems.TRIAL}|{tag['code']}" for tag in tags(response)),
    }
    before = await acting.fhir.first_match("QuestionnaireResponse", query)
    return {place.location: place for place in places(loaded.form, before)} if before else {}


def _sent(response: Json) -> str:
    return str(response.get("authored") or response["meta"]["lastUpdated"])


async def remarks(acting: Acting, response_id: str) -> list[Remark]:
    """All remarks on a response, oldest first, for the ARC of its trial and for the centres that follow its patient."""
    loaded = await load(acting, response_id)
    scope = await scope_of(acting, loaded.response)
    decide(acting.actor, Permission.QUERY_READ, scope)
    entity = f"QuestionnaireResponse/{response_id}"
    await audit.record(acting, audit.Action.READ, Permission.QUERY_READ, patient=scope.patient, entity=entity)
    return await _remarks(acting, loaded)


async def trial_remarks(acting: Acting, trial: str) -> list[Remark]:
    """Remarks of a trial that are not closed, oldest first: what the ARC waits for, and what waits for the ARC."""
    decide(acting.actor, Permission.QUERY_READ, Scope(trials=frozenset({trial})))
    query = {
        "_tag": f"{systems.TRIAL}|{trial}",
        "code": f"{systems.TASK}|data-query",
        "status": "requested,in-progress",
        "_count": 200,
    }
    found = await acting.fhir.all("Task", query)
    await audit.record(acting, audit.Action.READ, Permission.QUERY_READ, entity=f"ResearchStudy/{trial}")
    return await _read_remarks(acting, found)


async def open_remarks(acting: Acting, patients: list[str]) -> list[Remark]:
    """Remarks that wait for an answer about these patients (ids), oldest first. Raises `Refused` for one of elsewhere."""
    followed = await organizations_of(acting, patients)
    for patient in patients:
        decide(acting.actor, Permission.QUERY_READ, Scope(patient=patient, organizations=followed[patient]))
    if not patients:
        return []
    tasks = await acting.fhir.all(
        "Task",
        {
            "patient": ",".join(f"Patient/{patient}" for patient in patients),
            "code": f"{systems.TASK}|data-query",
            "status": "requested",
            "_count": 200,
        },
    )
    await audit.record(acting, audit.Action.READ, Permission.QUERY_READ)
    return await _read_remarks(acting, tasks)


async def _remarks(acting: Acting, loaded: Loaded) -> list[Remark]:
    return await _read_remarks(acting, list(loaded.remark_tasks))


async def _read_remarks(acting: Acting, tasks: list[Json]) -> list[Remark]:
    if not tasks:
        return []
    query = {"part-of": ",".join(f"Task/{task['id']}" for task in tasks), "_sort": "sent", "_count": 500}
    trials = sorted({tag["code"] for task in tasks for tag in tags(task)})
    if trials:
        query["_tag"] = ",".join(f"{systems.TRIAL}|{trial}" for trial in trials)
    lines = await acting.fhir.all("Communication", query)
    names = await who(acting, {line["sender"]["reference"] for line in lines})
    found = [
        Remark(
            id=task["id"],
            response=task["focus"]["reference"].removeprefix("QuestionnaireResponse/"),
            patient=task["for"]["reference"].removeprefix("Patient/"),
            questionnaire=next((one["valueCanonical"] for one in task["input"] if "valueCanonical" in one), ""),
            location=remark_location(task),
            status=remark_status(task),
            opened=datetime.fromisoformat(task["authoredOn"]),
            shown_then=next(
                (i["valueString"] for i in task["input"] if i["type"].get("text") == "value-at-opening"), ""
            ),
            lines=tuple(_line(line, names) for line in lines if {"reference": f"Task/{task['id']}"} in line["partOf"]),
        )
        for task in tasks
    ]
    return sorted(found, key=lambda remark: remark.opened)


def _line(line: Json, names: Mapping[str, str]) -> RemarkLine:
    sender = line["sender"]["reference"]
    return RemarkLine(
        sender=sender,
        name=names.get(sender, ""),
        at=datetime.fromisoformat(line["sent"]),
        text=line["payload"][0]["contentString"],
    )


async def who(acting: Acting, references: set[str]) -> dict[str, str]:
    """Names of professionals, by reference. Read by the portal itself: a colleague's name is no secret, their file is."""
    ids = sorted(
        reference.removeprefix("Practitioner/") for reference in references if reference.startswith("Practitioner/")
    )
    if not ids:
        return {}
    stored = await acting.service.all("Practitioner", {"_id": ",".join(ids), "_count": 100})
    return {f"Practitioner/{one['id']}": _name(one) for one in stored}


def _name(practitioner: Json) -> str:
    name = practitioner.get("name", [{}])[0]
    return " ".join([*name.get("given", [])[:1], name.get("family", "")]).strip()
