"""Makes resources of any type out of the official definitions, for tests that go through all of R4."""

import random
from typing import Any

from portal.embedded.definitions import load_definitions

DEFINITIONS = load_definitions()
VALUES: dict[str, list[Any]] = {
    "boolean": [True], "integer": [0, -3], "unsignedInt": [0], "positiveInt": [1], "decimal": [1, 2.5],
    "string": ["x", " é "], "markdown": ["*x*"], "xhtml": ["<div>x</div>"], "uri": ["urn:x"], "url": ["http://x.org"],
    "canonical": ["http://x.org|1"], "base64Binary": ["AAAA", "AA==  AAAA"], "code": ["a", "a b"], "oid": ["urn:oid:1.2"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"], "id": ["a-1"], "date": ["2026", "2026-02-03"],
    "dateTime": ["2026-02-03T10:00:00Z"], "instant": ["2026-02-03T10:00:00.5+01:00"], "time": ["10:00:00"],
}  # fmt: skip


def element(spec: dict[str, Any], luck: random.Random, depth: int) -> Any:
    codes = sorted(DEFINITIONS.codes.get(spec.get("binding", ""), ()))
    if spec["t"] in VALUES:
        one = luck.choice(codes) if codes else luck.choice(VALUES[spec["t"]])
    elif spec["t"] == "Resource":
        one = {"resourceType": "Basic", "code": {"text": "x"}}
    elif spec["t"] == "Reference":
        types = sorted(set(spec.get("targets", ["Patient"])) & DEFINITIONS.resources) or ["Patient"]
        one = luck.choice([{"reference": f"{luck.choice(types)}/a"}, {"reference": "#a"}, {"display": "x"}])
    else:
        one = made(spec["t"], luck, depth + 1)
        if codes:
            system, code = luck.choice(sorted(DEFINITIONS.coded[spec["binding"]]))
            coding = {"system": system, "code": code}
            one = {**one, "coding": [coding]} if spec["t"] == "CodeableConcept" else {**one, **coding}
    return [one] * luck.choice([1, 2]) if spec["many"] else one


def made(owner: str, luck: random.Random, depth: int = 0) -> dict[str, Any]:
    """An instance with what it needs, and some of what it may have."""
    elements = DEFINITIONS.owners.get(owner, {})
    wanted: dict[str, Any] = {}
    chosen: set[str] = set()
    for key, spec in elements.items():
        group = spec.get("choice")
        if group in chosen or (not spec["min"] and luck.random() > (0.4 if depth == 0 else 0.15 if depth < 3 else 0)):
            continue
        if group:
            chosen.add(group)
        wanted[key] = element(spec, luck, depth)
    return wanted or ({"extension": [{"url": "u", "valueCode": "x"}]} if depth else {})
