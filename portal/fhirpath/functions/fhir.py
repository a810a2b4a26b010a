"""What FHIR adds: extensions, values of primitives, references, value sets and profiles (through the caller's hooks)."""

from typing import TYPE_CHECKING, Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.narrative import is_narrative
from portal.fhirpath.navigation import Step, extensions, wrap
from portal.fhirpath.operators import FALSE, TRUE, answer
from portal.fhirpath.run import Run
from portal.fhirpath.syntax import Call
from portal.fhirpath.table import Group, Table
from portal.fhirpath.types import type_of
from portal.fhirpath.values import Collection, Node, single

if TYPE_CHECKING:
    from portal.fhirpath.compiler import Compiler

TABLE: Table = {}
group = Group(name="FHIR", table=TABLE)

_PROFILES = "http://hl7.org/fhir/StructureDefinition/"


def plain_json(item: Any) -> Any:
    return item.value if type(item) is Node else item


@group.special("extension", "url", "", "The extensions of that url, all of them when it is repeated.")
def extension(compiler: "Compiler", call: Call) -> Step:
    url = compiler.compile(call.args[0])

    def step(c: Run, t: Collection, v: Collection) -> Collection:
        wanted = single(url(c, t), "extension()")
        out: Collection = []
        for item in v:
            out += extensions(compiler.model, item, wanted, typed=compiler.typed)
        return out

    return step


@group.collection("hasValue", "", "Boolean", "Whether it is one primitive that has a value, not only extensions.")
def has_value(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    if len(v) != 1:
        return FALSE
    value = plain_json(v[0])
    return answer(value is not None and not isinstance(value, (dict, list)))


@group.collection("getValue", "", "", "The value of one primitive.")
def get_value(c: Run, v: Collection) -> Collection:
    return v if has_value(c, v) is TRUE else []


@group.special("resolve", "", "", "The resources that references point to: contained ones, or those the caller gives.")
def resolve(compiler: "Compiler", call: Call) -> Step:
    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        out: Collection = []
        for item in v:
            value = plain_json(item)
            reference = value.get("reference") if isinstance(value, dict) else value
            if not isinstance(reference, str):
                continue
            if reference.startswith("#"):
                found = _contained(c.resource, reference[1:])
            elif c.hooks.resolve:
                found = c.hooks.resolve(reference)
            else:
                raise FhirPathError("resolve() needs a caller that can read resources.", call.position)
            if found is not None:
                out += wrap(compiler.model, found, None, "") if compiler.typed else [found]
        return out

    return step


def _contained(resource: Any, wanted: str) -> Any:
    value = plain_json(resource)
    if not isinstance(value, dict):
        return None
    if not wanted:
        return value
    return next((r for r in value.get("contained", ()) if r.get("id") == wanted), None)


@group.collection(
    "memberOf", "valueSet", "Boolean", "Whether the code is in the value set, as far as the caller knows."
)
def member_of(c: Run, v: Collection, value_set: Collection) -> Collection:
    value, url = plain_json(v[0]) if len(v) == 1 else None, single(value_set, "memberOf()")
    if value is None or url is None:
        return []
    if c.hooks.member_of is None:
        raise FhirPathError("memberOf() needs a caller that knows value sets.")
    return answer(c.hooks.member_of(value, str(url)))


@group.collection(
    "conformsTo", "profile", "Boolean", "Whether the item conforms to the profile; base types are known here."
)
def conforms_to(c: Run, v: Collection, profile: Collection) -> Collection:
    value, url = plain_json(v[0]) if len(v) == 1 else None, single(profile, "conformsTo()")
    if value is None or url is None:
        return []
    known = c.hooks.conforms_to(value, str(url)) if c.hooks.conforms_to else None
    if known is None and str(url).startswith(_PROFILES) and "-" not in str(url)[len(_PROFILES) :]:
        known = type_of(v[0]) == str(url)[len(_PROFILES) :]
    if known is None:
        raise FhirPathError("This profile is not known here.")
    return answer(known)


@group.collection("htmlChecks", "", "Boolean", "Whether a narrative has text and only the elements that FHIR allows.")
def html_checks(c: Run, v: Collection) -> Collection:  # noqa: ARG001
    value = plain_json(v[0]) if len(v) == 1 else None
    return answer(is_narrative(value)) if isinstance(value, str) else []
