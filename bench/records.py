"""The embedded backend beside raw SQLite that stores and reads the same JSON: `python -m bench.records [patients] [observations]`.

Prints one JSON object. Times are in milliseconds, medians; a ratio is the backend over the baseline of the same run.
Both commit each write with fsync, in one file beside the other; the backend is asked in process, through ASGI, and its answer is decoded.
"""

import asyncio
import json
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import httpx

from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import ROOT, open_backend

FAMILIES = ["Lefèvre", "Martin", "Bernard", "Dubois", "Petit", "Durand", "Moreau", "García", "Noël", "Œuvrard"]
SCORES = "https://portail.fondation-fondamental.org/fhir/CodeSystem/score"
ROUNDS = 200


def patient(n: int, luck: random.Random) -> dict[str, Any]:
    born = f"{luck.randrange(1940, 2005)}-{luck.randrange(1, 13):02d}-{luck.randrange(1, 29):02d}"
    name = [{"family": f"{luck.choice(FAMILIES)} {n % 997}", "given": [f"Prénom{n}"]}]
    code = [{"system": "urn:fondacode", "value": f"F{n:07d}"}]
    return {
        "resourceType": "Patient",
        "id": f"p{n}",
        "identifier": code,
        "name": name,
        "birthDate": born,
        "gender": "female",
    }


def observation(n: int, patients: int, luck: random.Random) -> dict[str, Any]:
    at = f"{luck.randrange(2024, 2027)}-{luck.randrange(1, 13):02d}-{luck.randrange(1, 29):02d}T10:00:00Z"
    return {
        "resourceType": "Observation", "id": f"o{n}", "status": "final",
        "code": {"coding": [{"system": SCORES, "code": f"score-{n % 40}", "display": f"Score {n % 40}"}]},
        "subject": {"reference": f"Patient/p{n % patients}"}, "effectiveDateTime": at,
        "valueQuantity": {"value": luck.randrange(28), "unit": "points"},
    }  # fmt: skip


