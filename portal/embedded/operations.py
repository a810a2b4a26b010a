"""Operations on types: `$validate`, `$expand`, `$lookup`, `$validate-code`. None of them writes."""

import sqlite3
from collections.abc import Callable
from typing import Any

from portal.embedded.engine import Engine
from portal.embedded.messages import Answer, Request
from portal.embedded.outcome import Issue, Refusal, outcome, refuse
from portal.embedded.search.values import fold, written_instant
from portal.embedded.terminology import Find, concepts, contents
from portal.embedded.text import dumps
from portal.types import Json

Operation = Callable[[Request, Json, Find], Json]


def operate(connection: sqlite3.Connection, engine: Engine, request: Request) -> Answer:
    *before, name = request.path
    type_ = before[0] if before else ""
    if type_:
        engine.known(type_)
    if name == "$validate":
        if request.method != "POST":
            raise refuse(405, "not-supported", "$validate takes POST")
        return Answer(status=200, body=dumps(validate(request, engine, type_)))
    operation = _OPERATIONS.get((type_, name))
    if operation is None:
        raise refuse(404, "not-supported", f"Operation {name} is not supported")
    if request.method not in {"GET", "POST"}:
        raise refuse(405, "not-supported", f"{name} takes GET or POST")

    def find(kind: str, canonical: str) -> Json | None:
        return engine.canonical_body(connection, kind, canonical)

    found = operation(request, _inputs(request, engine), find)
    if "expansion" in found:
        found["expansion"] = {"timestamp": written_instant(engine.now()), **found["expansion"]}
    return Answer(status=200, body=dumps(found))


def validate(request: Request, engine: Engine, type_: str) -> Json:
    """Always an answer: the verdict is the outcome's id (`allok`, `validationfail`) and its severities."""
    resource: Any = request.body
    if isinstance(resource, dict) and resource.get("resourceType") == "Parameters" and type_ != "Parameters":
        given: Any = resource.get("parameter")
        parts = [p for p in given if isinstance(p, dict)] if isinstance(given, list) else []
        resource = next((p.get("resource") for p in parts if p.get("name") == "resource"), None)
    issues = engine.validator.check(resource, type_ or None).issues
    if not issues and type_ and resource.get("resourceType", type_) != type_:
        issues = [
            Issue(code="invalid", text=f"The resource is not a {type_}", place="resourceType", kind="invalid-type")
        ]
    if issues:
        return outcome(issues, id_="validationfail")
    return outcome([Issue(code="informational", text="All OK", severity="information")], id_="allok")


def expand(request: Request, inputs: Json, find: Find) -> Json:
    """A stored (or given) value set, filtered by words of the display or the start of a code, a page of it."""
    value_set = inputs.get("valueSet")
    name = f"ValueSet/{request.path[1]}" if len(request.path) == 3 else inputs.get("url")
    if value_set is None:
        if not isinstance(name, str):
            raise refuse(400, "required", "$expand needs url")
        value_set = find("ValueSet", name)
    if not isinstance(value_set, dict) or value_set.get("resourceType") != "ValueSet":
        raise refuse(404, "not-found", f"The value set {name!r} is not stored here")
    found = contents(value_set, find)
    language = inputs.get("displayLanguage")
    if isinstance(language, str):
        found = [_in_language(c, language) for c in found]
    words = fold(str(inputs.get("filter", ""))).split()
    if words:
        found = [c for c in found if _has_words(c, words)]
    first, count = _whole(inputs, "offset", 0), _whole(inputs, "count", len(found))
    if inputs.get("includeDesignations") not in ("true", True):
        found = [{k: v for k, v in c.items() if k != "designation"} for c in found]
    expansion: Json = {"total": len(found), "offset": first}
    page = found[first : first + count]
    if page:
        expansion["contains"] = page
    return {
        **{k: v for k, v in value_set.items() if k != "compose"},
        "resourceType": "ValueSet",
        "expansion": expansion,
    }


