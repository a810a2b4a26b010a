"""The sent responses of a patient, newest first, each with its scores, for the lists of a record."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal import audit
from portal.access import Permission, Role, decide
from portal.acting import Acting
from portal.fhir import systems
from portal.responses.audience import shown_only
from portal.responses.drafts import scope_of
from portal.responses.reading import SENT, sent_at, trials_of
from portal.sdc import Form
from portal.types import Json

PAGE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreGiven:
    """A score as it was stored: `level` 0 to 4 and its word when the instrument has bands."""

    code: str
    value: Decimal
    level: int | None
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseRow:
    """`by_patient` when the person answered themselves. `scores` are main scores first."""

    id: str
    form: Form
    at: datetime
    status: str
    by_patient: bool
    author: str
    trial: str | None
    encounter: str | None
    scores: tuple[ScoreGiven, ...]


async def responses_of(acting: Acting, patient: str, category: str | None = None) -> list[ResponseRow]:
    """Sent responses, newest first; `category` keeps one kind of form: auto, hetero, social, clinical-document, neuropsy."""
    decide(acting.actor, Permission.RESPONSE_READ, await scope_of(acting, patient))
    subject = f"Patient/{patient}"
    shown = shown_only(acting.actor)
    responses, results = await asyncio.gather(
        acting.fhir.all(
            "QuestionnaireResponse",
            {"patient": subject, "status": ",".join(SENT), "_sort": "-authored", "_count": PAGE, **shown},
        ),
        acting.fhir.all("Observation", {"patient": subject, "category": "survey", "_count": PAGE, **shown}),
    )
    await audit.record(acting, audit.Action.READ, Permission.RESPONSE_READ, patient=patient)
    scores: defaultdict[str, list[Json]] = defaultdict(list)
    for result in results:
        for source in result.get("derivedFrom", ()):
            scores[source["reference"]].append(result)
    rows = [_row(acting, each, scores[f"QuestionnaireResponse/{each['id']}"]) for each in responses]
    patient_looks = acting.actor.role is Role.PATIENT
    return [
        row
        for row in rows
        if row is not None
        and category in {None, row.form.category}
        and (row.form.shown_to_patient or not patient_looks)
    ]


def _row(acting: Acting, response: Json, results: list[Json]) -> ResponseRow | None:
    form = acting.catalogue.by_canonical(response["questionnaire"])
    if form is None:
        return None
    order = {score.code: (not score.main, index) for index, score in enumerate(form.scores)}
    given = [score for score in map(_score, results) if score is not None and score.code in order]
    author = response.get("author", {}).get("reference", "")
    return ResponseRow(
        id=response["id"],
        form=form,
        at=sent_at(response),
        status=response["status"],
        by_patient=author == response["subject"]["reference"],
        author=author,
        trial=next(iter(sorted(trials_of(response))), None),
        encounter=response["encounter"]["reference"].rpartition("/")[2] if "encounter" in response else None,
        scores=tuple(sorted(given, key=lambda score: order[score.code])),
    )


def _score(observation: Json) -> ScoreGiven | None:
    """None for an answer that is not a score, and for one that a correction took back."""
    codings: list[Json] = observation["code"].get("coding", [])
    code = next((each["code"] for each in codings if each.get("system") == systems.SCORE), None)
    value = observation.get("valueInteger", observation.get("valueQuantity", {}).get("value"))
    if code is None or value is None or observation["status"] == "entered-in-error":
        return None
    severity: Json = next(iter(observation.get("interpretation", ())), {})
    level = next((each["code"] for each in severity.get("coding", ()) if each.get("system") == systems.SEVERITY), None)
    return ScoreGiven(code=code, value=Decimal(str(value)), level=int(level) if level else None, texts=_texts(severity))


def _texts(severity: Json) -> dict[str, str]:
    texts = {"fr": severity["text"]} if "text" in severity else {}
    for translation in severity.get("_text", {}).get("extension", ()):
        parts = {part["url"]: part for part in translation.get("extension", ())}
        if "lang" in parts and "content" in parts:
            texts[parts["lang"]["valueCode"]] = parts["content"]["valueString"]
    return texts
