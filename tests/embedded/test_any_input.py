"""Whatever is sent, the answer is one of HTTP's refusals, never a failure, and nothing refused is stored.

`runner` holds every answer to that, and to a second. `make prove` asks ten times as often.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.embedded.definitions import load_definitions

from .conftest import Runner

NAMES = [
    *sorted(load_definitions().parameters["Patient"]),
    "_sort",
    "_count",
    "_page",
    "_include",
    "_revinclude",
    "_has:Observation:patient:code",
    "_elements",
    "_summary",
    "_total",
    "_id",
    "_lastUpdated",
    "dragon",
    "organization.name",
    "_has:x",
    "a:b:c",
    "",
]
MODIFIERS = [
    "",
    ":exact",
    ":contains",
    ":missing",
    ":not",
    ":in",
    ":text",
    ":Patient",
    ":iterate",
    ":btw",
    ":of-type",
    ":identifier",
    ":starts",
    ":ends",
    ":dragon",
]
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "Patient/1",
            "true",
            "1980",
            "ge1980",
            "|",
            "a|",
            "|b",
            "a|b|c",
            ",",
            "\\,",
            "9" * 30,
            "-1",
            "1e999",
            "nan",
            "eq",
            "ne",
            "%",
            "*",
            "2026-13-45",
            "0000",
            "9999-12-31T23:59:60Z",
            "Patient:organization",
            "ap5",
        ]
    ),
)
TEXT = st.text(st.characters(exclude_categories=()), max_size=10)
"""Of any code points, halves of characters among them."""
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT)
KEYS = st.one_of(
    st.sampled_from(
        [
            *sorted(load_definitions().owners["Patient"]),
            "resourceType",
            "_birthDate",
            "reference",
            "coding",
            "extension",
            "url",
            "value",
        ]
    ),
    st.text(max_size=6),
)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=20
)
MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@MANY
@given(params=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(MODIFIERS), VALUES), max_size=4))
def test_any_search(runner: Runner, params: list[tuple[str, str, str]]) -> None:
    runner("GET", "Patient", params=[(name + modifier, value) for name, modifier, value in params])


@MANY
@given(body=ANY_JSON)
def test_any_resource(runner: Runner, body: Any) -> None:
    text = json.dumps(body).encode()
    runner("POST", "Patient", content=text, headers={"content-type": "application/fhir+json"})


@MANY
@given(fields=st.dictionaries(KEYS, ANY_JSON, max_size=4))
def test_any_patient(runner: Runner, fields: dict[str, Any]) -> None:
    before = runner("GET", "Patient?_summary=count").json()["total"]
    answer = runner(
        "POST",
        "Patient",
        content=json.dumps({**fields, "resourceType": "Patient"}).encode(),
        headers={"content-type": "application/json"},
    )
    after = runner("GET", "Patient?_summary=count").json()["total"]
    assert after - before == (answer.status_code == 201)


@MANY
@given(
    patch=ANY_JSON,
    kind=st.sampled_from(["application/json", "application/json-patch+json", "application/merge-patch+json"]),
)
def test_any_patch(runner: Runner, patch: Any, kind: str) -> None:
    runner("PATCH", "Patient/alice", content=json.dumps(patch).encode(), headers={"content-type": kind})


@MANY
@given(
    entries=st.lists(
        st.fixed_dictionaries(
            {
                "request": st.fixed_dictionaries(
                    {
                        "method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
                        "url": st.sampled_from(
                            [
                                "Patient",
                                "Patient/x",
                                "Patient?name=x",
                                "",
                                "/",
                                "Dragon",
                                "Patient/x/y/z",
                                "?",
                                "Patient?dragon=1",
                            ]
                        )
                        | TEXT.map("Patient?name=".__add__)
                        | TEXT.map("Patient/".__add__),
                    }
                )
            },
            optional={"resource": ANY_JSON, "fullUrl": st.sampled_from(["urn:uuid:1", ""])},
        ),
        max_size=3,
    ),
    kind=st.sampled_from(["transaction", "batch"]),
)
def test_any_bundle(runner: Runner, entries: list[Any], kind: str) -> None:
    runner(
        "POST",
        "",
        content=json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}).encode(),
        headers={"content-type": "application/json"},
    )


@MANY
@given(path=st.text(max_size=30), method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]))
def test_any_address(runner: Runner, path: str, method: str) -> None:
    runner(method, f"http://records.test/fhir/{quote(path)}")


@MANY
@given(body=st.binary(max_size=40))
def test_any_bytes(runner: Runner, body: bytes) -> None:
    runner("POST", "Patient", content=body, headers={"content-type": "application/fhir+json"})


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"resourceType":"Patient","extension":' + b'[{"url":"u","extension":' * 300 + b'[{"url":"x","valueCode":"y"}]' + b"}]" * 300 + b"}",
        b'{"resourceType":"Patient","multipleBirthInteger":' + b"9" * 10_000 + b"}",
        b'{"resourceType":"Patient","name":[{"text":"\\ud800"}]}',
        b'{"resourceType":"Patient","multipleBirthInteger":NaN}',
        b'{"resourceType":"Patient","multipleBirthInteger":1e400}',
        b'\xef\xbb\xbf{"resourceType":"Patient"}',
        b'{"resourceType":"Patient","name":[{"text":"\x00"}]}',
        b"null", b"1.5", b'"x"', b"", b"{}",
    ],
)  # fmt: skip
def test_a_hostile_body_is_refused(runner: Runner, body: bytes) -> None:
    answer = runner("POST", "Patient", content=body, headers={"content-type": "application/fhir+json"})
    assert answer.status_code in {200, 201, 400, 413, 422}, answer.text


def test_a_body_beyond_the_limit_is_refused(runner: Runner) -> None:
    answer = runner("POST", "Patient", content=b" " * (21 * 1024 * 1024), headers={"content-type": "application/json"})
    assert answer.status_code == 413
