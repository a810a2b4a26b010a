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


def health(seconds: float) -> Json:
    return {
        "status": "pass",
        "description": "health of the embedded record server",
        "about": {"version": VERSION, "channel": "embedded"},
        "checks": {"uptime": [{"observedValue": int(seconds), "observedUnit": "s", "status": "pass"}]},
    }


def capability(engine: Engine, base: str, now: datetime) -> Json:
    resources: list[Json] = [
        {
            "type": type_,
            "interaction": [{"code": code} for code in INTERACTIONS],
            "versioning": "versioned-update",
            "readHistory": True,
            "updateCreate": True,
            "conditionalCreate": True,
            "conditionalRead": "not-match",
            "conditionalUpdate": True,
            "conditionalDelete": "single",
            "searchParam": [
                {"name": p.name, "type": "string" if p.kind == "words" else p.kind}
                for p in engine.parameters.get(type_, {}).values()
            ],
        }
        for type_ in sorted(engine.definitions.resources)
    ]
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
                "mode": "server",
                "resource": resources,
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }
