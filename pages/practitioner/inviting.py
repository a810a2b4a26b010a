"""On a record: how the patient gets into the portal. Inviting them, and where their invitation stands."""

from nicegui import ui

from components.blocks import Button, block
from components.form import TextQuestion
from components.markup import note
from pages.base import Visit
from pages.fields import Fields, ask
from portal.access import Permission, Scope, may
from portal.accounts.contacts import ContactKind, read_contact
from portal.accounts.invitations import Invitation, Standing, cancel, invite_patient, resend
from portal.accounts.patient_access import PatientAccess, access_of
from portal.i18n import Texts
from portal.people import organizations_of


async def way_in(visit: Visit, patient: str) -> None:
    """The section in the present place."""
    t, access = visit.t, await access_of(visit.me, patient)
    centres = (await organizations_of(visit.me, [patient]))[patient]
    invites = may(visit.me.actor, Permission.PATIENT_INVITE, Scope(patient=patient, organizations=centres))
    with ui.element("section").props("id=acces"):
        block(t("Access to the portal"), tag="h2")
        block(words(t, access), tag="p")
        if access.alike:
            alike = t(
                "Somebody of this name and date of birth has created an account. If it is this person, ask them for the "
                "address they used and invite them there: the account and the record become one."
            )
            block(note(alike, "info", "people"))
        if access.has_account or not invites:
            return
        with ui.element("div").classes("ways"):
            _gestures(visit, patient, access.invitation)


def words(t: Texts, access: PatientAccess) -> str:
    """Where it stands, in a sentence or two."""
    sent = access.invitation
    if access.has_account:
        return t("This person has an account.")
    match sent.standing if sent else None:
        case Standing.WAITING if sent:
            day, until = t.moment(sent.sent), t.day(sent.expires)
            return t(
                "Invited on {day}, at {contact}. The link works until {until}.",
                day=day,
                contact=sent.contact,
                until=until,
            )
        case Standing.EXPIRED if sent:
            return t(
                "Invited on {day}, at {contact}. The link was not used and is too old now.",
                day=t.moment(sent.sent),
                contact=sent.contact,
            )
        case Standing.REFUSED if sent:
            contact = sent.contact
            return t(
                "At {contact}, the date of birth was wrong five times. Check the address with the person.",
                contact=contact,
            )
        case Standing.CANCELLED:
            return t("The invitation was cancelled. This person has no account.")
        case _:
            return t("This person has no account.")


def _gestures(visit: Visit, patient: str, sent: Invitation | None) -> None:
    t = visit.t

    async def again() -> None:
        if sent is not None:
            await resend(visit.me, sent.id)
            ui.navigate.to(visit.path)

    async def give_up() -> None:
        if sent is not None:
            await cancel(visit.me, sent.id)
            ui.navigate.to(visit.path)

    if sent is not None and sent.can_be_sent_again:
        Button(t("Send the invitation again"), visit.guard(again), "quiet")
        if sent.standing is Standing.WAITING:
            Button(t("Cancel the invitation"), visit.guard(give_up), "quiet")
    words_ = t("Invite at another address") if sent is not None else t("Invite to the portal")
    Button(words_, lambda: _ask(visit, patient), "quiet")


def _ask(visit: Visit, patient: str) -> None:
    t = visit.t
    field = TextQuestion(
        link_id="email",
        text=t("E-mail address or mobile number"),
        hint=t("Empty: the one of the record."),
        limit=200,
    )

    async def send(fields: Fields) -> None:
        typed = fields.text("email")
        contact = read_contact(typed) if typed else None
        email = contact.value if contact is not None and contact.kind is ContactKind.EMAIL else ""
        phone = contact.value if contact is not None and not email else ""
        await invite_patient(visit.me, patient, email=email, phone=phone, language=t.locale)

    ask(visit, t("Invite to the portal"), [field], t("Send the invitation"), send, key="invite")
