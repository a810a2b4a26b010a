"""The possible answers of a question: listed in the form, or the codes of a value set that it contains."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from portal.sdc import urls
from portal.sdc.model import Column, Option
from portal.sdc.reading import LocalText, extension_value, local_text, value_of
from portal.types import Json

_OF_FORM = frozenset({"extension", "property", "designation"})


def option_key(answer: Json) -> str:
    """What identifies an option: the code of a coding, or the plain value."""
    value = value_of(answer)
    if isinstance(value, dict):
        return value.get("code") or value.get("reference") or value.get("display", "")
    return str(value)


def listed(element: Json, questionnaire: Json) -> list[Json]:
    raw: list[Json] = element.get("answerOption", [])
    if not raw and "answerValueSet" in element:
        return [{"valueCoding": coding} for coding in _contained_codings(element["answerValueSet"], questionnaire)]
    return raw


def make_options(raw: Iterable[Json], columns: tuple[Column, ...] = ()) -> tuple[Option, ...]:
    """Options from `answerOption` elements, or from codes that a value set or an expression gives in their form. Where one
    code stands in several systems, its key names the system too.
    """
    made = tuple(_options(raw, columns))
    count = Counter(option.key for option in made)
    if len(count) == len(made):
        return made
    return tuple(replace(each, key=_with_system(each)) if count[each.key] > 1 else each for each in made)


def _with_system(option: Option) -> str:
    coding: Json = option.answer.get("valueCoding", {})
    return f"{coding['system']}|{option.key}" if coding.get("system") else option.key


def _options(raw: Iterable[Json], columns: tuple[Column, ...]) -> Iterator[Option]:
    for option in raw:
        value = value_of(option)
        coding: Json = value if isinstance(value, dict) else {}
        weight = _weight(option, coding)
        yield Option(
            key=option_key(option),
            label=local_text(coding, "display") if "display" in coding else _plain_label(option),
            answer=bare_answer(option),
            prefix=extension_value(option, urls.OPTION_PREFIX) or "",
            weight=weight,
            exclusive=extension_value(option, urls.EXCLUSIVE) is True,
            declined=coding.get("system") == urls.ABSENT_REASON,
            selected=option.get("initialSelected", False),
            media=extension_value(option, urls.ANSWER_MEDIA),
            columns=tuple(_cell(coding, column.path) for column in columns),
        )


def _cell(coding: Json, path: str) -> str:
    """A column of a list of codes: the display, or a property that the expansion gives as an extension or a designation."""
    if path in coding:
        return str(coding[path])
    for each in coding.get("property", ()):
        if each.get("code") == path:
            return str(value_of(each) or "")
    for each in coding.get("designation", ()):
        if path in (each.get("language"), each.get("use", {}).get("code")):
            return str(each.get("value", ""))
    return ""


def _weight(option: Json, coding: Json) -> Any:
    for element in (option, coding):
        for url in (urls.ITEM_WEIGHT, urls.ORDINAL_VALUE):
            value = extension_value(element, url)
            if value is not None:
                return value
    return None


def _contained_codings(canonical: str, questionnaire: Json) -> Iterator[Json]:
    resource = _contained(canonical, questionnaire)
    if resource is None:
        return
    yield from expanded(resource)
    if "expansion" not in resource:
        for part in resource.get("compose", {}).get("include", ()):
            for concept in part.get("concept", ()):
                yield {"system": part.get("system", ""), **_translated(concept)}


def _contained(canonical: str, questionnaire: Json) -> Json | None:
    return next((each for each in questionnaire.get("contained", ()) if canonical == f"#{each.get('id')}"), None)


def expanded(value_set: Json) -> Iterator[Json]:
    """The codes of an expansion as Codings, those beneath others too; what is abstract cannot be chosen."""
    waiting: list[Json] = list(value_set.get("expansion", {}).get("contains", ()))
    while waiting:
        entry = waiting.pop(0)
        waiting[:0] = entry.get("contains", ())
        if not entry.get("abstract") and not entry.get("inactive") and "code" in entry:
            yield {k: v for k, v in _translated(entry).items() if k not in ("contains", "abstract", "inactive")}


def _translated(concept: Json) -> Json:
    """Designations in other languages as translations of the display."""
    found = [each for each in concept.get("designation", ()) if "language" in each and "use" not in each]
    bare = {key: value for key, value in concept.items() if key != "designation" or not found}
    if not found or "display" not in concept:
        return bare
    return {
        **bare,
        "_display": {
            "extension": [
                {
                    "url": urls.TRANSLATION,
                    "extension": [
                        {"url": "lang", "valueCode": each["language"]},
                        {"url": "content", "valueString": each["value"]},
                    ],
                }
                for each in found
            ]
        },
    }


def caller_value_set(element: Json, questionnaire: Json) -> str:
    """The value set of an item whose codes do not stand in the form. A contained one without them goes by its own url."""
    canonical: str = element.get("answerValueSet", "")
    if not canonical or element.get("answerOption") or any(_contained_codings(canonical, questionnaire)):
        return ""
    resource = _contained(canonical, questionnaire)
    return resource.get("url", canonical) if resource else canonical


def _plain_label(option: Json) -> LocalText:
    if "valueString" in option:
        return local_text(option, "valueString")
    return LocalText(default=option_key(option))


def bare_answer(element: Json) -> Json:
    """The value[x] alone, as an answer stores it: without the translations and weights that belong to the form."""
    for key, value in element.items():
        if key.startswith("value"):
            if isinstance(value, dict):
                return {key: {name: part for name, part in value.items() if name[0] != "_" and name not in _OF_FORM}}
            return {key: value}
    return {}
