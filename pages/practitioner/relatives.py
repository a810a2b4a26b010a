"""/patients/{patient}/proches: have a form filled by a relative through a link, and the links there are."""

from decimal import Decimal

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, move_focus, set_block
from components.form import ChoiceQuestion, ListQuestion, NumberQuestion, Option, TextQuestion
from components.markup import back_link, h, note, page_head, tag
from pages.base import Site, Visit
from pages.fields import Fields
from pages.practitioner.record import ROLES, head_of, record_page
from portal.i18n import N_, Texts
from portal.people import PatientSummary
from portal.responses import RELATIONSHIPS, NewLink, RelativeLink, cancel_link, invite_relative, relative_links

USUAL_DAYS = Decimal(14)
STATES = {
    "waiting": (N_("Not opened yet"), "info"),
    "opened": (N_("Started"), "tint"),
    "sent": (N_("Sent"), "ok"),
    "over": (N_("Over"), ""),
    "cancelled": (N_("Cancelled"), ""),
}


def register(site: Site) -> None:
    @site.page("/patients/{patient}/proches", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        given = await relative_links(visit.me, patient)
        with record_page(visit, head, "/questionnaires"), ui.element("div").classes("reading flow-l"):
            block(back_link(t("Questionnaires"), f"/patients/{patient}/questionnaires"))
            lead = t("Your patient's relative answers on their own device, without an account. The link opens once.")
            block(page_head(t("Ask a relative"), lead, level=2))
            with ui.element("div").classes("sheet flow"):
                Inviting(visit, head)
            if given:
                block(t("Links given"), tag="h3")
                with ui.element("ul").classes("plain sheet sheet-flush rows"):
                    for link in given:
                        _line(visit, link)


class Inviting:
    """The fields, and the link once it is made: it is shown here and nowhere else."""

    def __init__(self, visit: Visit, head: PatientSummary) -> None:
        self.visit, self.t, self.head = visit, visit.t, head
        self.fields = Fields(visit, self._asked(), key="relative")
        with ui.element("div").classes("actions"):
            Button(self.t("Make the link"), self.make)
        self.shown = block("", "", role="status", id="link-made")

    async def make(self) -> None:
        """What the button does; tests call it too."""
        t = self.t
        wanted = {
            "questionnaire": t("Choose a questionnaire."),
            "name": t("Write their name."),
            "relationship": t("Say who they are for the patient."),
        }
        if not self.fields.missing(wanted):
            await self.fields.send(self._made)

    async def _made(self, fields: Fields) -> None:
        link = await invite_relative(
            self.visit.me,
            patient=self.head.id,
            questionnaire=fields.choice("questionnaire"),
            name=fields.text("name"),
            relationship=fields.choice("relationship"),
            days=int(fields.number("days") or 0),
        )
        set_block(self.shown, self._link(link))
        move_focus("link-made")

    def _link(self, link: NewLink) -> Markup:
        t = self.t
        address = f"{self.visit.portal.settings.address}/proche/{link.secret}"
        told = t(
            "Give this link to {name} only. It works once, until {day}.",
            name=self.fields.text("name"),
            day=t.date(link.expires),
        )
        field = h(
            '<label for="the-link" class="sr">{}</label><input id="the-link" class="input" readonly value="{}">',
            t("Link"),
            address,
        )
        return h("{}{}", note(told, "ok", "done"), field)

    def _asked(self) -> list[ListQuestion | TextQuestion | ChoiceQuestion | NumberQuestion]:
        t, locale = self.t, self.t.locale
        named = [form for form in self.visit.me.catalogue if "relative" in form.audience]
        forms = sorted(named or self.visit.me.catalogue, key=lambda form: form.title(locale).casefold())
        return [
            ListQuestion(
                link_id="questionnaire",
                text=t("Questionnaire"),
                options=tuple(Option(code=form.code, text=form.title(locale)) for form in forms),
                required=True,
            ),
            TextQuestion(link_id="name", text=t("Name of the relative"), limit=120, required=True),
            ListQuestion(
                link_id="relationship",
                text=t("Who they are for the patient"),
                options=tuple(Option(code=code, text=t(words)) for code, words in RELATIONSHIPS.items()),
                required=True,
            ),
            NumberQuestion(link_id="days", text=t("The link works for"), unit=t("days"), whole=True, value=USUAL_DAYS),
        ]


def _line(visit: Visit, link: RelativeLink) -> None:
    t = visit.t
    words, tone = STATES[link.state]
    with ui.element("li").classes("task"):
        block(_told(t, link, t(words), tone))
        if link.state in {"waiting", "opened"}:

            async def cancel() -> None:
                await cancel_link(visit.me, link.id)
                ui.navigate.to(visit.path)

            Button(t("Cancel the link"), visit.guard(cancel), "quiet", "cross")


def _told(t: Texts, link: RelativeLink, state: str, tone: str) -> Markup:
    who = (
        f"{link.name} ({t(RELATIONSHIPS.get(link.relationship, ''))})"
        if link.relationship in RELATIONSHIPS
        else link.name
    )
    until = t("until {day}", day=t.day(link.expires))
    return h("<b>{}</b><small>{}, {}</small> {}", link.form.title(t.locale), who, until, tag(state, tone))
