"""Inviting somebody to make their account: a link sent to a contact that the inviter knows, for some days, used once.

An administrator invites a professional, who becomes one only when they follow the link; a practitioner invites a patient
of their centre. The inviter sees where each invitation stands, sends it again or cancels it. What the invited person
does with the link is in `joining`.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import Connection, Row, and_, insert, select, update

from portal import audit, notifications
from portal.access import ADMIN_ROLES, CARE_ROLES, Permission, Role, Scope, decide, may
from portal.accounts import letters
from portal.accounts.contacts import Contact, ContactKind
from portal.accounts.details import needs_centre
from portal.accounts.door import stamp
from portal.acting import Acting
from portal.db import invitations as table
from portal.errors import Invalid, NotFound, Problem, problem
from portal.fhir import Transaction
from portal.i18n import LOCALES, N_, texts
from portal.people import (
    GENDERS,
    add_candidate,
    centres_named,
    family_of,
    given_of,
    id_of,
    organizations_of,
    parse_email,
    parse_phone,
    patient_scope,
)
from portal.types import Json

PATH = "/invitation"
INVITABLE = frozenset({*CARE_ROLES, *ADMIN_ROLES, Role.ARC})


class Standing(StrEnum):
    """Where an invitation stands."""

    WAITING = "waiting"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    """The person's date of birth was wrong too often: the contact may be somebody else's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """`reference` is who is invited, `name` theirs; `contact` where the link went; instants in UTC."""

    id: str
    reference: str
    name: str
    contact: str
    role: Role
    organizations: tuple[str, ...]
    standing: Standing
    created: datetime
    sent: datetime
    times_sent: int
    expires: datetime

    @property
    def can_be_sent_again(self) -> bool:
        return self.standing in {Standing.WAITING, Standing.EXPIRED}


async def invite_practitioner(
    acting: Acting,
    *,
    family: str,
    given: str,
    email: str,
    role: Role,
    organizations: Iterable[str],
    phone: str = "",
    gender: str = "unknown",
    language: str = "",
) -> str:
    """Notes who is invited and sends the link; returns the invitation's id. Raises Invalid naming the fields.

    `language` is the message's; the portal's own when empty.
    """
    centres = tuple(dict.fromkeys(organizations))
    for centre in centres or ("",):
        decide(acting.actor, Permission.PRACTITIONER_INVITE, _scope((centre,) if centre else ()))
    if role is Role.ADMIN:
        decide(acting.actor, Permission.PRACTITIONER_INVITE)  # the foundation's own right, whatever the centre
    wrong = await _wrong(acting, family, given, gender, role, centres)
    contact = Contact(kind=ContactKind.EMAIL, value=_checked(email, wrong))
    number = _checked_phone(phone, wrong)
    if not wrong:
        wrong += await _in_use(acting, contact)
    if wrong:
        raise Invalid(wrong)
    write = Transaction()
    id_ = add_candidate(
        acting, write, family=family, given=given, gender=gender, role=role, email=contact.value, phone=number
    )
    reference = f"Practitioner/{id_}"
    what = Permission.PRACTITIONER_INVITE
    write.create(audit.event(acting, audit.Action.CREATE, what, entity=reference, reason=str(role)))
    await acting.service.commit(write)  # candidates are nobody's yet
    return await _send_new(acting, reference, contact, role, centres, language, phone=number)


async def invite_patient(acting: Acting, patient: str, *, email: str = "", phone: str = "", language: str = "") -> str:
    """Sends the link to this patient, at the address or number of their record or the one given; returns the id of the
    invitation. One that waited is replaced. Raises Invalid when there is no contact, or they have an account already.
    """
    scope = await patient_scope(acting, patient)
    decide(acting.actor, Permission.PATIENT_INVITE, scope)
    resource = await acting.fhir.read("Patient", patient)
    contact = _contact_for(resource, email, phone)
    reference = f"Patient/{patient}"
    if await has_account(acting, reference):
        raise Invalid([problem("email", N_("This person has an account already."))])
    what = Permission.PATIENT_INVITE
    await audit.record(acting, audit.Action.CREATE, what, patient=patient)
    centres = tuple(sorted(scope.organizations & acting.actor.organizations or scope.organizations))
    return await _send_new(acting, reference, contact, Role.PATIENT, centres, language)


async def invitations(acting: Acting, *, patient: str | None = None) -> list[Invitation]:
    """The latest invitation of everybody whom this person may see invited, newest first; of one patient when given.

    Administrators see those of professionals only, of the centres that are theirs; practitioners those of their patients.
    """
    if patient is not None:
        scope = await patient_scope(acting, patient)
        decide(acting.actor, Permission.INVITATION_LIST, scope)
        decide(acting.actor, Permission.PATIENT_IDENTITY_READ, scope)  # it shows where the person is reached
        kept = await _latest(acting, table.c.reference == f"Patient/{patient}")
    else:
        of_staff = acting.actor.role in ADMIN_ROLES or acting.actor.role is Role.SERVICE
        kind = "Practitioner/%" if of_staff else "Patient/%"
        kept = [row for row in await _latest(acting, table.c.reference.like(kind)) if _may_see(acting, row)]
        if not kept:
            decide(acting.actor, Permission.INVITATION_LIST, Scope(organizations=acting.actor.organizations))
    names = await _names(acting, [row.reference for row in kept])
    return [_invitation(acting, row, names.get(row.reference, "")) for row in kept]


