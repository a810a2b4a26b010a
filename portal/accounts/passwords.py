"""The first step of a professional: e-mail and password, checked by the record server, which alone holds the hash."""

import hashlib
import hmac

from portal.accounts import people
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.door import Door
from portal.accounts.entries import note_attempt
from portal.accounts.people import Account
from portal.accounts.throttle import Limit, take
from portal.acting import Acting
from portal.errors import NotFound, PasswordRefused
from portal.fhir.passwords import password_opens
from portal.settings import Settings

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
    client, secret = own_client(settings, door.key)
    right = await password_opens(
        door.acting.service.transport,
        client=client,
        client_secret=secret,
        username=email,
        password=password[:LONGEST],
    )
    found = await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=email))
    if not right or found is None or found.is_patient:
        note_attempt(door, found.id if found else None, "wrong-password")
        raise PasswordRefused
    return found


def own_client(settings: Settings, key: str) -> tuple[str, str]:
    """Id and secret of the portal's client at the record server: the settings, or worked out of the portal's own key for
    the embedded backend, which nobody set up by hand.
    """
    if settings.fhir_url:
        return settings.fhir_client_id, settings.fhir_client_secret.get_secret_value()
    secret = hmac.new(key.encode(), b"client of the embedded backend", hashlib.sha256).hexdigest()
    return f"{settings.fhir_client_id}-{secret[:8]}", secret[8:]


async def install_client(service: Acting, key: str) -> None:
    """Makes that client known to the embedded backend. Nothing when it is already."""
    id_, secret = own_client(service.settings, key)
    try:
        await service.service.read("Client", id_)
    except NotFound:
        client = {"resourceType": "Client", "id": id_, "secret": secret, "grant_types": ["password"]}
        await service.service.add({**client, "auth": {"password": {"secret_required": True}}})
