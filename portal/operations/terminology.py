"""The portal's own codes as FHIR terminology, so that whoever reads its resources can look a code up."""

from collections.abc import Iterable, Mapping

from portal.access import Role
from portal.authoring import Catalogue
from portal.fhir import systems
from portal.people import NETWORKS
from portal.record import STOP_REASONS, psychotropics
from portal.types import Json

VALUE_SET = f"{systems.BASE}/ValueSet"


def terminology(catalogue: Catalogue) -> list[Json]:
    """CodeSystems of roles, networks, instruments and reasons to stop; the value set of psychotropic substances (ATC)."""
    return [
        _code_system("role", systems.ROLE, {str(role): str(role) for role in Role}),
        _code_system("network", systems.NETWORK, {name: name for name in NETWORKS}),
        _code_system("questionnaire", systems.INSTRUMENT, {form.code: form.title("fr") for form in catalogue}),
        _code_system("stop-reason", systems.STOP_REASON, STOP_REASONS),
        _substances(),
    ]


def _code_system(name: str, url: str, codes: Mapping[str, str]) -> Json:
    return {
        "resourceType": "CodeSystem",
        "id": f"portal-{name}",
        "url": url,
        "name": _name(name),
        "status": "active",
        "caseSensitive": True,
        "content": "complete",
        "count": len(codes),
        "concept": [{"code": code, "display": display} for code, display in codes.items()],
    }


def _substances() -> Json:
    drugs = {one.atc: one.name for one in psychotropics().substances}
    return {
        "resourceType": "ValueSet",
        "id": "portal-psychotropics",
        "url": f"{VALUE_SET}/psychotropics",
        "name": "Psychotropics",
        "status": "active",
        "compose": {"include": [{"system": systems.ATC, "concept": _concepts(drugs.items())}]},
    }


def _concepts(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"code": code, "display": display} for code, display in sorted(pairs)]


def _name(text: str) -> str:
    return "".join(part.capitalize() for part in text.split("-"))
