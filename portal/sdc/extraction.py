"""$extract, observation-based: the Observations that a completed response means. Nothing is sent anywhere from here."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from portal.fhir import systems
from portal.sdc.model import Band, Form, FormItem, ScoreDefinition
from portal.sdc.reading import LocalText, decimal, value_of
from portal.sdc.urls import TRANSLATION
from portal.sdc.values import fits
from portal.types import Json

SURVEY: Json = {"coding": [{"system": systems.OBSERVATION_CATEGORY, "code": "survey", "display": "Survey"}]}


@dataclass(slots=True)
class Made:
    """An Observation, the item and the answer (or the copy of a group) it comes from, and the Observations it is made of."""

    observation: Json
    item: FormItem
    place: Json
    members: list["Made"] = field(default_factory=list["Made"])


def extract(form: Form, response: Json) -> list[Json]:
    """Observations of a completed response, without ids: one for each score with a value and each answer of each item that
    the form marks; its code is the item's. Those that belong together as components are one; how others belong together is
    said in the Bundle of `extract_bundle`. `response` must have its id, so that they can point at it.
    """
    return [made.observation for made in made_of(form, response)]


def made_of(form: Form, response: Json) -> list[Made]:
    """The same, what holds others before them."""
    return _Observing(form, response).found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Around:
    """What holds for everything beneath until another is met. `parent`: the nearest Observation around."""

    marked: bool
    category: tuple[Json, ...] = ()
    parent: Made | None = None
    subject: Json | None = None


class _Observing:
    def __init__(self, form: Form, response: Json) -> None:
        self.found: list[Made] = []
        self._form = form
        self._scores = {score.link_id: score for score in form.scores}
        self._head = _head(response)
        self._walk(response.get("item", []), _Around(marked=form.extracted))

    def _walk(self, elements: list[Json], around: _Around) -> None:
        for element in elements:
            item = self._form.by_link_id.get(element.get("linkId", ""))
            if item is not None:
                own = around.marked if item.extracted is None else item.extracted
                here = replace(
                    around,
                    marked=around.marked if item.relation else own,
                    category=item.category or around.category,
                    subject=_subject(self._form, item, element, around.subject),
                )
                if item.type == "group":
                    self._group(item, element, here, marked=own)
                else:
                    self._answers(item, element, here, marked=own)

    def _group(self, item: FormItem, element: Json, here: _Around, *, marked: bool) -> None:
        """A group with a code stands for the Observations beneath that say they belong to it."""
        made = self._made(item, element, here, {}) if marked and item.observed_codes and _has_parts(item) else None
        if made:
            self.found.append(made)
        self._walk(element.get("item", []), replace(here, parent=made or here.parent))
        if made and not made.members and "component" not in made.observation:
            self.found.remove(made)
        elif made and item.relation == "member" and here.parent:
            here.parent.members.append(made)

    def _answers(self, item: FormItem, element: Json, here: _Around, *, marked: bool) -> None:
        for answer in element.get("answer", ()):
            inner = here
            if marked and item.observed_codes and fits(item, answer):
                if item.relation == "component" and here.parent:
                    component = {"code": _concept(item), **_value(item, answer)}
                    here.parent.observation.setdefault("component", []).append(component)
                else:
                    made = self._made(item, answer, here, _value(item, answer))
                    self.found.append(made)
                    inner = replace(here, parent=made)
                    if item.relation == "member" and here.parent:
                        here.parent.members.append(made)
            self._walk(answer.get("item", []), inner)

    def _made(self, item: FormItem, place: Json, here: _Around, value: Json) -> Made:
        head = self._head if here.subject is None else {**self._head, "subject": here.subject}
        observation: Json = {
            "resourceType": "Observation",
            "status": "final",
            "category": list(here.category) or [SURVEY],
            "code": _concept(item),
            **head,
            **value,
        }
        score = self._scores.get(item.link_id)
        if score is not None and value:
            observation.update(_meaning(score, decimal(value_of(place))))
        return Made(observation=observation, item=item, place=place)


def _concept(item: FormItem) -> Json:
    return {"coding": list(item.observed_codes), "text": item.label.default}


def _has_parts(item: FormItem) -> bool:
    return any(child.relation or _has_parts(child) for child in item.items)


def _subject(form: Form, item: FormItem, element: Json, around: Json | None) -> Json | None:
    """Whom answers beneath are about: a reference that is marked as the subject says it for its group."""
    if item.type != "group" and not item.subject:
        return around
    waiting: list[Json] = [element] if item.type != "group" else list(element.get("item", ()))
    for each in waiting:
        known = form.by_link_id.get(each.get("linkId", ""))
        if known and (known.subject or item.subject):
            for answer in each.get("answer", ()):
                if "valueReference" in answer:
                    return answer["valueReference"]
    return {"display": item.label.default} if item.subject and item.type == "group" else around


def _head(response: Json) -> Json:
    head: Json = {key: response[key] for key in ("basedOn", "partOf", "subject", "encounter") if key in response}
    if "authored" in response:
        head["effectiveDateTime"] = head["issued"] = response["authored"]
    if "author" in response:
        head["performer"] = [response["author"]]
    if "id" in response:
        head["derivedFrom"] = [{"reference": f"QuestionnaireResponse/{response['id']}"}]
    return head


def _value(item: FormItem, answer: Json) -> Json:
    """Observation knows neither decimals without unit nor dates: a number becomes a Quantity, a date a dateTime."""
    value: Any = value_of(answer)
    key = next(key for key in answer if key.startswith("value"))
    match key:
        case "valueInteger" | "valueDecimal" if item.unit or key == "valueDecimal":
            unit = item.unit or {}
            named = {"unit": unit.get("display") or unit["code"]} if unit else {}
            return {"valueQuantity": {"value": value, **named, **{k: unit[k] for k in ("system", "code") if k in unit}}}
        case "valueCoding":
            return {"valueCodeableConcept": {"coding": [value]}}
        case "valueDate":
            return {"valueDateTime": value}
        case "valueUri" | "valueReference" | "valueAttachment":
            text = (
                value
                if isinstance(value, str)
                else value.get("reference") or value.get("url") or value.get("title", "")
            )
            return {"valueString": text}
        case _:
            return {key: value}


def _meaning(score: ScoreDefinition, value: Decimal) -> Json:
    meaning: Json = {}
    band = score.band(value)
    if band is not None:
        coding = {"system": systems.SEVERITY, "code": str(band.level)}
        meaning["interpretation"] = [{"coding": [coding], **_text("text", band.text)}]
    if score.bands:
        meaning["referenceRange"] = [_range(each) for each in score.bands]
    return meaning


def _range(band: Band) -> Json:
    limits: Json = {}
    if band.low.is_finite():
        limits["low"] = {"value": _plain(band.low)}
    if band.high.is_finite():
        limits["high"] = {"value": _plain(band.high)}
    return {**limits, **_text("text", band.text)}


def _plain(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number


def _text(name: str, text: LocalText) -> Json:
    """A text with its translations, as FHIR carries them."""
    written: Json = {name: text.default}
    if text.translations:
        written[f"_{name}"] = {
            "extension": [
                {
                    "url": TRANSLATION,
                    "extension": [{"url": "lang", "valueCode": k}, {"url": "content", "valueString": v}],
                }
                for k, v in text.translations.items()
            ]
        }
    return written