async def resend(acting: Acting, id_: str) -> None:
    """A new link, for as many days again; the former one is dead. Raises NotFound when it was used or cancelled."""
    row = await _row(acting, id_)
    await _decide_on(acting, row, Permission.PRACTITIONER_INVITE, Permission.PATIENT_INVITE)
    token = acting.chance.token()
    again = (
        update(table)
        .where(table.c.id == id_, table.c.state == Standing.WAITING)
        .values(
            token_hash=token_hash(token),
            sent=stamp(acting.clock.now()),
            expires=_expiry(acting),
            times_sent=table.c.times_sent + 1,
        )
    )
    if await acting.db.write(lambda connection: connection.execute(again).rowcount) != 1:
        raise NotFound
    await _note(acting, row, "invitation:resend")
    await _mail(acting, row.reference, _contact_of(row), token, row.language)


async def cancel(acting: Acting, id_: str) -> None:
    """The link is dead from now on. Raises NotFound when it was used or cancelled before."""
    row = await _row(acting, id_)
    await _decide_on(acting, row, Permission.INVITATION_CANCEL, Permission.PATIENT_INVITE)
    over = update(table).where(table.c.id == id_, table.c.state == Standing.WAITING).values(state=Standing.CANCELLED)
    if await acting.db.write(lambda connection: connection.execute(over).rowcount) != 1:
        raise NotFound
    await _note(acting, row, Permission.INVITATION_CANCEL)


async def has_account(acting: Acting, reference: str) -> bool:
    """Whether this Patient or Practitioner has an account to sign in."""
    page = await acting.service.find("User", {"fhirUser": reference, "_count": 1}, private=True)
    return bool(page.resources)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _send_new(
    acting: Acting,
    reference: str,
    contact: Contact,
    role: Role,
    organizations: tuple[str, ...],
    language: str,
    *,
    phone: str = "",
) -> str:
    """Keeps the invitation, in place of any that waited for the same person, and sends its link."""
    id_, token, now = acting.chance.id(), acting.chance.token(), stamp(acting.clock.now())
    language = language if language in LOCALES else acting.settings.language
    by_mail = contact.kind is ContactKind.EMAIL
    former = and_(table.c.reference == reference, table.c.state == Standing.WAITING)
    new = insert(table).values(
        id=id_,
        token_hash=token_hash(token),
        reference=reference,
        email=contact.value if by_mail else "",
        phone=phone if by_mail else contact.value,
        role=role,
        organizations=json.dumps(organizations),
        language=language,
        inviter=acting.actor.reference,
        created=now,
        sent=now,
        times_sent=1,
        expires=_expiry(acting),
        state=Standing.WAITING,
    )

    def work(connection: Connection) -> None:
        connection.execute(update(table).where(former).values(state=Standing.CANCELLED))
        connection.execute(new)

    await acting.db.write(work)
    await _mail(acting, reference, contact, token, language)
    return id_


async def _mail(acting: Acting, reference: str, contact: Contact, token: str, language: str) -> None:
    link = f"{acting.settings.address}{PATH}/{token}"
    days, patient = acting.settings.invitation_days, reference.startswith("Patient/")
    await notifications.send(acting, letters.invitation(texts(language), contact, link, days, patient=patient))


def _expiry(acting: Acting) -> str:
    return stamp(acting.clock.now() + timedelta(days=acting.settings.invitation_days))


def _contact_for(patient: Json, email: str, phone: str) -> Contact:
    kept = {each.get("system"): str(each.get("value", "")) for each in cast("list[Json]", patient.get("telecom", []))}
    if email.strip():
        return Contact(kind=ContactKind.EMAIL, value=parse_email(email))
    if phone.strip():
        return Contact(kind=ContactKind.SMS, value=parse_phone(phone))
    if kept.get("email"):
        return Contact(kind=ContactKind.EMAIL, value=kept["email"])
    if kept.get("phone"):
        return Contact(kind=ContactKind.SMS, value=kept["phone"])
    raise Invalid([problem("email", N_("Write the e-mail address or the mobile number of the person."))])


def _contact_of(row: Row[tuple[str, ...]]) -> Contact:
    if row.email:
        return Contact(kind=ContactKind.EMAIL, value=row.email)
    return Contact(kind=ContactKind.SMS, value=row.phone)


