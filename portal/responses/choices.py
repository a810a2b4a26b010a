"""Looking for an answer among very many: the form's own options, a value set of the record server, people and places."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.access import Role
from portal.acting import Acting
from portal.errors import Forbidden, NotFound, Rejected
from portal.fhir import systems
from portal.i18n import texts
from portal.responses.describing import described
from portal.sdc import FormItem, ItemState, Option
from portal.types import Json

MOST = 20
PLACES_AND_PEOPLE = ("Practitioner", "Organization", "Location", "HealthcareService")
"""What a reference may point at by its name. Never patients: a list of them is for those who follow them."""

OF_THE_PATIENT = (
    "AllergyIntolerance", "Condition", "DiagnosticReport", "DocumentReference", "Encounter", "Immunization", "MedicationRequest",
    "MedicationStatement", "Observation", "Procedure", "QuestionnaireResponse", "ServiceRequest",
)  # fmt: skip
"""What a reference may point at in the record of the patient whom the form is about, with the rights of who fills it in."""

IN_THE_RECORD = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Possible:
    """An answer that goes with what was typed. `key` names it in the page, `value` is what the form takes."""

    key: str
    text: str
    value: Any


async def possible_answers(
    acting: Acting, item: FormItem, state: ItemState, text: str, *, locale: str, patient: str = ""
) -> list[Possible]:
    """The best few answers to a question as it is asked now, for words of the answer in any order, without regard to
    accents.
    """
    words = plain(text).split()
    if not words:
        return []
    if item.type == "reference":
        own = await _in_record(acting, item, words, patient, locale) if patient else []
        return [*own, *await _referred(acting, item, text)][:MOST]
    if state.options:
        return _among(state.options, words, locale)
    value_set = state.value_set
    return await _expanded(acting, value_set, text, locale) if value_set else []


def plain(text: str) -> str:
    """Without accents, in small letters: what a search compares."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _among(options: Iterable[Option], words: list[str], locale: str) -> list[Possible]:
    found = [
        (not plain(option.text(locale)).startswith(words[0]), option)
        for option in options
        if all(word in plain(f"{option.text(locale)} {option.key}") for word in words)
    ]
    best = sorted(found, key=lambda each: each[0])[:MOST]
    return [Possible(key=option.key, text=option.text(locale), value=option.key) for _, option in best]


async def _expanded(acting: Acting, value_set: str, text: str, locale: str) -> list[Possible]:
    """By the portal's own client: a terminology holds nobody's data."""
    params = {"url": value_set.partition("|")[0], "filter": text, "count": MOST, "displayLanguage": locale}
    try:
        expanded: Json = await acting.service.call("GET", "ValueSet/$expand", params=params)
    except (NotFound, Rejected):
        return []  # the server does not have it: the field says that nothing was found
    held: list[Json] = expanded.get("expansion", {}).get("contains", [])
    codings = [{key: each[key] for key in ("system", "code", "display") if key in each} for each in held[:MOST]]
    return [
        Possible(key=f"{each.get('system', '')}|{each['code']}", text=each.get("display", each["code"]), value=each)
        for each in codings
        if "code" in each
    ]


async def _in_record(acting: Acting, item: FormItem, words: list[str], patient: str, locale: str) -> list[Possible]:
    """The newest of the patient's own that go with the words. What is not for this person is as if it were not there."""
    if acting.actor.role is Role.RELATIVE:
        return []
    found: list[Possible] = []
    for kind in (kind for kind in OF_THE_PATIENT if kind in item.reference_types):
        query = {"patient": f"Patient/{patient}", "_sort": "-_lastUpdated", "_count": IN_THE_RECORD}
        if acting.actor.role is Role.PATIENT:
            query["_tag"] = f"{systems.AUDIENCE}|patient"
        try:
            page = await acting.fhir.find(kind, query)
        except (Forbidden, NotFound, Rejected):
            continue
        for resource in page.resources:
            name, reference = described(texts(locale), resource), f"{kind}/{resource['id']}"
            if name and all(word in plain(name) for word in words):
                found.append(Possible(key=reference, text=name, value={"reference": reference, "display": name}))
    return found[:MOST]


async def _referred(acting: Acting, item: FormItem, text: str) -> list[Possible]:
    kinds = [kind for kind in item.reference_types or PLACES_AND_PEOPLE if kind in PLACES_AND_PEOPLE]
    found: list[Possible] = []
    for kind in kinds:
        page = await acting.fhir.find(kind, {"name": text, "_count": MOST})
        for resource in page.resources:
            name = _name(resource)
            reference = f"{kind}/{resource['id']}"
            found.append(Possible(key=reference, text=name, value={"reference": reference, "display": name}))
    return found[:MOST]


def _name(resource: Json) -> str:
    name = resource.get("name")
    if isinstance(name, list):
        first: Json = name[0] if name else {}
        return str(first.get("text") or " ".join([*first.get("given", ()), first.get("family", "")]).strip())
    return str(name or resource["id"])
