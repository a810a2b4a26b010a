"""The acting person, as access rules see them."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is here. Codes of `PractitionerRole.code`, plus `patient` and the portal's own `service`."""

    PATIENT = "patient"
    PSYCHIATRIST = "psychiatrist"
    PSYCHOLOGIST = "psychologist"
    NURSE = "nurse"
    CARE_COORDINATOR = "care-coordinator"
    PRACTITIONER = "practitioner"
    ARC = "arc"
    ADMIN = "admin"
    SERVICE = "service"


CARE_ROLES = frozenset({Role.PSYCHIATRIST, Role.PSYCHOLOGIST, Role.NURSE, Role.CARE_COORDINATOR, Role.PRACTITIONER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """One signed-in person in one role.

    `user` is the account's id; `reference` the FHIR resource they are (Patient/…, Practitioner/…); `roles` the
    references of their PractitionerRoles; `organizations` ids of the centres they work for (care and administration);
    `trials` ids of the ResearchStudies that an ARC follows. `name` and `initials` are only for their own screen.
    """

    user: str
    role: Role
    reference: str
    name: str
    initials: str = ""
    roles: tuple[str, ...] = ()
    organizations: frozenset[str] = frozenset()
    trials: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """Id of the FHIR resource they are."""
        return self.reference.split("/")[-1]

    @property
    def gives_care(self) -> bool:
        return self.role in CARE_ROLES