async def _wrong(
    acting: Acting, family: str, given: str, gender: str, role: Role, centres: tuple[str, ...]
) -> list[Problem]:
    wrong: list[Problem] = []
    if not family.strip():
        wrong.append(problem("family", N_("Write the last name.")))
    if not given.strip():
        wrong.append(problem("given", N_("Write the first name.")))
    if gender not in GENDERS:
        wrong.append(problem("gender", N_("Choose an answer.")))
    if role not in INVITABLE:
        wrong.append(problem("role", N_("Choose a role.")))
    needed = needs_centre(role) or role is Role.ORGANIZATION_ADMIN
    open_ = [one for one in await centres_named(acting, centres) if one.active]
    if (needed and not centres) or len(open_) != len(centres):
        wrong.append(problem("organizations", N_("Choose at least one centre.")))
    return wrong


def _checked(email: str, wrong: list[Problem]) -> str:
    try:
        return parse_email(email)
    except Invalid as error:
        wrong += error.problems
        return ""


def _checked_phone(phone: str, wrong: list[Problem]) -> str:
    try:
        return parse_phone(phone) if phone.strip() else ""
    except Invalid as error:
        wrong += error.problems
        return ""


async def _in_use(acting: Acting, contact: Contact) -> list[Problem]:
    """An administrator may know that a colleague has an account; and that one is invited already."""
    known = await acting.service.find("User", {"email:exact": contact.value, "_count": 1}, private=True)
    if known.resources:
        return [problem("email", N_("This e-mail address already opens another account."))]
    waiting = and_(
        table.c.email == contact.value,
        table.c.state == Standing.WAITING,
        table.c.expires > stamp(acting.clock.now()),
        table.c.reference.like("Practitioner/%"),
    )
    if await acting.db.read(lambda connection: connection.execute(select(table.c.id).where(waiting)).first()):
        return [problem("email", N_("This person is invited already. You can send the invitation again."))]
    return []


async def _row(acting: Acting, id_: str) -> Row[tuple[str, ...]]:
    query = select(table).where(table.c.id == id_)
    row = await acting.db.read(lambda connection: connection.execute(query).first())
    if row is None:
        raise NotFound
    return row


async def _latest(acting: Acting, which: object) -> list[Row[tuple[str, ...]]]:
    """One row a person: the newest."""
    query = select(table).where(which).order_by(table.c.created.desc(), table.c.sent.desc())  # type: ignore[arg-type]
    rows = await acting.db.read(lambda connection: connection.execute(query).all())
    newest: dict[str, Row[tuple[str, ...]]] = {}
    for row in rows:
        newest.setdefault(row.reference, row)
    return list(newest.values())


def _scope(organizations: Iterable[str]) -> Scope:
    return Scope(organizations=frozenset(organizations))


def _may_see(acting: Acting, row: Row[tuple[str, ...]]) -> bool:
    return may(acting.actor, Permission.INVITATION_LIST, _scope(json.loads(row.organizations)))


async def _decide_on(acting: Acting, row: Row[tuple[str, ...]], of_staff: Permission, of_patients: Permission) -> None:
    if row.reference.startswith("Patient/"):
        decide(acting.actor, of_patients, await patient_scope(acting, id_of({"reference": row.reference})))
    else:
        decide(acting.actor, of_staff, _scope(json.loads(row.organizations)))


async def _note(acting: Acting, row: Row[tuple[str, ...]], what: str) -> None:
    kind, _, id_ = row.reference.partition("/")
    patient, entity = (id_, None) if kind == "Patient" else (None, str(row.reference))
    await audit.record(acting, audit.Action.UPDATE, what, patient=patient, entity=entity)


async def _names(acting: Acting, references: list[str]) -> dict[str, str]:
    """Names of the invited, of those only whom the acting person may see by name."""
    found: dict[str, str] = {}
    for kind in ("Patient", "Practitioner"):
        ids = [reference.partition("/")[2] for reference in references if reference.startswith(f"{kind}/")]
        if kind == "Patient" and ids:
            centres = await organizations_of(acting, ids)
            ids = [
                one
                for one in ids
                if may(acting.actor, Permission.PATIENT_IDENTITY_READ, Scope(patient=one, organizations=centres[one]))
            ]
        for first in range(0, len(ids), 100):
            some = ",".join(ids[first : first + 100])
            for person in await acting.service.all(kind, {"_id": some, "_count": 100}):
                found[f"{kind}/{person['id']}"] = f"{given_of(person)} {family_of(person)}".strip()
    return found


def _invitation(acting: Acting, row: Row[tuple[str, ...]], name: str) -> Invitation:
    standing = Standing(row.state)
    if standing is Standing.WAITING and row.expires <= stamp(acting.clock.now()):
        standing = Standing.EXPIRED
    return Invitation(
        id=row.id,
        reference=row.reference,
        name=name,
        contact=row.email or row.phone,
        role=Role(row.role),
        organizations=tuple(json.loads(row.organizations)),
        standing=standing,
        created=datetime.fromisoformat(row.created),
        sent=datetime.fromisoformat(row.sent),
        times_sent=row.times_sent,
        expires=datetime.fromisoformat(row.expires),
    )
