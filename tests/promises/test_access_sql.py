"""The SQL that Aidbox runs and the Python that the embedded backend runs give the same verdicts, on the same requests.

PostgreSQL holds the world in Aidbox's tables: `{{path}}` is bound as Aidbox documents it. What a licensed Aidbox may do
otherwise is listed in docs/access.md.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from portal.access import policies
from portal.access.grants import grants
from portal.access.needs import EVERYBODY, PATIENT_OF, TARGET_OF
from portal.app import Introspector, Portal
from portal.embedded.access import Guard
from portal.embedded.matcho import at
from portal.embedded.messages import Request, split_url
from portal.embedded.twins import Stored
from portal.types import Json
from tests.db.conftest import new_database, postgresql
from tests.promises.matrix import Asked, requests, token_of
from tests.promises.test_access_matrix import versions
from tests.promises.world import resources

__all__ = ["new_database", "postgresql"]

TABLES = sorted({
    *PATIENT_OF, *TARGET_OF, *EVERYBODY, "Patient", "Practitioner", "PractitionerRole", "Group", "AuditEvent", "User",
})  # fmt: skip
BOUND = re.compile(r"\{\{([^}]+)\}\}")


def as_aidbox(value: Any) -> Any:
    """References as Aidbox keeps them: {"resourceType", "id"}."""
    if isinstance(value, list):
        return [as_aidbox(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"reference"}:
        kind, _, id_ = value["reference"].partition("/")
        return {"resourceType": kind, "id": id_}
    return {key: as_aidbox(each) for key, each in value.items()}


def fill(connection: "psycopg.Connection[Any]") -> None:
    for table in TABLES:
        connection.execute(f'CREATE TABLE "{table.lower()}" (id text PRIMARY KEY, resource jsonb)')  # type: ignore[arg-type]
    for each in resources():
        bare = {key: as_aidbox(value) for key, value in each.items() if key not in {"id", "resourceType"}}
        statement = f'INSERT INTO "{each["resourceType"].lower()}" VALUES (%s, %s)'
        connection.execute(statement, (each["id"], json.dumps(bare)))  # type: ignore[arg-type]


def bound(query: str, context: Json) -> tuple[str, list[Any]]:
    """The query with its values as parameters."""
    values: list[Any] = []

    def value(match: "re.Match[str]") -> str:
        found = at(context, match[1].split("."))
        values.append(json.dumps(found) if isinstance(found, dict | list | bool) else found)
        return "(%s::text)"

    return BOUND.sub(value, query.replace("%", "%%")), values


def contexts(portal: Portal, asked: list[Asked]) -> Iterator[tuple[Asked, Json, Stored]]:
    """Each request as the server's policies see it."""
    assert portal.backend is not None
    guard: Guard = portal.backend.service.guard
    connection = portal.backend.store.quick_reader
    introspector = Introspector(portal.signer)
    for each in asked:
        path, params = split_url(each.path)
        headers = {"content-type": "application/fhir+json", **dict(each.headers)}
        identity = introspector(token_of(portal, each.who, each.standing))
        request = Request(
            method=each.method, path=path, params=params, headers=headers, body=each.body, base="x", identity=identity
        )
        yield each, guard._context(connection, request), Stored(guard.engine, connection, guard.memory)


@pytest.mark.prove
async def test_the_sql_of_each_policy_says_what_its_python_says(
    portal: Portal, new_database: Callable[[], str]
) -> None:
    every = [
        each
        for each in requests(await versions(portal))
        if each.path and each.who != "anonymous" and each.method != "PATCH" and "history" not in each.way
    ]
    granted = [each for each in every if each.expected]
    asked = granted[::5] + every[::41]
    types = {f"portal-{grant.id}": grant.types for grant in grants()}
    assert portal.backend is not None
    twins = portal.backend.service.guard.twins
    compared = yes = 0
    different: list[str] = []
    with psycopg.connect(new_database(), autocommit=True) as connection:
        fill(connection)
        for each, context, stored in contexts(portal, asked):
            for policy in policies():
                if context["params"].get("resource/type") not in types[policy["id"]]:
                    continue
                query, values = bound(policy["sql"]["query"], context)
                row = connection.execute(query, values).fetchone()  # type: ignore[arg-type]
                said = twins[policy["id"]](stored, context)
                compared, yes = compared + 1, yes + said
                if row is None or row[0] is not said:
                    different.append(f"{policy['id']} says {row}, its twin {said}: {each.told()}")
    assert different[:10] == []
    assert compared > 2_000
    assert yes > 200
