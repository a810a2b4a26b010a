"""Wall 2: the access rules that the FHIR server itself applies to each person's token, as `AccessPolicy` resources.

Each is made from the table of rights (`rules.py`, through `grants.py`): Aidbox runs its SQL, the embedded backend its
Python twin of the same id. What no policy allows is denied, whatever the portal's own code does.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from portal.access.facts import Record
from portal.access.grants import grants
from portal.access.sight import allowed
from portal.access.sql import query
from portal.types import Json

Twin = Callable[[Record, Json], bool]

MARK = "portal-"
"""How the ids of the portal's own policies begin."""

RESTS_ON: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "followed": frozenset({"EpisodeOfCare"}),
        "open": frozenset({"Patient", "Practitioner"}),
        "posts": frozenset({"PractitionerRole"}),
        "teams": frozenset({"Group"}),
    }
)
"""What twins may remember, and the types whose change ends it: a right withdrawn stops with the commit that withdraws it."""


def policies() -> list[Json]:
    """The whole set, in order of id. Written at each start, so that the server always has today's."""
    return [
        {"resourceType": "AccessPolicy", "id": MARK + grant.id, "engine": "sql", "sql": {"query": query(grant)}}
        for grant in grants()
    ]


def twins() -> dict[str, Twin]:
    """The Python of each policy, by its id."""

    def twin(record: Record, request: Json, *, of: int) -> bool:
        return allowed(every[of], request, record)

    every = grants()
    return {MARK + grant.id: partial(twin, of=number) for number, grant in enumerate(every)}
