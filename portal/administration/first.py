"""The foundation's administrator, made from the operator's terminal: the one account that nobody signs up for."""

from portal.access import Role
from portal.accounts.password_rules import check_new_password
from portal.acting import Acting
from portal.people import create_practitioner


async def create_admin(
    service: Acting, *, family: str, given: str, email: str, phone: str | None, password: str
) -> str:
    """An administrator of the foundation who signs in with this password and a code. Returns the Practitioner's id.

    `service` is the portal itself. Raises `Invalid` naming the fields to correct.
    """
    check_new_password(password, (family, given, email))
    return await create_practitioner(
        service,
        family=family,
        given=given,
        email=email,
        phone=phone,
        role=Role.ADMIN,
        organizations=(),
        password=password,
    )
