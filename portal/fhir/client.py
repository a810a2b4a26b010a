"""The FHIR server as one signed-in person sees it. fhirpy gives the words to ask; our transport carries them; data stay plain dicts."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, cast

from fhirpy import AsyncFHIRClient
from fhirpy.base.utils import AttrDict
from httpx import QueryParams

from portal.fhir.answers import Page, page_of, total_of, versions_in, written_in
from portal.fhir.bundles import Transaction, version_read
from portal.fhir.jsons import dumps, loads
from portal.fhir.transport import Transport
from portal.types import Json

Query = Mapping[str, str | int | Sequence[str | int]]
"""Search parameters by their FHIR names, such as {"patient": "p1", "date": ["ge2026-01-01", "lt2027-01-01"]}: a list is AND."""


class FHIRClient(AsyncFHIRClient):
    """Calls carry this person's token, renewed at each call by `authorize`, which returns the whole Authorization header.

    Build searches with fhirpy (`client.resources("Task").search(patient="p1").sort("-date")`) and run them with `find`,
    or give the parameters as a dict.
    """

    def __init__(self, transport: Transport, authorize: Callable[[], str]) -> None:
        super().__init__(transport.base)
        self.transport = transport
        self.authorize = authorize

    # ── reading ────────────────────────────────────────────────────────────────────────────────

    async def read(self, kind: str, id_: str) -> Json:
        return await self.call("GET", f"{kind}/{id_}")

    async def follow(self, reference: str) -> Json:
        """The resource that a literal reference ("Patient/p1", also with /_history/n) names."""
        return await self.call("GET", reference)

    async def history(self, kind: str, id_: str) -> list[Json]:
        """All versions, newest first, deletions left out. One that is written meanwhile moves the pages: none comes twice."""
        found: dict[str, Json] = {}
        page: str | None = f"{kind}/{id_}/_history"
        while page is not None:
            versions, page = versions_in(await self.call("GET", page))
            found |= versions
        return list(found.values())

    async def find(self, search: Any, params: Query | None = None, *, private: bool = False) -> Page:
        """One page. `search` is a fhirpy search set, or a resource type followed by its parameters.

        `private` sends the parameters in the body (POST _search): for names, contacts and numbers of people, which
        must not stand in an address that a proxy logs.
        """
        kind, query = (search, params or {}) if isinstance(search, str) else (search.resource_type, search.params)
        if private:
            return page_of(kind, await self.call("POST", f"{kind}/_search", form=_flat(query)))
        return page_of(kind, await self.call("GET", kind, params=_flat(query)))

    async def turn(self, kind: str, next_link: str) -> Page:
        """The page that a `next_link` names."""
        return page_of(kind, await self.call("GET", next_link))

    async def every(self, search: Any, params: Query | None = None) -> AsyncIterator[Json]:
        """Each match over all pages. For lists that are short by nature; screens page instead."""
        page = await self.find(search, params)
        kind = search if isinstance(search, str) else search.resource_type
        while True:
            for resource in page.resources:
                yield resource
            if page.next_link is None:
                return
            page = await self.turn(kind, page.next_link)

    async def all(self, search: Any, params: Query | None = None) -> list[Json]:
        return [resource async for resource in self.every(search, params)]

    async def first_match(self, kind: str, params: Query) -> Json | None:
        page = await self.find(kind, {**params, "_count": 1})
        return page.resources[0] if page.resources else None

    async def total(self, kind: str, params: Query) -> int:
        return total_of(await self.call("GET", kind, params=_flat({**params, "_summary": "count"})))

    # ── writing ────────────────────────────────────────────────────────────────────────────────

    async def add(self, resource: Json, *, if_none_exist: Query | None = None) -> Json:
        """Create; with `if_none_exist` the existing match is returned instead. A body id is honoured."""
        headers = {"If-None-Exist": str(_encoded(if_none_exist))} if if_none_exist else {}
        return await self.call("POST", resource["resourceType"], data=resource, headers=headers)

    async def replace(self, resource: Json) -> Json:
        """Update the version that was read; `VersionConflict` when somebody changed it in between."""
        headers = {"If-Match": f'W/"{version_read(resource)}"'}
        return await self.call("PUT", f"{resource['resourceType']}/{resource['id']}", data=resource, headers=headers)

    async def amend(self, kind: str, id_: str, changes: Json, *, version: str) -> Json:
        """Merge patch of the version that was read: null removes an element."""
        headers = {"Content-Type": "application/merge-patch+json", "If-Match": f'W/"{version}"'}
        return await self.call("PATCH", f"{kind}/{id_}", data=changes, headers=headers)

    async def commit(self, transaction: Transaction) -> list[Json]:
        """All writes or none. Returns the stored resource of each entry, in order (empty dict where none came back)."""
        if not transaction.entries:
            return []
        bundle = await self.call("POST", "", data=transaction.render(), headers={"Prefer": "return=representation"})
        return written_in(bundle, len(transaction.entries))

    async def call(
        self,
        method: str,
        path: str,
        *,
        data: object = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> Any:
        answer = await self.transport.send(
            method, path, authorization=self.authorize(), data=data, params=params, headers=headers, form=form
        )
        return answer.body

    # ── fhirpy's two private hooks, so that all of fhirpy goes through our transport ───────────

    async def _do_request(  # type: ignore[override]
        self,
        method: str,
        path: str,
        data: Any = None,
        params: Any = None,
        extra_headers: Any = None,
        *,
        returning_status: bool = False,
    ) -> Any:
        answer = await self.transport.send(
            method.upper(),
            path,
            authorization=self.authorize(),
            data=data,
            params=_flat(cast("Query", params or {})),
            headers=extra_headers,
        )
        body = loads_attr(dumps(answer.body)) if answer.body is not None else None
        return (body, answer.status) if returning_status else body

    def _build_request_url(self, path: str, params: Any) -> str:
        del params
        return self.transport.url(path)


def loads_attr(content: bytes) -> Any:
    """Fhirpy's search sets read answers by attribute."""
    return _attributes(loads(content))


def _attributes(value: Any) -> Any:
    if isinstance(value, dict):
        return AttrDict({key: _attributes(item) for key, item in cast("Json", value).items()})
    if isinstance(value, list):
        return [_attributes(item) for item in cast("list[Any]", value)]
    return value


def _flat(params: Query) -> dict[str, Any]:
    return {
        key: [str(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
        for key, value in params.items()
    }


def _encoded(params: Query) -> str:
    return str(QueryParams(_flat(params)))
