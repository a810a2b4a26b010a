"""$extract as a whole: Observations, and the resources that templates mean, in one transaction Bundle. Nothing is posted.

Expressions see %resource, %context, %questionnaire, %qitem and the allocated ids of their own place, and nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.fhirpath import FhirPathError
from portal.sdc import urls
from portal.sdc.extraction import observations
from portal.sdc.model import Fault, Form
from portal.sdc.reading import extension_value, extensions, value_of
from portal.sdc.templates import Names, Template, run_expression
from portal.types import Json

_CONDITIONS = ("ifNoneMatch", "ifModifiedSince", "ifMatch", "ifNoneExist")


@dataclass(frozen=True, kw_only=True, slots=True)
class Extracted:
    """`bundle` is a transaction; `faults` say what the form's author should mend."""

    bundle: Json
    faults: tuple[Fault, ...]


def extract_bundle(form: Form, response: Json, *, now: datetime, new_uuid: Callable[[], str]) -> Extracted:
    """Everything that the completed `response` means. `new_uuid` makes the ids by which new resources name each other."""
    work = _Extraction(form, response, now, new_uuid)
    entries = [
        {
            "fullUrl": f"urn:uuid:{new_uuid()}",
            "resource": each,
            "request": {"method": "POST", "url": "Observation"},
        }
        for each in observations(form, response)
    ]
    entries += work.entries()
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return Extracted(bundle=bundle, faults=tuple(work.faults))


class _Extraction:
    def __init__(self, form: Form, response: Json, now: datetime, new_uuid: Callable[[], str]) -> None:
        self.faults: list[Fault] = []
        self._form = form
        self._response = response
        self._now = now
        self._new_uuid = new_uuid
        self._contained = {f"#{each.get('id')}": each for each in form.questionnaire.get("contained", ())}

    def entries(self) -> list[Json]:
        names = {"resource": self._response, "questionnaire": self._form.questionnaire}
        names |= self._allocated(self._form.questionnaire)
        found = list(self._at(self._form.questionnaire, self._response, names, ""))
        found += self._beneath(self._response.get("item", []), names)
        return found

    def _beneath(self, elements: list[Json], names: Names) -> Iterator[Json]:
        """Once for each copy of a group and each answer of a question; ids allocated there are seen there and below."""
        for element in elements:
            item = self._form.by_link_id.get(element.get("linkId", ""))
            if item is None:
                continue
            around = {**names, "qitem": item.definition}
            if item.type == "group":
                inner = {**around, **self._allocated(item.definition)}
                yield from self._at(item.definition, element, inner, item.link_id)
                yield from self._beneath(element.get("item", []), inner)
                continue
            for answer in element.get("answer", ()):
                inner = {**around, **self._allocated(item.definition)}
                one = {**element, "answer": [answer]}
                yield from self._at(item.definition, one, inner, item.link_id)
                yield from self._beneath(answer.get("item", []), inner)

    def _at(self, definition: Json, focus: Json, names: Names, link_id: str) -> Iterator[Json]:
        template = Template(self._evaluate, lambda text: self._fault(link_id, text))
        names = {**names, "context": focus}
        for each in extensions(definition, urls.TEMPLATE_EXTRACT):
            resource = self._template(extension_value(each, "template"), link_id)
            for filled in template.fill(resource, focus, names) if resource else ():
                yield self._entry(each, filled, focus, names, link_id)
        for each in extensions(definition, urls.TEMPLATE_EXTRACT_BUNDLE):
            bundle = self._template(value_of(each), link_id)
            for filled in template.fill(bundle, focus, names) if bundle else ():
                yield from filled.get("entry", ())

    def _template(self, reference: Any, link_id: str) -> Json | None:
        name = reference.get("reference", "") if isinstance(reference, dict) else str(reference or "")
        if name not in self._contained:
            self._fault(link_id, f"The form does not contain the template {name}.")
        return self._contained.get(name)

    def _entry(self, each: Json, resource: Json, focus: Json, names: Names, link_id: str) -> Json:
        kind = resource["resourceType"]
        known = self._text(each, "resourceId", focus, names, link_id)
        if known:
            resource = {"resourceType": kind, "id": known, **resource}
        request = {"method": "PUT", "url": f"{kind}/{known}"} if known else {"method": "POST", "url": kind}
        for name in _CONDITIONS:
            if condition := self._text(each, name, focus, names, link_id):
                request[name] = condition
        full_url = self._text(each, "fullUrl", focus, names, link_id) or f"urn:uuid:{self._new_uuid()}"
        return {"fullUrl": full_url, "resource": resource, "request": request}

    def _text(self, each: Json, name: str, focus: Json, names: Names, link_id: str) -> str:
        text = extension_value(each, name)
        if not text:
            return ""
        try:
            results = self._evaluate(text, focus, names)
        except FhirPathError as error:
            self._fault(link_id, f"{name}: {error}")
            return ""
        return str(results[0]) if results else ""

    def _allocated(self, definition: Json) -> dict[str, Any]:
        return {value_of(each): f"urn:uuid:{self._new_uuid()}" for each in extensions(definition, urls.ALLOCATE_ID)}

    def _evaluate(self, text: str, focus: Any, names: Names) -> list[Any]:
        return run_expression(text, focus, names, self._now)

    def _fault(self, link_id: str, text: str) -> None:
        self.faults.append(Fault(link_id=link_id, what="extraction", text=text))
