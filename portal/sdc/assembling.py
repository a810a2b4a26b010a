"""$assemble: a form made of other forms becomes one form. Each display item that names a sub-form is replaced by its items."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from portal.fhir.systems import ALERT_RULE
from portal.sdc import urls
from portal.sdc.model import Fault
from portal.sdc.prefixing import prefixed
from portal.sdc.reading import extension, extension_value, extensions, value_of
from portal.types import Json

Find = Callable[[str], Json | None]
SUFFIX = "-assembled"
_TO_ROOT = (urls.LAUNCH_CONTEXT, urls.CQF_LIBRARY, urls.SOURCE_QUERIES, ALERT_RULE)
_TO_HOLDER = (urls.VARIABLE, urls.TARGET_CONSTRAINT, urls.CONSTRAINT)
_FORBIDDEN = (
    urls.POPULATION_CONTEXT, urls.OBSERVATION_EXTRACT, urls.DEFINITION_EXTRACT, urls.DEFINITION_EXTRACT_VALUE, urls.ADAPTIVE,
    urls.TEMPLATE_EXTRACT, urls.TEMPLATE_EXTRACT_BUNDLE, urls.ALLOCATE_ID,
)  # fmt: skip
_AGREED = (urls.ENTRY_MODE, urls.ENDPOINT, urls.PERFORMER_TYPE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembled:
    """`questionnaire` can be used only when there is no fault."""

    questionnaire: Json
    faults: tuple[Fault, ...]


def assemble(root: Json, find: Find) -> Assembled:
    """`find` gives a sub-form by its canonical (`url|version`), or None. Keeps the url; the version gets a suffix."""
    work = _Work(find=find, result={**root, "extension": list(root.get("extension", ()))})
    known = frozenset({*map(_name, extensions(root, urls.VARIABLE)), *_launched(root)})
    items = work.items(root.get("item", []), work.result, (root.get("url", ""),), known)
    contained = [*root.get("contained", ()), *work.contained.values()]
    result: Json = {**work.result, "item": items, "version": f"{root.get('version', '')}{SUFFIX}"}
    result["extension"] = [
        *(each for each in result["extension"] if each["url"] != urls.ASSEMBLE_EXPECTATION),
        *({"url": urls.ASSEMBLED_FROM, "valueCanonical": each} for each in work.used),
    ]
    if contained:
        result["contained"] = contained
    work.check_link_ids(items)
    return Assembled(questionnaire=result, faults=tuple(work.faults))


@dataclass(kw_only=True, slots=True)
class _Work:
    find: Find
    result: Json
    used: list[str] = field(default_factory=list[str])
    contained: dict[str, Json] = field(default_factory=dict[str, Json])
    faults: list[Fault] = field(default_factory=list[Fault])

    def items(self, elements: list[Json], holder: Json, path: tuple[str, ...], known: frozenset[str]) -> list[Json]:
        """`holder` is what holds these items: it receives the variables and constraints of sub-forms put among them.
        `known` are the names of variables that these items can see.
        """
        made: list[Json] = []
        for element in elements:
            canonical = extension_value(element, urls.SUB_QUESTIONNAIRE)
            seen = known | set(map(_name, extensions(element, urls.VARIABLE)))
            if canonical is None:
                copy = dict(element)
                if "item" in element:
                    copy["item"] = self.items(element["item"], copy, path, seen)
                made.append(copy)
                continue
            made += self._sub_form(element, canonical, holder, path, seen)
        return made

    def _sub_form(
        self, placeholder: Json, canonical: str, holder: Json, path: tuple[str, ...], known: frozenset[str]
    ) -> list[Json]:
        link_id = placeholder.get("linkId", "")
        form = self.find(canonical)
        if form is None:
            self._fault(link_id, f"The form {canonical} is not known.")
            return []
        if form.get("url", "") in path:
            self._fault(link_id, f"The form {canonical} contains itself.")
            return []
        for url in _FORBIDDEN:
            if extension(form, url):
                self._fault(link_id, f"{url.rpartition('/')[2]} may not stand at the root of a sub-form ({canonical}).")
        if form.get("language", self.result.get("language")) != self.result.get("language"):
            self._fault(link_id, f"The form {canonical} is in another language.")
        for needed in extensions(form, urls.ASSEMBLE_CONTEXT):
            if value_of(needed) not in known:
                self._fault(link_id, f"The form {canonical} needs a variable %{value_of(needed)} where it is put.")
        for url in _AGREED:
            own = {str(value_of(each)) for each in extensions(self.result, url)}
            if own and {str(value_of(each)) for each in extensions(form, url)} - own:
                self._fault(link_id, f"The form {canonical} has another {url.rpartition('-')[2]}.")
        prefix = _prefix(placeholder)
        if prefix:
            form = prefixed(form, prefix)
        if canonical not in self.used:
            self.used.append(canonical)
        self._take_over(form, holder, link_id)
        inside = known | set(map(_name, extensions(form, urls.VARIABLE))) | set(_launched(form))
        return self.items(form.get("item", []), holder, (*path, form.get("url", "")), inside)

    def _take_over(self, form: Json, holder: Json, link_id: str) -> None:
        for each in form.get("extension", ()):
            if each["url"] in (*_TO_ROOT, *_AGREED) and each not in self.result["extension"]:
                self.result["extension"].append(each)
            elif each["url"] in _TO_HOLDER:
                own: list[Json] = [*holder.get("extension", ())]
                name = _name(each)
                if name and name in {_name(other) for other in own}:
                    self._fault(link_id, f"The variable %{name} exists already where this form is put.")
                    continue
                holder["extension"] = [*own, each]
        for resource in form.get("contained", ()):
            known = self.contained.setdefault(resource.get("id", ""), resource)
            if known != resource:
                self._fault(link_id, f"Two different contained resources have the id {resource.get('id')}.")

    def check_link_ids(self, items: list[Json]) -> None:
        seen: set[str] = set()

        def visit(elements: list[Json]) -> None:
            for element in elements:
                link_id = element.get("linkId", "")
                if link_id in seen:
                    self._fault(link_id, "This linkId stands twice in the assembled form.")
                seen.add(link_id)
                visit(element.get("item", []))

        visit(items)

    def _fault(self, link_id: str, text: str) -> None:
        self.faults.append(Fault(link_id=link_id, what="assembly", text=text))


def _name(variable: Json) -> str:
    value = value_of(variable)
    return cast("Json", value).get("name", "") if variable["url"] == urls.VARIABLE and isinstance(value, dict) else ""


def _launched(form: Json) -> Iterator[str]:
    for each in extensions(form, urls.LAUNCH_CONTEXT):
        name = extension_value(each, "name")
        yield str(name.get("code", "")) if isinstance(name, dict) else str(name)


def _prefix(placeholder: Json) -> str:
    """The variable linkIdPrefix of the placeholder: a literal in quotes."""
    for each in extensions(placeholder, urls.VARIABLE):
        if _name(each) == "linkIdPrefix":
            return str(value_of(each).get("expression", "")).strip().strip("'")
    return ""
