"""$extract by definitions: items say which element of a resource they are, and the resources are built around them.

An item writes into the entry that its nearest group with a definition opened; without such a group, items of the same
copy share the entries on the way. What the entries still lack comes from the fixed values of the profile, when the caller
knows it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.fhirpath import FhirPathError, Model, r4
from portal.sdc import urls
from portal.sdc.building import Building, Frame, NotAnElement
from portal.sdc.model import Form, FormItem
from portal.sdc.reading import extension, extension_value, extensions, value_of
from portal.types import Json

Names = Mapping[str, Any]
CORE = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A resource, with the extension that asked for it and what its other expressions see."""

    extension: Json
    resource: Json
    focus: Json
    names: Names
    link_id: str


class Definitions:
    """`names_at` gives what expressions see at an element of the response; `profile` a StructureDefinition by canonical."""

    def __init__(
        self,
        form: Form,
        *,
        evaluate: Callable[[str, Any, Names], list[Any]],
        tell: Callable[[str, str], None],
        names_at: Callable[[Json], Names],
        profile: Callable[[str], Json | None] | None,
    ) -> None:
        self._form = form
        self._evaluate = evaluate
        self._tell = tell
        self._names_at = names_at
        self._profile = profile
        self._model: Model = r4()
        self._open: list[tuple[Building, Built]] = []

    def built(self, response: Json) -> Iterator[Built]:
        """In the order in which the form asks for them; what got no value is left out."""
        form = self._form.questionnaire
        running, frames = self._begin(form, response, "", (), ())
        self._values(form, response, "", running, frames, scope=0)
        self._beneath(response.get("item", []), running, frames, scope=0)
        for building, built in self._open:
            found = self._profile(building.canonical) if self._profile else None
            if found:
                building.complete(found)
            if building.touched:
                yield built

    def _beneath(
        self, elements: Sequence[Json], running: tuple[Building, ...], frames: tuple[Frame, ...], scope: int
    ) -> None:
        for element in elements:
            item = self._form.by_link_id.get(element.get("linkId", ""))
            if item is None or not _answered(element):
                continue
            inner, around = self._begin(item.definition, element, item.link_id, running, frames)
            copy = item.repeats and item.type == "group"
            here = id(element) if copy or inner is not running else scope
            around = self._write(item, element, inner, around, here)
            self._values(item.definition, element, item.link_id, inner, around, here)
            self._beneath(element.get("item", []), inner, around, here)
            for answer in element.get("answer", ()):
                self._beneath(answer.get("item", []), inner, around, here)

    def _begin(
        self, element: Json, focus: Json, link_id: str, running: tuple[Building, ...], frames: tuple[Frame, ...]
    ) -> tuple[tuple[Building, ...], tuple[Frame, ...]]:
        """The extractions that run from here on: those around, and the ones that start at this place."""
        names = self._names_at(focus)
        for each in (*extensions(element, urls.DEFINITION_EXTRACT), *extensions(element, urls.ITEM_EXTRACTION_CONTEXT)):
            canonical = self._canonical(each, link_id)
            kind = self._kind(canonical) if canonical else ""
            if not kind:
                self._tell(link_id, f"What kind of resource {canonical or 'this'} is cannot be known from the form.")
                continue
            building = Building(canonical=canonical, kind=kind, model=self._model)
            if canonical != f"{CORE}{kind}":
                building.resource["meta"] = {"profile": [canonical]}
            running = (*running, building)
            self._open.append(
                (building, Built(extension=each, resource=building.resource, focus=focus, names=names, link_id=link_id))
            )
        return running, frames

    def _canonical(self, each: Json, link_id: str) -> str:
        if each["url"] == urls.DEFINITION_EXTRACT:
            return str(extension_value(each, "definition") or "").partition("|")[0]
        code = value_of(each)
        if isinstance(code, dict):
            self._tell(
                link_id, "itemExtractionContext with a query is not followed; definitionExtract is its successor."
            )
            return ""
        return f"{CORE}{code}"

    def _kind(self, canonical: str) -> str:
        """Of a profile of another guide, the form's own definitions tell: …#Patient.name."""
        name = canonical.removeprefix(CORE)
        if name in self._model.parents:
            return name
        for item in self._form.by_link_id.values():
            for written in (item.definition.get("definition", ""), *_definitions(item.definition)):
                found, _, path = written.partition("#")
                if found.partition("|")[0] == canonical and path:
                    return path.partition(".")[0]
        for written in _definitions(self._form.questionnaire):
            found, _, path = written.partition("#")
            if found.partition("|")[0] == canonical and path:
                return path.partition(".")[0]
        return ""

    def _write(
        self, item: FormItem, element: Json, running: tuple[Building, ...], frames: tuple[Frame, ...], scope: int
    ) -> tuple[Frame, ...]:
        """Puts the answers where the item's definition says; a group opens an entry that what is beneath it fills."""
        found = self._target(item.definition.get("definition", ""), running)
        if found is None:
            return frames
        building, path = found
        try:
            if item.type == "group":
                return (*frames, building.enter(path, frames, scope)) if path else frames
            answers = element.get("answer", [])
            values = [(value_of(each), next(key for key in each if key.startswith("value"))[5:]) for each in answers]
            self._put(building, path, values, frames, scope, item)
        except NotAnElement as error:
            self._tell(item.link_id, str(error))
        return frames

    def _values(
        self,
        element: Json,
        focus: Json,
        link_id: str,
        running: tuple[Building, ...],
        frames: tuple[Frame, ...],
        scope: int,
    ) -> None:
        """definitionExtractValue: a fixed value or an expression."""
        for each in extensions(element, urls.DEFINITION_EXTRACT_VALUE):
            found = self._target(extension_value(each, "definition") or "", running)
            if found is None:
                self._tell(link_id, f"Nothing is extracted for {extension_value(each, 'definition')}.")
                continue
            fixed = extension(each, "fixed-value")
            try:
                values = (
                    [(value_of(fixed), next(key for key in fixed if key.startswith("value"))[5:])]
                    if fixed
                    else [(value, "") for value in self._computed(each, focus)]
                )
                self._put(*found, values, frames, scope, self._form.by_link_id.get(link_id))
            except (NotAnElement, FhirPathError) as error:
                self._tell(link_id, str(error))

    def _computed(self, each: Json, focus: Json) -> list[Any]:
        text = (extension_value(each, "expression") or {}).get("expression", "")
        return self._evaluate(text, focus, self._names_at(focus))

    def _put(
        self,
        building: Building,
        path: tuple[str, ...],
        values: list[tuple[Any, str]],
        frames: tuple[Frame, ...],
        scope: int,
        item: FormItem | None,
    ) -> None:
        unit = item.unit if item else None
        if values and not building.put(path, values, frames, scope, unit):
            link_id = item.link_id if item else ""
            self._tell(link_id, f"{'.'.join(path)} stands once and got {len(values)} values: the first was taken.")

    def _target(self, written: str, running: tuple[Building, ...]) -> tuple[Building, tuple[str, ...]] | None:
        canonical, _, path = written.partition("#")
        for building in reversed(running):
            if building.canonical == canonical.partition("|")[0]:
                return building, tuple(path.split(".")[1:])
        return None


def _definitions(element: Json) -> Iterator[str]:
    for each in extensions(element, urls.DEFINITION_EXTRACT_VALUE):
        yield str(extension_value(each, "definition") or "")


def _answered(element: Json) -> bool:
    return bool(element.get("answer")) or any(_answered(each) for each in element.get("item", ()))
