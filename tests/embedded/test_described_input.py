"""Requests made by schemathesis from the backend's own OpenAPI description: none fails, none refused is stored."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from portal.embedded.definitions import load_definitions
from portal.embedded.openapi import describe

from .conftest import Runner

OPERATIONS = [
    "GET /Patient", "POST /Patient", "GET /Patient/{id}", "PATCH /Patient/{id}", "DELETE /Patient/{id}",
    "GET /Patient/_history", "GET /Patient/{id}/_history", "GET /Patient/{id}/_history/{version}",
    "POST /", "GET /ValueSet/$expand", "GET /CodeSystem/$lookup",
    pytest.param("PUT /Patient/{id}", marks=pytest.mark.prove), pytest.param("POST /Patient/$validate", marks=pytest.mark.prove),
]  # fmt: skip
FEWER, FEWEST = 3, 20
"""A generated resource costs as much as many generated addresses."""


@pytest.fixture(scope="module")
def schema(runner: Runner) -> Any:
    """The description of what concerns one type. Extensions and nested resources, which lead to every type and back to
    themselves, are cut down to a little: to make one from the whole takes seconds.
    """
    described = describe(runner.backend.service.engine, "http://records.test/fhir", ["Patient"])
    schemas = described["components"]["schemas"]
    for one in schemas.values():
        for key in ("contained", "modifierExtension"):
            one.get("properties", {}).pop(key, None)
    text = {"type": "string", "minLength": 1}
    schemas["Extension"]["properties"] = {"url": text, "valueString": text, "valueDecimal": {"type": "number"}}
    schemas["Reference"]["properties"].pop("identifier")
    described["components"]["schemas"] = {name: schemas[name] for name in _needed("Patient", schemas)}
    return schemathesis.openapi.from_dict(described)


def _needed(name: str, schemas: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            for spec in schemas[one].get("properties", {}).values():
                target = spec.get("$ref") or spec.get("items", {}).get("$ref")
                waiting += [target.rpartition("/")[2]] if target else []
    return found


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(GenerationMode.POSITIVE, id="as described"),
        pytest.param(GenerationMode.NEGATIVE, id="otherwise", marks=pytest.mark.prove),
    ],
)
def test_a_generated_request_is_answered(schema: Any, runner: Runner, label: str, mode: GenerationMode) -> None:
    method, _, path = label.partition(" ")
    strategy = schema[path][method].as_strategy(generation_mode=mode)
    examples = settings.default.max_examples // (FEWER if method in {"GET", "DELETE"} else FEWEST)  # type: ignore[union-attr]

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def ask(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://records.test/fhir")
        headers = {k: v for k, v in (sent.get("headers") or {}).items() if k.lower() in {"content-type", "if-match"}}
        body = {"json": sent["json"]} if "json" in sent else {"content": sent["data"]} if sent.get("data") else {}
        runner(sent["method"], sent["url"], params=sent.get("params"), headers=headers, **body)

    ask()


def test_the_description_covers_every_type_and_every_search_parameter(runner: Runner) -> None:
    definitions = load_definitions()
    described = runner("GET", "openapi.json").json()
    assert described["openapi"].startswith("3.")
    for type_ in definitions.resources | definitions.aidbox:
        names = {parameter["name"] for parameter in described["paths"][f"/{type_}"]["get"]["parameters"]}
        assert names >= set(definitions.parameters[type_])
        assert set(described["paths"][f"/{type_}/{{id}}"]) == {"get", "put", "patch", "delete"}
