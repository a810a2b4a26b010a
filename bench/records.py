"""The embedded backend beside raw SQLite that stores and reads the same JSON: `python -m bench.records [patients] [observations]`.

Prints one JSON object. Times are in milliseconds, medians; a ratio is the backend over the baseline of the same run.
Both commit each write with fsync, in one file beside the other; the backend is asked in process, through ASGI.
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
from pathlib import Path
from statistics import median
from typing import Any

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


async def nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b""}


async def ignored(message: Any) -> None:
    """Takes the answer and looks at nothing but that it is one."""
    assert message.get("status", 200) == 200


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
        transport = httpx.ASGITransport(app=backend.asgi)
        headers = {"authorization": "Bearer root", "content-type": "application/fhir+json"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://records/fhir/", headers=headers, timeout=600
        ) as http:

            async def ask(url: str) -> Any:
                answer = await http.get(url)
                assert answer.status_code == 200, answer.text
                return answer.json()

            async def send(resources: list[dict[str, Any]]) -> None:
                answer = await http.post("", content=bundle(resources))
                assert answer.status_code == 200, answer.text

            start = time.perf_counter()
            for first in range(0, patients, 200):
                await send([patient(n, luck) for n in range(first, min(first + 200, patients))])
            for first in range(0, observations, 200):
                made = [observation(n, patients, luck) for n in range(first, min(first + 200, observations))]
                await send(made)
                raw.create(made)
            loaded = time.perf_counter() - start

            async def create(i: int) -> None:
                answer = await http.put(
                    f"Observation/new{i}",
                    content=json.dumps({**observation(i, patients, luck), "id": f"new{i}"}).encode(),
                )
                assert answer.status_code == 201, answer.text

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

            async def asgi_read(i: int) -> None:
                """The application itself, without the cost of the HTTP client that asks it."""
                path = f"/fhir/Observation/o{i % observations}".encode()
                scope = {
                    "type": "http",
                    "method": "GET",
                    "path": path.decode(),
                    "raw_path": path,
                    "query_string": b"",
                    "headers": [(b"authorization", b"Bearer root")],
                }
                await backend.asgi(scope, nothing, ignored)

            def searching(query: str) -> Callable[[int], Awaitable[Any]]:
                return lambda i: ask(query.format(p=i % patients, o=i % observations, s=i % 40, f=i % 997))

            base = {
                "read": await timed(raw_read), "create": await timed(raw_create),
                "transaction_50": await timed(raw_transaction, 20), "page": await timed(raw_page),
            }  # fmt: skip
            ours = {
                "read_without_http_client": await timed(asgi_read), "read": await timed(searching("Observation/o{o}")), "create": await timed(create),
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
        await backend.close()
        size = (folder / "records.sqlite").stat().st_size
    ratios = {key: round(ours[key] / base[key], 2) for key in base}
    to_page = {key: round(ours[key] / ours["page"], 2) for key in ("include", "chain", "has")}
    return {
        "patients": patients, "observations": observations,
        "backend_ms": {key: round(value, 3) for key, value in ours.items()},
        "raw_sqlite_ms": {key: round(value, 3) for key, value in base.items()},
        "ratio_to_raw_sqlite": ratios, "ratio_to_page": to_page,
        "loaded_per_second": round((patients + observations) / loaded),
        "resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "file_mb": round(size / 1_000_000, 1),
    }  # fmt: skip


if __name__ == "__main__":
    sizes = [int(a) for a in sys.argv[1:3]] or [1000, 20_000]
    print(json.dumps(asyncio.run(measure(*sizes)), indent=2))
