"""/patients/{patient}/remplir/{task}: a professional fills a questionnaire about the patient, with the patient's name on top."""

from fastapi import Response
from fastapi.responses import RedirectResponse

from components.blocks import block
from components.markup import h
from pages.base import Site, Visit
from pages.forms import show_form
from pages.practitioner.record import ROLES, head_of
from portal.errors import AlreadySent
from portal.people import spaced
from portal.responses import open_draft


def register(site: Site) -> None:
    @site.page("/patients/{patient}/remplir/{task}", roles=ROLES)
    async def fill(visit: Visit, patient: str, task: str) -> Response | None:
        t = visit.t
        back = f"/patients/{patient}/questionnaires"
        head = await head_of(visit, patient)
        try:
            draft = await open_draft(visit.me, task, locale=t.locale)
        except AlreadySent:
            return RedirectResponse(back, status_code=303)
        if draft.asked.patient != patient:
            return RedirectResponse(f"/patients/{draft.asked.patient}/remplir/{task}", status_code=303)
        with visit.frame(links=()).page(draft.form.title(t.locale), width="reading", css="form"):
            who = t("About {name}", name=f"{head.family} {head.given}")
            block(h('<p class="strong">{} <span class="muted num">{}</span></p>', who, spaced(head.fondacode)))
            show_form(visit, draft, done=back, pause=back, pause_text=t("Back to the record"), patient=False)
        return None
