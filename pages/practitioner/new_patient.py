"""/patients/nouveau: a new patient, after looking whether they are already known."""

from collections.abc import Callable

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, move_focus
from components.form import AnyQuestion, ChoiceQuestion, DateQuestion, ListQuestion, Option, TextQuestion
from components.markup import back_link, h, link_button, note, page_head
from pages.base import Site, Visit
from pages.fields import Fields
from pages.practitioner.record import ROLES
from portal.accounts.invitations import invite_patient
from portal.errors import Invalid
from portal.i18n import N_
from portal.people import (
    NETWORKS,
    Centre,
    PossibleDuplicate,
    create_patient,
    link_patient,
    nir_doubts,
    own_centres,
    parse_email,
    parse_nir,
    parse_phone,
)

NETWORK_NAMES = {
    "bipolar": N_("Bipolar disorders"),
    "schizophrenia": N_("Schizophrenia"),
    "depression": N_("Resistant depression"),
    "asd": N_("Autism without intellectual disability"),
}


def register(site: Site) -> None:
    @site.page("/patients/nouveau", roles=ROLES)
    async def new(visit: Visit) -> None:
        t = visit.t
        centres = await own_centres(visit.me)
        with visit.frame(current="/patients").page(t("New patient"), width="reading"):
            block(back_link(t("Patients"), "/patients"))
            block(
                page_head(t("New patient"), t("A Fondacode is made. The patient is invited by e-mail or text message."))
            )
            Making(visit, centres)


