"""The shape of Aidbox's own resources, as far as this server reads them: tables of JSON Schema, which OpenAPI shows too.

What it does not read may have any shape. A policy whose rule cannot be evaluated (an unknown engine, a JSON schema that is
none) has a shape all the same: it is kept, and allows nothing.
"""

from typing import Any

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from portal.embedded.outcome import Issue, Place, issue
from portal.fhirpath import FhirPathError, compile  # noqa: A004
from portal.types import Json

_SCHEMAS = "#/components/schemas/"
_TEXT: Json = {"type": "string", "minLength": 1}
_FLAG: Json = {"type": "boolean"}
_SECONDS: Json = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
LONGEST_WAIT, MOST_AT_ONCE = 3600, 1000
"""How long, in seconds, a destination may take to answer, and how many events it may be sent at a time."""


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def _list(of: Json, **rules: int) -> Json:
    return {"type": "array", "items": of, **rules}


def _named(name: str) -> Json:
    return {"$ref": _SCHEMAS + name}


def _any_of(*keys: str) -> list[Json]:
    return [{"required": key.split()} for key in keys]


def _parameter(name: str, **values: Json) -> Json:
    """A parameter of that name, with one of these values and no other."""
    known = {"id": _TEXT, "name": {"enum": [name]}, **values}
    return {"type": "object", "properties": known, "additionalProperties": False, "required": ["name"]}


def _whole(most: int) -> dict[str, Json]:
    number: Json = {"minimum": 0, "maximum": most}
    whole: Json = {"type": "integer", **number}
    return {
        "valueUnsignedInt": whole, "valuePositiveInt": whole, "valueInteger": whole,
        "valueDecimal": {"type": "number", **number},
    }  # fmt: skip


_ADDRESS: Json = {"type": "string", "pattern": r"^https?://[^\s\x00-\x1f\x7f]+$"}
_KNOWN_PARAMETERS: dict[str, dict[str, Json]] = {
    "endpoint": {"valueUrl": _ADDRESS, "valueUri": _ADDRESS, "valueString": _ADDRESS},
    "header": {"valueString": _TEXT, "_valueString": _named("Companion")},
    "timeout": _whole(LONGEST_WAIT),
    "maxMessagesInBatch": _whole(MOST_AT_ONCE),
    "includeVersionIdInFocusReference": {"valueBoolean": _FLAG},
}
_CONTAINED: Json = {"contained": _list(_named("Contained"))}
_PARTS: Json = {
    "Contained": _object(id=_TEXT, **_CONTAINED),
    "Companion": _object(extension=_list(_object(url=_TEXT, valueString=_TEXT), minItems=1)),
    "Whom": {**_object(reference=_TEXT, resourceType=_TEXT, id=_TEXT), "minProperties": 1},
    "PolicyLink": {
        **_object(reference=_TEXT, resourceType=_TEXT, id=_TEXT),
        "anyOf": _any_of("reference", "resourceType id"),
    },
    "Matcho": {  # a value of any type: what is said of objects and lists holds only for those
        "properties": {
            "$enum": {"type": "array", "items": {}},
            "$one-of": _list(_named("Matcho")),
            "$present-all": _list(_named("Matcho")),
            "$length": {"type": "integer"},
        },
        "additionalProperties": _named("Matcho"),
        "items": _named("Matcho"),
    },
    "Grant": _object(
        secret_required=_FLAG, access_token_expiration=_SECONDS, refresh_token=_FLAG, refresh_token_expiration=_SECONDS
    ),
    "Trigger": _object(
        resource=_TEXT,
        supportedInteraction=_list({"type": "string", "enum": ["create", "update", "delete"]}),
        fhirPathCriteria={**_TEXT, "format": "fhirpath"},
    ),
    "TopicParameter": {
        **_object(name=_TEXT),
        "required": ["name"],
        "anyOf": [
            {"properties": {"name": {"not": {"enum": list(_KNOWN_PARAMETERS)}}}},
            *(_parameter(name, **values) for name, values in _KNOWN_PARAMETERS.items()),
        ],
    },
}
_TYPES: Json = {
    "AccessPolicy": _object(
        engine=_TEXT,
        link=_list(_named("PolicyLink"), minItems=1),
        roleName=_TEXT,
        matcho={"type": "object", "allOf": [_named("Matcho")]},
        schema={"type": "object"},
        sql=_object(query=_TEXT),
        **{"and": _list(_named("AccessPolicy")), "or": _list(_named("AccessPolicy"))},
    ),
    "Client": _object(
        secret=_TEXT,
        _secret=_named("Companion"),
        grant_types=_list(_TEXT),
        auth={"type": "object", "additionalProperties": _named("Grant")},
    ),
    "User": _object(
        userName=_TEXT,
        email=_TEXT,
        password=_TEXT,
        inactive=_FLAG,
        active=_FLAG,
        fhirUser=_named("Whom"),
        twoFactor=_object(enabled=_FLAG, secretKey=_TEXT, transport=_TEXT),
    ),
    "Role": _object(name=_TEXT, user=_named("Whom"), links={"type": "object", "additionalProperties": _named("Whom")}),
    "Session": _object(
        user=_named("Whom"),
        client=_named("Whom"),
        active=_FLAG,
        access_token=_TEXT,
        refresh_token=_TEXT,
        exp={"type": "integer"},
        refresh_exp={"type": "integer"},
    ),
    "TokenIntrospector": _object(type=_TEXT, jwt=_object(iss=_TEXT, secret=_TEXT, _secret=_named("Companion"))),
    "AidboxSubscriptionTopic": _object(url=_TEXT, status=_TEXT, trigger=_list(_named("Trigger"))),
    "AidboxTopicDestination": _object(
        topic=_TEXT, status=_TEXT, content=_TEXT, parameter=_list(_named("TopicParameter"))
    ),
}


