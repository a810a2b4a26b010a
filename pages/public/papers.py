"""Papers as PDF: a blank form to fill by hand, one's answers, a patient's answers. Plain routes beside the pages."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from components.assets import FOLDER
from pages.base import Site, Visit
from pages.wrong import wrong_page
from portal.access import ADMIN_ROLES, CARE_ROLES, Role
from portal.errors import NotFound, PortalError, SignInNeeded
from portal.reports import About, Printer, answers_paper, blank_paper, identity_line
from portal.responses import read_response, results

Make = Callable[[Visit], Awaitable[tuple[str, str]]]
"""The name of a document and its HTML, for who asks."""


def register(site: Site) -> None:
    printer = Printer(FOLDER / "fonts")

    @site.route("/formulaires/{code}/pdf")
    async def blank(request: Request, code: str) -> Response:
        """A form without answers, for those who give forms."""

        async def make(visit: Visit) -> tuple[str, str]:
            form = visit.me.catalogue.by_code(code)
            if form is None:
                raise NotFound(status=404)
            return form.title(visit.t.locale), await asyncio.to_thread(blank_paper, visit.t, form)

        return await _paper(site, printer, request, CARE_ROLES | ADMIN_ROLES, make)

    @site.route("/questionnaires/{response}/pdf")
    async def mine(request: Request, response: str) -> Response:
        async def make(visit: Visit) -> tuple[str, str]:
            return await _answers(visit, response, visit.me.actor.id)

        return await _paper(site, printer, request, {Role.PATIENT}, make)

    @site.route("/patients/{patient}/questionnaires/{response}/pdf")
    async def theirs(request: Request, patient: str, response: str) -> Response:
        async def make(visit: Visit) -> tuple[str, str]:
            return await _answers(visit, response, patient)

        return await _paper(site, printer, request, CARE_ROLES, make)


async def _answers(visit: Visit, response: str, patient: str) -> tuple[str, str]:
    t = visit.t
    found = await read_response(visit.me, response)
    if found.patient != patient:
        raise NotFound(status=404)
    told = await results(visit.me, found)
    identity = await identity_line(visit.me, patient, t)
    about = About(identity=identity, by=found.versions[-1].name)
    return found.form.title(t.locale), await asyncio.to_thread(answers_paper, t, found, told, about)


async def _paper(site: Site, printer: Printer, request: Request, roles: Collection[Role], make: Make) -> Response:
    try:
        visit = await site.visit(request, roles)
        name, document = await make(visit)
        content = await printer.pdf(document)
    except SignInNeeded:
        door = "/connexion" if Role.PATIENT in roles else "/pro"
        return RedirectResponse(f"{door}?retour={quote(request.url.path)}", status_code=303)
    except PortalError as error:
        return wrong_page(request, site.texts(request), error)
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}.pdf", "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)
