"""Changing one's own e-mail address or number: a fresh proof of who one is, a code to the new contact, a word to the old."""

from portal import audit, notifications
from portal.access import Permission, decide
from portal.accounts import codes, people, sessions
from portal.accounts.challenges import Asked, Purpose, find
from portal.accounts.contacts import Contact, ContactKind, account_contacts
from portal.accounts.door import Door
from portal.accounts.sessions import Session
from portal.acting import Acting
from portal.errors import CodeRefused, FreshProofNeeded, Invalid, problem
from portal.fhir import Transaction
from portal.i18n import N_, Texts
from portal.types import Json

FIELDS = {ContactKind.EMAIL: ("email", "email"), ContactKind.SMS: ("phoneNumber", "phone")}
"""The element of the account, and the system of the person's telecom."""


async def change_contact(
    door: Door, acting: Acting, session: Session, contact: Contact, asked: Asked, typed: str, *, browser: str, t: Texts
) -> None:
    """`asked` is the code that was sent to the new contact (codes.ask_contact_proof). Raises FreshProofNeeded, Invalid,
    CodeRefused. The former contacts and the new one are told.
    """
    decide(acting.actor, Permission.ACCOUNT_UPDATE_OWN)
    need_fresh(door, session)
    row = await find(door, asked.id)
    if row is None or row.purpose != Purpose.CONTACT or row.user != acting.actor.user:
        raise CodeRefused
    if row.contact_hash != door.digest("contact", contact.value):
        raise CodeRefused
    await codes.try_code(door, asked, typed, browser=browser)
    element, system = FIELDS[contact.kind]
    if await _is_anothers(door, contact, acting.actor.user):
        sentence = N_("This e-mail address already opens another account.")
        other = N_("This telephone number already opens another account.")
        raise Invalid([problem("contact", sentence if contact.kind is ContactKind.EMAIL else other)])
    former = await people.account(door, acting.actor.user)
    user: Json = await door.acting.service.read("User", former.id)
    person: Json = await door.acting.service.follow(former.reference)
    write = Transaction()
    same_name = user.get("userName") == user.get(element)
    write.update({**user, element: contact.value, **({"userName": contact.value} if same_name else {})})
    write.update({**person, "telecom": _telecom(person, system, contact.value)})
    # By the portal's own client: an account is nobody's to write, and the person's record is their centre's.
    await door.acting.service.commit(write)
    await audit.record(acting, audit.Action.UPDATE, Permission.ACCOUNT_UPDATE_OWN, entity=f"User/{former.id}")
    for told in {*account_contacts(email=former.email, phone=former.phone), contact}:
        by_sms = told.kind is ContactKind.SMS
        message = notifications.contact_changed_message(t, by_sms=by_sms, to=told.value, new=contact.masked)
        await notifications.send(door.acting, message)


def need_fresh(door: Door, session: Session) -> None:
    """Raises FreshProofNeeded when the person proved who they are too long ago for what they are about to change."""
    if not sessions.is_fresh(door, session):
        raise FreshProofNeeded


async def _is_anothers(door: Door, contact: Contact, user: str) -> bool:
    element = FIELDS[contact.kind][0]
    page = await door.acting.service.find("User", {element: contact.value, "_count": 20}, private=True)
    return any(
        one["id"] != user and str(one.get(element, "")).lower() == contact.value.lower() for one in page.resources
    )


def _telecom(person: Json, system: str, value: str) -> list[Json]:
    """The first of its kind is replaced, the others stay: a practice's number is not what opens the account."""
    points: list[Json] = [dict(point) for point in person.get("telecom", [])]
    first = next((point for point in points if point.get("system") == system), None)
    if first is None:
        return [*points, {"system": system, "value": value}]
    first["value"] = value
    return points
