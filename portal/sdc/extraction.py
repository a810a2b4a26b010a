"""$extract, observation-based: the Observations that a completed response means. Nothing is sent anywhere from here."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.fhir import systems
from portal.sdc.model import Band, Form, FormItem, ScoreDefinition
from portal.sdc.reading import LocalText, decimal, value_of
from portal.sdc.urls import TRANSLATION
from portal.sdc.values import fits
from portal.types import Json

SURVEY: Json = {"coding": [{"system": systems.OBSERVATION_CATEGORY, "code": "survey", "display": "Survey"}]}


def observations(form: Form, response: Json) -> list[Json]:
    """One Observation for each answer of each item that the form marks; its code is the item's."""
    scores = {score.link_id: score for score in form.scores}
    head = _head(response)
    found: list[Json] = []
    for item, answer in _answers(form, response.get("item", []), extracted=False, category=()):
        observation: Json = {
            "resourceType": "Observation",
            "status": "final",
            "category": list(item[1]) or [SURVEY],
            "code": {"coding": item[0].definition["code"], "text": item[0].label.default},
            **head,
            **_value(item[0], answer),
        }
        score = scores.get(item[0].link_id)
        if score is not None:
            observation.update(_meaning(score, decimal(value_of(answer))))
        found.append(observation)
    return found


def _answers(
    form: Form, items: list[Json], *, extracted: bool, category: tuple[Json, ...]
) -> Iterator[tuple[tuple[FormItem, tuple[Json, ...]], Json]]:
    """Marks and categories hold for everything beneath, until another is met."""
    for element in items:
        item = form.by_link_id.get(element.get("linkId", ""))
        if item is None:
            continue
        marked = extracted if item.extracted is None else item.extracted
        categories = item.category or category
        yield from _answers(form, element.get("item", []), extracted=marked, category=categories)
        for answer in element.get("answer", ()):
            if marked and item.definition.get("code") and fits(item, answer):
                yield (item, categories), answer
            yield from _answers(form, answer.get("item", []), extracted=marked, category=categories)


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
