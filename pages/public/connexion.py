"""/connexion: patients. An e-mail address or a mobile number, then the code sent to it. No password."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from components.blocks import block
from components.frames import welcome
from components.markup import h, join
from pages.base import Site, Visit, home_of
from pages.language import local_path
from pages.public.code_step import CodeStep
from pages.public.entry_form import Entry, EntryForm
from portal.accounts import codes, read_contact
from portal.accounts.codes import Purpose
from portal.errors import Invalid, TooManyTries
from portal.i18n import N_

LINKS = (
    (N_("I no longer have access to my e-mail or my mobile"), "/aide-connexion"),
    (N_("I am a professional"), "/pro"),
)


def register(site: Site) -> None:
    @site.page("/connexion")
    async def sign_in(visit: Visit) -> Response | None:
        if visit.session is not None:
            return RedirectResponse(home_of(visit.session.role), status_code=303)
        waiting = None
        if "autre" not in visit.query:
            waiting = await codes.waiting_for(site.door, visit.browser, Purpose.PATIENT)
        with welcome(visit.t, visit.t("Sign in")):
            column = ui.element("div").classes("flow")
            with column:
                if waiting is not None:
                    CodeStep(visit, waiting, back=other_address(visit))
                else:
                    ContactStep(visit, column)
        return None


class ContactStep:
    def __init__(self, visit: Visit, column: ui.element) -> None:
        self.visit, self.t, self.column = visit, visit.t, column
        t = visit.t
        lead = t("No password needed: we send you a code.")
        block(h('<h1 tabindex="-1">{}</h1><p class="lead">{}</p>', t("Hello"), lead))
        visit.errors_here()
        contact = Entry(
            name="contact",
            label=t("Your e-mail address or your mobile number"),
            hint=t("The one that you gave to your expert centre."),
            autocomplete="username",
            more={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
        )
        self.form = EntryForm((contact,), t("Receive my code"), t("One moment…"), visit.guard(self.send))
        rows = join(h('<li><a href="{}">{}</a></li>', href, t(text)) for text, href in LINKS)
        block(h('<ul class="plain links">{}</ul>', rows))

    async def send(self, values: Mapping[str, str]) -> None:
        visit = self.visit
        try:
            asked = await codes.ask_patient_code(
                visit.site.door,
                read_contact(values["contact"]),
                browser=visit.browser,
                address=visit.address,
                t=self.t,
            )
        except Invalid as error:
            self.form.show_errors({"contact": self.t.say(error.problems[0].message)})
            return
        except TooManyTries as error:
            self.form.show_errors({"contact": self.t.say(error.message)})
            return
        self.column.clear()
        with self.column:
            CodeStep(visit, asked, back=other_address(visit))


def other_address(visit: Visit) -> str:
    """The first step again, though a code is waited for."""
    return f"{visit.path}?{urlencode({'autre': '1', 'retour': local_path(visit.query.get('retour', '/'))})}"