class Making(ui.element):
    """The form and, when somebody alike is known, the question who it is."""

    def __init__(self, visit: Visit, centres: list[Centre]) -> None:
        super().__init__("div")
        self.classes("sheet flow")
        self.visit, self.t, self.centres = visit, visit.t, centres
        with self:
            self.fields = Fields(visit, self._questions(), key="new", echo=doubts)
            self.doubt = ui.element("div").classes("flow").props("id=doublon role=status")
            with ui.element("div").classes("actions"):
                Button(self.t("Create the patient"), self.create)

    async def create(self) -> None:
        """What the button does; tests call it too."""
        await self._send("")

    async def _send(self, reason: str) -> None:
        t = self.t
        self.doubt.clear()
        required = {
            "family": t("Write the last name."),
            "given": t("Write the first name."),
            "birth_date": t("Write the date."),
            "gender": t("Choose an answer."),
            "organization": t("Choose a centre."),
            "network": t("Choose a network."),
        }
        if self.fields.missing({name: words for name, words in required.items() if name in self.fields.values}):
            return
        made: list[str] = []

        async def action(fields: Fields) -> None:
            made.append(await self._create(fields, reason))

        try:
            if await self.fields.send(action, through=PossibleDuplicate):
                ui.navigate.to(f"/patients/{made[0]}")
        except PossibleDuplicate as found:
            self._ask(found)

    async def _create(self, fields: Fields, reason: str) -> str:
        day = fields.day("birth_date")
        assert day is not None
        patient = await create_patient(
            self.visit.me,
            family=fields.text("family"),
            given=fields.text("given"),
            birth_date=day,
            gender=fields.choice("gender"),
            organization=self._organization(),
            network=fields.choice("network"),
            email=fields.text("email"),
            phone=fields.text("phone"),
            nir=fields.text("nir"),
            someone_else=reason,
            account=False,
        )
        if fields.text("email") or fields.text("phone"):
            await invite_patient(self.visit.me, patient, language=self.t.locale)
        return patient

    def _organization(self) -> str:
        return self.fields.choice("organization") or self.centres[0].id

    def _ask(self, found: PossibleDuplicate) -> None:
        """Followed here: open the record. Elsewhere: only that it exists, and the two choices."""
        t, likely = self.t, found.found[0]
        with self.doubt:
            block(self._words(found))
            if likely.self_made or (not likely.shared and likely.certainty != "possible"):
                Button(t("It is this person: my centre follows them too"), lambda: self._link(likely.patient), "side")
            if likely.certainty != "certain":
                why = TextQuestion(link_id="reason", text=t("If not: how do you know?"), required=True)
                fields = Fields(self.visit, [why], key="other")
                Button(t("It is someone else: create"), lambda: self._other(fields), "side")
        move_focus("doublon")

    def _words(self, found: PossibleDuplicate) -> Markup:
        t, likely = self.t, found.found[0]
        sentence = {
            "certain": t("Someone has this social security number already."),
            "probable": t("Someone has the same name and date of birth. Is it this person?"),
            "possible": t("Someone has a close name or the same contact. Is it this person?"),
        }[likely.certainty]
        if likely.self_made:
            made = t("They have created an account by themselves, and no centre follows them yet.")
            return note(h("{} {}", sentence, made), "warn", "people")
        if not likely.shared:
            return note(h("{} {}", sentence, t("Their record is in another centre.")), "warn", "people")
        link = link_button(t("Open the record"), f"/patients/{likely.patient}", "quiet")
        return note(h("{} {}", sentence, link), "warn", "people")

    async def _link(self, patient: str) -> None:
        async def action(fields: Fields) -> None:
            told = [_stored(parse_email, fields.text("email")), _stored(parse_phone, fields.text("phone"))]
            network = fields.choice("network")
            await link_patient(self.visit.me, patient, self._organization(), network=network, told=told)

        if await self.fields.send(action):
            ui.navigate.to(f"/patients/{patient}")

    async def _other(self, fields: Fields) -> None:
        if not fields.missing({"reason": self.t("Write a few words.")}):
            await self._send(fields.text("reason"))

    def _questions(self) -> list[AnyQuestion]:
        t = self.t
        genders = (("female", t("Woman")), ("male", t("Man")), ("other", t("Other")), ("unknown", t("Not known")))
        networks = {network for centre in self.centres for network in centre.networks} or set(NETWORKS)
        centres = tuple(Option(code=centre.id, text=centre.name) for centre in self.centres)
        where = [ListQuestion(link_id="organization", text=t("Centre"), options=centres, required=True)]
        hint = t("15 characters, key included")
        nir = [TextQuestion(link_id="nir", text=t("Social security number (optional)"), hint=hint)]
        return [
            TextQuestion(link_id="family", text=t("Birth name"), required=True),
            TextQuestion(link_id="given", text=t("First name"), required=True),
            DateQuestion(
                link_id="birth_date", text=t("Date of birth"), latest=self.visit.me.clock.today(), required=True
            ),
            ChoiceQuestion(
                link_id="gender",
                text=t("Sex"),
                options=tuple(Option(code=code, text=words) for code, words in genders),
                chips=True,
                required=True,
            ),
            *(where if len(centres) > 1 else []),
            ListQuestion(
                link_id="network",
                text=t("Network"),
                options=tuple(Option(code=each, text=t(NETWORK_NAMES[each])) for each in NETWORKS if each in networks),
                required=True,
            ),
            TextQuestion(link_id="email", text=t("E-mail (optional)"), kind="email"),
            TextQuestion(link_id="phone", text=t("Mobile number (optional)"), kind="tel"),
            *(nir if self.visit.portal.settings.keeps_nir else []),
        ]


def _stored(parse: Callable[[str], str], text: str) -> str | None:
    """As the record keeps it, or None when it is no contact."""
    try:
        return parse(text) if text else None
    except Invalid:
        return None


def doubts(fields: Fields) -> str:
    """What does not fit between the social security number and the person: said, never refused."""
    nir, born = fields.text("nir"), fields.day("birth_date")
    if not nir or born is None:
        return ""
    try:
        found = nir_doubts(parse_nir(nir), gender=fields.choice("gender"), birth_date=born)
    except Invalid:
        return ""  # said when the form is sent
    return " ".join(fields.t.say(each) for each in found)
