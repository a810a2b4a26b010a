"""The embedded backend beside raw SQLite that stores and reads the same JSON.

    python -m bench.records                          # 1,000 patients, 20,000 observations
    python -m bench.records 100000 2000000
    python -m bench.records 100000 2000000 --in DIR  # in a folder that is kept: a second run measures without loading
    python -m bench.records --scale full             # both, and how much slower the larger is; needs 8 GB and half an hour

Prints one JSON object. Times are medians in milliseconds; a ratio is the backend over the baseline (`bench.raw`) of the
same run, and the two are asked in turn, so that a change of the machine's load meets both. The backend is asked in
process, through ASGI. Texts are made before the clock starts; answers of reads and searches are decoded on both sides.
"""

import asyncio
import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from bench.raw import Raw
from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import ROOT, open_backend

FAMILIES = ["Lefèvre", "Martin", "Bernard", "Dubois", "Petit", "Durand", "Moreau", "García", "Noël", "Œuvrard"]
SCORES = "https://portail.fondation-fondamental.org/fhir/CodeSystem/score"
ROUNDS, BULK, BULK_COUNTED, TURNS = 200, 200, 100_000, 20
SMALL, LARGE = (1000, 20_000), (100_000, 2_000_000)
SEARCHES = {
    "page": "Observation?subject=Patient/p{p}&_count=20",
    "page_sorted": "Observation?subject=Patient/p{p}&_sort=-date&_count=20",
    "name": "Patient?given:exact=Prénom{p}&_count=20",
    "include": "Observation?subject=Patient/p{p}&_count=20&_include=Observation:subject",
    "chain": "Observation?subject:Patient.identifier=urn:fondacode|F{p:07d}&_count=20",
    "has": "Patient?_has:Observation:subject:code=score-{s}&identifier=urn:fondacode|F{p:07d}",
    "code_and_patient": "Observation?patient=p{p}&code=score-{c}",
    "count_of_all": "Observation?_summary=count",
    "patients_by_name": "Patient?_sort=family,_id&_count=25&_page=3",
    "code_without_total": "Observation?code=score-{s}&_count=20&_total=none",
}
"""Their answers do not grow with the store."""
COUNTED = "Observation?code=score-{s}&_count=20"
"""Its total does: what matches is counted once, then remembered until the next write."""


def patient(n: int, luck: random.Random) -> dict[str, Any]:
    born = f"{luck.randrange(1940, 2005)}-{luck.randrange(1, 13):02d}-{luck.randrange(1, 29):02d}"
    return {
        "resourceType": "Patient", "id": f"p{n}", "identifier": [{"system": "urn:fondacode", "value": f"F{n:07d}"}],
        "name": [{"family": f"{luck.choice(FAMILIES)} {n % 997}", "given": [f"Prénom{n}"]}],
        "birthDate": born, "gender": "female",
    }  # fmt: skip


