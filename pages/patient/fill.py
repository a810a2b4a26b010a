"""/questionnaire/{task}: filling one questionnaire; nothing else to click on but home."""

from fastapi import Response
from fastapi.responses import RedirectResponse

from pages.base import Site, Visit
from pages.forms import show_form
from portal.access import Role
from portal.errors import AlreadySent
from portal.responses import open_draft


def register(site: Site) -> None:
    @site.page("/questionnaire/{task}", roles={Role.PATIENT})
    async def fill(visit: Visit, task: str) -> Response | None:
        t = visit.t
        try:
            draft = await open_draft(visit.me, task, locale=t.locale)
        except AlreadySent:
            return RedirectResponse(f"/merci/{task}", status_code=303)
        name = draft.form.title(t.locale)
        with visit.frame(links=()).page(name, width="reading", css="form"):
            show_form(visit, draft, done=f"/merci/{task}", pause="/accueil", part=_part(visit.query.get("partie", "")))
        return None


def _part(text: str) -> int | None:
    """The section that an address asks for, counted from 1 there and from 0 here."""
    return int(text) - 1 if text.isascii() and text.isdecimal() and 0 < int(text) < 1000 else None
