"""The account (Aidbox User and Roles) by which a person of the record signs in. Written by the portal's own client only."""

from portal.access import Role
from portal.acting import Acting
from portal.errors import Problem, problem
from portal.fhir import Transaction
from portal.i18n import N_
from portal.types import Json


def add_account(
    acting: Acting,
    write: Transaction,
    *,
    reference: str,
    role: Role,
    links: list[Json],
    email: str | None,
    phone: str | None,
    password: str | None = None,
) -> str:
    """Adds a User and one Role per entry of `links` (such as {"patient": {"reference": "Patient/p1"}}) to a transaction.

    The password is clear here and hashed by the server; only staff have one.
    """
    user = acting.chance.id()
    account: Json = {
        "resourceType": "User",
        "id": user,
        "userName": email or phone,
        "fhirUser": {"reference": reference},
        "inactive": False,
    }
    if email:
        account["email"] = email
    if phone:
        account["phoneNumber"] = phone
    if password:
        account["password"] = password
    write.create(account)
    add_roles(acting, write, user=user, role=role, links=links)
    return user


def add_roles(acting: Acting, write: Transaction, *, user: str, role: Role, links: list[Json]) -> None:
    """One Role of the account per link."""
    for link in links:
        write.create(
            {
                "resourceType": "Role",
                "id": acting.chance.id(),
                "name": str(role),
                "user": {"reference": f"User/{user}"},
                "links": link,
            }
        )


async def contacts_in_use(acting: Acting, *, email: str | None, phone: str | None) -> list[Problem]:
    """A contact opens one account only, because it is by the contact that a person signs in."""
    wrong: list[Problem] = []
    if email and (await acting.service.find("User", {"email:exact": email, "_count": 1}, private=True)).resources:
        wrong.append(problem("email", N_("This e-mail address already opens another account.")))
    if phone and (await acting.service.find("User", {"phoneNumber": phone, "_count": 1}, private=True)).resources:
        wrong.append(problem("phone", N_("This telephone number already opens another account.")))
    return wrong
