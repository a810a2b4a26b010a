"""How a patient gets into the portal, for the team that follows them: an account, an invitation, or nothing yet."""

from dataclasses import dataclass

from portal.accounts.invitations import Invitation, has_account, invitations
from portal.acting import Acting
from portal.people import signed_up_alike


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientAccess:
    """`alike`: somebody of the same name and date of birth has created an account, which no centre follows yet."""

    has_account: bool
    invitation: Invitation | None
    alike: bool


async def access_of(acting: Acting, patient: str) -> PatientAccess:
    """Raises Refused when no centre of the acting person follows this patient."""
    sent = await invitations(acting, patient=patient)
    has = await has_account(acting, f"Patient/{patient}")
    alike = not has and await signed_up_alike(acting, patient)
    return PatientAccess(has_account=has, invitation=sent[0] if sent else None, alike=alike)
