"""The backend described as OpenAPI 3, made from the same tables by which it checks resources and reads searches."""

from typing import Any

from portal.embedded.definitions import Definitions, Parameter
from portal.embedded.engine import Engine
from portal.embedded.metadata import VERSION
from portal.embedded.primitives import PATTERNS
from portal.types import Json

FHIR_JSON = "application/fhir+json"
_PRIMITIVES: dict[str, Json] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "decimal": {"type": "number"},
    "date": {"type": "string", "pattern": r"^[1-9]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d))?)?$"},
    "dateTime": {"type": "string", "format": "date-time"},
    "instant": {"type": "string", "format": "date-time"},
}
_ID: Json = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
}
_PAGING = {
    "_count": {"type": "integer", "minimum": 0, "maximum": 1000},
    "_page": {"type": "integer", "minimum": 1, "maximum": 10**6},
    "_sort": {"type": "string"},
    "_include": {"type": "string"},
    "_revinclude": {"type": "string"},
    "_elements": {"type": "string"},
    "_summary": {"type": "string", "enum": ["true", "false", "text", "data", "count"]},
    "_total": {"type": "string", "enum": ["accurate", "estimate", "none"]},
    "_id": {"type": "string"},
    "_lastUpdated": {"type": "string"},
}
_SEARCH_VALUES: dict[str, Json] = {
    "date": {"type": "string", "description": "a date or time, with eq ne lt le gt ge sa eb before it"},
    "number": {"type": "string", "description": "a number, with eq ne lt le gt ge before it"},
    "quantity": {"type": "string", "description": "a number without unit, with eq ne lt le gt ge before it"},
    "token": {"type": "string", "description": "code, system|code, |code or system|"},
    "reference": {"type": "string", "description": "Type/id, id or a canonical URL"},
    "composite": {"type": "string", "description": "the values of the components, with $ between them"},
    "special": {"type": "string", "description": "latitude|longitude|distance|unit"},
}


def describe(engine: Engine, base: str, types: list[str] | None = None) -> Json:
    """The whole description, or that of some resource types."""
    definitions = engine.definitions
    wanted = types or sorted(definitions.resources | definitions.aidbox)
    paths: Json = {
        "/": {"post": _operation("transaction", body={"type": "object"})},
        "/ValueSet/$expand": {"get": _operation("expand", [_query(n) for n in ("url", "filter", "offset", "count")])},
        "/CodeSystem/$lookup": {"get": _operation("lookup", [_query(n) for n in ("system", "code")])},
    }
    for type_ in wanted:
        paths |= _paths(type_, engine.parameters.get(type_, {}))
    return {
        "openapi": "3.0.3",
        "info": {"title": "Embedded record server (FHIR R4)", "version": VERSION},
        "servers": [{"url": base}],
        "security": [{"bearer": []}, {"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
            "schemas": _schemas(definitions, wanted),
        },
    }


def _paths(type_: str, parameters: dict[str, Parameter]) -> Json:
    body: Json = {"$ref": f"#/components/schemas/{type_}"}
    searching = [_query(p.name, _SEARCH_VALUES.get(p.kind)) for p in parameters.values()]
    searching += [_query(name, schema) for name, schema in _PAGING.items()]
    match = {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": r'^W/"\d{1,9}"$'}}
    version = {"name": "version", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    history = [_query("_count", _PAGING["_count"]), _query("_since", {"type": "string", "format": "date-time"})]
    return {
        f"/{type_}": {
            "get": _operation(f"search{type_}", searching),
            "post": _operation(f"create{type_}", body=body),
        },
        f"/{type_}/{{id}}": {
            "get": _operation(f"read{type_}", [_ID]),
            "put": _operation(f"update{type_}", [_ID, match], body=body),
            "patch": _operation(f"patch{type_}", [_ID, match], body={"type": "object"}),
            "delete": _operation(f"delete{type_}", [_ID, match]),
        },
        f"/{type_}/_history": {"get": _operation(f"historyOfType{type_}", history)},
        f"/{type_}/{{id}}/_history": {"get": _operation(f"history{type_}", [_ID, *history])},
        f"/{type_}/{{id}}/_history/{{version}}": {"get": _operation(f"vread{type_}", [_ID, version])},
        f"/{type_}/$validate": {"post": _operation(f"validate{type_}", body=body)},
    }


def _operation(name: str, parameters: list[Json] | None = None, body: Json | None = None) -> Json:
    found: Json = {
        "operationId": name,
        "parameters": parameters or [],
        "responses": {
            "200": {"description": "done"},
            "4XX": {"description": "refused: an OperationOutcome says why and where"},
            "503": {"description": "the store did not answer; nothing was changed"},
        },
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": {FHIR_JSON: {"schema": body}}}
    return found


def _query(name: str, schema: Json | None = None) -> Json:
    return {"name": name, "in": "query", "schema": schema or {"type": "string"}}


def _schemas(definitions: Definitions, types: list[str]) -> Json:
    """The schemas of these types and of all that they lead to."""
    schemas: Json = {}
    waiting = list(types)
    while waiting:
        owner = waiting.pop()
        if owner in schemas:
            continue
        if owner in definitions.aidbox:
            schemas[owner] = {"type": "object"}
            continue
        elements = definitions.owners.get(owner, {})
        properties = {key: _element(definitions, element) for key, element in elements.items()}
        if owner in definitions.resources:
            properties["resourceType"] = {"type": "string", "enum": [owner]}
        required = [key for key, element in elements.items() if element["min"] and "choice" not in element]
        needed = ["resourceType"] * (owner in definitions.resources) + required
        schemas[owner] = {
            "type": "object", "properties": properties, "additionalProperties": False,
            **({"required": needed} if needed else {"minProperties": 1}),
        }  # fmt: skip
        waiting += [e["t"] for e in elements.values() if e["t"] in definitions.owners]
    return schemas


def _element(definitions: Definitions, element: Json) -> Json:
    kind: str = element["t"]
    codes = definitions.codes.get(element.get("binding", ""))
    one: Any
    if kind in definitions.owners:
        one = {"$ref": f"#/components/schemas/{kind}"}
    elif kind == "Resource":
        one = {"type": "object"}
    elif codes and len(codes) < 200:
        one = {"type": "string", "enum": sorted(codes)}
    elif kind in PATTERNS:
        one = {"type": "string", "pattern": f"^({PATTERNS[kind].pattern})$"}
    else:
        one = _PRIMITIVES.get(kind, {"type": "string", "minLength": 1})
    return {"type": "array", "items": one, "minItems": 1} if element["many"] else one
