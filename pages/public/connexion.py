"""/connexion: patients. An e-mail address or a mobile number, then the code sent to it. No password.

With `?borne=1` it is a shared tablet: the session to come lives by the kiosk's short limits.
"""

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
from pages.public.robots import RobotCheck
from portal.accounts import codes, read_contact
from portal.accounts.codes import Purpose
from portal.accounts.sessions import Kind
from portal.errors import Invalid, ProofOfWorkRefused, TooManyTries
from portal.i18n import N_

LINKS = (
    (N_("I no longer have access to my e-mail or my mobile"), "/aide-connexion"),
    (N_("I have no account yet"), "/inscription"),
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
        kind = Kind.KIOSK if "borne" in visit.query else Kind.BROWSER
        with welcome(visit.t, visit.t("Sign in")):
            column = ui.element("div").classes("flow")
            with column:
                if waiting is not None:
                    CodeStep(visit, waiting, back=other_address(visit), kind=kind)
                else:
                    ContactStep(visit, column, kind)
        return None


class ContactStep:
    def __init__(self, visit: Visit, column: ui.element, kind: Kind) -> None:
        self.visit, self.t, self.column, self.kind = visit, visit.t, column, kind
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
        self.robots = RobotCheck(visit)
        rows = join(h('<li><a href="{}">{}</a></li>', href, t(text)) for text, href in LINKS)
        block(h('<ul class="plain links">{}</ul>', rows))

    async def send(self, values: Mapping[str, str]) -> None:
        visit = self.visit
        try:
            contact = read_contact(values["contact"])
            asked = await self.robots.run(
                lambda work: codes.ask_patient_code(
                    visit.site.door, contact, browser=visit.browser, address=visit.address, t=self.t, work=work
                )
            )
        except Invalid as error:
            self.form.show_errors({"contact": self.t.say(error.problems[0].message)})
            return
        except (TooManyTries, ProofOfWorkRefused) as error:
            self.form.show_errors({"contact": self.t.say(error.message)})
            return
        self.column.clear()
        with self.column:
            CodeStep(visit, asked, back=other_address(visit), kind=self.kind)


def other_address(visit: Visit) -> str:
    """The first step again, though a code is waited for."""
    kept = {"borne": "1"} if "borne" in visit.query else {}
    return f"{visit.path}?{urlencode({'autre': '1', 'retour': local_path(visit.query.get('retour', '/')), **kept})}"
