"""The acting person, as access rules see them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is here. Codes of `PractitionerRole.code`, plus `patient`, `relative` and the portal's own `service`.

    `admin` administers the foundation's portal, `organization-admin` the people of their own organisations. A `relative`
    holds a link to one form and no account.
    """

    PATIENT = "patient"
    RELATIVE = "relative"
    PSYCHIATRIST = "psychiatrist"
    PSYCHOLOGIST = "psychologist"
    NURSE = "nurse"
    CARE_COORDINATOR = "care-coordinator"
    PRACTITIONER = "practitioner"
    ARC = "arc"
    ORGANIZATION_ADMIN = "organization-admin"
    ADMIN = "admin"
    SERVICE = "service"


CARE_ROLES = frozenset({Role.PSYCHIATRIST, Role.PSYCHOLOGIST, Role.NURSE, Role.CARE_COORDINATOR, Role.PRACTITIONER})
ADMIN_ROLES = frozenset({Role.ADMIN, Role.ORGANIZATION_ADMIN})


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Post:
    """One care role held in one centre."""

    organization: str
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """One signed-in person in one role.

    `user` is the account's id; `reference` the FHIR resource they are (Patient/…, Practitioner/…); `roles` the
    references of their PractitionerRoles; `organizations` ids of every centre they work for (care and administration);
    `trials` ids of the ResearchStudies that an ARC follows. `posts` says in which care role they work in which centre,
    for who holds several; when empty, they are `role` in all of them. `name` and `initials` are only for their own
    screen.
    """

    user: str
    role: Role
    reference: str
    name: str
    initials: str = ""
    roles: tuple[str, ...] = ()
    organizations: frozenset[str] = frozenset()
    posts: frozenset[Post] = frozenset()
    trials: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """Id of the FHIR resource they are."""
        return self.reference.split("/")[-1]

    @property
    def gives_care(self) -> bool:
        return self.role in CARE_ROLES

    @property
    def held(self) -> frozenset[Role]:
        """The roles whose rights they have in this session: the care roles of all their posts, or the one role."""
        return frozenset(post.role for post in self.posts) | {self.role}

    def centres_as(self, roles: Collection[Role]) -> frozenset[str]:
        """Centres where they hold one of these roles."""
        if self.posts:
            return frozenset(post.organization for post in self.posts if post.role in roles)
        return self.organizations if self.role in roles else frozenset()
