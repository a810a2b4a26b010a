"""What an invited person does with their link: prove the contact it was sent to, say what only they know, get in.

Opening the link changes nothing; it is used up by the account that it makes. A link that was used, cancelled, replaced,
is too old or never was gives one and the same answer, for the same work.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, and_, select, update

from portal import audit
from portal.access import Role
from portal.accounts import drafts, proofs, sessions
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.door import Door, stamp
from portal.accounts.drafts import Draft
from portal.accounts.entries import allow_in
from portal.accounts.invitations import Standing, token_hash
from portal.accounts.password_rules import check_new_password
from portal.accounts.signing_up import as_person
from portal.acting import Acting
from portal.db import invitations as table
from portal.errors import Invalid, LinkDead, NotFound, problem
from portal.fhir import Entry, Transaction
from portal.i18n import N_, Texts
from portal.people import (
    add_account,
    add_patient_account,
    admit,
    family_of,
    given_of,
    is_self_made,
    parse_phone,
    replace_record,
)
from portal.types import Json

MOST_IDENTITY_TRIES = 5

Make = Callable[[], Awaitable[str]]
"""Writes the account; returns its id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """Who a living link invites. `contact` is where it was sent; `phone` a number that the inviter noted besides."""

    id: str
    reference: str
    role: Role
    contact: Contact
    phone: str
    organizations: tuple[str, ...]

    @property
    def is_patient(self) -> bool:
        return self.role is Role.PATIENT


async def look(door: Door, token: str) -> Invited:
    """Whom this link invites. Raises LinkDead, whatever the reason. Changes nothing."""
    query = select(table).where(table.c.token_hash == token_hash(token), _alive(door))
    row = await door.acting.db.read(lambda connection: connection.execute(query).first())
    if row is None:
        raise LinkDead
    return _invited(row)


async def begun(door: Door, invited: Invited, browser: str) -> Draft | None:
    """Where this browser stands with the invitation, if it has begun."""
    return await drafts.find(door, _draft_id(door, invited, browser), browser)


async def begin(door: Door, invited: Invited, *, browser: str, address: str, t: Texts) -> Draft:
    """The person presses “Continue”: a code leaves for the contact that was invited. Raises TooManyTries."""
    id_ = _draft_id(door, invited, browser)

    def work(connection: Connection) -> None:
        drafts.forget_over(door, connection, id_, browser)
        drafts.start(door, connection, id_, browser, invited.role, invitation=invited.id)

    await door.acting.db.write(work)
    draft = await _again(door, id_, browser)
    await proofs.ask(door, draft, invited.contact, browser=browser, address=address, t=t)
    return await _again(door, draft.id, browser)


async def ask_phone(
    door: Door, invited: Invited, draft: Draft, phone: str, *, browser: str, address: str, t: Texts
) -> Draft:
    """An invited professional gives their mobile number, for the second factor: a code leaves for it. Raises Invalid."""
    _must_have_proven(door, draft, invited.contact)
    if not phone.strip():
        raise Invalid([problem("phone", N_("Write your mobile number."))])
    number = parse_phone(phone)
    draft = await drafts.keep(door, draft.id, browser, draft.role, {"phone": number})
    await proofs.ask(door, draft, Contact(kind=ContactKind.SMS, value=number), browser=browser, address=address, t=t)
    return await _again(door, draft.id, browser)


async def finish_patient(door: Door, invited: Invited, draft: Draft, born: date, *, browser: str) -> None:
    """Makes the account, once the date of birth is that of the record: an invitation may have gone astray.

    A self-made account with the same contact is joined to the record. The browser may enter. Raises Invalid, LinkDead.
    """
    _must_have_proven(door, draft, invited.contact)
    record = await door.acting.service.read("Patient", invited.reference.partition("/")[2])
    await _count_identity_try(door, invited)
    if record.get("birthDate") != born.isoformat():
        raise Invalid(
            [problem("birth_date", N_("This is not the date that your centre noted. Check it, or call them."))]
        )

    async def make() -> str:
        return await _make_patient(door, invited, record)

    await _finish(door, invited, draft, browser, make)


async def finish_professional(door: Door, invited: Invited, draft: Draft, password: str, *, browser: str) -> None:
    """Makes the account with what the administrator gave; the browser may enter. Raises Invalid, LinkDead."""
    phone = draft.typed.get("phone", "")
    _must_have_proven(door, draft, invited.contact, Contact(kind=ContactKind.SMS, value=phone))
    person = await door.acting.service.read("Practitioner", invited.reference.partition("/")[2])
    check_new_password(password, (family_of(person), given_of(person), invited.contact.value))

    async def make() -> str:
        return await _make_professional(door, invited, person, phone, password)

    await _finish(door, invited, draft, browser, make)


async def _finish(door: Door, invited: Invited, draft: Draft, browser: str, make: Make) -> None:
    """The link is used up first, then the account made; given back when that fails."""
    await drafts.claim(door, draft, browser)
    await _set_state(door, invited, Standing.ACCEPTED, only=_alive(door))
    try:
        user = await make()
    except BaseException:
        await _set_state(door, invited, Standing.WAITING)
        await drafts.unclaim(door, draft, browser)
        raise
    await door.acting.db.write(lambda connection: allow_in(door, connection, browser=browser, user=user))
    await drafts.drop(door, draft.id, browser)