def lookup(request: Request, inputs: Json, find: Find) -> Json:
    code_system, concept = _concept(request, inputs, find)
    if concept is None:
        raise refuse(404, "not-found", "The code is not in this code system")
    parameters: list[Json] = [
        {
            "name": "name",
            "valueString": code_system.get("name") or code_system.get("title") or code_system.get("url", ""),
        }
    ]
    if "version" in code_system:
        parameters.append({"name": "version", "valueString": code_system["version"]})
    parameters.append({"name": "display", "valueString": concept.get("display", concept["code"])})
    if "definition" in concept:
        parameters.append({"name": "definition", "valueString": concept["definition"]})
    for held in concept.get("property", []):
        value = {k: v for k, v in held.items() if k.startswith("value")}
        parameters.append(
            {"name": "property", "part": [{"name": "code", "valueCode": held.get("code")}, {"name": "value", **value}]}
        )
    for designation in concept.get("designation", []):
        part: list[Json] = [{"name": "value", "valueString": designation.get("value")}]
        if "language" in designation:
            part.insert(0, {"name": "language", "valueCode": designation["language"]})
        if "use" in designation:
            part.append({"name": "use", "valueCoding": designation["use"]})
        parameters.append({"name": "designation", "part": part})
    return {"resourceType": "Parameters", "parameter": parameters}


def validate_in_system(request: Request, inputs: Json, find: Find) -> Json:
    _, concept = _concept(request, inputs, find)
    return _verdict(concept)


def validate_in_set(request: Request, inputs: Json, find: Find) -> Json:
    name = f"ValueSet/{request.path[1]}" if len(request.path) == 3 else str(inputs.get("url", ""))
    value_set = find("ValueSet", name)
    if value_set is None:
        raise refuse(404, "not-found", f"The value set {name!r} is not stored here")
    code, system = _coding(inputs)
    members = contents(value_set, find)
    return _verdict(next((c for c in members if c["code"] == code and system in (None, c.get("system"))), None))


_OPERATIONS: dict[tuple[str, str], Operation] = {
    ("ValueSet", "$expand"): expand,
    ("ValueSet", "$validate-code"): validate_in_set,
    ("CodeSystem", "$lookup"): lookup,
    ("CodeSystem", "$validate-code"): validate_in_system,
}


def _inputs(request: Request, engine: Engine) -> Json:
    """Parameters of the query and of a Parameters body, by name; a bare resource body is the value set itself.

    Refusal 422 for what has not the shape of Parameters or of a ValueSet; only what a draft still lacks may be missing.
    """
    found: Json = dict(request.params)
    body = request.body
    if not isinstance(body, dict) or body.get("resourceType") not in ("Parameters", "ValueSet"):
        return found
    faults = [fault for fault in engine.validator.check(body).issues if fault.kind != "require"]
    if faults:
        raise Refusal(422, faults)
    if body["resourceType"] == "ValueSet":
        return {**found, "valueSet": body}
    for parameter in body.get("parameter", []):
        if "name" in parameter:
            value = next((v for k, v in parameter.items() if k.startswith("value")), parameter.get("resource"))
            found[parameter["name"]] = value
    return found


def _concept(request: Request, inputs: Json, find: Find) -> tuple[Json, Json | None]:
    code, system = _coding(inputs)
    name = f"CodeSystem/{request.path[1]}" if len(request.path) == 3 else system or inputs.get("url")
    if not isinstance(name, str) or code is None:
        raise refuse(400, "required", "system and code are needed")
    code_system = find("CodeSystem", name)
    if code_system is None:
        raise refuse(404, "not-found", f"The code system {name!r} is not stored here")
    return code_system, next((c for c, _ in concepts(code_system.get("concept", [])) if c["code"] == code), None)


def _coding(inputs: Json) -> tuple[str | None, str | None]:
    coding: Any = inputs.get("coding")
    held: Json = coding if isinstance(coding, dict) else inputs
    code, system = held.get("code"), held.get("system")
    return (code if isinstance(code, str) else None), (system if isinstance(system, str) else None)


def _verdict(concept: Json | None) -> Json:
    parameters: list[Json] = [{"name": "result", "valueBoolean": concept is not None}]
    if concept and "display" in concept:
        parameters.append({"name": "display", "valueString": concept["display"]})
    if concept is None:
        parameters.append({"name": "message", "valueString": "The code is not there"})
    return {"resourceType": "Parameters", "parameter": parameters}


def _in_language(concept: Json, language: str) -> Json:
    for designation in concept.get("designation", []):
        if (
            str(designation.get("language", "")).partition("-")[0] == language.partition("-")[0]
            and "value" in designation
        ):
            return {**concept, "display": designation["value"]}
    return concept


def _has_words(concept: Json, words: list[str]) -> bool:
    text = fold(concept.get("display", "")).split()
    code = fold(concept["code"])
    return all(code.startswith(word) or any(part.startswith(word) for part in text) for word in words)


def _whole(inputs: Json, name: str, default: int) -> int:
    written = str(inputs.get(name, default))
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise refuse(400, "invalid", f"The value of {name} is not a number")
    return int(written)
