"""Is what the init bundle brings on the server, and as this release has it."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from portal.errors import RecordError
from portal.fhir import FHIRClient
from portal.fhir.jsons import dumps, loads
from portal.i18n import N_
from portal.operations.findings import Finding, fault, ok, warning
from portal.types import Json

BY_BUNDLE = N_("Apply the init bundle: portal aidbox render-init-bundle (docs/deploy.md).")
BY_START = N_("The portal renews them at its next start.")
OF_THE_SERVER = ("AccessPolicy", "TokenIntrospector", "AidboxSubscriptionTopic", "AidboxTopicDestination")
OF_THE_PORTAL = ("Questionnaire", "PlanDefinition", "ResearchStudy", "CodeSystem", "ValueSet")
SHOWN = 5  # ids that a sentence names


async def content_findings(service: FHIRClient, bundle: Json) -> AsyncIterator[Finding]:
    wanted: dict[str, dict[str, Json]] = {}
    for entry in loads(dumps(bundle))["entry"]:
        wanted.setdefault(entry["resource"]["resourceType"], {})[entry["resource"]["id"]] = entry["resource"]
    for kind in (*OF_THE_SERVER, *OF_THE_PORTAL):
        if kind not in wanted:
            continue
        try:
            stored = {one["id"]: one async for one in service.every(kind, {"_count": 200})}
        except RecordError as problem:
            yield fault(N_("{kind} cannot be read ({status})."), BY_BUNDLE, kind=kind, status=problem.status or "–")
            continue
        for finding in compared(kind, wanted[kind], stored):
            yield finding


def compared(kind: str, wanted: Mapping[str, Json], stored: Mapping[str, Json]) -> Iterable[Finding]:
    """What is missing, what differs, and access policies that are not ours."""
    missing = sorted(wanted.keys() - stored.keys())
    differing = sorted(id_ for id_ in wanted.keys() & stored.keys() if not _holds(stored[id_], wanted[id_]))
    if kind == "ResearchStudy":
        differing = []  # its centres are the administrator's
    server = kind in OF_THE_SERVER
    if missing:
        told = fault if server else warning
        yield told(
            N_("{kind}: {count} missing ({ids})."), BY_BUNDLE if server else BY_START, kind=kind, count=len(missing),
            ids=_some(missing),
        )  # fmt: skip
    if differing:
        yield warning(
            N_("{kind}: {count} not as this release has them ({ids})."), BY_BUNDLE if server else BY_START, kind=kind,
            count=len(differing), ids=_some(differing),
        )  # fmt: skip
    strangers = sorted(stored.keys() - wanted.keys()) if kind == "AccessPolicy" else []
    if strangers:
        yield warning(
            N_("{count} access policies are not the portal's ({ids}): each may open more."),
            N_("Take away those that nobody needs. A policy that an older release made is one of them."),
            count=len(strangers),
            ids=_some(strangers),
        )
    if not missing and not differing and not strangers:
        yield ok(N_("{kind}: all {count} are there."), kind=kind, count=len(wanted))


def _holds(stored: Any, wanted: Any) -> bool:
    """Whether the server kept all of it; it may add what it likes, and `meta` is its own."""
    if isinstance(wanted, dict):
        return isinstance(stored, dict) and all(
            name in stored and _holds(stored[name], value) for name, value in wanted.items() if name != "meta"
        )
    if isinstance(wanted, list):
        return isinstance(stored, list) and len(stored) == len(wanted) and all(map(_holds, stored, wanted))
    return stored == wanted


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:SHOWN]) + (", …" if len(ids) > SHOWN else "")