async def _make_patient(door: Door, invited: Invited, record: Json) -> str:
    acting, write, contact = door.acting, Transaction(), invited.contact
    kept = {each.get("value") for each in record.get("telecom", [])}
    if contact.value not in kept:
        system = {"system": "email"} if contact.kind is ContactKind.EMAIL else {"system": "phone", "use": "mobile"}
        record = {**record, "telecom": [*record.get("telecom", []), {**system, "value": contact.value}]}
        changed = True
    else:
        changed = False
    former = await _account_with(acting, contact)
    if former is None:
        email = contact.value if contact.kind is ContactKind.EMAIL else ""
        phone = contact.value if contact.kind is ContactKind.SMS else ""
        user = add_patient_account(acting, write, record["id"], email=email, phone=phone)
        if changed:
            write.update(record)
    else:
        user = former["id"]
        await _join(acting, write, former, record)
    me = as_person(acting, user=user, role=Role.PATIENT, reference=invited.reference)
    what = "account:accept-invitation"
    write.create(audit.event(me, audit.Action.CREATE, what, patient=record["id"], entity=f"User/{user}"))
    await acting.service.commit(write)
    if former is not None:
        await sessions.end_all(door, user)  # those were of the record that gave way
    return user


async def _join(acting: Acting, write: Transaction, user: Json, record: Json) -> None:
    """The account that the person made themselves opens the record of their centre from now on."""
    own = await _own_record(acting, user)
    if own is None or own.get("birthDate") != record.get("birthDate"):
        raise Invalid([problem("birth_date", N_("This contact already opens another account. Call your centre."))])
    there: Json = {"reference": f"Patient/{record['id']}"}
    write.patch("User", user["id"], {"fhirUser": there}, version=user["meta"]["versionId"])
    roles = await acting.service.all("Role", {"user": f"User/{user['id']}", "_count": 50})
    write.entries += [Entry(method="DELETE", url=f"Role/{role['id']}") for role in roles]
    write.create(
        {
            "resourceType": "Role",
            "id": acting.chance.id(),
            "name": str(Role.PATIENT),
            "user": {"reference": f"User/{user['id']}"},
            "links": {"patient": there},
        }
    )
    replace_record(write, own, by=record)


async def _own_record(acting: Acting, user: Json) -> Json | None:
    """The self-made Patient of this account, if that is what it opens."""
    kind, _, id_ = str(user.get("fhirUser", {}).get("reference", "")).partition("/")
    if kind != "Patient":
        return None
    try:
        patient = await acting.service.read("Patient", id_)
    except NotFound:
        return None
    return patient if is_self_made(patient) else None


async def _account_with(acting: Acting, contact: Contact) -> Json | None:
    field = "email" if contact.kind is ContactKind.EMAIL else "phoneNumber"
    page = await acting.service.find("User", {field: contact.value, "_count": 20}, private=True)
    return next((user for user in page.resources if str(user.get(field, "")).lower() == contact.value), None)


async def _make_professional(door: Door, invited: Invited, person: Json, phone: str, password: str) -> str:
    acting, write = door.acting, Transaction()
    for contact, place in ((invited.contact, "email"), (Contact(kind=ContactKind.SMS, value=phone), "phone")):
        if await proofs.is_known(door, contact):
            sentence = N_("This contact already opens another account. Sign in with it, or ask who invited you.")
            raise Invalid([problem(place, sentence)])
    user = add_account(
        acting,
        write,
        reference=invited.reference,
        role=invited.role,
        links=[],
        email=invited.contact.value,
        phone=phone,
        password=password,
    )
    telecom = [each for each in person.get("telecom", []) if each.get("system") != "phone"]
    noted = {**person, "telecom": [*telecom, {"system": "phone", "value": phone, "use": "work"}]}
    admit(acting, write, noted, user=user, role=invited.role, organizations=invited.organizations)
    me = as_person(acting, user=user, role=invited.role, reference=invited.reference)
    write.create(audit.event(me, audit.Action.CREATE, "account:accept-invitation", entity=invited.reference))
    await acting.service.commit(write)
    return user


async def _count_identity_try(door: Door, invited: Invited) -> None:
    """Counts before anything is compared; after the last one the link is dead and the inviter sees why."""

    def work(connection: Connection) -> bool:
        mine = (table.c.id == invited.id, _alive(door))
        more = update(table).where(*mine, table.c.identity_tries < MOST_IDENTITY_TRIES)
        if connection.execute(more.values(identity_tries=table.c.identity_tries + 1)).rowcount == 1:
            return True
        connection.execute(update(table).where(*mine).values(state=Standing.REFUSED))
        return False

    if not await door.acting.db.write(work):
        raise LinkDead


async def _set_state(door: Door, invited: Invited, state: Standing, *, only: ColumnElement[bool] | None = None) -> None:
    mine = table.c.id == invited.id
    change = update(table).where(mine if only is None else and_(mine, only)).values(state=state)
    if await door.acting.db.write(lambda connection: connection.execute(change).rowcount) != 1:
        raise LinkDead


def _must_have_proven(door: Door, draft: Draft, *contacts: Contact) -> None:
    if not all(contact.value and draft.has_proven(door, contact) for contact in contacts):
        raise LinkDead


def _alive(door: Door) -> ColumnElement[bool]:
    return and_(table.c.state == Standing.WAITING, table.c.expires > stamp(door.now))


def _draft_id(door: Door, invited: Invited, browser: str) -> str:
    """One for each browser that follows the link, found again by it alone."""
    return door.digest("invitation", f"{invited.id}:{browser}")


async def _again(door: Door, id_: str, browser: str) -> Draft:
    found = await drafts.find(door, id_, browser)
    if found is None:
        raise LinkDead
    return found


def _invited(row: Row[tuple[str, ...]]) -> Invited:
    email = row.email
    contact = Contact(kind=ContactKind.EMAIL, value=email) if email else Contact(kind=ContactKind.SMS, value=row.phone)
    return Invited(
        id=row.id,
        reference=row.reference,
        role=Role(row.role),
        contact=contact,
        phone=row.phone if email else "",
        organizations=tuple(json.loads(row.organizations)),
    )
