"""What the embedded backend says of itself: health, version, CapabilityStatement."""

from datetime import datetime

from portal.embedded.engine import Engine
from portal.types import Json

VERSION = "1.0.0"
INTERACTIONS = (
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
)
OWN_COLUMNS = {"_id": "token", "_lastUpdated": "date", "_createdAt": "date"}
OPERATIONS = {"ValueSet": ("expand", "validate-code"), "CodeSystem": ("lookup", "validate-code")}
SERVED_TYPE = "https://portail.fondation-fondamental.org/fhir/StructureDefinition/served-type"


def health(up: float, database: float | None) -> Json:
    """`up` seconds since the start; `database` seconds that the store took to answer, None: it did not. As in Aidbox, it
    does not change the status, by which a supervisor decides on a restart.
    """
    response: Json = {"componentType": "database", "status": "fail"}
    if database is not None:
        response |= {"observedValue": round(database * 1000), "observedUnit": "ms", "status": "pass"}
    return {
        "status": "pass",
        "description": "health of the embedded record server",
        "about": {"version": VERSION, "channel": "embedded"},
        "checks": {
            "uptime": [{"observedValue": int(up), "observedUnit": "s", "status": "pass"}],
            "db:responseTime": [response],
        },
    }


def capability(engine: Engine, base: str, now: datetime) -> Json:
    """R4 lets `rest.resource.type` be a type of R4 only; Aidbox's own types, which are served alike, are told by the
    extension SERVED_TYPE of `rest`.
    """
    definitions = engine.definitions
    official = definitions.codes[definitions.owners["CapabilityStatement.rest.resource"]["type"]["binding"]]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "kind": "instance",
        "software": {"name": "Embedded record server", "version": VERSION},
        "implementation": {"description": "Embedded record server", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "patchFormat": ["application/json-patch+json", "application/merge-patch+json"],
        "rest": [
            {
                "extension": [{"url": SERVED_TYPE, "valueCode": type_} for type_ in sorted(definitions.aidbox)],
                "mode": "server",
                "resource": [_resource(engine, type_) for type_ in sorted(definitions.resources & official)],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
                "operation": [_operation("validate", "Resource")],
            }
        ],
    }


def _resource(engine: Engine, type_: str) -> Json:
    parameters = engine.parameters.get(type_, {}).values()
    kinds = {**OWN_COLUMNS, **{one.name: "string" if one.kind == "words" else one.kind for one in parameters}}
    resource: Json = {
        "type": type_,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "searchParam": [{"name": name, "type": kind} for name, kind in kinds.items()],
    }
    if type_ in OPERATIONS:
        resource["operation"] = [_operation(name, type_) for name in OPERATIONS[type_]]
    return resource


def _operation(name: str, type_: str) -> Json:
    return {"name": name, "definition": f"http://hl7.org/fhir/OperationDefinition/{type_}-{name}"}
