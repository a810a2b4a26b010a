"""What the server lets whom do, worked out from `RULES` and `NEEDS`: one grant for each set of roles and each kind of row."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.access.actors import CARE_ROLES, Role
from portal.access.needs import EVERYBODY, LOOK, NEEDS, OF_A_PATIENT, Need
from portal.access.rules import RULES, Reach


class Rows(StrEnum):
    """Which resources of a type are in sight."""

    ALL = "all"
    CENTRES = "centres"
    """Of patients whom a centre follows now in which they hold one of the roles; of professionals who work there."""
    TRIALS = "trials"
    """With the tag of a trial whose team they are in."""
    RECORD = "record"
    """Of themselves."""
    SHOWN = "shown"
    """Of themselves, and tagged as shown to patients or their own unsent answers."""


ROWS: Mapping[Reach, Rows] = {
    Reach.ANYWHERE: Rows.ALL,
    Reach.OWN_RECORD: Rows.RECORD,
    Reach.OWN_FORM: Rows.RECORD,
    Reach.OWN_SHOWN: Rows.SHOWN,
    Reach.OWN_CENTRES: Rows.CENTRES,
    Reach.ONLY_OWN_CENTRES: Rows.CENTRES,
    Reach.OWN_CENTRES_OPEN: Rows.CENTRES,
    Reach.SOME_CENTRE: Rows.CENTRES,
    Reach.OWN_TRIALS: Rows.TRIALS,
    Reach.SOME_TRIAL: Rows.TRIALS,
}
"""The other reaches hang on what the server cannot know; their verbs work by the portal's own client after wall 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """Whoever holds one of `roles` may do `needs` with the resources that `rows` leaves in sight. `id` is the policy's."""

    id: str
    roles: frozenset[Role]
    rows: Rows
    needs: tuple[Need, ...]

    @property
    def types(self) -> frozenset[str]:
        return frozenset(need.type for need in self.needs)


def grants() -> tuple[Grant, ...]:
    """In order of id. The portal's own client needs none: it is a root client."""
    holders: defaultdict[tuple[Rows, Need], set[Role]] = defaultdict(set)
    for role, rights in RULES.items():
        table = OF_A_PATIENT if role is Role.PATIENT else NEEDS
        for reach, permissions in rights.items():
            if role in {Role.SERVICE, Role.RELATIVE} or reach not in ROWS:
                continue
            for permission in permissions:
                for need in table.get(permission, ()):
                    holders[ROWS[reach], need].add(role)
    together: defaultdict[tuple[Rows, frozenset[Role]], list[Need]] = defaultdict(list)
    for (rows, need), roles in holders.items():
        together[rows, frozenset(roles)].append(need)
    signed_in = frozenset(RULES) - {Role.SERVICE, Role.RELATIVE}
    looks = tuple(Need(type=each, ops=LOOK) for each in EVERYBODY)
    made = [Grant(id="signed-in-all", roles=signed_in, rows=Rows.ALL, needs=looks)]
    for (rows, roles), needs in together.items():
        made.append(Grant(id=f"{_name(roles)}-{rows}", roles=roles, rows=rows, needs=tuple(sorted(needs, key=_order))))
    return tuple(sorted(made, key=lambda grant: grant.id))


def _order(need: Need) -> tuple[str, ...]:
    return (need.type, *sorted(need.ops), *sorted(need.codes), *sorted(need.statuses), need.mine)


def _name(roles: frozenset[Role]) -> str:
    if roles == CARE_ROLES:
        return "care"
    return "-or-".join(sorted(roles))
