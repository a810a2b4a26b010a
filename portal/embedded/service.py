"""Answers FHIR requests: checks the right, then runs the interaction where it belongs (on the spot, reader, writer)."""

from collections.abc import Callable
from typing import Any, TypeVar

from portal.embedded.access import Guard
from portal.embedded.binary import as_bytes, from_bytes
from portal.embedded.bundles import opened, read_entry, refused_entry, response_bundle, response_entry, transact
from portal.embedded.engine import Engine
from portal.embedded.failures import failure
from portal.embedded.indexing import follow
from portal.embedded.messages import Answer, Request
from portal.embedded.operations import operate
from portal.embedded.outcome import Refusal, refuse
from portal.embedded.reading import get, read
from portal.embedded.search.run import Totals
from portal.embedded.store import Store, Unit
from portal.embedded.subscriptions import Subscriptions
from portal.embedded.writing import write
from portal.types import Json

T = TypeVar("T")


class Service:
    def __init__(self, store: Store, engine: Engine, guard: Guard, subscriptions: Subscriptions) -> None:
        self.subscriptions = subscriptions
        self.store = store
        self.totals = Totals()
        self.engine = engine
        self.guard = guard

    def answer_at_once(self, request: Request) -> Answer | None:
        """A read of one resource, which is too quick to be worth a thread; None for everything else."""
        if len(request.path) != 2 or request.path[1].startswith(("_", "$")):
            return None
        type_, id_ = request.path
        self.engine.known(type_)
        self.allow(request)
        answer = read(request, self.store.find(type_, id_), self.engine.definitions)
        return as_bytes(request, answer) if type_ == "Binary" else answer

    async def answer(self, request: Request) -> Answer:
        """Refusal for everything that is not done."""
        if not request.path and request.method == "POST":
            return await self.bundle(request)
        if request.path and request.path[-1].startswith("$"):
            self.allow(request)
            return await self.store.read(lambda connection: operate(connection, self.engine, request))
        self.engine.known(request.path[0] if request.path else "")
        self.allow(request)
        if request.path[1:] == ("_search",):
            if request.method != "POST":
                raise refuse(405, "not-supported", "A search at this address is posted")
            return await self._get(request)
        if request.method in {"GET", "HEAD"}:
            return self.answer_at_once(request) or await self._get(request)
        return await self._write(request)

    async def _get(self, request: Request) -> Answer:
        generation = self.store.generation
        answer = await self.store.read(
            lambda connection: get(connection, self.engine, request, self.totals, generation)
        )
        one_version = len(request.path) == 4
        return as_bytes(request, answer) if one_version and request.path[0] == "Binary" else answer

    def allow(self, request: Request) -> None:
        self.store.read_now(lambda connection: self.guard.check(connection, request))

    async def bundle(self, request: Request) -> Answer:
        """Each entry needs its own right."""
        if request.identity is None:
            self.allow(request)
        kind, items = opened(request)
        if kind == "transaction":
            found = [read_entry(request, item, i, kind) for i, item in enumerate(items)]
            for entry in found:
                self.allow(entry.request)
            literal = bool(request.raw) and b"?" not in request.raw and b"\\u003f" not in request.raw.lower()
            answers = await self.store.write(
                lambda unit: self._whole(unit, request, lambda: transact(unit, self.engine, found, literal=literal))
            )
        else:
            answers = [await self._alone(request, item, i, kind) for i, item in enumerate(items)]
        return Answer(status=200, body=response_bundle("transaction" if kind == "transaction" else "batch", answers))

    async def _alone(self, outer: Request, item: Any, position: int, kind: str) -> Json:
        """Whatever befalls one entry is the answer of that entry: those before it are stored."""
        try:
            request = read_entry(outer, item, position, kind).request
            return response_entry(request, await self.answer(request))
        except Refusal as refusal:
            return refused_entry(refusal)
        except Exception as problem:  # noqa: BLE001 – as of a whole request
            return refused_entry(failure(problem, f"{outer.headers.get('x-request-id', '')[:100]}[{position}]"))

    async def _write(self, request: Request) -> Answer:
        if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
            raise refuse(405, "not-supported", f"Method {request.method} is not supported")
        if request.path[0] == "Binary":
            request = from_bytes(request)
        return await self.store.write(
            lambda unit: self._whole(unit, request, lambda: write(unit, self.engine, request))
        )

    def _whole(self, unit: Unit, request: Request, work: Callable[[], T]) -> T:
        """Does the work and what must hold, or happen, with it: whole references, fresh indexes, events."""
        unit.correlation = request.headers.get("x-topic-correlation-id", "")[:200]
        result = work()
        self.engine.finish(unit)
        follow(unit, self.engine)
        self.subscriptions.follow(unit)
        return result
