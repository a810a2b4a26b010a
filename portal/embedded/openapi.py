"""The backend described as OpenAPI 3, made from the same tables by which it checks resources and reads searches."""

from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.engine import Engine
from portal.embedded.metadata import VERSION
from portal.embedded.openapi_parts import FORM, PATCH, PATCHES, TEXT, doors, named, operation, operations, query
from portal.embedded.primitives import PATTERNS
from portal.embedded.shapes import Shapes
from portal.types import Json

BODIES = ("Bundle", "Parameters", "ValueSet")
"""What is sent to addresses of no single type."""
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
    "string": {"type": "string", "description": "how a word begins, whatever its case and accents"},
    "uri": {"type": "string", "description": "the whole address"},
    "words": {"type": "string", "description": "words of the narrative"},
}

_BESIDE = "DELETE /Session beside the FHIR base, which has an address of the same path, ends the caller's own session."


def describe(engine: Engine, base: str, types: list[str] | None = None) -> Json:
    """The whole description, or that of some resource types."""
    definitions, shapes = engine.definitions, engine.validator.shapes
    wanted = types or sorted(definitions.resources | definitions.aidbox)
    paths: Json = {"/": {"post": operation("transaction", body=named("Bundle"))}, **operations(), **doors(base)}
    parameters = {name: query(name, schema) for name, schema in _PAGING.items()}
    for type_ in wanted:
        asked = engine.parameters.get(type_, {})
        paths |= _paths(type_, list(asked))
        parameters |= {f"{type_}.{p.name}": query(p.name, named(f"search-{p.kind}")) for p in asked.values()}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Embedded record server (FHIR R4)", "version": VERSION, "description": _BESIDE},
        "servers": [{"url": base}],
        "security": [{"bearer": []}, {"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
            "parameters": parameters,
            "schemas": {
                **{f"search-{kind}": schema for kind, schema in _SEARCH_VALUES.items()},
                **shapes.schemas,
                **_schemas(definitions, [*wanted, *BODIES], shapes),
            },
        },
    }


def _paths(type_: str, names: list[str]) -> Json:
    body = named(type_)
    condition: list[Json] = [{"$ref": f"#/components/parameters/{type_}.{name}"} for name in names]
    searching: list[Json] = [*condition, *({"$ref": f"#/components/parameters/{name}"} for name in _PAGING)]
    form: Json = {"type": "object", "properties": dict.fromkeys((*names, *_PAGING), TEXT)}
    none = {"name": "If-None-Exist", "in": "header", "schema": TEXT}
    fresh = {"name": "If-None-Match", "in": "header", "schema": {"type": "string", "enum": ["*"]}}
    match = {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": r'^W/"\d{1,9}"$'}}
    version = {"name": "version", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    history = [query("_count", _PAGING["_count"]), query("_since", {"type": "string", "format": "date-time"})]
    return {
        f"/{type_}": {
            "get": operation(f"search{type_}", searching),
            "post": operation(f"create{type_}", [none], body=body),
            "put": operation(f"updateOnly{type_}", [*condition, match], body=body),
            "patch": operation(f"patchOnly{type_}", [*condition, match], body=PATCH, forms=PATCHES),
            "delete": operation(f"deleteOnly{type_}", [*condition, match]),
        },
        f"/{type_}/_search": {"post": operation(f"searchByPost{type_}", body=form, forms=(FORM,))},
        f"/{type_}/{{id}}": {
            "get": operation(f"read{type_}", [_ID]),
            "put": operation(f"update{type_}", [_ID, match, fresh], body=body),
            "patch": operation(f"patch{type_}", [_ID, match], body=PATCH, forms=PATCHES),
            "delete": operation(f"delete{type_}", [_ID, match]),
        },
        f"/{type_}/_history": {"get": operation(f"historyOfType{type_}", history)},
        f"/{type_}/{{id}}/_history": {"get": operation(f"history{type_}", [_ID, *history])},
        f"/{type_}/{{id}}/_history/{{version}}": {"get": operation(f"vread{type_}", [_ID, version])},
        f"/{type_}/$validate": {"post": operation(f"validate{type_}", body=body)},
    }


def _schemas(definitions: Definitions, types: list[str], shapes: Shapes) -> Json:
    """The schemas of these types and of all that they lead to."""
    schemas: Json = {}
    waiting = list(types)
    while waiting:
        owner = waiting.pop()
        if owner in schemas:
            continue
        if owner in definitions.aidbox:
            schemas[owner] = shapes.schemas.get(owner, {"type": "object"})
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
        one = named(kind)
    elif kind == "Resource":
        one = {"type": "object"}
    elif codes and len(codes) < 200:
        one = {"type": "string", "enum": sorted(codes)}
    elif kind in PATTERNS:
        one = {"type": "string", "pattern": f"^({PATTERNS[kind].pattern})$"}
    else:
        one = _PRIMITIVES.get(kind, {"type": "string", "minLength": 1})
    return {"type": "array", "items": one, "minItems": 1} if element["many"] else one
