"""Who may do what, and why. Pure rules: no I/O. Deny by default; every decision has a reason."""

from portal.access.actors import ADMIN_ROLES, CARE_ROLES, Actor, Post, Role
from portal.access.decide import decide, may, refusal
from portal.access.permissions import Permission
from portal.access.policies import MARK, RESTS_ON, policies, twins
from portal.access.scope import Scope

__all__ = [
    "ADMIN_ROLES",
    "CARE_ROLES",
    "MARK",
    "RESTS_ON",
    "Actor",
    "Permission",
    "Post",
    "Role",
    "Scope",
    "decide",
    "may",
    "policies",
    "refusal",
    "twins",
]
