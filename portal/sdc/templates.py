"""Fills a contained template (templateExtractContext, templateExtractValue) from a response: one resource, or several."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal import fhirpath
from portal.fhirpath import FhirPathError
from portal.sdc import urls
from portal.sdc.reading import extension, value_of
from portal.types import Json

Names = Mapping[str, Any]


class Template:
    """`evaluate` runs an expression on a focus; `tell` hears of what could not be done, by the name of the element."""

    def __init__(self, evaluate: Callable[[str, Any, Names], list[Any]], tell: Callable[[str], None]) -> None:
        self._evaluate = evaluate
        self._tell = tell

    def fill(self, resource: Json, focus: Any, names: Names) -> list[Json]:
        """The filled copies, without the template's id. None when its own context gives nothing."""
        bare = {key: value for key, value in resource.items() if key != "id"}
        return [each for each in self._element(bare, focus, names) if isinstance(each, dict) and len(each) > 1]

    def _element(self, element: Json, focus: Any, names: Names) -> list[Any]:
        """One copy of the element for each result of its context, or the results of its value in its place."""
        made: list[Any] = []
        for here, inner in self._contexts(element, focus, names):
            value = extension(element, urls.TEMPLATE_VALUE)
            if value is not None:
                made += self._results(value, here, inner)
                continue
            clone = self._clone(element, here, inner)
            if clone:
                made.append(clone)
        return made

    def _contexts(self, element: Json, focus: Any, names: Names) -> Iterator[tuple[Any, Names]]:
        context = extension(element, urls.TEMPLATE_CONTEXT)
        if context is None:
            yield focus, names
            return
        given = value_of(context)
        name = given.get("name") if isinstance(given, dict) else None
        for result in self._results(context, focus, names):
            yield result, {**names, name: [result]} if name else names

    def _clone(self, element: Json, focus: Any, names: Names) -> Json:
        clone: Json = {}
        for key in dict.fromkeys(key.removeprefix("_") for key in element):
            value, shadow = element.get(key), element.get(f"_{key}")
            if key == "extension":
                kept = [each for each in value or () if each.get("url") not in _OURS]
                filled = [found for each in kept for found in self._element(each, focus, names)]
                if filled:
                    clone[key] = filled
            elif isinstance(value, list) or isinstance(shadow, list):
                self._fill_list(clone, key, value or [], shadow or [], focus, names)
            elif isinstance(value, dict):
                self._put(clone, key, self._element(value, focus, names))
            else:
                self._fill_primitive(clone, key, value, shadow, focus, names)
        return clone

    def _fill_list(
        self, clone: Json, key: str, values: list[Any], shadows: list[Any], focus: Any, names: Names
    ) -> None:
        found: list[Any] = []
        for index in range(max(len(values), len(shadows))):
            value = values[index] if index < len(values) else None
            shadow = shadows[index] if index < len(shadows) else None
            if isinstance(value, dict):
                found += self._element(value, focus, names)
            elif shadow and _is_template(shadow):
                found += self._primitive(shadow, focus, names)
            elif value is not None:
                found.append(value)
        if found:
            clone[key] = found

    def _fill_primitive(self, clone: Json, key: str, value: Any, shadow: Any, focus: Any, names: Names) -> None:
        """A primitive and its `_` shadow are one element: a result replaces the value, other extensions stay."""
        if not shadow or not _is_template(shadow):
            if value is not None:
                clone[key] = value
            if shadow:
                clone[f"_{key}"] = shadow
            return
        self._put(clone, key, self._primitive(shadow, focus, names))
        others = [each for each in shadow["extension"] if each.get("url") not in _OURS]
        if others and key in clone:
            clone[f"_{key}"] = {**shadow, "extension": others}

    def _primitive(self, shadow: Json, focus: Any, names: Names) -> list[Any]:
        value = extension(shadow, urls.TEMPLATE_VALUE)
        found: list[Any] = []
        for here, inner in self._contexts(shadow, focus, names):
            found += self._results(value, here, inner) if value is not None else [here]
        return found

    def _put(self, clone: Json, key: str, found: list[Any]) -> None:
        if len(found) > 1:
            self._tell(f"{key}: several results for an element that stands once; the first was taken.")
        if found:
            clone[key] = found[0]

    def _results(self, holder: Json, focus: Any, names: Names) -> list[Any]:
        given = value_of(holder)
        text = given.get("expression", "") if isinstance(given, dict) else str(given or "")
        try:
            return self._evaluate(text, focus, names)
        except FhirPathError as error:
            self._tell(f"{error} In: {text}")
            return []


def run_expression(text: str, focus: Any, names: Names, now: Any) -> list[Any]:
    return fhirpath.compile(text)(focus, names, now=now)


_OURS = (urls.TEMPLATE_VALUE, urls.TEMPLATE_CONTEXT)


def _is_template(shadow: Json) -> bool:
    return any(each.get("url") in _OURS for each in shadow.get("extension", ()))
