"""The first step of a professional: e-mail and password, checked by the record server, which alone holds the hash."""

from portal.accounts import people
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.door import Door
from portal.accounts.entries import note_attempt
from portal.accounts.people import Account
from portal.accounts.throttle import Limit, take
from portal.errors import PasswordRefused
from portal.fhir.passwords import password_opens

LONGEST = 1000  # characters; longer ones only cost hashing time


async def check_password(door: Door, *, email: str, password: str, address: str) -> Account:
    """The professional's account. Raises TooManyTries, PasswordRefused (which of the two is wrong is not told),
    Unavailable. A patient's account does not open here.
    """
    settings = door.acting.settings
    email = email.strip().lower()
    await take(
        door,
        Limit(kind="password", who=door.digest("contact", email), per_hour=settings.passwords_per_hour),
        Limit(kind="password-address", who=address, per_hour=settings.passwords_per_hour_address),
    )
    right = await password_opens(
        door.acting.service.transport,
        client=settings.fhir_client_id,
        client_secret=settings.fhir_client_secret.get_secret_value(),
        username=email,
        password=password[:LONGEST],
    )
    found = await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=email))
    if not right or found is None or found.is_patient:
        note_attempt(door, found.id if found else None, "wrong-password")
        raise PasswordRefused
    return found
