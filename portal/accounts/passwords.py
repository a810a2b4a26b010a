"""The password of a professional: checked and kept by the record server, which alone holds the hash."""

import hashlib
import hmac

from sqlalchemy import Connection

from portal import notifications
from portal.accounts import devices, people
from portal.accounts.contacts import Contact, ContactKind, account_contacts
from portal.accounts.door import Door
from portal.accounts.ending import end_everywhere
from portal.accounts.entries import allow_in, note_attempt
from portal.accounts.password_rules import check_new_password
from portal.accounts.people import Account
from portal.accounts.proof_of_work import Solution
from portal.accounts.throttle import Limit, admit, note_failure
from portal.acting import Acting
from portal.errors import NotFound, PasswordRefused
from portal.fhir.passwords import password_opens
from portal.i18n import texts
from portal.settings import Settings

LONGEST = 1000  # characters; longer ones only cost hashing time


async def check_password(
    door: Door, *, email: str, password: str, address: str, work: Solution | None = None
) -> Account:
    """The professional's account. Raises TooManyTries, WorkNeeded, PasswordRefused (which of the two is wrong is not
    told), Unavailable. A patient's account does not open here.
    """
    settings = door.acting.settings
    email = email.strip().lower()
    who = door.digest("contact", email)
    limits = (
        Limit(kind="password", who=who, per_hour=settings.passwords_per_hour),
        Limit(kind="password-address", who=address, per_hour=settings.passwords_per_hour_address),
    )
    await admit(door, *limits, failures=(who, address), work=work)
    right = await _opens(door, email, password)
    found = await people.find_account(door, Contact(kind=ContactKind.EMAIL, value=email))
    if not right or found is None or found.is_patient:
        await door.acting.db.write(lambda connection: note_failure(door, connection, who, address))
        note_attempt(door, found.id if found else None, "wrong-password")
        raise PasswordRefused
    return found


async def enter_known_device(door: Door, account: Account, *, browser: str, device_secret: str) -> bool:
    """After the right password: whether this browser is known again, so that no code need be asked; if so it may enter."""
    if not device_secret or not await devices.is_trusted(door, account.id, device_secret):
        return False

    def work(connection: Connection) -> None:
        allow_in(door, connection, browser=browser, user=account.id)

    await door.acting.db.write(work)
    return True


async def change_password(
    door: Door, account: Account, *, current: str, new: str, about: tuple[str, ...], session: str, address: str
) -> None:
    """By the person themselves. Their other sessions end, and they are told. Raises PasswordRefused, Invalid, WorkNeeded."""
    check_new_password(new, (account.email, *about))
    limit = Limit(kind="password change", who=account.id, per_hour=door.acting.settings.passwords_per_hour)
    await admit(door, limit)
    if not await _opens(door, account.email, current):
        note_attempt(door, account.id, "wrong-password")
        await door.acting.db.write(lambda connection: note_failure(door, connection, address))
        raise PasswordRefused
    await set_password(door, account, new, about=about, but=session)


async def set_password(door: Door, account: Account, new: str, *, about: tuple[str, ...] = (), but: str = "") -> None:
    """The caller has seen who it is. Ends every session but the one named, and tells every contact of the account."""
    check_new_password(new, (account.email, *about))
    await people.amend_account(door, account.id, {"password": new})
    await end_everywhere(door.acting, account.id, but=but)
    t = texts(account.language or door.acting.settings.language)
    for contact in account_contacts(email=account.email, phone=account.phone):
        by_sms = contact.kind is ContactKind.SMS
        await notifications.send(
            door.acting, notifications.password_changed_message(t, by_sms=by_sms, to=contact.value)
        )


async def _opens(door: Door, email: str, password: str) -> bool:
    client, secret = own_client(door.acting.settings, door.key)
    return await password_opens(
        door.acting.service.transport,
        client=client,
        client_secret=secret,
        username=email,
        password=password[:LONGEST],
    )


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