class Shapes:
    """`schemas` names every shape, those of parts too; of types that are not in it only `contained` has one."""

    def __init__(self) -> None:
        types = {name: {**shape, "properties": {**shape["properties"], **_CONTAINED}} for name, shape in _TYPES.items()}
        self.schemas: Json = {**_PARTS, **types}
        document: Json = {"components": {"schemas": self.schemas}}
        forms = FormatChecker(())
        forms.checks("fhirpath", FhirPathError)(_compiles)
        self._checks = {
            type_: Draft7Validator({"$ref": _SCHEMAS + type_, **document}, format_checker=forms) for type_ in _TYPES
        }
        self._any = Draft7Validator({**_object(**_CONTAINED), **document})

    def faults(self, resource: Json, type_: str, place: Place) -> list[Issue]:
        """At most one for each place, and none tells what was sent."""
        check = self._checks.get(type_, self._any)
        found: dict[Place, Issue] = {}
        for error in check.iter_errors(resource):
            at = place
            for step in error.absolute_path:
                at = (at, f"[{step}]" if isinstance(step, int) else f".{step}")
            kind = "require" if error.validator == "required" else "invalid-type"
            found.setdefault(at, issue("invalid", _told(error), at, kind))
        return list(found.values())


def _compiles(expression: Any) -> bool:
    """Raises `FhirPathError` when it does not."""
    if isinstance(expression, str):
        compile(expression)
    return True


def _told(error: ValidationError) -> str:
    rule: Any = error.validator_value
    match error.validator:
        case "type":
            return f"A value of type {rule} is expected"
        case "minLength" | "minItems" | "minProperties":
            return "It cannot be empty"
        case "minimum" | "maximum":
            return f"The {error.validator} is {rule}"
        case "enum":
            return f"One of {', '.join(map(str, rule))} is expected"
        case "required":
            return f"{', '.join(rule)} is required"
        case "format":
            return "This is no FHIRPath expression"
        case _:
            return "This does not have the shape that is expected here"
