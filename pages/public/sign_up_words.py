"""The kinds of account that one may ask for: their names, and the addresses of their pages."""

from collections.abc import Mapping
from types import MappingProxyType

from portal.access import Role
from portal.i18n import N_

PATHS: Mapping[Role, str] = MappingProxyType(
    {
        Role.PATIENT: "patient",
        Role.PRACTITIONER: "praticien",
        Role.PSYCHIATRIST: "psychiatre",
        Role.PSYCHOLOGIST: "psychologue",
        Role.NURSE: "infirmier",
        Role.CARE_COORDINATOR: "coordinateur",
        Role.ARC: "arc",
    }
)
NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.PATIENT: N_("Patient"),
        Role.PRACTITIONER: N_("Practitioner"),
        Role.PSYCHIATRIST: N_("Psychiatrist"),
        Role.PSYCHOLOGIST: N_("Psychologist"),
        Role.NURSE: N_("Nurse"),
        Role.CARE_COORDINATOR: N_("Care coordinator"),
        Role.ARC: N_("Clinical research associate (ARC)"),
    }
)
GENDERS = (
    ("female", N_("Woman")),
    ("male", N_("Man")),
    ("other", N_("Other")),
)
START = "/inscription"
WAITING = "/en-attente"
WELCOME = "/bienvenue"


def role_at(path: str) -> Role | None:
    """The role whose page has this address."""
    return next((role for role, name in PATHS.items() if name == path), None)


def address_of(role: Role, tab: str = "") -> str:
    """The page of a sign-up; with `tab`, of the one that this tab has begun."""
    return f"{START}/{PATHS[role]}" + (f"/{tab}" if tab else "")