def observation(n: int, patients: int, luck: random.Random, id_: str = "") -> dict[str, Any]:
    at = f"{luck.randrange(2024, 2027)}-{luck.randrange(1, 13):02d}-{luck.randrange(1, 29):02d}T10:00:00Z"
    score = code_of(n % patients, n // patients)
    return {
        "resourceType": "Observation", "id": id_ or f"o{n}", "status": "final",
        "code": {"coding": [{"system": SCORES, "code": f"score-{score}", "display": f"Score {score}"}]},
        "subject": {"reference": f"Patient/p{n % patients}"}, "effectiveDateTime": at,
        "valueQuantity": {"value": luck.randrange(28), "unit": "points"},
    }  # fmt: skip


def code_of(patient: int, turn: int) -> int:
    """Each patient has another score at each turn, and every score is as frequent."""
    return (patient + turn) % 40


Ready = Callable[[], Awaitable[Any]]
"""A request that is made and only has to be sent."""
Work = Callable[[int], Ready]
"""Makes the request of one round."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks the application itself: what an HTTP client costs on its own side is not the backend's."""

    app: Any

    def prepared(self, method: str, url: str, body: bytes = b"") -> "Ready":
        path, _, query = url.partition("?")
        raw = f"/fhir/{path}".encode()
        scope = {
            "type": "http", "method": method, "path": raw.decode(), "raw_path": raw,
            "query_string": quote(query, safe="=&:").encode(),
            "headers": [
                (b"authorization", b"Bearer root"), (b"content-type", b"application/fhir+json"), (b"host", b"records"),
            ],
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        async def ask() -> Any:
            await self.app(scope, receive, send)
            assert sent[0]["status"] in {200, 201}, sent
            return json.loads(sent[1]["body"]) if method == "GET" else None

        return ask


async def in_turn(*works: Work, rounds: int = ROUNDS, warm: bool = True) -> list[float]:
    """The median of each, all asked once before any is asked again; with `warm`, each question for the second time.

    Else a small store, which SQLite keeps in memory, is compared with the disk under a large one.
    """
    for i in range(rounds if warm else 0):
        for work in works:
            await work(i)()
    took: list[list[float]] = [[] for _ in works]
    for i in range(rounds):
        for work, times in zip(works, took, strict=True):
            send = work(i)
            start = time.perf_counter()
            await send()
            times.append((time.perf_counter() - start) * 1000)
    return [median(times) for times in took]


def bundle(resources: list[dict[str, Any]]) -> bytes:
    entries = [
        {"request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}, "resource": r} for r in resources
    ]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()


def plain(work: Callable[[Any], Any], about: Callable[[int], Any]) -> Work:
    """The same of a function of the baseline, `about` the i-th thing."""

    def ready(i: int) -> Ready:
        what = about(i)

        async def run() -> Any:
            return work(what)

        return run

    return ready


async def load(caller: Caller, raw: Raw, patients: int, observations: int) -> dict[str, int]:
    """Both stores, by transactions of 200; how many resources a second the backend took, of the first and of all."""
    luck = random.Random(1)
    seconds, done, first = 0.0, 0, 0.0
    for make, count in (
        (lambda n: patient(n, luck), patients),
        (lambda n: observation(n, patients, luck), observations),
    ):
        for begin in range(0, count, BULK):
            text = bundle([make(n) for n in range(begin, min(begin + BULK, count))])
            send = caller.prepared("POST", "", text)
            start = time.perf_counter()
            await send()
            seconds += time.perf_counter() - start
            raw.transaction(text)
            done += min(BULK, count - begin)
            if done <= BULK_COUNTED:
                first = seconds
    counted = min(done, BULK_COUNTED)
    return {"resources": counted, "per_second": round(counted / first), "per_second_of_all": round(done / seconds)}


async def measure(patients: int, observations: int, kept: Path | None = None) -> dict[str, Any]:
    """In a folder of its own; or in `kept`, where a later run measures what an earlier one loaded."""
    with tempfile.TemporaryDirectory(prefix="portal-records-") as name:
        folder = kept or Path(name)
        folder.mkdir(exist_ok=True)
        backend = await open_backend(
            folder, clock=SystemClock(), chance=SystemChance(), authenticate={"root": ROOT}.get
        )
        raw, caller = Raw(folder / "raw.sqlite"), Caller(backend.asgi)
        bulk = None if raw.observations() else await load(caller, raw, patients, observations)
        gc.collect()
        gc.freeze()  # as the portal does once it has started
        found = await compare(caller, raw, patients, raw.observations())
        await backend.close()
        raw.db.close()
        size = (folder / "records.sqlite").stat().st_size
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return {**found, "bulk_load": bulk, "resident_mb": memory, "file_mb": round(size / 1_000_000, 1)}


async def compare(caller: Caller, raw: Raw, patients: int, observations: int) -> dict[str, Any]:
    luck = random.Random(2)
    singles = [json.dumps(observation(i, patients, luck, f"new{i}")).encode() for i in range(ROUNDS)]
    many = [bundle([observation(n, patients, luck, f"t{i}-{n}") for n in range(50)]) for i in range(40)]

    def asking(query: str) -> Work:
        def ready(i: int) -> Ready:
            j = i * 7919  # spread over the store, so that caches do not answer
            p = j % patients
            return caller.prepared("GET", query.format(p=p, o=j % observations, s=i % 40, c=code_of(p, i % TURNS)))

        return ready

    raw_read, read = await in_turn(plain(raw.read, lambda i: f"o{i * 7919 % observations}"), asking("Observation/o{o}"))
    raw_page, page = await in_turn(
        plain(raw.page, lambda i: f"Patient/p{i * 7919 % patients}"), asking(SEARCHES["page"])
    )
    searches = await in_turn(*(asking(query) for query in SEARCHES.values()))
    counted = (await in_turn(asking(COUNTED), rounds=20))[0]
    raw_create, create = await in_turn(
        plain(raw.create, singles.__getitem__),
        lambda i: caller.prepared("PUT", f"Observation/new{i}", singles[i]),
        warm=False,
    )
    raw_many, transaction = await in_turn(
        plain(raw.transaction, many.__getitem__),
        lambda i: caller.prepared("POST", "", many[i]),
        rounds=len(many),
        warm=False,
    )
    base = {"read": raw_read, "create": raw_create, "transaction_50": raw_many, "page": raw_page}
    ours = {"read": read, "create": create, "transaction_50": transaction, "page": page}
    found = dict(zip(SEARCHES, searches, strict=True))
    return {
        "patients": patients, "observations": observations,
        "backend_ms": {key: round(value, 3) for key, value in {**found, **ours, "code_with_total": counted}.items()},
        "raw_sqlite_ms": {key: round(value, 3) for key, value in base.items()},
        "ratio_to_raw_sqlite": {key: round(ours[key] / base[key], 2) for key in base},
        "ratio_to_page": {key: round(found[key] / found["page"], 2) for key in ("include", "chain", "has")},
    }  # fmt: skip


def both() -> dict[str, Any]:
    """The two sizes, each in a process of its own, because memory is measured; and the growth of what is searched."""
    small, large = (
        json.loads(subprocess.run([sys.executable, "-m", "bench.records", *map(str, size)], check=True, stdout=subprocess.PIPE).stdout)
        for size in (SMALL, LARGE)
    )  # fmt: skip
    growth = {key: round(large["backend_ms"][key] / small["backend_ms"][key], 2) for key in ["read", *SEARCHES]}
    raw = {key: round(large["raw_sqlite_ms"][key] / small["raw_sqlite_ms"][key], 2) for key in ("read", "page")}
    return {"small": small, "large": large, "growth": growth, "growth_of_raw_sqlite": raw}


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments == ["--scale", "full"]:
        print(json.dumps(both(), indent=2))
    elif "--in" in arguments:
        size = [int(a) for a in arguments[:-2]] or SMALL
        print(json.dumps(asyncio.run(measure(*size, Path(arguments[-1]))), indent=2))
    else:
        print(json.dumps(asyncio.run(measure(*([int(a) for a in arguments] or SMALL))), indent=2))
