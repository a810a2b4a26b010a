"""The history of a type is read a page at a time."""

import json
import sqlite3

from portal.embedded import Backend
from portal.embedded.messages import Answer, Request
from portal.embedded.reading import get

from .conftest import client


async def test_a_page_of_a_types_history_is_read_from_indexes(backend: Backend) -> None:
    """One entry of a hundred reads no more texts than its own."""
    asked: list[str] = []
    async with client(backend, "root") as root:
        for i in range(50):
            for gender in ("female", "male"):
                body = {"resourceType": "Patient", "id": f"p{i}", "gender": gender}
                await root.put(f"Patient/p{i}", json=body)

    def traced(connection: sqlite3.Connection) -> Answer:
        connection.set_trace_callback(asked.append)
        answer = get(connection, backend.service.engine, request)
        connection.set_trace_callback(None)
        return answer

    request = Request(method="GET", path=("Patient", "_history"), params=[("_count", "1")])
    bundle = json.loads((await backend.store.read(traced)).body)
    assert (bundle["total"], len(bundle["entry"])) == (100, 1)
    plans = [
        row[3]
        for text in asked
        if text.startswith("SELECT")
        for row in backend.store.quick_reader.execute(f"EXPLAIN QUERY PLAN {text}")
    ]
    assert any("history_of" in step for step in plans)
    assert not [step for step in plans if step.startswith(("SCAN v", "SCAN h", "SCAN b", "SCAN r"))]
