"""/demandes: who asks for an account and waits, who was invited; /messages: what could never be delivered."""

import asyncio
from collections.abc import Mapping

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.dialogs import CommentDialog, ConfirmDialog
from components.form import ChoiceQuestion, Option
from components.markup import h, page_head, tag
from components.states import empty
from components.tables import plain_table
from pages.admin.centres import chosen
from pages.admin.frame import admin_page, again, line, sheet
from pages.admin.invited import STANDINGS, sent
from pages.admin.people import reachable, role_question
from pages.admin.words import ROLES, job
from pages.base import Site, Visit
from pages.fields import Fields, ask
from portal.access import Role
from portal.accounts.details import SIGN_UP_ROLES
from portal.accounts.invitations import Invitation, Standing, cancel, invitations, resend
from portal.accounts.pending import PendingAccount, accept, pending, refuse
from portal.i18n import N_
from portal.notifications import refusals
from portal.people import Centre, list_organizations, spoken_phone

ABOUT: Mapping[str, str] = {
    "code": N_("one-time code"),
    "invitation": N_("invitation"),
    "request": N_("answer to a request"),
    "contact changed": N_("contact changed"),
    "password changed": N_("password changed"),
    "factor changed": N_("way to sign in changed"),
    "": N_("letter"),
}
"""What a message was for."""


def register(site: Site) -> None:
    @site.page("/demandes", roles=ROLES)
    async def requests(visit: Visit) -> None:
        t = visit.t
        waiting, invited, everywhere, centres = await asyncio.gather(
            pending(visit.me), invitations(visit.me), list_organizations(visit.me), reachable(visit)
        )
        names = {one.id: one.name for one in everywhere}
        with admin_page(visit, t("Requests and invitations"), "/personnes", tab="/demandes"):
            block(page_head(t("Requests and invitations"), t("These people see nothing until you agree.")))
            visit.errors_here()
            with ui.element("div").classes("flow-l"):
                with sheet(t("Accounts to accept")):
                    if not waiting:
                        block(t("Nobody waits. Who signs up as a professional appears here."), "keepfoot soft", "p")
                    for one in waiting:
                        _request(visit, one, centres)
                with sheet(t("Invitations")):
                    if not invited:
                        block(t("Nobody is invited. Invite a professional from the page People."), "keepfoot soft", "p")
                    for each in invited:
                        _invitation(visit, each, names)

    @site.page("/messages", roles={Role.ADMIN})
    async def messages(visit: Visit) -> None:
        t = visit.t
        found = await refusals(visit.me)
        with admin_page(visit, t("Messages not delivered"), "/personnes", tab="/messages"):
            lead = t(
                "The address or the number takes no message: correct it with the person. Other messages are tried again."
            )
            block(page_head(t("Messages not delivered"), lead))
            if not found:
                words = t("When an e-mail or a text message is refused for good, it appears here.")
                block(empty(t("All messages arrive"), words, "done"), "sheet")
                return
            rows = [
                (t.moment(one.at), one.shown, t(ABOUT.get(one.about, one.about)), h("<code>{}</code>", one.cause))
                for one in found
            ]
            heads = [t("When"), t("To"), t("About"), t("Cause")]
            block(plain_table(t("Messages not delivered"), heads, rows), "sheet sheet-flush", "section")


def _request(visit: Visit, one: PendingAccount, centres: list[Centre]) -> None:
    t, name = visit.t, f"{one.family} {one.given}"
    asks = t("{role} at {place}", role=job(t, one.role), place=one.place)
    unknown = Markup() if one.organization else tag(t("Centre not in the list"), "warn")
    contact = ", ".join(part for part in (one.email, spoken_phone(one.phone) if one.phone else "") if part)
    words = h(
        "<b>{}</b> {}<small>{}</small><small>{}, {}</small>",
        name,
        unknown,
        asks,
        contact,
        t("asked {moment}", moment=t.moment(one.asked)),
    )
    with line(words):
        refusing = CommentDialog(
            t,
            t("Refuse the account of {name}", name=name),
            t("Why?"),
            t("Refuse"),
            visit.guard(lambda reason: _refuse(visit, one, reason)),
            key=f"refuse-{one.id}",
            hint=t("The person reads it. What they gave is erased."),
            limit=500,
        )
        Button(
            t("Accept"), lambda: _accept(visit, one, centres), "side", "check", aria_label=t("Accept {name}", name=name)
        )
        Button(t("Refuse"), refusing.open, "quiet", "cross", aria_label=t("Refuse {name}", name=name))


def _accept(visit: Visit, one: PendingAccount, centres: list[Centre]) -> None:
    t = visit.t
    items = [
        role_question(visit, one.role, among=SIGN_UP_ROLES),
        ChoiceQuestion(
            link_id="organizations",
            text=t("Centres"),
            hint=one.place if not one.organization else "",
            options=tuple(Option(code=centre.id, text=centre.name) for centre in centres),
            many=True,
            value=(one.organization,) if one.organization in {centre.id for centre in centres} else (),
        ),
    ]

    async def send(fields: Fields) -> None:
        organizations = chosen(fields, "organizations")
        await accept(visit.me, one.id, organizations=organizations, role=Role(fields.choice("role")))

    ask(
        visit,
        t("Accept {name}", name=f"{one.given} {one.family}"),
        items,
        t("Accept"),
        send,
        key="accept",
        lead=t("Check that you know this person. They are told, and can sign in at once."),
        required={"role": t("Choose a role.")},
    )


async def _refuse(visit: Visit, one: PendingAccount, reason: str) -> None:
    await refuse(visit.me, one.id, reason)
    again(visit)


def _invitation(visit: Visit, one: Invitation, names: Mapping[str, str]) -> None:
    t = visit.t
    words, tone = STANDINGS[one.standing]
    where = ", ".join(names.get(centre, "") for centre in one.organizations)
    role = f"{job(t, one.role)}, {where}" if where else job(t, one.role)
    said = h(
        "<b>{}</b> {}<small>{}</small><small>{}, {}</small>",
        one.name or one.contact,
        tag(t(words), tone),
        role,
        one.contact,
        sent(t, one),
    )
    with line(said):
        if not one.can_be_sent_again:
            return
        name = one.name or one.contact
        again_ = visit.guard(lambda: _resend(visit, one))
        Button(t("Send again"), again_, "quiet", "send", aria_label=t("Send again to {name}", name=name))
        if one.standing is Standing.WAITING:
            cancelling = ConfirmDialog(
                t,
                t("Cancel the invitation of {name}?", name=name),
                t("The link that was sent no longer opens anything."),
                t("Cancel the invitation"),
                visit.guard(lambda: _cancel(visit, one)),
                key=f"cancel-{one.id}",
                danger=True,
            )
            Button(
                t("Cancel it"), cancelling.open, "quiet", aria_label=t("Take back the invitation of {name}", name=name)
            )


async def _resend(visit: Visit, one: Invitation) -> None:
    await resend(visit.me, one.id)
    again(visit)


async def _cancel(visit: Visit, one: Invitation) -> None:
    await cancel(visit.me, one.id)
    again(visit)
