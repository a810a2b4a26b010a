"""What a server's answer says: a resource, or why it was refused. A server, or a proxy before it, may answer anything."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from portal.errors import Unavailable
from portal.fhir.jsons import loads
from portal.types import Json

NO_CONTENT = frozenset({204, 304})


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a search. `included` holds what `_include` and `_revinclude` brought, by reference ("Patient/p1")."""

    resources: list[Json]
    total: int
    next_link: str | None = None
    included: Mapping[str, Json] = field(default_factory=dict[str, Json])


def resource_in(response: httpx.Response, *, may_be_empty: bool) -> Json | None:
    """The resource of an answer that is none of a refusal. ValueError when there is something else in its place."""
    if response.status_code in NO_CONTENT or (may_be_empty and not response.content):
        return None
    body = loads(response.content)
    if not (body.get("resourceType") if isinstance(body, dict) else None):
        raise ValueError("no resource")
    return cast("Json", body)


def issues_in(response: httpx.Response) -> list[Json]:
    """Of an OperationOutcome; none in any other answer."""
    try:
        body = loads(response.content)
    except ValueError:
        return []
    if not isinstance(body, dict) or body.get("resourceType") != "OperationOutcome":
        return []
    issues = body.get("issue")
    return [issue for issue in issues if isinstance(issue, dict)] if isinstance(issues, list) else []


def page_of(kind: str, bundle: Json) -> Page:
    """Unavailable when this is no search's answer."""
    with _reading(bundle):
        matches: list[Json] = []
        included: dict[str, Json] = {}
        for entry in bundle.get("entry", []):
            resource: Json = entry["resource"]
            if resource["resourceType"] == "OperationOutcome" and kind != "OperationOutcome":
                continue  # what the server remarks of the search (search.mode "outcome"), which has no id
            if entry.get("search", {}).get("mode", "match") == "match" and resource["resourceType"] == kind:
                matches.append(resource)
            else:
                included[f"{resource['resourceType']}/{resource['id']}"] = resource
        total = int(bundle.get("total", len(matches)))
        return Page(resources=matches, total=total, next_link=_next(bundle), included=included)


def total_of(bundle: Json) -> int:
    """Unavailable when this is no search's answer."""
    with _reading(bundle):
        return int(bundle["total"])


def versions_in(bundle: Json) -> tuple[dict[str, Json], str | None]:
    """Resources by their version in the order of a history, deletions left out, and the link to its next page.
    Unavailable when this is no history.
    """
    with _reading(bundle):
        stored: list[Json] = [entry["resource"] for entry in bundle.get("entry", []) if "resource" in entry]
        return {str(resource["meta"]["versionId"]): resource for resource in stored}, _next(bundle)


def written_in(bundle: Json, entries: int) -> list[Json]:
    """The stored resource of each entry of a transaction, an empty dict where none came back. Unavailable, perhaps done,
    when this is not the answer to so many entries.
    """
    with _reading(bundle, maybe_done=True):
        found: list[Json] = [entry.get("resource", {}) for entry in bundle["entry"]]
        if len(found) != entries:
            raise ValueError("not an answer to each entry")
        return found


def _next(bundle: Json) -> str | None:
    links: dict[str, Any] = {link["relation"]: link["url"] for link in bundle.get("link", [])}
    return links.get("next")


@contextmanager
def _reading(bundle: Json, *, maybe_done: bool = False) -> Generator[None]:
    """Around what takes a bundle apart: another shape than a bundle's is not an answer."""
    try:
        if bundle["resourceType"] != "Bundle":
            raise ValueError("no bundle")
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise Unavailable(maybe_done=maybe_done) from None
