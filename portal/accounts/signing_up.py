"""Signing up, open to all. The steps, in order: the form, a code for the e-mail address, one for the telephone, and for
professionals a password. Nothing is written to the record before the last one.

A patient gets an account and a record of their own, which no centre follows and nobody else sees. A professional gets
an account that opens nothing until an administrator accepts (see `pending`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import delete, insert

from portal import audit
from portal.access import Actor, Role
from portal.accounts import drafts, proof_of_work, proofs
from portal.accounts.contacts import Contact
from portal.accounts.details import SIGN_UP_ROLES, Details, Typed, read_details
from portal.accounts.door import Door, stamp
from portal.accounts.drafts import Draft
from portal.accounts.entries import allow_in
from portal.accounts.password_rules import check_new_password
from portal.accounts.proof_of_work import Solution
from portal.acting import Acting
from portal.db import pending_accounts
from portal.errors import Invalid, LinkDead, Problem, problem
from portal.fhir import Transaction
from portal.i18n import N_, Texts
from portal.people import Centre, add_account, add_candidate, add_own_record, open_centres


class Step(StrEnum):
    FORM = "form"
    EMAIL = "email"
    PHONE = "phone"
    PASSWORD = "password"  # noqa: S105 – a step's name
    READY = "ready"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Where a sign-up stands. `details` is None while the form is to be corrected; `contact` is to be proven now."""

    draft: Draft
    step: Step
    details: Details | None = None
    contact: Contact | None = None


async def places(door: Door) -> list[Centre]:
    """The organisations that one may say one works for, by name."""
    return await open_centres(door.acting)


async def standing(door: Door, draft: Draft) -> Asking:
    """What comes next for this draft."""
    if not draft.sent:
        return Asking(draft=draft, step=Step.FORM)
    try:
        details = await read(door, draft.role, draft.typed)
    except Invalid:
        return Asking(draft=draft, step=Step.FORM)
    for step, contact in zip((Step.EMAIL, Step.PHONE), details.contacts.values(), strict=False):
        if not draft.has_proven(door, contact):
            return Asking(draft=draft, step=step, details=details, contact=contact)
    last = Step.READY if details.role is Role.PATIENT else Step.PASSWORD
    return Asking(draft=draft, step=last, details=details)


async def read(door: Door, role: Role, typed: Typed) -> Details:
    """The fields checked; raises `Invalid` with each one to correct."""
    if role not in SIGN_UP_ROLES:
        raise LinkDead
    chosen = typed.get("organization", "")
    known = {place.id for place in await places(door)} if chosen and role is not Role.PATIENT else set[str]()
    return read_details(
        role,
        typed,
        today=door.acting.clock.today(),
        organizations=known,
        keeps_nir=door.acting.settings.keeps_nir,
    )


async def send_form(
    door: Door, id_: str, role: Role, typed: Typed, work: Solution, *, browser: str, address: str, t: Texts
) -> tuple[Asking, bool]:
    """The form is sent: it is checked and kept, and a code leaves for the first contact that is not proven yet (True).

    Raises Invalid with every field to correct, ProofOfWorkRefused, TooManyTries.
    """
    await read(door, role, typed)
    await proof_of_work.verify(door, work)
    draft = await drafts.keep(door, id_, browser, role, typed)
    await drafts.set_sent(door, draft, browser, sent=True)
    return await ask_next(door, replace(draft, sent=True), browser=browser, address=address, t=t)


async def ask_next(door: Door, draft: Draft, *, browser: str, address: str, t: Texts) -> tuple[Asking, bool]:
    """Where the draft stands now, with a code on its way when a contact is to be proven."""
    asking = await standing(door, draft)
    if asking.contact is None:
        return asking, False
    await proofs.ask(door, draft, asking.contact, browser=browser, address=address, t=t)
    return asking, True


async def finish(door: Door, draft: Draft, *, browser: str, password: str = "", t: Texts) -> Role:
    """Makes the account, once. A patient's browser may enter (see `entries.enter`); a professional waits.

    Raises Invalid, LinkDead when something is not proven, BeingSent for a second press.
    """
    asking = await standing(door, draft)
    if asking.details is None or asking.step not in {Step.READY, Step.PASSWORD}:
        raise LinkDead
    details = asking.details
    if details.role is not Role.PATIENT:
        check_new_password(password, (details.family, details.given, details.email))
    await drafts.claim(door, draft, browser)
    try:
        await refuse_known(door, details)
        if details.role is Role.PATIENT:
            user = await _make_patient(door, details)
            await door.acting.db.write(lambda connection: allow_in(door, connection, browser=browser, user=user))
        else:
            await _make_candidate(door, details, password, t)
    except BaseException:
        await drafts.unclaim(door, draft, browser)
        raise
    await drafts.drop(door, draft.id, browser)
    return details.role


async def refuse_known(door: Door, details: Details) -> None:
    """An account was made with a contact since it was proven. Its owner may know: they have proven it."""
    wrong: list[Problem] = []
    for kind, contact in details.contacts.items():
        if await proofs.is_known(door, contact):
            sentence = N_("This e-mail address already opens another account.")
            other = N_("This telephone number already opens another account.")
            wrong.append(problem("email", sentence) if kind == "email" else problem("phone", other))
    if wrong:
        raise Invalid(wrong)


def as_person(acting: Acting, *, user: str, role: Role, reference: str) -> Acting:
    """The person who makes their own account, for the audit trail."""
    return replace(acting, actor=Actor(user=user, role=role, reference=reference, name=""))


async def _make_patient(door: Door, details: Details) -> str:
    acting, write = door.acting, Transaction()
    assert details.birth_date is not None
    patient, user = add_own_record(
        acting,
        write,
        family=details.family,
        given=details.given,
        birth_date=details.birth_date,
        gender=details.gender,
        email=details.email,
        phone=details.phone,
        nir=details.nir,
    )
    me = as_person(acting, user=user, role=Role.PATIENT, reference=f"Patient/{patient}")
    write.create(audit.event(me, audit.Action.CREATE, "account:sign-up", patient=patient, entity=f"User/{user}"))
    await acting.service.commit(write)
    return user


async def _make_candidate(door: Door, details: Details, password: str, t: Texts) -> None:
    acting, write = door.acting, Transaction()
    practitioner = add_candidate(
        acting,
        write,
        family=details.family,
        given=details.given,
        gender=details.gender,
        role=details.role,
        email=details.email,
        phone=details.phone,
    )
    reference = f"Practitioner/{practitioner}"
    user = add_account(
        acting,
        write,
        reference=reference,
        role=details.role,
        links=[],  # no Role, so that neither wall lets this account do anything
        email=details.email,
        phone=details.phone,
        password=password,
    )
    me = as_person(acting, user=user, role=details.role, reference=reference)
    write.create(audit.event(me, audit.Action.CREATE, "account:sign-up", entity=reference))
    id_ = acting.chance.id()
    row = insert(pending_accounts).values(
        id=id_,
        user=user,
        practitioner=practitioner,
        role=details.role,
        organization=details.organization,
        other=details.other,
        language=t.locale,
        asked=stamp(door.now),
    )
    # The row first: one whose person was not made is shown to nobody, a person without a row would wait for ever.
    await acting.db.write(lambda connection: connection.execute(row))
    try:
        await acting.service.commit(write)
    except BaseException:
        await acting.db.write(
            lambda connection: connection.execute(delete(pending_accounts).where(pending_accounts.c.id == id_))
        )
        raise