class Raw:
    """What the same JSON costs with nothing but a primary key and one indexed column."""

    def __init__(self, file: Path) -> None:
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE r (id TEXT PRIMARY KEY, code TEXT, body BLOB) WITHOUT ROWID; CREATE INDEX c ON r (code);"
        )

    def create(self, resources: list[dict[str, Any]]) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        rows = [(r["id"], r.get("subject", {}).get("reference", ""), json.dumps(r).encode()) for r in resources]
        self.db.executemany("INSERT OR REPLACE INTO r VALUES (?, ?, ?)", rows)
        self.db.execute("COMMIT")

    def read(self, id_: str) -> Any:
        return json.loads(self.db.execute("SELECT body FROM r WHERE id = ?", (id_,)).fetchone()[0])

    def page(self, code: str) -> list[Any]:
        rows = self.db.execute("SELECT body FROM r WHERE code = ? LIMIT 20", (code,))
        return [json.loads(row[0]) for row in rows]


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks the application itself: what an HTTP client costs on its own side is told apart."""

    app: Any

    async def ask(self, method: str, url: str, body: bytes = b"") -> Any:
        path, _, query = url.partition("?")
        raw = f"/fhir/{path}".encode()
        headers = [
            (b"authorization", b"Bearer root"),
            (b"content-type", b"application/fhir+json"),
            (b"host", b"records"),
        ]
        scope = {
            "type": "http",
            "method": method,
            "path": raw.decode(),
            "raw_path": raw,
            "query_string": quote(query, safe="=&:").encode(),
            "headers": headers,
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        assert sent[0]["status"] in {200, 201}, sent
        return json.loads(sent[1]["body"])


async def timed(work: Callable[[int], Awaitable[Any]], rounds: int = ROUNDS) -> float:
    took: list[float] = []
    for i in range(rounds):
        start = time.perf_counter()
        await work(i)
        took.append((time.perf_counter() - start) * 1000)
    return median(took)


def bundle(resources: list[dict[str, Any]]) -> bytes:
    entries = [
        {"request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}, "resource": r} for r in resources
    ]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()


async def measure(patients: int, observations: int) -> dict[str, Any]:
    luck = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        backend = await open_backend(
            folder, clock=SystemClock(), chance=SystemChance(), authenticate={"root": ROOT}.get
        )
        raw = Raw(folder / "raw.sqlite")
        caller = Caller(backend.asgi)
        transport = httpx.ASGITransport(app=backend.asgi)
        headers = {"authorization": "Bearer root", "content-type": "application/fhir+json"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://records/fhir/", headers=headers, timeout=600
        ) as http:

            async def send(resources: list[dict[str, Any]]) -> None:
                await caller.ask("POST", "", bundle(resources))

            async def read_over_http(i: int) -> None:
                assert (await http.get(f"Observation/o{i % observations}")).json()

            start = time.perf_counter()
            for first in range(0, patients, 200):
                await send([patient(n, luck) for n in range(first, min(first + 200, patients))])
            for first in range(0, observations, 200):
                made = [observation(n, patients, luck) for n in range(first, min(first + 200, observations))]
                await send(made)
                raw.create(made)
            loaded = time.perf_counter() - start

            async def create(i: int) -> None:
                body = json.dumps({**observation(i, patients, luck), "id": f"new{i}"}).encode()
                await caller.ask("PUT", f"Observation/new{i}", body)

            async def raw_create(i: int) -> None:
                raw.create([{**observation(i, patients, luck), "id": f"new{i}"}])

            async def raw_read(i: int) -> None:
                raw.read(f"o{i % observations}")

            async def raw_page(i: int) -> None:
                raw.page(f"Patient/p{i % patients}")

            async def transaction(i: int) -> None:
                await send([{**observation(n, patients, luck), "id": f"t{i}-{n}"} for n in range(50)])

            async def raw_transaction(i: int) -> None:
                raw.create([{**observation(n, patients, luck), "id": f"t{i}-{n}"} for n in range(50)])

            def searching(query: str) -> Callable[[int], Awaitable[Any]]:
                return lambda i: caller.ask(
                    "GET", query.format(p=i % patients, o=i % observations, s=i % 40, f=i % 997)
                )

            base = {
                "read": await timed(raw_read), "create": await timed(raw_create),
                "transaction_50": await timed(raw_transaction, 20), "page": await timed(raw_page),
            }  # fmt: skip
            ours = {
                "read": await timed(searching("Observation/o{o}")), "create": await timed(create),
                "transaction_50": await timed(transaction, 20),
                "page": await timed(searching("Observation?subject=Patient/p{p}&_count=20")),
                "page_sorted": await timed(searching("Observation?subject=Patient/p{p}&_sort=-date&_count=20")),
                "name": await timed(searching("Patient?family=martin {f}&_count=20")),
                "include": await timed(searching("Observation?subject=Patient/p{p}&_count=20&_include=Observation:subject")),
                "chain": await timed(searching("Observation?subject:Patient.identifier=urn:fondacode|F{p:07d}&_count=20")),
                "has": await timed(searching("Patient?_has:Observation:subject:code=score-{s}&identifier=urn:fondacode|F{p:07d}")),
                "code_and_patient": await timed(searching("Observation?patient=p{p}&code=score-{s}")),
                "count_of_all": await timed(searching("Observation?_summary=count")),
                "patients_by_name": await timed(searching("Patient?_sort=family,_id&_count=25&_page=3")),
                "code_without_total": await timed(searching("Observation?code=score-{s}&_count=20&_total=none"), 50),
                "code_with_total": await timed(searching("Observation?code=score-{s}&_count=20"), 20),
            }  # fmt: skip
            over_http = await timed(read_over_http)
        await backend.close()
        size = (folder / "records.sqlite").stat().st_size
    ratios = {key: round(ours[key] / base[key], 2) for key in base}
    to_page = {key: round(ours[key] / ours["page"], 2) for key in ("include", "chain", "has")}
    return {
        "patients": patients, "observations": observations,
        "backend_ms": {key: round(value, 3) for key, value in ours.items()},
        "raw_sqlite_ms": {key: round(value, 3) for key, value in base.items()},
        "ratio_to_raw_sqlite": ratios, "ratio_to_page": to_page,
        "read_with_http_client_ms": round(over_http, 3),
        "loaded_per_second": round((patients + observations) / loaded),
        "resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "file_mb": round(size / 1_000_000, 1),
    }  # fmt: skip


if __name__ == "__main__":
    sizes = [int(a) for a in sys.argv[1:3]] or [1000, 20_000]
    print(json.dumps(asyncio.run(measure(*sizes)), indent=2))
