"""Requests made by schemathesis from the backend's own OpenAPI description: none fails, none refused is stored."""

from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from portal.embedded.definitions import load_definitions
from portal.embedded.openapi import describe

from .conftest import Runner

READ_BY_US = [
    "AccessPolicy", "AidboxSubscriptionTopic", "AidboxTopicDestination", "Client", "Role", "Session", "TokenIntrospector",
    "User",
]  # fmt: skip
OPERATIONS = [
    "GET /Patient", "POST /Patient", "GET /Patient/{id}", "PATCH /Patient/{id}", "DELETE /Patient/{id}",
    "GET /Patient/_history", "GET /Patient/{id}/_history", "GET /Patient/{id}/_history/{version}", "POST /Patient/_search",
    "POST /", "GET /ValueSet/$expand", "GET /ValueSet/$validate-code", "GET /CodeSystem/$lookup",
    "GET /CodeSystem/$validate-code", "POST /auth/token", "GET /auth/userinfo", "POST /auth/reset-password",
    "POST /AccessPolicy", "POST /Client",
    *(
        pytest.param(label, marks=pytest.mark.prove)
        for label in (
            "PUT /Patient/{id}", "POST /Patient/$validate", "PUT /Patient", "PATCH /Patient", "DELETE /Patient",
            "POST /ValueSet/$expand", "POST /ValueSet/$validate-code", "POST /CodeSystem/$lookup",
            "POST /CodeSystem/$validate-code", "POST /$validate", "POST /auth/change-password",
            "POST /auth/force-reset-password", "POST /auth/reset-password-mfa",
            *(f"POST /{type_}" for type_ in READ_BY_US if type_ not in {"AccessPolicy", "Client"}),
            *(f"PUT /{type_}/{{id}}" for type_ in READ_BY_US), *(f"POST /{type_}/$validate" for type_ in READ_BY_US),
        )
    ),
]  # fmt: skip
FEWER, FEWEST = 3, 20
"""A generated resource costs as much as many generated addresses."""
HEADERS = {"content-type", "if-match", "if-none-match", "if-none-exist"}


@pytest.fixture(scope="module")
def schema(runner: Runner) -> Any:
    """The description of what concerns one type of FHIR's, and of Aidbox's own. Extensions and nested resources, which lead to every type and back to
    themselves, are cut down to a little: to make one from the whole takes seconds.
    """
    described = describe(runner.backend.service.engine, "http://records.test/fhir", ["Patient", *READ_BY_US])
    schemas = described["components"]["schemas"]
    for one in schemas.values():
        for key in ("contained", "modifierExtension"):
            one.get("properties", {}).pop(key, None)
    text = {"type": "string", "minLength": 1}
    schemas["Extension"]["properties"] = {"url": text, "valueString": text, "valueDecimal": {"type": "number"}}
    schemas["Reference"]["properties"].pop("identifier")
    return schemathesis.openapi.from_dict(described)


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
        sent = case.as_transport_kwargs(base_url="http://records.test" + ("" if path.startswith("/auth") else "/fhir"))
        headers = {k: v for k, v in (sent.get("headers") or {}).items() if k.lower() in HEADERS}
        runner(sent["method"], sent["url"], params=sent.get("params"), headers=headers, **_body(sent))

    ask()


def _body(sent: dict[str, Any]) -> dict[str, Any]:
    if "json" in sent:
        return {"json": sent["json"]}
    data = sent.get("data")
    return {"content": urlencode(data, doseq=True).encode() if isinstance(data, dict) else data} if data else {}


def test_the_description_covers_every_type_and_every_search_parameter(runner: Runner) -> None:
    definitions = load_definitions()
    described = runner("GET", "openapi.json").json()
    assert described["openapi"].startswith("3.")
    for type_ in definitions.resources | definitions.aidbox:
        named = [parameter["$ref"] for parameter in described["paths"][f"/{type_}"]["get"]["parameters"]]
        names = {described["components"]["parameters"][name.rpartition("/")[2]]["name"] for name in named}
        assert names >= set(definitions.parameters[type_])
        assert set(described["paths"][f"/{type_}/{{id}}"]) == {"get", "put", "patch", "delete"}
