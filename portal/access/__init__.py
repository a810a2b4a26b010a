"""Who may do what, and why. Pure rules: no I/O. Deny by default; every decision has a reason."""

from portal.access.actors import Actor, Role
from portal.access.decide import decide, may
from portal.access.permissions import Permission
from portal.access.policies import policies
from portal.access.scope import Scope

__all__ = ["Actor", "Permission", "Role", "Scope", "decide", "may", "policies"]
