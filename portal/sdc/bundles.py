"""$extract as a whole: Observations, and the resources that templates mean, in one transaction Bundle. Nothing is posted.

Expressions see %resource, %context, %questionnaire, %qitem and the allocated ids of their own place, and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.fhirpath import FhirPathError
from portal.sdc import urls
from portal.sdc.cleaning import as_asked
from portal.sdc.conversion import same_answers
from portal.sdc.definitions import Definitions
from portal.sdc.extraction import Made, made_of
from portal.sdc.fault import Fault
from portal.sdc.model import Form
from portal.sdc.reading import extension, extension_value, extensions, value_of
from portal.sdc.templates import Names, Template, run_expression
from portal.types import Json

_CONDITIONS = ("ifNoneMatch", "ifModifiedSince", "ifMatch", "ifNoneExist")


@dataclass(frozen=True, kw_only=True, slots=True)
class Extracted:
    """`bundle` is a transaction; `faults` say what the form's author should mend."""

    bundle: Json
    faults: tuple[Fault, ...]


def extract_bundle(
    form: Form,
    response: Json,
    *,
    now: datetime,
    new_uuid: Callable[[], str],
    populated: Mapping[str, Json] | None = None,
    profile: Callable[[str], Json | None] | None = None,
    observations: bool = True,
) -> Extracted:
    """Everything that the completed `response` means. `new_uuid` makes the ids by which new resources name each other.

    `populated` are the Observations that answers came from, by path as `FormSession.populated` gives them: an unchanged
    one gives nothing, and its author's change amends it. `profile` gives a StructureDefinition by its canonical. Without
    `observations` only templates and definitions speak. A draft, or a response of another form, means nothing; answers that
    were not asked mean nothing either.
    """
    if wrong := _refusal(form, response):
        empty: Json = {"resourceType": "Bundle", "type": "transaction", "entry": []}
        return Extracted(bundle=empty, faults=(Fault(link_id="", what="extraction", text=wrong),))
    response = as_asked(form, response, now=now)
    work = _Extraction(form, response, now, new_uuid, populated or {}, profile)
    entries = work.entries(observations=observations)
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return Extracted(bundle=bundle, faults=tuple(work.faults))


def _refusal(form: Form, response: Json) -> str:
    if str(response.get("questionnaire", "")).partition("|")[0] != form.url:
        return "The response belongs to another form: nothing is extracted."
    if response.get("status") not in ("completed", "amended"):
        return "Only a completed response is extracted."
    return ""


class _Extraction:
    def __init__(
        self,
        form: Form,
        response: Json,
        now: datetime,
        new_uuid: Callable[[], str],
        populated: Mapping[str, Json],
        profile: Callable[[str], Json | None] | None,
    ) -> None:
        self.faults: list[Fault] = []
        self._form = form
        self._response = response
        self._now = now
        self._new_uuid = new_uuid
        self._populated = {path.rpartition("/")[2]: each for path, each in populated.items()}
        self._profile = profile
        self._contained = {f"#{each.get('id')}": each for each in form.questionnaire.get("contained", ())}
        self._names: dict[int, tuple[Json, Names]] = {}  # of each element of the response: itself, what it sees

    def entries(self, *, observations: bool) -> list[Json]:
        names = {"resource": self._response, "questionnaire": self._form.questionnaire}
        names |= self._allocated(self._form.questionnaire)
        self._names[id(self._response)] = (self._response, {**names, "context": self._response})
        found = list(self._at(self._form.questionnaire, self._response, names, ""))
        found += self._beneath(self._response.get("item", []), names)
        return [*(self._observations() if observations else ()), *self._definitions(), *found]

    def _observations(self) -> Iterator[Json]:
        """Members are named by the addresses of their entries, so all entries are made before the first is given."""
        made = made_of(self._form, self._response)
        entries = {id(each): entry for each in made if (entry := self._observed(each))}
        for each in made:
            members = [entries[id(member)]["fullUrl"] for member in each.members if id(member) in entries]
            if id(each) in entries:
                if members:
                    each.observation["hasMember"] = [{"reference": address} for address in members]
                yield entries[id(each)]

    def _observed(self, made: Made) -> Json | None:
        before = self._populated.get(made.item.link_id)
        if before is not None and before.get("performer") == made.observation.get("performer"):
            if _same_value(before, made.observation):
                return None
            made.observation.update(id=before["id"], status="amended")
        focus, names = self._names.get(id(made.place), (made.place, {}))
        each = extension(made.item.definition, urls.OBSERVATION_ENTRY) or {}
        return self._entry(each, made.observation, focus, names, made.item.link_id)

    def _definitions(self) -> Iterator[Json]:
        work = Definitions(
            self._form,
            evaluate=self._evaluate,
            tell=self._fault,
            names_at=lambda element: self._names.get(id(element), (element, {}))[1],
            profile=self._profile,
        )
        for built in work.built(self._response):
            yield self._entry(built.extension, built.resource, built.focus, built.names, built.link_id)

    def _beneath(self, elements: list[Json], names: Names) -> Iterator[Json]:
        """Once for each copy of a group and each answer of a question; ids allocated there are seen there and below."""
        for element in elements:
            item = self._form.by_link_id.get(element.get("linkId", ""))
            if item is None:
                continue
            around = {**names, "qitem": item.definition}
            if item.type == "group":
                inner = {**around, **self._allocated(item.definition)}
                self._names[id(element)] = (element, {**inner, "context": element})
                yield from self._at(item.definition, element, inner, item.link_id)
                yield from self._beneath(element.get("item", []), inner)
                continue
            for answer in element.get("answer", ()):
                inner = {**around, **self._allocated(item.definition)}
                one = {**element, "answer": [answer]}
                self._names[id(answer)] = (one, {**inner, "context": one})
                self._names.setdefault(id(element), (element, {**inner, "context": element}))
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
        known = self._text(each, "resourceId", focus, names, link_id) or resource.get("id", "")
        if known:
            resource.update(id=known)
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


def _same_value(one: Json, other: Json) -> bool:
    keys = {key for each in (one, other) for key in each if key.startswith("value")}
    return all(same_answers([{key: one.get(key)}], [{key: other.get(key)}]) for key in keys)
