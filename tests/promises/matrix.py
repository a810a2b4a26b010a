"""Decisions of both walls, generated: for every person, thing and situation each way of asking, with the answer that the
hand-written table says. The server is asked over ASGI with the person's own token; no code of the portal is in between.
"""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.access import CARE_ROLES, Actor, Permission, Role, Scope, refusal
from portal.accounts import Door, people
from portal.app import Portal
from portal.background import Background
from portal.errors import SignInNeeded
from portal.people import patient_scope
from portal.types import Json
from tests.promises.world import (
    ACTORS,
    ANNE,
    PATIENTS,
    SITUATIONS,
    T1,
    THINGS,
    A,
    B,
    Thing,
    about,
    actor,
    identified,
)

TABLE = Path(__file__).parent / "access.csv"
CENTRE_OF = {"same-centre": A, "own": A, "other-centre": B, "other-trial": A, "left": B, "closed": A}
PATIENT = Thing(
    name="patient", type="Patient", make=lambda p, tags: {"name": [{"family": p}]}, change={"gender": "other"}
)
EPISODE = Thing(
    name="episode",
    type="EpisodeOfCare",
    make=lambda p, tags: {
        "status": "active", "patient": about(p), "managingOrganization": {"reference": f"Organization/{CENTRE_OF[p]}"}},
    change={"status": "finished"},
)  # fmt: skip
TRAIL = Thing(
    name="trail",
    type="AuditEvent",
    make=lambda p, tags: {
        "type": {"code": "rest"}, "recorded": "2026-12-01T10:00:00Z", "agent": [{"who": ANNE, "requestor": True}],
        "source": {"observer": {"display": "x"}}, "entity": [{"what": about(p)}]},
    change={"outcome": "0"},
    anchor="entity",
)  # fmt: skip
EVERY_THING = (PATIENT, EPISODE, TRAIL, *THINGS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request, and whether the table lets it through. `shows` is what its answer would betray."""

    who: str
    standing: str
    situation: str
    thing: str
    way: str
    method: str
    path: str
    body: Json | None = None
    headers: tuple[tuple[str, str], ...] = ()
    shows: str = ""
    expected: bool = False

    def told(self) -> str:
        return f"{self.who} ({self.situation}) {self.way}: {self.method} {self.path}"


def table() -> frozenset[tuple[str, str, str, str]]:
    """(who, thing or right, way, situation) of every yes."""
    found: set[tuple[str, str, str, str]] = set()
    lines = (line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    for who, things, ways, where in csv.reader(lines, delimiter=";"):
        for one in who.split():
            for person in sorted(map(str, CARE_ROLES)) if one == "care" else [one]:
                found |= {(person, t, w, s) for t in things.split() for w in ways.split() for s in where.split()}
    return frozenset(found)


def target(who: str, situation: str) -> tuple[str, str]:
    """(standing, patient) that a situation means for this person."""
    if situation in PATIENTS:
        return "now", situation
    if who == "patient":
        return situation, "own" if situation == "deactivated" else "closed"
    if situation == "withdrawn":
        if who in CARE_ROLES:
            return "now", "left"
        return ("ended" if who == "both" else "withdrawn"), "own"
    return situation, "own"


def requests(versions: dict[str, str]) -> Iterator[Asked]:
    """`versions`: the present version of each resource, by reference."""
    allowed = table()
    for who in (*ACTORS, "anonymous"):
        for situation in SITUATIONS:
            standing, patient = target(who, situation)
            for thing in EVERY_THING:
                for way, method, path, body, headers in _ways(who, standing, thing, patient, versions):
                    yield Asked(
                        who=who, standing=standing, situation=situation, thing=thing.name, way=way, method=method,
                        path=path, body=body, headers=headers, shows=_id(thing, patient),
                        expected=(who, thing.name, way.split("/")[0], situation) in allowed and "/" not in way,
                    )  # fmt: skip


def _id(thing: Thing, patient: str) -> str:
    return patient if thing is PATIENT else f"{thing.name}-{patient}"


Way = tuple[str, str, str, "Json | None", tuple[tuple[str, str], ...]]


def _ways(who: str, standing: str, thing: Thing, patient: str, versions: dict[str, str]) -> Iterable[Way]:
    """A way with a stroke in its name is nobody's."""
    id_, kind = _id(thing, patient), thing.type
    here = f"{kind}/{id_}"
    listed = _list(who, thing, patient)
    yield "read", "GET", here, None, ()
    yield "history", "GET", f"{here}/_history", None, ()
    yield "history", "GET", f"{here}/_history/{versions.get(here, '1')}", None, ()
    yield "export", "POST", "", _batch("GET", here), ()
    if listed:
        yield "search", "GET", f"{kind}?{listed}", None, ()
        yield "export", "POST", "", _batch("GET", f"{kind}?{listed}"), ()
        for extra in ("_revinclude=Task:focus", "_include=*", f"_include={kind}:subject", "_with=x", "_query=x"):
            yield "include/", "GET", f"{kind}?{listed}&{extra}", None, ()
        yield "include/", "GET", f"{kind}?{listed}&subject:Patient.family=Canary{patient}", None, ()
        yield "include/", "GET", f"{kind}?{listed}&_has:Provenance:target:agent=Practitioner/x", None, ()
    by_id = f"{kind}?_id={id_}"
    if who in {*CARE_ROLES, "both"} and thing.anchor and thing is not PATIENT:
        yield "search", "GET", by_id, None, ()
    elif (who, thing.name) not in {("patient", "patient"), ("admin", "trail")}:
        yield "search/bare", "GET", by_id, None, ()
        yield "search/bare", "GET", f"{by_id}&_summary=count", None, ()
    for bare in ("", "_count=1", "_lastUpdated=gt2000", "_summary=count", "_sort=_id"):
        if who == "admin" and thing is TRAIL:
            break
        yield "search/bare", "GET", f"{kind}?{bare}", None, ()
    yield "export/", "GET", f"{kind}/_history", None, ()
    yield "export/", "GET", f"Patient/{patient}/$everything", None, ()
    yield "export/", "GET", f"Patient/{patient}/{kind}", None, ()
    tagged = identified(thing, patient) if thing in THINGS else thing.make(patient, [])
    me = {"reference": _me(who, standing)}
    stored = {"resourceType": kind, "id": id_, **tagged}
    yield "update", "PUT", here, {**stored, **thing.change}, ()
    yield "update", "PATCH", here, thing.change, ()
    made = json.loads(
        json.dumps({**stored, "id": f"new-{id_}-{who}-{standing}"}).replace(json.dumps(ANNE), json.dumps(me))
    )
    yield "create", "POST", kind, made, ()
    yield (
        "create",
        "POST",
        "",
        _batch("PUT", f"{kind}/{made['id']}-b", {**made, "id": f"{made['id']}-b"}, "transaction"),
        (),
    )
    yield "write/", "DELETE", here, None, ()
    yield "write/", "PUT", f"{kind}?_id={id_}", {**stored, **thing.change}, ()
    yield "write/", "PATCH", f"{kind}?_id={id_}", thing.change, ()
    yield "write/", "POST", kind, {**made, "id": f"if-{made['id']}"}, (("if-none-exist", f"_id={id_}"),)
    yield "write/", "POST", f"{kind}/$validate", stored, ()


def _me(who: str, standing: str) -> str:
    return "Practitioner/anonymous" if who == "anonymous" else actor(who, standing).reference


def _batch(method: str, url: str, resource: Json | None = None, kind: str = "batch") -> Json:
    entry: Json = {"request": {"method": method, "url": url}}
    if resource is not None:
        entry["resource"] = resource
    return {"resourceType": "Bundle", "type": kind, "entry": [entry]}


def _list(who: str, thing: Thing, patient: str) -> str:
    """The list that this person would ask for, if what they look for were theirs."""
    centre, trial = PATIENTS[patient]
    system = "https://portail.fondation-fondamental.org/fhir"
    if thing is TRAIL:
        return f"entity=Patient/{patient}"
    if not thing.anchor:
        return ""
    if who == "arc":
        return f"_tag={system}/sid/trial|{trial or T1}&_count=100"
    if who == "patient":
        shown = f"&_tag={system}/CodeSystem/audience|patient"
        if thing.type == "Task":
            code = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp|complete-questionnaire"
            return f"patient=Patient/{patient}&owner=Patient/{patient}&code={code}"
        if thing is PATIENT:
            return f"_id={patient}"
        wants_tag = thing.type in {"QuestionnaireResponse", "Observation", "DocumentReference"}
        return f"patient=Patient/{patient}{shown if wants_tag else ''}" if thing.anchor == "patient" else ""
    if thing is PATIENT:
        return f"_has:EpisodeOfCare:patient:organization=Organization/{centre}&_count=100"
    if thing.anchor == "target":
        return f"target=QuestionnaireResponse/answers-{patient}"
    if thing.type == "Communication":
        return f"part-of=Task/remark-{patient}"
    return f"{'individual' if thing.type == 'ResearchSubject' else 'patient'}=Patient/{patient}"


# The server


async def ask(portal: Portal, token: str, asked: Asked) -> bool:
    """Whether it was let through: a 2xx answer that shows the thing, or did the writing."""
    status, body = await send(portal, token, asked.method, asked.path, asked.body, asked.headers)
    if asked.method == "POST" and not asked.path:
        inner = json.loads(body or b"{}")
        if status >= 300:
            return False
        entry = inner["entry"][0]
        status, body = int(entry["response"]["status"]), json.dumps(entry.get("resource", {})).encode()
    if status >= 300:
        return False
    if asked.way in {"search", "export", "read", "history"}:
        return asked.shows in ids_in(json.loads(body or b"{}"))
    return True


def ids_in(found: Json) -> set[str]:
    return {found.get("id", ""), *(entry.get("resource", {}).get("id", "") for entry in found.get("entry", []))}


async def send(
    portal: Portal,
    token: str,
    method: str,
    path: str,
    body: Json | None = None,
    headers: Iterable[tuple[str, str]] = (),
) -> tuple[int, bytes]:
    """One request to the embedded backend's own ASGI application."""
    assert portal.backend is not None
    where, _, query = path.partition("?")
    raw = json.dumps(body).encode() if body is not None else b""
    patch = "application/merge-patch+json" if method == "PATCH" else "application/fhir+json"
    given = [("authorization", f"Bearer {token}")] if token else []
    given += [("content-type", patch), *headers] if raw else []
    scope = {
        "type": "http", "method": method, "path": f"/fhir/{where}".rstrip("/"), "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given], "scheme": "http", "root_path": "",
    }  # fmt: skip
    sent: list[Json] = []

    async def receive() -> Json:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def answer(message: Json) -> None:
        sent.append(message)

    await portal.backend.asgi(scope, receive, answer)
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


def token_of(portal: Portal, who: str, standing: str) -> str:
    """Signed as if nothing had been withdrawn: the claims are those of better days."""
    return "" if who == "anonymous" else portal.signer.sign(actor(who, standing))


# The portal's own rules


async def decisions(portal: Portal) -> AsyncIterator[tuple[str, bool, bool]]:
    """(what was asked, whether it was granted, whether the table says so) for each person, right and situation; the person
    and the facts are read from the record as at each page.
    """
    allowed = table()
    service = portal.service()
    async with door_of(portal) as door:
        for who in ACTORS:
            for situation in SITUATIONS:
                standing, patient = target(who, situation)
                person = await _signed_in(door, who, standing)
                facts = await patient_scope(service, patient)
                scope = Scope(
                    patient=patient, organizations=facts.organizations, trials=facts.trials,
                    filled_by=f"Patient/{patient}", shown_to_patient=True,
                )  # fmt: skip
                for right in Permission:
                    granted = person is not None and refusal(person, right, scope) is None
                    yield f"{who} ({situation}) {right}", granted, (who, right, "decide", situation) in allowed


async def _signed_in(door: Door, who: str, standing: str) -> Actor | None:
    given = actor(who, standing)
    try:
        return await people.actor(door, given.user, Role(given.role))
    except SignInNeeded:
        return None


@asynccontextmanager
async def door_of(portal: Portal) -> AsyncIterator[Door]:
    later = Background()
    later.start()
    try:
        yield Door(acting=portal.service(), key=portal.secret, later=later)
    finally:
        await later.stop()
        await asyncio.sleep(0)
