"""/patients/{patient}/centres: which centres follow the patient, and where their invitation stands."""

import asyncio

from nicegui import ui

from components.blocks import Button, block
from components.dialogs import ConfirmDialog
from components.form import TextQuestion
from components.markup import back_link, h, page_head, tag
from pages.base import Site, Visit
from pages.fields import Fields, ask
from pages.followings import following_lines
from pages.invited import STANDINGS, sent
from pages.practitioner.record import ROLES, head_of, record_page
from portal.access import Permission, Scope, may
from portal.accounts.invitations import Invitation, Standing, cancel, has_account, invitations, invite_patient, resend
from portal.people import PatientSummary, all_centres, followings


def register(site: Site) -> None:
    @site.page("/patients/{patient}/centres", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        found, centres, invited, account = await asyncio.gather(
            followings(visit.me, patient),
            all_centres(visit.me),
            invitations(visit.me, patient=patient),
            has_account(visit.me, f"Patient/{patient}"),
        )
        with record_page(visit, head, ""):
            block(back_link(t("Overview"), f"/patients/{patient}"))
            block(page_head(t("Centres and account"), level=2))
            with ui.element("section").classes("sheet sheet-flush"):
                block(t("Followed by"), "pad-head", "h3")
                following_lines(visit, patient, found, centres)
            with ui.element("section").classes("sheet sheet-flush"):
                block(t("The patient’s account"), "pad-head", "h3")
                _account(visit, head, invited, account=account)


def _account(visit: Visit, head: PatientSummary, invited: list[Invitation], *, account: bool) -> None:
    t, mine = visit.t, Scope(patient=head.id, organizations=frozenset(one.id for one in head.centres))
    for one in invited:
        _invitation(visit, head, one, mine)
    if account:
        block(t("The patient has an account and signs in with a code."), "pad soft", "p")
        return
    if not invited:
        block(t("The patient has no account yet."), "pad soft", "p")
    if may(visit.me.actor, Permission.PATIENT_INVITE, mine) and not any(one.can_be_sent_again for one in invited):
        with ui.element("div").classes("pad"):
            Button(t("Invite the patient"), lambda: _invite(visit, head), "side", "send")


def _invitation(visit: Visit, head: PatientSummary, one: Invitation, mine: Scope) -> None:
    t = visit.t
    words, tone = STANDINGS[one.standing]
    with ui.element("div").classes("keep"):
        shape = "<b>{}</b> {}<small>{}</small><small>{}</small>"
        block(h(shape, t("Invitation"), tag(t(words), tone), one.contact, sent(t, one)))
        if not (one.can_be_sent_again and may(visit.me.actor, Permission.PATIENT_INVITE, mine)):
            return
        with ui.element("div").classes("actions"):
            Button(t("Send again"), visit.guard(lambda: _resend(visit, one)), "quiet", "send")
            if one.standing is Standing.WAITING:
                cancelling = ConfirmDialog(
                    t,
                    t("Cancel the invitation of {name}?", name=f"{head.given} {head.family}"),
                    t("The link that was sent no longer opens anything."),
                    t("Cancel the invitation"),
                    visit.guard(lambda: _cancel(visit, one)),
                    key=f"cancel-{one.id}",
                    danger=True,
                )
                Button(t("Cancel it"), cancelling.open, "quiet")


def _invite(visit: Visit, head: PatientSummary) -> None:
    t = visit.t
    items = [
        TextQuestion(link_id="email", text=t("E-mail address"), kind="email", value=head.email),
        TextQuestion(link_id="phone", text=t("Mobile number"), kind="tel", value=head.phone),
    ]

    async def send(fields: Fields) -> None:
        email, phone = fields.text("email"), fields.text("phone")
        await invite_patient(visit.me, head.id, email=email, phone="" if email else phone)

    lead = t("They get a link by e-mail, or by text message when there is no e-mail, and complete their account.")
    ask(visit, t("Invite the patient"), items, t("Send the invitation"), send, key="invite", lead=lead)


async def _resend(visit: Visit, one: Invitation) -> None:
    await resend(visit.me, one.id)
    ui.navigate.to(visit.here)


async def _cancel(visit: Visit, one: Invitation) -> None:
    await cancel(visit.me, one.id)
    ui.navigate.to(visit.here)
