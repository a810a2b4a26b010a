"""Who may do what, and why. Pure rules: no I/O. Deny by default; every decision has a reason."""

from portal.access.actors import CARE_ROLES, Actor, Role
from portal.access.decide import decide, may
from portal.access.permissions import Permission
from portal.access.policies import policies
from portal.access.scope import Scope

__all__ = ["CARE_ROLES", "Actor", "Permission", "Role", "Scope", "decide", "may", "policies"]
