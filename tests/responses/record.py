"""A record server of a few lines, which can fail at any step: for proofs of what is kept when things go wrong."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from portal.errors import NotFound, Unavailable, VersionConflict
from portal.fhir import Page, Transaction
from portal.types import Json


@dataclass
class Record:
    """Versions of each resource by reference. `fault` is asked before and after each write; it may raise."""

    versions: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    fault: Callable[[str], None] = lambda _moment: None

    async def read(self, kind: str, id_: str) -> Json:
        self.fault("read")
        if not self.versions[f"{kind}/{id_}"]:
            raise NotFound(status=404)
        return deepcopy(self.versions[f"{kind}/{id_}"][-1])

    async def history(self, kind: str, id_: str) -> list[Json]:
        return deepcopy(self.versions[f"{kind}/{id_}"][::-1])

    async def add(self, resource: Json) -> Json:
        return self._put(resource)

    async def replace(self, resource: Json) -> Json:
        self.fault("before")
        self._check(resource)
        stored = self._put(resource)
        self.fault("after")
        return stored

    async def commit(self, transaction: Transaction) -> list[Json]:
        self.fault("before")
        for entry in transaction.entries:
            if entry.if_match is not None:
                self._check(entry.resource or {})
        stored = [self._write(entry) for entry in transaction.entries]
        self.fault("after")
        return stored

    async def find(self, kind: str, params: Mapping[str, Any] | None = None) -> Page:
        self.fault("read")
        found = [deepcopy(each[-1]) for name, each in self.versions.items() if name.startswith(f"{kind}/") and each]
        found = [each for each in found if _matches(each, params or {})]
        return Page(resources=found, total=len(found))

    async def all(self, kind: str, params: Mapping[str, Any] | None = None) -> list[Json]:
        return (await self.find(kind, params)).resources

    async def every(self, kind: str, params: Mapping[str, Any] | None = None) -> AsyncIterator[Json]:
        for resource in (await self.find(kind, params)).resources:
            yield resource

    def of(self, kind: str) -> list[Json]:
        """The present version of each resource of a kind."""
        return [each[-1] for name, each in self.versions.items() if name.startswith(f"{kind}/") and each]

    def _write(self, entry: Any) -> Json:
        resource = entry.resource
        known = self.versions[f"{resource['resourceType']}/{resource['id']}"]
        if entry.if_none_exist and known:
            return deepcopy(known[-1])
        return self._put(resource)

    def _check(self, resource: Json) -> None:
        known = self.versions[f"{resource['resourceType']}/{resource['id']}"]
        if not known or known[-1]["meta"]["versionId"] != resource["meta"]["versionId"]:
            raise VersionConflict(status=412)

    def _put(self, resource: Json) -> Json:
        known = self.versions[f"{resource['resourceType']}/{resource['id']}"]
        meta = {**resource.get("meta", {}), "versionId": str(len(known) + 1)}
        known.append(deepcopy({**resource, "meta": meta}))
        return deepcopy(known[-1])


def _matches(resource: Json, params: Mapping[str, Any]) -> bool:
    for name, wanted in params.items():
        values = str(wanted).split(",")
        if name == "status" and resource.get("status") not in values:
            return False
        who = resource.get("for") or resource.get("subject") or resource.get("individual") or {}
        if name in {"patient", "subject"} and who.get("reference") not in values:
            return False
        if name == "owner" and resource.get("owner", {}).get("reference") not in values:
            return False
    return True


def away(_moment: str) -> None:
    """The server cannot be reached."""
    raise Unavailable


def answer_lost(moment: str) -> None:
    """The write happens, its answer never arrives."""
    if moment == "after":
        raise Unavailable(maybe_done=True)
